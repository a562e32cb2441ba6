/*-------------------------------------------------------------------------
 *
 * describe.c
 *	  One model as a page of text, for people.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "utils/builtins.h"

#include "cache.h"
#include "counter.h"
#include "ddl.h"
#include "describe.h"
#include "error.h"
#include "indexes.h"
#include "introspect.h"
#include "model.h"
#include "pathtext.h"
#include "quote.h"
#include "tablefacts.h"
#include "textgrid.h"

static void AppendColumns(StringInfo buf, const CormModel *model);
static const char *KeyMark(const CormModel *model, const CormColumn *column);
static void AppendRelations(StringInfo buf, const CormModel *model);
static void AddRelation(CormGrid *grid, const CormRelation *relation);
static char *KindWords(const CormRelation *relation);
static char *LeadsTo(const CormRelation *relation, const char *target);
static char *Over(const CormRelation *relation, const char *target);
static char *ColumnList(Oid relid, int n, const AttrNumber *attnums,
						const char *model);
static void AppendLinkColumns(StringInfo buf, const CormModel *model);
static void AppendCounters(StringInfo buf, const CormModel *model);
static void AppendMissingIndexes(StringInfo buf, const CormModel *model);
static List *AddMissingIndex(List *statements, const CormForeignKey *fk);
static void AppendBroken(StringInfo buf, const CormModel *model);
static void AppendKeyless(StringInfo buf, const CormModel *model);

char *
CormDescribe(const CormModel *model)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "Model \"%s\", %s %s\n",
					 CormModelDisplayName(model),
					 CormKindWord(model->relkind),
					 CormQuoteTable(model->relid));
	AppendColumns(&buf, model);
	AppendKeyless(&buf, model);
	AppendRelations(&buf, model);
	AppendLinkColumns(&buf, model);
	AppendCounters(&buf, model);
	AppendMissingIndexes(&buf, model);
	AppendBroken(&buf, model);
	buf.data[--buf.len] = '\0';
	return buf.data;
}

static void
AppendColumns(StringInfo buf, const CormModel *model)
{
	static const char *const titles[] = {"Column", "Type", "Nullable", "Default", "Key"};
	CormGrid	grid;

	CormGridBegin(&grid, lengthof(titles), titles);
	for (int i = 0; i < model->ncolumns; i++)
	{
		const CormColumn *column = &model->columns[i];
		const char *cells[] = {
			column->name,
			format_type_with_typemod(column->typid, column->typmod),
			column->not_null ? "not null" : NULL,
			CormColumnDefault(model->relid, column->attnum),
			KeyMark(model, column)
		};

		CormGridRow(&grid, cells);
	}
	CormGridAppend(buf, &grid);
}

/* A key of several columns has an order. */
static const char *
KeyMark(const CormModel *model, const CormColumn *column)
{
	CormKey		key = {model->nkey, model->key};

	if (!CormKeyHas(key, column->attnum))
		return NULL;
	if (key.n == 1)
		return "key";
	return psprintf("key %d", CormKeyPosition(model, column->attnum) + 1);
}

static void
AppendRelations(StringInfo buf, const CormModel *model)
{
	static const char *const titles[] = {"Path", "Leads to", "Kind", "Over", "On delete", "Way back"};
	CormGrid	grid;
	ListCell   *lc;

	CormGridBegin(&grid, lengthof(titles), titles);
	foreach(lc, CormRelationsOf(model))
	{
		const CormRelation *relation = lfirst(lc);

		if (relation->broken == NULL)
			AddRelation(&grid, relation);
	}
	if (grid.rows == NIL)
	{
		appendStringInfoString(buf, "\nNo relations.\n");
		return;
	}
	appendStringInfoString(buf, "\nRelations\n");
	CormGridAppend(buf, &grid);
}

static void
AddRelation(CormGrid *grid, const CormRelation *relation)
{
	const CormModel *target = CormModelByRelid(relation->target);
	const char *cells[6];
	char	   *name;

	if (target == NULL)
		return;					/* it went while it was looked at */
	name = CormModelDisplayName(target);
	cells[0] = psprintf("%s__...", CormPathQuote(relation->name));
	cells[1] = LeadsTo(relation, name);
	cells[2] = KindWords(relation);
	cells[3] = Over(relation, name);
	cells[4] = relation->fk->name == NULL ? NULL :
		CormReferentialActionWord(relation->fk->on_delete);
	cells[5] = relation->inverse;
	CormGridRow(grid, cells);
}

static char *
KindWords(const CormRelation *relation)
{
	static const char *const words[] = {
		[CORM_FOREIGN_KEY] = "foreign key",
		[CORM_ONE_TO_ONE] = "one to one",
		[CORM_REVERSE_FOREIGN_KEY] = "reverse foreign key",
		[CORM_REVERSE_ONE_TO_ONE] = "reverse one to one",
		[CORM_MANY_TO_MANY] = "many to many"
	};

	if (relation->fk->name == NULL)
		return pstrdup("no constraint");
	return psprintf("%s%s%s", words[relation->kind],
					relation->symmetrical ? ", symmetrical" : "",
					relation->fk->validated &&
					(relation->far_fk == NULL || relation->far_fk->validated) ?
					"" : ", not validated");
}

static char *
LeadsTo(const CormRelation *relation, const char *target)
{
	if (relation->to_many)
		return psprintf("many %s", target);
	return psprintf(relation->nullable ? "one %s or none" : "one %s", target);
}

/*
 * The columns that make the relation: those of the table that holds the foreign
 * key, and those of the other one where these are not its key.
 */
static char *
Over(const CormRelation *relation, const char *target)
{
	const CormForeignKey *fk = relation->fk;
	char	   *from;
	char	   *to;

	if (OidIsValid(relation->through))
	{
		const CormModel *through = CormModelByRelid(relation->through);

		return psprintf("%s: %s, %s", through != NULL ?
						CormModelDisplayName(through) :
						CormQuoteTable(relation->through),
						ColumnList(fk->referencing, fk->nkeys,
								   fk->fk_attnums, NULL),
						ColumnList(relation->through, relation->far_fk->nkeys,
								   relation->far_fk->fk_attnums, NULL));
	}
	from = ColumnList(fk->referencing, fk->nkeys, fk->fk_attnums,
					  relation->reverse ? target : NULL);
	if (fk->to_primary_key)
		return from;
	to = ColumnList(fk->referenced, fk->nkeys, fk->pk_attnums,
					relation->reverse ? NULL : target);
	return relation->reverse ? psprintf("%s = %s", to, from) :
		psprintf("%s = %s", from, to);
}

/* "a, b", or with the name of their model "Model.a, Model.b". */
static char *
ColumnList(Oid relid, int n, const AttrNumber *attnums, const char *model)
{
	List	   *columns = CormColumnNames(relid, n, attnums);
	ListCell   *lc;

	foreach(lc, columns)
	{
		if (model != NULL)
			lfirst(lc) = psprintf("%s.%s", model, (char *) lfirst(lc));
	}
	return CormJoinNames(columns);
}

/* What a path reaches on the way through a link. */
static void
AppendLinkColumns(StringInfo buf, const CormModel *model)
{
	static const char *const titles[] = {"Path", "Type"};
	CormGrid	grid;
	ListCell   *lr;
	ListCell   *lc;

	CormGridBegin(&grid, lengthof(titles), titles);
	foreach(lr, CormRelationsOf(model))
	{
		const CormRelation *relation = lfirst(lr);

		foreach(lc, CormLinkColumns(relation))
		{
			const CormColumn *column = lfirst(lc);
			const CormModel *through = CormModelByRelid(relation->through);
			const char *cells[] = {
				psprintf("%s__%s__%s", CormPathQuote(relation->name),
						 CormPathQuote(through->name),
						 CormPathQuote(column->name)),
				format_type_with_typemod(column->typid, column->typmod)
			};

			CormGridRow(&grid, cells);
		}
	}
	if (grid.rows == NIL)
		return;
	appendStringInfoString(buf, "\nColumns of links\n");
	CormGridAppend(buf, &grid);
}

static void
AppendCounters(StringInfo buf, const CormModel *model)
{
	static const char *const titles[] = {"Column", "Counts"};
	List	   *counters = CormCountersOf(model);
	CormGrid	grid;
	ListCell   *lc;

	if (counters == NIL)
		return;
	CormGridBegin(&grid, lengthof(titles), titles);
	foreach(lc, counters)
	{
		CormCounter *counter = lfirst(lc);
		const char *cells[] = {counter->names.column, counter->relation->name};

		CormGridRow(&grid, cells);
	}
	appendStringInfoString(buf, "\nCounter caches\n");
	CormGridAppend(buf, &grid);
}

/* Of the foreign keys of its table, and of those that its relations follow. */
static void
AppendMissingIndexes(StringInfo buf, const CormModel *model)
{
	List	   *statements = NIL;
	ListCell   *lc;

	foreach(lc, CormReadForeignKeys(model->relid))
		statements = AddMissingIndex(statements, lfirst(lc));
	foreach(lc, CormRelationsOf(model))
	{
		const CormRelation *relation = lfirst(lc);

		if (relation->broken != NULL)
			continue;
		statements = AddMissingIndex(statements, relation->fk);
		if (relation->far_fk != NULL)
			statements = AddMissingIndex(statements, relation->far_fk);
	}
	if (statements == NIL)
		return;
	appendStringInfoString(buf, "\nForeign keys without an index\n");
	foreach(lc, statements)
		appendStringInfo(buf, " %s;\n", (char *) lfirst(lc));
}

static List *
AddMissingIndex(List *statements, const CormForeignKey *fk)
{
	CormKey		key = {fk->nkeys, fk->fk_attnums};
	char	   *statement;
	ListCell   *lc;

	if (fk->name == NULL || CormHasIndexOn(fk->referencing, key))
		return statements;
	statement = CormCreateIndexSql(fk->referencing,
								   CormColumnNames(fk->referencing, key.n,
												   key.attnums));
	foreach(lc, statements)
	{
		if (strcmp(lfirst(lc), statement) == 0)
			return statements;
	}
	return lappend(statements, statement);
}

static void
AppendBroken(StringInfo buf, const CormModel *model)
{
	bool		first = true;
	ListCell   *lc;

	foreach(lc, CormRelationsOf(model))
	{
		const CormRelation *relation = lfirst(lc);

		if (relation->broken == NULL)
			continue;
		if (first)
			appendStringInfoString(buf, "\nRelations that cannot be used\n");
		first = false;
		appendStringInfo(buf, " %s: %s\n", relation->name, relation->broken);
	}
}

static void
AppendKeyless(StringInfo buf, const CormModel *model)
{
	if (model->nkey > 0)
		return;
	if (model->relkind == RELKIND_RELATION ||
		model->relkind == RELKIND_PARTITIONED_TABLE)
		appendStringInfoString(buf, "no primary key: rows can be read, not written one by one\n");
	else
		appendStringInfo(buf, "no key: rows can be read, not one by one; name its columns with corm.register_model(%s, key => ..)\n",
						 quote_literal_cstr(CormQuoteTable(model->relid)));
}
