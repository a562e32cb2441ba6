/*-------------------------------------------------------------------------
 *
 * cache_build.h
 *	  What the cache and the builder of its entries share.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CACHE_BUILD_H
#define CORM_CACHE_BUILD_H

#include "cache.h"

/*
 * In cache_build.c.  Allocated in the current context; NULL when the table is
 * no model.
 */
extern CormModel *CormBuildModel(Oid relid);

/*
 * In cache.c.  From here on a change to the table, or to the constraint,
 * outdates what is being built.
 */
extern void CormNoteTable(Oid relid);
extern void CormNoteConstraint(Oid relid, const char *name);

#endif							/* CORM_CACHE_BUILD_H */
