/*-------------------------------------------------------------------------
 *
 * exec.c
 *	  Runs single statements through SPI.
 *
 * Statements run with the rights of the current user.  Every one runs within an
 * error frame that names the level it loads or writes.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/datum.h"

#include "error.h"
#include "exec.h"
#include "plancache.h"
#include "value.h"

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

/*
 * The plan of a statement, with the types of its parameters.
 */
static CormPlan *
GetPlan(const char *sql, ParamListInfo params)
{
	int			n = params ? params->numParams : 0;
	Oid		   *types = palloc(Max(n, 1) * sizeof(Oid));

	for (int i = 0; i < n; i++)
		types[i] = params->params[i].ptype;
	return CormPlanGet(sql, n, types);
}

static uint64
ExecutePlan(const char *sql, ParamListInfo params, bool read_only, DestReceiver *dest)
{
	CormPlan   *plan = GetPlan(sql, params);
	SPIExecuteOptions options;
	volatile int result = 0;

	memset(&options, 0, sizeof(options));
	options.params = params;
	options.read_only = read_only;
	options.dest = dest;
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

uint64
CormExecute(const char *label, const char *sql, ParamListInfo params,
			bool read_only, DestReceiver *dest)
{
	CormErrorFrame frame;
	uint64		processed;

	CormErrorPush(&frame, read_only ? "loading" : "running", label, NULL);
	SPI_connect();
	processed = ExecutePlan(sql, params, read_only, dest ? dest : None_Receiver);
	SPI_finish();
	CormErrorPop(&frame);
	return processed;
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
	(void) ExecutePlan(sql, params, read_only, NULL);
	if (SPI_processed != 1)
		elog(ERROR, "a scalar statement returned no row");
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	SPI_finish();
	CormErrorPop(&frame);
	return isnull ? (Datum) 0 : value;
}

bool
CormFetchRow(const char *label, const char *sql, ParamListInfo params,
			 int n, Datum *values, bool *nulls)
{
	MemoryContext caller = CurrentMemoryContext;
	CormErrorFrame frame;
	bool		found;

	CormErrorPush(&frame, "running", label, NULL);
	SPI_connect();
	found = ExecutePlan(sql, params, false, NULL) > 0;
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
	plan = GetPlan(sql, params);
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
