/*-------------------------------------------------------------------------
 *
 * grouping.h
 *	  Groups of rows: what aggregate and group_by ask for, and the plan tree of
 *	  it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_GROUPING_H
#define CORM_GROUPING_H

#include "plantree.h"

/* What is asked of the rows of a request. */
typedef struct CormGrouping
{
	List	   *by;				/* of CormAnnotation *, paths alone; NIL: all
								 * rows are one group */
	List	   *aggregates;		/* of CormAnnotation * */
	CormCondition *having;		/* on the names of both, or NULL */
	List	   *order_by;		/* of CormOrderKey *, likewise */
	int64		limit;			/* so many groups, -1: all */
} CormGrouping;

/*
 * Reads what to group by: a path, a list of paths, or an object of names and
 * paths.  Returns CormAnnotation *; raises 22023 for anything else.
 */
extern List *CormParseGroupKeys(JsonbValue *by, const CormDocPath *at);

/*
 * The plan tree: one document for each group, its keys and then its aggregates.
 * Raises what CormResolve raises, 42703 for an unknown name in having or
 * order_by, 42883 for a key whose type has no order, 42501 for what an
 * allow-list does not have.
 */
extern CormSelect *CormResolveGroups(const CormRequest *request,
									 const CormGrouping *grouping);

#endif							/* CORM_GROUPING_H */
