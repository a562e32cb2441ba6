/*-------------------------------------------------------------------------
 *
 * adopt_survey.c
 *	  What there is to adopt: tables, foreign keys, link tables.
 *
 * Each system catalog is read once for each table, and corm's own tables once
 * as a whole: what this takes grows with the number of tables and foreign keys,
 * however many of them lead to one table.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "adopt_survey.h"
#include "catalog.h"
#include "indexes.h"

static CormSurveyTable *AddTable(CormSurvey *survey, Oid relid);
static int	CompareTables(const ListCell *a, const ListCell *b);
static void ReadKeys(CormSurvey *survey, CormSurveyTable *table);
static bool IsRepeated(const CormSurveyTable *table, const CormForeignKey *fk);
static bool IsFollowed(const CormSurveyTable *table,
					   const CormForeignKey *fk);
static bool SamePairs(const CormForeignKey *a, const CormForeignKey *b);
static bool IsLink(List *unique_keys, const CormSurveyKey *a,
				   const CormSurveyKey *b);
static bool Contains(CormKey key, const CormForeignKey *fk);
static bool IsLinked(const CormSurveyTable *table, const CormSurveyKey *a,
					 const CormSurveyKey *b);
static bool IsAlong(const CormForeignKey *fk, Oid target, const char *name,
					List *columns);
static void AddRelations(CormSurvey *survey);
static int	CompareKeys(const ListCell *a, const ListCell *b);

CormSurvey *
CormSurveySchema(Oid schema)
{
	CormSurvey *survey = palloc0(sizeof(CormSurvey));
	HASHCTL		ctl = {0};
	ListCell   *lc;

	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(CormSurveyTable);
	ctl.hcxt = CurrentMemoryContext;
	survey->tables = hash_create("corm tables to adopt", 1024, &ctl,
								 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	foreach(lc, CormTablesOfSchema(schema))
	{
		CormTableInfo *info = lfirst(lc);
		CormSurveyTable *table = AddTable(survey, info->relid);

		table->schema = schema;
		table->name = info->name;
		table->relkind = info->relkind;
		table->partition = info->partition;
		survey->of_schema = lappend(survey->of_schema, table);
	}
	foreach(lc, CormReadModelRows())
	{
		CormModelRow *row = lfirst(lc);
		CormSurveyTable *table = AddTable(survey, row->relid);

		table->registered = true;
		table->model = row->name;
		if (table->name != NULL)
			continue;
		table->schema = get_rel_namespace(row->relid);
		table->name = get_rel_name(row->relid);
		table->relkind = CormTableKind(row->relid);

		/* a table that is gone */
		if (table->name == NULL)
			hash_search(survey->tables, &row->relid, HASH_REMOVE, NULL);
	}
	AddRelations(survey);
	return survey;
}

/* NULL for a table that is neither of the schema nor a model. */
static CormSurveyTable *
TableOf(const CormSurvey *survey, Oid relid)
{
	return hash_search(survey->tables, &relid, HASH_FIND, NULL);
}

List *
CormSurveyKeys(CormSurvey *survey)
{
	List	   *keys = NIL;
	HASH_SEQ_STATUS scan;
	CormSurveyTable *table;
	ListCell   *lt;
	ListCell   *lk;

	hash_seq_init(&scan, survey->tables);
	while ((table = hash_seq_search(&scan)) != NULL)
		if (table->model != NULL)
			survey->models = lappend(survey->models, table);
	list_sort(survey->models, CompareTables);
	foreach(lt, survey->models)
	{
		CHECK_FOR_INTERRUPTS();
		table = lfirst(lt);
		table->columns = CormReadColumns(table->relid, &table->ncolumns);
		table->key = CormReadPrimaryKey(table->relid);
		ReadKeys(survey, table);
		foreach(lk, table->foreign_keys)
		{
			CormSurveyKey *key = lfirst(lk);

			if (table->chosen || (key->target != NULL && key->target->chosen))
				keys = lappend(keys, key);
		}
	}
	return keys;
}

List *
CormSurveyLinks(CormSurvey *survey)
{
	List	   *links = NIL;
	ListCell   *lt;
	ListCell   *la;
	ListCell   *lb;

	foreach(lt, survey->of_schema)
	{
		CormSurveyTable *table = lfirst(lt);
		List	   *unique_keys;

		if (!table->chosen || table->model == NULL ||
			list_length(table->foreign_keys) < 2)
			continue;
		CHECK_FOR_INTERRUPTS();
		unique_keys = CormReadUniqueKeys(table->relid);
		foreach(la, table->foreign_keys)
		{
			for_each_cell(lb, table->foreign_keys,
						  lnext(table->foreign_keys, la))
			{
				CormSurveyLink *link;

				if (!IsLink(unique_keys, lfirst(la), lfirst(lb)) ||
					IsLinked(table, lfirst(la), lfirst(lb)))
					continue;
				link = palloc(sizeof(CormSurveyLink));
				link->through = table;
				link->near = lfirst(la);
				link->far = lfirst(lb);
				links = lappend(links, link);
			}
		}
	}
	return links;
}

static CormSurveyTable *
AddTable(CormSurvey *survey, Oid relid)
{
	bool		found;
	CormSurveyTable *table = hash_search(survey->tables, &relid, HASH_ENTER,
										 &found);

	if (!found)
	{
		memset(table, 0, sizeof(*table));
		table->relid = relid;
	}
	return table;
}

static void
AddRelations(CormSurvey *survey)
{
	ListCell   *lc;

	foreach(lc, CormReadRelationRows())
	{
		CormRelationRow *row = lfirst(lc);
		CormSurveyTable *source = TableOf(survey, row->source);
		CormSurveyTable *target = TableOf(survey, row->target);
		CormSurveyTable *through = TableOf(survey, row->through);

		/* of a table that is gone there is nothing to say */
		if (source == NULL)
			continue;
		source->relations_from = lappend(source->relations_from, row);
		if (target != NULL)
			target->relations_to = lappend(target->relations_to, row);
		if (through != NULL)
			through->relations_through = lappend(through->relations_through,
												 row);
	}
}

static int
CompareTables(const ListCell *a, const ListCell *b)
{
	const CormSurveyTable *x = lfirst(a);
	const CormSurveyTable *y = lfirst(b);
	int			order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	return x->relid < y->relid ? -1 : x->relid > y->relid;
}

/* In the order of the constraints' first columns: that of the table's columns. */
static int
CompareKeys(const ListCell *a, const ListCell *b)
{
	const CormForeignKey *x = ((CormSurveyKey *) lfirst(a))->fk;
	const CormForeignKey *y = ((CormSurveyKey *) lfirst(b))->fk;

	if (x->fk_attnums[0] != y->fk_attnums[0])
		return x->fk_attnums[0] < y->fk_attnums[0] ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
ReadKeys(CormSurvey *survey, CormSurveyTable *table)
{
	ListCell   *lc;
	ListCell   *lk;

	foreach(lc, CormReadForeignKeys(table->relid))
	{
		CormForeignKey *fk = lfirst(lc);
		CormSurveyKey *key;
		CormKey		columns = {fk->nkeys, fk->fk_attnums};

		if (IsRepeated(table, fk))
			continue;
		key = palloc0(sizeof(CormSurveyKey));
		key->fk = fk;
		key->source = table;
		key->target = TableOf(survey, fk->referenced);
		if (key->target != NULL && key->target->model == NULL)
			key->target = NULL;
		key->unique = CormHasUniqueKeyWithin(table->relid, columns);
		key->adopted = IsFollowed(table, fk);
		table->foreign_keys = lappend(table->foreign_keys, key);
	}
	list_sort(table->foreign_keys, CompareKeys);
	foreach(lc, table->foreign_keys)
	{
		CormSurveyKey *key = lfirst(lc);

		foreach(lk, table->foreign_keys)
			if (((CormSurveyKey *) lfirst(lk))->fk->referenced == key->fk->referenced)
				key->siblings++;
	}
}

/* Two constraints that say the same are one relation. */
static bool
IsRepeated(const CormSurveyTable *table, const CormForeignKey *fk)
{
	ListCell   *lc;

	foreach(lc, table->foreign_keys)
	{
		const CormForeignKey *other = ((CormSurveyKey *) lfirst(lc))->fk;

		if (other->referenced == fk->referenced && SamePairs(other, fk))
			return true;
	}
	return false;
}

static bool
SamePairs(const CormForeignKey *a, const CormForeignKey *b)
{
	int			same = 0;

	if (a->nkeys != b->nkeys)
		return false;
	for (int i = 0; i < a->nkeys; i++)
		for (int j = 0; j < b->nkeys; j++)
			if (a->fk_attnums[i] == b->fk_attnums[j] &&
				a->pk_attnums[i] == b->pk_attnums[j])
				same++;
	return same == a->nkeys;
}

/* Is there a relation along the foreign key, or along one that is its equal? */
static bool
IsFollowed(const CormSurveyTable *table, const CormForeignKey *fk)
{
	ListCell   *lc;

	foreach(lc, table->relations_from)
	{
		CormRelationRow *row = lfirst(lc);

		if (row->constraint_name != NULL && !OidIsValid(row->through) &&
			IsAlong(fk, row->target, row->constraint_name, row->columns))
			return true;
	}
	return false;
}

static bool
IsAlong(const CormForeignKey *fk, Oid target, const char *name, List *columns)
{
	ListCell   *lc;

	if (fk->referenced != target)
		return false;
	if (strcmp(fk->name, name) == 0)
		return true;
	if (list_length(columns) != fk->nkeys)
		return false;
	foreach(lc, columns)
	{
		AttrNumber	attnum = get_attnum(fk->referencing, lfirst(lc));
		CormKey		key = {fk->nkeys, fk->fk_attnums};

		if (!CormKeyHas(key, attnum))
			return false;
	}
	return true;
}

/*
 * Rows are links if one key of the table has the columns of both foreign keys,
 * so that each pair is there once for each value of what else is in the key.
 * Where one foreign key alone is unique there is nothing many about the rows,
 * and where one lies within the other the row belongs to what the wider one
 * leads to.
 */
static bool
IsLink(List *unique_keys, const CormSurveyKey *a, const CormSurveyKey *b)
{
	CormKey		a_key = {a->fk->nkeys, a->fk->fk_attnums};
	CormKey		b_key = {b->fk->nkeys, b->fk->fk_attnums};
	ListCell   *lc;

	if (a->target == NULL || b->target == NULL || a->unique || b->unique ||
		Contains(a_key, b->fk) || Contains(b_key, a->fk))
		return false;
	foreach(lc, unique_keys)
	{
		CormKey    *key = lfirst(lc);

		if (Contains(*key, a->fk) && Contains(*key, b->fk))
			return true;
	}
	return false;
}

static bool
Contains(CormKey key, const CormForeignKey *fk)
{
	for (int i = 0; i < fk->nkeys; i++)
	{
		if (!CormKeyHas(key, fk->fk_attnums[i]))
			return false;
	}
	return true;
}

static bool
IsLinked(const CormSurveyTable *table, const CormSurveyKey *a,
		 const CormSurveyKey *b)
{
	ListCell   *lc;

	foreach(lc, table->relations_through)
	{
		CormRelationRow *row = lfirst(lc);

		for (int i = 0; i < 2; i++)
		{
			const CormForeignKey *near = i == 0 ? a->fk : b->fk;
			const CormForeignKey *far = i == 0 ? b->fk : a->fk;

			if (IsAlong(near, row->source, row->constraint_name,
						row->columns) &&
				IsAlong(far, row->target, row->far_constraint_name,
						row->far_columns))
				return true;
		}
	}
	return false;
}
