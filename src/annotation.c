/*-------------------------------------------------------------------------
 *
 * annotation.c
 *	  Reading named aggregates.
 *
 * A spec is a path whose last step is the aggregate ("posts__count"), or an
 * object of one aggregate with the path it is over, and perhaps a filter and
 * distinct: {"count": "posts", "filter": {...}}.  Nothing tells here whether a
 * path leads to rows or to a column: names are not known yet.
 *
 * Like request.c, to which this belongs, it reads no catalog.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "annotation.h"
#include "error.h"

/* Spelled as in CormAggregate's order, from COUNT on. */
static const char *const function_names[] = {
	"count", "sum", "avg", "min", "max", "exists"
};

static const char *const spec_filter = "filter";
static const char *const spec_distinct = "distinct";

/* How the function is spelled in a spec; NULL for NONE. */
const char *
CormAggregateName(CormAggregate function)
{
	if (function == CORM_AGGREGATE_NONE)
		return NULL;
	return function_names[function - CORM_AGGREGATE_COUNT];
}

/* Returns the function that the name spells, NONE if it spells none. */
CormAggregate
CormAggregateByName(const char *name)
{
	for (int i = 0; i < lengthof(function_names); i++)
	{
		if (strcmp(name, function_names[i]) == 0)
			return (CormAggregate) (CORM_AGGREGATE_COUNT + i);
	}
	return CORM_AGGREGATE_NONE;
}

pg_noreturn static void
RaiseUnknownKey(const CormDocPath *at)
{
	List	   *known = NIL;
	const char *meant;

	for (int i = 0; i < lengthof(function_names); i++)
		known = lappend(known, unconstify(char *, function_names[i]));
	known = lappend(known, unconstify(char *, spec_filter));
	known = lappend(known, unconstify(char *, spec_distinct));
	meant = CormClosest(at->word, known);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized option \"%s\" of an aggregate",
					CormDocPathText(at)),
			 errdetail("The options are: %s.", CormJoinNames(known)),
			 meant ? errhint("Perhaps you meant \"%s\".", meant) : 0));
}

/* The pair {"sum": "posts__price"} of a spec. */
static void
ReadFunction(CormAnnotation *annotation, CormAggregate function,
			 JsonbValue *value, const CormDocPath *at)
{
	if (annotation->function != CORM_AGGREGATE_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" has two aggregates", CormDocPathText(at->parent)),
				 errdetail("They are \"%s\" and \"%s\".",
						   CormAggregateName(annotation->function),
						   CormAggregateName(function)),
				 errhint("Give each of them a name of its own.")));
	annotation->function = function;
	annotation->path = CormReadName(value, at);
	if (strcmp(annotation->path, "*") == 0 &&
		function != CORM_AGGREGATE_COUNT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("value of \"%s\" must be a path", CormDocPathText(at)),
				 errdetail("Only count takes \"*\".")));
}

/* Reads a spec that is an object. */
static void
ReadSpec(CormAnnotation *annotation, JsonbValue *spec, const CormDocPath *at)
{
	JsonbIterator *it = CormBeginPairs(spec);
	char	   *key;
	JsonbValue *value;

	while (CormNextPair(&it, &key, &value))
	{
		CormDocPath here = {at, key, 0};
		CormAggregate function = CormAggregateByName(key);

		if (function != CORM_AGGREGATE_NONE)
			ReadFunction(annotation, function, value, &here);
		else if (strcmp(key, spec_distinct) == 0)
			annotation->distinct = CormReadBoolean(value, &here);
		else if (strcmp(key, spec_filter) != 0)
			RaiseUnknownKey(&here);
		else if (value->type != jbvNull)
			annotation->where = CormParseFilter(value, &here,
												&annotation->filters);
	}
	if (annotation->function == CORM_AGGREGATE_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" has no aggregate", CormDocPathText(at)),
				 errhint("Write a path such as \"posts__count\", or an object such as {\"count\": \"posts\"}.")));
	if (CormConditionIsTrivial(annotation->where))
		annotation->where = NULL;
}

static CormAnnotation *
ReadAnnotation(char *name, JsonbValue *spec, const CormDocPath *at)
{
	CormAnnotation *annotation = palloc0(sizeof(CormAnnotation));

	annotation->name = name;
	if (CormJsonIsObject(spec))
		ReadSpec(annotation, spec, at);
	else if (spec->type == jbvString)
		annotation->path = CormReadName(spec, at);
	else
		CormRaiseWrongValue(at, "a string or an object", spec);
	return annotation;
}

static CormAnnotation *
FindAnnotation(List *annotations, const char *name)
{
	ListCell   *cell;

	foreach(cell, annotations)
	{
		CormAnnotation *annotation = lfirst(cell);

		if (strcmp(annotation->name, name) == 0)
			return annotation;
	}
	return NULL;
}

/* Do two specs ask for the same in the same words? */
static bool
SameSpec(const CormAnnotation *a, const CormAnnotation *b)
{
	ListCell   *mine;
	ListCell   *theirs;

	if (a->function != b->function || a->distinct != b->distinct ||
		strcmp(a->path, b->path) != 0 ||
		list_length(a->filters) != list_length(b->filters))
		return false;
	forboth(mine, a->filters, theirs, b->filters)
	{
		const JsonbValue *one = lfirst(mine);
		const JsonbValue *other = lfirst(theirs);

		CormNoteLook(one->val.binary.data);
		CormNoteLook(other->val.binary.data);
		if (compareJsonbContainers(one->val.binary.data,
								   other->val.binary.data) != 0)
			return false;
	}
	return true;
}

/* Extends "annotations" in place; "at" is the object that the name is in. */
List *
CormAddAnnotation(List *annotations, CormAnnotation *annotation,
				  const CormDocPath *at)
{
	CormDocPath here = {at, annotation->name, 0};
	CormAnnotation *known = FindAnnotation(annotations, annotation->name);

	if (known == NULL)
		return lappend(annotations, annotation);
	if (!SameSpec(known, annotation))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is given twice in different words",
						CormDocPathText(&here)),
				 errhint("Give one of them another name.")));
	return annotations;
}

/*
 * Reads an object of names and specs (see annotation.h).  "sofar" is extended
 * in place; what is read points into "object".
 */
List *
CormParseAnnotations(List *sofar, JsonbValue *object, const CormDocPath *at)
{
	JsonbIterator *it;
	char	   *name;
	JsonbValue *spec;

	if (object->type == jbvNull)
		return sofar;
	if (!CormJsonIsObject(object))
		CormRaiseWrongValue(at, "an object", object);

	it = CormBeginPairs(object);
	while (CormNextPair(&it, &name, &spec))
	{
		CormDocPath here = {at, name, 0};

		if (CormIsBlank(name))
			CormRaiseEmptyKey(at);
		sofar = CormAddAnnotation(sofar, ReadAnnotation(name, spec, &here), at);
	}
	return sofar;
}
