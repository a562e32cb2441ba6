/*-------------------------------------------------------------------------
 *
 * condition.c
 *	  Filters: a request's conditions, resolved.
 *
 * A filter object is a conjunction.  Its paths walk to-one relations by LEFT
 * JOINs of the scope they stand in, and to-many relations into EXISTS
 * subqueries; the paths of one object that start with the same to-many steps
 * share one subquery and so speak of the same related row (a Hop).  Nested
 * groups and the elements of arrays are objects of their own and share nothing.
 *
 * Negation is always "IS NOT TRUE": exclude and NOT select exactly the rows
 * that the condition does not select, NULLs included.
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
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "condition.h"
#include "error.h"
#include "value.h"

/*
 * One EXISTS subquery that paths of one filter object share: the rows that a
 * to-many relation leads to from a table.  The root hop stands for the object's
 * own rows and has no relation.
 */
typedef struct Hop
{
	CormTable  *from;
	const CormRelation *relation;
	CormScope  *scope;
	CormTable  *link;			/* of a many-to-many */
	CormTable  *target;			/* of a many-to-many: only once it is needed */
	bool		key_only;		/* every test so far is on the related key */
	List	   *exprs;
	List	   *hops;			/* of Hop *, that start here */
} Hop;

/* One column of a key, and how to compare it with a value. */
typedef struct KeyColumn
{
	CormColumnRef ref;
	Oid			op;
	bool		flipped;		/* the value is the operator's left side */
	Oid			type;			/* of the value */
	int			part;			/* which part of the target's key */
} KeyColumn;

typedef enum Lookup
{
	LOOKUP_EXACT,
	LOOKUP_IEXACT,
	LOOKUP_CONTAINS,
	LOOKUP_ICONTAINS,
	LOOKUP_STARTSWITH,
	LOOKUP_ISTARTSWITH,
	LOOKUP_ENDSWITH,
	LOOKUP_IENDSWITH,
	LOOKUP_IN,
	LOOKUP_NOT_IN,
	LOOKUP_GT,
	LOOKUP_GTE,
	LOOKUP_LT,
	LOOKUP_LTE,
	LOOKUP_NE,
	LOOKUP_RANGE,
	LOOKUP_ISNULL,
	LOOKUP_UNKNOWN
} Lookup;

static const char *const lookup_names[] = {
	"exact", "iexact", "contains", "icontains", "startswith", "istartswith",
	"endswith", "iendswith", "in", "not_in", "gt", "gte", "lt", "lte", "ne",
	"range", "isnull"
};

/* The test at hand, passed down from the path to the comparison. */
typedef struct Test
{
	CormSelect *select;
	const char *key;			/* as written, for messages */
	Lookup		lookup;
	JsonbValue *value;
} Test;

static CormExpr *ResolveScope(CormSelect *select, CormScope *scope,
							  CormTable *base, const CormCondition *condition);
static void ResolveTest(CormSelect *select, Hop *root, CormTable *base,
						const CormCondition *condition);

CormExpr *
CormResolveCondition(CormSelect *select, CormScope *scope, CormTable *base,
					 const CormCondition *condition)
{
	CormExpr   *expr;
	ListCell   *lc;

	check_stack_depth();

	switch (condition->kind)
	{
		case CORM_COND_NOT:
			return CormNotTrue(CormResolveCondition(select, scope, base,
													linitial(condition->args)));
		case CORM_COND_AND:
		case CORM_COND_OR:
			if (condition->args == NIL)
				return CormMakeConst(condition->kind == CORM_COND_AND);
			expr = CormMakeExpr(condition->kind == CORM_COND_AND ?
								CORM_EXPR_AND : CORM_EXPR_OR);
			foreach(lc, condition->args)
				expr->args = lappend(expr->args,
									 CormResolveCondition(select, scope, base,
														  lfirst(lc)));
			return expr;
		case CORM_COND_SCOPE:
			return ResolveScope(select, scope, base, condition);
		case CORM_COND_TEST:
			break;
	}
	elog(ERROR, "a test stands outside a filter object");
	return NULL;
}

/* ---------- hops ---------- */

/*
 * The conditions of a hop, those of the hops that start from it included.
 */
static CormExpr *
FinishHop(CormSelect *select, Hop *hop)
{
	ListCell   *lc;

	foreach(lc, hop->hops)
	{
		Hop		   *inner = lfirst(lc);
		CormExpr   *exists = CormMakeExpr(CORM_EXPR_EXISTS);

		/*
		 * Without a test on the link or on nothing but the key, the related
		 * row itself must be there, and visible to the role.
		 */
		if (inner->link && !inner->target && !inner->key_only)
			inner->target = CormAddLinkTarget(select, inner->scope, inner->link,
											  inner->relation);
		inner->scope->where = lappend(inner->scope->where, FinishHop(select, inner));
		exists->scope = inner->scope;
		hop->exprs = lappend(hop->exprs, exists);
	}
	if (hop->exprs == NIL)
		return CormMakeConst(true);
	return CormAllOf(hop->exprs);
}

static CormExpr *
ResolveScope(CormSelect *select, CormScope *scope, CormTable *base,
			 const CormCondition *condition)
{
	Hop			root = {0};
	ListCell   *lc;

	root.scope = scope;
	foreach(lc, condition->args)
	{
		CormCondition *arg = lfirst(lc);

		if (arg->kind == CORM_COND_TEST)
			ResolveTest(select, &root, base, arg);
		else
			root.exprs = lappend(root.exprs,
								 CormResolveCondition(select, scope, base, arg));
	}
	return FinishHop(select, &root);
}

/*
 * A new subquery over the rows that a to-many relation leads to.
 */
static Hop *
MakeHop(CormSelect *select, CormTable *from, const CormRelation *relation)
{
	Hop		   *hop = palloc0(sizeof(Hop));

	hop->from = from;
	hop->relation = relation;
	hop->key_only = true;
	hop->scope = CormMakeScope();
	if (OidIsValid(relation->through))
	{
		hop->link = CormAddLink(select, hop->scope, relation);
		hop->scope->where = CormForeignKeyExprs(relation->fk, from, hop->link);
	}
	else
	{
		hop->target = CormAddTable(select, hop->scope,
								   CormRelationTarget(relation), CORM_JOIN_NONE);
		hop->scope->where = CormForeignKeyExprs(relation->fk, from, hop->target);
	}
	return hop;
}

/*
 * The hop that other paths of the same object have opened already, or a new
 * one.
 */
static Hop *
OpenHop(CormSelect *select, Hop *parent, CormTable *from,
		const CormRelation *relation)
{
	Hop		   *hop;
	ListCell   *lc;

	foreach(lc, parent->hops)
	{
		hop = lfirst(lc);
		if (hop->from == from && strcmp(hop->relation->name, relation->name) == 0)
			return hop;
	}
	hop = MakeHop(select, from, relation);
	parent->hops = lappend(parent->hops, hop);
	return hop;
}

static CormTable *
HopTarget(CormSelect *select, Hop *hop)
{
	hop->key_only = false;
	if (hop->target == NULL)
		hop->target = CormAddLinkTarget(select, hop->scope, hop->link, hop->relation);
	return hop->target;
}

/* ---------- lookups ---------- */

static Lookup
ParseLookup(const char *name)
{
	if (*name == '\0')
		return LOOKUP_EXACT;
	for (int i = 0; i < lengthof(lookup_names); i++)
		if (strcmp(name, lookup_names[i]) == 0)
			return (Lookup) i;
	return LOOKUP_UNKNOWN;
}

static void
UnknownLookup(const char *lookup, const char *key)
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
BadValue(const Test *test, const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" needs %s", test->key, expected)));
}

static bool
BooleanValue(const Test *test)
{
	if (test->value->type != jbvBool)
		BadValue(test, "true or false");
	return test->value->val.boolean;
}

static int
MakeParam(const Test *test, CormBind bind, Oid type, Oid elemtype,
		  JsonbValue *value)
{
	CormParam  *param = palloc0(sizeof(CormParam));

	param->bind = bind;
	param->typid = type;
	param->elemtype = elemtype;
	param->value = value;
	param->path = test->key;
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
OrderOperator(const CormColumn *column, Lookup lookup)
{
	static const StrategyNumber strategy[] = {
		[LOOKUP_GT] = BTGreaterStrategyNumber,
		[LOOKUP_GTE] = BTGreaterEqualStrategyNumber,
		[LOOKUP_LT] = BTLessStrategyNumber,
		[LOOKUP_LTE] = BTLessEqualStrategyNumber
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
CompareColumn(const Test *test, CormColumnRef ref, Oid op, JsonbValue *value)
{
	Oid			type = getBaseType(ref.column->typid);

	return CormMakeCompare(ref, op,
						   MakeParam(test, CORM_BIND_VALUE, type, type, value));
}

/*
 * column in [...]: NULL as an element matches rows without a value.
 */
static CormExpr *
ColumnIn(const Test *test, CormColumnRef ref)
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
ColumnRange(const Test *test, CormColumnRef ref)
{
	List	   *bounds;
	ListCell   *lc;

	if (!CormJsonIsArray(test->value) ||
		list_length(bounds = CormJsonElements(test->value)) != 2)
		BadValue(test, "an array of two values, the lowest and the highest");
	foreach(lc, bounds)
		if (((JsonbValue *) lfirst(lc))->type == jbvNull)
			BadValue(test, "two bounds that are not null");
	return CormAllOf(list_make2(CompareColumn(test, ref, OrderOperator(ref.column, LOOKUP_GTE),
											  linitial(bounds)),
								CompareColumn(test, ref, OrderOperator(ref.column, LOOKUP_LTE),
											  lsecond(bounds))));
}

static CormExpr *
ColumnText(const Test *test, CormColumnRef ref)
{
	static const CormBind bind[] = {
		[LOOKUP_IEXACT] = CORM_BIND_EXACT_TEXT,
		[LOOKUP_CONTAINS] = CORM_BIND_CONTAINS,
		[LOOKUP_ICONTAINS] = CORM_BIND_CONTAINS,
		[LOOKUP_STARTSWITH] = CORM_BIND_STARTS,
		[LOOKUP_ISTARTSWITH] = CORM_BIND_STARTS,
		[LOOKUP_ENDSWITH] = CORM_BIND_ENDS,
		[LOOKUP_IENDSWITH] = CORM_BIND_ENDS
	};
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_TEXT_MATCH);

	if (test->value->type == jbvBinary)
		BadValue(test, "a text");
	if (test->lookup == LOOKUP_IEXACT)
		expr->kind = CORM_EXPR_TEXT_IEXACT;
	else if (test->lookup == LOOKUP_CONTAINS || test->lookup == LOOKUP_STARTSWITH ||
			 test->lookup == LOOKUP_ENDSWITH)
		expr->opname = "~~";
	else
		expr->opname = "~~*";
	expr->left = ref;
	expr->param = MakeParam(test, bind[test->lookup], TEXTOID, TEXTOID, test->value);
	return expr;
}

static CormExpr *
TestColumn(const Test *test, CormColumnRef ref)
{
	if (test->value->type == jbvNull)
	{
		if (test->lookup == LOOKUP_EXACT)
			return CormMakeNullTest(ref);
		if (test->lookup == LOOKUP_NE)
			return CormNotTrue(CormMakeNullTest(ref));
		BadValue(test, "a value; null goes with exact, ne and in");
	}

	switch (test->lookup)
	{
		case LOOKUP_EXACT:
			return CompareColumn(test, ref, CormEqualityOperator(ref.column), test->value);
		case LOOKUP_NE:
			return CormNotTrue(CompareColumn(test, ref, CormEqualityOperator(ref.column),
											 test->value));
		case LOOKUP_IN:
			return ColumnIn(test, ref);
		case LOOKUP_NOT_IN:
			return CormNotTrue(ColumnIn(test, ref));
		case LOOKUP_GT:
		case LOOKUP_GTE:
		case LOOKUP_LT:
		case LOOKUP_LTE:
			return CompareColumn(test, ref, OrderOperator(ref.column, test->lookup),
								 test->value);
		case LOOKUP_RANGE:
			return ColumnRange(test, ref);
		case LOOKUP_ISNULL:
			return BooleanValue(test) ? CormMakeNullTest(ref) :
				CormNotTrue(CormMakeNullTest(ref));
		default:
			return ColumnText(test, ref);
	}
}

/* ---------- tests on a key ---------- */

static int
KeyPartOf(const CormModel *model, AttrNumber attnum)
{
	for (int i = 0; i < model->nkey; i++)
		if (model->key[i] == attnum)
			return i;
	elog(ERROR, "column %d is no part of the key of \"%s\"", attnum, model->name);
	return -1;
}

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
		column->type = getBaseType(CormColumnByNumber(referenced, fk->pk_attnums[i])->typid);
		column->part = KeyPartOf(referenced, fk->pk_attnums[i]);
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
CompareKey(const Test *test, const CormModel *model, List *columns,
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
KeyIn(const Test *test, const CormModel *model, List *columns)
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
TestKey(const Test *test, const CormModel *model, List *columns)
{
	if (test->lookup == LOOKUP_ISNULL)
		return BooleanValue(test) ? KeyIsNull(columns) : CormNotTrue(KeyIsNull(columns));

	switch (test->lookup)
	{
		case LOOKUP_EXACT:
			if (test->value->type == jbvNull)
				return KeyIsNull(columns);
			return CompareKey(test, model, columns, test->value);
		case LOOKUP_NE:
			if (test->value->type == jbvNull)
				return CormNotTrue(KeyIsNull(columns));
			return CormNotTrue(CompareKey(test, model, columns, test->value));
		case LOOKUP_IN:
		case LOOKUP_NOT_IN:
			if (test->value->type == jbvNull)
				BadValue(test, "an array of keys");
			return test->lookup == LOOKUP_IN ? KeyIn(test, model, columns) :
				CormNotTrue(KeyIn(test, model, columns));
		default:
			if (list_length(columns) > 1)
				BadValue(test, "one of the lookups exact, ne, in, not_in and isnull, as the key has several columns");
			return TestColumn(test, ((KeyColumn *) linitial(columns))->ref);
	}
}

/* ---------- tests on a relation ---------- */

/*
 * No row at all behind a to-many relation.
 */
static CormExpr *
HasNone(CormSelect *select, CormTable *from, const CormRelation *relation)
{
	Hop		   *hop = MakeHop(select, from, relation);
	CormExpr   *exists = CormMakeExpr(CORM_EXPR_EXISTS);

	if (hop->target == NULL)
		hop->target = CormAddLinkTarget(select, hop->scope, hop->link, relation);
	exists->scope = hop->scope;
	return CormNotTrue(exists);
}

/*
 * The test stands on a relation itself: its value is a key of the target.
 */
static void
TestRelation(const Test *test, Hop *hop, CormTable *from,
			 const CormRelation *relation)
{
	CormSelect *select = test->select;
	const CormModel *target = CormRelationTarget(relation);

	if (relation->to_many)
	{
		bool		null = test->value->type == jbvNull;

		if (test->lookup == LOOKUP_ISNULL ||
			(null && (test->lookup == LOOKUP_EXACT || test->lookup == LOOKUP_NE)))
		{
			CormExpr   *none = HasNone(select, from, relation);
			bool		wanted = null ? test->lookup == LOOKUP_EXACT : BooleanValue(test);

			hop->exprs = lappend(hop->exprs, wanted ? none : CormNotTrue(none));
			return;
		}
		hop = OpenHop(select, hop, from, relation);
		if (hop->link && relation->far_fk->to_primary_key)
			hop->exprs = lappend(hop->exprs,
								 TestKey(test, target,
										 ReferencingColumns(relation->far_fk, target, hop->link)));
		else
			hop->exprs = lappend(hop->exprs,
								 TestKey(test, target, OwnKeyColumns(HopTarget(select, hop))));
		return;
	}

	if (!relation->reverse && relation->fk->to_primary_key)
		hop->exprs = lappend(hop->exprs,
							 TestKey(test, target,
									 ReferencingColumns(relation->fk, target, from)));
	else
		hop->exprs = lappend(hop->exprs,
							 TestKey(test, target,
									 OwnKeyColumns(CormJoinToOne(select, hop->scope, from, relation))));
}

/*
 * Walks one path and adds its test to the hop where it ends.
 */
static void
ResolveTest(CormSelect *select, Hop *hop, CormTable *table,
			const CormCondition *condition)
{
	Test		test = {select, condition->key, LOOKUP_EXACT, condition->value};
	const CormModel *model = table->model;
	const CormRelation *reached_by = table->link_relation;
	const char *path = condition->key;

	for (;;)
	{
		CormStep	step = CormNextStep(model, reached_by, path);
		Lookup		lookup;

		/* what is left may be a lookup on the step before */
		if (step.kind == CORM_STEP_OTHER)
			CormUnknownName(model, path, condition->key);

		if (table == NULL && step.kind != CORM_STEP_THROUGH)
			table = HopTarget(select, hop);

		lookup = ParseLookup(step.rest);
		test.lookup = lookup;
		switch (step.kind)
		{
			case CORM_STEP_COLUMN:
				if (lookup == LOOKUP_UNKNOWN)
					UnknownLookup(step.rest, condition->key);
				if (step.relation && CormJsonIsObject(condition->value))
				{
					TestRelation(&test, hop, table, step.relation);
					return;
				}
				hop->exprs = lappend(hop->exprs,
									 TestColumn(&test, CormRef(table, step.column->attnum)));
				return;

			case CORM_STEP_PK:
				if (lookup == LOOKUP_UNKNOWN)
					UnknownLookup(step.rest, condition->key);
				hop->exprs = lappend(hop->exprs,
									 TestKey(&test, model, OwnKeyColumns(table)));
				return;

			case CORM_STEP_THROUGH:
				table = table ? table->link : hop->link;
				hop->key_only = false;
				model = table->model;
				reached_by = NULL;
				break;

			case CORM_STEP_RELATION:
				{
					const CormModel *target = CormRelationTarget(step.relation);

					if (lookup != LOOKUP_UNKNOWN &&
						(*step.rest == '\0' ||
						 CormNextStep(target,
									  OidIsValid(step.relation->through) ? step.relation : NULL,
									  step.rest).kind == CORM_STEP_OTHER))
					{
						TestRelation(&test, hop, table, step.relation);
						return;
					}
					if (step.relation->to_many)
					{
						hop = OpenHop(select, hop, table, step.relation);
						table = hop->target;	/* NULL: once it is needed */
						reached_by = OidIsValid(step.relation->through) ? step.relation : NULL;
					}
					else
					{
						table = CormJoinToOne(select, hop->scope, table, step.relation);
						reached_by = NULL;
					}
					model = target;
					break;
				}

			case CORM_STEP_END:
			case CORM_STEP_OTHER:
				CormUnknownName(model, path, condition->key);
		}
		path = step.rest;
	}
}

/* ---------- what other modules compare ---------- */

/*
 * The rows of "table" that belong to the owner with this key.  The table stands
 * on the referencing side of the foreign key (children, links) whose other side
 * is the owner; when the key references other columns than the owner's primary
 * key, or the table is the referenced side, the owner itself is joined.
 */
List *
CormOwnerExprs(CormSelect *select, const CormModel *owner, CormTable *table,
			   const CormForeignKey *fk, bool table_referencing, JsonbValue *key)
{
	Test		test = {select, "pk", LOOKUP_EXACT, key};
	CormTable  *joined;

	CormRequireKey(owner, "the owner of a relation needs");
	if (table_referencing && fk->to_primary_key)
		return list_make1(CompareKey(&test, owner,
									 ReferencingColumns(fk, owner, table), key));

	joined = CormAddTable(select, select->scope, owner, CORM_JOIN_INNER);
	joined->on = table_referencing ? CormForeignKeyExprs(fk, joined, table) :
		CormForeignKeyExprs(fk, table, joined);
	return list_make1(CompareKey(&test, owner, OwnKeyColumns(joined), key));
}

CormExpr *
CormKeyEquals(CormSelect *select, CormTable *table, JsonbValue *value,
			  const char *path)
{
	Test		test = {select, path, LOOKUP_EXACT, value};

	return CompareKey(&test, table->model, OwnKeyColumns(table), value);
}
