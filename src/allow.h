/*-------------------------------------------------------------------------
 *
 * allow.h
 *	  Allow-lists: what may still be asked of a queryset.
 *
 * An allow-list is compared with words as they are written.  What it does not
 * list raises 42501 when it is said, so that no other spelling of a name gets
 * through, and nothing is looked up for whoever may not ask.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ALLOW_H
#define CORM_ALLOW_H

#include "annotation.h"
#include "filter.h"
#include "orderkey.h"

struct CormAllow;

/* In what form related rows are loaded. */
typedef enum CormLoadForm
{
	CORM_LOAD_PLAIN,
	CORM_LOAD_TREE,
	CORM_LOAD_FLAT_TREE			/* as one list, which prints keys */
} CormLoadForm;

/* An allow-list in force. */
typedef struct CormGuard
{
	const struct CormAllow *list;
	char	   *behind;			/* path that leads here from the list's rows */
} CormGuard;

/* Adds an allow-list to those in force, a list of CormGuard *. */
extern List *CormAddGuard(List *guards, JsonbValue *list,
						  const CormDocPath *at);

/* The same allow-lists for what is said about the rows behind a path. */
extern List *CormGuardsBehind(List *guards, const char *path);

/* Each of these raises 42501 unless all allow-lists have what is said. */
extern void CormAllowFilter(List *guards, const CormCondition *condition);
extern void CormAllowOrder(List *guards, List *keys);
extern void CormAllowLoad(List *guards, const char *path, CormLoadForm form);
extern void CormAllowFields(List *guards, List *names);
extern void CormAllowPaths(List *guards, List *paths);
extern bool CormFieldsAreListed(List *guards);
extern void CormAllowAnnotations(List *guards, List *annotations);
extern void CormAllowDistinct(List *guards, List *paths);

/*
 * The path to the rows that the filter of an aggregate is taken to be about,
 * where nothing is known of the path but its text.
 */
extern char *CormAggregatedRows(const char *path, CormAggregate function);

/*
 * The fields of the rows at hand that the allow-lists name, of char *; false
 * if none of them names fields of these rows or of rows behind them, which
 * leaves the rows as they are.
 */
extern bool CormAllowedFields(List *guards, List **names);

/* The smallest max_limit, -1 for none. */
extern int64 CormAllowedLimit(List *guards);

/* The smaller one of two limits, where -1 is none. */
extern int64 CormSmallerLimit(int64 one, int64 other);

#endif							/* CORM_ALLOW_H */
