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

#include "error.h"
#include "exec.h"
#include "plancache.h"
#include "value.h"

ParamListInfo
CormBindParams(const CormSelect *select)
{
	ParamListInfo params = makeParamList(list_length(select->params));
	ListCell   *lc;

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
