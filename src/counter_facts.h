/*-------------------------------------------------------------------------
 *
 * counter_facts.h
 *	  Functions and triggers of counter caches, as the catalogs have them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_COUNTER_FACTS_H
#define CORM_COUNTER_FACTS_H

#include "nodes/pg_list.h"

/* A function that a counter cache runs on, or one left over. */
typedef struct CormCounterFunction
{
	Oid			function;
	Oid			schema;
	char	   *name;
	Oid			owner;
	char	   *body;
	bool		safe;			/* with its owner's rights, search_path fixed */
} CormCounterFunction;

typedef struct CormCounterTrigger
{
	Oid			relid;
	char	   *name;
	bool		enabled;		/* for ordinary sessions */
	bool		handed_down;	/* by a partitioned table */
} CormCounterTrigger;

/*
 * The function of that name without arguments, in the schema, if it is one of a
 * counter cache; else NULL.  *taken (unless NULL): is there any other?
 */
extern CormCounterFunction *CormFindCounterFunction(Oid schema,
													const char *name,
													bool *taken);

/* The function that a trigger of the table runs, likewise. */
extern CormCounterFunction *CormFunctionOfTrigger(Oid relid, const char *name);

/* All of them, of CormCounterFunction *, by name. */
extern List *CormReadCounterFunctions(void);

/* The triggers that run a function, of CormCounterTrigger *, by name. */
extern List *CormReadTriggersOf(Oid function);

/* Writes another body, past CREATE OR REPLACE FUNCTION: runs no SQL. */
extern void CormSetFunctionBody(Oid function, const char *body);

#endif							/* CORM_COUNTER_FACTS_H */
