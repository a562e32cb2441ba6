/*-------------------------------------------------------------------------
 *
 * pathvalue.h
 *	  The values that paths stand for.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PATHVALUE_H
#define CORM_PATHVALUE_H

#include "walk.h"

/* What becomes of steps to several rows. */
typedef enum CormWalk
{
	CORM_WALK_TO_ONE,			/* 22023 */
	CORM_WALK_SMALLEST,			/* the smallest value behind them */
	CORM_WALK_GREATEST,			/* the greatest */
	CORM_WALK_JOIN				/* LEFT JOINed: rows are repeated */
} CormWalk;

/*
 * The values (CormValue *) that a path ends in: one, or those of a key.
 * Transforms and an aggregate that follow are part of the value; nothing else
 * may.
 */
extern List *CormPathValues(const CormPlace *place, const char *path, CormWalk walk);

/* The same for a path that must end in one value; raises 22023 else. */
extern CormValue *CormPathValue(const CormPlace *place, const char *path, CormWalk walk);

#endif							/* CORM_PATHVALUE_H */
