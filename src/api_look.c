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

#include "api_model.h"
#include "cache.h"
#include "check.h"
#include "describe.h"
#include "diagram_dot.h"
#include "diagram_mermaid.h"

PG_FUNCTION_INFO_V1(corm_check);
PG_FUNCTION_INFO_V1(corm_describe);
PG_FUNCTION_INFO_V1(corm_diagram);

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
	char	   *name = CormRequiredText(fcinfo, 0, "model");

	PG_RETURN_TEXT_P(cstring_to_text(CormDescribe(CormModelByName(name))));
}

/* NULL stands for the default, here too. */
Datum
corm_diagram(PG_FUNCTION_ARGS)
{
	char	   *format = PG_ARGISNULL(0) ? "mermaid" :
		text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *(*print) (const CormDiagram *);
	List	   *models = CormOptionalNames(fcinfo, 1, "models");
	ListCell   *lc;

	if (strcmp(format, "mermaid") == 0)
		print = CormDiagramMermaid;
	else if (strcmp(format, "dot") == 0)
		print = CormDiagramDot;
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for argument \"%s\": \"%s\"", "format",
						format),
				 errhint("Use mermaid or dot.")));
	foreach(lc, models)
		lfirst(lc) = CormModelByName(lfirst(lc));
	PG_RETURN_TEXT_P(cstring_to_text(print(CormDraw(models))));
}
