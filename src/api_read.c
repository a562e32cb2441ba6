/*-------------------------------------------------------------------------
 *
 * api_read.c
 *	  SQL entry points: the verbs that read.
 *
 * Arguments are checked here and handed down: request reads the queryset,
 * resolve gives its names a meaning, assemble runs it.  A NULL queryset reads
 * no rows.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/tstoreReceiver.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "assemble.h"
#include "deparse.h"
#include "exec.h"
#include "order.h"
#include "quote.h"
#include "request.h"
#include "resolve.h"

PG_FUNCTION_INFO_V1(corm_all);
PG_FUNCTION_INFO_V1(corm_list);
PG_FUNCTION_INFO_V1(corm_rows);
PG_FUNCTION_INFO_V1(corm_get);
PG_FUNCTION_INFO_V1(corm_get_or_none);
PG_FUNCTION_INFO_V1(corm_first);
PG_FUNCTION_INFO_V1(corm_last);
PG_FUNCTION_INFO_V1(corm_count);
PG_FUNCTION_INFO_V1(corm_exists);
PG_FUNCTION_INFO_V1(corm_sql);

/* ---------- arguments ---------- */

/*
 * The request in arguments 0 (queryset) and 1 (filter), or NULL when the
 * queryset is NULL.
 */
static CormRequest *
ArgRequest(FunctionCallInfo fcinfo)
{
	CormRequest *request;

	if (PG_ARGISNULL(0))
		return NULL;
	request = CormParseRequest(PG_GETARG_JSONB_P(0));
	if (PG_NARGS() > 1 && !PG_ARGISNULL(1))
		CormRequestAddFilter(request, PG_GETARG_JSONB_P(1));
	return request;
}

static CormSelect *
ArgDocuments(FunctionCallInfo fcinfo)
{
	CormRequest *request = ArgRequest(fcinfo);

	return request ? CormResolve(request, CORM_FOR_DOCUMENTS, NULL) : NULL;
}

static void
LimitTo(CormRequest *request, int64 n)
{
	if (request->limit < 0 || request->limit > n)
		request->limit = n;
}

/* ---------- all ---------- */

static void
PutDocument(void *arg, StringInfo document)
{
	ReturnSetInfo *rsinfo = arg;
	Datum		value = PointerGetDatum(cstring_to_text_with_len(document->data, document->len));
	bool		isnull = false;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	pfree(DatumGetPointer(value));
}

static void
ShutdownPull(Datum arg)
{
	CormRunClose((CormRun *) DatumGetPointer(arg));
}

/*
 * In a select list rows are pulled, a batch at a time, so that the first comes
 * soon and a LIMIT above stops the work.
 */
static Datum
PullAll(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	FuncCallContext *call;
	StringInfo	document;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;
		CormSelect *select;

		call = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		select = ArgDocuments(fcinfo);
		if (select)
		{
			call->user_fctx = CormRunBegin(select, true);
			RegisterExprContextCallback(rsinfo->econtext, ShutdownPull,
										PointerGetDatum(call->user_fctx));
		}
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	document = call->user_fctx ? CormRunPull(call->user_fctx) : NULL;
	if (document)
		SRF_RETURN_NEXT(call, PointerGetDatum(cstring_to_text_with_len(document->data,
																	   document->len)));
	if (call->user_fctx)
		UnregisterExprContextCallback(rsinfo->econtext, ShutdownPull,
									  PointerGetDatum(call->user_fctx));
	SRF_RETURN_DONE(call);
}

Datum
corm_all(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	CormSelect *select;

	if (rsinfo && IsA(rsinfo, ReturnSetInfo) &&
		!(rsinfo->allowedModes & SFRM_Materialize_Preferred))
		return PullAll(fcinfo);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	select = ArgDocuments(fcinfo);
	if (select)
		CormRunPush(CormRunBegin(select, true), PutDocument, rsinfo);
	return (Datum) 0;
}

/* ---------- one document ---------- */

/* What a scalar verb collects: the documents' array, or the first of them. */
typedef struct Collected
{
	StringInfoData buf;
	int			n;
} Collected;

static void
InitCollected(Collected *collected)
{
	initStringInfo(&collected->buf);
	collected->n = 0;
}

static void
AppendDocument(void *arg, StringInfo document)
{
	Collected  *collected = arg;

	if (collected->n++ > 0)
		appendStringInfoChar(&collected->buf, ',');
	appendBinaryStringInfo(&collected->buf, document->data, document->len);
}

static void
KeepFirst(void *arg, StringInfo document)
{
	Collected  *collected = arg;

	if (collected->n++ == 0)
		appendBinaryStringInfo(&collected->buf, document->data, document->len);
}

static Datum
CollectedDatum(const Collected *collected)
{
	return PointerGetDatum(cstring_to_text_with_len(collected->buf.data, collected->buf.len));
}

Datum
corm_list(PG_FUNCTION_ARGS)
{
	CormSelect *select = ArgDocuments(fcinfo);
	Collected	collected;

	InitCollected(&collected);
	appendStringInfoChar(&collected.buf, '[');
	if (select)
		CormRunPush(CormRunBegin(select, true), AppendDocument, &collected);
	appendStringInfoChar(&collected.buf, ']');
	PG_RETURN_DATUM(CollectedDatum(&collected));
}

/*
 * Reads at most two rows: the one, and a second that should not be there.
 */
static void
GetOne(FunctionCallInfo fcinfo, Collected *collected, bool missing_ok)
{
	CormRequest *request = ArgRequest(fcinfo);
	CormSelect *select;
	const char *label = "row";

	InitCollected(collected);
	if (request)
	{
		LimitTo(request, 2);
		select = CormResolve(request, CORM_FOR_DOCUMENTS, NULL);
		label = select->label;
		CormRunPush(CormRunBegin(select, true), KeepFirst, collected);
	}
	if (collected->n > 1)
		ereport(ERROR,
				(errcode(ERRCODE_TOO_MANY_ROWS),
				 errmsg("more than one %s matches", label),
				 errhint("Narrow the filter, or take one of them with corm.first().")));
	if (collected->n == 0 && !missing_ok)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("no %s matches", label),
				 errhint("corm.get_or_none() returns NULL instead.")));
}

Datum
corm_get(PG_FUNCTION_ARGS)
{
	Collected	collected;

	GetOne(fcinfo, &collected, false);
	PG_RETURN_DATUM(CollectedDatum(&collected));
}

Datum
corm_get_or_none(PG_FUNCTION_ARGS)
{
	Collected	collected;

	GetOne(fcinfo, &collected, true);
	if (collected.n == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(CollectedDatum(&collected));
}

/*
 * The last row of a slice is not the first row of the reverse order.
 */
static void
RefuseSliceForLast(const CormRequest *request)
{
	if (request->limit >= 0 || request->offset > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("last does not go with limit or offset"),
				 errhint("Turn the order around and take corm.first().")));
}

static Datum
FirstOf(FunctionCallInfo fcinfo, bool reverse)
{
	CormRequest *request = ArgRequest(fcinfo);
	CormSelect *select;
	Collected	collected;

	if (request == NULL)
		PG_RETURN_NULL();
	if (reverse)
		RefuseSliceForLast(request);
	LimitTo(request, 1);
	select = CormResolve(request, CORM_FOR_DOCUMENTS, NULL);
	if (reverse)
		CormReverseOrder(select);
	InitCollected(&collected);
	CormRunPush(CormRunBegin(select, true), KeepFirst, &collected);
	if (collected.n == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(CollectedDatum(&collected));
}

Datum
corm_first(PG_FUNCTION_ARGS)
{
	return FirstOf(fcinfo, false);
}

Datum
corm_last(PG_FUNCTION_ARGS)
{
	return FirstOf(fcinfo, true);
}

/* ---------- count, exists ---------- */

Datum
corm_count(PG_FUNCTION_ARGS)
{
	CormRequest *request = ArgRequest(fcinfo);
	CormSelect *select;

	if (request == NULL)
		PG_RETURN_INT64(0);
	select = CormResolve(request, CORM_FOR_COUNTING, NULL);
	PG_RETURN_DATUM(CormExecuteScalar(select->label, CormDeparseCount(select),
									  CormBindParams(select), true));
}

Datum
corm_exists(PG_FUNCTION_ARGS)
{
	CormRequest *request = ArgRequest(fcinfo);
	CormSelect *select;

	if (request == NULL)
		PG_RETURN_BOOL(false);
	select = CormResolve(request, CORM_FOR_COUNTING, NULL);
	PG_RETURN_DATUM(CormExecuteScalar(select->label, CormDeparseExists(select),
									  CormBindParams(select), true));
}

/* ---------- rows ---------- */

/*
 * The table whose rows have the prototype's type.  A domain over it will not do:
 * its own conditions would have to be checked.
 */
static Oid
PrototypeTable(FunctionCallInfo fcinfo)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	Oid			relid = OidIsValid(type) ? get_typ_typrelid(type) : InvalidOid;

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the prototype of corm.rows must be a row of a table"),
				 errhint("Write NULL::table_name.")));
	return relid;
}

static void
RefuseForRows(const CormRequest *request)
{
	const char *what = NULL;

	if (request->loads != NIL)
		what = "select_related or prefetch_related";
	else if (request->fields_given || request->exclude_fields != NIL)
		what = "fields or exclude_fields";
	if (what)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("corm.rows does not go with %s", what),
				 errdetail("A typed row has exactly the columns of its table."),
				 errhint("corm.all returns documents.")));
}

Datum
corm_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			relid = PrototypeTable(fcinfo);
	CormModel  *fallback = CormModelByRelid(relid);
	CormRequest *request;
	CormSelect *select;
	DestReceiver *dest;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(1))
		return (Datum) 0;
	request = CormParseRequest(PG_GETARG_JSONB_P(1));
	RefuseForRows(request);
	select = CormResolve(request, CORM_FOR_ROWS, fallback);
	if (select->model->relid != relid)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("rows of model \"%s\" are not of type %s",
						CormModelDisplayName(select->model),
						format_type_be(get_fn_expr_argtype(fcinfo->flinfo, 0))),
				 errhint("Write NULL::%s.", CormQuoteTable(select->model->relid))));

	dest = CreateDestReceiver(DestTuplestore);
	SetTuplestoreDestReceiverParams(dest, rsinfo->setResult,
									rsinfo->econtext->ecxt_per_query_memory,
									false, rsinfo->setDesc,
									"the rows do not have the prototype's columns");
	(void) CormExecute(select->label, CormDeparseSelect(select, true), CormBindParams(select),
					   true, dest);
	dest->rDestroy(dest);
	return (Datum) 0;
}

/* ---------- sql ---------- */

/*
 * The statements that a verb would run for a queryset, one per row.
 */
Datum
corm_sql(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	CormRequest *request;
	CormSelect *select;
	List	   *statements;
	ListCell   *lc;
	char	   *verb;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	request = CormParseRequest(PG_GETARG_JSONB_P(0));
	verb = text_to_cstring(PG_GETARG_TEXT_PP(1));

	if (strcmp(verb, "count") == 0 || strcmp(verb, "exists") == 0)
	{
		select = CormResolve(request, CORM_FOR_COUNTING, NULL);
		statements = list_make1(verb[0] == 'c' ? CormDeparseCount(select) :
								CormDeparseExists(select));
	}
	else if (strcmp(verb, "rows") == 0)
	{
		RefuseForRows(request);
		statements = list_make1(CormDeparseSelect(CormResolve(request, CORM_FOR_ROWS, NULL),
												   true));
	}
	else
	{
		bool		last = strcmp(verb, "last") == 0;

		if (last)
			RefuseSliceForLast(request);
		if (strcmp(verb, "get") == 0 || strcmp(verb, "get_or_none") == 0)
			LimitTo(request, 2);
		else if (strcmp(verb, "first") == 0 || last)
			LimitTo(request, 1);
		else if (strcmp(verb, "all") != 0 && strcmp(verb, "list") != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown verb \"%s\"", verb),
					 errhint("The verbs are all, list, rows, get, get_or_none, first, last, count, exists.")));
		select = CormResolve(request, CORM_FOR_DOCUMENTS, NULL);
		if (last)
			CormReverseOrder(select);
		statements = CormStatements(select);
	}

	foreach(lc, statements)
	{
		Datum		value = CStringGetTextDatum((char *) lfirst(lc));
		bool		isnull = false;

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	}
	return (Datum) 0;
}
