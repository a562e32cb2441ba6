/*-------------------------------------------------------------------------
 *
 * allow_list.h
 *	  What an allow-list has, as it is read.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ALLOW_LIST_H
#define CORM_ALLOW_LIST_H

#include "document.h"

/* The keys of an allow-list that list paths or names. */
typedef enum CormAllowKey
{
	CORM_ALLOW_ORDER_BY,
	CORM_ALLOW_PREFETCH_RELATED,
	CORM_ALLOW_FIELDS,
	CORM_ALLOW_ANNOTATE,
	CORM_ALLOW_DISTINCT
} CormAllowKey;

#define CORM_ALLOW_KEYS (CORM_ALLOW_DISTINCT + 1)

/* How the key is spelled. */
extern const char *CormAllowKeyName(CormAllowKey key);

/* The key that lists paths with lookups. */
#define CORM_ALLOW_FILTER "filter"

/* A path with the lookups that filters may use on it. */
typedef struct CormAllowedFilter
{
	char	   *path;
	List	   *lookups;		/* of char * */
} CormAllowedFilter;

typedef struct CormAllow
{
	List	   *filters;		/* of CormAllowedFilter * */
	List	   *names[CORM_ALLOW_KEYS];	/* of char * */
	bool		has_fields;		/* listed, perhaps without a name */
	bool		has_distinct;	/* listed, perhaps without a path */
	int64		max_limit;		/* -1: none */
} CormAllow;

/*
 * Reads an allow-list, which must outlive the result; a key that is left out or
 * null allows nothing.
 */
extern CormAllow *CormReadAllow(JsonbValue *list, const CormDocPath *at);

#endif							/* CORM_ALLOW_LIST_H */
