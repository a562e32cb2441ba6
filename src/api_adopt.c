/*-------------------------------------------------------------------------
 *
 * api_adopt.c
 *	  SQL entry point: adopting a schema.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "adopt.h"
#include "api_model.h"

PG_FUNCTION_INFO_V1(corm_adopt);

#define ADOPT_COLUMNS 6

static const char *const action_words[] = {
	[CORM_ADOPT_MODEL] = "model",
	[CORM_ADOPT_RELATION] = "relation",
	[CORM_ADOPT_THROUGH] = "through",
	[CORM_ADOPT_COLLISION] = "collision",
	[CORM_ADOPT_SKIPPED] = "skipped"
};

Datum
corm_adopt(PG_FUNCTION_ARGS)
{
	char	   *schema = CormRequiredText(fcinfo, 0, "schema_name");
	List	   *only = CormOptionalNames(fcinfo, 1, "only");
	List	   *except_tables = CormOptionalNames(fcinfo, 2, "except_tables");
	bool		dry_run = CormOptionalBool(fcinfo, 3, false);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *lc;

	if (!dry_run)
		CormBeginDefinition("corm.adopt()");
	InitMaterializedSRF(fcinfo, 0);
	foreach(lc, CormAdopt(schema, only, except_tables, dry_run))
	{
		const CormAdoptRow *row = lfirst(lc);
		const char *texts[ADOPT_COLUMNS] = {
			action_words[row->action], row->model, row->relation, row->target,
			row->detail, row->fix
		};
		Datum		values[ADOPT_COLUMNS] = {0};
		bool		nulls[ADOPT_COLUMNS] = {0};

		for (int i = 0; i < ADOPT_COLUMNS; i++)
		{
			nulls[i] = texts[i] == NULL;
			if (texts[i] != NULL)
				values[i] = CStringGetTextDatum(texts[i]);
		}
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	PG_RETURN_VOID();
}
