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
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "condition.h"
#include "document.h"
#include "lookup.h"
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
 * The test stands on a relation itself: its value is a key of the target.
 */
static void
TestRelation(const CormTest *test, Hop *hop, CormTable *from,
			 const CormRelation *relation)
{
	CormSelect *select = test->select;
	const CormModel *target = CormRelationTarget(relation);

	if (relation->to_many)
	{
		bool		null = test->value->type == jbvNull;

		if (test->lookup == CORM_LOOKUP_ISNULL ||
			(null && (test->lookup == CORM_LOOKUP_EXACT || test->lookup == CORM_LOOKUP_NE)))
		{
			CormExpr   *none = HasNone(select, from, relation);
			bool		wanted = test->lookup == CORM_LOOKUP_ISNULL ?
				CormTestBoolean(test) : test->lookup == CORM_LOOKUP_EXACT;

			hop->exprs = lappend(hop->exprs, wanted ? none : CormNotTrue(none));
			return;
		}
		hop = OpenHop(select, hop, from, relation);

		if (hop->link && PassesMissing(test))
			(void) HopTarget(select, hop);
		if (hop->link && relation->far_fk->to_primary_key)
			hop->exprs = lappend(hop->exprs,
								 CormTestForeignKey(test, target, relation->far_fk, hop->link));
		else
			hop->exprs = lappend(hop->exprs,
								 CormTestKey(test, HopTarget(select, hop)));
		return;
	}

	if (!relation->reverse && relation->fk->to_primary_key)
		hop->exprs = lappend(hop->exprs,
							 CormTestForeignKey(test, target, relation->fk, from));
	else
		hop->exprs = lappend(hop->exprs,
							 CormTestKey(test, CormJoinToOne(select, hop->scope, from, relation)));
}

/*
 * Walks one path and adds its test to the hop where it ends.
 */
static void
ResolveTest(CormSelect *select, Hop *hop, CormTable *table,
			const CormCondition *condition)
{
	CormTest		test = {select, condition->key, CORM_LOOKUP_EXACT, condition->value};
	const CormModel *model = table->model;
	const CormRelation *reached_by = table->link_relation;
	const char *path = condition->key;

	for (;;)
	{
		CormStep	step = CormNextStep(model, reached_by, path);
		CormLookup		lookup;

		/* what is left may be a lookup on the step before */
		if (step.kind == CORM_STEP_OTHER)
			CormUnknownName(model, path, condition->key);

		if (table == NULL && step.kind != CORM_STEP_THROUGH)
			table = HopTarget(select, hop);

		lookup = CormParseLookup(step.rest);
		test.lookup = lookup;
		switch (step.kind)
		{
			case CORM_STEP_COLUMN:
				if (lookup == CORM_LOOKUP_UNKNOWN)
					CormUnknownLookup(step.rest, condition->key);
				if (step.relation && CormJsonIsObject(condition->value))
				{
					TestRelation(&test, hop, table, step.relation);
					return;
				}
				hop->exprs = lappend(hop->exprs,
									 CormTestColumn(&test, CormRef(table, step.column->attnum)));
				return;

			case CORM_STEP_PK:
				if (lookup == CORM_LOOKUP_UNKNOWN)
					CormUnknownLookup(step.rest, condition->key);
				hop->exprs = lappend(hop->exprs,
									 CormTestKey(&test, table));
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

					if (lookup != CORM_LOOKUP_UNKNOWN &&
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
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("\"%s\" needs a column of the through model \"%s\"",
								condition->key, CormModelDisplayName(model))));
				break;

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
	CormTest	test = {select, "pk", CORM_LOOKUP_EXACT, key, true};
	CormTable  *joined;

	CormRequireKey(owner, "the owner of a relation needs");
	if (table_referencing && fk->to_primary_key)
		return list_make1(CormTestForeignKey(&test, owner, fk, table));

	joined = CormAddTable(select, select->scope, owner, CORM_JOIN_INNER);
	joined->on = table_referencing ? CormForeignKeyExprs(fk, joined, table) :
		CormForeignKeyExprs(fk, table, joined);
	return list_make1(CormTestKey(&test, joined));
}
