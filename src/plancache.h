/*-------------------------------------------------------------------------
 *
 * plancache.h
 *	  Kept plans of the statements that corm runs.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PLANCACHE_H
#define CORM_PLANCACHE_H

#include "executor/spi.h"

typedef struct CormPlan
{
	SPIPlanPtr	plan;
	int			pins;
} CormPlan;

/* The setting corm.plan_cache_size. */
extern int	corm_plan_cache_size;

/*
 * A plan for this text, prepared when there is none.  Must be called while
 * connected to SPI.  The plan stays until it is released.  A "custom" one is made
 * for the values of each execution, and kept apart.
 */
extern CormPlan *CormPlanGet(const char *sql, int nargs, const Oid *types, bool custom);
extern void CormPlanRelease(CormPlan *plan);

/* What this backend has done so far. */
typedef struct CormPlanStats
{
	int			kept;			/* now */
	uint64		hits;
	uint64		misses;
	uint64		evicted;
} CormPlanStats;

extern CormPlanStats CormPlanCacheStats(void);

#endif							/* CORM_PLANCACHE_H */
