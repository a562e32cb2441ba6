/*-------------------------------------------------------------------------
 *
 * source.c
 *	  Which rows a request is about: its model or relation, the conditions on
 *	  them, and the slice.
 *
 * A request stands for rows in two places: as the source of a statement, and,
 * where a relation of a whole queryset is asked for, as the owners that its
 * rows must be related to.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "annotate.h"
#include "condition.h"
#include "order.h"
#include "source.h"

/* ---------- subjects ---------- */

CormSubject
CormResolveSubject(const CormRequest *request, const CormModel *fallback)
{
	CormSubject subject = {NULL, NULL, fallback};

	check_stack_depth();
	if (request->of)
		subject.model = CormResolveSubject(request->of, NULL).model;
	else if (request->model)
		subject.model = CormModelByName(request->model);
	else if (fallback == NULL || request->relation)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the queryset names no model"),
				 errhint("Write the name itself, or {\"model\": \"Name\", ...}.")));

	if (request->relation)
	{
		subject.owner = subject.model;
		subject.relation = CormRequireRelation(subject.owner, request->relation);
		subject.model = CormRelationTarget(subject.relation);
	}
	return subject;
}

/* ---------- tables ---------- */

CormSelect *
CormMakeSelect(const CormModel *model, const char *label)
{
	CormSelect *select = palloc0(sizeof(CormSelect));

	select->model = model;
	select->label = label;
	select->scope = CormMakeScope();
	select->kept = palloc0(sizeof(CormKept));
	select->kept->context = CurrentMemoryContext;
	return select;
}

/*
 * A pair that may be linked more than once, or is read from both ends, would
 * bring its target more than once: keep the link of lowest key.
 */
static void
KeepOneLink(CormSelect *select, const CormRelation *relation)
{
	const CormModel *through = select->link->model;

	if (relation->pair_unique && !relation->symmetrical)
		return;
	select->link->several = relation;
	CormRequireKey(select->model, "a relation with several links of one pair needs");
	for (int i = 0; i < select->model->nkey; i++)
		select->distinct = lappend(select->distinct,
								   CormColumnValueOf(select->base, select->model->key[i]));
	for (int i = 0; i < through->nkey; i++)
	{
		CormOrder  *order = palloc0(sizeof(CormOrder));

		order->value = CormColumnValueOf(select->link, through->key[i]);
		select->distinct_order = lappend(select->distinct_order, order);
	}
}

/*
 * The tables of a relation's rows: the target, behind its through table.
 */
void
CormAddRelationRows(CormSelect *select, const CormRelation *relation,
					const CormRequest *options)
{
	/* by all that they print, the link's columns included */
	bool		told_apart = options && options->distinct_given && options->distinct == NIL;

	if (OidIsValid(relation->through))
	{
		select->link = CormAddLink(select, select->scope, relation);
		select->base = CormAddLinkTarget(select, select->scope, select->link, relation);
		if (told_apart)
			CormTakeLinkOnce(select->link, relation);
		else
			KeepOneLink(select, relation);
	}
	else
		select->base = CormAddTable(select, select->scope, select->model, CORM_JOIN_NONE);
}

/* ---------- rows of a queryset, as owners ---------- */

static void RestrictTable(CormSelect *select, CormScope *scope, CormTable *table,
						  const CormRequest *request, const CormSubject *subject);

static void
AddExists(CormScope *scope, CormScope *inner)
{
	CormExpr   *exists = CormMakeExpr(CORM_EXPR_EXISTS);

	exists->scope = inner;
	scope->where = lappend(scope->where, exists);
}

/*
 * The rows of a request as a table of a FROM list.  A slice of them is a
 * subquery.
 */
CormTable *
CormAddRows(CormSelect *select, CormScope *scope, const CormRequest *request,
			const CormSubject *subject, CormJoinKind join)
{
	CormTable  *table = CormAddTable(select, scope, subject->model, join);
	CormSubquery *rows;
	CormPlace	place;
	int64		limit = CormRequestLimit(request);

	if (limit < 0 && request->offset <= 0)
	{
		RestrictTable(select, scope, table, request, subject);
		return table;
	}

	rows = palloc0(sizeof(CormSubquery));
	rows->scope = CormMakeScope();
	rows->base = CormAddTable(select, rows->scope, subject->model, CORM_JOIN_NONE);
	RestrictTable(select, rows->scope, rows->base, request, subject);
	place = (CormPlace) {select, rows->scope, rows->base};
	rows->order = CormBreakTies(&place, CormResolveOrderKeys(&place, request->order_by));
	if (limit >= 0)
		rows->limit = CormAddBigint(select, limit);
	if (request->offset > 0)
		rows->offset = CormAddBigint(select, request->offset);
	table->rows = rows;
	return table;
}

/*
 * Only rows that some row of the queryset is related to.  Each comes once,
 * however many those are.
 */
static void
RestrictToRelated(CormSelect *select, CormScope *scope, CormTable *table,
				  const CormRequest *of, const CormRelation *relation)
{
	CormSubject subject = CormResolveSubject(of, NULL);
	CormScope  *inner = CormMakeScope();
	CormTable  *link = NULL;
	CormTable  *owner;

	check_stack_depth();
	inner->depth = scope->depth + 1;
	if (of->distinct_given)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a relation of a queryset does not go with distinct"),
				 errhint("Each related row comes once in any case.")));
	if (OidIsValid(relation->through))
	{
		link = CormAddLink(select, inner, relation);
		inner->where = CormForeignKeyExprs(relation->far_fk, table, link);
	}
	owner = CormAddRows(select, inner, of, &subject, link ? CORM_JOIN_INNER : CORM_JOIN_NONE);
	if (link)
		owner->on = CormForeignKeyExprs(relation->fk, owner, link);
	else
		inner->where = list_concat(relation->reverse ?
								   CormForeignKeyExprs(relation->fk, owner, table) :
								   CormForeignKeyExprs(relation->fk, table, owner),
								   inner->where);
	AddExists(scope, inner);
}

/*
 * Only rows that are related to one owner.
 */
static void
RestrictToOwner(CormSelect *select, CormScope *scope, CormTable *table,
				const CormRequest *request, const CormSubject *subject)
{
	const CormRelation *relation = subject->relation;
	CormScope  *inner;
	CormTable  *link;

	if (request->owner == NULL || request->owner->type == jbvNull)
		scope->where = lappend(scope->where, CormMakeConst(false));
	else if (!OidIsValid(relation->through))
		scope->where = list_concat(scope->where,
								   CormOwnerExprs(select, scope, subject->owner, table,
												  relation->fk, relation->reverse,
												  request->owner));
	else
	{
		inner = CormMakeScope();
		inner->depth = scope->depth + 1;
		link = CormAddLink(select, inner, relation);
		inner->where = CormForeignKeyExprs(relation->far_fk, table, link);
		inner->where = list_concat(inner->where,
								   CormOwnerExprs(select, inner, subject->owner, link,
												  relation->fk, true, request->owner));
		AddExists(scope, inner);
	}
}

static void
RestrictTable(CormSelect *select, CormScope *scope, CormTable *table,
			  const CormRequest *request, const CormSubject *subject)
{
	CormPlace	place = {select, scope, table};

	select->guarded |= request->guards != NIL;
	if (request->of)
		RestrictToRelated(select, scope, table, request->of, subject->relation);
	else if (subject->relation)
		RestrictToOwner(select, scope, table, request, subject);
	CormAnnotate(&place, request->annotations);
	if (request->where)
		scope->where = lappend(scope->where,
							   CormResolveCondition(select, scope, table, request->where));
}

/* ---------- the source of a statement ---------- */

/*
 * A row whose pair has several links is there if any of them passes, and is
 * shown with one that does.
 */
static void
PreferLink(CormSelect *select, const CormCondition *where)
{
	CormTable  *link = select->link;
	const CormRelation *relation = link->several;
	CormExpr   *passes;
	CormOrder  *order = palloc0(sizeof(CormOrder));

	link->several = NULL;
	passes = CormResolveCondition(select, select->scope, select->base, where);
	link->several = relation;

	/* false is before true */
	order->value = CormExprValue(CormNotTrue(passes));
	select->distinct_order = lcons(order, select->distinct_order);
}

void
CormRestrict(CormSelect *select, const CormRequest *request)
{
	CormPlace	place = {select, select->scope, select->base};

	if (request == NULL)
		return;
	select->guarded |= request->guards != NIL;
	CormAnnotate(&place, request->annotations);
	if (request->where == NULL)
		return;
	select->scope->where = lappend(select->scope->where,
								   CormResolveCondition(select, select->scope,
														select->base, request->where));
	if (select->link && select->link->asked)
		PreferLink(select, request->where);
}

void
CormAddSource(CormSelect *select, const CormRequest *request, const CormSubject *subject)
{
	if (subject->relation == NULL || request->of)
	{
		select->base = CormAddTable(select, select->scope, subject->model, CORM_JOIN_NONE);
		RestrictTable(select, select->scope, select->base, request, subject);
		return;
	}

	CormAddRelationRows(select, subject->relation, request);
	if (request->owner == NULL || request->owner->type == jbvNull)
		select->scope->where = list_make1(CormMakeConst(false));
	else
		select->scope->where =
			CormOwnerExprs(select, select->scope, subject->owner,
						   select->link ? select->link : select->base,
						   subject->relation->fk,
						   select->link != NULL || subject->relation->reverse,
						   request->owner);
	CormRestrict(select, request);
}

CormSelect *
CormSelectRows(const CormRequest *request, const CormSubject *subject)
{
	char	   *label = CormModelDisplayName(subject->owner ? subject->owner : subject->model);
	CormSelect *select;

	if (subject->relation)
		label = psprintf("%s.%s", label, subject->relation->name);
	select = CormMakeSelect(subject->model, label);
	CormAddSource(select, request, subject);
	return select;
}

/*
 * Values of a list that can be told apart.
 */
static void
CheckEquality(List *values)
{
	ListCell   *lc;

	foreach(lc, values)
	{
		const CormValue *value = lfirst(lc);

		(void) CormEqualityOf(value->type, value->kind == CORM_VALUE_COLUMN ?
							  psprintf("column \"%s\"", value->ref.column->name) :
							  "a value that distinct compares");
	}
}

/*
 * What a row prints of itself and of its link, but not what it loads: two rows
 * that print the same are one, with what the first of them loads.
 */
static List *
PrintedValues(const CormSelect *select)
{
	List	   *values = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	if (select->object == NULL)
	{
		foreach(lc, select->targets)
			values = lappend(values, ((CormTarget *) lfirst(lc))->value);
		return values;
	}
	foreach(lc, select->object->outputs)
	{
		const CormOutput *output = lfirst(lc);

		if (output->kind == CORM_OUT_VALUE)
			values = lappend(values, ((CormTarget *) list_nth(select->targets,
															  output->target))->value);
		else if (output->kind == CORM_OUT_OBJECT && output->object->presence < 0)
			foreach(lc2, output->object->outputs)
				values = lappend(values,
								 ((CormTarget *) list_nth(select->targets,
														  ((CormOutput *) lfirst(lc2))->target))->value);
	}
	return values;
}

void
CormResolveDistinct(CormSelect *select, const CormRequest *request)
{
	CormPlace	place = {select, select->scope, select->base};
	List	   *links = select->distinct_order;
	ListCell   *lc;

	if (request == NULL || !request->distinct_given)
		return;
	select->distinct = NIL;
	foreach(lc, request->distinct)
		select->distinct = list_concat(select->distinct,
									   CormPathValues(&place, lfirst(lc), CORM_WALK_TO_ONE));
	if (request->distinct == NIL)
		select->distinct = PrintedValues(select);
	CheckEquality(select->distinct);

	/* the order may be reversed later; which row is the first may not */
	select->distinct_order = NIL;
	foreach(lc, select->order)
		select->distinct_order = lappend(select->distinct_order,
										 memcpy(palloc(sizeof(CormOrder)), lfirst(lc),
												sizeof(CormOrder)));
	select->distinct_order = list_concat(select->distinct_order, links);
}

void
CormAddLimit(CormSelect *select, const CormRequest *request, bool one_more)
{
	int64		limit = CormRequestLimit(request);

	if (limit >= 0)
		select->limit = CormAddBigint(select, one_more && limit < PG_INT64_MAX ?
									  limit + 1 : limit);
	if (request->offset > 0)
		select->offset = CormAddBigint(select, request->offset);
}
