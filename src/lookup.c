/*-------------------------------------------------------------------------
 *
 * lookup.c
 *	  Tests at the end of a path: a column, or a key, against a value.
 *
 * Values become parameters and never text, so nothing in a value changes what
 * a test means: only the lookup's name does, and whether the value is null or
 * an array holds one.
 *
 * Operators come from the column type's default operator class, or from the
 * foreign key constraint, never from the search_path.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "document.h"
#include "error.h"
#include "lookup.h"
#include "value.h"

/* One column of a key, and how to compare it with a value. */
typedef struct KeyColumn
{
	CormColumnRef ref;
	Oid			op;
	bool		flipped;		/* the value is the operator's left side */
	Oid			collation;		/* then, of the referenced column */
	Oid			type;			/* of the value */
	int			part;			/* which part of the target's key */
} KeyColumn;

static const char *const lookup_names[] = {
	"exact", "iexact", "contains", "icontains", "startswith", "istartswith",
	"endswith", "iendswith", "in", "not_in", "gt", "gte", "lt", "lte", "ne",
	"range", "isnull"
};

/* ---------- lookups ---------- */

CormLookup
CormParseLookup(const char *name)
{
	if (*name == '\0')
		return CORM_LOOKUP_EXACT;
	for (int i = 0; i < lengthof(lookup_names); i++)
		if (strcmp(name, lookup_names[i]) == 0)
			return (CormLookup) i;
	return CORM_LOOKUP_UNKNOWN;
}

void
CormUnknownLookup(const char *lookup, const char *key)
{
	List	   *known = NIL;
	const char *close;

	for (int i = 0; i < lengthof(lookup_names); i++)
		known = lappend(known, unconstify(char *, lookup_names[i]));
	close = CormClosest(lookup, known);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown lookup \"%s\" in \"%s\"", lookup, key),
			 errdetail("The lookups are exact, iexact, contains, icontains, startswith, istartswith, endswith, iendswith, in, not_in, gt, gte, lt, lte, ne, range, isnull."),
			 close ? errhint("Perhaps you meant \"%s\".", close) : 0));
}

static void
BadValue(const CormTest *test, const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" needs %s", test->key, expected)));
}

bool
CormTestBoolean(const CormTest *test)
{
	if (test->value->type != jbvBool)
		BadValue(test, "true or false");
	return test->value->val.boolean;
}

static int
MakeParam(const CormTest *test, CormBind bind, Oid type, Oid elemtype,
		  JsonbValue *value)
{
	CormParam  *param = palloc0(sizeof(CormParam));

	param->bind = bind;
	param->typid = type;
	param->elemtype = elemtype;
	param->value = value;
	param->path = test->key;
	param->of_owner = test->of_owner;
	return CormAddParam(test->select, param);
}

/* ---------- tests on a column ---------- */

static void
NoOperator(const CormColumn *column, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_FUNCTION),
			 errmsg("column \"%s\" of type %s has no %s operator",
					column->name, format_type_be(column->typid), what)));
}

Oid
CormEqualityOperator(const CormColumn *column)
{
	TypeCacheEntry *type = lookup_type_cache(getBaseType(column->typid),
											 TYPECACHE_EQ_OPR);

	if (!OidIsValid(type->eq_opr))
		NoOperator(column, "equality");
	return type->eq_opr;
}

static Oid
OrderOperator(const CormColumn *column, CormLookup lookup)
{
	static const StrategyNumber strategy[] = {
		[CORM_LOOKUP_GT] = BTGreaterStrategyNumber,
		[CORM_LOOKUP_GTE] = BTGreaterEqualStrategyNumber,
		[CORM_LOOKUP_LT] = BTLessStrategyNumber,
		[CORM_LOOKUP_LTE] = BTLessEqualStrategyNumber
	};
	TypeCacheEntry *type = lookup_type_cache(getBaseType(column->typid),
											 TYPECACHE_BTREE_OPFAMILY);
	Oid			op = InvalidOid;

	if (OidIsValid(type->btree_opf))
		op = get_opfamily_member(type->btree_opf, type->btree_opintype,
								 type->btree_opintype, strategy[lookup]);
	if (!OidIsValid(op))
		NoOperator(column, "ordering");
	return op;
}

static CormExpr *
CompareColumn(const CormTest *test, CormColumnRef ref, Oid op, JsonbValue *value)
{
	Oid			type = getBaseType(ref.column->typid);

	return CormMakeCompare(ref, op,
						   MakeParam(test, CORM_BIND_VALUE, type, type, value));
}

/*
 * column in [...]: NULL as an element matches rows without a value.
 */
static CormExpr *
ColumnIn(const CormTest *test, CormColumnRef ref)
{
	Oid			type = getBaseType(ref.column->typid);
	Oid			array = get_array_type(type);
	Oid			op = CormEqualityOperator(ref.column);
	CormExpr   *any = CormMakeExpr(CORM_EXPR_OR);
	List	   *elements;
	ListCell   *lc;
	bool		null = false;
	bool		value = false;

	if (!CormJsonIsArray(test->value))
		BadValue(test, "an array of values");
	elements = CormJsonElements(test->value);
	foreach(lc, elements)
	{
		JsonbValue *element = lfirst(lc);

		if (element->type == jbvNull)
			null = true;
		else if (OidIsValid(array) && !type_is_array(type))
			value = true;
		else
			any->args = lappend(any->args, CompareColumn(test, ref, op, element));
	}
	if (value)
	{
		CormExpr   *expr = CormMakeExpr(CORM_EXPR_ANY);

		expr->left = ref;
		expr->op = op;
		expr->param = MakeParam(test, CORM_BIND_ARRAY, array, type, test->value);
		any->args = lappend(any->args, expr);
	}
	if (null)
		any->args = lappend(any->args, CormMakeNullTest(ref));
	if (any->args == NIL)
		return CormMakeConst(false);
	return list_length(any->args) == 1 ? linitial(any->args) : any;
}

static CormExpr *
ColumnRange(const CormTest *test, CormColumnRef ref)
{
	List	   *bounds = NIL;
	ListCell   *lc;

	if (!CormJsonIsArray(test->value) ||
		list_length(bounds = CormJsonElements(test->value)) != 2)
		BadValue(test, "an array of two values, the lowest and the highest");
	foreach(lc, bounds)
		if (((JsonbValue *) lfirst(lc))->type == jbvNull)
			BadValue(test, "two bounds that are not null");
	return CormAllOf(list_make2(CompareColumn(test, ref, OrderOperator(ref.column, CORM_LOOKUP_GTE),
											  linitial(bounds)),
								CompareColumn(test, ref, OrderOperator(ref.column, CORM_LOOKUP_LTE),
											  lsecond(bounds))));
}

static CormExpr *
ColumnText(const CormTest *test, CormColumnRef ref)
{
	static const CormBind bind[] = {
		[CORM_LOOKUP_IEXACT] = CORM_BIND_EXACT_TEXT,
		[CORM_LOOKUP_CONTAINS] = CORM_BIND_CONTAINS,
		[CORM_LOOKUP_ICONTAINS] = CORM_BIND_CONTAINS,
		[CORM_LOOKUP_STARTSWITH] = CORM_BIND_STARTS,
		[CORM_LOOKUP_ISTARTSWITH] = CORM_BIND_STARTS,
		[CORM_LOOKUP_ENDSWITH] = CORM_BIND_ENDS,
		[CORM_LOOKUP_IENDSWITH] = CORM_BIND_ENDS
	};
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_TEXT_MATCH);

	if (test->value->type == jbvBinary)
		BadValue(test, "a text");
	if (test->lookup == CORM_LOOKUP_IEXACT)
		expr->kind = CORM_EXPR_TEXT_IEXACT;
	else if (test->lookup == CORM_LOOKUP_CONTAINS || test->lookup == CORM_LOOKUP_STARTSWITH ||
			 test->lookup == CORM_LOOKUP_ENDSWITH)
		expr->opname = "~~";
	else
		expr->opname = "~~*";
	expr->left = ref;
	expr->param = MakeParam(test, bind[test->lookup], TEXTOID, TEXTOID, test->value);
	return expr;
}

CormExpr *
CormTestColumn(const CormTest *test, CormColumnRef ref)
{
	if (test->value->type == jbvNull)
	{
		if (test->lookup == CORM_LOOKUP_EXACT)
			return CormMakeNullTest(ref);
		if (test->lookup == CORM_LOOKUP_NE)
			return CormNotTrue(CormMakeNullTest(ref));
		BadValue(test, "a value; null goes with exact, ne and in");
	}

	switch (test->lookup)
	{
		case CORM_LOOKUP_EXACT:
			return CompareColumn(test, ref, CormEqualityOperator(ref.column), test->value);
		case CORM_LOOKUP_NE:
			return CormNotTrue(CompareColumn(test, ref, CormEqualityOperator(ref.column),
											 test->value));
		case CORM_LOOKUP_IN:
			return ColumnIn(test, ref);
		case CORM_LOOKUP_NOT_IN:
			return CormNotTrue(ColumnIn(test, ref));
		case CORM_LOOKUP_GT:
		case CORM_LOOKUP_GTE:
		case CORM_LOOKUP_LT:
		case CORM_LOOKUP_LTE:
			return CompareColumn(test, ref, OrderOperator(ref.column, test->lookup),
								 test->value);
		case CORM_LOOKUP_RANGE:
			return ColumnRange(test, ref);
		case CORM_LOOKUP_ISNULL:
			return CormTestBoolean(test) ? CormMakeNullTest(ref) :
				CormNotTrue(CormMakeNullTest(ref));
		default:
			return ColumnText(test, ref);
	}
}

/* ---------- tests on a key ---------- */

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

		column->ref = CormRef(referencing, fk->fk_attnums[i]);
		column->op = fk->eq_ops[i];
		column->flipped = true;
		column->collation = CormColumnByNumber(referenced, fk->pk_attnums[i])->collation;
		column->type = getBaseType(CormColumnByNumber(referenced, fk->pk_attnums[i])->typid);
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

		column->ref = CormRef(table, table->model->key[i]);
		column->op = CormEqualityOperator(column->ref.column);
		column->type = getBaseType(column->ref.column->typid);
		column->part = i;
		columns = lappend(columns, column);
	}
	return columns;
}

static CormExpr *
CompareKey(const CormTest *test, const CormModel *model, List *columns,
		   JsonbValue *value)
{
	List	   *exprs = NIL;
	ListCell   *lc;

	foreach(lc, columns)
	{
		KeyColumn  *column = lfirst(lc);
		int			n = MakeParam(test, CORM_BIND_KEY, column->type, column->type, value);
		CormParam  *param = llast(test->select->params);
		CormExpr   *expr = CormMakeCompare(column->ref, column->op, n);

		param->model = model;
		param->part = column->part;
		if (column->flipped)
			expr->kind = CORM_EXPR_COMPARE_FLIPPED;
		expr->collation = column->collation;
		exprs = lappend(exprs, expr);
	}
	return CormAllOf(exprs);
}

static CormExpr *
KeyIsNull(List *columns)
{
	CormExpr   *any = CormMakeExpr(CORM_EXPR_OR);
	ListCell   *lc;

	if (list_length(columns) == 1)
		return CormMakeNullTest(((KeyColumn *) linitial(columns))->ref);
	foreach(lc, columns)
		any->args = lappend(any->args, CormMakeNullTest(((KeyColumn *) lfirst(lc))->ref));
	return any;
}

static CormExpr *
KeyIn(const CormTest *test, const CormModel *model, List *columns)
{
	KeyColumn  *first = linitial(columns);
	Oid			op = first->flipped ? get_commutator(first->op) : first->op;
	Oid			array = get_array_type(first->type);
	bool		as_array = list_length(columns) == 1 && OidIsValid(op) &&
		OidIsValid(array) && !type_is_array(first->type);
	CormExpr   *any = CormMakeExpr(CORM_EXPR_OR);
	bool		some = false;
	bool		null = false;
	ListCell   *lc;

	if (!CormJsonIsArray(test->value))
		BadValue(test, "an array of keys");
	foreach(lc, CormJsonElements(test->value))
	{
		JsonbValue *element = lfirst(lc);

		if (element->type == jbvNull)
			null = true;
		else if (as_array)
			some = true;
		else
			any->args = lappend(any->args, CompareKey(test, model, columns, element));
	}
	if (some)
	{
		CormExpr   *expr = CormMakeExpr(CORM_EXPR_ANY);
		CormParam  *param;

		expr->left = first->ref;
		expr->op = op;
		expr->collation = first->collation;
		expr->param = MakeParam(test, CORM_BIND_KEY_ARRAY, array, first->type, test->value);
		param = llast(test->select->params);
		param->model = model;
		param->part = first->part;
		any->args = lappend(any->args, expr);
	}
	if (null)
		any->args = lappend(any->args, KeyIsNull(columns));
	if (any->args == NIL)
		return CormMakeConst(false);
	return list_length(any->args) == 1 ? linitial(any->args) : any;
}

/*
 * A test whose value is a key of "model".  A key of one column takes every
 * lookup that its column takes.
 */
static CormExpr *
TestKeyColumns(const CormTest *test, const CormModel *model, List *columns)
{
	if (test->lookup == CORM_LOOKUP_ISNULL)
		return CormTestBoolean(test) ? KeyIsNull(columns) : CormNotTrue(KeyIsNull(columns));

	switch (test->lookup)
	{
		case CORM_LOOKUP_EXACT:
			if (test->value->type == jbvNull)
				return KeyIsNull(columns);
			return CompareKey(test, model, columns, test->value);
		case CORM_LOOKUP_NE:
			if (test->value->type == jbvNull)
				return CormNotTrue(KeyIsNull(columns));
			return CormNotTrue(CompareKey(test, model, columns, test->value));
		case CORM_LOOKUP_IN:
		case CORM_LOOKUP_NOT_IN:
			if (test->value->type == jbvNull)
				BadValue(test, "an array of keys");
			return test->lookup == CORM_LOOKUP_IN ? KeyIn(test, model, columns) :
				CormNotTrue(KeyIn(test, model, columns));
		default:
			if (list_length(columns) > 1)
				BadValue(test, "one of the lookups exact, ne, in, not_in and isnull, as the key has several columns");
			return CormTestColumn(test, ((KeyColumn *) linitial(columns))->ref);
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
