/*-------------------------------------------------------------------------
 *
 * api_look.c
 *	  SQL entry points: looking at models, and at what is wrong with them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "cache.h"
#include "check.h"
#include "describe.h"

PG_FUNCTION_INFO_V1(corm_check);
PG_FUNCTION_INFO_V1(corm_describe);

Datum
corm_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *lc;

	InitMaterializedSRF(fcinfo, 0);
	foreach(lc, CormCheck())
	{
		const CormProblem *problem = lfirst(lc);
		bool		nulls[4] = {false};
		Datum		values[] = {
			CStringGetTextDatum(problem->severity == CORM_CHECK_ERROR ?
								"error" : "warning"),
			CStringGetTextDatum(problem->object),
			CStringGetTextDatum(problem->problem),
			CStringGetTextDatum(problem->fix)
		};

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
corm_describe(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be NULL", "model")));
	PG_RETURN_TEXT_P(cstring_to_text(CormDescribe(CormModelByName(text_to_cstring(PG_GETARG_TEXT_PP(0))))));
}
