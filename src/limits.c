/*-------------------------------------------------------------------------
 *
 * limits.c
 *	  How much one request may ask for.
 *
 * Checked when a verb runs and not when a queryset is made: settings must not
 * change what an IMMUTABLE function returns.  Nothing is resolved yet, so the
 * depth of a path is the number of its pieces; a name that itself contains two
 * underscores counts for one only if it is quoted.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "allow.h"
#include "annotation.h"
#include "document.h"
#include "filter.h"
#include "limits.h"
#include "pathtext.h"

int			corm_max_depth = 20;
int			corm_max_nodes = 10000;

static void
AddNodes(int *nodes, int n)
{
	*nodes += n;
	if (corm_max_nodes > 0 && *nodes > corm_max_nodes)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the queryset exceeds the limit on its parts, %d", corm_max_nodes),
				 errdetail("Conditions, relations to load, order keys, fields and annotations count."),
				 errhint("The setting corm.max_nodes is the limit; 0 means none.")));
}

pg_noreturn static void
RaiseTooDeep(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("the queryset exceeds the limit on levels of related rows, %d",
					corm_max_depth),
			 errhint("The setting corm.max_depth is the limit; 0 means none.")));
}

/*
 * A path in a filter or an order is as much work as one that is loaded.  In the
 * filter object of a quantifier or an aggregate it goes on where their path,
 * of "depth" steps, leads.
 */
static void
CheckPath(const char *path, int depth)
{
	if (corm_max_depth > 0 && depth + CormPathSteps(path) > corm_max_depth)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a path of the queryset exceeds the limit on its steps, %d",
						corm_max_depth),
				 errhint("The setting corm.max_depth is the limit; 0 means none.")));
}

static void CountCondition(const CormCondition *condition, int depth, int *nodes);

/*
 * The paths in a value that the lookup F compares with.  What else is a text is
 * no path, unless it stands behind such a lookup.
 */
static void
CheckComparedPaths(const char *lookup, JsonbValue *value, int depth)
{
	const char *step = CormPathLastStep(lookup);
	ListCell   *lc;

	if (strcmp(step ? step : lookup, "F") != 0)
		return;
	foreach(lc, CormJsonIsArray(value) ? CormJsonElements(value) : list_make1(value))
	{
		const JsonbValue *path = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		if (path->type != jbvString)
			continue;
		CormNoteLook(path->val.string.val);
		CheckPath(pnstrdup(path->val.string.val, path->val.string.len), depth);
	}
}

/*
 * The lookups of an aggregate, and its filter object, which is returned.
 */
static JsonbValue *
CheckLookups(JsonbValue *object, int depth)
{
	JsonbIterator *it = CormBeginPairs(object);
	JsonbValue *filter = NULL;
	JsonbValue *value;
	char	   *lookup;

	while (CormNextPair(&it, &lookup, &value))
	{
		if (strcmp(lookup, "filter") == 0)
			filter = value;
		else
			CheckComparedPaths(lookup, value, depth);
	}
	return filter;
}

/*
 * A filter object in a test's value: of a quantifier, or beside the lookups of
 * an aggregate.  What else looks like one is a plain value.
 */
static void
CountNested(const CormCondition *test, int depth, int *nodes)
{
	const char *step = CormPathLastStep(test->key);
	CormAggregate function;
	char	   *path;
	JsonbValue *filter = test->value;
	CormDocPath at = {NULL, test->key, 0};

	if (step == NULL || filter->type != jbvBinary)
		return;
	path = CormPathBefore(test->key, step);
	function = CormAggregateByName(step);
	if (function != CORM_AGGREGATE_NONE && CormJsonIsObject(filter))
	{
		filter = CheckLookups(filter, depth);
		path = CormAggregatedRows(path, function);
	}
	else if (!CormIsQuantifier(step))
		return;
	if (filter && filter->type == jbvBinary)
		CountCondition(CormParseFilter(filter, &at, NULL),
					   depth + CormPathSteps(path), nodes);
}

static void
CountCondition(const CormCondition *condition, int depth, int *nodes)
{
	ListCell   *lc;

	if (condition == NULL)
		return;
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	AddNodes(nodes, 1);
	if (condition->kind == CORM_COND_TEST)
	{
		CheckPath(condition->key, depth);
		CheckComparedPaths(condition->key, condition->value, depth);
		CountNested(condition, depth, nodes);
	}
	foreach(lc, condition->args)
		CountCondition(lfirst(lc), depth, nodes);
}

/* The filter of an aggregate is about rows at the end of the path. */
static void
CountAnnotation(const CormAnnotation *annotation, int *nodes)
{
	const char *path = strcmp(annotation->path, "*") == 0 ? "" : annotation->path;

	CheckPath(path, 0);
	CountCondition(annotation->where,
				   CormPathSteps(CormAggregatedRows(path, annotation->function)), nodes);
}

static void
CountRequest(const CormRequest *request, int *nodes)
{
	ListCell   *lc;

	if (request == NULL)
		return;
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	CountCondition(request->where, 0, nodes);
	AddNodes(nodes, list_length(request->order_by));
	AddNodes(nodes, list_length(request->fields));
	AddNodes(nodes, list_length(request->exclude_fields));
	AddNodes(nodes, list_length(request->distinct));
	AddNodes(nodes, list_length(request->permit));
	AddNodes(nodes, list_length(request->annotations));
	foreach(lc, request->order_by)
		CheckPath(((CormOrderKey *) lfirst(lc))->path, 0);
	foreach(lc, request->distinct)
		CheckPath(lfirst(lc), 0);
	foreach(lc, request->annotations)
		CountAnnotation(lfirst(lc), nodes);
	AddNodes(nodes, list_length(request->loads));
	foreach(lc, request->loads)
		CountRequest(((CormLoad *) lfirst(lc))->options, nodes);
	CountRequest(request->of, nodes);
}

/*
 * Levels above this request have been counted in "depth".
 */
static void
CheckDepth(const CormRequest *request, int depth)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, request->loads)
	{
		const CormLoad *load = lfirst(lc);
		int			reached = depth + CormPathSteps(load->path);

		CHECK_FOR_INTERRUPTS();
		/* what has been written so deep is read so deep */
		if (reached > corm_max_depth && !load->by_the_way)
			RaiseTooDeep();
		if (load->options)
			CheckDepth(load->options, reached);
	}
}

void
CormCheckLimits(const CormRequest *request)
{
	int			nodes = 0;

	CountRequest(request, &nodes);
	if (corm_max_depth > 0)
		CheckDepth(request, 0);
}
