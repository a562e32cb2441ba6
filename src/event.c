/*-------------------------------------------------------------------------
 *
 * event.c
 *	  Keeping corm's rows in step with DDL.
 *
 * This is tidiness, not correctness: event triggers can be disabled, do not
 * fire in every session, and give way where another transaction is changing
 * the same row.  Readers check what a row says against the live catalogs in
 * any case.
 *
 * Only what the command took away or renamed is looked at.  That something a
 * row names is not there proves nothing by itself: while a dump is restored,
 * rows are there before the constraints.  Whether what was taken away is gone
 * for good is judged by the catalogs after the command, which may have put
 * another in its place.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_inherits.h"
#include "storage/lockdefs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "accessor.h"
#include "cache.h"
#include "catalog.h"
#include "counter_follow.h"
#include "document.h"
#include "event.h"
#include "forgotten.h"
#include "introspect.h"
#include "quote.h"
#include "relate.h"

static void ForgetTable(Oid relid);
static void ForgetRows(List *rows);
static void FollowPart(const CormDroppedPart *part);
static bool Uses(CormRelationRow *row, const CormDroppedPart *part);
static bool ForgetRelation(const CormRelationRow *row,
						   const CormDroppedPart *part);
static bool HasItsColumns(const CormRelationRow *row);
static void FollowKey(const CormDroppedPart *part);
static void RenameColumnOf(Oid relid, const char *from, const char *to);
static List *RowsOn(Oid relid);
static Oid	HolderOf(const CormRelationRow *row);
static int	ColumnLists(CormRelationRow *row, Oid relid, List ***lists);
static bool ReplaceName(List *names, const char *from, const char *to);
static void WarnOutdated(const CormRelationRow *row);
static void WarnOutdatedKey(const CormModelRow *row);

void
CormFollowDrop(List *tables, List *parts)
{
	ListCell   *lc;

	foreach(lc, tables)
		ForgetTable(lfirst_oid(lc));
	foreach(lc, parts)
	{
		CormDroppedPart *part = lfirst(lc);

		if (CormReadModelRow(part->relid) == NULL)
			continue;
		FollowPart(part);
		if (part->is_column)
		{
			FollowKey(part);
			CormFollowCounterColumn(part->relid, part->name);
		}
	}
}

void
CormFollowColumnRename(Oid relid, bool of_type, const char *from,
					   const char *to)
{
	List	   *tables = find_all_inheritors(relid, NoLock, NULL);
	ListCell   *lc;

	if (of_type)
	{
		Oid			typid = get_rel_type_id(relid);

		foreach(lc, CormReadModelRows())
		{
			CormModelRow *row = lfirst(lc);
			List	   *made;

			if (CormTypeOfTable(row->relid) != typid)
				continue;
			made = find_all_inheritors(row->relid, NoLock, NULL);
			tables = list_concat_unique_oid(tables, made);
		}
	}
	foreach(lc, tables)
	{
		if (CormReadModelRow(lfirst_oid(lc)) != NULL)
			RenameColumnOf(lfirst_oid(lc), from, to);
	}
}

void
CormFollowConstraintRename(Oid constraint, const char *from, const char *to)
{
	Oid			relid = CormForeignKeyTable(constraint);
	ListCell   *lc;

	if (!OidIsValid(relid) || CormReadModelRow(relid) == NULL)
		return;
	foreach(lc, RowsOn(relid))
	{
		CormRelationRow *row = lfirst(lc);
		char	  **names[2] = {&row->constraint_name, &row->far_constraint_name};
		bool		changed = false;

		if (HolderOf(row) != relid)
			continue;
		for (int i = 0; i < lengthof(names); i++)
		{
			if (*names[i] == NULL || strcmp(*names[i], from) != 0)
				continue;
			*names[i] = pstrdup(to);
			changed = true;
		}
		if (changed && !CormFollowUpdateRelation(row))
			WarnOutdated(row);
	}
}

/* A table that is no model costs one look at an index. */
static void
ForgetTable(Oid relid)
{
	CormModelRow *row = CormReadModelRow(relid);

	if (row == NULL)
		return;
	CormFollowDeleteModel(row);

	/* read anew each time: one row may be found by several of its tables */
	ForgetRows(CormReadRelationRowsFrom(relid));
	ForgetRows(CormReadRelationRowsTo(relid));
	ForgetRows(CormReadRelationRowsThrough(relid));
}

/* A row that stays behind is one whose table is gone: nobody minds it. */
static void
ForgetRows(List *rows)
{
	ListCell   *lc;

	foreach(lc, rows)
	{
		if (!CormFollowDeleteRelation(lfirst(lc)))
			continue;
		CormFollowDropAccessors(lfirst(lc));
		CormFollowDropCounters(lfirst(lc));
	}
}

static void
FollowPart(const CormDroppedPart *part)
{
	ListCell   *lc;

	foreach(lc, RowsOn(part->relid))
	{
		CormRelationRow *row = lfirst(lc);
		bool		changed;

		if (!Uses(row, part))
			continue;
		if (!CormRefreshRelationRow(row, &changed))
		{
			/*
			 * an accessor and a counter need no constraint, and the relation
			 * may return
			 */
			if (ForgetRelation(row, part) && !HasItsColumns(row))
			{
				CormFollowDropAccessors(row);
				CormFollowDropCounters(row);
			}
		}
		else if (changed && !CormFollowUpdateRelation(row))
			WarnOutdated(row);
	}
}

static bool
Uses(CormRelationRow *row, const CormDroppedPart *part)
{
	List	  **lists[3];
	int			n = ColumnLists(row, part->relid, lists);

	if (!part->is_column)
		return HolderOf(row) == part->relid &&
			(CormSameText(row->constraint_name, part->name) ||
			 CormSameText(row->far_constraint_name, part->name));
	for (int i = 0; i < n; i++)
	{
		if (CormListHasName(*lists[i], part->name))
			return true;
	}
	return false;
}

/* With a notice, unless one of its models went before.  False: it could not. */
static bool
ForgetRelation(const CormRelationRow *row, const CormDroppedPart *part)
{
	CormModel  *source = CormModelByRelid(row->source);
	char	   *call = CormDeclarationOf(row);

	if (!CormFollowDeleteRelation(row))
	{
		WarnOutdated(row);
		return false;
	}
	if (row->constraint_name != NULL)
		CormRememberForgotten(row);
	if (source == NULL || call == NULL)
		return true;
	if (row->constraint_name == NULL)
		ereport(NOTICE,
				(errmsg("relation \"%s\" of model \"%s\" is forgotten, since column \"%s\" is gone",
						row->name, source->name, part->name),
				 errhint("Once the column is back, declare the relation again: %s",
						 call)));
	else
		ereport(NOTICE,
				(errmsg("relation \"%s\" of model \"%s\" is forgotten, since %s is gone",
						row->name, source->name, OidIsValid(row->through) ?
						"a foreign key of its through table" :
						"its foreign key"),
				 errhint("Once the foreign key is back, declare the relation again: %s",
						 call)));
	return true;
}

/* Those of its constraints, or its own; not the keys that constraints point to. */
static bool
HasItsColumns(const CormRelationRow *row)
{
	Oid			holder = HolderOf(row);

	return CormTableHasColumns(holder, row->columns) &&
		CormTableHasColumns(holder, row->far_columns) &&
		(row->constraint_name != NULL ||
		 CormTableHasColumns(row->target, row->target_columns));
}

/* Half a key names no row, so what is left of it goes as well. */
static void
FollowKey(const CormDroppedPart *part)
{
	CormModelRow *row = CormReadModelRow(part->relid);
	char	   *key;

	if (!CormListHasName(row->key, part->name) ||
		get_attnum(part->relid, part->name) > 0)
		return;
	row->key = NIL;
	if (!CormFollowUpdateModel(row))
	{
		WarnOutdatedKey(row);
		return;
	}
	key = CormQuoteTable(part->relid);
	ereport(NOTICE,
			(errmsg("model \"%s\" has no key any more, since column \"%s\" of it is gone",
					row->name, part->name),
			 errhint("Name the columns of another one: SELECT corm.register_model(%s, key => '{...}');",
					 quote_literal_cstr(key))));
}

/* Whatever bears the old name still is not the column that was renamed. */
static void
RenameColumnOf(Oid relid, const char *from, const char *to)
{
	CormModelRow *model = CormReadModelRow(relid);
	ListCell   *lc;

	if (get_attnum(relid, from) > 0 || get_attnum(relid, to) <= 0)
		return;
	if (ReplaceName(model->key, from, to) && !CormFollowUpdateModel(model))
		WarnOutdatedKey(model);
	foreach(lc, RowsOn(relid))
	{
		CormRelationRow *row = lfirst(lc);
		List	  **lists[3];
		int			n = ColumnLists(row, relid, lists);
		bool		changed = false;

		for (int i = 0; i < n; i++)
			changed |= ReplaceName(*lists[i], from, to);
		if (changed && !CormFollowUpdateRelation(row))
			WarnOutdated(row);
	}
	CormFollowCounterRename(relid, from, to);
}

/* The rows that name columns or constraints of the table, each once. */
static List *
RowsOn(Oid relid)
{
	List	   *rows = CormReadRelationRowsThrough(relid);
	ListCell   *lc;

	foreach(lc, CormReadRelationRowsFrom(relid))
	{
		CormRelationRow *row = lfirst(lc);

		if (!OidIsValid(row->through))
			rows = lappend(rows, row);
	}
	foreach(lc, CormReadRelationRowsTo(relid))
	{
		CormRelationRow *row = lfirst(lc);

		if (row->constraint_name == NULL && row->source != relid)
			rows = lappend(rows, row);
	}
	return rows;
}

/* The table of its constraints, or of its own columns. */
static Oid
HolderOf(const CormRelationRow *row)
{
	return OidIsValid(row->through) ? row->through : row->source;
}

/* The lists of the row that name columns of the table; returns how many. */
static int
ColumnLists(CormRelationRow *row, Oid relid, List ***lists)
{
	int			n = 0;

	if (HolderOf(row) == relid)
	{
		lists[n++] = &row->columns;
		lists[n++] = &row->far_columns;
	}
	if (row->target == relid)
		lists[n++] = &row->target_columns;
	return n;
}

/* In place; did it occur? */
static bool
ReplaceName(List *names, const char *from, const char *to)
{
	ListCell   *lc;
	bool		found = false;

	foreach(lc, names)
	{
		if (strcmp(lfirst(lc), from) != 0)
			continue;
		lfirst(lc) = pstrdup(to);
		found = true;
	}
	return found;
}

static void
WarnOutdated(const CormRelationRow *row)
{
	ereport(WARNING,
			(errmsg("relation \"%s\" could not follow, since another transaction is changing it",
					row->name),
			 errhint("If it cannot be used any more, forget it with corm.drop_relation and declare it again.")));
}

static void
WarnOutdatedKey(const CormModelRow *row)
{
	ereport(WARNING,
			(errmsg("the key of model \"%s\" could not follow, since another transaction is changing it",
					row->name),
			 errhint("If it cannot be used any more, give the model its key with corm.register_model.")));
}
