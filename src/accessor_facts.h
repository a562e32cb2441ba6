/*-------------------------------------------------------------------------
 *
 * accessor_facts.h
 *	  Functions that stand for relations, as the catalogs have them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ACCESSOR_FACTS_H
#define CORM_ACCESSOR_FACTS_H

#include "nodes/pg_list.h"

/*
 * What the body of each accessor begins with, and no other function's: it
 * survives what loses comments, and is gone once somebody writes another body.
 */
#define CORM_ACCESSOR_LABEL "accessor"

typedef struct CormAccessor
{
	Oid			function;
	Oid			schema;
	char	   *name;
	Oid			source;			/* the table whose rows it takes */
	Oid			target;			/* the table whose rows it returns */
	char	   *body;
	bool		inlinable;		/* no option keeps it from being inlined */
} CormAccessor;

/*
 * The accessors that take or return rows of a table, of CormAccessor *, by
 * name; those of all tables for InvalidOid.
 */
extern List *CormReadAccessors(Oid relid);

/* The one that takes rows of the table, or NULL. */
extern CormAccessor *CormFindAccessor(Oid relid, const char *name);

/* Whatever function of the schema has the name and takes rows of the table. */
extern Oid	CormRowFunction(Oid schema, const char *name, Oid relid);

/* Would DROP FUNCTION without CASCADE be refused? */
extern bool CormFunctionIsNeeded(Oid function);

#endif							/* CORM_ACCESSOR_FACTS_H */
