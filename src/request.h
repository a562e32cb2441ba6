/*-------------------------------------------------------------------------
 *
 * request.h
 *	  What a queryset asks for, as syntax: no name in it is resolved yet.
 *
 * A queryset value is a JSON object.  This module reads such an object into a
 * CormRequest and raises on anything that is wrong whatever the names mean.
 * It never touches a catalog, so it may run in IMMUTABLE functions.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_REQUEST_H
#define CORM_REQUEST_H

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

typedef enum CormConditionKind
{
	CORM_COND_SCOPE,			/* one filter object: AND, and its tests that
								 * share a to-many prefix mean the same row */
	CORM_COND_AND,				/* independent conditions, all of them */
	CORM_COND_OR,				/* independent conditions, any of them */
	CORM_COND_NOT,				/* exact complement of its one argument */
	CORM_COND_TEST				/* key: value */
} CormConditionKind;

typedef struct CormCondition
{
	CormConditionKind kind;
	List	   *args;			/* of CormCondition *, unless a test */
	char	   *key;			/* of a test: path and lookup, as written */
	JsonbValue *value;			/* of a test; containers are jbvBinary */
} CormCondition;

typedef enum CormNulls
{
	CORM_NULLS_DEFAULT,
	CORM_NULLS_FIRST,
	CORM_NULLS_LAST
} CormNulls;

typedef struct CormOrderKey
{
	char	   *path;
	bool		descending;
	CormNulls	nulls;
} CormOrderKey;

struct CormRequest;

/* One path of select_related or prefetch_related. */
typedef struct CormLoad
{
	char	   *path;			/* "author", "posts__comments" */
	char	   *as;				/* output name, or NULL */
	bool		more;			/* also say whether the list was cut */
	struct CormRequest *options;	/* what to load of the last step, or NULL */
} CormLoad;

typedef struct CormRequest
{
	char	   *model;			/* NULL when left out */

	/* corm.relation(model, pk, relation): rows related to one owner */
	char	   *relation;		/* NULL: the model's own rows */
	JsonbValue *owner;			/* the owner's key; jbvNull: no owner */

	CormCondition *where;		/* filter and not exclude; NULL: none */
	List	   *order_by;		/* of CormOrderKey * */
	List	   *loads;			/* of CormLoad *, in order of mention */
	bool		fields_given;	/* fields was there, perhaps empty */
	List	   *fields;			/* of char * */
	List	   *exclude_fields; /* of char * */
	int64		limit;			/* -1: none */
	int64		offset;			/* -1: none */

	JsonbContainer *source;		/* what this was read from */

	/* which words were there: for verbs that refuse some of them */
	bool		has_exclude;
	bool		has_filter;
} CormRequest;

/*
 * Reads a queryset.  Allocated in the current context; values point into
 * "queryset", which must outlive the request.  Raises 22023 for an unknown
 * word or a bad option, naming it and the known ones.
 */
extern CormRequest *CormParseRequest(Jsonb *queryset);

/* A filter alone, as verbs take it: adds to what the request asks already. */
extern void CormRequestAddFilter(CormRequest *request, Jsonb *filter);

/* True for a condition that lets every row pass: NULL, {} and AND []. */
extern bool CormConditionIsTrivial(const CormCondition *condition);

#endif							/* CORM_REQUEST_H */
