/*-------------------------------------------------------------------------
 *
 * bulk.h
 *	  Many rows, each with values of its own, written by one statement.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_BULK_H
#define CORM_BULK_H

#include "assemble.h"
#include "deparse_bulk.h"
#include "error.h"

/* What the rows give to one column. */
typedef struct CormBulkColumn
{
	const CormColumn *column;
	const char *key;			/* what in the data named it last */
	int			ngiven;
	bool	   *given;			/* by row */
	Datum	   *values;
	bool	   *nulls;			/* true also where nothing is given */
} CormBulkColumn;

typedef struct CormBulk
{
	const CormModel *model;
	const char *label;
	int			n;				/* rows */
	bool		unnumbered;		/* errors do not say which row it is */
	bool		locked;			/* rows to update are locked and differ */
	List	   *columns;		/* of CormBulkColumn *, in order of mention */

	/* where in the document a row stands, "" for all of it; NULL: "[n]" */
	char	   *(*place) (void *arg, int row);
	void	   *place_arg;

	/* of a part of another one: whose rows they are there */
	const struct CormBulk *whole;
	const int  *rows;
} CormBulk;

/* In the current memory context, where the values must be too. */
extern CormBulk *CormBulkBegin(const CormModel *model, int n);

/* The column's values; made, with nothing given, when it is new. */
extern CormBulkColumn *CormBulkColumnOf(CormBulk *bulk, const CormColumn *column);

/*
 * Some of the rows as rows of their own, with the columns that they give.
 * Values are shared.
 */
extern CormBulk *CormBulkPart(const CormBulk *bulk, int n, const int *rows);

/*
 * Where a row, or with a key a member of it, stands in the document:
 * "[17].author".  NULL when that is all of it.
 */
extern char *CormBulkPlace(const CormBulk *bulk, int64 row, const char *key);

/*
 * Gives a row a value.  Raises 22023 when the row has another one already; the
 * same one again is fine.
 */
extern void CormBulkSet(CormBulkColumn *column, int row, Datum value, bool isnull,
						const char *key);

/* Takes that back. */
extern void CormBulkLeave(CormBulkColumn *column, int row);

/* From now on rows of the frame are those of the bulk, or of none. */
extern void CormRowFrameOf(CormRowFrame *frame, const CormBulk *bulk);

/* Takes what became of a row: its document, or NULL when none was written. */
typedef void (*CormRowSink) (void *arg, int row, StringInfo document);

/*
 * Gives the rows that do not give this column what it has by default, so that it
 * is known before they are inserted.
 */
extern void CormBulkGiveDefault(CormBulk *bulk, const CormColumn *column);

/*
 * Inserts all rows, in their order, by one statement; by one for each run of
 * rows that give the same columns where it matters which a row gives: when rows
 * that are there are to be updated, and in views, whose defaults are their
 * tables'.  The sink is called for every row in turn, unless "returning" has no
 * targets: then nothing is asked back.  Returns how many rows the server says
 * it has written.
 */
extern int64 CormBulkInsert(CormBulk *bulk, const CormConflict *conflict,
							const CormSelect *returning, CormRowSink sink, void *arg);

/* Sees the values of "returning" for a row that was written. */
typedef void (*CormBulkObserver) (void *arg, int row, TupleTableSlot *slot);

/* The same for whoever wants values, not documents. */
extern int64 CormBulkInsertValues(CormBulk *bulk, const CormConflict *conflict,
								  const CormSelect *returning,
								  CormBulkObserver observer, void *arg);

/*
 * Updates the rows that are named by the values of the model's key columns, by
 * one statement; a column that a row does not give stays as it is.  Returns how
 * many were there.  Raises 21000 for a row that is named twice.
 */
extern int64 CormBulkUpdate(CormBulk *bulk);

/*
 * The source of an insertion has come to a row; false behind the last one.  For
 * corm.bulk_row() alone.
 */
extern bool CormBulkTurn(int64 row);

#endif							/* CORM_BULK_H */
