/*-------------------------------------------------------------------------
 *
 * instance.c
 *	  SQL values that stand for a row, as the JSON a queryset carries.
 *
 * A key is handed to corm as whatever the caller has at hand: a number, a
 * uuid, a whole row, a record of the key's parts.  All of them become JSON
 * here, by the rules of to_jsonb, which do not depend on settings such as
 * DateStyle for the types that keys are made of.
 *
 * A key that is NULL in any part identifies no row and becomes JSON null.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "document.h"
#include "instance.h"
#include "introspect.h"

/* A row's columns, for as long as one function looks at them. */
typedef struct OpenRow
{
	TupleDesc	desc;
	Datum	   *values;
	bool	   *nulls;
} OpenRow;

/*
 * Returns the value as jsonb, by the rules of to_jsonb, allocated in the current context.  The value
 * must not be NULL.
 */
static Jsonb *
DatumToJsonb(Datum value, Oid type)
{
	FmgrInfo	flinfo;
	Node	   *argument = (Node *) makeNullConst(type, -1, InvalidOid);

	/* to_jsonb learns the type of its argument from the expression it is in */
	fmgr_info(F_TO_JSONB, &flinfo);
	fmgr_info_set_expr((Node *) makeFuncExpr(F_TO_JSONB, JSONBOID,
											 list_make1(argument),
											 InvalidOid, InvalidOid,
											 COERCE_EXPLICIT_CALL),
					   &flinfo);
	return DatumGetJsonbP(FunctionCall1(&flinfo, value));
}

JsonbValue *
CormPlainToJson(Datum value, Oid type)
{
	JsonbValue *result;
	text	   *string;

	if (type != INT2OID && type != INT4OID && type != INT8OID && type != TEXTOID)
		return NULL;
	result = palloc(sizeof(JsonbValue));
	if (type == TEXTOID)
	{
		string = DatumGetTextPP(value);
		result->type = jbvString;
		result->val.string.val = VARDATA_ANY(string);
		result->val.string.len = VARSIZE_ANY_EXHDR(string);
		return result;
	}
	result->type = jbvNumeric;
	result->val.numeric = int64_to_numeric(type == INT2OID ? DatumGetInt16(value) :
										   type == INT4OID ? DatumGetInt32(value) :
										   DatumGetInt64(value));
	return result;
}

bool
CormIsQuerysetType(Oid type)
{
	Oid			schema = get_namespace_oid("corm", true);

	return OidIsValid(schema) &&
		type == GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
								CStringGetDatum("queryset"), ObjectIdGetDatum(schema));
}

/* See instance.h.  Views and foreign tables are tables here. */
Oid
CormTableOfRowType(Oid type)
{
	Oid			relid = get_typ_typrelid(getBaseType(type));

	/* the type of a stand-alone composite has a pg_class row, but no rows */
	if (OidIsValid(relid) &&
		get_rel_relkind(relid) == RELKIND_COMPOSITE_TYPE)
		return InvalidOid;
	return relid;
}

/* Takes a row apart; CloseRow must follow. */
static void
OpenRowDatum(OpenRow *row, Datum value)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(value);
	HeapTupleData tuple;

	row->desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header),
									   HeapTupleHeaderGetTypMod(header));
	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	row->values = palloc(row->desc->natts * sizeof(Datum));
	row->nulls = palloc(row->desc->natts * sizeof(bool));
	heap_deform_tuple(&tuple, row->desc, row->values, row->nulls);
}

static void
CloseRow(OpenRow *row)
{
	ReleaseTupleDesc(row->desc);
}

/* Returns the index of the column of that name, or -1. */
static int
FindRowColumn(const OpenRow *row, const char *name)
{
	for (int i = 0; i < row->desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(row->desc, i);

		if (!attribute->attisdropped &&
			strcmp(NameStr(attribute->attname), name) == 0)
			return i;
	}
	return -1;
}

static JsonbValue *
RowColumnToJson(const OpenRow *row, int column)
{
	Oid			type = TupleDescAttr(row->desc, column)->atttypid;

	return CormJsonbToValue(DatumToJsonb(row->values[column], type));
}

/*
 * Returns the object of the row's key columns, which are found by name because
 * a child table's row may have them elsewhere.  The row of a model without a
 * key gives all its columns; it is for the verb to say what it misses.
 */
JsonbValue *
CormRowKeyToJson(Datum value, bool isnull, const CormModel *model)
{
	OpenRow		row;
	JsonbParseState *state = NULL;
	JsonbValue *result;

	if (isnull)
		return CormNullValue();

	OpenRowDatum(&row, value);
	if (model->nkey == 0)
		result = CormJsonbToValue(DatumToJsonb(value,
												   row.desc->tdtypeid));
	else
	{
		bool		complete = true;

		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		for (int i = 0; i < model->nkey; i++)
		{
			const CormColumn *key = CormColumnByNumber(model, model->key[i]);
			int			column = FindRowColumn(&row, key->name);

			complete = column >= 0 && !row.nulls[column];
			if (!complete)
				break;
			pushJsonbValue(&state, WJB_KEY, CormStringToValue(key->name));
			pushJsonbValue(&state, WJB_VALUE, RowColumnToJson(&row, column));
		}
		result = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
		result = complete ?
			CormJsonbToValue(JsonbValueToJsonb(result)) : CormNullValue();
	}
	CloseRow(&row);
	return result;
}

/* See instance.h.  "columns" are numbers of the model's table. */
void
CormRowValues(Datum value, const CormModel *model, const Bitmapset *columns,
			  Datum *values, bool *nulls)
{
	OpenRow		row;
	int			attnum = -1;

	OpenRowDatum(&row, value);
	for (int i = 0; (attnum = bms_next_member(columns, attnum)) >= 0; i++)
	{
		int			column = FindRowColumn(&row, CormColumnByNumber(model, attnum)->name);

		nulls[i] = column < 0 || row.nulls[column];
		values[i] = nulls[i] ? (Datum) 0 : row.values[column];
	}
	CloseRow(&row);
}

/* Are these the names that ROW(...) gives its columns? */
static bool
HasNoColumnNames(const OpenRow *row)
{
	for (int i = 0; i < row->desc->natts; i++)
	{
		char		name[NAMEDATALEN];

		snprintf(name, sizeof(name), "f%d", i + 1);
		if (strcmp(NameStr(TupleDescAttr(row->desc, i)->attname), name) != 0)
			return false;
	}
	return true;
}

/*
 * The key that an anonymous record, not NULL itself, stands for.
 *
 * A record is a key by position when it was written as ROW(...), else one by
 * name.
 */
static JsonbValue *
RecordToJson(Datum value)
{
	OpenRow		row;
	JsonbParseState *state = NULL;
	JsonbValue *result;
	bool		complete = true;

	OpenRowDatum(&row, value);
	if (!HasNoColumnNames(&row))
		result = CormJsonbToValue(DatumToJsonb(value, RECORDOID));
	else
	{
		pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
		for (int i = 0; i < row.desc->natts; i++)
		{
			complete = !row.nulls[i];
			if (!complete)
				break;
			pushJsonbValue(&state, WJB_ELEM, RowColumnToJson(&row, i));
		}
		result = pushJsonbValue(&state, WJB_END_ARRAY, NULL);
		result = complete ?
			CormJsonbToValue(JsonbValueToJsonb(result)) : CormNullValue();
	}
	CloseRow(&row);
	return result;
}

/*
 * Returns the key that the value stands for, allocated in the current context.
 * A row of a table is checked against the model: taking the key of a user for
 * that of a post would go unnoticed.
 */
JsonbValue *
CormKeyToJson(Datum value, bool isnull, Oid type, const char *model)
{
	JsonbValue *plain = isnull ? NULL : CormPlainToJson(value, type);
	Oid			table;

	if (plain != NULL)
		return plain;
	table = CormTableOfRowType(type);
	if (OidIsValid(table))
	{
		CormModel  *expected = CormModelByName(model);

		if (table != expected->relid &&
			!typeInheritsFrom(getBaseType(type),
							  get_rel_type_id(expected->relid)))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("a row of type %s is no instance of model \"%s\"",
							format_type_be(type), model)));
		return CormRowKeyToJson(value, isnull, expected);
	}
	if (isnull)
		return CormNullValue();
	if (getBaseType(type) == RECORDOID)
		return RecordToJson(value);
	return CormJsonbToValue(DatumToJsonb(value, type));
}

List *
CormKeysToJson(ArrayType *array, const char *model)
{
	Oid			element = ARR_ELEMTYPE(array);
	List	   *keys = NIL;
	Datum	   *datums;
	bool	   *nulls;
	int			n;
	int16		typlen;
	bool		byval;
	char		align;

	/* rows of another table are refused even if there are none */
	(void) CormKeyToJson((Datum) 0, true, element, model);
	get_typlenbyvalalign(element, &typlen, &byval, &align);
	deconstruct_array(array, element, typlen, byval, align, &datums, &nulls, &n);
	for (int i = 0; i < n; i++)
		keys = lappend(keys, CormKeyToJson(datums[i], nulls[i], element, model));
	return keys;
}

CormModel *
CormModelOfRows(Oid relid)
{
	CormModel  *model = CormModelByRelid(relid);
	ListCell   *lc;

	if (model)
		return model;
	check_stack_depth();
	foreach(lc, CormParentTables(relid))
	{
		CHECK_FOR_INTERRUPTS();
		model = CormModelOfRows(lfirst_oid(lc));
		if (model)
			return model;
	}
	return NULL;
}
