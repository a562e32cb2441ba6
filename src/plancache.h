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

typedef enum CormPlanning
{
	CORM_PLAN_AUTO,				/* as the server sees fit */
	CORM_PLAN_CUSTOM,			/* for the values of each execution */
	CORM_PLAN_GENERIC			/* once, for any values */
} CormPlanning;

/*
 * A plan for this text, prepared when there is none.  Must be called while
 * connected to SPI.  The plan stays until it is released.  Plans of one text that
 * are made differently are kept apart.
 */
extern CormPlan *CormPlanGet(const char *sql, int nargs, const Oid *types,
							 CormPlanning planning);
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
