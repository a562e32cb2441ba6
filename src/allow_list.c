/*-------------------------------------------------------------------------
 *
 * allow_list.c
 *	  Reading allow-lists.
 *
 * Like request.c, to which this belongs, it reads no catalog.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "allow_list.h"
#include "error.h"
#include "orderkey.h"

/* Spelled as in CormAllowKey's order. */
static const char *const key_names[CORM_ALLOW_KEYS] = {
	"order_by", "prefetch_related", "fields", "annotate", "distinct"
};

static const char *const key_max_limit = "max_limit";

const char *
CormAllowKeyName(CormAllowKey key)
{
	return key_names[key];
}

static List *
ReadFilters(JsonbValue *object, const CormDocPath *at)
{
	List	   *filters = NIL;
	JsonbIterator *it;
	char	   *path;
	JsonbValue *lookups;

	if (object->type == jbvNull)
		return NIL;
	if (!CormJsonIsObject(object))
		CormRaiseWrongValue(at, "an object", object);

	it = CormBeginPairs(object);
	while (CormNextPair(&it, &path, &lookups))
	{
		CormDocPath here = {at, path, 0};
		CormAllowedFilter *filter = palloc0(sizeof(CormAllowedFilter));

		if (CormIsBlank(path))
			CormRaiseEmptyKey(at);
		filter->path = path;
		filter->lookups = CormReadNames(NIL, lookups, &here);
		filters = lappend(filters, filter);
	}
	return filters;
}

/* Paths of an order, whose direction does not count. */
static List *
ReadOrder(JsonbValue *value, const CormDocPath *at)
{
	List	   *paths = NIL;
	ListCell   *cell;

	foreach(cell, CormParseOrder(value, at))
		paths = lappend(paths, ((CormOrderKey *) lfirst(cell))->path);
	return paths;
}

static int64
ReadMaxLimit(JsonbValue *value, const CormDocPath *at)
{
	int64		limit = CormReadCount(value, at);

	if (limit == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("value of \"%s\" must be at least 1",
						CormDocPathText(at))));
	return limit;
}

pg_noreturn static void
RaiseUnknownKey(const CormDocPath *at)
{
	List	   *known = list_make1(CORM_ALLOW_FILTER);
	const char *meant;

	for (int i = 0; i < CORM_ALLOW_KEYS; i++)
		known = lappend(known, unconstify(char *, key_names[i]));
	known = lappend(known, unconstify(char *, key_max_limit));
	meant = CormClosest(at->word, known);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized key \"%s\" of an allow-list",
					CormDocPathText(at)),
			 errdetail("The keys are: %s.", CormJoinNames(known)),
			 meant ? errhint("Perhaps you meant \"%s\".", meant) : 0));
}

static void
ReadNamesKey(CormAllow *allow, JsonbValue *value, const CormDocPath *at)
{
	for (int i = 0; i < CORM_ALLOW_KEYS; i++)
	{
		if (strcmp(at->word, key_names[i]) == 0)
		{
			allow->names[i] = i == CORM_ALLOW_ORDER_BY ? ReadOrder(value, at) :
				CormReadNames(NIL, value, at);
			if (i == CORM_ALLOW_FIELDS)
				allow->has_fields = value->type != jbvNull;
			if (i == CORM_ALLOW_DISTINCT)
				allow->has_distinct = value->type != jbvNull;
			return;
		}
	}
	RaiseUnknownKey(at);
}

CormAllow *
CormReadAllow(JsonbValue *list, const CormDocPath *at)
{
	CormAllow  *allow = palloc0(sizeof(CormAllow));
	JsonbIterator *it;
	char	   *key;
	JsonbValue *value;

	if (!CormJsonIsObject(list))
		CormRaiseWrongValue(at, "an object", list);

	allow->max_limit = -1;
	it = CormBeginPairs(list);
	while (CormNextPair(&it, &key, &value))
	{
		CormDocPath here = {at, key, 0};

		if (strcmp(key, CORM_ALLOW_FILTER) == 0)
			allow->filters = ReadFilters(value, &here);
		else if (strcmp(key, key_max_limit) == 0)
			allow->max_limit = ReadMaxLimit(value, &here);
		else
			ReadNamesKey(allow, value, &here);
	}
	return allow;
}
