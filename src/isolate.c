/*-------------------------------------------------------------------------
 *
 * isolate.c
 *	  Rows of a queryset as conditions on one table, which is to be written.
 *
 * UPDATE and DELETE know no LEFT JOIN of the table that they write, and a join
 * may meet a row more than once.  So all tables but one move into an EXISTS,
 * together with the conditions that need them; the others stay outside, where
 * they are first.
 *
 * No second look at the written table is taken.  When a row turns out to have
 * been changed by another session, the server checks the conditions again on
 * its new version, and a copy of the old one would answer for it.
 *
 * A condition that is false without a table makes its LEFT JOIN a plain one;
 * with plain joins only, the planner turns the EXISTS into a join.  Else it is
 * tested row by row, behind a row without columns, which is what is joined to.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "expr.h"
#include "isolate.h"
#include "scope.h"

/* ---------- what needs a table ---------- */

static bool ExprNeeds(const CormExpr *expr, List *tables);

static bool
ExprsNeed(List *exprs, List *tables)
{
	ListCell   *lc;

	foreach(lc, exprs)
		if (ExprNeeds(lfirst(lc), tables))
			return true;
	return false;
}

static bool
ScopeNeeds(const CormScope *scope, List *tables)
{
	ListCell   *lc;
	ListCell   *lc2;

	check_stack_depth();
	foreach(lc, scope->tables)
	{
		const CormTable *table = lfirst(lc);

		if (ExprsNeed(table->on, tables) ||
			(table->beyond && ExprsNeed(table->beyond->on, tables)) ||
			(table->rows && ScopeNeeds(table->rows->scope, tables)))
			return true;
		if (table->closure)
			foreach(lc2, tables)
				if (((CormTable *) lfirst(lc2))->alias == table->via_alias)
					return true;
	}
	return ExprsNeed(scope->where, tables);
}

bool
CormValueNeeds(const CormValue *value, List *tables)
{
	check_stack_depth();
	if (value == NULL)
		return false;
	if (value->kind == CORM_VALUE_COLUMN)
		return list_member_ptr(tables, value->ref.table);
	return CormValueNeeds(value->arg, tables) ||
		(value->expr && ExprNeeds(value->expr, tables)) ||
		(value->scope && ScopeNeeds(value->scope, tables));
}

static bool
ExprNeeds(const CormExpr *expr, List *tables)
{
	check_stack_depth();
	return ExprsNeed(expr->args, tables) ||
		(expr->scope && ScopeNeeds(expr->scope, tables)) ||
		CormValueNeeds(expr->left, tables) || CormValueNeeds(expr->right, tables);
}

/* ---------- joins that may be plain ones ---------- */

/*
 * Is the value NULL where there is no row of the table?
 */
static bool
ValueIsStrict(const CormValue *value, const CormTable *table)
{
	if (value == NULL)
		return false;
	if (value->kind == CORM_VALUE_CAST)
		return ValueIsStrict(value->arg, table);
	return value->kind == CORM_VALUE_COLUMN && value->ref.table == table;
}

/*
 * Is the condition not true where there is no row of the table?
 */
static bool
ExprIsStrict(const CormExpr *expr, const CormTable *table)
{
	ListCell   *lc;

	check_stack_depth();
	switch (expr->kind)
	{
		case CORM_EXPR_AND:
			foreach(lc, expr->args)
				if (ExprIsStrict(lfirst(lc), table))
					return true;
			return false;
		case CORM_EXPR_OR:
			foreach(lc, expr->args)
				if (!ExprIsStrict(lfirst(lc), table))
					return false;
			return expr->args != NIL;
		case CORM_EXPR_OPERATOR:
		case CORM_EXPR_ANY:
			return op_strict(expr->op) &&
				(ValueIsStrict(expr->left, table) || ValueIsStrict(expr->right, table));
		case CORM_EXPR_IS_TRUE:
			return ValueIsStrict(expr->left, table);
		default:
			return false;
	}
}

static bool
AnyIsStrict(List *exprs, const CormTable *table)
{
	ListCell   *lc;

	foreach(lc, exprs)
		if (ExprIsStrict(lfirst(lc), table))
			return true;
	return false;
}

/*
 * Must a row of each table be there?  Then so must what it is joined to, and the
 * further conditions of its join hold too.
 */
static bool
AllArePlain(List *tables, List *where)
{
	List	   *known = list_copy(where);

	/* from the last one back: a table comes after what it is joined to */
	for (int i = list_length(tables) - 1; i >= 0; i--)
	{
		const CormTable *table = list_nth(tables, i);

		if (table->beyond ||
			(table->join == CORM_JOIN_LEFT && !AnyIsStrict(known, table)))
			return false;
		known = list_concat(known, table->on);
	}
	return true;
}

/* ---------- moving tables ---------- */

/*
 * AND at the top, taken apart.
 */
static List *
Flatten(List *exprs)
{
	List	   *flat = NIL;
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, exprs)
	{
		CormExpr   *expr = lfirst(lc);

		if (expr->kind == CORM_EXPR_AND)
			flat = list_concat(flat, Flatten(expr->args));
		else
			flat = lappend(flat, expr);
	}
	return flat;
}

/*
 * What tables are joined by goes to WHERE, from where the planner can lift it
 * out of a subquery.
 */
void
CormJoinPlainly(CormScope *scope)
{
	ListCell   *lc;
	List	   *where = NIL;

	foreach(lc, scope->tables)
	{
		CormTable  *table = lfirst(lc);
		bool		first = foreach_current_index(lc) == 0;

		where = list_concat(where, table->on);
		table->join = first ? CORM_JOIN_NONE : CORM_JOIN_INNER;
		table->on = first ? NIL : list_make1(CormMakeConst(true));
	}
	scope->where = list_concat(where, scope->where);
}

/*
 * A FROM list that begins with a join gets something to join to.
 */
static void
StandAlone(CormSelect *select, CormScope *scope)
{
	CormTable  *first = linitial(scope->tables);

	if (first->join == CORM_JOIN_NONE)
		return;
	if (first->join == CORM_JOIN_INNER)
	{
		scope->where = list_concat(list_copy(first->on), scope->where);
		first->join = CORM_JOIN_NONE;
		first->on = NIL;
		return;
	}

	/* one row without columns */
	first = palloc0(sizeof(CormTable));
	first->alias = ++select->naliases;
	first->row_param = 1;
	scope->tables = lcons(first, scope->tables);
}

void
CormIsolateTable(CormSelect *select, CormTable *table)
{
	CormScope  *outer = select->scope;
	CormScope  *inner = CormMakeScope();
	List	   *where = Flatten(outer->where);
	CormExpr   *exists;
	ListCell   *lc;

	inner->depth = outer->depth + 1;
	inner->tables = list_delete_ptr(list_copy(outer->tables), table);
	outer->tables = list_make1(table);
	if (inner->tables == NIL)
		return;

	where = list_concat(list_copy(table->on), where);
	table->join = CORM_JOIN_NONE;
	table->on = NIL;
	outer->where = NIL;
	foreach(lc, where)
	{
		if (ExprNeeds(lfirst(lc), inner->tables))
			inner->where = lappend(inner->where, lfirst(lc));
		else
			outer->where = lappend(outer->where, lfirst(lc));
	}

	if (AllArePlain(inner->tables, inner->where))
		CormJoinPlainly(inner);
	else
		StandAlone(select, inner);
	exists = CormMakeExpr(CORM_EXPR_EXISTS);
	exists->scope = inner;
	outer->where = lappend(outer->where, exists);
}
