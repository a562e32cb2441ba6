/*-------------------------------------------------------------------------
 *
 * deparse_tree.c
 *	  What a self relation leads to in any number of steps, as SQL text.
 *
 * A recursive query walks the keys; UNION drops what was met before, so it ends
 * on every graph.  The rows are joined to the keys afterwards.  Within it x is
 * the table, l the link, r what was reached so far.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "deparse_expr.h"
#include "expr.h"
#include "quote.h"

static char *
ColumnOf(const char *alias, const CormModel *model, AttrNumber attnum)
{
	return psprintf("%s.%s", alias, quote_identifier(CormColumnByNumber(model, attnum)->name));
}

/*
 * referenced = referencing for every column of a foreign key.
 */
static void
DeparseStep(StringInfo buf, const CormForeignKey *fk,
			const char *referenced, const CormModel *referenced_model,
			const char *referencing, const CormModel *referencing_model)
{
	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormColumn *left = CormColumnByNumber(referenced_model, fk->pk_attnums[i]);
		const CormColumn *right = CormColumnByNumber(referencing_model, fk->fk_attnums[i]);

		if (i > 0)
			appendStringInfoString(buf, " AND ");
		CormDeparseOperator(buf, ColumnOf(referenced, referenced_model, left->attnum),
							left->typid, fk->eq_ops[i],
							CormCollated(ColumnOf(referencing, referencing_model, right->attnum),
										 right->collation, left->collation),
							right->typid);
	}
}

/*
 * The columns that the walk needs: the key, and those that lead on.
 */
static Bitmapset *
WalkedColumns(const CormTable *table)
{
	const CormRelation *relation = table->closure;
	bool		by_referenced = relation->reverse || OidIsValid(relation->through);
	Bitmapset  *walked = NULL;

	for (int i = 0; i < table->model->nkey; i++)
		walked = bms_add_member(walked, table->model->key[i]);
	for (int i = 0; i < relation->fk->nkeys; i++)
		walked = bms_add_member(walked, by_referenced ? relation->fk->pk_attnums[i] :
								relation->fk->fk_attnums[i]);
	return walked;
}

static void
DeparseColumnsOf(StringInfo buf, const char *alias, const CormModel *model,
				 const Bitmapset *columns)
{
	const char *glue = "";
	int			attnum = -1;

	while ((attnum = bms_next_member(columns, attnum)) >= 0)
	{
		appendStringInfo(buf, "%s%s", glue, ColumnOf(alias, model, attnum));
		glue = ", ";
	}
}

/*
 * One step: the rows x that "from" leads to.  What is reached so far stands in
 * FROM as r, the place where it starts does not.
 */
static void
DeparseOneStep(StringInfo buf, const CormTable *table, const char *from, bool further)
{
	const CormRelation *relation = table->closure;
	const CormModel *model = table->model;
	const char *name = CormQuoteTable(model->relid);

	appendStringInfoString(buf, "SELECT ");
	DeparseColumnsOf(buf, "x", model, WalkedColumns(table));
	appendStringInfoString(buf, further ? " FROM r JOIN " : " FROM ");
	if (OidIsValid(relation->through))
	{
		const CormModel *through = CormModelByRelid(relation->through);

		CormDeparseLink(buf, relation, through);
		appendStringInfoString(buf, " AS l");
		if (further)
		{
			appendStringInfoString(buf, " ON ");
			DeparseStep(buf, relation->fk, from, model, "l", through);
		}
		appendStringInfo(buf, " JOIN %s AS x ON ", name);
		DeparseStep(buf, relation->far_fk, "x", model, "l", through);
		if (!further)
		{
			appendStringInfoString(buf, " WHERE ");
			DeparseStep(buf, relation->fk, from, model, "l", through);
		}
		return;
	}
	appendStringInfo(buf, "%s AS x %s ", name, further ? "ON" : "WHERE");
	if (relation->reverse)
		DeparseStep(buf, relation->fk, from, model, "x", model);
	else
		DeparseStep(buf, relation->fk, "x", model, from, model);
}

void
CormDeparseClosure(StringInfo buf, const CormTable *table)
{
	const CormModel *model = table->model;

	appendStringInfoString(buf, table->join == CORM_JOIN_NONE ? "(" : "LATERAL (");
	appendStringInfoString(buf, "WITH RECURSIVE r AS (");
	DeparseOneStep(buf, table, psprintf("t%d", table->via_alias), false);
	appendStringInfoString(buf, " UNION ");
	DeparseOneStep(buf, table, "r", true);
	appendStringInfoString(buf, ") SELECT ");
	DeparseColumnsOf(buf, "x", model, table->used);
	appendStringInfo(buf, " FROM r JOIN %s AS x ON ", CormQuoteTable(model->relid));
	for (int i = 0; i < model->nkey; i++)
	{
		const CormColumn *column = CormColumnByNumber(model, model->key[i]);

		if (i > 0)
			appendStringInfoString(buf, " AND ");
		CormDeparseOperator(buf, ColumnOf("x", model, column->attnum), column->typid,
							CormEqualityOperator(column),
							ColumnOf("r", model, column->attnum), column->typid);
	}
	appendStringInfoChar(buf, ')');
}
