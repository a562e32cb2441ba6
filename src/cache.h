/*-------------------------------------------------------------------------
 *
 * cache.h
 *	  The models and relations of this database, as one backend knows them.
 *
 * Models are loaded one by one, on first use, and so are their relations.
 *
 * Everything returned from here is read-only and stays valid until the end of
 * the transaction, even when an invalidation arrives in between: the next
 * lookup then builds a new entry and the old one is kept until the
 * transaction ends.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CACHE_H
#define CORM_CACHE_H

#include "graph.h"

extern void CormCacheInit(void);

/*
 * The model that a user's text names ("Post", "blog.Post").  Raises 42704
 * with near names when there is none, 42P09 when two tables of one schema
 * claim it, 42501 when its schema may not be used.
 */
extern CormModel *CormModelByName(const char *name);

/* The same, but NULL when no model of that name is in reach. */
extern CormModel *CormModelByNameIfAny(const char *name);

/* The model of a table, or NULL when the table is none. */
extern CormModel *CormModelByRelid(Oid relid);

/*
 * The model's relation of that name, NULL when it has none; all of them (of
 * CormRelation *), by name.  What the catalogs say of a relation is read when it is
 * asked for first: few calls follow every relation of their models.  Raises 40001 if
 * the columns that it is about are not those that the model was read with.
 */
extern const CormRelation *CormFindRelation(const CormModel *model, const char *name);
extern List *CormRelationsOf(const CormModel *model);

/* All models whose tables are there, of CormModel *, in no particular order. */
extern List *CormAllModels(void);

/*
 * How to write the model's name in a call: bare where the search_path leads
 * to it, else schema.Model, quoted as needed.  Allocated in the current
 * context.
 */
extern char *CormModelDisplayName(const CormModel *model);

/* Like it, for a model of that name in that schema which may not be there yet. */
extern char *CormDisplayNameIn(const char *name, Oid schema);

/* Like it, but always with its schema: for names that travel in a value. */
extern char *CormModelQualifiedName(const CormModel *model);

/*
 * Changes whenever what was read from here may have become outdated.  Whoever
 * locks what the answers are about, and finds the number unchanged afterwards,
 * may rely on them as long as the locks are held.
 */
extern uint64 CormCacheGeneration(void);

/*
 * How often something is read once more because changes kept coming in while it
 * was being read.  Then what was read last has to do: it is as true as an answer
 * that was given just before the last change.
 */
#define CORM_PATIENCE 5

/* What this backend has done so far. */
typedef struct CormCacheStats
{
	int			models;			/* in the cache now */
	uint64		loads;			/* models built */
	uint64		invalidations;	/* times that the cache was found outdated */
} CormCacheStats;

extern CormCacheStats CormCacheStatsNow(void);

/* Extra columns of a through model: all but its key and its two foreign keys. */
extern List *CormLinkColumns(const CormRelation *relation); /* CormColumn * */

#endif							/* CORM_CACHE_H */
