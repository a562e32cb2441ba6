/*-------------------------------------------------------------------------
 *
 * target.c
 *	  Targets of the link verbs: the rows that an argument names.
 *
 * An argument's SQL type says how it is meant: a text is always one key, an
 * array or a JSON array is a list, a row or an object stands for the key that
 * it holds, and a queryset for the rows it has when the verb runs.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "assemble.h"
#include "document.h"
#include "instance.h"
#include "resolve.h"
#include "target.h"
#include "value.h"

/*
 * Can a part of the key be spelled as an array or an object in JSON?
 */
static bool
PartIsNested(const CormModel *model, int part)
{
	Oid			type = getBaseType(CormColumnByNumber(model, model->key[part])->typid);

	return type == JSONBOID || type_is_array(type) || type_is_rowtype(type);
}

/*
 * An array in JSON is a list of targets, but for a composite key, whose parts
 * it may hold.  Where all parts of the key are nested themselves it is a list.
 */
static bool
IsCompositeKey(const CormModel *model, const JsonbValue *array)
{
	List	   *elements = CormJsonElements(array);
	bool		scalar = false;
	ListCell   *lc;

	if (model->nkey < 2 || list_length(elements) != model->nkey)
		return false;
	foreach(lc, elements)
	{
		if (((JsonbValue *) lfirst(lc))->type != jbvBinary)
			scalar = true;
		else if (!PartIsNested(model, foreach_current_index(lc)))
			return false;
	}
	return scalar;
}

/* ---------- keys of querysets ---------- */

void
CormFilterByKeys(CormRequest *request, List *targets)
{
	CormDocPath at = {NULL, "filter", 0};
	JsonbParseState *state = NULL;
	JsonbValue	key = {.type = jbvString};
	List	   *elements = NIL;
	JsonbValue *filter;
	ListCell   *lc;

	key.val.string.val = "pk__in";
	key.val.string.len = strlen("pk__in");
	(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	(void) pushJsonbValue(&state, WJB_KEY, &key);
	(void) pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	foreach(lc, targets)
		(void) pushJsonbValue(&state, WJB_ELEM, lfirst(lc));
	(void) pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	filter = CormJsonbToValue(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
	request->where = CormBothConditions(request->where,
										CormParseFilter(filter, &at, &elements));
}

/* Keys that outlive the batch they were read in. */
typedef struct KeptKeys
{
	MemoryContext context;
	List	   *keys;
} KeptKeys;

JsonbValue *
CormParseDocument(StringInfo document)
{
	Datum		json = DirectFunctionCall1(jsonb_in, CStringGetDatum(document->data));

	return CormJsonbToValue(DatumGetJsonbP(json));
}

static void
KeepKey(void *arg, StringInfo document)
{
	KeptKeys   *kept = arg;
	MemoryContext old = MemoryContextSwitchTo(kept->context);

	kept->keys = lappend(kept->keys, CormParseDocument(document));
	MemoryContextSwitchTo(old);
}

List *
CormReadKeys(const CormRequest *request)
{
	CormRequest only_keys = *request;
	KeptKeys	kept = {CurrentMemoryContext, NIL};

	only_keys.loads = NIL;
	only_keys.fields_given = true;
	only_keys.fields = list_make1("pk");
	only_keys.exclude_fields = NIL;
	CormRunPush(CormRunBegin(CormResolve(&only_keys, CORM_FOR_DOCUMENTS, NULL), 0),
				KeepKey, &kept);
	return kept.keys;
}

static List *
QuerysetTargets(const CormModel *model, Jsonb *queryset)
{
	CormRequest *request = CormParseRequest(queryset);
	const CormModel *theirs = CormResolveSubject(request, model).model;

	if (theirs->relid != model->relid)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("rows of model \"%s\" are no instances of model \"%s\"",
						CormModelDisplayName(theirs), CormModelDisplayName(model))));
	if (request->model == NULL)
		request->model = CormModelQualifiedName(model);
	return CormReadKeys(request);
}

/* ---------- arguments ---------- */

static List *
RefuseNulls(List *targets)
{
	ListCell   *lc;

	foreach(lc, targets)
		if (((JsonbValue *) lfirst(lc))->type == jbvNull)
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 list_length(targets) > 1 ?
					 errmsg("target [%d] must not be null", foreach_current_index(lc)) :
					 errmsg("a target must not be null")));
	return targets;
}

static bool
IsList(const CormModel *model, const JsonbValue *value)
{
	return CormJsonIsArray(value) && !IsCompositeKey(model, value);
}

List *
CormReadTargets(const CormModel *model, Datum value, Oid type)
{
	char	   *name;
	JsonbValue *key = CormPlainToJson(value, type);

	if (key != NULL)
		return list_make1(key);
	if (CormIsQuerysetType(type))
		return QuerysetTargets(model, DatumGetJsonbP(value));
	name = CormModelQualifiedName(model);
	if (OidIsValid(get_element_type(getBaseType(type))))
		return RefuseNulls(CormKeysToJson(DatumGetArrayTypeP(value), name));

	key = CormKeyToJson(value, false, type, name);
	if ((type == JSONBOID || type == JSONOID) && IsList(model, key))
		return RefuseNulls(CormJsonElements(key));
	return RefuseNulls(list_make1(key));
}
