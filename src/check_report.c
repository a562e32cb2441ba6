/*-------------------------------------------------------------------------
 *
 * check_report.c
 *	  What a check has found.
 *
 * Fixes are meant to be run one after the other, in the order of the report,
 * and to leave nothing to be found.  So a fix must not undo what another one
 * relies on: names of models that a fix changes are noted here, and "model"
 * comes before "relation" and "table" in the order of objects.
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
#include "check_report.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "quote.h"
#include "tablefacts.h"

typedef struct CormNewName
{
	Oid			relid;
	char	   *name;
} CormNewName;

static int	CompareProblems(const ListCell *a, const ListCell *b);

void
CormReportProblem(CormReport *report, CormSeverity severity, char *object,
				  char *problem, char *fix)
{
	CormProblem *found = palloc(sizeof(CormProblem));

	found->severity = severity;
	found->object = object;
	found->problem = problem;
	found->fix = fix;
	report->problems = lappend(report->problems, found);
}

void
CormReportNewName(CormReport *report, Oid relid, char *name)
{
	CormNewName *new = palloc(sizeof(CormNewName));

	new->relid = relid;
	new->name = name;
	report->renamed = lappend(report->renamed, new);
}

bool
CormReportIsRenamed(const CormReport *report, Oid relid)
{
	ListCell   *lc;

	foreach(lc, report->renamed)
	{
		if (((CormNewName *) lfirst(lc))->relid == relid)
			return true;
	}
	return false;
}

char *
CormReportModelName(const CormReport *report, const CormModel *model)
{
	ListCell   *lc;

	foreach(lc, report->renamed)
	{
		CormNewName *new = lfirst(lc);
		CormModel	renamed = {.relid = model->relid,.name = new->name};

		if (new->relid == model->relid)
			return CormModelQualifiedName(&renamed);
	}
	return CormModelDisplayName(model);
}

void
CormReportUnregistered(CormReport *report, Oid relid, CormSeverity severity,
					   char *problem)
{
	char	   *table = CormQuoteTable(relid);
	char	   *own = get_rel_name(relid);
	int			n = 1;
	char	   *name = CormFreeModelName(get_rel_namespace(relid), own, &n);

	report->unregistered = list_append_unique_oid(report->unregistered, relid);
	CormReportProblem(report, severity, psprintf("table %s", table), problem,
					  strcmp(name, own) == 0 ?
					  psprintf("SELECT corm.register_model(%s);",
							   quote_literal_cstr(table)) :
					  psprintf("SELECT corm.register_model(%s, %s);",
							   quote_literal_cstr(table),
							   quote_literal_cstr(CormQuoteNamePart(name))));
}

List *
CormReportSorted(const CormReport *report)
{
	List	   *sorted = list_copy(report->problems);
	List	   *distinct = NIL;
	ListCell   *lc;

	list_sort(sorted, CompareProblems);
	foreach(lc, sorted)
	{
		if (distinct == NIL || CompareProblems(lc, list_tail(distinct)) != 0)
			distinct = lappend(distinct, lfirst(lc));
	}
	return distinct;
}

char *
CormFreeModelName(Oid schema, const char *base, int *n)
{
	for (;;)
	{
		char	   *name = *n == 1 ? pstrdup(base) :
			psprintf("%s_%d", base, *n);
		bool		taken = false;
		ListCell   *lc;

		(*n)++;
		foreach(lc, CormReadModelRowsNamed(name))
			taken = taken || schema ==
				get_rel_namespace(((CormModelRow *) lfirst(lc))->relid);
		if (!taken)
			return name;
	}
}

bool
CormIsMisfit(Oid relid)
{
	Oid			schema = get_rel_namespace(relid);

	return !CormCanBeModel(relid) || CormIsPartition(relid) ||
		!CormIsModelSchema(schema);
}

static int
CompareProblems(const ListCell *a, const ListCell *b)
{
	const CormProblem *x = lfirst(a);
	const CormProblem *y = lfirst(b);
	int			order = (int) x->severity - (int) y->severity;

	if (order == 0)
		order = strcmp(x->object, y->object);
	if (order == 0)
		order = strcmp(x->problem, y->problem);
	return order != 0 ? order : strcmp(x->fix, y->fix);
}
