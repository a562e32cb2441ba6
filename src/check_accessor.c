/*-------------------------------------------------------------------------
 *
 * check_accessor.c
 *	  Functions that do not fit the relations they stand for any more.
 *
 * Renamed tables and columns are not followed by the text of a function, and a
 * relation may be forgotten by those who may not drop its accessor.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "accessor.h"
#include "cache.h"
#include "check_accessor.h"

static void CheckAccessor(CormReport *report, const CormAccessor *accessor);

void
CormCheckAccessors(CormReport *report)
{
	ListCell   *lc;

	foreach(lc, CormReadAccessors(InvalidOid))
		CheckAccessor(report, lfirst(lc));
}

static void
CheckAccessor(CormReport *report, const CormAccessor *accessor)
{
	const CormModel *model = CormModelByRelid(accessor->source);
	const CormRelation *relation = model == NULL ? NULL :
		CormFindRelation(model, accessor->name);
	char	   *object = psprintf("function %s",
								  format_procedure_qualified(accessor->function));
	char	   *name;

	if (relation == NULL)
	{
		CormReportProblem(report, CORM_CHECK_WARNING, object,
						  psprintf("it was made for a relation \"%s\" that is not there any more",
								   accessor->name),
						  CormDropAccessorSql(accessor));
		return;
	}

	/* forgetting the relation, or the model, takes the accessor along */
	if (relation->broken != NULL || CormIsMisfit(accessor->source))
		return;
	name = CormReportModelName(report, model);
	if (!CormAccessorFits(accessor, relation) ||
		accessor->schema != get_rel_namespace(accessor->source))
		CormReportProblem(report, CORM_CHECK_ERROR, object,
						  psprintf("it does not read the rows of relation %s.%s any more",
								   name, relation->name),
						  psprintf("SELECT corm.create_accessors(%s);",
								   quote_literal_cstr(name)));
	else if (!accessor->inlinable)
		CormReportProblem(report, CORM_CHECK_WARNING, object,
						  pstrdup("its options keep it from being planned with the query around it"),
						  psprintf("SELECT corm.create_accessors(%s);",
								   quote_literal_cstr(name)));
}
