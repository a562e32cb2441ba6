/*-------------------------------------------------------------------------
 *
 * indexes.h
 *	  Indexes as lists of columns.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_INDEXES_H
#define CORM_INDEXES_H

#include "introspect.h"

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
