/*-------------------------------------------------------------------------
 *
 * deparse_bulk.c
 *	  SQL text of statements that write many rows.
 *
 * Rows come as one array for each column.  These are unnested side by side in
 * the select list of a subquery k, not in FROM: there each would be stored
 * first.  Its columns are k1, k2 ... and the row's place.
 *
 * The assumptions of deparse_write.c hold here too.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "deparse.h"
#include "deparse_bulk.h"
#include "deparse_expr.h"
#include "expr.h"
#include "quote.h"

static char *
Given(const CormColumnValue *value, int n)
{
	return value->as_text ? psprintf("k.k%d::%s", n, CormQuoteType(value->column->typid)) :
		psprintf("k.k%d", n);
}

static void
AppendEqual(StringInfo buf, const CormColumn *column, char *right)
{
	CormDeparseOperator(buf, psprintf("t1.%s", quote_identifier(column->name)), column->typid,
						CormEqualityOperator(column), right, column->typid);
}

/*
 * "k1, k2 ..." of unnested arrays, the first being column n.
 */
static void
AppendUnnested(StringInfo buf, List *values, int n)
{
	ListCell   *lc;

	foreach(lc, values)
		appendStringInfo(buf, "%spg_catalog.unnest($%d) AS k%d",
						 foreach_current_index(lc) ? ", " : "",
						 ((CormColumnValue *) lfirst(lc))->param,
						 n + foreach_current_index(lc));
}

/* ---------- insert ---------- */

static void
AppendConflict(StringInfo buf, const CormBulkRows *rows)
{
	const CormConflict *conflict = rows->conflict;
	ListCell   *lc;

	if (conflict->action == CORM_CONFLICT_ERROR)
		return;
	appendStringInfoString(buf, " ON CONFLICT");
	foreach(lc, conflict->key)
		appendStringInfo(buf, "%s%s", foreach_current_index(lc) ? ", " : " (",
						 quote_identifier(((CormColumn *) lfirst(lc))->name));
	if (conflict->key != NIL)
		appendStringInfoChar(buf, ')');
	if (conflict->action == CORM_CONFLICT_IGNORE)
	{
		appendStringInfoString(buf, " DO NOTHING");
		return;
	}
	appendStringInfoString(buf, " DO UPDATE SET ");
	foreach(lc, rows->overwritten)
	{
		const char *name = quote_identifier(((CormColumn *) lfirst(lc))->name);

		appendStringInfo(buf, "%s%s = excluded.%s",
						 foreach_current_index(lc) ? ", " : "", name, name);
	}
}

/* What the text depends on. */
static void
SpellRows(CormSpelling *spelling, const CormBulkRows *rows, const CormSelect *returning)
{
	CormSpellStatement(spelling, 'B', rows->model, rows->label);
	CormSpellValues(spelling, rows->values);
	CormSpellNumber(spelling, rows->first);
	CormSpellNumber(spelling, rows->last);
	CormSpellNumber(spelling, rows->conflict->action);
	CormSpellColumns(spelling, rows->conflict->key);
	CormSpellColumns(spelling, rows->overwritten);
	CormSpellReturning(spelling, returning);
}

/*
 * bulk_row() tells which row is being written.  Its call stays where it is, the
 * subquery having a set in its select list; a place behind the last row tells
 * that there is none any more.
 */
char *
CormDeparseBulkInsert(const CormBulkRows *rows, const CormSelect *returning)
{
	CormSpelling spelling;
	StringInfoData buf;
	char	   *kept;
	ListCell   *lc;

	SpellRows(&spelling, rows, returning);
	kept = CormTextFind(&spelling);
	if (kept != NULL)
		return kept;
	initStringInfo(&buf);
	CormAppendLabel(&buf, rows->label);
	appendStringInfo(&buf, "INSERT INTO %s AS t1", CormQuoteTable(rows->model->relid));
	foreach(lc, rows->values)
		appendStringInfo(&buf, "%s%s", foreach_current_index(lc) ? ", " : " (",
						 quote_identifier(((CormColumnValue *) lfirst(lc))->column->name));
	appendStringInfoString(&buf, rows->values == NIL ? " SELECT" : ") SELECT ");
	foreach(lc, rows->values)
		appendStringInfo(&buf, "%s%s", foreach_current_index(lc) ? ", " : "",
						 Given(lfirst(lc), foreach_current_index(lc) + 1));
	appendStringInfoString(&buf, " FROM (SELECT ");
	AppendUnnested(&buf, rows->values, 1);
	appendStringInfo(&buf, "%spg_catalog.generate_series($%d, $%d) AS place) AS k"
					 " WHERE corm.bulk_row(k.place)", rows->values == NIL ? "" : ", ",
					 rows->first, rows->last);
	AppendConflict(&buf, rows);
	if (returning && returning->targets != NIL)
	{
		appendStringInfoString(&buf, " RETURNING ");
		CormDeparseTargets(&buf, returning);
	}
	return CormTextKeep(&spelling, buf.data);
}

/* ---------- update ---------- */

static void
AppendChange(StringInfo buf, const CormBulkChange *change, int n)
{
	const char *name = quote_identifier(change->value->column->name);

	appendStringInfo(buf, "%s = ", name);
	if (change->given)
		appendStringInfo(buf, "CASE WHEN k.g%d THEN %s ELSE t1.%s END", n,
						 Given(change->value, n), name);
	else
		appendStringInfoString(buf, Given(change->value, n));
}

char *
CormDeparseBulkUpdate(const CormModel *model, const char *label, List *keys, List *changes)
{
	StringInfoData buf;
	int			nkeys = list_length(keys);
	ListCell   *lc;

	initStringInfo(&buf);
	CormAppendLabel(&buf, label);
	appendStringInfo(&buf, "UPDATE %s AS t1 SET ", CormQuoteTable(model->relid));
	foreach(lc, changes)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(&buf, ", ");
		AppendChange(&buf, lfirst(lc), nkeys + 1 + foreach_current_index(lc));
	}
	appendStringInfoString(&buf, " FROM (SELECT ");
	AppendUnnested(&buf, keys, 1);
	foreach(lc, changes)
	{
		const CormBulkChange *change = lfirst(lc);
		int			n = nkeys + 1 + foreach_current_index(lc);

		appendStringInfoString(&buf, ", ");
		AppendUnnested(&buf, list_make1(change->value), n);
		if (change->given)
			appendStringInfo(&buf, ", pg_catalog.unnest($%d) AS g%d", change->given, n);
	}
	appendStringInfoString(&buf, ") AS k WHERE ");
	foreach(lc, keys)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(&buf, " AND ");
		AppendEqual(&buf, ((CormColumnValue *) lfirst(lc))->column,
					Given(lfirst(lc), foreach_current_index(lc) + 1));
	}
	return buf.data;
}

/* ---------- looking ---------- */

char *
CormDeparseFind(const CormModel *model, const char *label, List *values, int places,
				List *wanted, List *types, bool lock)
{
	StringInfoData buf;
	ListCell   *lc;
	ListCell   *lt;

	initStringInfo(&buf);
	CormAppendLabel(&buf, label);
	appendStringInfoString(&buf, "SELECT k.place");
	forboth(lc, wanted, lt, types)
		appendStringInfo(&buf, ", t1.%s::%s",
						 quote_identifier(((CormColumn *) lfirst(lc))->name),
						 CormQuoteType(lfirst_oid(lt)));
	appendStringInfoString(&buf, " FROM (SELECT ");
	AppendUnnested(&buf, values, 1);
	appendStringInfo(&buf, ", pg_catalog.unnest($%d) AS place) AS k JOIN %s AS t1 ON ",
					 places, CormQuoteTable(model->relid));
	foreach(lc, values)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(&buf, " AND ");
		AppendEqual(&buf, ((CormColumnValue *) lfirst(lc))->column,
					Given(lfirst(lc), foreach_current_index(lc) + 1));
	}
	for (int i = 0; lock && i < model->nkey; i++)
		appendStringInfo(&buf, "%st1.%s", i > 0 ? ", " : " ORDER BY ",
						 quote_identifier(CormColumnByNumber(model, model->key[i])->name));
	if (lock)
		appendStringInfoString(&buf, " FOR NO KEY UPDATE OF t1");
	return buf.data;
}

char *
CormDeparseKeep(const CormModel *model, const char *label, List *key)
{
	StringInfoData buf;
	ListCell   *lc;

	initStringInfo(&buf);
	CormAppendLabel(&buf, label);
	appendStringInfo(&buf, "SELECT FROM %s AS t1 WHERE ", CormQuoteTable(model->relid));
	foreach(lc, key)
	{
		const CormColumnValue *value = lfirst(lc);

		if (foreach_current_index(lc) > 0)
			appendStringInfoString(&buf, " AND ");
		AppendEqual(&buf, value->column, psprintf("$%d", value->param));
	}
	appendStringInfoString(&buf, " FOR KEY SHARE");
	return buf.data;
}
