/*-------------------------------------------------------------------------
 *
 * exec.c
 *	  Runs single statements through SPI.
 *
 * Statements run with the rights of the current user.  Every one runs within an
 * error frame that names the level it loads or writes.
 *
 * EXPLAIN does not go through SPI, which takes it for a statement that writes
 * and would give it a snapshot of its own.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "commands/explain.h"
#include "executor/spi.h"
#include "parser/analyze.h"
#include "parser/parse_node.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "error.h"
#include "exec.h"
#include "plancache.h"
#include "value.h"

/* From so many keys on a statement is planned for their number. */
#define MANY_KEYS 64

/* Who takes the plans of the statements that are run, or NULL. */
typedef struct PlanWatcher
{
	CormLineSink sink;
	void	   *arg;
} PlanWatcher;

static PlanWatcher *watcher = NULL;
static uint64 statements;		/* run so far */

ParamListInfo
CormBindParams(const CormSelect *select)
{
	ParamListInfo params = makeParamList(list_length(select->params));
	CormErrorFrame frame;
	ListCell   *lc;

	CormErrorPush(&frame, "loading", select->label, NULL);
	foreach(lc, select->params)
	{
		const CormParam *param = lfirst(lc);
		ParamExternData *external = &params->params[foreach_current_index(lc)];

		external->ptype = param->typid;
		external->pflags = PARAM_FLAG_CONST;
		external->isnull = true;
		if (param->bind != CORM_BIND_RUNTIME)
			external->value = CormBindParam(param, &external->isnull);
	}
	CormErrorPop(&frame);
	return params;
}

static void
ParamTypes(ParamListInfo params, int *n, Oid **types)
{
	*n = params ? params->numParams : 0;
	*types = palloc(Max(*n, 1) * sizeof(Oid));
	for (int i = 0; i < *n; i++)
		(*types)[i] = params->params[i].ptype;
}

/*
 * The plan of a statement, with the types of its parameters.
 */
static CormPlan *
GetPlan(const char *sql, ParamListInfo params, CormPlanning planning)
{
	int			n;
	Oid		   *types;

	ParamTypes(params, &n, &types);
	return CormPlanGet(sql, n, types, planning);
}

/* ---------- receiving ---------- */

static void
TakerStartup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
}

static void
TakerNothing(DestReceiver *self)
{
}

static bool
Take(TupleTableSlot *slot, DestReceiver *self)
{
	CormTaker  *taker = (CormTaker *) self;

	slot_getallattrs(slot);
	taker->take(taker->arg, slot);
	return true;
}

CormTaker
CormMakeTaker(void (*take) (void *arg, TupleTableSlot *slot), void *arg)
{
	CormTaker	taker = {
		{Take, TakerStartup, TakerNothing, TakerNothing, DestNone}, take, arg
	};

	return taker;
}

/* ---------- explaining ---------- */

/* Who takes the lines of EXPLAIN. */
typedef struct PlanLines
{
	CormLineSink sink;
	void	   *arg;
} PlanLines;

static void
TakePlanLine(void *arg, TupleTableSlot *slot)
{
	const PlanLines *lines = arg;

	lines->sink(lines->arg, psprintf("  %s", TextDatumGetCString(slot->tts_values[0])));
}

/*
 * The level's label as a line, and the plan of the statement below it.
 */
static void
ExplainStatement(const char *label, const char *sql, ParamListInfo params, bool analyze,
				 CormLineSink sink, void *arg)
{
	PlanLines	lines = {sink, arg};
	CormTaker	taker = CormMakeTaker(TakePlanLine, &lines);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "corm explain",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	ParseState *pstate = make_parsestate(NULL);
	char	   *text = psprintf("EXPLAIN %s%s", analyze ?
								"(ANALYZE, BUFFERS OFF, COSTS ON, TIMING ON, SUMMARY ON) " : "", sql);
	Query	   *query;
	int			n;
	Oid		   *types;

	ParamTypes(params, &n, &types);
	query = parse_analyze_fixedparams(linitial_node(RawStmt, pg_parse_query(text)),
									  text, types, n, NULL);
	pstate->p_sourcetext = text;
	sink(arg, label);
	ExplainQuery(pstate, castNode(ExplainStmt, query->utilityStmt), params, &taker.pub);
	free_parsestate(pstate);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

/*
 * A parameter that is not known yet: the planner is told so, also when it only
 * estimates; who asks for the value itself gets a null.
 */
static ParamExternData *
FetchIfKnown(ParamListInfo params, int number, bool speculative, ParamExternData *workspace)
{
	ParamExternData *param = &params->params[number - 1];

	if (!speculative || (param->pflags & PARAM_FLAG_CONST))
		return param;
	memset(workspace, 0, sizeof(*workspace));
	return workspace;
}

void
CormExplain(const CormSelect *select, const char *sql, CormLineSink sink, void *arg)
{
	ParamListInfo params = CormBindParams(select);
	CormErrorFrame frame;

	for (int i = 0; i < params->numParams; i++)
	{
		const CormParam *param = list_nth(select->params, i);

		if (param->bind == CORM_BIND_RUNTIME)
			params->params[i].pflags = 0;
	}
	params->paramFetch = FetchIfKnown;
	CormErrorPush(&frame, "loading", select->label, NULL);
	ExplainStatement(select->label, sql, params, false, sink, arg);
	CormErrorPop(&frame);
}

void
CormExplainRun(void (*run) (void *), void *run_arg, CormLineSink sink, void *arg)
{
	PlanWatcher mine = {sink, arg};
	PlanWatcher *outer = watcher;

	PG_TRY();
	{
		watcher = &mine;
		run(run_arg);
	}
	PG_FINALLY();
	{
		watcher = outer;
	}
	PG_END_TRY();
}

/*
 * Stands before a statement's own receiver while plans are watched.  Children
 * are fetched by the receiver and are to be explained; what a function within
 * the statement reads by corm is not.
 */
typedef struct WatchedReceiver
{
	DestReceiver pub;
	DestReceiver *own;
	PlanWatcher *watcher;
} WatchedReceiver;

static bool
WatchedReceive(TupleTableSlot *slot, DestReceiver *self)
{
	WatchedReceiver *receiver = (WatchedReceiver *) self;
	bool		more;

	watcher = receiver->watcher;
	more = receiver->own->receiveSlot(slot, receiver->own);
	watcher = NULL;
	return more;
}

static void
WatchedStartup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	DestReceiver *own = ((WatchedReceiver *) self)->own;

	own->rStartup(own, operation, typeinfo);
}

static void
WatchedShutdown(DestReceiver *self)
{
	DestReceiver *own = ((WatchedReceiver *) self)->own;

	own->rShutdown(own);
}

/* ---------- running ---------- */

/* How a statement is run. */
typedef struct Manner
{
	bool		read_only;
	CormPlanning planning;
	int64		rows;			/* it is stopped after so many; 0: it is not */
} Manner;

static const Manner reading = {true}, writing = {false};

static uint64
RunPlan(const char *sql, ParamListInfo params, const Manner *manner, DestReceiver *dest)
{
	CormPlan   *plan = GetPlan(sql, params, manner->planning);
	SPIExecuteOptions options;
	volatile int result = 0;

	memset(&options, 0, sizeof(options));
	options.params = params;
	options.read_only = manner->read_only;
	options.tcount = manner->rows;
	options.dest = dest;
	statements++;
	PG_TRY();
	{
		result = SPI_execute_plan_extended(plan->plan, &options);
	}
	PG_FINALLY();
	{
		CormPlanRelease(plan);
	}
	PG_END_TRY();
	if (result < 0)
		elog(ERROR, "could not execute a statement: %s", SPI_result_code_string(result));
	return SPI_processed;
}

static uint64
ExecutePlan(const char *label, const char *sql, ParamListInfo params,
			const Manner *manner, DestReceiver *dest)
{
	PlanWatcher *current = watcher;
	WatchedReceiver receiver = {
		{WatchedReceive, WatchedStartup, WatchedShutdown, TakerNothing, DestNone},
		dest, current
	};
	uint64		processed;

	if (current == NULL)
		return RunPlan(sql, params, manner, dest);

	/* an error ends the watch as well */
	watcher = NULL;
	ExplainStatement(label, sql, params, true, current->sink, current->arg);
	processed = RunPlan(sql, params, manner, dest ? &receiver.pub : NULL);
	watcher = current;
	return processed;
}

static uint64
Execute(const char *label, const char *sql, ParamListInfo params, const Manner *manner,
		DestReceiver *dest)
{
	CormErrorFrame frame;
	uint64		processed;

	CormErrorPush(&frame, manner->read_only ? "loading" : "running", label, NULL);
	SPI_connect();
	processed = ExecutePlan(label, sql, params, manner, dest ? dest : None_Receiver);
	SPI_finish();
	CormErrorPop(&frame);
	return processed;
}

uint64
CormExecute(const char *label, const char *sql, ParamListInfo params,
			bool read_only, DestReceiver *dest)
{
	return Execute(label, sql, params, read_only ? &reading : &writing, dest);
}

/* To stop after no row at all is left to the statement. */
uint64
CormExecuteUpTo(const char *label, const char *sql, ParamListInfo params,
				bool read_only, int64 rows, DestReceiver *dest)
{
	Manner		manner = {.read_only = read_only, .rows = Max(rows, 0)};

	return Execute(label, sql, params, &manner, dest);
}

/*
 * A generic plan takes an array for one of ten elements, whatever comes.  For
 * many keys planning once more costs less than what follows from that.
 */
uint64
CormExecuteByKeys(const char *label, const char *sql, ParamListInfo params,
				  int nkeys, DestReceiver *dest)
{
	Manner		manner = {
		.read_only = true,
		.planning = nkeys > MANY_KEYS ? CORM_PLAN_CUSTOM : CORM_PLAN_AUTO
	};

	return Execute(label, sql, params, &manner, dest);
}

uint64
CormExecuteForAny(const char *label, const char *sql, ParamListInfo params,
				  int nrows, DestReceiver *dest)
{
	Manner		manner = {.planning = nrows > MANY_KEYS ? CORM_PLAN_AUTO : CORM_PLAN_GENERIC};

	return Execute(label, sql, params, &manner, dest);
}

Datum
CormExecuteScalar(const char *label, const char *sql, ParamListInfo params,
				  bool read_only)
{
	CormErrorFrame frame;
	Datum		value;
	bool		isnull;

	CormErrorPush(&frame, read_only ? "loading" : "running", label, NULL);
	SPI_connect();
	(void) ExecutePlan(label, sql, params, read_only ? &reading : &writing, NULL);
	if (SPI_processed != 1)
		elog(ERROR, "a scalar statement returned no row");
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	SPI_finish();
	CormErrorPop(&frame);
	return isnull ? (Datum) 0 : value;
}

static bool
FetchRow(const char *label, const char *sql, ParamListInfo params, bool read_only,
		 int n, Datum *values, bool *nulls)
{
	MemoryContext caller = CurrentMemoryContext;
	CormErrorFrame frame;
	bool		found;

	CormErrorPush(&frame, read_only ? "loading" : "running", label, NULL);
	SPI_connect();
	found = ExecutePlan(label, sql, params, read_only ? &reading : &writing, NULL) > 0;
	for (int i = 0; found && i < n; i++)
	{
		Form_pg_attribute att = TupleDescAttr(SPI_tuptable->tupdesc, i);
		MemoryContext old = MemoryContextSwitchTo(caller);

		values[i] = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, i + 1, &nulls[i]);
		if (!nulls[i])
			values[i] = datumCopy(values[i], att->attbyval, att->attlen);
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	CormErrorPop(&frame);
	return found;
}

bool
CormFetchRow(const char *label, const char *sql, ParamListInfo params,
			 int n, Datum *values, bool *nulls)
{
	return FetchRow(label, sql, params, false, n, values, nulls);
}

bool
CormReadRow(const char *label, const char *sql, ParamListInfo params,
			int n, Datum *values, bool *nulls)
{
	return FetchRow(label, sql, params, true, n, values, nulls);
}

int
CormAddValue(CormValues *values, Oid type, Datum value, bool isnull)
{
	ParamExternData *external = palloc0(sizeof(ParamExternData));

	external->ptype = type;
	external->pflags = PARAM_FLAG_CONST;
	external->value = value;
	external->isnull = isnull;
	values->values = lappend(values->values, external);
	return list_length(values->values);
}

ParamListInfo
CormValueParams(const CormValues *values)
{
	ParamListInfo params = makeParamList(list_length(values->values));
	ListCell   *lc;

	foreach(lc, values->values)
		params->params[foreach_current_index(lc)] = *(ParamExternData *) lfirst(lc);
	return params;
}

Portal
CormOpenPortal(const char *label, const char *sql, ParamListInfo params)
{
	CormErrorFrame frame;
	CormPlan   *plan;
	Portal volatile portal = NULL;

	CormErrorPush(&frame, "loading", label, NULL);
	SPI_connect();
	plan = GetPlan(sql, params, CORM_PLAN_AUTO);
	statements++;
	PG_TRY();
	{
		portal = SPI_cursor_open_with_paramlist(NULL, plan->plan, params, true);
	}
	PG_FINALLY();
	{
		CormPlanRelease(plan);
	}
	PG_END_TRY();
	SPI_finish();
	CormErrorPop(&frame);
	return portal;
}

bool
CormPlansAreShown(void)
{
	return watcher != NULL;
}

uint64
CormStatementsCounted(void)
{
	return statements;
}
