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

#include "catalog.h"
#include "graph.h"

/*
 * Reads a table as a model, in the current memory context; NULL when it is
 * none.  All that it reads is watched first.  Of its relations only the names and the
 * tables are read.
 */
extern CormModel *CormBuildModel(Oid relid);

/*
 * Reads what is unread of a relation of such a model, in the current memory context,
 * and watches it first as well.  May be called again when that has changed meanwhile.
 */
extern void CormCompleteRelation(CormRelation *relation, const CormRelationRow *row);

#endif							/* CORM_CACHE_BUILD_H */
