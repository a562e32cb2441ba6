/*-------------------------------------------------------------------------
 *
 * rowmatch.c
 *	  Whether a row at hand passes a filter.
 *
 * The row stands in FROM in the place of its table, so it need not be stored,
 * and a filter over its columns alone reads no table.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "condition.h"
#include "deparse.h"
#include "exec.h"
#include "instance.h"
#include "introspect.h"
#include "limits.h"
#include "rowmatch.h"

/*
 * The columns of the row become parameters, in attnum order, once it is known
 * which are used.
 */
static void
AddRowParams(CormSelect *select)
{
	CormTable  *base = select->base;
	int			attnum = -1;

	base->row_param = list_length(select->params) + 1;
	while ((attnum = bms_next_member(base->used, attnum)) >= 0)
	{
		CormParam  *param = palloc0(sizeof(CormParam));

		param->bind = CORM_BIND_RUNTIME;
		param->typid = param->elemtype = CormColumnByNumber(base->model, attnum)->typid;
		(void) CormAddParam(select, param);
	}
}

static CormSelect *
ResolveOnce(const CormModel *model, const CormCondition *where)
{
	CormSelect *select = palloc0(sizeof(CormSelect));

	select->model = model;
	select->label = CormModelDisplayName(model);
	select->scope = CormMakeScope();
	select->base = CormAddTable(select, select->scope, model, CORM_JOIN_NONE);
	select->scope->where = list_make1(CormResolveCondition(select, select->scope,
														   select->base, where));
	AddRowParams(select);
	return select;
}

static CormSelect *
Resolve(const CormModel *model, const CormCondition *where)
{
	for (int attempt = 1;; attempt++)
	{
		uint64		generation = CormCacheGeneration();
		CormSelect *select = ResolveOnce(CormModelByRelid(model->relid), where);

		if (generation == CormCacheGeneration() || attempt >= CORM_PATIENCE)
			return select;
		CHECK_FOR_INTERRUPTS();
	}
}

static ParamListInfo
BindRow(const CormSelect *select, Datum row)
{
	ParamListInfo params = CormBindParams(select);
	const CormTable *base = select->base;
	int			n = bms_num_members(base->used);
	Datum	   *values = palloc(n * sizeof(Datum));
	bool	   *nulls = palloc(n * sizeof(bool));

	CormRowValues(row, base->model, base->used, values, nulls);
	for (int i = 0; i < n; i++)
	{
		params->params[base->row_param - 1 + i].value = values[i];
		params->params[base->row_param - 1 + i].isnull = nulls[i];
	}
	return params;
}

bool
CormRowMatches(const CormModel *model, Datum row, Jsonb *filter)
{
	CormRequest *request = CormMakeRequest();
	CormSelect *select;

	CormRequestAddFilter(request, filter);
	CormCheckLimits(request);
	if (request->where == NULL)
		return true;
	select = Resolve(model, request->where);
	return DatumGetBool(CormExecuteScalar(select->label, CormDeparseExists(select),
										  BindRow(select, row), true));
}
