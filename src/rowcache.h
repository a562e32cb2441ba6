/*-------------------------------------------------------------------------
 *
 * rowcache.h
 *	  The JSON text of rows that many calls print, kept from call to call.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ROWCACHE_H
#define CORM_ROWCACHE_H

#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

/* The setting corm.row_cache_size, in kB; 0: nothing is kept. */
extern int	corm_row_cache_size;

/* The text of a row. */
typedef struct CormRowText
{
	const char *text;
	int			len;
} CormRowText;

/*
 * The rows of one table, printed in one way, as one level of one call sees them.
 * Zeroed before it is opened first.
 */
typedef struct CormRowCache
{
	Relation	heap;			/* NULL: none are kept */
	bool		used;
	Oid			key_type;
	struct KeptShape *shape;	/* nobody else has it meanwhile */
	void	   *timezone;		/* that texts are in */
	uint64		opening;
	uint64		batch;
	BlockNumber nblocks;
} CormRowCache;

/* May a value of this type be kept as text, and be part of a row that is? */
extern bool CormRowCacheTakes(Oid typid);

/* May rows be told apart by a key whose values are of this type? */
extern bool CormRowCacheFinds(Oid key_type);

/*
 * Begins to use what is kept of a table's rows, until the table is closed or
 * another snapshot is taken.  "shape" says which columns they print and how; what
 * else their text depends on is added here.  Texts that are found stay where they
 * are as long as the memory context that is current when a cache is opened first.
 */
extern void CormRowCacheOpen(CormRowCache *cache, Relation heap, Snapshot snapshot,
							 Oid key_type, StringInfo shape);

/* From now on no row has been asked for. */
extern void CormRowCacheRestart(CormRowCache *cache);

/*
 * The row with this key; false when it is not kept, or may have changed.  *again
 * says, in any case, if this is known to have been asked for before.
 */
extern bool CormRowCacheFind(const CormRowCache *cache, Datum key, CormRowText *row,
							 bool *again);

/* Tells that the row with this key will be asked for soon. */
extern void CormRowCachePrefetch(const CormRowCache *cache, Datum key);

/*
 * Keeps the text of a row, which the slot has just been read with, if no change of
 * the row can go unnoticed.  "asked": it counts as having been asked for.
 */
extern void CormRowCacheKeep(const CormRowCache *cache, TupleTableSlot *slot,
							 Datum key, bool asked, const char *text, int len);

/* What corm.stats says about it. */
typedef struct CormRowCacheStats
{
	int			kept;
	int64		hits;
} CormRowCacheStats;

extern CormRowCacheStats CormRowCacheStatsNow(void);

#endif							/* CORM_ROWCACHE_H */
