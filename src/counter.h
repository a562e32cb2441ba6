/*-------------------------------------------------------------------------
 *
 * counter.h
 *	  Counter caches: columns that say how many rows a relation leads to.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_COUNTER_H
#define CORM_COUNTER_H

#include "catalog_row.h"
#include "counter_facts.h"
#include "graph.h"

/* One that a row of the catalog names. */
typedef struct CormCounter
{
	const CormRelation *relation;	/* as the model with the column has it */
	CormCounterNames names;
} CormCounter;

/*
 * Makes the column, unless it is there, its functions and triggers, and counts.
 * A NULL column stands for the default name.  Nothing, if it is there and in
 * good order; what is not is put right.
 */
extern void CormCreateCounter(Oid relid, const char *relation,
							  const char *column);
extern void CormDropCounter(Oid relid, const char *relation, bool drop_column);

/* Counts anew, for all counters of the model without a relation; how many rows? */
extern int64 CormRecount(Oid relid, const char *relation);

/*
 * For definitions: drops the functions and triggers of a relation that is to be
 * forgotten, in one direction or both.  The columns stay.
 */
extern void CormDropCounterOf(const CormRelationRow *row, bool reverse);
extern void CormDropCountersOfRow(const CormRelationRow *row);

/*
 * The counter that a row names for a direction: NULL for none.  Its relation is
 * NULL when that cannot be used.
 */
extern CormCounter *CormCounterOf(const CormRelationRow *row, bool reverse);

/* The row's own, and the way back's. */
extern CormCounterNames *CormCounterNamesOf(CormRelationRow *row,
											bool reverse);

/* What keeps it from counting right, in the words of an errmsg; or NULL. */
extern const char *CormCounterProblem(const CormCounter *counter);

/*
 * The function that runs when the counted rows change, or the one that runs for
 * new owners: found by the triggers that are there.  NULL when there is none.
 */
extern CormCounterFunction *CormCounterChanged(Oid owned, Oid owner,
											   const char *name);
extern CormCounterFunction *CormCounterStart(Oid owned, Oid owner,
											 const char *name);

/* The table of the rows that a counter counts. */
extern Oid	CormCountedTable(const CormRelationRow *row);

#endif							/* CORM_COUNTER_H */
