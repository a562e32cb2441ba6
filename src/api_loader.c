/*-------------------------------------------------------------------------
 *
 * api_loader.c
 *	  SQL entry points: corm.prefetch, the batched loader.
 *
 * For a list of keys the loader returns, in the order of the list and once for
 * every element of it, what one relation of the row with that key holds.  It is
 * the call that a client's data loader makes for the keys it has gathered.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "api_queryset.h"
#include "assemble.h"
#include "document.h"
#include "encode.h"
#include "instance.h"
#include "resolve.h"
#include "scope.h"
#include "value.h"
#include "verb.h"

PG_FUNCTION_INFO_V1(corm_prefetch);

/* What the sink needs to know: the rows so far, and the keys they are for. */
typedef struct Output
{
	ReturnSetInfo *rsinfo;
	List	   *keys;			/* of JsonbValue * */
	int			next;
	bool		as_string;		/* numbers, by corm.bigint_as_string */
} Output;

static void
PutRelated(void *arg, StringInfo document)
{
	Output	   *output = arg;
	JsonbValue *key = list_nth(output->keys, output->next++);
	Jsonb	   *json = JsonbValueToJsonb(key);
	Datum		values[2];
	bool		nulls[2] = {false, false};

	values[0] = CStringGetTextDatum(JsonbToCString(NULL, &json->root, VARSIZE(json)));
	if (output->as_string && key->type == jbvNumeric)
		values[0] = CStringGetTextDatum(psprintf("\"%s\"", TextDatumGetCString(values[0])));
	values[1] = PointerGetDatum(cstring_to_text_with_len(document->data, document->len));
	tuplestore_putvalues(output->rsinfo->setResult, output->rsinfo->setDesc, values, nulls);
}

/*
 * The keys in an argument: a text is one key, an array or a JSON array its
 * elements, any other JSON value one key.
 */
static List *
ArgKeys(FunctionCallInfo fcinfo, int n, const char *model)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, n);
	Oid			element = get_element_type(getBaseType(type));

	if (type == JSONBOID)
	{
		JsonbValue *value = CormJsonbToValue(PG_GETARG_JSONB_P(n));

		return CormJsonIsArray(value) ? CormJsonElements(value) : list_make1(value);
	}
	if (!OidIsValid(element))
		return list_make1(CormKeyToJson(PG_GETARG_DATUM(n), false, type, model));
	return CormKeysToJson(PG_GETARG_ARRAYTYPE_P(n), model);
}

/*
 * Reads each key into Datums as the loader compares them; NULL for a null key,
 * which nothing is related to.
 */
static Datum **
KeyDatums(const CormModel *model, const CormSelect *select, List *keys)
{
	Datum	  **all = palloc0(Max(list_length(keys), 1) * sizeof(Datum *));
	ListCell   *lc;

	foreach(lc, keys)
	{
		const JsonbValue *key = lfirst(lc);
		Datum	   *datums;

		if (key->type == jbvNull)
			continue;
		datums = palloc(select->nkeys * sizeof(Datum));
		for (int i = 0; i < select->nkeys; i++)
		{
			Oid			type = CormColumnByNumber(model, model->key[i])->typid;

			datums[i] = CormKeyFromJson(CormKeyPartOf(model, key, i, "pks", false),
										getBaseType(type), -1);
		}
		all[foreach_current_index(lc)] = datums;
	}
	return all;
}

/*
 * As CormResolve(), with names that may change until their tables are locked.
 */
static CormChild *
ResolveLoader(const char *model_name, const char *relation_name,
			  const CormRequest *options, CormModel **model)
{
	for (int attempt = 1;; attempt++)
	{
		uint64		generation = CormCacheGeneration();
		const CormRelation *relation;
		CormChild  *loader;

		*model = CormModelByName(model_name);
		relation = CormRequireRelation(*model, relation_name);
		loader = CormResolveLoader(*model, relation, options);
		if (generation == CormCacheGeneration() || attempt >= CORM_PATIENCE)
			return loader;
		CHECK_FOR_INTERRUPTS();
	}
}

/*
 * corm.prefetch(model, pks, relation, options): arguments from the fourth on
 * are the words of a queryset, in the order of corm.objects.
 */
/*
 * Are keys of the type, or of an array of it, numbers that documents may print
 * as strings?
 */
static bool
IsWide(Oid type)
{
	Oid			element = get_element_type(getBaseType(type));

	type = OidIsValid(element) ? element : type;
	return getBaseType(type) == INT8OID || getBaseType(type) == NUMERICOID;
}

Datum
corm_prefetch(PG_FUNCTION_ARGS)
{
	Output		output = {(ReturnSetInfo *) fcinfo->resultinfo};
	CormModel  *model;
	CormRequest *options;
	CormChild  *loader;
	char	   *model_name;
	char	   *relation_name;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return (Datum) 0;
	CormCountCall();
	model_name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	relation_name = text_to_cstring(PG_GETARG_TEXT_PP(2));
	options = CormMakeRequest();
	CormSayOptions(options, fcinfo, 3);
	output.keys = ArgKeys(fcinfo, 1, model_name);
	output.as_string = corm_bigint_as_string && IsWide(get_fn_expr_argtype(fcinfo->flinfo, 1));
	loader = ResolveLoader(model_name, relation_name, options, &model);
	CormRunLoader(loader, list_length(output.keys),
				  KeyDatums(model, loader->select, output.keys), PutRelated, &output);
	return (Datum) 0;
}
