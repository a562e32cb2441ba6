/*-------------------------------------------------------------------------
 *
 * cache_build.h
 *	  Builds the cache's entries.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CACHE_BUILD_H
#define CORM_CACHE_BUILD_H

#include "graph.h"

/*
 * Reads a table as a model, in the current memory context; NULL when it is
 * none.  All that it reads is watched first.
 */
extern CormModel *CormBuildModel(Oid relid);

#endif							/* CORM_CACHE_BUILD_H */
