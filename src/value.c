/*-------------------------------------------------------------------------
 *
 * value.c
 *	  JSON values as Datums of SQL types: parameters and data.
 *
 * A JSON value becomes a column's value just as jsonb_populate_record() would
 * make it: scalars go through the type's input function, and whatever needs
 * more (arrays, composites, domains, JSON columns) through that very function,
 * called with an anonymous record of one column.
 *
 * Results are allocated in the current memory context.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "encode_number.h"
#include "error.h"
#include "timetext.h"
#include "typefacts.h"
#include "value.h"

/*
 * The text of a value, as the ->> operator gives it.
 */
static char *
JsonText(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out,
													   NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		case jbvBinary:
			return JsonbToCString(NULL, value->val.binary.data, value->val.binary.len);
		default:
			return pstrdup("null");
	}
}

/* ---------- values ---------- */

/*
 * The general way: jsonb_populate_record() of a record with one column.
 */
static Datum
PopulateValue(const JsonbValue *value, Oid typid, int32 typmod, bool *isnull)
{
	LOCAL_FCINFO(fcinfo, 2);
	FmgrInfo	flinfo;
	TupleDesc	desc = CreateTemplateTupleDesc(1);
	Const	   *record = makeNullConst(RECORDOID, -1, InvalidOid);
	Const	   *json = makeNullConst(JSONBOID, -1, InvalidOid);
	FuncExpr   *call = makeFuncExpr(F_JSONB_POPULATE_RECORD, RECORDOID,
									list_make2(record, json), InvalidOid,
									InvalidOid, COERCE_EXPLICIT_CALL);
	JsonbParseState *state = NULL;
	JsonbValue	key = {.type = jbvString};
	JsonbValue	member = *value;
	JsonbValue *object;
	Datum		null = (Datum) 0;
	bool		is_null = true;
	HeapTupleData tuple;
	HeapTupleHeader header;
	Datum		result;

	TupleDescInitEntry(desc, 1, "value", typid, typmod, 0);
	desc = BlessTupleDesc(desc);

	key.val.string.val = "value";
	key.val.string.len = strlen("value");
	(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	(void) pushJsonbValue(&state, WJB_KEY, &key);
	(void) pushJsonbValue(&state, WJB_VALUE, &member);
	object = pushJsonbValue(&state, WJB_END_OBJECT, NULL);

	fmgr_info(F_JSONB_POPULATE_RECORD, &flinfo);
	fmgr_info_set_expr((Node *) call, &flinfo);
	InitFunctionCallInfoData(*fcinfo, &flinfo, 2, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = heap_copy_tuple_as_datum(heap_form_tuple(desc, &null, &is_null), desc);
	fcinfo->args[0].isnull = false;
	fcinfo->args[1].value = JsonbPGetDatum(JsonbValueToJsonb(object));
	fcinfo->args[1].isnull = false;
	header = DatumGetHeapTupleHeader(FunctionCallInvoke(fcinfo));

	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	result = heap_getattr(&tuple, 1, desc, isnull);
	return result;
}

static bool
NumberFromJson(const JsonbValue *value, Oid typid, int32 typmod, Datum *number)
{
	Numeric		given = value->val.numeric;
	int64		integer;

	if (typid == NUMERICOID)
	{
		*number = DirectFunctionCall2(numeric, NumericGetDatum(given),
									  Int32GetDatum(typmod));
		return true;
	}
	if ((typid != INT2OID && typid != INT4OID && typid != INT8OID) ||
		!CormNumericIsInteger((const struct varlena *) given, &integer))
		return false;
	if (typid == INT8OID)
		*number = Int64GetDatum(integer);
	else if (typid == INT4OID && integer == (int32) integer)
		*number = Int32GetDatum((int32) integer);
	else if (typid == INT2OID && integer == (int16) integer)
		*number = Int16GetDatum((int16) integer);
	else
		return false;
	return true;
}

bool
CormScalarFromJson(const JsonbValue *value, Oid typid, int32 typmod, Datum *scalar)
{
	if (value->type == jbvNumeric)
		return NumberFromJson(value, typid, typmod, scalar);
	return value->type == jbvString &&
		CormTimeFromText(value->val.string.val, value->val.string.len, typid, typmod, scalar);
}

Datum
CormValueFromJson(const JsonbValue *value, Oid typid, int32 typmod, bool *isnull)
{
	const CormTypeFacts *type = CormTypeFactsOf(typid);
	Datum		scalar;

	/* a list of values may be as long as a document */
	CHECK_FOR_INTERRUPTS();
	if (value->type == jbvBinary || type->typtype == TYPTYPE_DOMAIN ||
		type->typtype == TYPTYPE_COMPOSITE || typid == JSONOID || typid == JSONBOID ||
		(value->type != jbvString && type->is_array))
		return PopulateValue(value, typid, typmod, isnull);

	*isnull = value->type == jbvNull;
	if (*isnull)
		return (Datum) 0;
	if (CormScalarFromJson(value, typid, typmod, &scalar))
		return scalar;
	return CormTypeInput(type, JsonText(value), typmod);
}

/* ---------- keys ---------- */

/*
 * What to write before a column to compare that instead of the row: the path
 * without its lookup or pk, and "__" where something is left.
 */
static char *
ColumnPrefix(const char *path)
{
	static const char *const endings[] = {"exact", "ne", "in", "not_in", "pk"};
	int			len = strlen(path);

	for (int i = 0; i < lengthof(endings); i++)
	{
		int			ending = strlen(endings[i]);

		if (len == ending && strcmp(path, "pk") == 0)
			return "";
		if (len > ending + 2 && strcmp(path + len - ending, endings[i]) == 0 &&
			strncmp(path + len - ending - 2, "__", 2) == 0)
			return ColumnPrefix(pnstrdup(path, len - ending - 2));
	}
	return psprintf("%s__", path);
}

static void
NoKeyIn(const CormModel *model, const JsonbValue *object, const char *path, bool in_filter)
{
	JsonbIterator *it = JsonbIteratorInit(object->val.binary.data);
	JsonbValue	v;
	char	   *example = NULL;

	(void) JsonbIteratorNext(&it, &v, true);
	if (JsonbIteratorNext(&it, &v, true) == WJB_KEY)
		example = pnstrdup(v.val.string.val, v.val.string.len);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the object given for \"%s\" has no key of model \"%s\"",
					path, CormModelDisplayName(model)),
			 errdetail("An object stands for the row whose key it holds."),
			 in_filter && example && strcmp(example, "pk") != 0 ?
			 errhint("To compare another column write it in the path: \"%s%s\".",
					 ColumnPrefix(path), example) : 0));
}

/*
 * A text that somebody may have meant as JSON.
 */
static bool
LooksLikeList(const JsonbValue *value)
{
	return value->type == jbvString && value->val.string.len > 0 &&
		(value->val.string.val[0] == '[' || value->val.string.val[0] == '{');
}

static void
NotAKey(const CormModel *model, const JsonbValue *value, const char *path)
{
	List	   *names = NIL;

	for (int i = 0; i < model->nkey; i++)
		names = lappend(names, CormColumnByNumber(model, model->key[i])->name);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the value given for \"%s\" is no key of model \"%s\"",
					path, CormModelDisplayName(model)),
			 model->nkey == 1 ?
			 errdetail("The key is column %s: give one value, or an object that holds it.",
					   CormJoinNames(names)) :
			 errdetail("The key is columns %s: give an array in this order, or an object that holds them.",
					   CormJoinNames(names)),
			 LooksLikeList(value) ?
			 errhint("A text is one value, however it looks: cast it to jsonb.") : 0));
}

const JsonbValue *
CormKeyPartOf(const CormModel *model, const JsonbValue *value, int part,
			  const char *path, bool in_filter)
{
	const CormColumn *column = CormColumnByNumber(model, model->key[part]);
	const JsonbValue *found = value;

	if (CormJsonIsObject(value))
	{
		found = CormJsonMember(value, column->name);
		if (found == NULL)
		{
			const JsonbValue *pk = CormJsonMember(value, "pk");

			if (pk == NULL || CormJsonIsObject(pk))
				NoKeyIn(model, value, path, in_filter);
			return CormKeyPartOf(model, pk, part, path, in_filter);
		}
	}
	else if (CormJsonIsArray(value) &&
			 !(model->nkey == 1 && type_is_array(getBaseType(column->typid))))
	{
		List	   *elements = CormJsonElements(value);

		if (model->nkey == 1 || list_length(elements) != model->nkey)
			NotAKey(model, value, path);
		found = list_nth(elements, part);
	}
	else if (model->nkey > 1)
		NotAKey(model, value, path);

	if (found->type == jbvNull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the key given for \"%s\" is null", path)));
	return found;
}

static void
HintAtList(void *arg)
{
	if (geterrcode() == ERRCODE_INVALID_TEXT_REPRESENTATION)
		errhint("A text is one value, however it looks: cast it to jsonb.");
}

/*
 * A text is one key, but one that its type does not take and that looks like a
 * list was meant to be more.
 */
Datum
CormKeyFromJson(const JsonbValue *value, Oid typid, int32 typmod)
{
	ErrorContextCallback callback = {error_context_stack, HintAtList, NULL};
	Datum		datum;
	bool		isnull;

	if (LooksLikeList(value))
		error_context_stack = &callback;
	datum = CormValueFromJson(value, typid, typmod, &isnull);
	error_context_stack = callback.previous;
	return datum;
}

/* ---------- parameters ---------- */

bool
CormTravelsAsText(Oid typid)
{
	const CormTypeFacts *type = CormTypeFactsOf(typid);

	return type->is_row || !OidIsValid(type->array) ||
		(type->typtype == TYPTYPE_DOMAIN ? type_is_array(getBaseType(typid)) : type->is_array);
}

static void
SetForNow(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/*
 * Printed in the session's style a value may lose digits, or its time zone.
 */
void
CormExactTexts(Oid typid, int n, Datum *values, const bool *nulls)
{
	int			nest = NewGUCNestLevel();
	Oid			function;
	bool		varlena;
	FmgrInfo	output;

	getTypeOutputInfo(typid, &function, &varlena);
	fmgr_info(function, &output);
	SetForNow("extra_float_digits", "3");
	SetForNow("DateStyle", "ISO");
	SetForNow("IntervalStyle", "postgres");
	for (int i = 0; i < n; i++)
		if (nulls == NULL || !nulls[i])
			values[i] = CStringGetTextDatum(OutputFunctionCall(&output, values[i]));
	AtEOXact_GUC(true, nest);
}

static Datum
BindArray(const CormParam *param)
{
	List	   *elements = CormJsonElements(param->value);
	Datum	   *datums = palloc(Max(list_length(elements), 1) * sizeof(Datum));
	Oid			type = param->elemtype;
	int			n = 0;
	int16		typlen;
	bool		typbyval;
	char		typalign;
	ListCell   *lc;

	if (param->bind == CORM_BIND_KEY_ARRAY)
	{
		Oid			key = getBaseType(CormColumnByNumber(param->model,
														 param->model->key[param->part])->typid);

		if (CormTravelsAsText(key))
			type = key;
	}
	foreach(lc, elements)
	{
		const JsonbValue *element = lfirst(lc);
		bool		isnull;

		if (element->type == jbvNull)
			continue;
		if (param->bind == CORM_BIND_KEY_ARRAY)
			element = CormKeyPartOf(param->model, element, param->part, param->path,
									!param->of_owner);
		datums[n] = CormValueFromJson(element, type, -1, &isnull);
		if (!isnull)
			n++;
	}
	if (type != param->elemtype)
		CormExactTexts(type, n, datums, NULL);
	get_typlenbyvalalign(param->elemtype, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(datums, n, param->elemtype,
										   typlen, typbyval, typalign));
}

static Datum
BindTexts(const CormParam *param)
{
	Datum	   *datums = palloc(Max(list_length(param->texts), 1) * sizeof(Datum));
	ListCell   *lc;

	foreach(lc, param->texts)
		datums[foreach_current_index(lc)] = CStringGetTextDatum((char *) lfirst(lc));
	return PointerGetDatum(construct_array(datums, list_length(param->texts), TEXTOID,
										   -1, false, TYPALIGN_INT));
}

/*
 * A LIKE pattern that matches the text itself: what is special in patterns is
 * escaped.
 */
static Datum
BindPattern(const CormParam *param)
{
	StringInfoData buf;

	initStringInfo(&buf);
	if (param->bind != CORM_BIND_STARTS)
		appendStringInfoChar(&buf, '%');
	for (const char *c = JsonText(param->value); *c; c++)
	{
		if (*c == '%' || *c == '_' || *c == '\\')
			appendStringInfoChar(&buf, '\\');
		appendStringInfoChar(&buf, *c);
	}
	if (param->bind != CORM_BIND_ENDS)
		appendStringInfoChar(&buf, '%');
	return PointerGetDatum(cstring_to_text_with_len(buf.data, buf.len));
}

/*
 * The value of a parameter, or NULL.  A value that does not fit the type is
 * reported with the place where it stands in the request.
 */
Datum
CormBindParam(const CormParam *param, bool *isnull)
{
	CormErrorFrame frame;
	const JsonbValue *value;
	Datum		datum = (Datum) 0;

	*isnull = false;
	if (param->bind == CORM_BIND_BIGINT)
		return Int64GetDatum(param->number);
	if (param->bind == CORM_BIND_DATUM)
		return param->datum;

	CormErrorPush(&frame, "reading", param->path, NULL);
	switch (param->bind)
	{
		case CORM_BIND_VALUE:
			datum = CormValueFromJson(param->value, param->typid, -1, isnull);
			break;
		case CORM_BIND_KEY:
			value = CormKeyPartOf(param->model, param->value, param->part, param->path,
								  !param->of_owner);
			datum = param->of_owner ? CormKeyFromJson(value, param->typid, -1) :
				CormValueFromJson(value, param->typid, -1, isnull);
			break;
		case CORM_BIND_ARRAY:
		case CORM_BIND_KEY_ARRAY:
			datum = BindArray(param);
			break;
		case CORM_BIND_EXACT_TEXT:
			datum = CStringGetTextDatum(JsonText(param->value));
			break;
		case CORM_BIND_CONTAINS:
		case CORM_BIND_STARTS:
		case CORM_BIND_ENDS:
			datum = BindPattern(param);
			break;
		case CORM_BIND_TEXTS:
			datum = BindTexts(param);
			break;
		case CORM_BIND_BIGINT:
		case CORM_BIND_DATUM:
		case CORM_BIND_RUNTIME:
			elog(ERROR, "parameter is not bound from the request");
	}
	CormErrorPop(&frame);
	return datum;
}
