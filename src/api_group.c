/*-------------------------------------------------------------------------
 *
 * api_group.c
 *	  SQL entry points: the verbs that aggregate and group.
 *
 * Arguments are checked here and handed down: grouping gives them a meaning,
 * assemble prints the groups.  A NULL queryset has no groups.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "assemble.h"
#include "deparse.h"
#include "encode.h"
#include "exec.h"
#include "grouping.h"
#include "verb.h"

PG_FUNCTION_INFO_V1(corm_aggregate);
PG_FUNCTION_INFO_V1(corm_sum);
PG_FUNCTION_INFO_V1(corm_avg);
PG_FUNCTION_INFO_V1(corm_min);
PG_FUNCTION_INFO_V1(corm_max);
PG_FUNCTION_INFO_V1(corm_group_by);

/* Arguments of corm.group_by. */
enum
{
	ARG_QUERYSET,
	ARG_BY,
	ARG_AGGREGATES,
	ARG_HAVING,
	ARG_ORDER_BY,
	ARG_LIMIT
};

/* ---------- arguments ---------- */

static void
RequireArgument(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("value of \"%s\" must not be null", name)));
}

/*
 * Argument n as JSON, null for an SQL NULL.
 */
static JsonbValue *
ArgJson(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? CormNullValue() : CormJsonbToValue(PG_GETARG_JSONB_P(n));
}

static List *
ArgAggregates(FunctionCallInfo fcinfo, int n)
{
	CormDocPath at = {NULL, "aggregates", 0};

	RequireArgument(fcinfo, n, at.word);
	return CormParseAnnotations(NIL, ArgJson(fcinfo, n), &at);
}

static CormCondition *
ArgHaving(FunctionCallInfo fcinfo)
{
	CormDocPath at = {NULL, "having", 0};
	CormCondition *having = CormParseFilter(ArgJson(fcinfo, ARG_HAVING), &at, NULL);

	return CormConditionIsTrivial(having) ? NULL : having;
}

static List *
ArgOrder(FunctionCallInfo fcinfo)
{
	CormDocPath at = {NULL, "order_by", 0};
	List	   *keys = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			n;

	if (PG_ARGISNULL(ARG_ORDER_BY))
		return NIL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(ARG_ORDER_BY), TEXTOID, -1, false, TYPALIGN_INT,
					  &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		CormDocPath here = {&at, NULL, i};

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("value of \"%s\" must not contain nulls", at.word)));
		keys = list_concat(keys, CormParseOrder(CormStringToValue(TextDatumGetCString(values[i])),
												&here));
	}
	return keys;
}

static int64
ArgLimit(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(ARG_LIMIT))
		return -1;
	if (PG_GETARG_INT64(ARG_LIMIT) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("value of \"limit_count\" must not be negative")));
	return PG_GETARG_INT64(ARG_LIMIT);
}

/* ---------- documents ---------- */

static void
PutGroup(void *arg, StringInfo document)
{
	ReturnSetInfo *rsinfo = arg;
	Datum		value = PointerGetDatum(cstring_to_text_with_len(document->data, document->len));
	bool		isnull = false;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	pfree(DatumGetPointer(value));
}

Datum
corm_group_by(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	CormDocPath by = {NULL, "by", 0};
	CormGrouping grouping;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(ARG_QUERYSET))
		return (Datum) 0;
	CormCountCall();
	RequireArgument(fcinfo, ARG_BY, by.word);
	grouping.by = CormParseGroupKeys(ArgJson(fcinfo, ARG_BY), &by);
	grouping.aggregates = ArgAggregates(fcinfo, ARG_AGGREGATES);
	grouping.having = ArgHaving(fcinfo);
	grouping.order_by = ArgOrder(fcinfo);
	grouping.limit = ArgLimit(fcinfo);
	CormRunPush(CormRunBegin(CormResolveGroups(CormParseRequest(PG_GETARG_JSONB_P(ARG_QUERYSET)),
											   &grouping), CORM_RUN_READ_ONLY),
				PutGroup, rsinfo);
	return (Datum) 0;
}

static void
KeepDocument(void *arg, StringInfo document)
{
	appendBinaryStringInfo(arg, document->data, document->len);
}

Datum
corm_aggregate(PG_FUNCTION_ARGS)
{
	CormGrouping grouping = {NIL, NIL, NULL, NIL, -1};
	StringInfoData buf;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	CormCountCall();
	grouping.aggregates = ArgAggregates(fcinfo, 1);
	initStringInfo(&buf);
	CormRunPush(CormRunBegin(CormResolveGroups(CormParseRequest(PG_GETARG_JSONB_P(0)), &grouping),
							 CORM_RUN_READ_ONLY),
				KeepDocument, &buf);
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(buf.data, buf.len)));
}

/* ---------- one value ---------- */

/*
 * The plan tree of one aggregate over the path in argument 1.
 */
static CormSelect *
SelectOne(FunctionCallInfo fcinfo, CormAggregate function)
{
	CormDocPath at = {NULL, "path", 0};
	CormAnnotation *annotation = palloc0(sizeof(CormAnnotation));
	CormGrouping grouping = {NIL, list_make1(annotation), NULL, NIL, -1};

	CormCountCall();
	RequireArgument(fcinfo, 1, at.word);
	annotation->name = unconstify(char *, CormAggregateName(function));
	annotation->function = function;
	annotation->path = CormReadName(CormStringToValue(text_to_cstring(PG_GETARG_TEXT_PP(1))), &at);
	return CormResolveGroups(CormParseRequest(PG_GETARG_JSONB_P(0)), &grouping);
}

/*
 * Runs it; the one value has the type that its target is cast to.
 */
static bool
ReadOne(const CormSelect *select, Datum *value)
{
	bool		isnull;

	return CormReadRow(select->label, CormDeparseSelect(select, true), CormBindParams(select),
					   1, value, &isnull) && !isnull;
}

static Datum
NumberOf(FunctionCallInfo fcinfo, CormAggregate function)
{
	CormSelect *select;
	CormTarget *target;
	Datum		value;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	select = SelectOne(fcinfo, function);
	target = linitial(select->targets);
	switch (target->value->type)
	{
		case INT8OID:
		case NUMERICOID:
		case FLOAT4OID:
		case FLOAT8OID:
			target->cast = NUMERICOID;
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("%s of \"%s\" is of type %s, not numeric", CormAggregateName(function),
							text_to_cstring(PG_GETARG_TEXT_PP(1)),
							format_type_be(target->value->type)),
					 errhint("corm.aggregate() returns values of any type.")));
	}
	if (!ReadOne(select, &value))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(value);
}

static Datum
ExtremeOf(FunctionCallInfo fcinfo, CormAggregate function)
{
	CormSelect *select;
	CormTarget *target;
	CormEncoder encoder;
	StringInfoData buf;
	Datum		value;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	select = SelectOne(fcinfo, function);
	target = linitial(select->targets);
	target->cast = target->value->type;
	if (!ReadOne(select, &value))
		PG_RETURN_NULL();
	CormEncoderInit(&encoder, target->cast);
	initStringInfo(&buf);
	CormEncode(&encoder, &buf, value);
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(buf.data, buf.len)));
}

Datum
corm_sum(PG_FUNCTION_ARGS)
{
	return NumberOf(fcinfo, CORM_AGGREGATE_SUM);
}

Datum
corm_avg(PG_FUNCTION_ARGS)
{
	return NumberOf(fcinfo, CORM_AGGREGATE_AVG);
}

Datum
corm_min(PG_FUNCTION_ARGS)
{
	return ExtremeOf(fcinfo, CORM_AGGREGATE_MIN);
}

Datum
corm_max(PG_FUNCTION_ARGS)
{
	return ExtremeOf(fcinfo, CORM_AGGREGATE_MAX);
}
