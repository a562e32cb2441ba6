/*-------------------------------------------------------------------------
 *
 * request.h
 *	  What a queryset asks for, as syntax: no name in it is resolved yet.
 *
 * A queryset value is a JSON object.  This module reads such an object into a
 * CormRequest and raises on anything that is wrong whatever the names mean.
 * It never touches a catalog, so it may run in IMMUTABLE functions.
 *
 * A request keeps what it was read from (the elements of filter and exclude,
 * the two kinds of loads), so that it can be edited word by word and written
 * back: see queryset.h.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_REQUEST_H
#define CORM_REQUEST_H

#include "filter.h"

/* The words of a queryset object. */
typedef enum CormWord
{
	CORM_WORD_MODEL,
	CORM_WORD_PK,
	CORM_WORD_RELATION,
	CORM_WORD_FILTER,
	CORM_WORD_EXCLUDE,
	CORM_WORD_ORDER_BY,
	CORM_WORD_SELECT_RELATED,
	CORM_WORD_PREFETCH_RELATED,
	CORM_WORD_FIELDS,
	CORM_WORD_EXCLUDE_FIELDS,
	CORM_WORD_LIMIT,
	CORM_WORD_OFFSET
} CormWord;

/* What is made of many rows. */
typedef enum CormAggregate
{
	CORM_AGGREGATE_NONE,
	CORM_AGGREGATE_COUNT,
	CORM_AGGREGATE_SUM,
	CORM_AGGREGATE_AVG,
	CORM_AGGREGATE_MIN,
	CORM_AGGREGATE_MAX,
	CORM_AGGREGATE_EXISTS
} CormAggregate;

/*
 * A named value of annotate, aggregate or group_by.  Written as a path alone
 * ("posts__count") the function is the path's last step and "function" is NONE.
 */
typedef struct CormAnnotation
{
	char	   *name;
	CormAggregate function;
	char	   *path;			/* "posts", "posts__price"; "*": the rows */
	bool		distinct;		/* every value once */
	CormCondition *where;		/* on the model where the path ends, or NULL */
} CormAnnotation;

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
	bool		select;			/* it stood in select_related */
	bool		recursive;		/* and so on from each row that was loaded */
	bool		flat;			/* ... as one list, with depth and path */
	int64		depth;			/* ... levels to load, -1: all */
	struct CormRequest *options;	/* what to load of the last step, or NULL */
} CormLoad;

typedef struct CormRequest
{
	char	   *model;			/* NULL when left out */

	/* corm.relation(model, pk, relation): rows related to one owner */
	char	   *relation;		/* NULL: the model's own rows */
	JsonbValue *owner;			/* the owner's key; jbvNull: no owner */

	/* corm.relation(q, relation): rows related to any row of a queryset */
	struct CormRequest *of;		/* then model and owner are NULL */

	CormCondition *where;		/* filter and not exclude; NULL: none */
	List	   *order_by;		/* of CormOrderKey * */
	List	   *loads;			/* of CormLoad *, in order of mention */
	bool		fields_given;	/* fields was there, perhaps empty */
	List	   *fields;			/* of char * */
	List	   *exclude_fields; /* of char * */
	List	   *annotations;	/* of CormAnnotation * */
	bool		distinct_given;	/* distinct was there, perhaps empty */
	List	   *distinct;		/* of char *, paths; NIL: what is printed */
	int64		limit;			/* -1: none */
	int64		offset;			/* -1: none */

	JsonbContainer *source;		/* what this was read from */

	/* which words were there: for verbs that refuse some of them */
	bool		has_exclude;
	bool		has_filter;

	/*
	 * The same conditions as they were written: of JsonbValue *, those that
	 * let every row pass left out.
	 */
	List	   *filters;		/* all of them */
	List	   *excludes;		/* not all of them, if has_exclude */
} CormRequest;

/*
 * Reads a queryset.  Allocated in the current context; values point into
 * "queryset", which must outlive the request.  Raises 22023 for an unknown
 * word or a bad option, naming it and the known ones.
 */
extern CormRequest *CormParseRequest(Jsonb *queryset);

/* A request that asks for nothing in particular. */
extern CormRequest *CormMakeRequest(void);

/*
 * Says one more word.  filter and exclude add a condition; select_related,
 * prefetch_related and exclude_fields add to their list; the others replace
 * what was said, JSON null clearing it.
 */
extern void CormRequestSay(CormRequest *request, CormWord word,
						   JsonbValue *value);

/* Raises 22023 when the words do not go together. */
extern void CormRequestCheck(const CormRequest *request);

/* A filter alone, as verbs take it: adds to what the request asks already. */
extern void CormRequestAddFilter(CormRequest *request, Jsonb *filter);

/* How the word is spelled in a queryset object. */
extern const char *CormWordName(CormWord word);

#endif							/* CORM_REQUEST_H */
