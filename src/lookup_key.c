/*-------------------------------------------------------------------------
 *
 * lookup_key.c
 *	  Tests whose value is a key of a model.
 *
 * A key is compared by the model's own key columns or by those of a foreign key
 * that references it, by the constraint's own operators and the referenced
 * columns' collations.  A key of one column takes every lookup that its column
 * takes.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "document.h"
#include "lookup_key.h"
#include "lookup_value.h"
#include "path.h"
#include "value.h"

/* One column of a key, and how to compare it with a value. */
typedef struct KeyColumn
{
	CormValue  *column;			/* under the referenced column's collation */
	Oid			op;
	bool		flipped;		/* the value is the operator's left side */
	Oid			type;			/* of the value */
	int			part;			/* which part of the target's key */
} KeyColumn;

/*
 * The columns of a foreign key to a primary key, to be compared with a key of
 * the referenced model.
 */
static List *
ReferencingColumns(const CormForeignKey *fk, const CormModel *referenced,
				   CormTable *referencing)
{
	List	   *columns = NIL;

	for (int i = 0; i < fk->nkeys; i++)
	{
		KeyColumn  *column = palloc0(sizeof(KeyColumn));
		const CormColumn *other = CormColumnByNumber(referenced, fk->pk_attnums[i]);

		column->column = CormCollateValue(CormColumnValueOf(referencing, fk->fk_attnums[i]),
										  other->collation);
		column->op = fk->eq_ops[i];
		column->flipped = true;
		column->type = getBaseType(other->typid);
		column->part = CormKeyPosition(referenced, fk->pk_attnums[i]);
		columns = lappend(columns, column);
	}
	return columns;
}

/*
 * A model's own key columns.
 */
static List *
OwnKeyColumns(CormTable *table)
{
	List	   *columns = NIL;

	CormRequireKey(table->model, "a comparison by key needs");
	for (int i = 0; i < table->model->nkey; i++)
	{
		KeyColumn  *column = palloc0(sizeof(KeyColumn));

		column->column = CormColumnValueOf(table, table->model->key[i]);
		column->op = CormEqualityOperator(column->column->ref.column);
		column->type = getBaseType(column->column->type);
		column->part = i;
		columns = lappend(columns, column);
	}
	return columns;
}

/*
 * A parameter for one part of the test's key, or of all its keys.
 */
static int
KeyParam(const CormTest *test, const CormModel *model, const KeyColumn *column,
		 CormBind bind, Oid type, Oid elemtype, JsonbValue *value)
{
	int			n = CormTestParamOfAny(test, bind, type, elemtype, value);
	CormParam  *param = llast(test->select->params);

	param->model = model;
	param->part = column->part;
	return n;
}

static CormExpr *
CompareKey(const CormTest *test, const CormModel *model, List *columns)
{
	List	   *exprs = NIL;
	ListCell   *lc;

	foreach(lc, columns)
	{
		KeyColumn  *column = lfirst(lc);
		CormValue  *param =
			CormParamValue(test->select,
						   KeyParam(test, model, column, CORM_BIND_KEY, column->type,
									column->type, test->value));

		exprs = lappend(exprs, column->flipped ?
						CormMakeOperator(param, column->op, column->column) :
						CormMakeOperator(column->column, column->op, param));
	}
	return CormAllOf(exprs);
}

/*
 * The key stands before or behind a given one: the first column in which they
 * differ decides.
 */
static CormExpr *
OrderKey(const CormTest *test, const CormModel *model, List *columns,
		 bool greater, bool inclusive, JsonbValue *value)
{
	int			strict = greater ? BTGreaterStrategyNumber : BTLessStrategyNumber;
	int			equal = greater ? BTGreaterEqualStrategyNumber : BTLessEqualStrategyNumber;
	CormExpr   *expr = NULL;

	for (int i = list_length(columns) - 1; i >= 0; i--)
	{
		const KeyColumn *column = list_nth(columns, i);
		CormValue  *mine = column->column;
		Oid			type = getBaseType(mine->type);
		char	   *what = psprintf("column \"%s\"", mine->ref.column->name);
		CormValue  *theirs =
			CormParamValue(test->select,
						   KeyParam(test, model, column, CORM_BIND_KEY, type, type, value));
		CormExpr   *either;

		if (expr == NULL)
		{
			expr = CormMakeOperator(mine, CormOrderingOf(type, inclusive ? equal : strict, what),
									theirs);
			continue;
		}
		either = CormMakeExpr(CORM_EXPR_OR);
		either->args = list_make2(CormMakeOperator(mine, CormOrderingOf(type, strict, what), theirs),
								  CormAllOf(list_make2(CormMakeOperator(mine,
																		CormEqualityOf(type, what),
																		theirs),
													   expr)));
		expr = either;
	}
	return expr;
}

static CormExpr *
KeyRange(const CormTest *test, const CormModel *model, List *columns)
{
	List	   *bounds = CormJsonIsArray(test->value) ? CormJsonElements(test->value) : NIL;

	if (list_length(bounds) != 2)
		CormBadValue(test, "an array of two keys, the lowest and the highest");
	return CormAllOf(list_make2(OrderKey(test, model, columns, true, true, linitial(bounds)),
								OrderKey(test, model, columns, false, true, lsecond(bounds))));
}

static CormExpr *
KeyIsNull(List *columns)
{
	CormExpr   *any = CormMakeExpr(CORM_EXPR_OR);
	ListCell   *lc;

	foreach(lc, columns)
		any->args = lappend(any->args, CormMakeNullTest(((KeyColumn *) lfirst(lc))->column));
	return list_length(columns) == 1 ? linitial(any->args) : any;
}

/*
 * The key is one of those given: of one column, an element of an array; of
 * several, or where there is no such array, a row of them side by side.  The
 * text of a statement does not depend on how many keys there are.
 */
static CormExpr *
KeyIsOneOf(const CormTest *test, const CormModel *model, List *columns)
{
	KeyColumn  *first = linitial(columns);
	Oid			op = first->flipped ? get_commutator(first->op) : first->op;
	CormExpr   *expr;
	ListCell   *lc;

	if (list_length(columns) == 1 && OidIsValid(op) && !CormTravelsAsText(first->type))
	{
		expr = CormMakeExpr(CORM_EXPR_ANY);
		expr->left = first->column;
		expr->op = op;
		expr->param = KeyParam(test, model, first, CORM_BIND_KEY_ARRAY,
							   get_array_type(first->type), first->type, test->value);
		return expr;
	}

	expr = CormMakeExpr(CORM_EXPR_KEYS);
	foreach(lc, columns)
	{
		KeyColumn  *column = lfirst(lc);
		CormExpr   *part = CormMakeExpr(CORM_EXPR_OPERATOR);
		Oid			sent = CormTravelsAsText(column->type) ? TEXTOID : column->type;
		int			n = KeyParam(test, model, column, CORM_BIND_KEY_ARRAY,
								 get_array_type(sent), sent, test->value);

		if (expr->param == 0)
			expr->param = n;
		if (column->flipped)
			part->right = column->column;
		else
			part->left = column->column;
		part->op = column->op;
		part->key_type = column->type;
		expr->args = lappend(expr->args, part);
	}
	return expr;
}

static CormExpr *
KeyIn(const CormTest *test, const CormModel *model, List *columns)
{
	CormExpr   *any = CormMakeExpr(CORM_EXPR_OR);
	bool		some = false;
	bool		null = false;
	ListCell   *lc;

	if (!CormJsonIsArray(test->value))
		CormBadValue(test, "an array of keys");
	foreach(lc, CormJsonElements(test->value))
	{
		if (((JsonbValue *) lfirst(lc))->type == jbvNull)
			null = true;
		else
			some = true;
	}
	if (some)
		any->args = lappend(any->args, KeyIsOneOf(test, model, columns));
	if (null)
		any->args = lappend(any->args, KeyIsNull(columns));
	if (any->args == NIL)
		return CormMakeConst(false);
	return list_length(any->args) == 1 ? linitial(any->args) : any;
}

/*
 * What else can be asked of a key of several columns: where it stands in their
 * order.
 */
static CormExpr *
TestSeveralColumns(const CormTest *test, const CormModel *model, List *columns)
{
	CormLookup	lookup = test->lookup;
	bool		ordered = lookup == CORM_LOOKUP_GT || lookup == CORM_LOOKUP_GTE ||
		lookup == CORM_LOOKUP_LT || lookup == CORM_LOOKUP_LTE;

	if (test->of_field || (!ordered && lookup != CORM_LOOKUP_RANGE))
		CormBadValue(test, "one of the lookups exact, ne, in, not_in, gt, gte, lt, lte, range and isnull, as the key has several columns");
	if (lookup == CORM_LOOKUP_RANGE)
		return KeyRange(test, model, columns);
	return OrderKey(test, model, columns,
					lookup == CORM_LOOKUP_GT || lookup == CORM_LOOKUP_GTE,
					lookup == CORM_LOOKUP_GTE || lookup == CORM_LOOKUP_LTE, test->value);
}

static CormExpr *
TestKeyColumns(const CormTest *test, const CormModel *model, List *columns)
{
	bool		null = test->value->type == jbvNull;

	if (list_length(columns) == 1 && test->of_field)
		return CormTestValue(test, ((KeyColumn *) linitial(columns))->column);

	switch (test->lookup)
	{
		case CORM_LOOKUP_ISNULL:
			return CormTestBoolean(test) ? KeyIsNull(columns) : CormNotTrue(KeyIsNull(columns));
		case CORM_LOOKUP_EXACT:
			return null ? KeyIsNull(columns) : CompareKey(test, model, columns);
		case CORM_LOOKUP_NE:
			return CormNotTrue(null ? KeyIsNull(columns) : CompareKey(test, model, columns));
		case CORM_LOOKUP_IN:
		case CORM_LOOKUP_NOT_IN:
			if (null)
				CormBadValue(test, "an array of keys");
			return test->lookup == CORM_LOOKUP_IN ? KeyIn(test, model, columns) :
				CormNotTrue(KeyIn(test, model, columns));
		default:
			if (list_length(columns) > 1)
				return TestSeveralColumns(test, model, columns);
			return CormTestValue(test, ((KeyColumn *) linitial(columns))->column);
	}
}

CormExpr *
CormTestKey(const CormTest *test, CormTable *table)
{
	return TestKeyColumns(test, table->model, OwnKeyColumns(table));
}

CormExpr *
CormTestForeignKey(const CormTest *test, const CormModel *referenced,
				   const CormForeignKey *fk, CormTable *referencing)
{
	return TestKeyColumns(test, referenced, ReferencingColumns(fk, referenced, referencing));
}
