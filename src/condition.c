/*-------------------------------------------------------------------------
 *
 * condition.c
 *	  Filters: a request's conditions, resolved.
 *
 * A filter object is a conjunction.  Its paths walk to-one relations by LEFT
 * JOINs of the scope they stand in, and to-many relations into EXISTS
 * subqueries (a relation that is followed in any number of steps likewise).  The
 * paths of one object that start with the same to-many steps share one subquery
 * and so speak of the same related row (a Hop).  Nested groups and the elements
 * of arrays are objects of their own and share nothing, nor do quantifiers and
 * aggregates, which speak of all related rows.
 *
 * Negation is always "IS NOT TRUE": exclude and NOT select exactly the rows
 * that the condition does not select, NULLs included.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "aggregate.h"
#include "condition.h"
#include "document.h"
#include "indexes.h"
#include "lookup_key.h"
#include "lookup_value.h"
#include "pathtext.h"
#include "pathvalue.h"
#include "transform.h"
#include "typeorder.h"

/*
 * One EXISTS subquery that paths of one filter object share: the rows that a
 * to-many relation leads to from a table.  The root hop stands for the object's
 * own rows and has no relation.
 */
typedef struct Hop
{
	CormTable  *from;
	const CormPathStep *step;	/* NULL: to another link of the same pair */
	CormScope  *scope;
	CormTable  *link;			/* of a many-to-many */
	CormTable  *target;			/* of a many-to-many: only once it is needed */
	bool		key_only;		/* every test so far is on the related key */
	List	   *exprs;
	List	   *hops;			/* of Hop *, that start here */
} Hop;

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
 * A column of the hop's target that the test wants to be equal to a parameter, as the
 * target's unique keys understand it; NULL if it says anything else.
 */
static const CormColumn *
EqualColumn(const Hop *hop, const CormExpr *test)
{
	const CormValue *column = test->left;

	if (test->kind != CORM_EXPR_OPERATOR || test->right->kind != CORM_VALUE_PARAM ||
		column->kind != CORM_VALUE_COLUMN || column->ref.table != hop->target ||
		OidIsValid(column->collate) || test->op != CormTypeEquality(getBaseType(column->type)))
		return NULL;
	return column->ref.column;
}

/*
 * Links to a row that is told by a key of its own: the row is looked up once, in place
 * of a join with every link.  Then the planner can see by a unique index on the pair
 * that one link at most is left, and makes a plain join of the EXISTS.
 */
static void
LookUpTarget(Hop *hop)
{
	const CormForeignKey *far;
	CormKey		told = {0, NULL};
	CormScope  *apart;
	CormValue  *key;
	ListCell   *lc;

	/* nothing but the tests may stand on the target */
	if (hop->link == NULL || hop->target == NULL || hop->exprs == NIL ||
		hop->hops != NIL || list_length(hop->scope->tables) != 2)
		return;
	far = hop->step->relation->far_fk;
	if (far->nkeys != 1)
		return;
	told.attnums = palloc(list_length(hop->exprs) * sizeof(AttrNumber));
	foreach(lc, hop->exprs)
	{
		const CormColumn *column = EqualColumn(hop, lfirst(lc));

		if (column == NULL)
			return;
		told.attnums[told.n++] = column->attnum;
	}
	if (!CormTellsRowsApart(hop->target->model->relid, told))
		return;
	apart = CormMakeScope();
	apart->depth = hop->scope->depth + 1;
	apart->tables = list_make1(hop->target);
	apart->where = hop->exprs;
	key = CormOnceValue(CormColumnValueOf(hop->target, far->pk_attnums[0]));
	key->scope = apart;
	hop->scope->tables = list_delete_ptr(hop->scope->tables, hop->target);
	hop->target->join = CORM_JOIN_NONE;
	hop->target->on = NIL;
	hop->exprs = list_make1(CormMakeOperator(key, far->eq_ops[0],
											 CormColumnValueOf(hop->link, far->fk_attnums[0])));
}

/*
 * The conditions of a hop, those of the hops that start from it included.
 */
static CormExpr *
FinishHop(CormSelect *select, Hop *hop)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, hop->hops)
	{
		Hop		   *inner = lfirst(lc);
		CormExpr   *exists = CormMakeExpr(CORM_EXPR_EXISTS);

		/*
		 * A foreign key in the link answers for tests on nothing but the key.
		 * Where only the link is tested, the related row itself must be
		 * there, and visible to the role.
		 */
		if (inner->link && !inner->target && !inner->key_only)
			inner->target = CormAddLinkTarget(select, inner->scope, inner->link,
											  inner->step->relation);
		LookUpTarget(inner);
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
 * A new subquery over the rows that a step leads to.
 */
static Hop *
MakeHop(CormSelect *select, CormScope *scope, CormTable *from, const CormPathStep *step)
{
	Hop		   *hop = palloc0(sizeof(Hop));
	CormPlace	start = {select, scope, from};
	CormPlace	place = CormOpenStep(&start, step, &hop->link);

	hop->from = from;
	hop->step = step;
	hop->key_only = true;
	hop->scope = place.scope;
	hop->target = place.table;
	return hop;
}

/*
 * The hop that other paths of the same object have opened already, or a new
 * one.
 */
static Hop *
OpenHop(CormSelect *select, Hop *parent, CormTable *from, const CormPathStep *step)
{
	Hop		   *hop;
	ListCell   *lc;

	foreach(lc, parent->hops)
	{
		hop = lfirst(lc);
		if (hop->from == from && hop->step && hop->step->closure == step->closure &&
			strcmp(hop->step->relation->name, step->relation->name) == 0)
			return hop;
	}
	hop = MakeHop(select, parent->scope, from, step);
	parent->hops = lappend(parent->hops, hop);
	return hop;
}

/*
 * Rows are listed with one link of each pair; filters mean any of them.  The
 * tests of one object mean the same.
 */
static Hop *
OpenLinkHop(CormSelect *select, Hop *parent, CormTable *link)
{
	const CormRelation *relation = link->once ? link->once : link->several;
	const CormForeignKey *keys[] = {relation->fk, relation->far_fk};
	Hop		   *hop;
	ListCell   *lc;

	foreach(lc, parent->hops)
	{
		hop = lfirst(lc);
		if (hop->from == link)
			return hop;
	}
	link->asked = true;
	hop = palloc0(sizeof(Hop));
	hop->from = link;
	hop->scope = CormMakeScope();
	hop->scope->depth = parent->scope->depth + 1;
	hop->target = CormAddLink(select, hop->scope, relation);
	for (int k = 0; k < lengthof(keys); k++)
		for (int i = 0; i < keys[k]->nkeys; i++)
		{
			CormValue  *mine = CormColumnValueOf(hop->target, keys[k]->fk_attnums[i]);

			hop->scope->where =
				lappend(hop->scope->where,
						CormMakeOperator(mine, CormEqualityOperator(mine->ref.column),
										 CormColumnValueOf(link, keys[k]->fk_attnums[i])));
		}
	parent->hops = lappend(parent->hops, hop);
	return hop;
}

static CormTable *
HopTarget(CormSelect *select, Hop *hop)
{
	hop->key_only = false;
	if (hop->target == NULL)
		hop->target = CormAddLinkTarget(select, hop->scope, hop->link, hop->step->relation);
	return hop->target;
}

/* ---------- quantifiers ---------- */

/*
 * some, every, none of the related rows pass a filter object of their own.
 * "every" is that none fails to pass.
 */
static CormExpr *
Quantify(const CormTest *test, CormScope *scope, CormTable *from,
		 const CormPathStep *step, const char *word)
{
	CormDocPath at = {NULL, test->key, 0};
	CormPlace	start = {test->select, scope, from};
	CormPlace	place = CormOpenStep(&start, step, NULL);
	CormExpr   *exists = CormMakeExpr(CORM_EXPR_EXISTS);
	CormExpr   *inner;

	if (!CormJsonIsObject(test->value) && !CormJsonIsArray(test->value))
		CormBadValue(test, "a filter object");
	inner = CormResolveCondition(test->select, place.scope, place.table,
								 CormParseFilter(test->value, &at, NULL));
	if (strcmp(word, "every") == 0)
		inner = CormNotTrue(inner);
	place.scope->where = lappend(place.scope->where, inner);
	exists->scope = place.scope;
	return strcmp(word, "some") == 0 ? exists : CormNotTrue(exists);
}

/* ---------- aggregates ---------- */

/*
 * What the path in a test's value stands for, if its lookup ends in F: a value
 * of the row that the filter object is about.
 */
static void
ResolveField(CormTest *test, const CormPlace *place, const char *lookup)
{
	int			len = strlen(lookup);

	if (strcmp(lookup, "F") != 0 && (len < 3 || strcmp(lookup + len - 3, "__F") != 0))
		return;
	if (test->value->type != jbvString)
		CormBadValue(test, "the path of a column");
	test->field = CormPathValue(place, pnstrdup(test->value->val.string.val,
												test->value->val.string.len),
								CORM_WALK_TO_ONE);
}

static CormExpr *
TestAggregate(const CormTest *template, const CormPlace *place, CormValue *value,
			  const char *lookup, JsonbValue *given)
{
	CormTest	test = *template;

	test.value = given;
	ResolveField(&test, place, lookup);
	if (!CormReadLookup(lookup, &test))
		CormUnknownLookup(lookup, template->key, NIL);
	return CormTestValue(&test, value);
}

/*
 * An aggregate over all related rows, compared; or an object of lookups, a filter
 * for the rows to be aggregated, and distinct.
 */
static CormExpr *
ResolveAggregate(const CormTest *test, CormPlace *place, CormPath *path,
				 const char *transforms, CormAggregate function)
{
	CormPlace	end = CormOpenPath(place, path);
	CormDocPath at = {NULL, test->key, 0};
	bool		distinct = false;
	CormValue  *value;
	List	   *exprs = NIL;
	JsonbIterator *it;
	JsonbValue *item;
	char	   *key;

	if (!CormJsonIsObject(test->value))
	{
		value = CormAggregateOver(&end, path, transforms, function, false);
		return TestAggregate(test, place, value, path->rest, test->value);
	}
	if (*path->rest != '\0')
		CormBadValue(test, "a plain value; lookups and a filter go into an object without a lookup in its key");

	for (it = CormBeginPairs(test->value); CormNextPair(&it, &key, &item);)
	{
		CormDocPath here = {&at, key, 0};

		if (*key == '\0')
			CormRaiseEmptyKey(&at);
		if (strcmp(key, "distinct") == 0)
			distinct = CormReadBoolean(item, &here);
		else if (strcmp(key, "filter") == 0 && item->type != jbvNull)
		{
			CormRequireFilterChecked(test->select,
									 CormPathBefore(test->key, CormPathLastStep(test->key)),
									 function, CormPathStepsText(path));
			end.scope->where =
				lappend(end.scope->where,
						CormResolveCondition(test->select, end.scope, end.table,
											 CormParseFilter(item, &here, NULL)));
		}
	}
	value = CormAggregateOver(&end, path, transforms, function, distinct);
	for (it = CormBeginPairs(test->value); CormNextPair(&it, &key, &item);)
		if (strcmp(key, "distinct") != 0 && strcmp(key, "filter") != 0)
			exprs = lappend(exprs, TestAggregate(test, place, value, key, item));
	if (exprs == NIL)
		CormBadValue(test, "a lookup, such as \"gte\", beside its filter");
	return CormAllOf(exprs);
}

/* ---------- tests on a relation ---------- */

/*
 * No row at all behind a to-many relation.
 */
static CormExpr *
HasNone(CormSelect *select, CormScope *scope, CormTable *from, const CormPathStep *step)
{
	CormPlace	start = {select, scope, from};
	CormTable  *link;
	CormPlace	place = CormOpenStep(&start, step, &link);
	CormExpr   *exists = CormMakeExpr(CORM_EXPR_EXISTS);

	if (link)
		(void) CormAddLinkTarget(select, place.scope, link, step->relation);
	exists->scope = place.scope;
	return CormNotTrue(exists);
}

/*
 * Would the test let a row without a key pass?  A link that leads nowhere is no
 * related row, whatever the test says.
 */
static bool
PassesMissing(const CormTest *test)
{
	ListCell   *lc;

	if (test->lookup == CORM_LOOKUP_NE || test->lookup == CORM_LOOKUP_NOT_IN)
		return true;
	if (test->lookup != CORM_LOOKUP_IN || !CormJsonIsArray(test->value))
		return false;
	foreach(lc, CormJsonElements(test->value))
		if (((JsonbValue *) lfirst(lc))->type == jbvNull)
			return true;
	return false;
}

/*
 * A test on the key of what a hop leads to.  The link answers for it where it
 * references that key.
 */
static void
TestRelatedKey(const CormTest *test, Hop *hop, const CormRelation *relation,
			   const CormModel *target)
{
	if (hop->link && PassesMissing(test))
		(void) HopTarget(test->select, hop);
	hop->exprs = lappend(hop->exprs, hop->link && relation->far_fk->to_primary_key ?
						 CormTestForeignKey(test, target, relation->far_fk, hop->link) :
						 CormTestKey(test, HopTarget(test->select, hop)));
}

static CormExpr *
TestToMany(const CormTest *test, Hop *parent, CormTable *from, const CormPathStep *step)
{
	const CormRelation *relation = step->relation;
	bool		null = test->value->type == jbvNull;

	if (test->lookup == CORM_LOOKUP_ISNULL ||
		(null && (test->lookup == CORM_LOOKUP_EXACT || test->lookup == CORM_LOOKUP_NE)))
	{
		CormExpr   *none = HasNone(test->select, parent->scope, from, step);
		bool		wanted = test->lookup == CORM_LOOKUP_ISNULL ?
			CormTestBoolean(test) : test->lookup == CORM_LOOKUP_EXACT;

		return wanted ? none : CormNotTrue(none);
	}

	/* null in a list: no related row, so no other key can mean the same one */
	if (test->lookup == CORM_LOOKUP_IN && PassesMissing(test))
	{
		Hop			apart = {.scope = parent->scope};
		CormExpr   *any = CormMakeExpr(CORM_EXPR_OR);

		TestRelatedKey(test, OpenHop(test->select, &apart, from, step), relation, step->model);
		any->args = list_make2(FinishHop(test->select, &apart),
							   HasNone(test->select, parent->scope, from, step));
		return any;
	}
	TestRelatedKey(test, OpenHop(test->select, parent, from, step), relation, step->model);
	return NULL;
}

/*
 * The test stands on a relation itself: its value is a key of the target.  A
 * condition on this row is returned; one on a related row goes to its hop.
 */
static CormExpr *
TestRelation(const CormTest *test, Hop *hop, CormTable *from, const CormPathStep *step)
{
	const CormRelation *relation = step->relation;

	if (relation->to_many || step->closure)
		return TestToMany(test, hop, from, step);
	if (!relation->reverse && relation->fk->to_primary_key)
		return CormTestForeignKey(test, step->model, relation->fk, from);
	return CormTestKey(test, CormJoinToOne(test->select, hop->scope, from, relation));
}

/* ---------- tests ---------- */

/*
 * Where a test stands: a hop, and a table in it, which may not be there yet.
 */
typedef struct Site
{
	CormSelect *select;
	Hop		   *hop;
	CormTable  *table;
} Site;

static CormTable *
SiteTable(Site *site)
{
	if (site->table == NULL)
		site->table = HopTarget(site->select, site->hop);
	return site->table;
}

static void
StepSite(Site *site, const CormPathStep *step)
{
	if (step->relation == NULL)
	{
		site->hop->key_only = false;
		if (site->table && (site->table->link->once || site->table->link->several))
		{
			site->hop = OpenLinkHop(site->select, site->hop, site->table->link);
			site->table = site->hop->target;
		}
		else
			site->table = site->table ? site->table->link : site->hop->link;
	}
	else if (step->relation->to_many || step->closure)
	{
		site->hop = OpenHop(site->select, site->hop, SiteTable(site), step);
		site->table = site->hop->target;	/* NULL: once it is needed */
	}
	else
		site->table = CormJoinToOne(site->select, site->hop->scope, SiteTable(site),
									step->relation);
}

/*
 * An allow-list took the last step of the key for a quantifier, and asked about
 * the filter in the value; it is a column, and the value is compared.
 */
static void
RefuseUnchecked(const CormTest *test)
{
	const char *step = CormPathLastStep(test->key);

	if (test->select->guarded && step && CormIsQuantifier(step) &&
		test->value->type == jbvBinary)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("\"%s\" cannot be checked against the allow-list of the queryset",
						test->key),
				 errdetail("Its last step is a column that is called like a quantifier.")));
}

/*
 * A test on a column or an annotation, or what transforms make of it.
 */
static CormExpr *
TestColumn(CormTest *test, Site *site, CormPath *path)
{
	CormValue  *value = path->end == CORM_END_ANNOTATION ? path->annotation :
		CormColumnValueOf(SiteTable(site), path->column->attnum);

	RefuseUnchecked(test);
	value = CormTransform(test->select, value, &path->rest, path->text, true);
	if (!CormReadLookup(path->rest, test))
	{
		CormRefuseTransform(path->rest, value->type, test->key);
		CormUnknownLookup(path->rest, test->key, CormTransformsOf(value->type));
	}
	return CormTestValue(test, value);
}

/*
 * Does an object given for a column that bears its relation's name stand for a
 * row?
 */
static bool
MeansRow(const CormPath *path, const CormTest *test)
{
	return path->end == CORM_END_COLUMN && path->relation &&
		CormJsonIsObject(test->value);
}

/*
 * Walks one path and adds its test to the hop where it ends.
 */
static void
AddTest(CormTest *test, Hop *root, CormTable *base, CormPath *path)
{
	Site		site = {test->select, root, base};
	CormPathStep own = {path->relation, false, NULL};
	CormExpr   *expr;
	ListCell   *lc;
	bool		on_relation = path->end == CORM_END_RELATION;

	if (path->end != CORM_END_COLUMN && path->end != CORM_END_ANNOTATION &&
		!CormReadLookup(path->rest, test))
	{
		if (on_relation)
			CormUnknownRest(path);
		CormUnknownLookup(path->rest, test->key, NIL);
	}
	foreach(lc, path->steps)
		if (!on_relation || lfirst(lc) != llast(path->steps))
			StepSite(&site, lfirst(lc));

	if (on_relation)
		expr = TestRelation(test, site.hop, SiteTable(&site), llast(path->steps));
	else if (path->end == CORM_END_KEY)
		expr = CormTestKey(test, SiteTable(&site));
	else if (MeansRow(path, test) && CormReadLookup(path->rest, test))
	{
		own.model = CormRelationTarget(path->relation);
		expr = TestRelation(test, site.hop, SiteTable(&site), &own);
	}
	else
		expr = TestColumn(test, &site, path);
	if (expr)
		site.hop->exprs = lappend(site.hop->exprs, expr);
}

static void
ResolveTest(CormSelect *select, Hop *root, CormTable *base, const CormCondition *condition)
{
	CormTest	test = {select, condition->key, CORM_LOOKUP_EXACT, condition->value};
	CormPlace	place = {select, root->scope, base};
	CormPath   *path = CormReadPathAt(&place, condition->key);
	const char *transforms;
	CormAggregate function;

	if (path->end == CORM_END_RELATION && CormIsQuantifier(path->rest))
	{
		Site		site = {select, root, base};
		ListCell   *lc;

		foreach(lc, path->steps)
			if (lfirst(lc) != llast(path->steps))
				StepSite(&site, lfirst(lc));
		site.hop->exprs = lappend(site.hop->exprs,
								  Quantify(&test, site.hop->scope, SiteTable(&site),
										   llast(path->steps), path->rest));
		return;
	}
	function = CormTakeAggregate(path, &transforms);
	if (function != CORM_AGGREGATE_NONE)
	{
		root->exprs = lappend(root->exprs,
							  ResolveAggregate(&test, &place, path, transforms, function));
		return;
	}
	ResolveField(&test, &place, path->rest);
	AddTest(&test, root, base, path);
}

/* ---------- what other modules compare ---------- */

/*
 * The rows of "table" that belong to the owner with this key.  The table stands
 * on the referencing side of the foreign key (children, links) whose other side
 * is the owner; when the key references other columns than the owner's primary
 * key, or the table is the referenced side, the owner itself is joined.
 */
List *
CormOwnerExprs(CormSelect *select, CormScope *scope, const CormModel *owner,
			   CormTable *table, const CormForeignKey *fk, bool table_referencing,
			   JsonbValue *key)
{
	CormTest	test = {select, "pk", CORM_LOOKUP_EXACT, key, true};
	CormTable  *joined;

	CormRequireKey(owner, "the owner of a relation needs");
	if (table_referencing && fk->to_primary_key)
		return list_make1(CormTestForeignKey(&test, owner, fk, table));

	joined = CormAddTable(select, scope, owner, CORM_JOIN_INNER);
	joined->on = table_referencing ? CormForeignKeyExprs(fk, joined, table) :
		CormForeignKeyExprs(fk, table, joined);
	return list_make1(CormTestKey(&test, joined));
}
