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
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "api_read.h"
#include "assemble.h"
#include "error.h"
#include "exec.h"
#include "inline_rows.h"
#include "quote.h"
#include "roots.h"
#include "scratch.h"
#include "treecache.h"
#include "verb.h"

PG_FUNCTION_INFO_V1(corm_all);
PG_FUNCTION_INFO_V1(corm_list);
PG_FUNCTION_INFO_V1(corm_rows);
PG_FUNCTION_INFO_V1(corm_rows_support);
PG_FUNCTION_INFO_V1(corm_get);
PG_FUNCTION_INFO_V1(corm_get_or_none);
PG_FUNCTION_INFO_V1(corm_first);
PG_FUNCTION_INFO_V1(corm_last);
PG_FUNCTION_INFO_V1(corm_count);
PG_FUNCTION_INFO_V1(corm_exists);

/* ---------- arguments ---------- */

static CormSelect *
MakeTree(const CormTreeSource *source, void *arg)
{
	CormRequest *request = CormParseRequest(source->json[0]);

	if (source->json[1] != NULL)
		CormRequestAddFilter(request, source->json[1]);
	return CormVerbSelect((CormVerb) source->purpose, request, arg);
}

/*
 * What the verb reads for arguments 0 (queryset) and 1 (filter), or NULL when the
 * queryset is NULL.
 */
static CormSelect *
ArgTree(FunctionCallInfo fcinfo, CormVerb verb)
{
	CormTreeSource source = {verb};

	if (PG_ARGISNULL(0))
		return NULL;
	CormCountCall();
	source.json[0] = PG_GETARG_JSONB_P(0);
	if (PG_NARGS() > 1 && !PG_ARGISNULL(1))
		source.json[1] = PG_GETARG_JSONB_P(1);
	return CormTreeGet(&source, MakeTree, NULL);
}

/* ---------- all ---------- */

void
CormPutDocument(void *arg, StringInfo document)
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
	text	   *document;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;
		CormSelect *select;

		call = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		select = ArgTree(fcinfo, CORM_VERB_ALL);
		if (select)
		{
			call->user_fctx = CormRunBegin(select, CORM_RUN_READ_ONLY);
			RegisterExprContextCallback(rsinfo->econtext, ShutdownPull,
										PointerGetDatum(call->user_fctx));
		}
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	document = call->user_fctx ? CormRunPull(call->user_fctx) : NULL;
	if (document)
		SRF_RETURN_NEXT(call, PointerGetDatum(document));
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
	select = ArgTree(fcinfo, CORM_VERB_ALL);
	if (select)
		CormRunPush(CormRunBegin(select, CORM_RUN_READ_ONLY), CormPutDocument, rsinfo);
	return (Datum) 0;
}

/* ---------- one document ---------- */

/*
 * What a scalar verb collects: the documents' array, or the first of them.  The
 * buffer becomes the result, without a copy: it begins with room for its
 * header.
 */
typedef struct Collected
{
	StringInfoData buf;
	int			n;
} Collected;

static void
InitCollected(Collected *collected)
{
	initStringInfo(&collected->buf);
	collected->buf.len = VARHDRSZ;
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
	SET_VARSIZE(collected->buf.data, collected->buf.len);
	return PointerGetDatum(collected->buf.data);
}

Datum
corm_list(PG_FUNCTION_ARGS)
{
	CormSelect *select = ArgTree(fcinfo, CORM_VERB_LIST);
	Collected	collected;

	InitCollected(&collected);
	appendStringInfoChar(&collected.buf, '[');
	if (select)
		CormRunPush(CormRunBegin(select, CORM_RUN_READ_ONLY), AppendDocument, &collected);
	appendStringInfoChar(&collected.buf, ']');
	PG_RETURN_DATUM(CollectedDatum(&collected));
}

static void
GetOne(FunctionCallInfo fcinfo, Collected *collected, CormVerb verb)
{
	CormSelect *select = ArgTree(fcinfo, verb);
	const char *label = select ? select->label : "row";

	InitCollected(collected);
	if (select)
		CormRunPush(CormRunBegin(select, CORM_RUN_READ_ONLY), KeepFirst, collected);
	if (collected->n > 1)
		ereport(ERROR,
				(errcode(ERRCODE_TOO_MANY_ROWS),
				 errmsg("more than one %s matches", label),
				 errhint("Narrow the filter, or take one of them with corm.first().")));
	if (collected->n == 0 && verb == CORM_VERB_GET)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("no %s matches", label),
				 errhint("corm.get_or_none() returns NULL instead.")));
}

Datum
corm_get(PG_FUNCTION_ARGS)
{
	Collected	collected;

	GetOne(fcinfo, &collected, CORM_VERB_GET);
	PG_RETURN_DATUM(CollectedDatum(&collected));
}

Datum
corm_get_or_none(PG_FUNCTION_ARGS)
{
	Collected	collected;

	GetOne(fcinfo, &collected, CORM_VERB_GET_OR_NONE);
	if (collected.n == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(CollectedDatum(&collected));
}

static Datum
FirstOf(FunctionCallInfo fcinfo, CormVerb verb)
{
	CormSelect *select = ArgTree(fcinfo, verb);
	Collected	collected;

	if (select == NULL)
		PG_RETURN_NULL();
	InitCollected(&collected);
	CormRunPush(CormRunBegin(select, CORM_RUN_READ_ONLY), KeepFirst, &collected);
	if (collected.n == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(CollectedDatum(&collected));
}

Datum
corm_first(PG_FUNCTION_ARGS)
{
	return FirstOf(fcinfo, CORM_VERB_FIRST);
}

Datum
corm_last(PG_FUNCTION_ARGS)
{
	return FirstOf(fcinfo, CORM_VERB_LAST);
}

/* ---------- count, exists ---------- */

Datum
corm_count(PG_FUNCTION_ARGS)
{
	CormSelect *select = ArgTree(fcinfo, CORM_VERB_COUNT);

	int64		count;

	if (select == NULL)
		PG_RETURN_INT64(0);
	if (CormCountRoots(select, &count))
		PG_RETURN_INT64(count);
	PG_RETURN_DATUM(CormExecuteScalar(select->label, CormVerbStatement(CORM_VERB_COUNT, select),
									  CormBindParams(select), true));
}

Datum
corm_exists(PG_FUNCTION_ARGS)
{
	CormSelect *select = ArgTree(fcinfo, CORM_VERB_EXISTS);

	bool		found;

	if (select == NULL)
		PG_RETURN_BOOL(false);
	if (CormFindRoot(select, &found))
		PG_RETURN_BOOL(found);
	PG_RETURN_DATUM(CormExecuteScalar(select->label, CormVerbStatement(CORM_VERB_EXISTS, select),
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

/*
 * The query that calls was planned for the table as it was then.
 */
static void
CheckPlannedFor(TupleDesc planned, TupleDesc now)
{
	bool		same = planned == NULL || planned->natts == now->natts;

	for (int i = 0; planned && same && i < now->natts; i++)
		same = TupleDescAttr(planned, i)->attisdropped == TupleDescAttr(now, i)->attisdropped;
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the table of the prototype was changed since the query began"),
				 errhint("Call again.")));
}

/*
 * Puts rows that index scans find into the result; false when that takes a
 * statement.  Slots are laid out as the table is, which the row type is, too.
 */
static bool
ScanRows(ReturnSetInfo *rsinfo, const CormSelect *select, ParamListInfo params)
{
	bool		some;
	CormScan   *scan;
	TupleTableSlot *slot;
	CormErrorFrame frame;

	CormErrorPush(&frame, "loading", select->label, NULL);
	scan = CormOpenRows(select, params, &some);
	if (scan != NULL && some)
		while ((slot = CormScanNextRow(scan)) != NULL)
		{
			CHECK_FOR_INTERRUPTS();
			slot_getallattrs(slot);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc,
								 slot->tts_values, slot->tts_isnull);
		}
	CormErrorPop(&frame);
	if (scan != NULL)
		CormScanClose(scan);
	return scan != NULL;
}

static void
ExecuteRows(ReturnSetInfo *rsinfo, const CormSelect *select, ParamListInfo params)
{
	DestReceiver *dest = CreateDestReceiver(DestTuplestore);

	SetTuplestoreDestReceiverParams(dest, rsinfo->setResult,
									rsinfo->econtext->ecxt_per_query_memory,
									false, rsinfo->setDesc,
									"the rows do not have the prototype's columns");
	(void) CormExecute(select->label, CormVerbStatement(CORM_VERB_ROWS, select),
					   params, true, dest);
	dest->rDestroy(dest);
}

Datum
corm_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			relid = PrototypeTable(fcinfo);
	CormModel  *fallback = CormModelByRelid(relid);
	CormTreeSource source = {CORM_VERB_ROWS, relid};
	CormSelect *select;
	ParamListInfo params;
	MemoryContext old;

	InitMaterializedSRF(fcinfo, 0);
	CheckPlannedFor(rsinfo->expectedDesc, rsinfo->setDesc);
	if (PG_ARGISNULL(1))
		return (Datum) 0;
	old = MemoryContextSwitchTo(CormScratchContext());
	CormCountCall();
	source.json[0] = PG_GETARG_JSONB_P(1);
	select = CormTreeGet(&source, MakeTree, fallback);
	if (select->model->relid != relid)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("rows of model \"%s\" are not of type %s",
						CormModelDisplayName(select->model),
						format_type_be(get_fn_expr_argtype(fcinfo->flinfo, 0))),
				 errhint("Write NULL::%s.", CormQuoteTable(select->model->relid))));

	params = CormBindParams(select);
	if (!ScanRows(rsinfo, select, params))
		ExecuteRows(rsinfo, select, params);
	MemoryContextSwitchTo(old);
	return (Datum) 0;
}

/* Planner support of corm.rows. */
Datum
corm_rows_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSimplify))
		CormInlineRows((SupportRequestSimplify *) request);
	PG_RETURN_POINTER(NULL);
}
