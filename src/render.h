/*-------------------------------------------------------------------------
 *
 * render.h
 *	  The JSON text of one row, and of rows within rows.
 *
 * A level is one statement of a plan tree while it runs.  Each of its rows
 * becomes a text with holes where related rows will stand, and for each hole
 * the key that finds them; once those are there, texts are copied and holes
 * filled, each row as often as it is needed.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_RENDER_H
#define CORM_RENDER_H

#include "executor/tuptable.h"

#include "keytable.h"
#include "plantree.h"

/* The setting corm.max_rows: how many rows a call may take; 0: any number. */
extern int	corm_max_rows;

/* The rows that a call has taken so far. */
typedef struct CormTally
{
	int64		read;
	int64		written;		/* by recursive loads */
} CormTally;

/* Where a row waits for related rows. */
typedef struct CormHole
{
	int			offset;			/* into the row's text; -1: the object that
								 * would hold it is null */
	bool		isnull;			/* no key, so nothing is related */
	Datum	   *keys;
	CormBucket *node;			/* of a recursive load: which row waits; NULL:
								 * its key is */
} CormHole;

typedef struct CormRow
{
	struct CormRow *next;		/* of the same parent */
	char	   *text;
	int			len;
	char	   *key;			/* as JSON, where paths are printed */
	CormHole	holes[FLEXIBLE_ARRAY_MEMBER];
} CormRow;

/* One statement of the tree while it runs. */
typedef struct CormLevel
{
	const CormSelect *select;
	const CormChild *child;		/* what it fills in, or NULL for the root */
	char	   *sql[2];			/* for many parents, and for few */
	struct OutputItems *items;
	int			nchildren;
	struct CormLevel **children;
	int			self;			/* which child is the level itself, or -1 */
	struct OutputItems *path;	/* the key of a row, for paths */
	CormTally  *tally;			/* of the call */

	/* the current batch */
	int			nrows;
	int			maxrows;
	CormRow   **rows;
	CormKeyTable table;			/* of a child: rows by parent */
	CormKeyTable nodes;			/* of a recursive one: rows by their own key */
} CormLevel;

/* A level and all below it, in the current memory context. */
extern CormLevel *CormCompileLevel(const CormSelect *select, const CormChild *child,
								   CormTally *tally);

/* Counts a row that was read; raises 54000 when it is one too many. */
extern void CormCountRead(const CormLevel *level);
extern void CormTallyRead(CormTally *tally);

/*
 * Raises 55006 unless a statement's result has the columns that its select was
 * resolved to.
 */
extern void CormCheckResult(const CormSelect *select, TupleDesc result);

/*
 * Renders a row.  It goes to the current context, and so do the keys of its
 * holes; "text" and the context "scratch" are overwritten.
 */
extern CormRow *CormRenderRow(const CormLevel *level, TupleTableSlot *slot,
							  StringInfo text, MemoryContext scratch);

/* The same where nothing hangs below: "text" is the row's document. */
extern void CormRenderDocument(const CormLevel *level, TupleTableSlot *slot,
							   StringInfo text, MemoryContext scratch);

/* Appends a root with all that is within it. */
extern void CormWriteRow(const CormLevel *level, const CormRow *row, StringInfo buf);

/*
 * Appends what a hole holds: the related rows of a to-many as an array, that of
 * a to-one as an object or null; then the keys that say what was left out.
 */
extern void CormWriteHole(CormLevel *level, const CormHole *hole, StringInfo buf);

#endif							/* CORM_RENDER_H */
