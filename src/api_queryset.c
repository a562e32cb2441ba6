/*-------------------------------------------------------------------------
 *
 * api_queryset.c
 *	  SQL functions that make and change querysets.
 *
 * All of them check syntax only and are IMMUTABLE, so that a constant queryset
 * folds at plan time; the exceptions are the forms of corm.relation that take
 * a key of any type or a row, which are STABLE because turning values into
 * JSON, and finding the model of a row, is.
 *
 * None is STRICT but the casts: a NULL option was not given, and a NULL
 * queryset is passed on.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "parser/scansup.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "allow.h"
#include "api_queryset.h"
#include "cache.h"
#include "document.h"
#include "instance.h"
#include "queryset.h"

/* The options that objects and relation end with, in this order. */
static const CormWord option_words[] = {
	CORM_WORD_FILTER,
	CORM_WORD_EXCLUDE,
	CORM_WORD_ORDER_BY,
	CORM_WORD_SELECT_RELATED,
	CORM_WORD_PREFETCH_RELATED,
	CORM_WORD_FIELDS,
	CORM_WORD_EXCLUDE_FIELDS,
	CORM_WORD_ANNOTATE,
	CORM_WORD_LIMIT,
	CORM_WORD_OFFSET
};

PG_FUNCTION_INFO_V1(corm_queryset_in);
PG_FUNCTION_INFO_V1(corm_queryset_recv);
PG_FUNCTION_INFO_V1(corm_queryset_from_text);
PG_FUNCTION_INFO_V1(corm_queryset_from_jsonb);
PG_FUNCTION_INFO_V1(corm_objects);
PG_FUNCTION_INFO_V1(corm_relation_text);
PG_FUNCTION_INFO_V1(corm_relation_key);
PG_FUNCTION_INFO_V1(corm_relation_row);
PG_FUNCTION_INFO_V1(corm_relation_queryset);
PG_FUNCTION_INFO_V1(corm_allow);
PG_FUNCTION_INFO_V1(corm_permit);
PG_FUNCTION_INFO_V1(corm_filter);
PG_FUNCTION_INFO_V1(corm_exclude);
PG_FUNCTION_INFO_V1(corm_order_by);
PG_FUNCTION_INFO_V1(corm_select_related);
PG_FUNCTION_INFO_V1(corm_prefetch_related);
PG_FUNCTION_INFO_V1(corm_prefetch_related_json);
PG_FUNCTION_INFO_V1(corm_fields);
PG_FUNCTION_INFO_V1(corm_exclude_fields);
PG_FUNCTION_INFO_V1(corm_annotate);
PG_FUNCTION_INFO_V1(corm_distinct);
PG_FUNCTION_INFO_V1(corm_limit);
PG_FUNCTION_INFO_V1(corm_offset);
PG_FUNCTION_INFO_V1(corm_paginate);

/*
 * The type
 */

Datum
corm_queryset_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_QUERYSET(CormQuerysetFromText(PG_GETARG_CSTRING(0)));
}

/* The binary form is that of jsonb: a version, then the text form. */
Datum
corm_queryset_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgint(message, 1);
	char	   *spelled;
	int			length;

	if (version != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported queryset version number %d", version)));
	spelled = pq_getmsgtext(message, message->len - message->cursor, &length);
	PG_RETURN_QUERYSET(CormQuerysetFromText(spelled));
}

Datum
corm_queryset_from_text(PG_FUNCTION_ARGS)
{
	char	   *spelled = text_to_cstring(PG_GETARG_TEXT_PP(0));

	PG_RETURN_QUERYSET(CormQuerysetFromText(spelled));
}

Datum
corm_queryset_from_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_QUERYSET(CormQuerysetFromJsonb(PG_GETARG_JSONB_P(0)));
}

/*
 * Arguments as JSON
 */

static JsonbValue *
CountToValue(int64 count)
{
	JsonbValue *value = palloc(sizeof(JsonbValue));

	value->type = jbvNumeric;
	value->val.numeric = int64_to_numeric(count);
	return value;
}

/*
 * The elements of a text[] (char *).  Raises 22004 for a NULL among them,
 * naming the word.
 */
static List *
TextArrayElements(ArrayType *array, CormWord word)
{
	List	   *elements = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT,
					  &values, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("value of \"%s\" must not contain nulls",
							CormWordName(word))));
		elements = lappend(elements, TextDatumGetCString(values[i]));
	}
	return elements;
}

static JsonbValue *
TextArrayToValue(ArrayType *array, CormWord word)
{
	JsonbParseState *state = NULL;
	ListCell   *cell;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	foreach(cell, TextArrayElements(array, word))
		pushJsonbValue(&state, WJB_ELEM, CormStringToValue(lfirst(cell)));
	return CormJsonbToValue(JsonbValueToJsonb(pushJsonbValue(&state,
															 WJB_END_ARRAY,
															 NULL)));
}

/*
 * The argument that says the word, as JSON of the kind which the word takes;
 * JSON null for an SQL NULL.
 */
static JsonbValue *
ArgumentToValue(FunctionCallInfo fcinfo, int argument, CormWord word)
{
	if (PG_ARGISNULL(argument))
		return CormNullValue();

	switch (word)
	{
		case CORM_WORD_FILTER:
		case CORM_WORD_EXCLUDE:
		case CORM_WORD_PREFETCH_RELATED:
		case CORM_WORD_ANNOTATE:
		case CORM_WORD_OF:
		case CORM_WORD_BASE:
		case CORM_WORD_ALLOW:
			return CormJsonbToValue(PG_GETARG_JSONB_P(argument));
		case CORM_WORD_PERMIT:
		case CORM_WORD_ORDER_BY:
		case CORM_WORD_SELECT_RELATED:
		case CORM_WORD_FIELDS:
		case CORM_WORD_EXCLUDE_FIELDS:
		case CORM_WORD_DISTINCT:
			return TextArrayToValue(PG_GETARG_ARRAYTYPE_P(argument), word);
		case CORM_WORD_LIMIT:
		case CORM_WORD_OFFSET:
			return CountToValue(PG_GETARG_INT64(argument));
		case CORM_WORD_MODEL:
		case CORM_WORD_PK:
		case CORM_WORD_RELATION:
			return CormStringToValue(text_to_cstring(PG_GETARG_TEXT_PP(argument)));
	}
	elog(ERROR, "unexpected queryset word %d", (int) word);
}

/* Says the options that the arguments from "first" on are. */
void
CormSayOptions(CormRequest *request, FunctionCallInfo fcinfo, int first)
{
	for (int i = 0; i < lengthof(option_words); i++)
	{
		if (!PG_ARGISNULL(first + i))
			CormRequestSay(request, option_words[i],
						   ArgumentToValue(fcinfo, first + i,
										   option_words[i]));
	}
}

/* Returns the queryset argument as a request, or NULL for a NULL. */
static CormRequest *
QuerysetArgument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		return NULL;
	return CormParseRequest(PG_GETARG_QUERYSET(0));
}

/*
 * Making
 */

Datum
corm_objects(PG_FUNCTION_ARGS)
{
	CormRequest *request = CormMakeRequest();

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	CormRequestSay(request, CORM_WORD_MODEL,
				   ArgumentToValue(fcinfo, 0, CORM_WORD_MODEL));
	CormSayOptions(request, fcinfo, 1);
	PG_RETURN_QUERYSET(CormQuerysetFromRequest(request));
}

/*
 * The queryset of a relation of one owner.  "relation" is the number of the
 * argument that names the relation; the options follow it.
 */
static Datum
MakeRelation(FunctionCallInfo fcinfo, JsonbValue *model, JsonbValue *owner,
			 int relation)
{
	CormRequest *request = CormMakeRequest();

	CormRequestSay(request, CORM_WORD_MODEL, model);
	CormRequestSay(request, CORM_WORD_PK, owner);
	CormRequestSay(request, CORM_WORD_RELATION,
				   ArgumentToValue(fcinfo, relation, CORM_WORD_RELATION));
	CormSayOptions(request, fcinfo, relation + 1);
	PG_RETURN_QUERYSET(CormQuerysetFromRequest(request));
}

/* corm.relation(model text, pk text, relation text, ...) */
Datum
corm_relation_text(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	return MakeRelation(fcinfo,
						ArgumentToValue(fcinfo, 0, CORM_WORD_MODEL),
						ArgumentToValue(fcinfo, 1, CORM_WORD_PK), 2);
}

/* The type of an argument declared anynonarray. */
static Oid
ArgumentType(FunctionCallInfo fcinfo, int argument)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, argument);

	if (!OidIsValid(type))
		elog(ERROR, "could not determine the type of argument %d",
			 argument + 1);
	return type;
}

/* corm.relation(model text, pk anynonarray, relation text, ...) */
Datum
corm_relation_key(PG_FUNCTION_ARGS)
{
	JsonbValue *model;
	JsonbValue *owner;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	model = ArgumentToValue(fcinfo, 0, CORM_WORD_MODEL);
	owner = CormKeyToJson(PG_GETARG_DATUM(1), PG_ARGISNULL(1),
						  ArgumentType(fcinfo, 1), model->val.string.val);
	return MakeRelation(fcinfo, model, owner, 2);
}

/* corm.relation(instance anynonarray, relation text, ...) */
Datum
corm_relation_row(PG_FUNCTION_ARGS)
{
	Oid			type = ArgumentType(fcinfo, 0);
	Oid			table = CormTableOfRowType(type);
	CormModel  *model;
	JsonbValue *owner;

	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a value of type %s is not a row of a table",
						format_type_be(type)),
				 errhint("Pass a row, or name the model: corm.relation(model, pk, relation).")));
	model = CormModelOfRows(table);
	if (model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("table %s is not a model",
						format_type_be(getBaseType(type))),
				 errhint("Register it: SELECT corm.register_model(%s).",
						 quote_literal_cstr(format_type_be_qualified(getBaseType(type))))));
	owner = CormRowKeyToJson(PG_GETARG_DATUM(0), PG_ARGISNULL(0), model);
	return MakeRelation(fcinfo,
						CormStringToValue(CormModelQualifiedName(model)),
						owner, 1);
}

/* corm.relation(q queryset, relation text, ...) */
Datum
corm_relation_queryset(PG_FUNCTION_ARGS)
{
	CormRequest *of = QuerysetArgument(fcinfo);
	CormRequest *request;

	if (of == NULL || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	request = CormRelationRequest(of, ArgumentToValue(fcinfo, 1,
													  CORM_WORD_RELATION));
	CormSayOptions(request, fcinfo, 2);
	PG_RETURN_QUERYSET(CormQuerysetFromRequest(request));
}

/*
 * Changing
 */

/* The queryset that is argument 0, with the word that is argument 1 said. */
static Datum
SayArgument(FunctionCallInfo fcinfo, CormWord word)
{
	CormRequest *request = QuerysetArgument(fcinfo);

	if (request == NULL)
		PG_RETURN_NULL();
	CormRequestSay(request, word, ArgumentToValue(fcinfo, 1, word));
	PG_RETURN_QUERYSET(CormQuerysetFromRequest(request));
}

/* An allow-list that is missing would allow everything: it may not be NULL. */
Datum
corm_allow(PG_FUNCTION_ARGS)
{
	CormRequest *base = QuerysetArgument(fcinfo);

	if (base == NULL)
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the allow-list must not be null"),
				 errhint("An allow-list that allows nothing is '{}'.")));
	PG_RETURN_QUERYSET(CormQuerysetFromRequest(CormAllowRequest(base,
																ArgumentToValue(fcinfo, 1, CORM_WORD_ALLOW))));
}

/* Nor may a permit, for the same reason. */
Datum
corm_permit(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(0) && PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the keys that data may set must not be null"),
				 errhint("To permit no key, write VARIADIC '{}'.")));
	return SayArgument(fcinfo, CORM_WORD_PERMIT);
}

Datum
corm_filter(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_FILTER);
}

Datum
corm_exclude(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_EXCLUDE);
}

Datum
corm_order_by(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_ORDER_BY);
}

Datum
corm_select_related(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_SELECT_RELATED);
}

Datum
corm_prefetch_related_json(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_PREFETCH_RELATED);
}

Datum
corm_fields(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_FIELDS);
}

Datum
corm_exclude_fields(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_EXCLUDE_FIELDS);
}

Datum
corm_annotate(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_ANNOTATE);
}

Datum
corm_distinct(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_DISTINCT);
}

Datum
corm_limit(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_LIMIT);
}

Datum
corm_offset(PG_FUNCTION_ARGS)
{
	return SayArgument(fcinfo, CORM_WORD_OFFSET);
}

/* A text is a path, unless it starts as a JSON object or array does. */
Datum
corm_prefetch_related(PG_FUNCTION_ARGS)
{
	CormRequest *request = QuerysetArgument(fcinfo);
	ListCell   *cell;

	if (request == NULL)
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));

	foreach(cell, TextArrayElements(PG_GETARG_ARRAYTYPE_P(1),
									CORM_WORD_PREFETCH_RELATED))
	{
		const char *element = lfirst(cell);
		const char *start = element;
		JsonbValue *value;

		while (scanner_isspace(*start))
			start++;
		if (*start == '{' || *start == '[')
			value = CormJsonbToValue(DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
																		CStringGetDatum(element))));
		else
			value = CormStringToValue(element);
		CormRequestSay(request, CORM_WORD_PREFETCH_RELATED, value);
	}
	PG_RETURN_QUERYSET(CormQuerysetFromRequest(request));
}

/* A number of corm.paginate that counts from one. */
static int64
PageArgument(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", name)));
	if (PG_GETARG_INT64(argument) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" must be at least 1", name)));
	return PG_GETARG_INT64(argument);
}

/* Pages are no longer than max_limit, so that they follow upon each other. */
Datum
corm_paginate(PG_FUNCTION_ARGS)
{
	CormRequest *request = QuerysetArgument(fcinfo);
	int64		page;
	int64		size;
	int64		offset;

	if (request == NULL)
		PG_RETURN_NULL();
	page = PageArgument(fcinfo, 1, "page");
	size = CormSmallerLimit(PageArgument(fcinfo, 2, "page_size"), request->max_limit);
	if (pg_mul_s64_overflow(page - 1, size, &offset))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("page is out of range")));

	CormRequestSay(request, CORM_WORD_LIMIT, CountToValue(size));
	CormRequestSay(request, CORM_WORD_OFFSET, CountToValue(offset));
	PG_RETURN_QUERYSET(CormQuerysetFromRequest(request));
}
