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
#include "lookup.h"
#include "quote.h"

static void DeparseExpr(StringInfo buf, const CormSelect *select, const CormExpr *expr);

/* ---------- columns ---------- */

void
CormDeparseColumn(StringInfo buf, CormColumnRef ref)
{
	appendStringInfo(buf, "t%d.%s", ref.table->alias, quote_identifier(ref.column->name));
}

char *
CormColumnText(CormColumnRef ref)
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

/*
 * The text of one side of a foreign key, which stands for "ref".  The server
 * compares these by the referenced column's collation, and so do we.
 */
char *
CormCollated(char *text, CormColumnRef ref, Oid collation)
{
	if (!OidIsValid(collation) || !OidIsValid(ref.column->collation) ||
		collation == ref.column->collation)
		return text;
	return psprintf("(%s COLLATE %s)", text, CormQuoteCollation(collation));
}

char *
CormCollatedText(CormColumnRef ref, Oid collation)
{
	return CormCollated(CormColumnText(ref), ref, collation);
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
	left = Operand(left, &left_type);
	right = Operand(right, &right_type);
	generate_operator_clause(buf, left, left_type, op, right, right_type);
}

/*
 * left op right, where left is the referenced column.
 */
static void
DeparseEqualColumns(StringInfo buf, CormColumnRef left, Oid op, CormColumnRef right)
{
	CormDeparseOperator(buf, CormColumnText(left), left.column->typid, op,
						CormCollatedText(right, left.column->collation),
						right.column->typid);
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
			CormDeparseList(buf, select, expr->args,
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
			CormDeparseScope(buf, select, expr->scope);
			appendStringInfoChar(buf, ')');
			break;
		case CORM_EXPR_EQUAL_COLUMNS:
			DeparseEqualColumns(buf, expr->left, expr->op, expr->right);
			break;
		case CORM_EXPR_COMPARE:
			CormDeparseOperator(buf, CormColumnText(expr->left), expr->left.column->typid,
								expr->op, ParamText(expr->param),
								ParamType(select, expr->param));
			break;
		case CORM_EXPR_COMPARE_FLIPPED:
			CormDeparseOperator(buf, ParamText(expr->param),
								ParamType(select, expr->param), expr->op,
								CormCollatedText(expr->left, expr->collation),
								expr->left.column->typid);
			break;
		case CORM_EXPR_ANY:
			CormDeparseAny(buf, CormCollatedText(expr->left, expr->collation),
						   expr->left.column->typid, expr->op, expr->param,
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
		CormDeparseOperator(buf, psprintf("x.%s", quote_identifier(a->name)), a->typid,
							CormEqualityOperator(a),
							psprintf("x.%s", quote_identifier(b->name)), b->typid);
	}
	appendStringInfoString(buf, ") IS NOT TRUE)");
}

void
CormDeparseScope(StringInfo buf, const CormSelect *select, const CormScope *scope)
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
