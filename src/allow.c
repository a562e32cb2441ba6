/*-------------------------------------------------------------------------
 *
 * allow.c
 *	  Comparing what is said with allow-lists.
 *
 * A path that is said about rows behind a relation counts with the path to
 * them in front: "title" in a filter of the prefetched posts, in a quantifier
 * over them or in an aggregate of them is "posts__title".
 *
 * A key of a filter is a listed path with one of the lookups listed for it.
 * Values are free but for two kinds that hold names: the filter objects of
 * quantifiers and aggregates, and the paths of lookups that end in F.
 *
 * Like request.c, to which this belongs, it reads no catalog.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "allow.h"
#include "allow_list.h"
#include "error.h"
#include "pathtext.h"

/*
 * Behind a path of prefetch_related: in what form it may be loaded beside the
 * forms before.  Spelled as in CormLoadForm's order.
 */
static const char *const form_marks[] = {"", " recursive", " recursive flat"};

/* The lookup of a key that names none. */
#define PLAIN_LOOKUP "exact"

static void AllowTest(List *guards, char *key, JsonbValue *value);

/* Returns a list of its own; "list" is read, and must outlive it. */
List *
CormAddGuard(List *guards, JsonbValue *list, const CormDocPath *at)
{
	CormGuard  *guard = palloc0(sizeof(CormGuard));

	guard->list = CormReadAllow(list, at);
	guard->behind = "";
	return lappend(list_copy(guards), guard);
}

/* Returns guards of their own; an empty path leads nowhere else. */
List *
CormGuardsBehind(List *guards, const char *path)
{
	List	   *behind = NIL;
	ListCell   *cell;

	if (*path == '\0')
		return guards;
	foreach(cell, guards)
	{
		const CormGuard *guard = lfirst(cell);
		CormGuard  *moved = palloc0(sizeof(CormGuard));

		moved->list = guard->list;
		moved->behind = CormPathJoin(guard->behind, path);
		behind = lappend(behind, moved);
	}
	return behind;
}

/*
 * Violations
 */

pg_noreturn static void
RaiseNotAllowed(const char *word, const char *path, List *allowed)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("the allow-list of the queryset does not have \"%s\" for \"%s\"",
					path, word),
			 errdetail("It has: %s.", CormJoinNames(allowed))));
}

/* A key of a filter that no listed path with a listed lookup spells. */
pg_noreturn static void
RaiseFilterNotAllowed(const CormAllow *allow, const char *key)
{
	const CormAllowedFilter *closest = NULL;
	List	   *paths = NIL;
	ListCell   *cell;

	foreach(cell, allow->filters)
	{
		const CormAllowedFilter *filter = lfirst(cell);

		paths = lappend(paths, filter->path);
		if (CormPathStartsWith(key, filter->path) &&
			(closest == NULL || strlen(filter->path) > strlen(closest->path)))
			closest = filter;
	}
	if (closest == NULL)
		RaiseNotAllowed(CORM_ALLOW_FILTER, key, paths);
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("the allow-list of the queryset does not have \"%s\" for \"%s\"",
					key, CORM_ALLOW_FILTER),
			 errdetail("Lookups that it has of \"%s\": %s.", closest->path,
					   CormJoinNames(closest->lookups))));
}

/* A path or name that a key must list. */
static void
RequireName(List *guards, CormAllowKey key, const char *name)
{
	ListCell   *cell;

	foreach(cell, guards)
	{
		const CormGuard *guard = lfirst(cell);
		char	   *full = CormPathJoin(guard->behind, name);

		if (!CormListHasName(guard->list->names[key], full))
			RaiseNotAllowed(CormAllowKeyName(key), full, guard->list->names[key]);
	}
}

/*
 * Filters
 */

/* Is the key the path, or the path and a lookup, as listed? */
static bool
FilterHasKey(const CormAllowedFilter *filter, const char *key)
{
	int			length = strlen(filter->path);

	if (!CormPathStartsWith(key, filter->path))
		return false;
	if (key[length] == '\0')
		return CormListHasName(filter->lookups, PLAIN_LOOKUP);
	return CormListHasName(filter->lookups, key + length + strlen("__"));
}

static void
RequireKey(List *guards, const char *key)
{
	ListCell   *cell;

	foreach(cell, guards)
	{
		const CormGuard *guard = lfirst(cell);
		char	   *full = CormPathJoin(guard->behind, key);
		ListCell   *other;

		CHECK_FOR_INTERRUPTS();
		foreach(other, guard->list->filters)
		{
			if (FilterHasKey(lfirst(other), full))
				break;
		}
		if (other == NULL)
			RaiseFilterNotAllowed(guard->list, full);
	}
}

/* A path that a filter compares with is itself one to filter by. */
static void
RequireFilterPath(List *guards, const char *path)
{
	ListCell   *cell;

	foreach(cell, guards)
	{
		const CormGuard *guard = lfirst(cell);
		char	   *full = CormPathJoin(guard->behind, path);
		List	   *paths = NIL;
		ListCell   *other;

		foreach(other, guard->list->filters)
			paths = lappend(paths, ((CormAllowedFilter *) lfirst(other))->path);
		if (!CormListHasName(paths, full))
			RaiseNotAllowed(CORM_ALLOW_FILTER, full, paths);
	}
}

/* The paths that are the value of a lookup that ends in F. */
static void
AllowComparedPaths(List *guards, char *key, JsonbValue *value)
{
	CormDocPath at = {NULL, key, 0};
	ListCell   *cell;

	foreach(cell, CormReadList(value, true, "a string", &at))
	{
		const JsonbValue *path = lfirst(cell);

		RequireFilterPath(guards, CormReadName(path, &at));
		CormNoteLook(path->val.string.val);
	}
}

/* A filter object, or several, about the rows behind a path. */
static void
AllowNested(List *guards, const char *path, char *key, JsonbValue *value)
{
	CormDocPath at = {NULL, key, 0};

	CormAllowFilter(CormGuardsBehind(guards, path),
					CormParseFilter(value, &at, NULL));
}

/*
 * The rows that an aggregate at the end of a path is about: those where the
 * path leads, or for the aggregates of a column those that have it.
 */
char *
CormAggregatedRows(const char *path, CormAggregate function)
{
	const char *column = CormPathLastStep(path);

	if (function == CORM_AGGREGATE_COUNT || function == CORM_AGGREGATE_EXISTS)
		return pstrdup(path);
	return column ? CormPathBefore(path, column) : "";
}

/* {"posts__count": {"gte": 3, "filter": {...}}} */
static void
AllowAggregate(List *guards, char *key, CormAggregate function,
			   JsonbValue *object)
{
	char	   *path = CormPathBefore(key, CormPathLastStep(key));
	bool		tested = false;
	JsonbIterator *it = CormBeginPairs(object);
	char	   *lookup;
	JsonbValue *value;

	while (CormNextPair(&it, &lookup, &value))
	{
		if (strcmp(lookup, CORM_ALLOW_FILTER) == 0)
			AllowNested(guards, CormAggregatedRows(path, function), key, value);
		else if (strcmp(lookup, "distinct") != 0)
		{
			AllowTest(guards, CormPathJoin(key, lookup), value);
			tested = true;
		}
	}
	if (!tested)
		RequireKey(guards, key);
}

/*
 * {"posts__some": {...}}: what the filter asks is what counts; one that asks
 * nothing, or lets every row pass, asks for the quantifier alone.
 */
static void
AllowQuantifier(List *guards, char *key, const char *step, JsonbValue *value)
{
	CormDocPath at = {NULL, key, 0};
	CormCondition *condition = CormParseFilter(value, &at, NULL);

	if (CormConditionIsTrivial(condition) || !CormConditionHasTest(condition))
		RequireKey(guards, key);
	CormAllowFilter(CormGuardsBehind(guards, CormPathBefore(key, step)), condition);
}

/* A key of a filter object with its value. */
static void
AllowTest(List *guards, char *key, JsonbValue *value)
{
	const char *step = CormPathLastStep(key);
	CormAggregate function = step ? CormAggregateByName(step) :
		CORM_AGGREGATE_NONE;

	check_stack_depth();
	if (function != CORM_AGGREGATE_NONE && CormJsonIsObject(value))
	{
		AllowAggregate(guards, key, function, value);
		return;
	}
	if (step && CormIsQuantifier(step) && value->type == jbvBinary)
	{
		AllowQuantifier(guards, key, step, value);
		return;
	}
	RequireKey(guards, key);
	if (step && strcmp(step, "F") == 0)
		AllowComparedPaths(guards, key, value);
}

/* Every test of a condition, however deep in groups. */
void
CormAllowFilter(List *guards, const CormCondition *condition)
{
	ListCell   *cell;

	if (guards == NIL || condition == NULL)
		return;

	check_stack_depth();
	if (condition->kind == CORM_COND_TEST)
		AllowTest(guards, condition->key, condition->value);
	foreach(cell, condition->args)
		CormAllowFilter(guards, lfirst(cell));
}

/*
 * The other words
 */

void
CormAllowOrder(List *guards, List *keys)
{
	ListCell   *cell;

	foreach(cell, keys)
		RequireName(guards, CORM_ALLOW_ORDER_BY,
					((CormOrderKey *) lfirst(cell))->path);
}

/* Takes the mark off a copy of an entry of prefetch_related. */
static CormLoadForm
TakeForm(char *entry)
{
	for (CormLoadForm form = CORM_LOAD_FLAT_TREE; form > CORM_LOAD_PLAIN; form--)
	{
		int			length = strlen(entry) - strlen(form_marks[form]);

		if (length > 0 && strcmp(entry + length, form_marks[form]) == 0)
		{
			entry[length] = '\0';
			return form;
		}
	}
	return CORM_LOAD_PLAIN;
}

/*
 * Does an entry of prefetch_related cover the path?  An entry covers what it
 * walks through, and with a mark the tree of its last step.
 */
static bool
EntryHasLoad(const char *entry, const char *path, CormLoadForm form)
{
	char	   *listed = pstrdup(entry);
	CormLoadForm most = TakeForm(listed);

	if (form == CORM_LOAD_PLAIN)
		return CormPathStartsWith(listed, path);
	return form <= most && strcmp(listed, path) == 0;
}

static void
RequireLoad(const CormAllow *list, const char *path, CormLoadForm form)
{
	List	   *listed = list->names[CORM_ALLOW_PREFETCH_RELATED];
	ListCell   *entry;

	foreach(entry, listed)
	{
		if (EntryHasLoad(lfirst(entry), path, form))
			return;
	}
	RaiseNotAllowed(CormAllowKeyName(CORM_ALLOW_PREFETCH_RELATED),
					psprintf("%s%s", path, form_marks[form]), listed);
}

/* Has the list a field of the rows at the end of the path, or behind them? */
static bool
HasFieldsOf(const CormAllow *list, const char *path)
{
	ListCell   *cell;

	foreach(cell, list->names[CORM_ALLOW_FIELDS])
	{
		if (CormPathStartsWith(lfirst(cell), path) &&
			strcmp(lfirst(cell), path) != 0)
			return true;
	}
	return false;
}

/* What has fields listed bounds what is printed of related rows, too. */
static void
RequireFieldsOf(const CormAllow *list, const char *path)
{
	if (list->has_fields && !HasFieldsOf(list, path))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the fields of the queryset's allow-list have none of \"%s\"",
						path),
				 errdetail("They are: %s.",
						   CormJoinNames(list->names[CORM_ALLOW_FIELDS]))));
}

/*
 * A path of select_related or prefetch_related, or a relation.  An entry for
 * the rows at its end is one for the steps before it as well.
 */
void
CormAllowLoad(List *guards, const char *path, CormLoadForm form)
{
	ListCell   *cell;

	foreach(cell, guards)
	{
		const CormGuard *guard = lfirst(cell);
		char	   *full = CormPathJoin(guard->behind, path);

		RequireLoad(guard->list, full, form);
		RequireFieldsOf(guard->list, full);
	}
}

/*
 * Paths whose values are asked for without a document: what a list of fields
 * names, or without such a list columns, which documents hold as well.
 */
void
CormAllowPaths(List *guards, List *paths)
{
	ListCell   *cell;

	foreach(cell, guards)
	{
		CormGuard  *guard = lfirst(cell);
		ListCell   *path;

		foreach(path, paths)
		{
			if (guard->list->has_fields ||
				CormPathLastStep(lfirst(path)) != NULL)
				RequireName(list_make1(guard), CORM_ALLOW_FIELDS, lfirst(path));
		}
	}
}

/* Does every list name the fields, so that a path is one of them or refused? */
bool
CormFieldsAreListed(List *guards)
{
	ListCell   *cell;

	foreach(cell, guards)
	{
		if (!((CormGuard *) lfirst(cell))->list->has_fields)
			return false;
	}
	return true;
}

void
CormAllowFields(List *guards, List *names)
{
	ListCell   *cell;

	foreach(cell, names)
		RequireName(guards, CORM_ALLOW_FIELDS, lfirst(cell));
}

/* An aggregate counts with its function as the last step; rows have no path. */
static void
AllowAnnotation(List *guards, const CormAnnotation *annotation)
{
	const char *path = strcmp(annotation->path, "*") == 0 ? "" :
		annotation->path;

	if (annotation->function == CORM_AGGREGATE_NONE)
		RequireName(guards, CORM_ALLOW_ANNOTATE, path);
	else
		RequireName(guards, CORM_ALLOW_ANNOTATE,
					CormPathJoin(path, CormAggregateName(annotation->function)));
	CormAllowFilter(CormGuardsBehind(guards,
									 CormAggregatedRows(path, annotation->function)),
					annotation->where);
}

void
CormAllowAnnotations(List *guards, List *annotations)
{
	ListCell   *cell;

	if (guards == NIL)
		return;
	foreach(cell, annotations)
		AllowAnnotation(guards, lfirst(cell));
}

/* Without a path it is about what is printed, but still has to be listed. */
void
CormAllowDistinct(List *guards, List *paths)
{
	ListCell   *cell;

	foreach(cell, guards)
	{
		const CormGuard *guard = lfirst(cell);

		if (!guard->list->has_distinct)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("the allow-list of the queryset does not have \"distinct\"")));
	}
	foreach(cell, paths)
		RequireName(guards, CORM_ALLOW_DISTINCT, lfirst(cell));
}

/*
 * What allow-lists imply
 */

/*
 * Do the fields of an allow-list bound the rows at hand?  Related rows of which
 * it names none may be loaded by the queryset's base alone.
 */
static bool
BoundsFields(const CormGuard *guard)
{
	return guard->list->has_fields &&
		(*guard->behind == '\0' || HasFieldsOf(guard->list, guard->behind));
}

/* The fields that one allow-list names of the rows at hand. */
static List *
FieldsHere(const CormGuard *guard)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, guard->list->names[CORM_ALLOW_FIELDS])
	{
		const char *listed = lfirst(cell);
		const char *step = CormPathLastStep(listed);
		char	   *behind = step ? CormPathBefore(listed, step) : "";

		if (strcmp(behind, guard->behind) == 0)
			names = lappend(names, unconstify(char *, step ? step : listed));
	}
	return names;
}

bool
CormAllowedFields(List *guards, List **names)
{
	bool		any = false;
	ListCell   *cell;

	*names = NIL;
	foreach(cell, guards)
	{
		List	   *here;

		if (!BoundsFields(lfirst(cell)))
			continue;
		here = FieldsHere(lfirst(cell));
		*names = any ? CormCommonNames(*names, here) : here;
		any = true;
	}
	return any;
}

int64
CormSmallerLimit(int64 one, int64 other)
{
	if (one < 0 || other < 0)
		return Max(one, other);
	return Min(one, other);
}

int64
CormAllowedLimit(List *guards)
{
	int64		limit = -1;
	ListCell   *cell;

	foreach(cell, guards)
		limit = CormSmallerLimit(limit,
								 ((CormGuard *) lfirst(cell))->list->max_limit);
	return limit;
}
