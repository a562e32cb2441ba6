/*-------------------------------------------------------------------------
 *
 * deparse_bulk.h
 *	  SQL text of statements that write many rows.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEPARSE_BULK_H
#define CORM_DEPARSE_BULK_H

#include "deparse_write.h"

typedef enum CormConflictAction
{
	CORM_CONFLICT_ERROR,
	CORM_CONFLICT_IGNORE,
	CORM_CONFLICT_UPDATE
} CormConflictAction;

/* What is to be done about a row whose key is there. */
typedef struct CormConflict
{
	CormConflictAction action;
	List	   *key;			/* of CormColumn *; NIL: any key, for IGNORE */
	bool		all_given;		/* overwrite what a row gives, but for its key */
	List	   *update;			/* of CormColumn *: else only these */
} CormConflict;

/*
 * Rows to insert: arrays of values.  "first" and "last" are the parameters that
 * have the place of the first row and the one behind the last.
 */
typedef struct CormBulkRows
{
	const CormModel *model;
	const char *label;
	List	   *values;			/* of CormColumnValue *, arrays */
	int			first;
	int			last;
	const CormConflict *conflict;
	List	   *overwritten;	/* of CormColumn * */
} CormBulkRows;

extern char *CormDeparseBulkInsert(const CormBulkRows *rows, const CormSelect *returning);

/* One column to update, and which rows give it. */
typedef struct CormBulkChange
{
	CormColumnValue *value;		/* an array */
	int			given;			/* an array of booleans; 0: all rows do */
} CormBulkChange;

/* Updates the rows that keys (CormColumnValue *) name. */
extern char *CormDeparseBulkUpdate(const CormModel *model, const char *label,
								   List *keys, List *changes);

/*
 * The rows of a model that have the given values in some columns: the place of
 * each that was found, as the parameter "places" has it, and the columns (CormColumn *) that are wanted of it,
 * cast to types (OIDs).  With "lock", they are locked to be updated, in the order
 * of their keys.
 */
extern char *CormDeparseFind(const CormModel *model, const char *label, List *values,
							 int places, List *wanted, List *types, bool lock);

/* Keeps the row of that key (CormColumnValue *, plain) from being deleted. */
extern char *CormDeparseKeep(const CormModel *model, const char *label, List *key);

#endif							/* CORM_DEPARSE_BULK_H */
