/*-------------------------------------------------------------------------
 *
 * api_change.c
 *	  SQL entry points: update, update_one, delete, delete_one, delete_preview,
 *	  for_update.
 *
 * A NULL queryset, owner or data is an error (22004).  What writes many rows is
 * one statement, and refuses a queryset that names no rows in particular unless
 * it is told that all are meant.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "api_read.h"
#include "api_write.h"
#include "assemble.h"
#include "deparse.h"
#include "deparse_change.h"
#include "exec.h"
#include "isolate.h"
#include "preview.h"
#include "request.h"
#include "resolve.h"
#include "shared.h"
#include "target.h"
#include "verb.h"

PG_FUNCTION_INFO_V1(corm_update);
PG_FUNCTION_INFO_V1(corm_update_one);
PG_FUNCTION_INFO_V1(corm_delete);
PG_FUNCTION_INFO_V1(corm_delete_one);
PG_FUNCTION_INFO_V1(corm_delete_preview);
PG_FUNCTION_INFO_V1(corm_for_update);

/* ---------- arguments ---------- */

/* Here the relation of a queryset may be written too. */
static CormRequest *
ArgRequest(FunctionCallInfo fcinfo)
{
	CormRequest *request;

	if (PG_ARGISNULL(0))
		CormRefuseNull("the queryset to write");
	CormCountCall();
	request = CormParseRequest(PG_GETARG_JSONB_P(0));
	for (const CormRequest *r = request; r; r = r->of)
		if (r->owner && r->owner->type == jbvNull)
			CormRefuseNull("the owner of the relation");
	return request;
}

/*
 * Which rows are written must not depend on an order, or on how many there are.
 */
static void
RefuseSlice(const CormRequest *request, const char *verb)
{
	const char *what = NULL;

	if (request->limit >= 0)
		what = "limit";
	else if (request->offset > 0)
		what = "offset";
	else if (request->distinct_given)
		what = "distinct";
	else if (request->order_by != NIL)
		what = "order_by";
	if (what)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s does not go with %s", verb, what),
				 errhint("Name the rows by a filter: {\"pk__in\": [...]}.")));
}

static void
RequireRestriction(FunctionCallInfo fcinfo, int n, const CormRequest *request, const char *verb)
{
	bool		all_rows = !PG_ARGISNULL(n) && PG_GETARG_BOOL(n);

	if (!all_rows && request->relation == NULL && CormConditionIsTrivial(request->where))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s needs a filter, or a relation", verb),
				 errhint("If all rows are meant, say so: all_rows => true.")));
}

/*
 * The request with another condition, whatever an allow-list says of filters.
 */
static CormRequest *
WithCondition(const CormRequest *request, CormCondition *where)
{
	CormRequest *copy = palloc(sizeof(CormRequest));

	*copy = *request;
	copy->where = where;
	copy->has_filter = true;
	return copy;
}

/*
 * What is not in the data stays as it is, also where it has a column in common
 * with a relation that is.
 */
static void
RequireUnshared(const CormRequest *request, const CormModel *model, const JsonbValue *object,
				const CormUpdateData *data)
{
	CormDocPath at = {NULL, CormWordName(CORM_WORD_FILTER), 0};
	const char *label = CormModelDisplayName(model);
	ListCell   *lc;

	foreach(lc, CormFindShared(model, object, data->assignments))
	{
		const CormShared *shared = lfirst(lc);
		CormCondition *differs = CormParseFilter(shared->filter, &at, NULL);
		CormRequest *others = WithCondition(request,
											CormBothConditions(request->where, differs));
		CormSelect *select = CormResolve(others, CORM_FOR_COUNTING, NULL);

		if (!DatumGetBool(CormExecuteScalar(label, CormDeparseExists(select),
											CormBindParams(select), false)))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 shared->other ?
				 errmsg("\"%s\" and \"%s\" give column \"%s\" different values",
						shared->key, shared->other->name, shared->column->name) :
				 errmsg("\"%s\" and the key of the row give column \"%s\" different values",
						shared->key, shared->column->name),
				 errdetail("%s is not in the data, and stays as it is.",
						   shared->other ? psprintf("\"%s\"", shared->other->name) : "The key"),
				 errhint("If it is to change, put \"%s\" into the data.",
						 shared->other ? shared->other->name : shared->column->name)));
	}
}

static CormUpdateData *
ArgData(FunctionCallInfo fcinfo, const CormRequest *request)
{
	CormSubject subject = CormResolveSubject(request, NULL);
	JsonbValue *object;
	CormUpdateData *data;

	if (PG_ARGISNULL(1))
		CormRefuseNull("the data of an update");
	object = CormJsonbToValue(PG_GETARG_JSONB_P(1));
	CormPermitData(request, &subject, object);
	data = CormReadUpdateData(&subject, object);
	RequireUnshared(request, subject.model, object, data);
	return data;
}

/* ---------- many rows ---------- */

static int64
RunWrite(const CormWrite *write)
{
	return CormExecute(write->select->label, CormDeparseChange(write), CormWriteParams(write),
					   false, NULL);
}

/*
 * corm.update(q, data, all_rows)
 */
Datum
corm_update(PG_FUNCTION_ARGS)
{
	CormRequest *request = ArgRequest(fcinfo);
	CormUpdateData *data;

	RefuseSlice(request, "update");
	RequireRestriction(fcinfo, 2, request, "update");
	data = ArgData(fcinfo, request);
	if (data->expected)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("update does not go with an expected value"),
				 errdetail("It would leave out the rows that have another one without saying so."),
				 errhint("Use corm.update_one(), or put the value into the filter.")));
	if (!CormChangesRows(data) && data->link_assignments == NIL)
		PG_RETURN_INT64(0);
	PG_RETURN_INT64(RunWrite(CormResolveWrite(request, data)));
}

/*
 * corm.delete(q, all_rows)
 */
Datum
corm_delete(PG_FUNCTION_ARGS)
{
	CormRequest *request = ArgRequest(fcinfo);

	RefuseSlice(request, "delete");
	RequireRestriction(fcinfo, 1, request, "delete");
	PG_RETURN_INT64(RunWrite(CormResolveWrite(request, NULL)));
}

/* ---------- one row ---------- */

/* What comes of a statement that is about one row. */
typedef struct OneRow
{
	const char *label;
	int			n;
	StringInfoData document;
} OneRow;

static void
InitOne(OneRow *one, const char *label)
{
	one->label = label;
	one->n = 0;
	initStringInfo(&one->document);
}

static void
CountOne(OneRow *one, int64 n)
{
	one->n += n;
	if (one->n > 1)
		ereport(ERROR,
				(errcode(ERRCODE_TOO_MANY_ROWS),
				 errmsg("more than one %s matches", one->label),
				 errhint("Narrow the filter; corm.update() and corm.delete() take many rows.")));
}

/* A second row ends the statement before a third one is written. */
static bool
ObserveOne(void *arg, TupleTableSlot *slot, const int *columns)
{
	CountOne(arg, 1);
	return true;
}

static void
KeepDocument(void *arg, StringInfo document)
{
	OneRow	   *one = arg;

	appendBinaryStringInfo(&one->document, document->data, document->len);
}

/*
 * Writes one row at most and keeps its document.
 */
static void
WriteOne(CormWrite *write, const CormRequest *printed, OneRow *one)
{
	CormRun    *run;

	CormWriteReturning(write, printed);
	if (write->returning->targets == NIL)
	{
		CountOne(one, RunWrite(write));
		appendStringInfoString(&one->document, "{}");
		return;
	}
	run = CormRunBegin(write->returning, 0);
	CormRunObserve(run, ObserveOne, one);
	CormRunReturning(run, CormDeparseChange(write), CormWriteParams(write), KeepDocument, one);
}

static void
ReadOne(const CormRequest *request, OneRow *one)
{
	CormRequest two = *request;
	CormRun    *run;

	two.limit = 2;
	run = CormRunBegin(CormResolve(&two, CORM_FOR_DOCUMENTS, NULL), 0);
	CormRunObserve(run, ObserveOne, one);
	CormRunPush(run, KeepDocument, one);
}

static CormCondition *
KeyCondition(JsonbValue *key)
{
	JsonbParseState *state = NULL;
	CormDocPath at = {NULL, CormWordName(CORM_WORD_FILTER), 0};

	(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	(void) pushJsonbValue(&state, WJB_KEY, CormStringToValue("pk"));
	(void) pushJsonbValue(&state, WJB_VALUE, key);
	return CormParseFilter(CormJsonbToValue(JsonbValueToJsonb(pushJsonbValue(&state,
																			 WJB_END_OBJECT,
																			 NULL))),
						   &at, NULL);
}

/*
 * No row: is it not there, or not as the client expects it?
 */
static void
RaiseNone(const CormRequest *request, CormCondition *expected, const char *label)
{
	if (expected)
	{
		CormCondition *other = CormMakeCondition(CORM_COND_NOT, list_make1(expected));
		CormRequest *changed = WithCondition(request,
											 CormBothConditions(request->where, other));
		CormSelect *select = CormResolve(changed, CORM_FOR_COUNTING, NULL);

		if (DatumGetBool(CormExecuteScalar(label, CormDeparseExists(select),
										   CormBindParams(select), false)))
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("the %s has been changed since it was read", label),
					 errdetail("It no longer has the values that the data expects."),
					 errhint("Read it again, and repeat the change on what it is now.")));
	}
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("no %s matches", label)));
}

/*
 * Through a many-to-many, and with annotations, what is printed is more than the
 * row itself: it is written for its key and then read.
 */
static bool
PrintsMore(const CormRequest *request)
{
	CormSubject subject = CormResolveSubject(request, NULL);

	return request->annotations != NIL ||
		(subject.relation && OidIsValid(subject.relation->through) && request->of == NULL);
}

static CormRequest *
OnlyKey(void)
{
	CormRequest *request = CormMakeRequest();

	request->fields_given = true;
	request->fields = list_make1("pk");
	return request;
}

/*
 * The row of that key as the request prints it, which it may no longer match.
 */
static void
PrintWritten(const CormRequest *request, JsonbValue *key, StringInfo document)
{
	CormSubject subject = CormResolveSubject(request, NULL);
	CormRequest *written = WithCondition(request, KeyCondition(key));
	OneRow		one;

	if (subject.relation == NULL || !OidIsValid(subject.relation->through))
	{
		written->model = CormModelQualifiedName(subject.model);
		written->relation = NULL;
		written->owner = NULL;
		written->of = NULL;
	}
	InitOne(&one, "row");
	ReadOne(written, &one);
	if (one.n > 0)
		appendBinaryStringInfo(document, one.document.data, one.document.len);
}

/*
 * Two tables are written for one row, which is looked for first.
 */
static void
UpdateLinked(const CormRequest *request, const CormUpdateData *data, OneRow *one)
{
	CormUpdateData links = {.link_assignments = data->link_assignments};
	CormUpdateData row = *data;
	CormRequest *only_key = WithCondition(request, request->where);
	CormRequest *found;
	JsonbValue *key;

	only_key->loads = NIL;
	only_key->fields_given = true;
	only_key->fields = list_make1("pk");
	only_key->exclude_fields = NIL;
	ReadOne(only_key, one);
	if (one->n == 0)
		return;
	key = CormParseDocument(&one->document);
	found = WithCondition(request, CormBothConditions(request->where, KeyCondition(key)));
	row.link_assignments = NIL;
	if (!CormChangesRows(&row))
	{
		one->n = RunWrite(CormResolveWrite(found, &links)) > 0;
		return;
	}
	InitOne(one, one->label);
	WriteOne(CormResolveWrite(found, &row), OnlyKey(), one);
	if (one->n > 0)
	{
		key = CormParseDocument(&one->document);
		(void) RunWrite(CormResolveWrite(WithCondition(request, KeyCondition(key)), &links));
	}
}

/*
 * corm.update_one(q, data)
 */
Datum
corm_update_one(PG_FUNCTION_ARGS)
{
	CormRequest *request = ArgRequest(fcinfo);
	CormUpdateData *data;
	CormRequest *expected = request;
	CormCondition *condition = NULL;
	bool		more;
	OneRow		one;
	CormSubject subject;

	RefuseSlice(request, "update_one");
	data = ArgData(fcinfo, request);
	subject = CormResolveSubject(request, NULL);
	more = PrintsMore(request);
	InitOne(&one, CormModelDisplayName(subject.model));
	if (data->expected)
	{
		CormDocPath at = {NULL, CormWordName(CORM_WORD_FILTER), 0};

		condition = CormParseFilter(data->expected, &at, NULL);
		expected = WithCondition(request, CormBothConditions(request->where, condition));
	}

	if (data->link_assignments != NIL)
		UpdateLinked(expected, data, &one);
	else if (CormChangesRows(data))
		WriteOne(CormResolveWrite(expected, data), more ? OnlyKey() : request, &one);
	else
	{
		more = false;
		ReadOne(expected, &one);
	}
	if (one.n == 0)
		RaiseNone(request, condition, one.label);
	if (more)
	{
		JsonbValue *key = CormParseDocument(&one.document);

		initStringInfo(&one.document);
		PrintWritten(request, key, &one.document);
	}
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(one.document.data,
															 one.document.len)));
}

/*
 * corm.delete_one(q)
 */
Datum
corm_delete_one(PG_FUNCTION_ARGS)
{
	CormRequest *request = ArgRequest(fcinfo);
	OneRow		one;

	RefuseSlice(request, "delete_one");
	if (request->annotations != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("delete_one does not go with annotate"),
				 errdetail("There is nothing left to compute the values from.")));
	InitOne(&one, CormModelDisplayName(CormResolveSubject(request, NULL).model));
	WriteOne(CormResolveWrite(request, NULL), request, &one);
	if (one.n == 0)
		RaiseNone(request, NULL, one.label);
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(one.document.data,
															 one.document.len)));
}

/* ---------- what would happen ---------- */

#define PREVIEW_COLUMNS 5

/*
 * corm.delete_preview(q)
 */
Datum
corm_delete_preview(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	CormRequest *request;
	ListCell   *lc;

	InitMaterializedSRF(fcinfo, 0);
	request = ArgRequest(fcinfo);
	RefuseSlice(request, "delete_preview");
	foreach(lc, CormPreviewDelete(CormResolveWrite(request, NULL)))
	{
		const CormPreviewRow *row = lfirst(lc);
		const CormModel *model = CormModelByRelid(row->relid);
		Datum		values[PREVIEW_COLUMNS] = {0};
		bool		nulls[PREVIEW_COLUMNS] = {0};

		values[0] = CStringGetTextDatum(row->action);
		if (model)
			values[1] = CStringGetTextDatum(CormModelDisplayName(model));
		nulls[1] = model == NULL;
		values[2] = ObjectIdGetDatum(row->relid);
		if (row->constraint)
			values[3] = CStringGetTextDatum(row->constraint);
		nulls[3] = row->constraint == NULL;
		values[4] = Int64GetDatum(row->rows);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* ---------- locks ---------- */

/*
 * A row that was waited for is looked at again with what was joined to its old
 * version; only subqueries see what the new one leads to.  Where an order or the
 * link's columns need the join, it stays.
 */
static void
IsolateLocked(CormSelect *select)
{
	List	   *others = list_delete_ptr(list_copy(select->scope->tables), select->base);
	ListCell   *lc;

	foreach(lc, select->order)
		if (CormValueNeeds(((CormOrder *) lfirst(lc))->value, others))
			return;
	foreach(lc, select->targets)
		if (CormValueNeeds(((CormTarget *) lfirst(lc))->value, others))
			return;
	CormIsolateTable(select, select->base);
}

/*
 * corm.for_update(q, skip_locked, nowait)
 */
Datum
corm_for_update(PG_FUNCTION_ARGS)
{
	CormRequest *request = ArgRequest(fcinfo);
	bool		skip_locked = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	bool		nowait = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
	CormSelect *select;

	if (skip_locked && nowait)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("skip_locked does not go with nowait")));
	if (request->distinct_given)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("for_update does not go with distinct")));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	select = CormResolve(request, CORM_FOR_LOCKING, NULL);
	if (select->distinct != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("rows of \"%s\" cannot be locked through it", select->label),
				 errdetail("A row may come by several links."),
				 errhint("Filter the rows of the model by their keys.")));
	IsolateLocked(select);
	CormRunReturning(CormRunBegin(select, 0),
					 psprintf("%s FOR UPDATE OF t%d%s", CormDeparseSelect(select, true),
							  select->base->alias,
							  skip_locked ? " SKIP LOCKED" : nowait ? " NOWAIT" : ""),
					 CormBindParams(select), CormPutDocument, fcinfo->resultinfo);
	return (Datum) 0;
}
