/*-------------------------------------------------------------------------
 *
 * deparse_write.h
 *	  SQL text of statements that write.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEPARSE_WRITE_H
#define CORM_DEPARSE_WRITE_H

#include "exec.h"
#include "plantree.h"
#include "textcache.h"

/* A column and the parameter that belongs to it. */
typedef struct CormColumnValue
{
	const CormColumn *column;
	int			param;			/* a value, or an array of values */
	bool		as_text;		/* the array's elements are the values' text */
} CormColumnValue;

typedef enum CormKeyTest
{
	CORM_KEYS_ALL,				/* fixed columns only */
	CORM_KEYS_IN,				/* ... and the key is one of those given */
	CORM_KEYS_NOT_IN,			/* ... and it is none of them */
	CORM_KEYS_OR_FIXED			/* fixed columns, or the key is one of them */
} CormKeyTest;

/* Which rows of a table to write: "fixed" columns equal values, and keys. */
typedef struct CormWriteRows
{
	const CormModel *model;
	const char *label;
	List	   *fixed;			/* of CormColumnValue * */
	List	   *keys;			/* of CormColumnValue *, arrays */
	CormKeyTest test;
	List	   *besides;		/* of CormColumnValue *, arrays: or one of these */
	List	   *except;			/* of CormColumnValue *, arrays: not these */
	bool		either_way;		/* or with fixed and keys changing places */
	List	   *differing;		/* of CormColumnValue *: and not all equal */
	List	   *filled;			/* of CormColumn *: and none is null */
	List	   *lock_order;		/* of CormColumn *: in which rows are locked */
} CormWriteRows;

/*
 * What the text of a statement depends on: the values that it is given (of
 * CormColumnValue *), the columns that it returns.
 */
extern void CormSpellValues(CormSpelling *spelling, List *values);
extern void CormSpellReturning(CormSpelling *spelling, const CormSelect *returning);

extern char *CormDeparseInsert(const CormModel *model, const char *label,
							   List *assigned, const CormSelect *returning);
extern char *CormDeparseUpdate(const CormWriteRows *rows, List *assigned);
extern char *CormDeparseDelete(const CormWriteRows *rows);

/* Locks the rows in their lock order, for an update or (for_delete) a deletion. */
extern char *CormDeparseLock(const CormWriteRows *rows, bool for_delete);

/* Counts them. */
extern char *CormDeparseRowCount(const CormWriteRows *rows);

/* Tells a constraint to wait for the end of the transaction, or not to. */
extern char *CormDeparseSetConstraint(Oid relid, const char *name, bool deferred);

/*
 * Links to insert: all columns are arrays, one element for each link, in the order
 * in which they are to be written.  Pairs
 * that are linked already are left alone, or (with "extra" columns) updated
 * where they differ, if "arbiter" says that ON CONFLICT can do so; otherwise
 * they are only left alone.
 */
typedef struct CormNewLinks
{
	const CormModel *model;
	const char *label;
	List	   *pair;			/* of CormColumnValue * */
	List	   *extra;			/* of CormColumnValue * */
	bool		single;			/* one link: parameters are plain values */
	bool		arbiter;		/* the pair has a unique key of its own */
	bool		only_new;		/* links that are there are left alone */
	bool		look_first;		/* check for the pair before inserting */
	bool		either_way;		/* ... in both directions */
} CormNewLinks;

extern char *CormDeparseInsertLinks(const CormNewLinks *links);

/* Sets the extra columns of links that are there, where they differ. */
extern char *CormDeparseUpdateLinks(const CormNewLinks *links);

#endif							/* CORM_DEPARSE_WRITE_H */
