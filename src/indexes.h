/*-------------------------------------------------------------------------
 *
 * indexes.h
 *	  Indexes as lists of columns: keys, and what finds rows by them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_INDEXES_H
#define CORM_INDEXES_H

#include "introspect.h"

/* The primary key's columns in key order; n = 0 when there is none. */
extern CormKey CormReadPrimaryKey(Oid relid);

/*
 * Does a valid, immediate, full, expression-free unique index have all its
 * key columns among these?
 */
extern bool CormHasUniqueKeyWithin(Oid relid, CormKey columns);

/* Likewise, with all of these columns: what ON CONFLICT can name. */
extern bool CormHasUniqueKeyOver(Oid relid, CormKey columns);

/* The key columns of each such index, of CormKey *. */
extern List *CormReadUniqueKeys(Oid relid);

/*
 * Do values of these columns, equal by the default operators of their types and by
 * their own collations, belong to one row at most?
 */
extern bool CormTellsRowsApart(Oid relid, CormKey columns);

/* Does a valid, full index start with these columns, in any order? */
extern bool CormHasIndexOn(Oid relid, CormKey columns);

/*
 * An index that can be had from its columns alone: valid, full and without
 * expressions.
 */
typedef struct CormIndex
{
	char	   *name;
	bool		primary;
	bool		unique;			/* immediate, and nulls are distinct */
	bool		plain;			/* btree in default order, no more columns */
	CormKey		key;			/* in order */
} CormIndex;

/* Those of a table, of CormIndex *, in no particular order. */
extern List *CormReadIndexes(Oid relid);

/* Is there a unique key, or an index in this order, over just these columns? */
extern bool CormHasUniqueOver(Oid relid, List *columns);
extern bool CormHasIndexExactlyOn(Oid relid, List *columns);

#endif							/* CORM_INDEXES_H */
