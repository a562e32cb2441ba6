/*-------------------------------------------------------------------------
 *
 * check_counter.c
 *	  Counter caches that do not count any more, or count for nobody.
 *
 * Triggers can be dropped and disabled, partitions attached and detached; what
 * has another name is not followed where event triggers are disabled; and when
 * others use a table that a counter has to do with, something stays behind.
 * Whether the numbers are right is not looked at: corm.recount() is for that.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "cache.h"
#include "catalog.h"
#include "check_counter.h"
#include "counter.h"
#include "introspect.h"

static bool IsClaimed(const CormCounterFunction *function);

void
CormCheckCounters(CormReport *report, const CormRelationRow *row)
{
	for (int reverse = 0; reverse < 2; reverse++)
	{
		CormCounter *counter = CormCounterOf(row, reverse);
		const CormRelation *relation = counter == NULL ? NULL :
			counter->relation;
		const char *problem;
		bool		hopeless;
		char	   *model;

		/* two owners are a problem that the relation has */
		if (relation == NULL || CormIsMisfit(relation->source) ||
			CormIsMisfit(relation->fk->referencing) ||
			CormTableOwner(relation->source) !=
			CormTableOwner(relation->fk->referencing))
			continue;
		problem = CormCounterProblem(counter, &hopeless);
		if (problem == NULL)
			continue;
		model = CormReportModelName(report,
									CormModelByRelid(relation->source));
		CormReportProblem(report, CORM_CHECK_ERROR,
						  psprintf("counter cache %s.%s", model,
								   relation->name),
						  pstrdup(problem),
						  psprintf("SELECT corm.%s(%s, %s);",
								   hopeless ? "drop_counter_cache" :
								   "counter_cache",
								   quote_literal_cstr(model),
								   quote_literal_cstr(relation->name)));
	}
}

void
CormCheckLeftCounters(CormReport *report)
{
	ListCell   *lc;

	foreach(lc, CormReadCounterFunctions())
	{
		CormCounterFunction *function = lfirst(lc);
		char	   *name;

		if (IsClaimed(function))
			continue;
		name = quote_qualified_identifier(get_namespace_name(function->schema),
										  function->name);
		CormReportProblem(report, CORM_CHECK_WARNING,
						  psprintf("function %s()", name),
						  pstrdup("it was made for a counter cache that is not there any more"),
						  psprintf("DROP FUNCTION %s() CASCADE;", name));
	}
}

/* A relation that cannot be used may claim what it named. */
static bool
IsClaimed(const CormCounterFunction *function)
{
	ListCell   *lc;

	foreach(lc, CormReadRelationRows())
	{
		CormRelationRow *row = lfirst(lc);

		for (int reverse = 0; reverse < 2; reverse++)
		{
			char	   *name = CormCounterNamesOf(row, reverse)->name;
			Oid			owned = CormCountedTable(row);
			Oid			owner = reverse ? row->target : row->source;
			CormCounterFunction *other;

			if (name == NULL ||
				strncmp(function->name, name, strlen(name)) != 0)
				continue;
			other = CormCounterChanged(owned, owner, name);
			if (other != NULL && other->function == function->function)
				return true;
			other = CormCounterStart(owned, owner, name);
			if (other != NULL && other->function == function->function)
				return true;
		}
	}
	return false;
}
