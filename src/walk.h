/*-------------------------------------------------------------------------
 *
 * walk.h
 *	  Following the steps of a path by joins and subqueries.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_WALK_H
#define CORM_WALK_H

#include "scope.h"

/* Where a path is: on a table, which stands in a scope. */
typedef struct CormPlace
{
	CormSelect *select;
	CormScope  *scope;
	CormTable  *table;
} CormPlace;

/* The path from a place, with the annotations that hold there. */
extern CormPath *CormReadPathAt(const CormPlace *place, const char *path);

/*
 * One step by a join in the place's scope: a to-one is LEFT JOINed once for all
 * paths through it, and so is a to-many, which repeats rows.
 */
extern void CormStepBy(CormPlace *place, const CormPathStep *step);

/*
 * Lets a through table hold each pair of the relation once, by the link of
 * lowest key, where it may hold it more often.
 */
extern void CormTakeLinkOnce(CormTable *link, const CormRelation *relation);

/*
 * What one step leads to, as the first tables of a new scope whose WHERE ties
 * them to the place.  With "link", a many-to-many opens with its through table
 * alone: *link is that table, and the returned place has no table yet.
 */
extern CormPlace CormOpenStep(const CormPlace *from, const CormPathStep *step,
							  CormTable **link);

/* All steps of a path (one at least): a place on what it leads to. */
extern CormPlace CormOpenPath(const CormPlace *from, const CormPath *path);

#endif							/* CORM_WALK_H */
