/*-------------------------------------------------------------------------
 *
 * check.c
 *	  Everything that contradicts the live schema, with its cure.
 *
 * Here are models as such, and the session's search_path; relations and tables
 * have files of their own.  Rows of corm's tables are read as they are, since
 * the cache leaves out what leads nowhere; what they mean comes from the cache.
 *
 * Nothing is locked, so a report may be outdated when it is read.  It takes a
 * few catalog lookups for each model and each direction of a relation.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "cache.h"
#include "catalog.h"
#include "check.h"
#include "check_accessor.h"
#include "check_counter.h"
#include "check_relation.h"
#include "check_table.h"
#include "error.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "quote.h"
#include "tablefacts.h"

static int	CompareRows(const ListCell *a, const ListCell *b);
static void CheckRows(CormReport *report, List *rows);
static void CheckModel(CormReport *report, const CormModelRow *row,
					   CormModel *model);
static void CheckKey(CormReport *report, const CormModelRow *row,
					 const char *object);
static void CheckSearchPath(CormReport *report);

List *
CormCheck(void)
{
	CormReport	report = {0};
	List	   *rows = CormReadModelRows();
	ListCell   *lc;

	list_sort(rows, CompareRows);
	CheckRows(&report, rows);
	foreach(lc, rows)
	{
		CormModelRow *row = lfirst(lc);
		CormModel  *model = CormModelByRelid(row->relid);

		CHECK_FOR_INTERRUPTS();
		if (model != NULL)
			CheckModel(&report, row, model);
	}
	foreach(lc, CormReadRelationRows())
	{
		CHECK_FOR_INTERRUPTS();
		CormCheckRelation(&report, lfirst(lc));
		CormCheckCounters(&report, lfirst(lc));
	}
	foreach(lc, report.unregistered)
		CormCheckTable(&report, lfirst_oid(lc));
	CormCheckAccessors(&report);
	CormCheckLeftCounters(&report);
	CheckSearchPath(&report);
	return CormReportSorted(&report);
}

/* Tables that claim one name side by side, the oldest first. */
static int
CompareRows(const ListCell *a, const ListCell *b)
{
	const CormModelRow *x = lfirst(a);
	const CormModelRow *y = lfirst(b);
	Oid			x_schema = get_rel_namespace(x->relid);
	Oid			y_schema = get_rel_namespace(y->relid);
	int			order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	if (x_schema != y_schema)
		return x_schema < y_schema ? -1 : 1;
	return x->relid < y->relid ? -1 : x->relid > y->relid;
}

/*
 * Models whose tables are gone, and names that stand for several tables: the
 * first of them keeps it.
 */
static void
CheckRows(CormReport *report, List *rows)
{
	const CormModelRow *before = NULL;
	int			n = 2;
	ListCell   *lc;

	foreach(lc, rows)
	{
		const CormModelRow *row = lfirst(lc);
		Oid			schema = get_rel_namespace(row->relid);
		char	   *name;

		if (!OidIsValid(schema))
		{
			CormReportProblem(report, CORM_CHECK_ERROR,
							  psprintf("model %s", CormQuoteNamePart(row->name)),
							  pstrdup("the table of the model does not exist any more"),
							  psprintf("DELETE FROM corm.model m WHERE m.name = %s AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = m.table_name);",
									   quote_literal_cstr(row->name)));
			continue;
		}
		if (CormIsMisfit(row->relid))
			continue;
		if (before == NULL || strcmp(before->name, row->name) != 0 ||
			get_rel_namespace(before->relid) != schema)
		{
			before = row;
			n = 2;
			continue;
		}
		name = CormFreeModelName(schema, row->name, &n);
		CormReportProblem(report, CORM_CHECK_ERROR,
						  psprintf("model %s.%s",
								   CormQuoteNamePart(get_namespace_name(schema)),
								   CormQuoteNamePart(row->name)),
						  psprintf("tables \"%s\" and \"%s\" both bear the name",
								   get_rel_name(before->relid),
								   get_rel_name(row->relid)),
						  psprintf("SELECT corm.register_model(%s, %s);",
								   quote_literal_cstr(CormQuoteTable(row->relid)),
								   quote_literal_cstr(CormQuoteNamePart(name))));
		CormReportNewName(report, row->relid, name);
	}
}

static void
CheckModel(CormReport *report, const CormModelRow *row, CormModel *model)
{
	char	   *name = CormReportModelName(report, model);
	char	   *object = psprintf("model %s", name);

	if (CormIsMisfit(row->relid))
	{
		CormReportProblem(report, CORM_CHECK_WARNING, object,
						  psprintf("%s \"%s\" cannot be a model any more",
								   CormIsPartition(row->relid) ? "partition" :
								   "table", get_rel_name(row->relid)),
						  psprintf("SELECT corm.drop_model(%s);",
								   quote_literal_cstr(name)));
		return;
	}
	CheckKey(report, row, object);
	CormCheckNames(report, model);
	if (model->relkind == RELKIND_RELATION ||
		model->relkind == RELKIND_PARTITIONED_TABLE)
		CormCheckTable(report, row->relid);
}

/* The columns that were named as the key of a view or foreign table. */
static void
CheckKey(CormReport *report, const CormModelRow *row, const char *object)
{
	List	   *gone = NIL;
	List	   *columns = NIL;
	int			n;
	CormColumn *all;
	ListCell   *lc;

	foreach(lc, row->key)
	{
		if (get_attnum(row->relid, lfirst(lc)) <= 0)
			gone = lappend(gone, psprintf("\"%s\"", (char *) lfirst(lc)));
	}
	if (gone == NIL)
		return;
	all = CormReadColumns(row->relid, &n);
	for (int i = 0; i < n; i++)
		columns = lappend(columns, all[i].name);
	CormReportProblem(report, CORM_CHECK_ERROR, pstrdup(object),
					  psprintf("%s of its key does not exist any more; columns of %s \"%s\": %s",
							   CormJoinNames(gone),
							   CormKindWord(CormTableKind(row->relid)),
							   get_rel_name(row->relid),
							   CormJoinNames(columns)),
					  psprintf("SELECT corm.register_model(%s, key => '{}');",
							   quote_literal_cstr(CormQuoteTable(row->relid))));
}

/* Calls without "corm." in front would then mean corm's count, sum, min. */
static void
CheckSearchPath(CormReport *report)
{
	char	   *role = GetUserNameFromId(GetUserId(), true);
	StringInfoData rest;
	List	   *names;
	bool		found = false;
	ListCell   *lc;

	if (!SplitIdentifierString(pstrdup(namespace_search_path), ',', &names))
		return;
	initStringInfo(&rest);
	foreach(lc, names)
	{
		char	   *name = lfirst(lc);

		if (strcmp(name, "corm") == 0 ||
			(strcmp(name, "$user") == 0 && role != NULL &&
			 strcmp(role, "corm") == 0))
			found = true;
		else
			appendStringInfo(&rest, "%s%s", rest.len > 0 ? ", " : "",
							 quote_identifier(name));
	}
	if (found)
		CormReportProblem(report, CORM_CHECK_WARNING, pstrdup("search_path"),
						  pstrdup("schema corm is in it: names such as count and sum may mean functions of corm"),
						  psprintf("SET search_path = %s;",
								   rest.len > 0 ? rest.data : "''"));
}
