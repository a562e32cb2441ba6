/*-------------------------------------------------------------------------
 *
 * api_schema.c
 *	  SQL entry points: whole schemas as text, and from text.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "api_model.h"
#include "define_schema.h"
#include "export.h"

PG_FUNCTION_INFO_V1(corm_export);
PG_FUNCTION_INFO_V1(corm_define);

static void PutText(ReturnSetInfo *rsinfo, const char *text);

Datum
corm_export(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const char *format = PG_ARGISNULL(0) ? "sql" :
		text_to_cstring(PG_GETARG_TEXT_PP(0));
	ListCell   *lc;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (strcmp(format, "sql") == 0)
	{
		foreach(lc, CormExportSql())
			PutText(rsinfo, lfirst(lc));
	}
	else if (strcmp(format, "json") == 0)
		PutText(rsinfo, CormExportJson());
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown format: \"%s\"", format),
				 errhint("The formats are sql and json.")));
	PG_RETURN_VOID();
}

Datum
corm_define(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *schema = CormRequiredText(fcinfo, 0, "schema");
	bool		dry_run = CormOptionalBool(fcinfo, 1, false);
	ListCell   *lc;

	CormBeginDefinition("corm.define()");
	InitMaterializedSRF(fcinfo, 0);
	foreach(lc, CormDefineSchema(schema, dry_run))
	{
		CormDefineStep *step = lfirst(lc);
		Datum		values[3];
		bool		nulls[3] = {0};

		values[0] = CStringGetTextDatum(step->action);
		values[1] = CStringGetTextDatum(step->object);
		values[2] = CStringGetTextDatum(step->sql);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values,
							 nulls);
	}
	PG_RETURN_VOID();
}

static void
PutText(ReturnSetInfo *rsinfo, const char *text)
{
	Datum		value = CStringGetTextDatum(text);
	bool		isnull = false;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
}
