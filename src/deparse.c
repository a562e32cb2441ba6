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
 * - Values are parameters, without exception.
 * - Operators come from the tree as OIDs and are printed with casts to their
 *	 input types, as the server's own referential checks do.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "deparse.h"
#include "lookup.h"
#include "quote.h"

static void DeparseExpr(StringInfo buf, const CormSelect *select, const CormExpr *expr);
static void DeparseScope(StringInfo buf, const CormSelect *select, const CormScope *scope);

/* ---------- columns ---------- */

void
CormDeparseColumn(StringInfo buf, CormColumnRef ref)
{
	appendStringInfo(buf, "t%d.%s", ref.table->alias, quote_identifier(ref.column->name));
}

static char *
ColumnText(CormColumnRef ref)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormDeparseColumn(&buf, ref);
	return buf.data;
}

static char *
ParamText(int n)
{
	return psprintf("$%d", n);
}

static Oid
ParamType(const CormSelect *select, int n)
{
	return ((CormParam *) list_nth(select->params, n - 1))->typid;
}

static void
DeparseTarget(StringInfo buf, const CormTarget *target)
{
	CormDeparseColumn(buf, target->ref);
	if (OidIsValid(target->cast))
		appendStringInfo(buf, "::%s", CormQuoteType(target->cast));
}

/*
 * The text of one side of a foreign key, which stands for "ref".  The server
 * compares these by the referenced column's collation, and so do we.
 */
static char *
Collated(char *text, CormColumnRef ref, Oid collation)
{
	if (!OidIsValid(collation) || !OidIsValid(ref.column->collation) ||
		collation == ref.column->collation)
		return text;
	return psprintf("(%s COLLATE %s)", text, CormQuoteCollation(collation));
}

static char *
CollatedText(CormColumnRef ref, Oid collation)
{
	return Collated(ColumnText(ref), ref, collation);
}

/*
 * left op right, where left is the referenced column.
 */
static void
DeparseEqualColumns(StringInfo buf, CormColumnRef left, Oid op, CormColumnRef right)
{
	generate_operator_clause(buf, ColumnText(left), left.column->typid, op,
							 CollatedText(right, left.column->collation),
							 right.column->typid);
}

/* ---------- conditions ---------- */

static void
DeparseList(StringInfo buf, const CormSelect *select, List *exprs, const char *glue)
{
	ListCell   *lc;

	foreach(lc, exprs)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(buf, glue);
		DeparseExpr(buf, select, lfirst(lc));
	}
}

/*
 * column op ANY ($n), the operator's input types as casts where they differ.
 */
static void
DeparseAny(StringInfo buf, CormColumnRef left, Oid collation, Oid op, int param,
		   Oid elemtype)
{
	Oid			left_type;
	Oid			right_type;

	op_input_types(op, &left_type, &right_type);
	appendStringInfoString(buf, CollatedText(left, collation));
	if (left_type != left.column->typid && !IsPolymorphicType(left_type))
		appendStringInfo(buf, "::%s", CormQuoteType(left_type));
	appendStringInfo(buf, " %s ANY ($%d", CormQuoteOperator(op), param);
	if (right_type != elemtype && !IsPolymorphicType(right_type))
		appendStringInfo(buf, "::%s", CormQuoteType(get_array_type(right_type)));
	appendStringInfoChar(buf, ')');
}

static void
DeparseText(StringInfo buf, CormColumnRef ref)
{
	CormDeparseColumn(buf, ref);
	if (ref.column->typid != TEXTOID)
		appendStringInfoString(buf, "::pg_catalog.text");
}

/*
 * Is there a value?  IS NULL would ask that of a composite value's fields.
 */
static void
DeparseNullTest(StringInfo buf, CormColumnRef ref, bool wanted)
{
	CormDeparseColumn(buf, ref);
	if (type_is_rowtype(ref.column->typid))
		appendStringInfo(buf, " IS %sDISTINCT FROM NULL", wanted ? "NOT " : "");
	else
		appendStringInfo(buf, " IS %sNULL", wanted ? "" : "NOT ");
}

static void
DeparseExpr(StringInfo buf, const CormSelect *select, const CormExpr *expr)
{
	check_stack_depth();

	switch (expr->kind)
	{
		case CORM_EXPR_CONST:
			appendStringInfoString(buf, expr->truth ? "true" : "false");
			break;
		case CORM_EXPR_AND:
		case CORM_EXPR_OR:
			appendStringInfoChar(buf, '(');
			DeparseList(buf, select, expr->args,
						expr->kind == CORM_EXPR_AND ? " AND " : " OR ");
			appendStringInfoChar(buf, ')');
			break;
		case CORM_EXPR_NOT_TRUE:
			{
				const CormExpr *arg = linitial(expr->args);

				/* these two are never NULL: plainer text, better plans */
				if (arg->kind == CORM_EXPR_EXISTS)
				{
					appendStringInfoString(buf, "NOT ");
					DeparseExpr(buf, select, arg);
				}
				else if (arg->kind == CORM_EXPR_IS_NULL)
					DeparseNullTest(buf, arg->left, false);
				else
				{
					appendStringInfoString(buf, "((");
					DeparseExpr(buf, select, arg);
					appendStringInfoString(buf, ") IS NOT TRUE)");
				}
				break;
			}
		case CORM_EXPR_EXISTS:
			appendStringInfoString(buf, "EXISTS (SELECT");
			DeparseScope(buf, select, expr->scope);
			appendStringInfoChar(buf, ')');
			break;
		case CORM_EXPR_EQUAL_COLUMNS:
			DeparseEqualColumns(buf, expr->left, expr->op, expr->right);
			break;
		case CORM_EXPR_COMPARE:
			generate_operator_clause(buf, ColumnText(expr->left), expr->left.column->typid,
									 expr->op, ParamText(expr->param),
									 ParamType(select, expr->param));
			break;
		case CORM_EXPR_COMPARE_FLIPPED:
			generate_operator_clause(buf, ParamText(expr->param),
									 ParamType(select, expr->param), expr->op,
									 CollatedText(expr->left, expr->collation),
									 expr->left.column->typid);
			break;
		case CORM_EXPR_ANY:
			DeparseAny(buf, expr->left, expr->collation, expr->op, expr->param,
					   ((CormParam *) list_nth(select->params, expr->param - 1))->elemtype);
			break;
		case CORM_EXPR_IS_NULL:
			DeparseNullTest(buf, expr->left, true);
			break;
		case CORM_EXPR_TEXT_MATCH:
			DeparseText(buf, expr->left);
			appendStringInfo(buf, " OPERATOR(pg_catalog.%s) $%d", expr->opname, expr->param);
			break;
		case CORM_EXPR_TEXT_IEXACT:
			appendStringInfoString(buf, "pg_catalog.lower(");
			DeparseText(buf, expr->left);
			appendStringInfo(buf, ") OPERATOR(pg_catalog.=) pg_catalog.lower($%d)", expr->param);
			break;
	}
}

/* ---------- FROM and WHERE ---------- */

/*
 * A symmetrical through table, each edge seen from both of its ends.  The edge
 * of a row with itself has one end only.
 */
static void
DeparseMirrored(StringInfo buf, const CormTable *table)
{
	const CormRelation *relation = table->mirrored;
	int			nkeys = relation->fk->nkeys;
	char	   *name = CormQuoteTable(table->model->relid);

	for (int turn = 0; turn < 2; turn++)
	{
		const char *glue = turn == 0 ? "(SELECT " : " UNION ALL SELECT ";
		int			attnum = -1;

		while ((attnum = bms_next_member(table->used, attnum)) >= 0)
		{
			AttrNumber	from = attnum;

			for (int i = 0; turn == 1 && i < nkeys; i++)
			{
				if (relation->fk->fk_attnums[i] == attnum)
					from = relation->far_fk->fk_attnums[i];
				else if (relation->far_fk->fk_attnums[i] == attnum)
					from = relation->fk->fk_attnums[i];
			}
			appendStringInfo(buf, "%sx.%s AS %s", glue,
							 quote_identifier(CormColumnByNumber(table->model, from)->name),
							 quote_identifier(CormColumnByNumber(table->model, attnum)->name));
			glue = ", ";
		}
		appendStringInfo(buf, " FROM %s AS x", name);
	}

	for (int i = 0; i < nkeys; i++)
	{
		const CormColumn *a = CormColumnByNumber(table->model, relation->fk->fk_attnums[i]);
		const CormColumn *b = CormColumnByNumber(table->model, relation->far_fk->fk_attnums[i]);

		appendStringInfoString(buf, i == 0 ? " WHERE (" : " AND ");
		generate_operator_clause(buf, psprintf("x.%s", quote_identifier(a->name)), a->typid,
								 CormEqualityOperator(a),
								 psprintf("x.%s", quote_identifier(b->name)), b->typid);
	}
	appendStringInfoString(buf, ") IS NOT TRUE)");
}

static void
DeparseScope(StringInfo buf, const CormSelect *select, const CormScope *scope)
{
	ListCell   *lc;
	List	   *where = NIL;

	appendStringInfoString(buf, " FROM ");
	foreach(lc, scope->tables)
	{
		const CormTable *table = lfirst(lc);

		if (table->join != CORM_JOIN_NONE)
			appendStringInfoString(buf, table->join == CORM_JOIN_LEFT ?
								   " LEFT JOIN " : " JOIN ");
		if (table->mirrored)
			DeparseMirrored(buf, table);
		else
			appendStringInfoString(buf, CormQuoteTable(table->model->relid));
		appendStringInfo(buf, " AS t%d", table->alias);
		if (table->join != CORM_JOIN_NONE)
		{
			appendStringInfoString(buf, " ON ");
			DeparseList(buf, select, table->on, " AND ");
		}
	}

	/* what is true anyway would only make the text harder to read */
	foreach(lc, scope->where)
	{
		const CormExpr *expr = lfirst(lc);

		if (expr->kind != CORM_EXPR_CONST || !expr->truth)
			where = lappend(where, lfirst(lc));
	}
	if (where != NIL)
	{
		appendStringInfoString(buf, " WHERE ");
		DeparseList(buf, select, where, " AND ");
	}
}

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
		char	   *mine = CollatedText(target->ref, key->collation);

		if (param->elemtype != key->parent_type)
			theirs = psprintf("%s::%s", theirs, CormQuoteType(key->parent_type));
		if (i > 0)
			appendStringInfoString(buf, " AND ");
		if (key->child_referenced)
			generate_operator_clause(buf, mine, target->ref.column->typid, key->op,
									 theirs, key->parent_type);
		else
			generate_operator_clause(buf, theirs, key->parent_type, key->op,
									 mine, target->ref.column->typid);
	}
}

static void
DeparseKeyCondition(StringInfo buf, const CormSelect *select)
{
	const CormKeyPart *key = &select->keys[0];
	const CormTarget *target = list_nth(select->targets, key->child_target);

	DeparseAny(buf, target->ref, key->collation,
			   key->child_referenced ? key->op : get_commutator(key->op),
			   select->first_key_param, key->parent_type);
}

static void
DeparseAndConditions(StringInfo buf, const CormSelect *select)
{
	if (select->scope->where == NIL)
		return;
	appendStringInfoString(buf, " AND ");
	DeparseList(buf, select, select->scope->where, " AND ");
}

static void
DeparseTables(StringInfo buf, const CormSelect *select)
{
	CormScope	tables = {select->scope->tables, NIL};

	DeparseScope(buf, select, &tables);
}

/*
 * FROM and WHERE of a whole statement, the parents' keys included.
 */
static void
DeparseFromWhere(StringInfo buf, const CormSelect *select)
{
	if (select->nkeys == 0)
	{
		DeparseScope(buf, select, select->scope);
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

void
CormDeparseTargets(StringInfo buf, const CormSelect *select)
{
	ListCell   *lc;

	foreach(lc, select->targets)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(buf, ", ");
		DeparseTarget(buf, lfirst(lc));
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
 * A to-many path stands for its smallest value, or its greatest one when
 * descending order was asked for.
 */
static void
DeparseOrderValue(StringInfo buf, const CormSelect *select, const CormOrder *order)
{
	if (order->subquery == NULL)
	{
		CormDeparseColumn(buf, order->ref);
		return;
	}
	appendStringInfoString(buf, "(SELECT ");
	CormDeparseColumn(buf, order->ref);
	DeparseScope(buf, select, order->subquery);
	appendStringInfoString(buf, " ORDER BY ");
	CormDeparseColumn(buf, order->ref);
	appendStringInfo(buf, "%s NULLS LAST LIMIT 1)", order->greatest ? " DESC" : "");
}

static void
DeparseOrderBy(StringInfo buf, const CormSelect *select, const char *source)
{
	ListCell   *lc;

	foreach(lc, select->order)
	{
		const CormOrder *order = lfirst(lc);

		appendStringInfoString(buf, foreach_current_index(lc) ? ", " : " ORDER BY ");
		if (source)
			appendStringInfo(buf, "%s.o%d", source, foreach_current_index(lc) + 1);
		else
			DeparseOrderValue(buf, select, order);
		DeparseOrderTail(buf, order);
	}
}

static void
DeparseLimit(StringInfo buf, const CormSelect *select)
{
	if (select->limit)
		appendStringInfo(buf, " LIMIT $%d", select->limit);
	if (select->offset)
		appendStringInfo(buf, " OFFSET $%d", select->offset);
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
			DeparseTarget(buf, lfirst(lc));
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
			DeparseOrderValue(buf, select, lfirst(lc));
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
			ColumnText(target->ref);

		if (i > 0)
			appendStringInfoString(buf, ", ");
		appendStringInfoString(buf, Collated(text, target->ref, key->collation));
		if (source == NULL && OidIsValid(target->cast))
			appendStringInfo(buf, "::%s", CormQuoteType(target->cast));
	}
}

static void
DeparseColumns(StringInfo buf, List *refs, bool after_others)
{
	ListCell   *lc;

	foreach(lc, refs)
	{
		if (after_others || foreach_current_index(lc) > 0)
			appendStringInfoString(buf, ", ");
		CormDeparseColumn(buf, *(CormColumnRef *) lfirst(lc));
	}
}

/*
 * One row for each pair, the one whose link has the lowest key.
 */
static void
DeparseDistinct(StringInfo buf, const CormSelect *select)
{
	appendStringInfoString(buf, "SELECT DISTINCT ON (");
	DeparseKeyTargets(buf, select, NULL);
	DeparseColumns(buf, select->distinct, select->nkeys > 0);
	appendStringInfoString(buf, ") ");
	DeparseNumbered(buf, select, NULL, true);
	DeparseFromWhere(buf, select);
	appendStringInfoString(buf, " ORDER BY ");
	DeparseKeyTargets(buf, select, NULL);
	DeparseColumns(buf, select->distinct, select->nkeys > 0);
	DeparseColumns(buf, select->distinct_order, true);
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
	DeparseOrderBy(buf, select, NULL);
	DeparseLimit(buf, select);
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
	DeparseOrderBy(buf, select, source);
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
 * Is this a child of whose rows each parent gets a slice?
 */
bool
CormIsSliced(const CormSelect *select)
{
	return select->nkeys > 0 && (select->limit || select->offset);
}

/*
 * The statement that fetches the rows of one level.
 */
char *
CormDeparseSelect(const CormSelect *select, bool few_parents)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, select->label);
	if (CormIsSliced(select) && few_parents && select->distinct == NIL)
		DeparseLateral(&buf, select);
	else if (CormIsSliced(select))
		DeparseNumberedSlice(&buf, select);
	else if (select->distinct != NIL)
	{
		appendStringInfoString(&buf, "SELECT ");
		DeparseNumbered(&buf, select, "q", false);
		appendStringInfoString(&buf, " FROM (");
		DeparseDistinct(&buf, select);
		appendStringInfoString(&buf, ") AS q");
		DeparseOrderBy(&buf, select, "q");
		DeparseLimit(&buf, select);
	}
	else
	{
		appendStringInfoString(&buf, select->targets == NIL ? "SELECT" : "SELECT ");
		CormDeparseTargets(&buf, select);
		DeparseFromWhere(&buf, select);
		DeparseOrderBy(&buf, select, NULL);
		DeparseLimit(&buf, select);
	}
	return buf.data;
}

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
		DeparseColumns(buf, select->distinct, false);
	}
	DeparseFromWhere(buf, select);
	DeparseLimit(buf, select);
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
