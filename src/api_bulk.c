/*-------------------------------------------------------------------------
 *
 * api_bulk.c
 *	  SQL entry points: bulk_create, bulk_update.
 *
 * Arguments are checked here and handed down, as api_write.c does it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "api_write.h"
#include "bulk_create.h"
#include "bulk_read.h"
#include "error.h"
#include "indexes.h"
#include "jsonrows.h"
#include "permit.h"
#include "natural_key.h"
#include "scope.h"

PG_FUNCTION_INFO_V1(corm_bulk_create);
PG_FUNCTION_INFO_V1(corm_bulk_create_text);
PG_FUNCTION_INFO_V1(corm_bulk_update);
PG_FUNCTION_INFO_V1(corm_bulk_update_text);
PG_FUNCTION_INFO_V1(corm_bulk_row);

/* ---------- arguments ---------- */

/* Many objects: an array in jsonb, or else the text of one. */
typedef struct RowData
{
	JsonbValue *array;
	text	   *document;
	int			n;
} RowData;

static RowData
RowsOfJsonb(Jsonb *json, const char *what)
{
	RowData		data = {CormJsonbToValue(json)};

	if (!CormJsonIsArray(data.array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a JSON array of objects", what),
				 errdetail("It is %s.", CormJsonKindName(data.array))));
	data.n = JsonContainerSize(data.array->val.binary.data);
	return data;
}

/*
 * A JSON array; that its elements are objects is seen when they are read.  A
 * text is read as it is, unless its rows are to be looked at before.
 */
static RowData
ArgRows(FunctionCallInfo fcinfo, int n, bool is_text, const CormRequest *request,
		const char *what)
{
	RowData		data = {NULL};

	if (PG_ARGISNULL(n))
		CormRefuseNull(what);
	if (!is_text)
		data = RowsOfJsonb(PG_GETARG_JSONB_P(n), what);
	else
	{
		data.document = PG_GETARG_TEXT_PP(n);
		data.n = CormJsonRowsCount(data.document);
		if (data.n < 0 || CormHasPermit(request))
			data = RowsOfJsonb(DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
																  CStringGetDatum(text_to_cstring(data.document)))),
							   what);
	}
	/* so many values of a column fit into memory */
	if (data.n > MaxAllocSize / sizeof(Datum))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d rows are too many for one call", data.n)));
	return data;
}

static void
ReadRows(CormBulk *bulk, const CormRelation *through, const RowData *data, List *only,
		 JsonbValue **links)
{
	if (data->document)
		CormBulkReadText(bulk, through, data->document, only, links);
	else
		CormBulkRead(bulk, through, data->array, only, links);
}

/*
 * The columns that a text array names, NIL for NULL.  An array that names none
 * is an error.
 */
static List *
ArgColumns(FunctionCallInfo fcinfo, int n, const CormModel *model, const char *what)
{
	List	   *names = NIL;
	Datum	   *texts;
	bool	   *nulls;
	int			count;

	if (PG_ARGISNULL(n))
		return NIL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT,
					  &texts, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			CormRefuseNull(psprintf("a name in %s", what));
		names = lappend(names, TextDatumGetCString(texts[i]));
	}
	if (names == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must name a column", what)));
	return CormColumnsNamed(model, names);
}

static CormConflictAction
ArgAction(FunctionCallInfo fcinfo, int n)
{
	static const char *const words[] = {"error", "ignore", "update"};
	char	   *word = PG_ARGISNULL(n) ? "error" : text_to_cstring(PG_GETARG_TEXT_PP(n));

	for (int i = 0; i < lengthof(words); i++)
		if (strcmp(word, words[i]) == 0)
			return (CormConflictAction) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("on_conflict cannot be \"%s\"", word),
			 errhint("It is error, ignore or update.")));
}

static CormKey
KeyOfColumns(List *columns)
{
	CormKey		key = {list_length(columns), palloc(Max(list_length(columns), 1) * sizeof(AttrNumber))};
	ListCell   *lc;

	foreach(lc, columns)
		key.attnums[foreach_current_index(lc)] = ((CormColumn *) lfirst(lc))->attnum;
	return key;
}

static List *
PrimaryKey(const CormModel *model)
{
	List	   *columns = NIL;

	for (int i = 0; i < model->nkey; i++)
		columns = lappend(columns, unconstify(CormColumn *,
											  CormColumnByNumber(model, model->key[i])));
	return columns;
}

/*
 * A view has no index to look at; the server then says whether its table has.
 */
static void
RequireUnique(const CormModel *model, List *columns)
{
	CormKey		key = KeyOfColumns(columns);

	if (model->relkind == RELKIND_VIEW || CormHasUniqueKeyOver(model->relid, key))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
			 errmsg("model \"%s\" has no unique key over (%s)", CormModelDisplayName(model),
					CormJoinNames(CormColumnNames(model->relid, key.n, key.attnums))),
			 errhint("Its unique keys: %s.", CormUniqueKeysText(model))));
}

/*
 * Arguments 2 to 4.
 */
static CormConflict
ArgConflict(FunctionCallInfo fcinfo, const CormModel *model)
{
	CormConflict conflict = {ArgAction(fcinfo, 2)};

	if (conflict.action == CORM_CONFLICT_ERROR && !PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("conflict_key needs on_conflict to be ignore or update")));
	if (conflict.action != CORM_CONFLICT_UPDATE && !PG_ARGISNULL(4))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("update_columns needs on_conflict to be update")));
	conflict.key = ArgColumns(fcinfo, 3, model, "conflict_key");
	conflict.all_given = PG_ARGISNULL(4);
	conflict.update = ArgColumns(fcinfo, 4, model, "update_columns");
	if (conflict.action == CORM_CONFLICT_UPDATE && conflict.key == NIL)
	{
		CormRequireKey(model, "a row that is there is found by");
		conflict.key = PrimaryKey(model);
	}
	if (conflict.key != NIL)
		RequireUnique(model, conflict.key);
	return conflict;
}

/*
 * Raises 42501 for a key that data may not set; the key that names a row is one.
 */
static void
PermitRows(const CormRequest *request, const CormSubject *subject, const RowData *data)
{
	CormRowFrame frame;
	ListCell   *lc;

	if (!CormHasPermit(request))
		return;
	CormRowFramePush(&frame, "reading");
	foreach(lc, CormJsonElements(data->array))
	{
		frame.row = foreach_current_index(lc);
		CormPermitData(request, subject, lfirst(lc));
	}
	CormRowFramePop(&frame);
}

/* ---------- bulk_create ---------- */

static void
PutRow(void *arg, int row, StringInfo document)
{
	ReturnSetInfo *rsinfo = arg;
	Datum		value = (Datum) 0;
	bool		isnull = document == NULL;

	if (document)
		value = PointerGetDatum(cstring_to_text_with_len(document->data, document->len));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	if (document)
		pfree(DatumGetPointer(value));
}

static Datum
BulkCreate(FunctionCallInfo fcinfo, bool is_text)
{
	CormRequest *request = CormArgWriteRequest(fcinfo);
	RowData		data = ArgRows(fcinfo, 1, is_text, request, "the data to create rows from");
	CormOwned	owned;
	CormConflict conflict;
	CormNewRows rows;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	CormRefusePart(request, "bulk_create", false);
	owned = CormOwnedOf(request);
	CormCheckSchemaUsage(owned.subject.model);
	conflict = ArgConflict(fcinfo, owned.subject.model);
	PermitRows(request, &owned.subject, &data);

	rows.bulk = CormBulkBegin(owned.subject.model, data.n);
	rows.links = palloc0(Max(rows.bulk->n, 1) * sizeof(JsonbValue *));
	CormGiveAll(rows.bulk, CormAssignOwner(&owned));
	ReadRows(rows.bulk, owned.subject.relation, &data, NIL, rows.links);
	if (rows.bulk->n > 0)
		(void) CormCreateRows(request, &owned, &rows, &conflict, PutRow, fcinfo->resultinfo);
	return (Datum) 0;
}

/*
 * corm.bulk_create(q, data, on_conflict, conflict_key, update_columns)
 */
Datum
corm_bulk_create(PG_FUNCTION_ARGS)
{
	return BulkCreate(fcinfo, false);
}

/*
 * The same, data being text or json.
 */
Datum
corm_bulk_create_text(PG_FUNCTION_ARGS)
{
	return BulkCreate(fcinfo, true);
}

/*
 * corm.bulk_row(place)
 */
Datum
corm_bulk_row(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CormBulkTurn(PG_GETARG_INT64(0)));
}

/* ---------- bulk_update ---------- */

/*
 * Every row must be named.  Raises 22023 for one that is not.
 */
static void
RequireKeys(CormBulk *bulk)
{
	const CormModel *model = bulk->model;

	for (int i = 0; i < model->nkey; i++)
	{
		const CormColumn *column = CormColumnByNumber(model, model->key[i]);
		const CormBulkColumn *key = CormBulkColumnOf(bulk, column);

		for (int row = 0; row < bulk->n; row++)
			if (key->nulls[row])
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("\"[%d]\" has no key of model \"%s\"", row, bulk->label),
						 errdetail("Its key: %s.",
								   CormJoinNames(CormColumnNames(model->relid, model->nkey, model->key)))));
	}
}

/*
 * The columns to read: the key and those that are to be written, or NIL for all.
 */
static List *
ArgUpdated(FunctionCallInfo fcinfo, int n, const CormModel *model)
{
	List	   *columns = ArgColumns(fcinfo, n, model, "columns");
	List	   *key = PrimaryKey(model);
	ListCell   *lc;

	foreach(lc, columns)
		if (list_member_ptr(key, lfirst(lc)))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" is part of the key, which names the row to update",
							((CormColumn *) lfirst(lc))->name)));
	return columns == NIL ? NIL : list_concat(columns, key);
}

static int64
BulkUpdate(FunctionCallInfo fcinfo, bool is_text)
{
	CormRequest *request = CormArgWriteRequest(fcinfo);
	RowData		data = ArgRows(fcinfo, 1, is_text, request, "the rows to update");
	CormOwned	owned;
	const CormModel *model;
	CormBulk   *bulk;
	JsonbValue **links;

	CormRefusePart(request, "bulk_update", false);
	owned = CormOwnedOf(request);
	if (owned.subject.relation)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("bulk_update does not go with a relation"),
				 errhint("Name the model: the rows are named by their keys.")));
	model = owned.subject.model;
	CormCheckSchemaUsage(model);
	CormRequireKey(model, "a row is named by");
	PermitRows(request, &owned.subject, &data);
	bulk = CormBulkBegin(model, data.n);
	links = palloc0(Max(bulk->n, 1) * sizeof(JsonbValue *));
	ReadRows(bulk, NULL, &data, ArgUpdated(fcinfo, 2, model), links);
	RequireKeys(bulk);
	return CormBulkUpdate(bulk);
}

/*
 * corm.bulk_update(q, rows, columns)
 */
Datum
corm_bulk_update(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(BulkUpdate(fcinfo, false));
}

/*
 * The same, rows being text or json.
 */
Datum
corm_bulk_update_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(BulkUpdate(fcinfo, true));
}
