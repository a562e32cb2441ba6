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

#include "export.h"

PG_FUNCTION_INFO_V1(corm_export);

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
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown format: \"%s\"", format),
				 errhint("The formats are sql and json.")));
	PG_RETURN_VOID();
}

static void
PutText(ReturnSetInfo *rsinfo, const char *text)
{
	Datum		value = CStringGetTextDatum(text);
	bool		isnull = false;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
}
