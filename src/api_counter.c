/*-------------------------------------------------------------------------
 *
 * api_counter.c
 *	  SQL entry points: counter caches.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "api_model.h"
#include "cache.h"
#include "counter_create.h"

PG_FUNCTION_INFO_V1(corm_counter_cache);
PG_FUNCTION_INFO_V1(corm_drop_counter_cache);
PG_FUNCTION_INFO_V1(corm_recount);

Datum
corm_counter_cache(PG_FUNCTION_ARGS)
{
	char	   *model = CormRequiredText(fcinfo, 0, "model");
	char	   *relation = CormRequiredText(fcinfo, 1, "relation");

	CormBeginDefinition("corm.counter_cache()");
	CormCreateCounter(CormModelByName(model)->relid, relation,
					  PG_ARGISNULL(2) ? NULL :
					  text_to_cstring(PG_GETARG_TEXT_PP(2)));
	PG_RETURN_VOID();
}

Datum
corm_drop_counter_cache(PG_FUNCTION_ARGS)
{
	char	   *model = CormRequiredText(fcinfo, 0, "model");
	char	   *relation = CormRequiredText(fcinfo, 1, "relation");

	CormBeginDefinition("corm.drop_counter_cache()");
	CormDropCounter(CormModelByName(model)->relid, relation,
					CormOptionalBool(fcinfo, 2, false));
	PG_RETURN_VOID();
}

Datum
corm_recount(PG_FUNCTION_ARGS)
{
	char	   *model = CormRequiredText(fcinfo, 0, "model");

	PreventCommandIfReadOnly("corm.recount()");
	PG_RETURN_INT64(CormRecount(CormModelByName(model)->relid,
								PG_ARGISNULL(1) ? NULL :
								text_to_cstring(PG_GETARG_TEXT_PP(1))));
}
