/*-------------------------------------------------------------------------
 *
 * export_table.c
 *	  What a document has to say of one table.
 *
 * What a declaration makes by itself is not said: the index and the unique
 * constraint of a foreign key.  They are made only where nothing else does their
 * work, so they are said after all where something else would.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"

#include "cache.h"
#include "document.h"
#include "export.h"
#include "export_table.h"
#include "indexes.h"

static List *ReadRelations(const CormModel *model);
static void ReadKeys(CormExportedTable *table);
static void LeaveOutImplied(CormExportedTable *table);
static bool IsDeclared(const CormExportedTable *table, List *columns);
static bool LiesWithin(List *key, List *columns);
static bool IsImpliedUnique(const CormExportedTable *table, List *columns);
static bool IsImpliedIndex(const CormExportedTable *table, List *columns);
static bool Serves(List *index, List *columns);
static List *WithoutSame(List *lists, List *names, bool in_order);
static int	CompareLists(const ListCell *a, const ListCell *b);

CormExportedTable
CormReadExportedTable(const CormModel *model)
{
	CormExportedTable table = {model->relid};

	table.is_table = model->relkind == RELKIND_RELATION ||
		model->relkind == RELKIND_PARTITIONED_TABLE;
	table.relations = ReadRelations(model);
	if (table.is_table)
	{
		table.columns = CormReadColumns(model->relid, &table.ncolumns);
		ReadKeys(&table);
		LeaveOutImplied(&table);
	}
	return table;
}

bool
CormTakeSingle(List **lists, const char *name)
{
	ListCell   *lc;

	foreach(lc, *lists)
	{
		List	   *names = lfirst(lc);

		if (list_length(names) != 1 || strcmp(linitial(names), name) != 0)
			continue;
		*lists = list_delete_ptr(*lists, names);
		return true;
	}
	return false;
}

static List *
ReadRelations(const CormModel *model)
{
	List	   *relations = NIL;
	ListCell   *lc;

	foreach(lc, CormExportedRelations(model->relid))
	{
		CormRelationRow *row = lfirst(lc);
		CormExportedRelation *declared;

		if (CormExportProblem(row) != NULL)
			continue;
		declared = palloc0(sizeof(CormExportedRelation));
		declared->row = row;
		if (!OidIsValid(row->through))
		{
			declared->fk = CormFindRelation(model, row->name)->fk;
			declared->columns = row->constraint_name == NULL ?
				row->columns : CormColumnNames(model->relid, declared->fk->nkeys,
											   declared->fk->fk_attnums);
		}
		relations = lappend(relations, declared);
	}
	return relations;
}

/* Each of them once, in an order that depends on names alone. */
static void
ReadKeys(CormExportedTable *table)
{
	ListCell   *lc;
	List	   *unique = NIL;
	List	   *plain = NIL;

	foreach(lc, CormReadIndexes(table->relid))
	{
		CormIndex  *index = lfirst(lc);
		List	   *names = CormColumnNames(table->relid, index->key.n,
											index->key.attnums);

		if (index->primary)
			table->primary_key = names;
		else if (index->unique)
			unique = lappend(unique, names);
		else if (index->plain)
			plain = lappend(plain, names);
	}
	list_sort(unique, CompareLists);
	list_sort(plain, CompareLists);
	foreach(lc, unique)
	{
		table->unique = WithoutSame(table->unique, lfirst(lc), false);
		if (!CormSameNameSet(table->primary_key, lfirst(lc)))
			table->unique = lappend(table->unique, lfirst(lc));
	}
	foreach(lc, plain)
		table->indexes = lappend(WithoutSame(table->indexes, lfirst(lc), true),
								 lfirst(lc));
	table->indexes = WithoutSame(table->indexes, table->primary_key, true);
	foreach(lc, table->unique)
		table->indexes = WithoutSame(table->indexes, lfirst(lc), true);
}

static void
LeaveOutImplied(CormExportedTable *table)
{
	List	   *unique = NIL;
	List	   *indexes = NIL;
	ListCell   *lc;

	foreach(lc, table->unique)
	{
		if (!IsImpliedUnique(table, lfirst(lc)))
			unique = lappend(unique, lfirst(lc));
	}
	foreach(lc, table->indexes)
	{
		if (!IsImpliedIndex(table, lfirst(lc)))
			indexes = lappend(indexes, lfirst(lc));
	}
	table->unique = unique;
	table->indexes = indexes;
}

/* Is there a foreign key relation over just these columns? */
static bool
IsDeclared(const CormExportedTable *table, List *columns)
{
	ListCell   *lc;

	foreach(lc, table->relations)
	{
		CormExportedRelation *relation = lfirst(lc);

		if (relation->row->constraint_name != NULL &&
			CormSameNames(relation->columns, columns))
			return true;
	}
	return false;
}

/* Does the key lie within the columns? */
static bool
LiesWithin(List *key, List *columns)
{
	return key != NIL &&
		list_length(CormCommonNames(key, columns)) == list_length(key);
}

/* Does a one-to-one relation add this constraint, as it finds no other? */
static bool
IsImpliedUnique(const CormExportedTable *table, List *columns)
{
	ListCell   *lc;

	if (!IsDeclared(table, columns) || LiesWithin(table->primary_key, columns))
		return false;
	foreach(lc, table->unique)
	{
		if (lfirst(lc) != columns && LiesWithin(lfirst(lc), columns))
			return false;
	}
	return true;
}

/* Does a foreign key add this index, as it finds no other? */
static bool
IsImpliedIndex(const CormExportedTable *table, List *columns)
{
	ListCell   *lc;

	if (!IsDeclared(table, columns) || Serves(table->primary_key, columns))
		return false;
	foreach(lc, table->unique)
	{
		if (Serves(lfirst(lc), columns))
			return false;
	}
	foreach(lc, table->indexes)
	{
		if (lfirst(lc) != columns && Serves(lfirst(lc), columns))
			return false;
	}
	return true;
}

/* Does an index over these columns start with those? */
static bool
Serves(List *index, List *columns)
{
	return list_length(index) >= list_length(columns) &&
		CormSameNameSet(list_truncate(list_copy(index), list_length(columns)),
				columns);
}

static List *
WithoutSame(List *lists, List *names, bool in_order)
{
	List	   *others = NIL;
	ListCell   *lc;

	foreach(lc, lists)
	{
		if (!(in_order ? CormSameNames(lfirst(lc), names) :
			  CormSameNameSet(lfirst(lc), names)))
			others = lappend(others, lfirst(lc));
	}
	return others;
}

static int
CompareLists(const ListCell *a, const ListCell *b)
{
	ListCell   *la;
	ListCell   *lb;

	forboth(la, (List *) lfirst(a), lb, (List *) lfirst(b))
	{
		int			order = strcmp(lfirst(la), lfirst(lb));

		if (order != 0)
			return order;
	}
	return list_length((List *) lfirst(a)) - list_length((List *) lfirst(b));
}
