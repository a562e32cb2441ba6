/*-------------------------------------------------------------------------
 *
 * expr.c
 *	  Building blocks of a plan tree: values, conditions, parameters and result
 *	  columns.
 *
 * A value may be printed more than once (an annotation that is filtered by,
 * say); nothing in it changes once it is made.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "expr.h"
#include "typeorder.h"

/* ---------- values ---------- */

CormColumnRef
CormRef(CormTable *table, AttrNumber attnum)
{
	CormColumnRef ref;

	ref.table = table;
	ref.column = CormColumnByNumber(table->model, attnum);
	if (ref.column == NULL)
		elog(ERROR, "no column %d in \"%s\"", attnum, table->model->name);
	table->used = bms_add_member(table->used, attnum);
	return ref;
}

static CormValue *
MakeValue(CormValueKind kind, Oid type, Oid collation)
{
	CormValue  *value = palloc0(sizeof(CormValue));

	value->kind = kind;
	value->type = type;
	value->collation = collation;
	return value;
}

static CormValue *
RefValue(CormColumnRef ref)
{
	CormValue  *value = MakeValue(CORM_VALUE_COLUMN, ref.column->typid,
								  ref.column->collation);

	value->ref = ref;
	return value;
}

CormValue *
CormColumnValueOf(CormTable *table, AttrNumber attnum)
{
	return RefValue(CormRef(table, attnum));
}

CormValue *
CormParamValue(const CormSelect *select, int param)
{
	Oid			type = ((CormParam *) list_nth(select->params, param - 1))->typid;
	CormValue  *value = MakeValue(CORM_VALUE_PARAM, type, get_typcollation(type));

	value->param = param;
	return value;
}

CormValue *
CormCastValue(CormValue *arg, Oid type)
{
	CormValue  *value;

	if (arg->type == type)
		return arg;
	value = MakeValue(CORM_VALUE_CAST, type,
					  OidIsValid(arg->collation) && OidIsValid(get_typcollation(type)) ?
					  arg->collation : get_typcollation(type));
	value->arg = arg;
	return value;
}

CormValue *
CormCallValue(const char *function, const char *unit, CormValue *arg, Oid type)
{
	CormValue  *value = MakeValue(CORM_VALUE_CALL, type,
								  OidIsValid(get_typcollation(type)) ? arg->collation :
								  InvalidOid);

	value->function = function;
	value->unit = unit;
	value->arg = arg;
	return value;
}

CormValue *
CormExprValue(CormExpr *expr)
{
	CormValue  *value = MakeValue(CORM_VALUE_EXPR, BOOLOID, InvalidOid);

	value->expr = expr;
	return value;
}

CormValue *
CormOnceValue(CormValue *arg)
{
	CormValue  *value = MakeValue(CORM_VALUE_ONCE, arg->type, arg->collation);

	value->arg = arg;
	return value;
}

CormValue *
CormExtremeValue(CormValue *arg, CormScope *scope, bool greatest)
{
	CormValue  *value = MakeValue(CORM_VALUE_EXTREME, arg->type, arg->collation);

	value->arg = arg;
	value->scope = scope;
	value->greatest = greatest;
	return value;
}

CormValue *
CormNumberedValue(int number, Oid type, Oid collation)
{
	CormValue  *value = MakeValue(CORM_VALUE_NUMBERED, type, collation);

	value->number = number;
	return value;
}

CormValue *
CormCollateValue(const CormValue *value, Oid collation)
{
	CormValue  *copy = palloc(sizeof(CormValue));

	*copy = *value;
	copy->collate = collation;
	return copy;
}

CormValue *
CormCollateAs(CormValue *right, const CormValue *left)
{
	Oid			collation = OidIsValid(left->collate) ? left->collate : left->collation;

	return OidIsValid(collation) && collation != right->collation ?
		CormCollateValue(right, collation) : right;
}

/* ---------- conditions ---------- */

CormExpr *
CormMakeExpr(CormExprKind kind)
{
	CormExpr   *expr = palloc0(sizeof(CormExpr));

	expr->kind = kind;
	return expr;
}

CormExpr *
CormMakeConst(bool truth)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_CONST);

	expr->truth = truth;
	return expr;
}

CormExpr *
CormMakeOperator(CormValue *left, Oid op, CormValue *right)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_OPERATOR);

	expr->left = left;
	expr->op = op;
	expr->right = right;
	return expr;
}

CormExpr *
CormMakeNullTest(CormValue *left)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_IS_NULL);

	expr->left = left;
	return expr;
}

CormExpr *
CormNotTrue(CormExpr *arg)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_NOT_TRUE);

	expr->args = list_make1(arg);
	return expr;
}

CormExpr *
CormAllOf(List *exprs)
{
	CormExpr   *expr;

	if (list_length(exprs) == 1)
		return linitial(exprs);
	expr = CormMakeExpr(CORM_EXPR_AND);
	expr->args = exprs;
	return expr;
}

/*
 * The server compares the two sides by the referenced column's collation, and
 * so do we.
 */
List *
CormForeignKeyExprs(const CormForeignKey *fk, CormTable *referenced,
					CormTable *referencing)
{
	List	   *exprs = NIL;

	for (int i = 0; i < fk->nkeys; i++)
	{
		CormValue  *left = CormColumnValueOf(referenced, fk->pk_attnums[i]);
		CormValue  *right = CormColumnValueOf(referencing, fk->fk_attnums[i]);

		exprs = lappend(exprs,
						CormMakeOperator(left, fk->eq_ops[i],
										 CormCollateValue(right, left->collation)));
	}
	return exprs;
}

/* ---------- operators ---------- */

pg_noreturn static void
NoOperator(Oid type, const char *what, const char *kind)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_FUNCTION),
			 errmsg("%s of type %s has no %s operator", what, format_type_be(type), kind)));
}

Oid
CormEqualityOf(Oid type, const char *what)
{
	Oid			op = CormTypeEquality(getBaseType(type));

	if (!OidIsValid(op))
		NoOperator(type, what, "equality");
	return op;
}

Oid
CormEqualityOperator(const CormColumn *column)
{
	return CormEqualityOf(column->typid, psprintf("column \"%s\"", column->name));
}

bool
CormHasOrder(Oid type)
{
	return CormTypeHasOrder(getBaseType(type));
}

Oid
CormOrderingOf(Oid type, int strategy, const char *what)
{
	Oid			op = CormTypeOrderOperator(getBaseType(type), strategy);

	if (!OidIsValid(op))
		NoOperator(type, what, "ordering");
	return op;
}

/* ---------- parameters, targets ---------- */

int
CormAddParam(CormSelect *select, CormParam *param)
{
	select->params = lappend(select->params, param);
	return list_length(select->params);
}

int
CormAddDatum(CormSelect *select, Oid type, Datum datum)
{
	CormParam  *param = palloc0(sizeof(CormParam));

	param->bind = CORM_BIND_DATUM;
	param->typid = param->elemtype = type;
	param->datum = datum;
	return CormAddParam(select, param);
}

int
CormAddBigint(CormSelect *select, int64 number)
{
	CormParam  *param = palloc0(sizeof(CormParam));

	param->bind = CORM_BIND_BIGINT;
	param->typid = param->elemtype = INT8OID;
	param->number = number;
	return CormAddParam(select, param);
}

int
CormAddTexts(CormSelect *select, List *texts)
{
	CormParam  *param = palloc0(sizeof(CormParam));

	param->bind = CORM_BIND_TEXTS;
	param->typid = TEXTARRAYOID;
	param->elemtype = TEXTOID;
	param->texts = texts;
	return CormAddParam(select, param);
}

/*
 * The place of a value in the statement's result, added when it is not there.
 * Only plain columns are recognized as the same.
 */
int
CormAddValueTarget(CormSelect *select, CormValue *value, Oid cast)
{
	CormTarget *target;
	ListCell   *lc;

	foreach(lc, select->targets)
	{
		target = lfirst(lc);
		if (target->cast == cast &&
			(target->value == value ||
			 (value->kind == CORM_VALUE_COLUMN && target->value->kind == CORM_VALUE_COLUMN &&
			  target->value->ref.table == value->ref.table &&
			  target->value->ref.column == value->ref.column)))
			return foreach_current_index(lc);
	}
	target = palloc0(sizeof(CormTarget));
	target->value = value;
	target->cast = cast;
	select->targets = lappend(select->targets, target);
	return list_length(select->targets) - 1;
}

int
CormAddTarget(CormSelect *select, CormColumnRef ref, Oid cast)
{
	return CormAddValueTarget(select, RefValue(ref), cast);
}
