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
#include "ddl.h"
#include "graph.h"

/* One that a row of the catalog names. */
typedef struct CormCounter
{
	const CormRelation *relation;	/* as the model with the column has it */
	CormCounterNames names;
} CormCounter;

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

/* Those of a model that can be used, of CormCounter *, by relation. */
extern List *CormCountersOf(const CormModel *model);

/* The call that makes it, independent of the search_path. */
extern char *CormCounterCall(const CormCounter *counter);

/* The row's own, and the way back's. */
extern CormCounterNames *CormCounterNamesOf(CormRelationRow *row,
											bool reverse);

/*
 * What keeps it from counting right, in the words of an errmsg; or NULL.  Making
 * it again puts it right, unless *hopeless (unless NULL).
 */
extern const char *CormCounterProblem(const CormCounter *counter,
									  bool *hopeless);

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

/* Shared by the files of this module; not for others. */

/* What the names of the functions end in. */
#define CORM_COUNTER_CHANGED "changed"
#define CORM_COUNTER_START "start"

extern char *CormCounterPartName(const char *name, const char *part);

/*
 * The triggers that it needs, of CormNewTrigger *.  Those for each row run the
 * function for new owners; which that is remains to be filled in.
 */
extern List *CormCounterTriggers(const CormCounter *counter);

/* Is it one of these, or does it come from one? */
extern bool CormIsCounterTrigger(List *expected,
								 const CormCounterTrigger *trigger);

extern bool CormIsCountingType(Oid typid);

#endif							/* CORM_COUNTER_H */
