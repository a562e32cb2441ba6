/*-------------------------------------------------------------------------
 *
 * export_json.c
 *	  Models and relations as the document that corm.define() reads.
 *
 * Fields stand in the order of the columns, so that a table made from the
 * document prints the same document.  A column of one foreign key is described by
 * the field of that relation; everything that has no field of its own comes
 * behind, sorted by name.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "cache.h"
#include "coldefault.h"
#include "counter.h"
#include "ddl.h"
#include "document.h"
#include "export.h"
#include "export_table.h"
#include "indexes.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "relate_call.h"

static void AppendModel(StringInfo buf, const CormModelRow *row);
static void AppendFields(StringInfo buf, CormExportedTable *table);
static CormExportedRelation *OwnerOf(const CormExportedTable *table,
									 const CormColumn *column);
static void BeginField(StringInfo buf, bool *first);
static void AppendColumn(StringInfo buf, CormExportedTable *table,
						 const CormColumn *column);
static void AppendRelation(StringInfo buf, CormExportedTable *table,
						   CormExportedRelation *declared,
						   const CormColumn *column);
static void AppendType(StringInfo buf, const CormExportedRelation *owner,
					   const CormColumn *column);
static void AppendColumnOptions(StringInfo buf, CormExportedTable *table,
								const CormExportedRelation *owner,
								const CormColumn *column);
static void AppendDefault(StringInfo buf, Oid relid,
						  const CormColumn *column);
static void AppendSql(StringInfo buf, const char *option, const char *text);
static void AppendText(StringInfo buf, const char *option, const char *text);
static char *CollationName(Oid collation);
static void AppendConstraints(StringInfo buf, const CormExportedTable *table);
static void AppendCounters(StringInfo buf, const CormModel *model);
static bool IsNamed(const CormExportedTable *table, const CormForeignKey *fk);
static bool SamePairs(const CormForeignKey *a, const CormForeignKey *b);
static char *ConstraintText(CormForeignKey *fk, List *columns);
static void AppendNames(StringInfo buf, List *names);
static void AppendLists(StringInfo buf, const char *option, List *lists);
static int	CompareTexts(const ListCell *a, const ListCell *b);

char *
CormExportJson(void)
{
	StringInfoData buf;
	List	   *unfit;
	ListCell   *lc;
	bool		first = true;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	foreach(lc, CormExportedModels(&unfit))
	{
		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(&buf, first ? "\n" : ",\n");
		first = false;
		AppendModel(&buf, lfirst(lc));
	}
	appendStringInfoString(&buf, first ? "}" : "\n}");
	return buf.data;
}

static void
AppendModel(StringInfo buf, const CormModelRow *row)
{
	const CormModel *model = CormRequireModel(row->relid);
	CormExportedTable table = CormReadExportedTable(model);
	appendStringInfoString(buf, "  ");
	escape_json(buf, CormModelQualifiedName(model));
	appendStringInfoString(buf, ": {\n    \"table\": ");
	escape_json(buf, CormQuoteNamePart(get_rel_name(row->relid)));
	if (!table.is_table)
	{
		appendStringInfoString(buf, ",\n    \"kind\": ");
		escape_json(buf, CormKindWord(model->relkind));
		if (model->nkey > 0)
		{
			appendStringInfoString(buf, ",\n    \"key\": ");
			AppendNames(buf, CormColumnNames(row->relid, model->nkey,
											 model->key));
		}
	}
	AppendFields(buf, &table);
	if (table.is_table && list_length(table.primary_key) != 1)
	{
		appendStringInfoString(buf, ",\n    \"primary_key\": ");
		AppendNames(buf, table.primary_key);
	}
	AppendLists(buf, "unique", table.unique);
	AppendLists(buf, "indexes", table.indexes);
	if (table.is_table)
	{
		AppendConstraints(buf, &table);
		AppendCounters(buf, model);
	}
	appendStringInfoString(buf, "\n  }");
}

static void
AppendFields(StringInfo buf, CormExportedTable *table)
{
	static const char kinds[] = {'f', 'o', 'm'};
	bool		first = true;
	ListCell   *lc;

	for (int i = 0; i < table->ncolumns; i++)
	{
		const CormColumn *column = &table->columns[i];
		CormExportedRelation *owner = OwnerOf(table, column);

		BeginField(buf, &first);
		if (owner == NULL)
			AppendColumn(buf, table, column);
		else
			AppendRelation(buf, table, owner, column);
	}
	for (int i = 0; i < lengthof(kinds); i++)
	{
		foreach(lc, table->relations)
		{
			CormExportedRelation *declared = lfirst(lc);
			char		kind = OidIsValid(declared->row->through) ? 'm' :
				declared->row->constraint_name == NULL ? 'o' : 'f';

			if (declared->printed || kind != kinds[i])
				continue;
			BeginField(buf, &first);
			AppendRelation(buf, table, declared, NULL);
		}
	}
	if (!first)
		appendStringInfoString(buf, "\n    }");
}

static void
BeginField(StringInfo buf, bool *first)
{
	appendStringInfoString(buf, *first ? ",\n    \"fields\": {\n      " :
						   ",\n      ");
	*first = false;
}

/*
 * The relation whose field describes the column: the one that bears its name,
 * else the first foreign key that consists of it.
 */
static CormExportedRelation *
OwnerOf(const CormExportedTable *table, const CormColumn *column)
{
	CormExportedRelation *owner = NULL;
	ListCell   *lc;

	foreach(lc, table->relations)
	{
		CormExportedRelation *declared = lfirst(lc);
		bool		named = strcmp(declared->row->name, column->name) == 0;

		if (list_length(declared->columns) != 1 ||
			strcmp(linitial(declared->columns), column->name) != 0 ||
			declared->printed)
			continue;
		if (named)
			return declared;
		if (owner == NULL && declared->row->constraint_name != NULL)
			owner = declared;
	}
	return owner;
}

static void
AppendColumn(StringInfo buf, CormExportedTable *table, const CormColumn *column)
{
	StringInfoData options;

	initStringInfo(&options);
	AppendColumnOptions(&options, table, NULL, column);
	escape_json(buf, column->name);
	if (options.len == 0)
	{
		appendStringInfoString(buf, ": ");
		AppendType(buf, NULL, column);
		return;
	}
	appendStringInfoString(buf, ": {\"type\": ");
	AppendType(buf, NULL, column);
	appendStringInfo(buf, "%s}", options.data);
}

/* With what there is to say of its column, unless that is NULL. */
static void
AppendRelation(StringInfo buf, CormExportedTable *table, CormExportedRelation *declared,
			   const CormColumn *column)
{
	char	   *text = CormRelationField(declared->row);

	declared->printed = true;
	if (text == NULL)
		elog(ERROR, "relation \"%s\" cannot be described",
			 declared->row->name);
	if (column == NULL)
	{
		appendStringInfoString(buf, text);
		return;
	}
	appendBinaryStringInfo(buf, text, strlen(text) - 1);
	if (declared->row->constraint_name == NULL)
	{
		appendStringInfoString(buf, ", \"type\": ");
		AppendType(buf, NULL, column);
	}
	else
		AppendType(buf, declared, column);
	AppendColumnOptions(buf, table, declared, column);
	appendStringInfoChar(buf, '}');
}

/* Of a foreign key's column, only if it is not that of the column it points to. */
static void
AppendType(StringInfo buf, const CormExportedRelation *owner, const CormColumn *column)
{
	int			level;

	if (owner != NULL)
	{
		Oid			type;
		int32		typmod;
		Oid			collation;

		get_atttypetypmodcoll(owner->fk->referenced, owner->fk->pk_attnums[0],
							  &type, &typmod, &collation);
		if (column->typid == type && column->typmod == typmod)
			return;
		appendStringInfoString(buf, ", \"type\": ");
	}
	level = CormBeginPortableText();
	escape_json(buf, format_type_with_typemod(column->typid, column->typmod));
	CormEndPortableText(level);
}

static void
AppendColumnOptions(StringInfo buf, CormExportedTable *table, const CormExportedRelation *owner,
					const CormColumn *column)
{
	bool		foreign_key = owner != NULL &&
		owner->row->constraint_name != NULL;
	bool		key = CormListHasName(table->primary_key, column->name);
	Oid			collation = get_typcollation(column->typid);

	if (foreign_key)
	{
		Oid			type;
		int32		typmod;
		Oid			target_collation;

		get_atttypetypmodcoll(owner->fk->referenced, owner->fk->pk_attnums[0],
							  &type, &typmod, &target_collation);
		if (type == column->typid && typmod == column->typmod)
			collation = target_collation;
	}
	if (column->collation != collation)
		AppendText(buf, "collation", CollationName(column->collation));
	if (!foreign_key && column->not_null && !key &&
		CormReadDefault(table->relid, column).identity == '\0')
		appendStringInfoString(buf, ", \"nullable\": false");
	AppendDefault(buf, table->relid, column);
	if (key && list_length(table->primary_key) == 1)
		appendStringInfoString(buf, ", \"primary_key\": true");
	if (foreign_key)
		return;
	if (CormTakeSingle(&table->unique, column->name))
		appendStringInfoString(buf, ", \"unique\": true");
	if (CormTakeSingle(&table->indexes, column->name))
		appendStringInfoString(buf, ", \"index\": true");
}

/* Of the three ways to a value that nobody gave, at most one. */
static void
AppendDefault(StringInfo buf, Oid relid, const CormColumn *column)
{
	CormColumnDefault found = CormReadDefault(relid, column);
	char	   *text;
	bool		quoted;

	if (found.identity != '\0')
		AppendText(buf, "identity",
				   found.identity == ATTRIBUTE_IDENTITY_ALWAYS ?
				   "always" : "by default");
	if (found.generated != NULL)
		AppendSql(buf, "generated", CormExpressionText(relid, found.generated));
	if (found.value == NULL)
		return;
	text = CormDefaultScalar(column, found.value, &quoted);
	if (text == NULL)
		AppendSql(buf, "default", CormExpressionText(relid, found.value));
	else if (quoted)
		AppendText(buf, "default", text);
	else
		appendStringInfo(buf, ", \"default\": %s", text);
}

static void
AppendSql(StringInfo buf, const char *option, const char *text)
{
	appendStringInfo(buf, ", \"%s\": {\"sql\": ", option);
	escape_json(buf, text);
	appendStringInfoChar(buf, '}');
}

static void
AppendText(StringInfo buf, const char *option, const char *text)
{
	appendStringInfo(buf, ", \"%s\": ", option);
	escape_json(buf, text);
}

/* As CormSplitName() reads it; bare in the system's schema. */
static char *
CollationName(Oid collation)
{
	HeapTuple	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	Form_pg_collation form;
	char	   *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for collation %u", collation);
	form = (Form_pg_collation) GETSTRUCT(tuple);
	name = CormQuoteNamePart(NameStr(form->collname));
	if (form->collnamespace != PG_CATALOG_NAMESPACE)
		name = psprintf("%s.%s",
						CormQuoteNamePart(get_namespace_name(form->collnamespace)),
						name);
	ReleaseSysCache(tuple);
	return name;
}

static void
AppendCounters(StringInfo buf, const CormModel *model)
{
	List	   *counters = CormExportedCounters(model);
	ListCell   *lc;

	if (counters == NIL)
		return;
	appendStringInfoString(buf, ",\n    \"counter_caches\": {");
	foreach(lc, counters)
	{
		CormCounter *counter = lfirst(lc);

		if (foreach_current_index(lc) > 0)
			appendStringInfoString(buf, ", ");
		escape_json(buf, counter->relation->name);
		appendStringInfoString(buf, ": ");
		escape_json(buf, counter->names.column);
	}
	appendStringInfoChar(buf, '}');
}

/* Foreign keys between models that no relation is named after. */
static void
AppendConstraints(StringInfo buf, const CormExportedTable *table)
{
	List	   *texts = NIL;
	List	   *done = NIL;
	ListCell   *lc;
	ListCell   *ld;

	foreach(lc, CormReadForeignKeys(table->relid))
	{
		CormForeignKey *fk = lfirst(lc);
		CormModelRow *target = CormReadModelRow(fk->referenced);
		bool		again = IsNamed(table, fk);

		foreach(ld, done)
			again = again || SamePairs(fk, lfirst(ld));
		if (again || target == NULL || CormModelIsAmbiguous(target))
			continue;
		done = lappend(done, fk);
		CormAlignForeignKey(fk, CormReadPrimaryKey(fk->referenced));
		texts = lappend(texts,
						ConstraintText(fk, CormColumnNames(table->relid,
														   fk->nkeys,
														   fk->fk_attnums)));
	}
	list_sort(texts, CompareTexts);
	foreach(lc, texts)
		appendStringInfo(buf, "%s%s",
						 foreach_current_index(lc) == 0 ?
						 ",\n    \"foreign_keys\": [\n      " : ",\n      ",
						 (char *) lfirst(lc));
	if (texts != NIL)
		appendStringInfoString(buf, "\n    ]");
}

/* Does a relation stand for this constraint, or for another like it? */
static bool
IsNamed(const CormExportedTable *table, const CormForeignKey *fk)
{
	ListCell   *lc;

	foreach(lc, table->relations)
	{
		CormExportedRelation *declared = lfirst(lc);

		if (declared->row->constraint_name != NULL && declared->fk != NULL &&
			SamePairs(declared->fk, fk))
			return true;
	}
	return false;
}

static bool
SamePairs(const CormForeignKey *a, const CormForeignKey *b)
{
	int			same = 0;

	if (a->referenced != b->referenced || a->nkeys != b->nkeys)
		return false;
	for (int i = 0; i < a->nkeys; i++)
	{
		for (int j = 0; j < b->nkeys; j++)
		{
			if (a->fk_attnums[i] == b->fk_attnums[j] &&
				a->pk_attnums[i] == b->pk_attnums[j])
				same++;
		}
	}
	return same == a->nkeys;
}

static char *
ConstraintText(CormForeignKey *fk, List *columns)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "{\"columns\": ");
	AppendNames(&buf, columns);
	AppendText(&buf, "target",
			   CormModelQualifiedName(CormRequireModel(fk->referenced)));
	if (!fk->to_primary_key)
	{
		appendStringInfoString(&buf, ", \"target_columns\": ");
		AppendNames(&buf, CormColumnNames(fk->referenced, fk->nkeys,
										  fk->pk_attnums));
	}
	if (fk->on_delete != FKCONSTR_ACTION_NOACTION)
		AppendText(&buf, "on_delete", CormReferentialActionWord(fk->on_delete));
	if (fk->on_update != FKCONSTR_ACTION_NOACTION)
		AppendText(&buf, "on_update", CormReferentialActionWord(fk->on_update));
	if (CormIsDeferrable(fk->referencing, fk->name, NULL))
		appendStringInfoString(&buf, ", \"is_deferrable\": true");
	if (!fk->validated)
		appendStringInfoString(&buf, ", \"validate\": false");
	appendStringInfoChar(&buf, '}');
	return buf.data;
}

static void
AppendNames(StringInfo buf, List *names)
{
	ListCell   *lc;

	appendStringInfoChar(buf, '[');
	foreach(lc, names)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(buf, ", ");
		escape_json(buf, lfirst(lc));
	}
	appendStringInfoChar(buf, ']');
}

static void
AppendLists(StringInfo buf, const char *option, List *lists)
{
	ListCell   *lc;

	foreach(lc, lists)
	{
		if (foreach_current_index(lc) == 0)
			appendStringInfo(buf, ",\n    \"%s\": [", option);
		else
			appendStringInfoString(buf, ", ");
		AppendNames(buf, lfirst(lc));
	}
	if (lists != NIL)
		appendStringInfoChar(buf, ']');
}

static int
CompareTexts(const ListCell *a, const ListCell *b)
{
	return strcmp(lfirst(a), lfirst(b));
}
