/*-------------------------------------------------------------------------
 *
 * treecache.h
 *	  Plan trees that are kept from call to call.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_TREECACHE_H
#define CORM_TREECACHE_H

#include "plantree.h"

/* What a tree is made from, beside what the catalogs and settings say. */
typedef struct CormTreeSource
{
	int			purpose;		/* trees of different ones are different */
	Oid			fallback;		/* the table of rows that the request need not name */
	Jsonb	   *json[2];		/* each may be NULL */
	const char *words;			/* instead, or beside: bytes, or NULL */
	int			nwords;
} CormTreeSource;

/*
 * Makes a tree in the current context; what it holds of the source may point there.
 * It may depend on nothing but the source, the catalogs, the user, the search_path
 * and the settings that are listed in treecache.c.
 */
typedef CormSelect *(*CormTreeMaker) (const CormTreeSource *source, void *arg);

/*
 * The tree of a source, kept or made, with the values that the source has.  The
 * tables that it names are locked, and what it says of them is true.  Nobody else
 * gets it as long as the current memory context is there.
 */
extern CormSelect *CormTreeGet(const CormTreeSource *source, CormTreeMaker make,
							   void *arg);

/* What corm.stats says about it. */
typedef struct CormTreeStats
{
	int			kept;
	int64		hits;
} CormTreeStats;

extern CormTreeStats CormTreeStatsNow(void);

#endif							/* CORM_TREECACHE_H */
