/*-------------------------------------------------------------------------
 *
 * api_inspect.c
 *	  SQL entry points: what a verb would run, how, and what this backend has
 *	  done so far.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "assemble.h"
#include "cache.h"
#include "exec.h"
#include "leafmap.h"
#include "plancache.h"
#include "pretty.h"
#include "roots.h"
#include "rowcache.h"
#include "treecache.h"
#include "verb.h"

PG_FUNCTION_INFO_V1(corm_sql);
PG_FUNCTION_INFO_V1(corm_explain);
PG_FUNCTION_INFO_V1(corm_stats);

/* ---------- what a verb runs ---------- */

/* A queryset, seen through a verb. */
typedef struct Inspected
{
	ReturnSetInfo *rsinfo;		/* takes the lines of the answer */
	CormVerb	verb;
	CormSelect *select;
	CormRun    *run;			/* what explain runs, or NULL ... */
	CormScan   *rows;			/* ... or scans without one, or NULL */
	List	   *scans;			/* lines (char *) about its index scans */
} Inspected;

typedef void (*Visitor) (Inspected *inspected, const CormSelect *select, const char *sql);

/*
 * Reads arguments 0 (queryset) and 1 (verb).  False when one of them is NULL:
 * then there is nothing to show.
 */
static bool
Inspect(FunctionCallInfo fcinfo, Inspected *inspected)
{
	CormRequest *request;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return false;
	inspected->rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	request = CormParseRequest(PG_GETARG_JSONB_P(0));
	inspected->verb = CormVerbNamed(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	inspected->select = CormVerbSelect(inspected->verb, request, NULL);
	return true;
}

static void
PutLine(void *arg, const char *line)
{
	ReturnSetInfo *rsinfo = arg;
	Datum		value = CStringGetTextDatum(line);
	bool		isnull = false;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	pfree(DatumGetPointer(value));
}

static void
VisitChildren(Inspected *inspected, const CormSelect *parent, Visitor visit)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, parent->children)
	{
		const CormSelect *select = ((CormChild *) lfirst(lc))->select;

		CHECK_FOR_INTERRUPTS();
		if (select == parent)
			continue;			/* of a recursive load: the same again */
		visit(inspected, select, CormChildStatement(select));
		VisitChildren(inspected, select, visit);
	}
}

/*
 * The statements of the root and of all below it, parents before children.
 */
static void
VisitStatements(Inspected *inspected, Visitor visit)
{
	visit(inspected, inspected->select,
		  CormVerbStatement(inspected->verb, inspected->select));
	VisitChildren(inspected, inspected->select, visit);
}

/* ---------- sql ---------- */

static void
ShowStatement(Inspected *inspected, const CormSelect *select, const char *sql)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormPrettyStatement(&buf, sql);
	CormPrettyParams(&buf, select, CormBindParams(select));
	PutLine(inspected->rsinfo, buf.data);
	pfree(buf.data);
}

Datum
corm_sql(PG_FUNCTION_ARGS)
{
	Inspected	inspected;

	if (Inspect(fcinfo, &inspected))
		VisitStatements(&inspected, ShowStatement);
	return (Datum) 0;
}

/* ---------- explain ---------- */

/*
 * A level that index scans read has no statement, and so no plan.
 */
static List *
ScanLines(const Inspected *inspected, const CormSelect *select)
{
	char	   *scan = inspected->rows ? CormScanInWords(inspected->rows) :
		inspected->run ? CormRunScanInWords(inspected->run, select) : NULL;

	if (scan == NULL)
		return NIL;
	return list_make2(unconstify(char *, select->label),
					  psprintf("  %s%s", scan,
							   select == inspected->select ? "" : ", for each parent"));
}

static void
PutLines(const Inspected *inspected, List *lines)
{
	ListCell   *lc;

	foreach(lc, lines)
		PutLine(inspected->rsinfo, lfirst(lc));
}

static void
ShowPlan(Inspected *inspected, const CormSelect *select, const char *sql)
{
	List	   *lines = ScanLines(inspected, select);

	PutLines(inspected, lines);
	if (lines == NIL)
		CormExplain(select, sql, PutLine, inspected->rsinfo);
}

static void
NoteScan(Inspected *inspected, const CormSelect *select, const char *sql)
{
	inspected->scans = list_concat(inspected->scans, ScanLines(inspected, select));
}

static void
Discard(void *arg, StringInfo document)
{
}

static void
DiscardRows(CormScan *scan, bool counted, ParamListInfo params)
{
	bool		more = CormScanStartParams(scan, params);

	if (more && counted)
	{
		(void) CormScanCount(scan, INT_MAX);
		return;
	}
	while (more)
	{
		CHECK_FOR_INTERRUPTS();
		more = CormScanNextRow(scan) != NULL;
	}
}

/*
 * Runs what the verb would run, and drops the result.
 */
static void
RunVerb(void *arg)
{
	const Inspected *inspected = arg;
	const CormSelect *select = inspected->select;

	if (CormVerbLoads(inspected->verb))
		CormRunPush(inspected->run, Discard, NULL);
	else if (inspected->rows)
		DiscardRows(inspected->rows, inspected->verb != CORM_VERB_ROWS, CormBindParams(select));
	else
		(void) CormExecute(select->label, CormVerbStatement(inspected->verb, select),
						   CormBindParams(select), true, NULL);
}

/* The scan that a verb would read without a run, open; NULL if there is none. */
static CormScan *
OpenRows(const Inspected *inspected)
{
	const CormSelect *select = inspected->select;
	CormScan   *scan = NULL;
	int64		count;
	bool		found;

	if (inspected->verb == CORM_VERB_ROWS)
		return CormOpenRows(select, CormBindParams(select), &found);
	if (inspected->verb == CORM_VERB_COUNT ? CormCountRoots(select, &count) :
		inspected->verb == CORM_VERB_EXISTS && CormFindRoot(select, &found))
		scan = CormScanPlan(select, CORM_SCAN_FOR_COUNT);
	return scan != NULL && CormScanOpen(scan) ? scan : NULL;
}

Datum
corm_explain(PG_FUNCTION_ARGS)
{
	Inspected	inspected;

	if (!Inspect(fcinfo, &inspected))
		return (Datum) 0;
	inspected.scans = NIL;
	inspected.run = CormVerbLoads(inspected.verb) ?
		CormRunBegin(inspected.select, CORM_RUN_READ_ONLY) : NULL;
	inspected.rows = OpenRows(&inspected);
	if (PG_ARGISNULL(2) || !PG_GETARG_BOOL(2))
		VisitStatements(&inspected, ShowPlan);
	else
	{
		VisitStatements(&inspected, NoteScan);
		CormExplainRun(RunVerb, &inspected, PutLine, inspected.rsinfo);
		PutLines(&inspected, inspected.scans);
	}
	if (inspected.run != NULL)
		CormRunAbandon(inspected.run);
	if (inspected.rows != NULL)
		CormScanClose(inspected.rows);
	return (Datum) 0;
}

/* ---------- stats ---------- */

Datum
corm_stats(PG_FUNCTION_ARGS)
{
	CormPlanStats plans = CormPlanCacheStats();
	CormCacheStats cache = CormCacheStatsNow();
	CormRowCacheStats rows = CormRowCacheStatsNow();
	CormLeafStats leaves = CormLeafStatsNow();
	CormTreeStats trees = CormTreeStatsNow();
	Datum		values[] = {
		Int64GetDatum(CormCallsCounted()),
		Int64GetDatum(CormStatementsCounted()),
		Int32GetDatum(plans.kept),
		Int64GetDatum(plans.hits),
		Int64GetDatum(plans.misses),
		Int64GetDatum(plans.evicted),
		Int32GetDatum(cache.models),
		Int64GetDatum(cache.loads),
		Int64GetDatum(cache.invalidations),
		Int32GetDatum(rows.kept),
		Int64GetDatum(rows.hits),
		Int32GetDatum(leaves.kept),
		Int64GetDatum(leaves.hits),
		Int32GetDatum(trees.kept),
		Int64GetDatum(trees.hits)
	};
	bool		nulls[lengthof(values)] = {false};
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "corm.stats does not return a row");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
