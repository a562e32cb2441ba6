/*-------------------------------------------------------------------------
 *
 * aggregate.h
 *	  Aggregates: of related rows, and of the rows of a statement.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_AGGREGATE_H
#define CORM_AGGREGATE_H

#include "walk.h"

/*
 * Takes an aggregate off the rest of a path, with the transforms before it
 * ("date__year__max"); NONE when there is none, and then nothing is taken.
 */
extern CormAggregate CormTakeAggregate(CormPath *path, const char **transforms);

/*
 * Under an allow-list: raises 42501 unless the list was compared with the rows
 * that the filter of an aggregate is about.  "aggregated" is the path before
 * the function, "rows" what leads to these rows.
 */
extern void CormRequireFilterChecked(const CormSelect *select, const char *aggregated,
									 CormAggregate function, const char *rows);

/*
 * The aggregate over a subquery that CormOpenPath opened for the path; "end" is
 * where it leads.  Raises 22023 or 42883 when the function does not go with
 * what stands there.
 */
extern CormValue *CormAggregateOver(const CormPlace *end, const CormPath *path,
									const char *transforms, CormAggregate function,
									bool distinct);

/*
 * function(arg) over the rows of a statement; of no argument it counts them,
 * and exists takes a condition.
 * Raises 42883 when the type has no such aggregate; "what" names the value.
 */
extern CormValue *CormMakeAggregate(CormAggregate function, CormValue *arg, bool distinct,
									const char *what);

#endif							/* CORM_AGGREGATE_H */
