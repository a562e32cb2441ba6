/*-------------------------------------------------------------------------
 *
 * check_relation.c
 *	  Contradictions between relations and the live schema.
 *
 * A relation that cannot be used has one problem, the first that is met: its
 * fix makes the others moot.  One that can be used may have several.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "cache.h"
#include "check_relation.h"
#include "ddl.h"
#include "error.h"
#include "introspect.h"
#include "quote.h"
#include "relate.h"
#include "relate_call.h"
#include "tablefacts.h"

static bool CheckTables(CormReport *report, const CormRelationRow *row);
static bool CheckEndsAreModels(CormReport *report,
							   const CormRelationRow *row);
static bool HasConstraints(const CormRelationRow *row);
static void ReportUseless(CormReport *report, const CormRelationRow *row,
						  const char *problem);
static void CheckKeys(CormReport *report, const CormRelation *relation);
static void CheckValidated(CormReport *report, const CormForeignKey *fk);
static void CheckPair(CormReport *report, const CormRelation *relation);
static bool CheckOwners(CormReport *report, const CormRelationRow *row,
						const CormModel *source);
static void CheckStoredNames(CormReport *report, const CormRelationRow *row,
							 const CormModel *source);
static bool IsOwnColumn(const CormRelation *relation,
						const CormColumn *column);
static int	RenamesNeeded(const CormModel *model, const char *name);
static void ReportClash(CormReport *report, const CormModel *model,
						const char *name);

void
CormCheckRelation(CormReport *report, const CormRelationRow *row)
{
	CormModel  *source;
	const CormRelation *relation;

	if (!CheckTables(report, row))
		return;

	/* dropping a model that must not be one takes its relations along */
	if (CormIsMisfit(row->source) || CormIsMisfit(row->target) ||
		(OidIsValid(row->through) && CormIsMisfit(row->through)))
		return;
	if (!CheckEndsAreModels(report, row))
		return;
	source = CormModelByRelid(row->source);
	relation = source != NULL ? CormRelationOfRow(source, row) : NULL;
	if (relation == NULL)
		return;					/* it went while it was looked at */
	if (relation->broken != NULL)
	{
		ReportUseless(report, row, relation->broken);
		return;
	}
	CheckKeys(report, relation);

	/* what would name the relation waits until its names are settled */
	if (RenamesNeeded(source, row->name) > 0 ||
		(row->reverse_name != NULL &&
		 RenamesNeeded(CormModelByRelid(row->target), row->reverse_name) > 0) ||
		!CheckOwners(report, row, source))
		return;
	CheckStoredNames(report, row, source);
}

void
CormCheckNames(CormReport *report, const CormModel *model)
{
	const char *before = NULL;
	ListCell   *lc;

	/* they are ordered by name */
	foreach(lc, CormRelationsOf(model))
	{
		const CormRelation *relation = lfirst(lc);

		if (before == NULL || strcmp(before, relation->name) != 0)
			ReportClash(report, model, relation->name);
		before = relation->name;
	}
}

/*
 * The rows of a table that is gone cannot be named by model: a statement on the
 * catalog itself removes them.
 */
static bool
CheckTables(CormReport *report, const CormRelationRow *row)
{
	const struct
	{
		Oid			relid;
		const char *column;
		const char *problem;
	}			tables[] =
	{
		{row->source, "source", "the table where the relation starts does not exist any more"},
		{row->target, "target", "the table that the relation leads to does not exist any more"},
		{row->through, "through", "the through table of the relation does not exist any more"}
	};

	for (int i = 0; i < lengthof(tables); i++)
	{
		if (!OidIsValid(tables[i].relid) ||
			CormTableKind(tables[i].relid) != '\0')
			continue;
		if (CormModelByRelid(row->source) != NULL)
			ReportUseless(report, row, tables[i].problem);
		else
			CormReportProblem(report, CORM_CHECK_ERROR,
							  psprintf("relation %s", row->name),
							  pstrdup(tables[i].problem),
							  psprintf("DELETE FROM corm.relation r WHERE r.name = %s AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = r.%s);",
									   quote_literal_cstr(row->name),
									   tables[i].column));
		return false;
	}
	return true;
}

/*
 * A table that only lost its model name gets one again, provided that the
 * relation is in order then; else the relation goes.  True when its ends are
 * models, which is all that a relation needs.
 */
static bool
CheckEndsAreModels(CormReport *report, const CormRelationRow *row)
{
	Oid			ends[2] = {row->source, row->target};
	Oid			missing = InvalidOid;

	if (OidIsValid(row->through) && CormModelByRelid(row->through) == NULL &&
		HasConstraints(row))
		CormReportUnregistered(report, row->through, CORM_CHECK_WARNING,
							   pstrdup("relations pass through this table, which is not a model: the columns of their links cannot be reached"));
	for (int i = 0; i < 2; i++)
	{
		if (CormModelByRelid(ends[i]) != NULL)
			continue;
		missing = ends[i];
		if (HasConstraints(row))
			CormReportUnregistered(report, ends[i], CORM_CHECK_ERROR,
								   pstrdup("relations start or end at this table, which is not a model"));
	}
	if (!OidIsValid(missing))
		return true;
	if (HasConstraints(row))
		return false;
	if (CormModelByRelid(row->source) != NULL)
		ReportUseless(report, row,
					  psprintf("table \"%s\", where the relation leads to, is not a model any more",
							   get_rel_name(missing)));
	else
		CormReportProblem(report, CORM_CHECK_ERROR,
						  psprintf("relation %s", row->name),
						  psprintf("table \"%s\", where the relation starts, is not a model any more",
								   get_rel_name(missing)),
						  psprintf("DELETE FROM corm.relation WHERE source = %s::pg_catalog.regclass AND name = %s;",
								   quote_literal_cstr(CormQuoteTable(row->source)),
								   quote_literal_cstr(row->name)));
	return false;
}

static bool
HasConstraints(const CormRelationRow *row)
{
	if (row->constraint_name == NULL)
		return false;
	if (!OidIsValid(row->through))
		return CormFindForeignKey(row->source, row->target,
								  row->constraint_name, row->columns) != NULL;
	return CormFindForeignKey(row->through, row->source, row->constraint_name,
							  row->columns) != NULL &&
		CormFindForeignKey(row->through, row->target, row->far_constraint_name,
						   row->far_columns) != NULL;
}

/* Reports a relation whose source is a model and which nothing can save. */
static void
ReportUseless(CormReport *report, const CormRelationRow *row,
			  const char *problem)
{
	char	   *model = CormReportModelName(report,
											CormModelByRelid(row->source));

	CormReportProblem(report, CORM_CHECK_ERROR,
					  psprintf("relation %s.%s", model, row->name),
					  pstrdup(problem),
					  psprintf("SELECT corm.drop_relation(%s, %s);",
							   quote_literal_cstr(model),
							   quote_literal_cstr(row->name)));
}

static void
CheckKeys(CormReport *report, const CormRelation *relation)
{
	CheckValidated(report, relation->fk);
	if (!OidIsValid(relation->through))
		return;
	CheckValidated(report, relation->far_fk);
	if (!relation->pair_unique)
		CheckPair(report, relation);
}

static void
CheckValidated(CormReport *report, const CormForeignKey *fk)
{
	char	   *table;
	bool		enforced;

	if (fk->name == NULL || fk->validated)
		return;
	table = CormQuoteTable(fk->referencing);
	enforced = CormIsEnforced(fk->referencing, fk->name);
	CormReportProblem(report, CORM_CHECK_WARNING, psprintf("table %s", table),
					  psprintf("foreign key \"%s\" is not %s: rows may point to nothing",
							   fk->name, enforced ? "validated" : "enforced"),
					  psprintf(enforced ?
							   "ALTER TABLE %s VALIDATE CONSTRAINT %s;" :
							   "ALTER TABLE %s ALTER CONSTRAINT %s ENFORCED;",
							   table, quote_identifier(fk->name)));
}

/* In the order of the table: both directions, and other relations, say the same. */
static void
CheckPair(CormReport *report, const CormRelation *relation)
{
	CormKey		near = {relation->fk->nkeys, relation->fk->fk_attnums};
	CormKey		far = {relation->far_fk->nkeys, relation->far_fk->fk_attnums};
	char	   *table = CormQuoteTable(relation->through);
	List	   *columns = NIL;
	int			n;
	CormColumn *all = CormReadColumns(relation->through, &n);

	for (int i = 0; i < n; i++)
	{
		if (CormKeyHas(near, all[i].attnum) || CormKeyHas(far, all[i].attnum))
			columns = lappend(columns, all[i].name);
	}
	CormReportProblem(report, CORM_CHECK_WARNING, psprintf("table %s", table),
					  psprintf("no key keeps the links (%s) unique: two sessions that add the same link wait for each other",
							   CormJoinNames(columns)),
					  psprintf("ALTER TABLE %s ADD UNIQUE (%s);", table,
							   CormQuoteNames(columns)));
}

/*
 * Whoever may point a foreign key at a table may leave a name on its model, and
 * decides what is read when that name is followed.  False when that was so.
 */
static bool
CheckOwners(CormReport *report, const CormRelationRow *row,
			const CormModel *source)
{
	Oid			table = OidIsValid(row->through) ? row->through : row->source;
	Oid			owner = CormTableOwner(table);
	char	   *model = CormReportModelName(report, source);
	CormModel  *target = CormModelByRelid(row->target);

	if (owner != CormTableOwner(row->source))
	{
		CormReportProblem(report, CORM_CHECK_WARNING,
						  psprintf("relation %s.%s", model, row->name),
						  psprintf("the relation belongs to \"%s\", the model to \"%s\"",
								   GetUserNameFromId(owner, true),
								   GetUserNameFromId(CormTableOwner(row->source), true)),
						  psprintf("SELECT corm.drop_relation(%s, %s);",
								   quote_literal_cstr(model),
								   quote_literal_cstr(row->name)));
		return false;
	}
	if (row->reverse_name == NULL || target == NULL ||
		owner == CormTableOwner(row->target))
		return true;
	CormReportProblem(report, CORM_CHECK_WARNING,
					  psprintf("relation %s.%s",
							   CormReportModelName(report, target),
							   row->reverse_name),
					  psprintf("the way back of %s.%s, which belongs to \"%s\", stands on a model of \"%s\"",
							   model, row->name,
							   GetUserNameFromId(owner, true),
							   GetUserNameFromId(CormTableOwner(row->target), true)),
					  psprintf("SELECT corm.alter_relation(%s, %s, skip_reverse => true);",
							   quote_literal_cstr(model),
							   quote_literal_cstr(row->name)));
	return false;
}

/*
 * A constraint is found by its columns when it was renamed, and by its name when
 * they were.  The next such change would lose it.
 */
static void
CheckStoredNames(CormReport *report, const CormRelationRow *row,
				 const CormModel *source)
{
	CormRelationRow now = *row;
	char	   *call;
	char	   *model = CormReportModelName(report, source);
	bool		outdated;

	if (!CormRefreshRelationRow(&now, &outdated) || !outdated ||
		CormReportIsRenamed(report, row->source) ||
		CormReportIsRenamed(report, row->target) ||
		(OidIsValid(row->through) &&
		 (CormReportIsRenamed(report, row->through) ||
		  CormModelByRelid(row->through) == NULL)))
		return;
	call = CormRelationCall(row);
	if (call == NULL)
		return;
	CormReportProblem(report, CORM_CHECK_WARNING,
					  psprintf("relation %s.%s", model, row->name),
					  pstrdup("its constraint or columns were renamed: one more change and they cannot be found"),
					  call);
}

/* The one column that a to-one consists of may bear its name. */
static bool
IsOwnColumn(const CormRelation *relation, const CormColumn *column)
{
	return relation->fk != NULL && !relation->reverse &&
		!OidIsValid(relation->through) && relation->fk->nkeys == 1 &&
		relation->fk->fk_attnums[0] == column->attnum;
}

/*
 * How many relations must give the name up so that it means one thing.  One that
 * may share it with its column may do so alone: which of several a fix renames
 * first is not known.
 */
static int
RenamesNeeded(const CormModel *model, const char *name)
{
	const CormColumn *column = CormFindColumn(model, name);
	int			usable = 0;
	bool		own = false;
	ListCell   *lc;

	foreach(lc, CormRelationsOf(model))
	{
		const CormRelation *relation = lfirst(lc);

		if (relation->broken != NULL || strcmp(relation->name, name) != 0)
			continue;
		usable++;
		own = column != NULL && IsOwnColumn(relation, column);
	}
	if (column == NULL)
		return Max(usable - 1, 0);
	return usable == 1 && own ? 0 : usable;
}

/* Each of the fixes renames the relation that the name means by then. */
static void
ReportClash(CormReport *report, const CormModel *model, const char *name)
{
	int			renames = RenamesNeeded(model, name);
	char	   *display;

	if (renames == 0)
		return;
	display = CormReportModelName(report, model);
	for (int n = 2; renames > 0; n++)
	{
		char	   *free = psprintf("%s_%d", name, n);

		if (CormNameClash(model, free, NULL) != NULL)
			continue;
		renames--;
		CormReportProblem(report, CORM_CHECK_ERROR,
						  psprintf("relation %s.%s", display, name),
						  psprintf(CormFindColumn(model, name) != NULL ?
								   "\"%s\" is both a column and a relation" :
								   "\"%s\" is the name of several relations",
								   name),
						  psprintf("SELECT corm.rename_relation(%s, %s, %s);",
								   quote_literal_cstr(display),
								   quote_literal_cstr(name),
								   quote_literal_cstr(free)));
	}
}
