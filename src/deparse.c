/*-------------------------------------------------------------------------
 *
 * deparse.c
 *	  Plan tree -> SQL text of queries.
 *
 * Assumptions of the generator:
 *
 * - Every table, type, collation, function and operator is printed with its
 *	 schema, so the text means the same under every search_path.
 * - Tables are called t1, t2 ...; wrapping subqueries q and w, their columns
 *	 c1, c2 ... (the select list), o1, o2 ... (the order) and n (the place
 *	 within a parent's list); the parents' keys k with columns k1, k2 ...
 *	 Nothing a user named is ever an alias.
 * - Values are parameters, without exception; a LIMIT may be rounded up to a
 *	 power of two, of which there are few.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "deparse.h"
#include "deparse_expr.h"
#include "quote.h"

/* How a higher limit is planned for makes no difference. */
#define HIGHEST_CEILING 65536

/* ---------- the parents' keys ---------- */

/*
 * The keys of all parents as a table k, each once.
 */
static void
DeparseKeyTable(StringInfo buf, const CormSelect *select)
{
	appendStringInfoString(buf, "(SELECT DISTINCT u.* FROM ROWS FROM (");
	for (int i = 0; i < select->nkeys; i++)
		appendStringInfo(buf, "%spg_catalog.unnest($%d)", i ? ", " : "",
						 select->first_key_param + i);
	appendStringInfoString(buf, ") AS u (");
	for (int i = 0; i < select->nkeys; i++)
		appendStringInfo(buf, "%sk%d", i ? ", " : "", i + 1);
	appendStringInfoString(buf, ")) AS k");
}

/*
 * The row belongs to the parent whose key k is.
 */
static void
DeparseKeyMatch(StringInfo buf, const CormSelect *select)
{
	for (int i = 0; i < select->nkeys; i++)
	{
		const CormKeyPart *key = &select->keys[i];
		const CormTarget *target = list_nth(select->targets, key->child_target);
		const CormParam *param = list_nth(select->params, select->first_key_param - 1 + i);
		char	   *theirs = psprintf("k.k%d", i + 1);
		CormColumnRef ref = target->value->ref;
		char	   *mine = CormCollatedText(ref, key->collation);

		if (param->elemtype != key->parent_type)
			theirs = psprintf("%s::%s", theirs, CormQuoteType(key->parent_type));
		if (i > 0)
			appendStringInfoString(buf, " AND ");
		if (key->child_referenced)
			CormDeparseOperator(buf, mine, ref.column->typid, key->op,
								theirs, key->parent_type);
		else
			CormDeparseOperator(buf, theirs, key->parent_type, key->op,
								mine, ref.column->typid);
	}
}

static void
DeparseKeyCondition(StringInfo buf, const CormSelect *select)
{
	const CormKeyPart *key = &select->keys[0];
	CormColumnRef ref = ((CormTarget *) list_nth(select->targets, key->child_target))->value->ref;

	CormDeparseAny(buf, CormCollatedText(ref, key->collation), ref.column->typid,
			   key->child_referenced ? key->op : get_commutator(key->op),
			   select->first_key_param, key->parent_type);
}

static void
DeparseAndConditions(StringInfo buf, const CormSelect *select)
{
	if (select->scope->where == NIL)
		return;
	appendStringInfoString(buf, " AND ");
	CormDeparseList(buf, select, select->scope->where, " AND ");
}

static void
DeparseTables(StringInfo buf, const CormSelect *select)
{
	CormScope	tables = {.tables = select->scope->tables};

	CormDeparseScope(buf, select, &tables);
}

/*
 * FROM and WHERE of a whole statement, the parents' keys included.
 */
static void
DeparseFromWhere(StringInfo buf, const CormSelect *select)
{
	if (select->nkeys == 0)
	{
		CormDeparseScope(buf, select, select->scope);
		return;
	}

	DeparseTables(buf, select);
	if (select->keys_unnested)
	{
		appendStringInfoString(buf, " JOIN ");
		DeparseKeyTable(buf, select);
		appendStringInfoString(buf, " ON ");
		DeparseKeyMatch(buf, select);
		appendStringInfoString(buf, " WHERE true");
	}
	else
	{
		appendStringInfoString(buf, " WHERE ");
		DeparseKeyCondition(buf, select);
	}
	DeparseAndConditions(buf, select);
}

/* ---------- the select list and the order ---------- */

static void
DeparseTarget(StringInfo buf, const CormSelect *select, const CormTarget *target)
{
	CormDeparseValue(buf, select, target->value);
	if (OidIsValid(target->cast))
		appendStringInfo(buf, "::%s", CormQuoteType(target->cast));
}

void
CormDeparseTargets(StringInfo buf, const CormSelect *select)
{
	ListCell   *lc;

	foreach(lc, select->targets)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(buf, ", ");
		DeparseTarget(buf, select, lfirst(lc));
	}
}

static void
DeparseOrderTail(StringInfo buf, const CormOrder *order)
{
	if (order->descending)
		appendStringInfoString(buf, " DESC");
	if (order->nulls == CORM_NULLS_FIRST)
		appendStringInfoString(buf, " NULLS FIRST");
	else if (order->nulls == CORM_NULLS_LAST)
		appendStringInfoString(buf, " NULLS LAST");
}

/*
 * " ORDER BY ...": from the tables, or by number from the query inside, whose
 * order values start at "first".
 */
static void
DeparseOrderBy(StringInfo buf, const CormSelect *select, List *orders,
			   const char *source)
{
	ListCell   *lc;

	foreach(lc, orders)
	{
		const CormOrder *order = lfirst(lc);

		appendStringInfoString(buf, foreach_current_index(lc) ? ", " : " ORDER BY ");
		if (source)
			appendStringInfo(buf, "%s.o%d", source, foreach_current_index(lc) + 1);
		else
			CormDeparseValue(buf, select, order->value);
		DeparseOrderTail(buf, order);
	}
}

static void
DeparseLimit(StringInfo buf, int limit, int offset)
{
	if (limit)
		appendStringInfo(buf, " LIMIT $%d", limit);
	if (offset)
		appendStringInfo(buf, " OFFSET $%d", offset);
}

/* ---------- wrapping ---------- */

/*
 * The select list of a wrapped query: targets and order values by number, from
 * the tables or from the query inside.
 */
static void
DeparseNumbered(StringInfo buf, const CormSelect *select, const char *source,
				bool with_order)
{
	ListCell   *lc;

	foreach(lc, select->targets)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(buf, ", ");
		if (source)
			appendStringInfo(buf, "%s.c%d", source, foreach_current_index(lc) + 1);
		else
		{
			DeparseTarget(buf, select, lfirst(lc));
			appendStringInfo(buf, " AS c%d", foreach_current_index(lc) + 1);
		}
	}
	if (!with_order)
		return;
	foreach(lc, select->order)
	{
		if (select->targets != NIL || foreach_current_index(lc) > 0)
			appendStringInfoString(buf, ", ");
		if (source)
			appendStringInfo(buf, "%s.o%d", source, foreach_current_index(lc) + 1);
		else
		{
			CormDeparseValue(buf, select, ((CormOrder *) lfirst(lc))->value);
			appendStringInfo(buf, " AS o%d", foreach_current_index(lc) + 1);
		}
	}
}

/*
 * Equal keys of one parent may be spelled differently, so the collation matters
 * here too.
 */
static void
DeparseKeyTargets(StringInfo buf, const CormSelect *select, const char *source)
{
	for (int i = 0; i < select->nkeys; i++)
	{
		const CormKeyPart *key = &select->keys[i];
		const CormTarget *target = list_nth(select->targets, key->child_target);
		char	   *text = source ? psprintf("%s.c%d", source, key->child_target + 1) :
			CormColumnText(target->value->ref);

		if (i > 0)
			appendStringInfoString(buf, ", ");
		appendStringInfoString(buf, CormCollated(text, target->value->collation,
												 key->collation));
		if (source == NULL && OidIsValid(target->cast))
			appendStringInfo(buf, "::%s", CormQuoteType(target->cast));
	}
}

/*
 * Values (CormValue *) with commas; "after_others" puts one before the first.
 */
static void
DeparseValues(StringInfo buf, const CormSelect *select, List *values, bool after_others)
{
	ListCell   *lc;

	foreach(lc, values)
	{
		if (after_others || foreach_current_index(lc) > 0)
			appendStringInfoString(buf, ", ");
		CormDeparseValue(buf, select, lfirst(lc));
	}
}

/*
 * One row for each value of "distinct".
 */
static void
DeparseDistinct(StringInfo buf, const CormSelect *select)
{
	ListCell   *lc;

	appendStringInfoString(buf, "SELECT DISTINCT ON (");
	DeparseKeyTargets(buf, select, NULL);
	DeparseValues(buf, select, select->distinct, select->nkeys > 0);
	appendStringInfoString(buf, ") ");
	DeparseNumbered(buf, select, NULL, true);
	DeparseFromWhere(buf, select);
	appendStringInfoString(buf, " ORDER BY ");
	DeparseKeyTargets(buf, select, NULL);
	DeparseValues(buf, select, select->distinct, select->nkeys > 0);
	foreach(lc, select->distinct_order)
	{
		const CormOrder *order = lfirst(lc);

		appendStringInfoString(buf, ", ");
		CormDeparseValue(buf, select, order->value);
		DeparseOrderTail(buf, order);
	}
}

/*
 * FROM the rows that are kept of a root's.
 */
static void
DeparseKept(StringInfo buf, const CormSelect *select)
{
	appendStringInfoString(buf, " FROM (");
	DeparseDistinct(buf, select);
	appendStringInfoString(buf, ") AS q");
	if (select->kept_where != NIL)
	{
		appendStringInfoString(buf, " WHERE ");
		CormDeparseList(buf, select, select->kept_where, " AND ");
	}
}

/*
 * A slice of every parent's list, for few parents: each is looked up by itself,
 * which an index in the wanted order answers without reading the whole list.
 */
static void
DeparseLateral(StringInfo buf, const CormSelect *select)
{
	appendStringInfoString(buf, "SELECT ");
	DeparseNumbered(buf, select, "w", false);
	appendStringInfoString(buf, " FROM ");
	DeparseKeyTable(buf, select);
	appendStringInfoString(buf, " CROSS JOIN LATERAL (SELECT ");
	DeparseNumbered(buf, select, NULL, false);
	DeparseTables(buf, select);
	appendStringInfoString(buf, " WHERE ");
	DeparseKeyMatch(buf, select);
	DeparseAndConditions(buf, select);
	DeparseOrderBy(buf, select, select->order, NULL);
	DeparseLimit(buf, select->limit, select->offset);
	appendStringInfoString(buf, ") AS w");
}

/*
 * A slice of every parent's list, for many parents: all lists are read and
 * numbered.
 */
static void
DeparseNumberedSlice(StringInfo buf, const CormSelect *select)
{
	bool		distinct = select->distinct != NIL;
	const char *source = distinct ? "q" : NULL;

	appendStringInfoString(buf, "SELECT ");
	DeparseNumbered(buf, select, "w", false);
	appendStringInfoString(buf, " FROM (SELECT ");
	DeparseNumbered(buf, select, source, false);
	appendStringInfoString(buf, ", pg_catalog.row_number() OVER (PARTITION BY ");
	DeparseKeyTargets(buf, select, source);
	DeparseOrderBy(buf, select, select->order, source);
	appendStringInfoString(buf, ") AS n");
	if (distinct)
	{
		appendStringInfoString(buf, " FROM (");
		DeparseDistinct(buf, select);
		appendStringInfoString(buf, ") AS q");
	}
	else
		DeparseFromWhere(buf, select);
	appendStringInfoString(buf, ") AS w WHERE ");
	if (select->offset)
		appendStringInfo(buf, "w.n OPERATOR(pg_catalog.>) $%d%s", select->offset,
						 select->limit ? " AND " : "");
	if (select->limit && select->offset)
		appendStringInfo(buf, "w.n OPERATOR(pg_catalog.-) $%d OPERATOR(pg_catalog.<=) $%d",
						 select->offset, select->limit);
	else if (select->limit)
		appendStringInfo(buf, "w.n OPERATOR(pg_catalog.<=) $%d", select->limit);
	appendStringInfoString(buf, " ORDER BY w.n");
}

/*
 * Some of a table's rows: only the columns that are used of it.
 */
void
CormDeparseSubquery(StringInfo buf, const CormSelect *select, const CormTable *table)
{
	const CormSubquery *rows = table->rows;
	const char *glue = "";
	int			attnum = -1;

	appendStringInfoString(buf, "(SELECT ");
	while ((attnum = bms_next_member(table->used, attnum)) >= 0)
	{
		appendStringInfo(buf, "%st%d.%s", glue, rows->base->alias,
						 quote_identifier(CormColumnByNumber(table->model, attnum)->name));
		glue = ", ";
	}
	CormDeparseScope(buf, select, rows->scope);
	DeparseOrderBy(buf, select, rows->order, NULL);
	DeparseLimit(buf, rows->limit, rows->offset);
	appendStringInfoChar(buf, ')');
}

/*
 * Is this a child of whose rows each parent gets a slice?
 */
static bool
IsSliced(const CormSelect *select)
{
	return select->nkeys > 0 && (select->limit || select->offset);
}

/*
 * The query that fetches the rows of one level; a "ceiling" other than -1 stands
 * in place of the limit.
 */
static void
DeparseQuery(StringInfo buf, const CormSelect *select, bool few_parents, int64 ceiling)
{
	int			limit = ceiling < 0 ? select->limit : 0;

	if (IsSliced(select) && few_parents && select->distinct == NIL)
		DeparseLateral(buf, select);
	else if (IsSliced(select))
		DeparseNumberedSlice(buf, select);
	else if (select->distinct != NIL)
	{
		appendStringInfoString(buf, "SELECT ");
		DeparseNumbered(buf, select, "q", false);
		DeparseKept(buf, select);
		DeparseOrderBy(buf, select, select->order, "q");
		DeparseLimit(buf, limit, select->offset);
	}
	else
	{
		appendStringInfoString(buf, select->targets == NIL ? "SELECT" : "SELECT ");
		CormDeparseTargets(buf, select);
		DeparseFromWhere(buf, select);
		DeparseOrderBy(buf, select, select->order, NULL);
		DeparseLimit(buf, limit, select->offset);
	}
	if (ceiling >= 0)
		appendStringInfo(buf, " LIMIT " INT64_FORMAT, ceiling);
}

char *
CormDeparseSelect(const CormSelect *select, bool few_parents)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, select->label);
	DeparseQuery(&buf, select, few_parents, -1);
	return buf.data;
}

char *
CormDeparseRoots(const CormSelect *select, int64 *rows)
{
	StringInfoData buf;
	int64		ceiling = -1;

	*rows = -1;
	if (select->limit)
	{
		const CormParam *limit = list_nth(select->params, select->limit - 1);

		if (limit->number <= HIGHEST_CEILING)
		{
			*rows = limit->number;
			ceiling = *rows == 0 ? 0 : pg_nextpower2_64(*rows);
		}
	}
	initStringInfo(&buf);
	CormAppendLabel(&buf, select->label);
	DeparseQuery(&buf, select, true, ceiling);
	return buf.data;
}

/* ---------- groups ---------- */

/*
 * " AS q (c1, c2 ...)"
 */
static void
DeparseNumberedAlias(StringInfo buf, int ncolumns)
{
	appendStringInfoString(buf, " AS q");
	for (int i = 0; i < ncolumns; i++)
		appendStringInfo(buf, "%sc%d", i == 0 ? " (" : ", ", i + 1);
	if (ncolumns > 0)
		appendStringInfoChar(buf, ')');
}

static void
DeparseGroupValue(StringInfo buf, const CormSelect *rows, const CormGroupValue *value)
{
	if (value->never_null)
		appendStringInfoString(buf, "COALESCE(");
	else if (value->divisor)
		appendStringInfoChar(buf, '(');
	CormDeparseValue(buf, rows, value->value);
	if (value->divisor)
	{
		appendStringInfoString(buf, " OPERATOR(pg_catalog./) ");
		CormDeparseValue(buf, rows, value->divisor);
	}
	if (value->never_null)
		appendStringInfoString(buf, value->type == BOOLOID ? ", false)" : ", 0)");
	else if (value->divisor)
		appendStringInfoChar(buf, ')');
	if (value->type != value->value->type)
		appendStringInfo(buf, "::%s", CormQuoteType(value->type));
}

/*
 * Without values it still takes GROUP BY for all rows to be one group.
 */
void
CormDeparseGroups(StringInfo buf, const CormGroups *groups)
{
	ListCell   *lc;

	appendStringInfoString(buf, "(SELECT");
	foreach(lc, groups->values)
	{
		appendStringInfoString(buf, foreach_current_index(lc) == 0 ? " " : ", ");
		DeparseGroupValue(buf, groups->rows, lfirst(lc));
	}
	appendStringInfoString(buf, " FROM (");
	DeparseQuery(buf, groups->rows, false, -1);
	appendStringInfoChar(buf, ')');
	DeparseNumberedAlias(buf, list_length(groups->rows->targets));
	for (int i = 0; i < groups->nkeys; i++)
	{
		appendStringInfoString(buf, i == 0 ? " GROUP BY " : ", ");
		DeparseGroupValue(buf, groups->rows, list_nth(groups->values, i));
	}
	if (groups->values == NIL)
		appendStringInfoString(buf, " GROUP BY ()");
	appendStringInfoChar(buf, ')');
	DeparseNumberedAlias(buf, list_length(groups->values));
}

/* ---------- rows alone ---------- */

/*
 * The rows alone, for verbs that only count them.
 */
static void
DeparseBareRows(StringInfo buf, const CormSelect *select)
{
	appendStringInfoString(buf, "SELECT");
	if (select->distinct != NIL)
	{
		appendStringInfoString(buf, " DISTINCT ");
		DeparseValues(buf, select, select->distinct, false);
	}
	DeparseFromWhere(buf, select);
	DeparseLimit(buf, select->limit, select->offset);
}

char *
CormDeparseCount(const CormSelect *select)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, select->label);
	appendStringInfoString(&buf, "SELECT pg_catalog.count(*)");
	if (select->limit || select->offset || select->distinct != NIL)
	{
		appendStringInfoString(&buf, " FROM (");
		DeparseBareRows(&buf, select);
		appendStringInfoString(&buf, ") AS q");
	}
	else
		DeparseFromWhere(&buf, select);
	return buf.data;
}

char *
CormDeparseExists(const CormSelect *select)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, select->label);
	appendStringInfoString(&buf, "SELECT EXISTS (");
	DeparseBareRows(&buf, select);
	appendStringInfoChar(&buf, ')');
	return buf.data;
}
