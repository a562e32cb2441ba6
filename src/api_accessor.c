/*-------------------------------------------------------------------------
 *
 * api_accessor.c
 *	  SQL entry points: functions that stand for relations.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "accessor_create.h"
#include "api_model.h"
#include "cache.h"

PG_FUNCTION_INFO_V1(corm_create_accessors);
PG_FUNCTION_INFO_V1(corm_drop_accessors);

static Datum ReturnTexts(FunctionCallInfo fcinfo, List *texts);

Datum
corm_create_accessors(PG_FUNCTION_ARGS)
{
	char	   *name = CormRequiredText(fcinfo, 0, "model");

	CormBeginDefinition("corm.create_accessors()");
	return ReturnTexts(fcinfo,
					   CormCreateAccessors(CormModelByName(name)->relid));
}

Datum
corm_drop_accessors(PG_FUNCTION_ARGS)
{
	char	   *name = CormRequiredText(fcinfo, 0, "model");

	CormBeginDefinition("corm.drop_accessors()");
	return ReturnTexts(fcinfo,
					   CormDropAccessors(CormModelByName(name)->relid));
}

static Datum
ReturnTexts(FunctionCallInfo fcinfo, List *texts)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *lc;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach(lc, texts)
	{
		Datum		value = CStringGetTextDatum(lfirst(lc));
		bool		isnull = false;

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value,
							 &isnull);
	}
	return (Datum) 0;
}
