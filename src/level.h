/*-------------------------------------------------------------------------
 *
 * level.h
 *	  One statement of a plan tree while it runs.
 *
 * Each row of a level becomes a text with holes where related rows will stand,
 * and for each hole the key that finds them; once those are there, texts are
 * copied and holes filled, each row as often as it is needed.
 *
 * A level whose rows index scans find (scan.h) leaves no hole: its rows are
 * written straight into their parent's text.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LEVEL_H
#define CORM_LEVEL_H

#include "executor/tuptable.h"

#include "encode.h"
#include "keyorder.h"
#include "keytable.h"
#include "plantree.h"
#include "roots.h"
#include "rowcache.h"

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

/* One key of an object, ready to be written. */
typedef struct CormItem
{
	CormOutputKind kind;
	char	   *prefix;			/* '{"name":' or ',"name":' */
	int			prefix_len;
	int			target;
	CormEncoder encoder;
	struct CormItems *object;	/* of OBJECT */
	const CormChild *child;		/* of CHILD */
} CormItem;

typedef struct CormItems
{
	int			n;
	int			presence;
	bool		array;
	int			first_hole;		/* the holes within, nested ones included */
	int			nholes;
	CormItem	item[FLEXIBLE_ARRAY_MEMBER];
} CormItems;

/* One statement of the tree while it runs. */
typedef struct CormLevel
{
	const CormSelect *select;
	const CormChild *child;		/* what it fills in, or NULL for the root */
	char	   *sql[2];			/* for many parents, and for few */
	const CormItems *items;
	int			nchildren;
	struct CormLevel **children;
	int		  **key_columns;	/* by child: where a slot has its keys */
	int			self;			/* which child is the level itself, or -1 */
	const CormItems *path;			/* the key of a row, for paths */
	CormTally  *tally;			/* of the call */

	bool		keeps;			/* rows that several parents may have */
	CormScan   *scan;			/* how index scans would find the rows, or NULL */
	bool		scanning;		/* they do; slots are the scan's */
	CormRoots  *roots;			/* of a root that is scanned: its rows */
	int			natts;			/* attributes that are read of a slot */
	const CormSorter *sorter;	/* of a list that is scanned */
	const int  *fragment_columns;	/* key of a fragment */
	const StringInfoData *shape;	/* of fragments that are kept, if it has data ... */
	CormRowCache cache;			/* ... from call to call */

	/* the current batch */
	int			nrows;
	int			maxrows;
	CormRow   **rows;
	CormKeyTable table;			/* of a child: rows by parent */
	CormKeyTable nodes;			/* of a recursive one: rows by their own key */
	CormKeyTable fragments;		/* of a scanned one: rows that several parents
								 * may have, by key */
	int			nmissed;		/* ... that were not there when asked for */
} CormLevel;

/* How levels are read. */
typedef enum CormManner
{
	CORM_RUN_READ_ONLY = 1,		/* levels that can do without a statement are read
								 * by index scans; else none is */
	CORM_RUN_WRITTEN = 2		/* what was just written: too new to be kept */
} CormManner;

/*
 * The level of a root and all below it, in the current memory context, with its scans
 * open, and the root's rows read, if scans find them.  "manner" is made of CormManner.
 */
extern CormLevel *CormCompileLevel(const CormSelect *select, CormTally *tally, int manner);

/*
 * The scans of a level and below it: closed for as long as others run; and those below
 * it opened once more.  Where the user, a right or an index is another meanwhile, levels
 * are completed anew in the current context, to be read by statements from then on:
 * false, and all are to be reset.
 */
extern void CormCloseScans(CormLevel *level);
extern bool CormReopenScans(CormLevel *level);

/* Where the level's slots have a target of its select. */
extern int	CormColumnOfTarget(const CormLevel *level, int target);

/* The level below that reads a select, or NULL. */
extern const CormLevel *CormFindLevel(const CormLevel *level,
									  const CormSelect *select);

/* Do index scans find everything below it? */
extern bool CormIsWhole(const CormLevel *level);

/* Forgets the rows of a batch; those of the next one go to this context. */
extern void CormResetLevel(CormLevel *level, MemoryContext batch);

/* Counts a row that was read; raises 54000 when it is one too many. */
extern void CormCountRead(const CormLevel *level);
extern void CormTallyRead(CormTally *tally);

/* Counts a row of a recursive load that is written, likewise. */
extern void CormCountWritten(const CormLevel *level);

/*
 * Raises 55006 unless a statement's result has the columns that its select was
 * resolved to.
 */
extern void CormCheckResult(const CormSelect *select, TupleDesc result);

#endif							/* CORM_LEVEL_H */
