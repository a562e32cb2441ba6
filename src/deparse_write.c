/*-------------------------------------------------------------------------
 *
 * deparse_write.c
 *	  SQL text of statements that write.
 *
 * The written table is t1, the keys or links given as arrays are k with columns
 * k1, k2 ..., a second look at the written table is x.  The assumptions of
 * deparse.c hold here too: qualified names, parameters for all values, and the
 * default equality of each column's type.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "deparse.h"
#include "deparse_expr.h"
#include "deparse_write.h"
#include "lookup.h"
#include "quote.h"
#include "typeorder.h"

/* ---------- pieces ---------- */

static char *
Column(const char *table, const CormColumn *column)
{
	return psprintf("%s.%s", table, quote_identifier(column->name));
}

static char *
ParamText(const CormColumnValue *value)
{
	return psprintf("$%d", value->param);
}

/*
 * The n'th column of the given arrays, as a value of its column's type.
 */
static char *
Given(const CormColumnValue *value, int n)
{
	return value->as_text ? psprintf("k.k%d::%s", n, CormQuoteType(value->column->typid)) :
		psprintf("k.k%d", n);
}

static void
AppendEqual(StringInfo buf, const CormColumn *column, char *left, char *right)
{
	CormDeparseOperator(buf, left, column->typid, CormEqualityOperator(column),
						right, column->typid);
}

/*
 * left and right differ, NULL being a value like others.  A type without
 * equality is compared by its text.
 */
static void
AppendDiffers(StringInfo buf, const CormColumn *column, char *left, char *right)
{
	appendStringInfoString(buf, "((");
	if (OidIsValid(CormTypeEquality(getBaseType(column->typid))))
		AppendEqual(buf, column, left, right);
	else
		appendStringInfo(buf, "%s::pg_catalog.text OPERATOR(pg_catalog.=) %s::pg_catalog.text",
						 left, right);
	appendStringInfo(buf, ") IS NOT TRUE AND NOT (%s IS NULL AND %s IS NULL))", left, right);
}

/*
 * Two foreign keys of a link may have a column in common, which then comes twice
 * in its pair, with the same value: it is written once.
 */
static bool
ComesAgain(List *values, int n)
{
	for (int i = 0; i < n; i++)
		if (((CormColumnValue *) list_nth(values, i))->column ==
			((CormColumnValue *) list_nth(values, n))->column)
			return true;
	return false;
}

static void
AppendNames(StringInfo buf, List *values)
{
	ListCell   *lc;

	foreach(lc, values)
		if (!ComesAgain(values, foreach_current_index(lc)))
			appendStringInfo(buf, "%s%s", foreach_current_index(lc) ? ", " : "",
							 quote_identifier(((CormColumnValue *) lfirst(lc))->column->name));
}

static void
AppendUnnest(StringInfo buf, List *values)
{
	ListCell   *lc;

	appendStringInfoString(buf, "ROWS FROM (");
	foreach(lc, values)
		appendStringInfo(buf, "%spg_catalog.unnest($%d)", foreach_current_index(lc) ? ", " : "",
						 ((CormColumnValue *) lfirst(lc))->param);
	appendStringInfoString(buf, ") AS k (");
	foreach(lc, values)
		appendStringInfo(buf, "%sk%d", foreach_current_index(lc) ? ", " : "",
						 foreach_current_index(lc) + 1);
	appendStringInfoChar(buf, ')');
}

/*
 * The same in the order of the arrays, none of which is stored first.
 */
static void
AppendSideBySide(StringInfo buf, List *values)
{
	ListCell   *lc;

	appendStringInfoString(buf, "(SELECT ");
	foreach(lc, values)
		appendStringInfo(buf, "%spg_catalog.unnest($%d) AS k%d",
						 foreach_current_index(lc) ? ", " : "",
						 ((CormColumnValue *) lfirst(lc))->param, foreach_current_index(lc) + 1);
	appendStringInfoString(buf, ") AS k");
}

static void
AppendTable(StringInfo buf, const char *label, const char *verb, const CormModel *model)
{
	CormAppendLabel(buf, label);
	appendStringInfo(buf, "%s%s AS t1", verb, CormQuoteTable(model->relid));
}

/* ---------- texts that are kept ---------- */

/* A list of CormColumnValue *. */
void
CormSpellValues(CormSpelling *spelling, List *values)
{
	ListCell   *lc;

	CormSpellNumber(spelling, list_length(values));
	foreach(lc, values)
	{
		const CormColumnValue *value = lfirst(lc);

		CormSpellColumn(spelling, value->column);
		CormSpellNumber(spelling, value->param);
		CormSpellNumber(spelling, value->as_text);
	}
}

void
CormSpellReturning(CormSpelling *spelling, const CormSelect *returning)
{
	ListCell   *lc;

	foreach(lc, returning ? returning->targets : NIL)
	{
		const CormTarget *target = lfirst(lc);

		if (target->value->kind != CORM_VALUE_COLUMN || OidIsValid(target->cast) ||
			OidIsValid(target->value->collate))
		{
			spelling->whole = false;
			return;
		}
		CormSpellNumber(spelling, target->value->ref.table->alias);
		CormSpellColumn(spelling, target->value->ref.column);
	}
}

static void
SpellRows(CormSpelling *spelling, char statement, const CormWriteRows *rows)
{
	CormSpellStatement(spelling, statement, rows->model, rows->label);
	CormSpellValues(spelling, rows->fixed);
	CormSpellValues(spelling, rows->keys);
	CormSpellNumber(spelling, rows->test);
	CormSpellValues(spelling, rows->besides);
	CormSpellValues(spelling, rows->except);
	CormSpellNumber(spelling, rows->either_way);
	CormSpellValues(spelling, rows->differing);
	CormSpellColumns(spelling, rows->filled);
	CormSpellColumns(spelling, rows->lock_order);
}

static void
SpellNewLinks(CormSpelling *spelling, const CormNewLinks *links)
{
	CormSpellStatement(spelling, 'L', links->model, links->label);
	CormSpellValues(spelling, links->pair);
	CormSpellValues(spelling, links->extra);
	CormSpellNumber(spelling, links->single);
	CormSpellNumber(spelling, links->arbiter);
	CormSpellNumber(spelling, links->only_new);
	CormSpellNumber(spelling, links->look_first);
	CormSpellNumber(spelling, links->either_way);
}

/* ---------- which rows ---------- */

/*
 * The columns of "fixed" equal the values of "values".
 */
static void
AppendFixed(StringInfo buf, List *fixed, List *values)
{
	ListCell   *lc;
	ListCell   *lv;

	forboth(lc, fixed, lv, values)
	{
		const CormColumn *column = ((CormColumnValue *) lfirst(lc))->column;

		if (foreach_current_index(lc) > 0)
			appendStringInfoString(buf, " AND ");
		AppendEqual(buf, column, Column("t1", column), ParamText(lfirst(lv)));
	}
	if (fixed == NIL)
		appendStringInfoString(buf, "true");
}

/*
 * The columns of "keys" equal one element of the arrays of "values".
 */
static void
AppendAmong(StringInfo buf, List *keys, List *values)
{
	const CormColumnValue *key = linitial(keys);
	const CormColumnValue *value = linitial(values);
	ListCell   *lc;
	ListCell   *lv;

	if (list_length(keys) == 1 && !value->as_text)
	{
		CormDeparseAny(buf, Column("t1", key->column), key->column->typid,
					   CormEqualityOperator(key->column), value->param,
					   key->column->typid);
		return;
	}

	appendStringInfoString(buf, "EXISTS (SELECT FROM ");
	AppendUnnest(buf, values);
	appendStringInfoString(buf, " WHERE ");
	forboth(lc, keys, lv, values)
	{
		const CormColumn *column = ((CormColumnValue *) lfirst(lc))->column;

		if (foreach_current_index(lc) > 0)
			appendStringInfoString(buf, " AND ");
		AppendEqual(buf, column, Column("t1", column),
					Given(lfirst(lv), foreach_current_index(lc) + 1));
	}
	appendStringInfoChar(buf, ')');
}

static void
AppendOneWay(StringInfo buf, const CormWriteRows *rows, List *fixed, List *keys)
{
	switch (rows->test)
	{
		case CORM_KEYS_ALL:
			AppendFixed(buf, fixed, rows->fixed);
			break;
		case CORM_KEYS_IN:
			AppendFixed(buf, fixed, rows->fixed);
			appendStringInfoString(buf, " AND ");
			AppendAmong(buf, keys, rows->keys);
			break;
		case CORM_KEYS_NOT_IN:
			AppendFixed(buf, fixed, rows->fixed);
			appendStringInfoString(buf, " AND (");
			AppendAmong(buf, keys, rows->keys);
			appendStringInfoString(buf, ") IS NOT TRUE");
			break;
		case CORM_KEYS_OR_FIXED:
			AppendFixed(buf, fixed, rows->fixed);
			appendStringInfoString(buf, " OR ");
			AppendAmong(buf, keys, rows->keys);
			break;
	}
}

static void
AppendWhere(StringInfo buf, const CormWriteRows *rows)
{
	ListCell   *lc;

	appendStringInfoString(buf, " WHERE (");
	AppendOneWay(buf, rows, rows->fixed, rows->keys);
	if (rows->either_way)
	{
		appendStringInfoString(buf, " OR ");
		AppendOneWay(buf, rows, rows->keys, rows->fixed);
	}
	if (rows->besides != NIL)
	{
		appendStringInfoString(buf, " OR ");
		AppendAmong(buf, rows->besides, rows->besides);
	}
	appendStringInfoChar(buf, ')');
	if (rows->except != NIL)
	{
		appendStringInfoString(buf, " AND (");
		AppendAmong(buf, rows->except, rows->except);
		appendStringInfoString(buf, ") IS NOT TRUE");
	}
	foreach(lc, rows->differing)
	{
		const CormColumnValue *value = lfirst(lc);

		appendStringInfoString(buf, foreach_current_index(lc) ? " OR " : " AND (");
		AppendDiffers(buf, value->column, Column("t1", value->column), ParamText(value));
	}
	if (rows->differing != NIL)
		appendStringInfoChar(buf, ')');
	foreach(lc, rows->filled)
		appendStringInfo(buf, " AND %s IS NOT NULL", Column("t1", lfirst(lc)));
}

/* ---------- statements ---------- */

char *
CormDeparseInsert(const CormModel *model, const char *label, List *assigned,
				  const CormSelect *returning)
{
	CormSpelling spelling;
	StringInfoData buf;
	char	   *kept;
	ListCell   *lc;

	CormSpellStatement(&spelling, 'I', model, label);
	CormSpellValues(&spelling, assigned);
	CormSpellReturning(&spelling, returning);
	kept = CormTextFind(&spelling);
	if (kept != NULL)
		return kept;
	initStringInfo(&buf);
	AppendTable(&buf, label, "INSERT INTO ", model);
	if (assigned == NIL)
		appendStringInfoString(&buf, " DEFAULT VALUES");
	else
	{
		appendStringInfoString(&buf, " (");
		AppendNames(&buf, assigned);
		appendStringInfoString(&buf, ") VALUES (");
		foreach(lc, assigned)
			appendStringInfo(&buf, "%s%s", foreach_current_index(lc) ? ", " : "",
							 ParamText(lfirst(lc)));
		appendStringInfoChar(&buf, ')');
	}
	if (returning && returning->targets != NIL)
	{
		appendStringInfoString(&buf, " RETURNING ");
		CormDeparseTargets(&buf, returning);
	}
	return CormTextKeep(&spelling, buf.data);
}

char *
CormDeparseUpdate(const CormWriteRows *rows, List *assigned)
{
	StringInfoData buf;
	ListCell   *lc;

	initStringInfo(&buf);
	AppendTable(&buf, rows->label, "UPDATE ", rows->model);
	foreach(lc, assigned)
	{
		const CormColumnValue *value = lfirst(lc);

		appendStringInfo(&buf, "%s%s = %s", foreach_current_index(lc) ? ", " : " SET ",
						 quote_identifier(value->column->name), ParamText(value));
	}
	AppendWhere(&buf, rows);
	return buf.data;
}

char *
CormDeparseDelete(const CormWriteRows *rows)
{
	CormSpelling spelling;
	StringInfoData buf;
	char	   *kept;

	SpellRows(&spelling, 'D', rows);
	kept = CormTextFind(&spelling);
	if (kept != NULL)
		return kept;
	initStringInfo(&buf);
	AppendTable(&buf, rows->label, "DELETE FROM ", rows->model);
	AppendWhere(&buf, rows);
	return CormTextKeep(&spelling, buf.data);
}

char *
CormDeparseLock(const CormWriteRows *rows, bool for_delete)
{
	StringInfoData buf;
	ListCell   *lc;

	initStringInfo(&buf);
	AppendTable(&buf, rows->label, "SELECT FROM ", rows->model);
	AppendWhere(&buf, rows);
	foreach(lc, rows->lock_order)
		appendStringInfo(&buf, "%s%s", foreach_current_index(lc) ? ", " : " ORDER BY ",
						 Column("t1", lfirst(lc)));
	appendStringInfoString(&buf, for_delete ? " FOR UPDATE" : " FOR NO KEY UPDATE");
	return buf.data;
}

char *
CormDeparseRowCount(const CormWriteRows *rows)
{
	StringInfoData buf;

	initStringInfo(&buf);
	AppendTable(&buf, rows->label, "SELECT pg_catalog.count(*) FROM ", rows->model);
	AppendWhere(&buf, rows);
	return buf.data;
}

char *
CormDeparseSetConstraint(Oid relid, const char *name, bool deferred)
{
	return psprintf("SET CONSTRAINTS %s.%s %s",
					quote_identifier(get_namespace_name(get_rel_namespace(relid))),
					quote_identifier(name), deferred ? "DEFERRED" : "IMMEDIATE");
}

/* ---------- links ---------- */

/*
 * x (or t1) is the link of the given pair; "turned" compares the first half of
 * the pair's columns with the second half's values and the other way round.
 */
static void
AppendPair(StringInfo buf, const CormNewLinks *links, const char *table, bool turned)
{
	int			n = list_length(links->pair);

	for (int i = 0; i < n; i++)
	{
		const CormColumnValue *column = list_nth(links->pair, i);
		int			other = turned ? (i + n / 2) % n : i;
		const CormColumnValue *value = list_nth(links->pair, other);

		if (i > 0)
			appendStringInfoString(buf, " AND ");
		AppendEqual(buf, column->column, Column(table, column->column), Given(value, other + 1));
	}
}

static void
AppendPairEitherWay(StringInfo buf, const CormNewLinks *links, const char *table)
{
	appendStringInfoChar(buf, '(');
	AppendPair(buf, links, table, false);
	if (links->either_way)
	{
		appendStringInfoString(buf, " OR ");
		AppendPair(buf, links, table, true);
	}
	appendStringInfoChar(buf, ')');
}

/*
 * Values in parameters have lost their column's collation, in whose order the
 * rows of the table are locked.
 */
static void
AppendInOrder(StringInfo buf, const CormColumnValue *value, int n)
{
	Oid			collation = value->column->collation;

	appendStringInfo(buf, "%s%s", n > 1 ? ", " : "", Given(value, n));
	if (OidIsValid(collation))
		appendStringInfo(buf, " COLLATE %s", CormQuoteCollation(collation));
}

static void
AppendLinkRows(StringInfo buf, const CormNewLinks *links, List *columns)
{
	ListCell   *lc;

	if (links->single && !links->look_first)
	{
		appendStringInfoString(buf, " VALUES (");
		foreach(lc, columns)
			if (!ComesAgain(columns, foreach_current_index(lc)))
				appendStringInfo(buf, "%s%s", foreach_current_index(lc) ? ", " : "",
								 ParamText(lfirst(lc)));
		appendStringInfoChar(buf, ')');
		return;
	}

	appendStringInfoString(buf, " SELECT ");
	foreach(lc, columns)
		if (!ComesAgain(columns, foreach_current_index(lc)))
			appendStringInfo(buf, "%s%s", foreach_current_index(lc) ? ", " : "",
							 Given(lfirst(lc), foreach_current_index(lc) + 1));
	appendStringInfoString(buf, " FROM ");
	if (!links->look_first)
	{
		AppendSideBySide(buf, columns);
		return;
	}
	AppendUnnest(buf, columns);
	appendStringInfo(buf, " WHERE NOT EXISTS (SELECT FROM %s AS x WHERE ",
					 CormQuoteTable(links->model->relid));
	AppendPairEitherWay(buf, links, "x");
	appendStringInfoString(buf, ") ORDER BY ");
	foreach(lc, links->pair)
		AppendInOrder(buf, lfirst(lc), foreach_current_index(lc) + 1);
}

static void
AppendOnConflict(StringInfo buf, const CormNewLinks *links)
{
	bool		leave = links->extra == NIL || links->either_way || links->only_new;
	ListCell   *lc;

	appendStringInfoString(buf, " ON CONFLICT (");
	AppendNames(buf, links->pair);
	appendStringInfoString(buf, leave ? ") DO NOTHING" : ") DO UPDATE");
	if (leave)
		return;
	foreach(lc, links->extra)
	{
		const char *name = quote_identifier(((CormColumnValue *) lfirst(lc))->column->name);

		appendStringInfo(buf, "%s%s = excluded.%s",
						 foreach_current_index(lc) ? ", " : " SET ", name, name);
	}
	foreach(lc, links->extra)
	{
		const CormColumn *column = ((CormColumnValue *) lfirst(lc))->column;

		appendStringInfoString(buf, foreach_current_index(lc) ? " OR " : " WHERE ");
		AppendDiffers(buf, column, Column("t1", column), Column("excluded", column));
	}
}

char *
CormDeparseInsertLinks(const CormNewLinks *links)
{
	CormSpelling spelling;
	StringInfoData buf;
	List	   *columns;
	char	   *kept;

	SpellNewLinks(&spelling, links);
	kept = CormTextFind(&spelling);
	if (kept != NULL)
		return kept;
	columns = list_concat_copy(links->pair, links->extra);
	initStringInfo(&buf);
	AppendTable(&buf, links->label, "INSERT INTO ", links->model);
	appendStringInfoString(&buf, " (");
	AppendNames(&buf, columns);
	appendStringInfoChar(&buf, ')');
	AppendLinkRows(&buf, links, columns);
	if (links->arbiter)
		AppendOnConflict(&buf, links);
	return CormTextKeep(&spelling, buf.data);
}

char *
CormDeparseUpdateLinks(const CormNewLinks *links)
{
	StringInfoData buf;
	List	   *columns = list_concat_copy(links->pair, links->extra);
	int			first = list_length(links->pair) + 1;
	ListCell   *lc;

	initStringInfo(&buf);
	AppendTable(&buf, links->label, "UPDATE ", links->model);
	foreach(lc, links->extra)
	{
		const CormColumnValue *value = lfirst(lc);

		appendStringInfo(&buf, "%s%s = %s", foreach_current_index(lc) ? ", " : " SET ",
						 quote_identifier(value->column->name),
						 Given(value, first + foreach_current_index(lc)));
	}
	appendStringInfoString(&buf, " FROM ");
	AppendUnnest(&buf, columns);
	appendStringInfoString(&buf, " WHERE ");
	AppendPairEitherWay(&buf, links, "t1");
	foreach(lc, links->extra)
	{
		const CormColumnValue *value = lfirst(lc);

		appendStringInfoString(&buf, foreach_current_index(lc) ? " OR " : " AND (");
		AppendDiffers(&buf, value->column, Column("t1", value->column),
					  Given(value, first + foreach_current_index(lc)));
	}
	appendStringInfoChar(&buf, ')');
	return buf.data;
}
