/*-------------------------------------------------------------------------
 *
 * deparse_expr.c
 *	  Columns, conditions and FROM lists as SQL text.
 *
 * Operators come from the tree as OIDs and are printed with casts to their
 * input types, as the server's own referential checks do.  See deparse.c for
 * the assumptions that all generated text shares.
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

#include "deparse_expr.h"
#include "expr.h"
#include "quote.h"

/*
 * The planner makes two plans for an EXISTS that it cannot turn into a join, so
 * the work doubles with every such subquery within another one.  OFFSET 0 makes
 * it content with one.
 */
#define MAX_PLANNED_TWICE 5

static void DeparseExpr(StringInfo buf, const CormSelect *select, const CormExpr *expr);

/* ---------- columns ---------- */

static void
DeparseColumn(StringInfo buf, CormColumnRef ref)
{
	appendStringInfo(buf, "t%d.%s", ref.table->alias, quote_identifier(ref.column->name));
}

char *
CormColumnText(CormColumnRef ref)
{
	StringInfoData buf;

	initStringInfo(&buf);
	DeparseColumn(&buf, ref);
	return buf.data;
}

/*
 * The text of a value that is compared under another collation than its own.
 */
char *
CormCollated(char *text, Oid own, Oid collation)
{
	if (!OidIsValid(collation) || !OidIsValid(own) || collation == own)
		return text;
	return psprintf("(%s COLLATE %s)", text, CormQuoteCollation(collation));
}

char *
CormCollatedText(CormColumnRef ref, Oid collation)
{
	return CormCollated(CormColumnText(ref), ref.column->collation, collation);
}

/*
 * An operand of an operator: a domain's value as one of its base type, for it
 * is not cast to a polymorphic input type, an enum's, say, by itself.
 */
static char *
Operand(char *text, Oid *type)
{
	Oid			base = getBaseType(*type);

	if (base == *type)
		return text;
	*type = base;
	return psprintf("%s::%s", text, CormQuoteType(base));
}

void
CormDeparseOperator(StringInfo buf, char *left, Oid left_type, Oid op,
					char *right, Oid right_type)
{
	Oid			left_input;
	Oid			right_input;

	op_input_types(op, &left_input, &right_input);
	left = Operand(left, &left_type);
	right = Operand(right, &right_type);

	/* nothing is cast to a polymorphic type */
	if (IsPolymorphicType(left_input))
		left_type = left_input;
	if (IsPolymorphicType(right_input))
		right_type = right_input;
	generate_operator_clause(buf, left, left_type, op, right, right_type);
}

/* ---------- values ---------- */

/*
 * A subquery's one value: the smallest or the greatest of many.
 */
static void
DeparseExtreme(StringInfo buf, const CormSelect *select, const CormValue *value)
{
	appendStringInfoString(buf, "(SELECT ");
	CormDeparseValue(buf, select, value->arg);
	CormDeparseScope(buf, select, value->scope);
	appendStringInfoString(buf, " ORDER BY ");
	CormDeparseValue(buf, select, value->arg);
	appendStringInfo(buf, "%s NULLS LAST LIMIT 1)", value->greatest ? " DESC" : "");
}

/*
 * Without an argument the rows are counted.
 */
static void
DeparseAggregate(StringInfo buf, const CormSelect *select, const CormValue *value)
{
	if (value->scope)
		appendStringInfoString(buf, "(SELECT ");
	appendStringInfo(buf, "%spg_catalog.%s(%s", value->first ? "(" : "", value->function,
					 value->distinct ? "DISTINCT " : "");
	if (value->arg)
		CormDeparseValue(buf, select, value->arg);
	else
		appendStringInfoChar(buf, '*');
	if (value->first)
	{
		appendStringInfoString(buf, " ORDER BY ");
		CormDeparseValue(buf, select, value->arg);
		appendStringInfo(buf, "%s NULLS LAST", value->greatest ? " DESC" : "");
	}
	appendStringInfoChar(buf, ')');
	if (value->expr)
	{
		appendStringInfoString(buf, " FILTER (WHERE ");
		DeparseExpr(buf, select, value->expr);
		appendStringInfoChar(buf, ')');
	}
	if (value->first)
		appendStringInfoString(buf, ")[1]");
	if (value->scope)
	{
		CormDeparseScope(buf, select, value->scope);
		appendStringInfoChar(buf, ')');
	}
}

static void
DeparseCall(StringInfo buf, const CormSelect *select, const CormValue *value)
{
	if (value->added)
		appendStringInfoChar(buf, '(');
	appendStringInfo(buf, "pg_catalog.%s(", value->function);
	if (value->unit)
		appendStringInfo(buf, "%s, ", quote_literal_cstr(value->unit));
	CormDeparseValue(buf, select, value->arg);
	appendStringInfoChar(buf, ')');
	if (value->added)
		appendStringInfo(buf, " OPERATOR(pg_catalog.+) %d)", value->added);
}

void
CormDeparseValue(StringInfo buf, const CormSelect *select, const CormValue *value)
{
	check_stack_depth();

	switch (value->kind)
	{
		case CORM_VALUE_COLUMN:
			DeparseColumn(buf, value->ref);
			break;
		case CORM_VALUE_PARAM:
			appendStringInfo(buf, "$%d", value->param);
			break;
		case CORM_VALUE_CAST:
			/* an operator stands in parentheses of its own */
			appendStringInfoString(buf, value->arg->kind == CORM_VALUE_EXPR ? "(" : "");
			CormDeparseValue(buf, select, value->arg);
			appendStringInfoString(buf, value->arg->kind == CORM_VALUE_EXPR ? ")" : "");
			appendStringInfo(buf, "::%s", CormQuoteType(value->type));
			break;
		case CORM_VALUE_CALL:
			DeparseCall(buf, select, value);
			break;
		case CORM_VALUE_OPERATOR:
			appendStringInfoChar(buf, '(');
			CormDeparseValue(buf, select, value->arg);
			appendStringInfo(buf, " OPERATOR(pg_catalog.%s) $%d)", value->function, value->param);
			break;
		case CORM_VALUE_EXPR:
			DeparseExpr(buf, select, value->expr);
			break;
		case CORM_VALUE_ONCE:
			appendStringInfoString(buf, "(SELECT ");
			CormDeparseValue(buf, select, value->arg);
			if (value->scope)
				CormDeparseScope(buf, select, value->scope);
			appendStringInfoChar(buf, ')');
			break;
		case CORM_VALUE_EXTREME:
			DeparseExtreme(buf, select, value);
			break;
		case CORM_VALUE_AGGREGATE:
			DeparseAggregate(buf, select, value);
			break;
		case CORM_VALUE_NUMBERED:
			appendStringInfo(buf, "q.c%d", value->number);
			break;
	}
}

/*
 * The text of a value as an operand, under the collation it is compared by.
 */
static char *
ValueText(const CormSelect *select, const CormValue *value)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormDeparseValue(&buf, select, value);
	return CormCollated(buf.data, value->collation, value->collate);
}

/* ---------- conditions ---------- */

void
CormDeparseList(StringInfo buf, const CormSelect *select, List *exprs, const char *glue)
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
void
CormDeparseAny(StringInfo buf, char *left, Oid type, Oid op, int param, Oid elemtype)
{
	Oid			left_type;
	Oid			right_type;

	op_input_types(op, &left_type, &right_type);
	if (IsPolymorphicType(left_type))
		left_type = getBaseType(type);
	if (IsPolymorphicType(right_type))
		right_type = getBaseType(elemtype);
	appendStringInfoString(buf, left);
	if (left_type != type)
		appendStringInfo(buf, "::%s", CormQuoteType(left_type));
	appendStringInfo(buf, " %s ANY ($%d", CormQuoteOperator(op), param);
	if (right_type != elemtype)
		appendStringInfo(buf, "::%s", CormQuoteType(get_array_type(right_type)));
	appendStringInfoChar(buf, ')');
}

/*
 * Is there a value?  IS NULL would ask that of a composite value's fields.
 */
static void
DeparseNullTest(StringInfo buf, const CormSelect *select, const CormValue *value, bool wanted)
{
	appendStringInfoString(buf, ValueText(select, value));
	if (type_is_rowtype(value->type))
		appendStringInfo(buf, " IS %sDISTINCT FROM NULL", wanted ? "NOT " : "");
	else
		appendStringInfo(buf, " IS %sNULL", wanted ? "" : "NOT ");
}

/*
 * Are the values together one of many keys, whose parts are arrays?
 */
static void
DeparseKeysTest(StringInfo buf, const CormSelect *select, const CormExpr *expr)
{
	ListCell   *lc;

	appendStringInfoString(buf, "EXISTS (SELECT FROM ROWS FROM (");
	foreach(lc, expr->args)
		appendStringInfo(buf, "%spg_catalog.unnest($%d)", foreach_current_index(lc) ? ", " : "",
						 expr->param + foreach_current_index(lc));
	appendStringInfoString(buf, ") AS u (");
	foreach(lc, expr->args)
		appendStringInfo(buf, "%sk%d", foreach_current_index(lc) ? ", " : "",
						 foreach_current_index(lc) + 1);
	appendStringInfoString(buf, ") WHERE ");
	foreach(lc, expr->args)
	{
		const CormExpr *part = lfirst(lc);
		const CormValue *mine = part->left ? part->left : part->right;
		const CormParam *param = list_nth(select->params,
										  expr->param - 1 + foreach_current_index(lc));
		char	   *theirs = psprintf("u.k%d", foreach_current_index(lc) + 1);
		char	   *text = ValueText(select, mine);

		if (part->key_type != param->elemtype)
			theirs = psprintf("%s::%s", theirs, CormQuoteType(part->key_type));
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(buf, " AND ");
		if (part->left)
			CormDeparseOperator(buf, text, mine->type, part->op, theirs, part->key_type);
		else
			CormDeparseOperator(buf, theirs, part->key_type, part->op, text, mine->type);
	}
	appendStringInfoChar(buf, ')');
}

/*
 * Is the condition always true or false, never NULL?
 */
static bool
IsTwoValued(const CormExpr *expr)
{
	ListCell   *lc;

	switch (expr->kind)
	{
		case CORM_EXPR_CONST:
		case CORM_EXPR_NOT_TRUE:
		case CORM_EXPR_EXISTS:
		case CORM_EXPR_KEYS:
		case CORM_EXPR_IS_NULL:
			return true;
		case CORM_EXPR_AND:
		case CORM_EXPR_OR:
			foreach(lc, expr->args)
				if (!IsTwoValued(lfirst(lc)))
					return false;
			return true;
		default:
			return false;
	}
}

/*
 * The complement of a condition, NULL counting as false.  Where there is no
 * NULL it is written plainly, for the planner makes more of that.
 */
static void
DeparseNotTrue(StringInfo buf, const CormSelect *select, const CormExpr *arg)
{
	if (arg->kind == CORM_EXPR_IS_NULL)
		DeparseNullTest(buf, select, arg->left, false);
	else if (arg->kind == CORM_EXPR_NOT_TRUE && IsTwoValued(linitial(arg->args)))
		DeparseExpr(buf, select, linitial(arg->args));
	else if (IsTwoValued(arg))
	{
		appendStringInfoString(buf, "NOT ");
		DeparseExpr(buf, select, arg);
	}
	else
	{
		appendStringInfoString(buf, "((");
		DeparseExpr(buf, select, arg);
		appendStringInfoString(buf, ") IS NOT TRUE)");
	}
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
			CormDeparseList(buf, select, expr->args,
						expr->kind == CORM_EXPR_AND ? " AND " : " OR ");
			appendStringInfoChar(buf, ')');
			break;
		case CORM_EXPR_NOT_TRUE:
			DeparseNotTrue(buf, select, linitial(expr->args));
			break;
		case CORM_EXPR_EXISTS:
			appendStringInfoString(buf, "EXISTS (SELECT");
			CormDeparseScope(buf, select, expr->scope);
			if (expr->scope->depth > MAX_PLANNED_TWICE)
				appendStringInfoString(buf, " OFFSET 0");
			appendStringInfoChar(buf, ')');
			break;
		case CORM_EXPR_OPERATOR:
			CormDeparseOperator(buf, ValueText(select, expr->left), expr->left->type, expr->op,
								ValueText(select, expr->right), expr->right->type);
			break;
		case CORM_EXPR_ANY:
			CormDeparseAny(buf, ValueText(select, expr->left), expr->left->type, expr->op,
						   expr->param,
						   ((CormParam *) list_nth(select->params, expr->param - 1))->elemtype);
			break;
		case CORM_EXPR_KEYS:
			DeparseKeysTest(buf, select, expr);
			break;
		case CORM_EXPR_IS_NULL:
			DeparseNullTest(buf, select, expr->left, true);
			break;
		case CORM_EXPR_IS_TRUE:
			appendStringInfoString(buf, ValueText(select, expr->left));
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
		CormDeparseOperator(buf, psprintf("x.%s", quote_identifier(a->name)), a->typid,
							CormEqualityOperator(a),
							psprintf("x.%s", quote_identifier(b->name)), b->typid);
	}
	appendStringInfoString(buf, ") IS NOT TRUE)");
}

void
CormDeparseLink(StringInfo buf, const CormRelation *relation, const CormModel *through)
{
	CormTable	table = {.model = through, .mirrored = relation};

	if (!relation->symmetrical)
	{
		appendStringInfoString(buf, CormQuoteTable(through->relid));
		return;
	}
	for (int i = 0; i < relation->fk->nkeys; i++)
	{
		(void) CormRef(&table, relation->fk->fk_attnums[i]);
		(void) CormRef(&table, relation->far_fk->fk_attnums[i]);
	}
	DeparseMirrored(buf, &table);
}

/*
 * Every pair of a through table once, by the link of lowest key.
 */
static void
DeparseOnce(StringInfo buf, const CormTable *table)
{
	const CormRelation *relation = table->once;
	const CormModel *model = table->model;
	const char *glue;
	int			attnum = -1;

	for (int turn = 0; turn < 2; turn++)
	{
		appendStringInfoString(buf, turn == 0 ? "(SELECT DISTINCT ON (" : " ORDER BY ");
		glue = "";
		for (int i = 0; i < relation->fk->nkeys + relation->far_fk->nkeys; i++)
		{
			AttrNumber	pair = i < relation->fk->nkeys ? relation->fk->fk_attnums[i] :
				relation->far_fk->fk_attnums[i - relation->fk->nkeys];

			appendStringInfo(buf, "%sx.%s", glue,
							 quote_identifier(CormColumnByNumber(model, pair)->name));
			glue = ", ";
		}
		if (turn == 1)
			break;
		glue = ") ";
		while ((attnum = bms_next_member(table->used, attnum)) >= 0)
		{
			appendStringInfo(buf, "%sx.%s", glue,
							 quote_identifier(CormColumnByNumber(model, attnum)->name));
			glue = ", ";
		}
		appendStringInfoString(buf, " FROM ");
		if (table->mirrored)
			DeparseMirrored(buf, table);
		else
			appendStringInfoString(buf, CormQuoteTable(model->relid));
		appendStringInfoString(buf, " AS x");
	}
	for (int i = 0; i < model->nkey; i++)
		appendStringInfo(buf, ", x.%s",
						 quote_identifier(CormColumnByNumber(model, model->key[i])->name));
	appendStringInfoChar(buf, ')');
}

/*
 * One row, of whose columns those that are used are parameters.  Each is given
 * by itself: a statement that takes a row apart would be kept with numbers of
 * columns in it, and not be planned anew when the table changes.
 */
static void
DeparseRowParams(StringInfo buf, const CormTable *table)
{
	const char *glue = " ";
	int			param = table->row_param;
	int			attnum = -1;

	appendStringInfoString(buf, "(SELECT");
	while ((attnum = bms_next_member(table->used, attnum)) >= 0)
	{
		const CormColumn *column = CormColumnByNumber(table->model, attnum);

		appendStringInfo(buf, "%s%s AS %s", glue,
						 CormCollated(psprintf("$%d", param++), get_typcollation(column->typid),
									  column->collation),
						 quote_identifier(column->name));
		glue = ", ";
	}
	appendStringInfoChar(buf, ')');
}

/*
 * What stands in FROM for a table.
 */
static void
DeparseTable(StringInfo buf, const CormSelect *select, const CormTable *table)
{
	if (table->closure)
		CormDeparseClosure(buf, table);
	else if (table->once)
		DeparseOnce(buf, table);
	else if (table->mirrored)
		DeparseMirrored(buf, table);
	else if (table->rows)
		CormDeparseSubquery(buf, select, table);
	else if (table->row_param)
		DeparseRowParams(buf, table);
	else
		appendStringInfoString(buf, CormQuoteTable(table->model->relid));
	appendStringInfo(buf, " AS t%d", table->alias);
}

void
CormDeparseScope(StringInfo buf, const CormSelect *select, const CormScope *scope)
{
	ListCell   *lc;
	List	   *where = NIL;

	appendStringInfoString(buf, " FROM ");
	if (scope->groups)
		CormDeparseGroups(buf, scope->groups);
	foreach(lc, scope->tables)
	{
		const CormTable *table = lfirst(lc);

		if (table->join != CORM_JOIN_NONE)
			appendStringInfoString(buf, table->join == CORM_JOIN_LEFT ?
								   " LEFT JOIN " : " JOIN ");
		if (table->beyond)
		{
			appendStringInfoChar(buf, '(');
			DeparseTable(buf, select, table);
			appendStringInfoString(buf, " JOIN ");
			DeparseTable(buf, select, table->beyond);
			appendStringInfoString(buf, " ON ");
			CormDeparseList(buf, select, table->beyond->on, " AND ");
			appendStringInfoChar(buf, ')');
		}
		else
			DeparseTable(buf, select, table);
		if (table->join != CORM_JOIN_NONE)
		{
			appendStringInfoString(buf, " ON ");
			CormDeparseList(buf, select, table->on, " AND ");
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
		CormDeparseList(buf, select, where, " AND ");
	}
}
