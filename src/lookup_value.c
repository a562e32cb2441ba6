/*-------------------------------------------------------------------------
 *
 * lookup_value.c
 *	  Tests of a value against what was given.
 *
 * What was given becomes parameters and never text, so nothing in it changes
 * what a test means: only the lookup's name does, and whether it is null or an
 * array that holds one.
 *
 * Operators come from the type's default operator class or from pg_catalog,
 * never from the search_path.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "document.h"
#include "lookup_match.h"
#include "lookup_value.h"

/* ---------- comparing ---------- */

/* What a message calls the value of a test. */
static char *
Naming(const CormTest *test, const CormValue *value)
{
	return value->kind == CORM_VALUE_COLUMN ?
		psprintf("column \"%s\"", value->ref.column->name) :
		psprintf("\"%s\"", test->key);
}

static Oid
OrderOperator(const CormTest *test, const CormValue *value, CormLookup lookup)
{
	static const StrategyNumber strategy[] = {
		[CORM_LOOKUP_GT] = BTGreaterStrategyNumber,
		[CORM_LOOKUP_GTE] = BTGreaterEqualStrategyNumber,
		[CORM_LOOKUP_LT] = BTLessStrategyNumber,
		[CORM_LOOKUP_LTE] = BTLessEqualStrategyNumber
	};

	return CormOrderingOf(value->type, strategy[lookup], Naming(test, value));
}

static CormExpr *
Compare(const CormTest *test, CormValue *left, Oid op, JsonbValue *value)
{
	Oid			type = getBaseType(left->type);
	int			param = CormTestParamOfAny(test, CORM_BIND_VALUE, type, type, value);

	return CormMakeOperator(left, op, CormParamValue(test->select, param));
}

/*
 * The order of jsonb puts all strings before all numbers, and so on: a value of
 * another kind is neither above nor below.
 */
static CormExpr *
AmongOneKind(CormExpr *comparison)
{
	CormValue  *left = comparison->left;
	CormValue  *right = comparison->right;

	if (getBaseType(left->type) != JSONBOID)
		return comparison;
	return CormAllOf(list_make2(CormMakeOperator(CormCallValue("jsonb_typeof", NULL,
															   CormCastValue(left, JSONBOID), TEXTOID),
												 CormEqualityOf(TEXTOID, "type"),
												 CormCallValue("jsonb_typeof", NULL,
															   CormCastValue(right, JSONBOID), TEXTOID)),
								comparison));
}

static CormExpr *
CompareOrder(const CormTest *test, CormValue *left, CormLookup lookup, JsonbValue *value)
{
	return AmongOneKind(Compare(test, left, OrderOperator(test, left, lookup), value));
}

/*
 * value in [...]: null as an element matches rows without a value.
 */
static CormExpr *
ValueIn(const CormTest *test, CormValue *left)
{
	Oid			type = getBaseType(left->type);
	Oid			array = get_array_type(type);
	Oid			op = CormEqualityOf(type, Naming(test, left));
	CormExpr   *any = CormMakeExpr(CORM_EXPR_OR);
	ListCell   *lc;
	bool		null = false;
	bool		some = false;

	if (!CormJsonIsArray(test->value))
		CormBadValue(test, "an array of values");
	foreach(lc, CormJsonElements(test->value))
	{
		JsonbValue *element = lfirst(lc);

		if (element->type == jbvNull)
			null = true;
		else if (OidIsValid(array) && !type_is_array(type))
			some = true;
		else
			any->args = lappend(any->args, Compare(test, left, op, element));
	}
	if (some)
	{
		CormExpr   *expr = CormMakeExpr(CORM_EXPR_ANY);

		expr->left = left;
		expr->op = op;
		expr->param = CormTestParamOfAny(test, CORM_BIND_ARRAY, array, type, test->value);
		any->args = lappend(any->args, expr);
	}
	if (null)
		any->args = lappend(any->args, CormMakeNullTest(CormNullable(left)));
	if (any->args == NIL)
		return CormMakeConst(false);
	return list_length(any->args) == 1 ? linitial(any->args) : any;
}

static CormExpr *
ValueRange(const CormTest *test, CormValue *left)
{
	List	   *bounds = NIL;
	ListCell   *lc;

	if (!CormJsonIsArray(test->value) ||
		list_length(bounds = CormJsonElements(test->value)) != 2)
		CormBadValue(test, "an array of two values, the lowest and the highest");
	foreach(lc, bounds)
		if (((JsonbValue *) lfirst(lc))->type == jbvNull)
			CormBadValue(test, "two bounds that are not null");
	return CormAllOf(list_make2(CompareOrder(test, left, CORM_LOOKUP_GTE, linitial(bounds)),
								CompareOrder(test, left, CORM_LOOKUP_LTE, lsecond(bounds))));
}

/* ---------- another column ---------- */

/*
 * Brings two values to one type that they can be compared in: as they are if
 * the operator family knows both, else by an implicit cast of either.
 */
static Oid
CommonOperator(const CormTest *test, CormValue **left, CormValue **right, int strategy)
{
	Oid			l = getBaseType((*left)->type);
	Oid			r = getBaseType((*right)->type);

	if (l != r)
	{
		if (can_coerce_type(1, &r, &l, COERCION_IMPLICIT))
			*right = CormCastValue(*right, l);
		else if (can_coerce_type(1, &l, &r, COERCION_IMPLICIT))
		{
			*left = CormCastValue(*left, r);
			l = r;
		}
		else
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_FUNCTION),
					 errmsg("\"%s\" compares values of types %s and %s, which have no operator in common",
							test->key, format_type_be(l), format_type_be(r))));
	}
	return strategy == BTEqualStrategyNumber ? CormEqualityOf(l, Naming(test, *left)) :
		CormOrderingOf(l, strategy, Naming(test, *left));
}

static CormExpr *
CompareField(const CormTest *test, CormValue *left)
{
	CormValue  *right = test->field;
	int			strategy;
	Oid			op;

	switch (test->lookup)
	{
		case CORM_LOOKUP_EXACT:
		case CORM_LOOKUP_NE:
			strategy = BTEqualStrategyNumber;
			break;
		case CORM_LOOKUP_GT:
			strategy = BTGreaterStrategyNumber;
			break;
		case CORM_LOOKUP_GTE:
			strategy = BTGreaterEqualStrategyNumber;
			break;
		case CORM_LOOKUP_LT:
			strategy = BTLessStrategyNumber;
			break;
		case CORM_LOOKUP_LTE:
			strategy = BTLessEqualStrategyNumber;
			break;
		case CORM_LOOKUP_OP:
			return CormMatchField(test, left, right);
		default:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\": F does not go with this lookup", test->key),
					 errdetail("F goes with exact, ne, gt, gte, lt, lte and op(<operator>).")));
	}
	op = CommonOperator(test, &left, &right, strategy);
	right = CormCollateAs(right, left);
	if (test->lookup == CORM_LOOKUP_NE)
		return CormNotTrue(CormMakeOperator(left, op, right));
	if (strategy == BTEqualStrategyNumber)
		return CormMakeOperator(left, op, right);
	return AmongOneKind(CormMakeOperator(left, op, right));
}

/* ---------- tests ---------- */

CormExpr *
CormTestValue(const CormTest *test, CormValue *value)
{
	Oid			type = getBaseType(value->type);

	if (test->of_field)
		return CompareField(test, value);
	if (test->value->type == jbvNull)
	{
		if (test->lookup == CORM_LOOKUP_EXACT)
			return CormMakeNullTest(CormNullable(value));
		if (test->lookup == CORM_LOOKUP_NE)
			return CormNotTrue(CormMakeNullTest(CormNullable(value)));
		CormBadValue(test, "a value; null goes with exact, ne and in");
	}

	switch (test->lookup)
	{
		case CORM_LOOKUP_EXACT:
			return Compare(test, value, CormEqualityOf(type, Naming(test, value)), test->value);
		case CORM_LOOKUP_NE:
			return CormNotTrue(Compare(test, value, CormEqualityOf(type, Naming(test, value)),
									   test->value));
		case CORM_LOOKUP_IN:
			return ValueIn(test, value);
		case CORM_LOOKUP_NOT_IN:
			return CormNotTrue(ValueIn(test, value));
		case CORM_LOOKUP_GT:
		case CORM_LOOKUP_GTE:
		case CORM_LOOKUP_LT:
		case CORM_LOOKUP_LTE:
			return CompareOrder(test, value, test->lookup, test->value);
		case CORM_LOOKUP_RANGE:
			return ValueRange(test, value);
		case CORM_LOOKUP_ISNULL:
			return CormTestBoolean(test) ? CormMakeNullTest(CormNullable(value)) :
				CormNotTrue(CormMakeNullTest(CormNullable(value)));
		default:
			return CormMatchValue(test, value);
	}
}
