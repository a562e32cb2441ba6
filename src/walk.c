/*-------------------------------------------------------------------------
 *
 * walk.c
 *	  Following the steps of a path by joins and subqueries.
 *
 * In the scope of rows that must stay what they are, to-one steps are LEFT
 * JOINs.  A subquery over related rows wants these rows and no others, so there
 * all steps are inner joins.
 *
 * Where a pair may be linked more than once, or a link is read from both ends,
 * each pair is taken once: a related row is not more often related for it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "walk.h"

CormPath *
CormReadPathAt(const CormPlace *place, const char *path)
{
	return CormReadPath(place->table->model, place->table->link_relation,
						place->table->annotations, path);
}

void
CormTakeLinkOnce(CormTable *link, const CormRelation *relation)
{
	if (relation->pair_unique && !relation->symmetrical)
		return;
	link->once = relation;
	for (int i = 0; i < relation->fk->nkeys; i++)
		(void) CormRef(link, relation->fk->fk_attnums[i]);
	for (int i = 0; i < relation->far_fk->nkeys; i++)
		(void) CormRef(link, relation->far_fk->fk_attnums[i]);
	for (int i = 0; i < link->model->nkey; i++)
		(void) CormRef(link, link->model->key[i]);
}

static CormTable *
AddLinkOnce(CormSelect *select, CormScope *scope, const CormRelation *relation)
{
	CormTable  *link = CormAddLink(select, scope, relation);

	CormTakeLinkOnce(link, relation);
	return link;
}

/*
 * What ties a table to the one before it.
 */
static List *
StepExprs(const CormRelation *relation, CormTable *from, CormTable *table)
{
	if (OidIsValid(relation->through) || relation->reverse)
		return CormForeignKeyExprs(relation->fk, from, table);
	return CormForeignKeyExprs(relation->fk, table, from);
}

/*
 * The rows that a self relation leads to in any number of steps.
 */
static CormTable *
AddClosure(CormPlace *place, CormTable *from, const CormPathStep *step, CormJoinKind join)
{
	const CormRelation *relation = step->relation;
	CormTable  *table = CormAddTable(place->select, place->scope, step->model, join);

	CormRequireKey(step->model, "a relation that is followed in any number of steps needs");
	table->closure = relation;
	table->via = relation;
	table->via_alias = from->alias;
	for (int i = 0; i < relation->fk->nkeys; i++)
		(void) CormRef(from, relation->reverse || OidIsValid(relation->through) ?
					   relation->fk->pk_attnums[i] : relation->fk->fk_attnums[i]);
	if (OidIsValid(relation->through))
		(void) CormAddLink(place->select, CormMakeScope(), relation);	/* its lock */
	return table;
}

/* ---------- joins ---------- */

static CormTable *
FindJoined(const CormScope *scope, const CormTable *from, const CormPathStep *step)
{
	ListCell   *lc;

	foreach(lc, scope->tables)
	{
		CormTable  *table = lfirst(lc);

		if (table->via && table->via_alias == from->alias &&
			strcmp(table->via->name, step->relation->name) == 0 &&
			(table->closure != NULL) == step->closure)
			return table;
	}
	return NULL;
}

/*
 * A derived table in a join sees what stands before it only if it is lateral,
 * which deparsing a closure makes it.
 */
static CormTable *
JoinToMany(CormPlace *place, const CormPathStep *step)
{
	const CormRelation *relation = step->relation;
	CormTable  *table = FindJoined(place->scope, place->table, step);
	CormScope  *aside = CormMakeScope();

	if (table)
		return table->beyond ? table->beyond : table;
	if (step->closure)
	{
		table = AddClosure(place, place->table, step, CORM_JOIN_LEFT);
		table->on = list_make1(CormMakeConst(true));
		return table;
	}

	if (OidIsValid(relation->through))
	{
		table = AddLinkOnce(place->select, place->scope, relation);
		table->beyond = CormAddLinkTarget(place->select, aside, table, relation);
	}
	else
		table = CormAddTable(place->select, place->scope, step->model, CORM_JOIN_LEFT);
	table->join = CORM_JOIN_LEFT;
	table->on = StepExprs(relation, place->table, table);
	table->via = relation;
	table->via_alias = place->table->alias;
	return table->beyond ? table->beyond : table;
}

void
CormStepBy(CormPlace *place, const CormPathStep *step)
{
	if (step->relation == NULL)
		place->table = place->table->link;
	else if (step->relation->to_many || step->closure)
		place->table = JoinToMany(place, step);
	else
		place->table = CormJoinToOne(place->select, place->scope, place->table,
									 step->relation);
}

/* ---------- subqueries ---------- */

CormPlace
CormOpenStep(const CormPlace *from, const CormPathStep *step, CormTable **link)
{
	const CormRelation *relation = step->relation;
	CormPlace	place = {from->select, CormMakeScope(), NULL};

	place.scope->depth = from->scope->depth + 1;
	if (link)
		*link = NULL;
	if (step->closure)
		place.table = AddClosure(&place, from->table, step, CORM_JOIN_NONE);
	else if (OidIsValid(relation->through))
	{
		CormTable  *first = link ? CormAddLink(place.select, place.scope, relation) :
			AddLinkOnce(place.select, place.scope, relation);

		place.scope->where = StepExprs(relation, from->table, first);
		if (link)
			*link = first;
		else
			place.table = CormAddLinkTarget(place.select, place.scope, first, relation);
	}
	else
	{
		place.table = CormAddTable(place.select, place.scope, step->model, CORM_JOIN_NONE);
		place.scope->where = StepExprs(relation, from->table, place.table);
	}
	return place;
}

/*
 * A further step within a subquery.
 */
static void
StepInside(CormPlace *place, const CormPathStep *step)
{
	const CormRelation *relation = step->relation;
	CormTable  *from = place->table;
	CormTable  *table;

	if (relation == NULL)
	{
		place->table = from->link;
		return;
	}
	if (step->closure)
	{
		table = AddClosure(place, from, step, CORM_JOIN_INNER);
		table->on = list_make1(CormMakeConst(true));
		place->table = table;
		return;
	}
	if (OidIsValid(relation->through))
		table = AddLinkOnce(place->select, place->scope, relation);
	else
		table = CormAddTable(place->select, place->scope, step->model, CORM_JOIN_INNER);
	table->join = CORM_JOIN_INNER;
	table->on = StepExprs(relation, from, table);
	place->table = OidIsValid(relation->through) ?
		CormAddLinkTarget(place->select, place->scope, table, relation) : table;
}

CormPlace
CormOpenPath(const CormPlace *from, const CormPath *path)
{
	CormPlace	start = *from;
	CormPlace	place;
	ListCell   *lc;
	bool		open = false;

	foreach(lc, path->steps)
	{
		const CormPathStep *step = lfirst(lc);

		if (open)
			StepInside(&place, step);
		else if (step->relation == NULL)
			start.table = start.table->link;	/* of the place itself */
		else
		{
			place = CormOpenStep(&start, step, NULL);
			open = true;
		}
	}
	if (!open)
		elog(ERROR, "a path without relations is no subquery");
	return place;
}
