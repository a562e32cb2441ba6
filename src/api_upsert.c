/*-------------------------------------------------------------------------
 *
 * api_upsert.c
 *	  SQL entry points: get_or_create, update_or_create, connect_or_create.
 *
 * Arguments are checked here and handed down, as api_write.c does it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "api_write.h"
#include "document.h"
#include "upsert.h"

PG_FUNCTION_INFO_V1(corm_get_or_create);
PG_FUNCTION_INFO_V1(corm_update_or_create);
PG_FUNCTION_INFO_V1(corm_connect_or_create);

static Jsonb *
ArgLookup(FunctionCallInfo fcinfo)
{
	CormRequest *alone = CormMakeRequest();
	Jsonb	   *lookup;
	JsonbValue *value;

	if (PG_ARGISNULL(1))
		CormRefuseNull("the lookup");
	lookup = PG_GETARG_JSONB_P(1);
	value = CormJsonbToValue(lookup);
	if (!CormJsonIsObject(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the lookup must be a JSON object"),
				 errdetail("It is %s.", CormJsonKindName(value))));
	CormRequestAddFilter(alone, lookup);
	if (CormConditionIsTrivial(alone->where))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the lookup must not be empty"),
				 errhint("Say what the row is found by.")));
	return lookup;
}

/*
 * The row, and whether it was created.
 */
static Datum
Upsert(FunctionCallInfo fcinfo, CormUpsertVerb verb, const char *name)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	CormUpsert	upsert = {verb, CormArgWriteRequest(fcinfo)};
	StringInfoData document;
	Datum		values[2] = {0};
	bool		nulls[2] = {false, false};

	InitMaterializedSRF(fcinfo, 0);
	CormRefusePart(upsert.request, name, false);
	upsert.lookup = ArgLookup(fcinfo);
	if (!PG_ARGISNULL(2))
		upsert.defaults = CormJsonbToValue(PG_GETARG_JSONB_P(2));
	upsert.owned = CormOwnedOf(upsert.request);
	if (verb == CORM_CONNECT_OR_CREATE && upsert.owned.subject.relation == NULL)
		CormRefuseModel(name);
	/* a row is created with what it is looked up by */
	CormPermitData(upsert.request, &upsert.owned.subject, CormJsonbToValue(upsert.lookup));
	if (upsert.defaults)
		CormPermitData(upsert.request, &upsert.owned.subject, upsert.defaults);
	upsert.assigned = CormAssignOwner(&upsert.owned);

	initStringInfo(&document);
	values[1] = BoolGetDatum(CormUpsertRun(&upsert, &document));
	nulls[0] = document.len == 0;
	if (!nulls[0])
		values[0] = PointerGetDatum(cstring_to_text_with_len(document.data, document.len));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	return (Datum) 0;
}

/*
 * corm.get_or_create(q, lookup, defaults)
 */
Datum
corm_get_or_create(PG_FUNCTION_ARGS)
{
	return Upsert(fcinfo, CORM_GET_OR_CREATE, "get_or_create");
}

/*
 * corm.update_or_create(q, lookup, defaults)
 */
Datum
corm_update_or_create(PG_FUNCTION_ARGS)
{
	return Upsert(fcinfo, CORM_UPDATE_OR_CREATE, "update_or_create");
}

/*
 * corm.connect_or_create(q, lookup, defaults)
 */
Datum
corm_connect_or_create(PG_FUNCTION_ARGS)
{
	return Upsert(fcinfo, CORM_CONNECT_OR_CREATE, "connect_or_create");
}
