/*-------------------------------------------------------------------------
 *
 * annotation.h
 *	  Named aggregates as syntax: what annotate, aggregate and group_by take.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ANNOTATION_H
#define CORM_ANNOTATION_H

#include "filter.h"

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
	List	   *filters;		/* the same as written, of JsonbValue * */
} CormAnnotation;

/* How the function is spelled: "count" ...; NULL for NONE. */
extern const char *CormAggregateName(CormAggregate function);

/* The function of that name, NONE if there is none. */
extern CormAggregate CormAggregateByName(const char *name);

/*
 * Adds to a list of CormAnnotation *, unless it is there in the same words.
 * The name with other words raises 22023.
 */
extern List *CormAddAnnotation(List *annotations, CormAnnotation *annotation,
							   const CormDocPath *at);

/*
 * Reads an object of names and specs and adds to "sofar", a list of
 * CormAnnotation *, as CormAddAnnotation does; null adds nothing.
 */
extern List *CormParseAnnotations(List *sofar, JsonbValue *object,
								  const CormDocPath *at);

#endif							/* CORM_ANNOTATION_H */
