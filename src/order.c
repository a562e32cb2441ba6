/*-------------------------------------------------------------------------
 *
 * order.c
 *	  The order of rows.
 *
 * To-one paths order by a joined column.  A path over a to-many relation orders
 * by the smallest value behind it (the greatest, when descending), so that no
 * row ever comes twice for its order.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/typcache.h"

#include "order.h"
#include "scope.h"

/* Where a path stands: a table, and the subquery once it went to-many. */
typedef struct Place
{
	CormScope  *scope;
	CormTable  *table;
	CormScope  *subquery;
} Place;

static void
AddOrder(CormSelect *select, const Place *place, AttrNumber attnum,
		 const CormOrderKey *key)
{
	CormOrder  *order = palloc0(sizeof(CormOrder));

	order->ref = CormRef(place->table, attnum);
	order->subquery = place->subquery;
	order->greatest = order->descending = key->descending;
	order->nulls = key->nulls;
	if (!OidIsValid(lookup_type_cache(order->ref.column->typid, TYPECACHE_LT_OPR)->lt_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("column \"%s\" of type %s has no order",
						order->ref.column->name,
						format_type_be(order->ref.column->typid)),
				 errdetail("The path is \"%s\".", key->path)));
	select->order = lappend(select->order, order);
}

static void
AddKeyOrder(CormSelect *select, const Place *place, const CormOrderKey *key)
{
	CormRequireKey(place->table->model, "ordering by it needs");
	for (int i = 0; i < place->table->model->nkey; i++)
		AddOrder(select, place, place->table->model->key[i], key);
}

/*
 * Joins what a to-many step leads to, in the subquery that the first such step
 * opens.
 */
static void
StepToMany(CormSelect *select, Place *place, const CormRelation *relation)
{
	CormTable  *from = place->table;
	bool		first = place->subquery == NULL;
	CormTable  *table;
	List	   *on;

	if (first)
		place->scope = place->subquery = CormMakeScope();
	if (OidIsValid(relation->through))
		table = CormAddLink(select, place->scope, relation);
	else
		table = CormAddTable(select, place->scope, CormRelationTarget(relation),
							 CORM_JOIN_NONE);
	on = CormForeignKeyExprs(relation->fk, from, table);
	if (first)
		place->scope->where = on;
	else
	{
		table->join = CORM_JOIN_INNER;
		table->on = on;
	}
	if (OidIsValid(relation->through))
		table = CormAddLinkTarget(select, place->scope, table, relation);
	place->table = table;
}

static void
ResolveOrderKey(CormSelect *select, const CormOrderKey *key)
{
	Place		place = {select->scope, select->base, NULL};
	const char *path = key->path;

	for (;;)
	{
		CormStep	step = CormNextStep(place.table->model,
										place.table->link_relation, path);

		switch (step.kind)
		{
			case CORM_STEP_COLUMN:
				if (*step.rest != '\0')
					CormNothingFollows(place.table->model, &step, key->path);
				AddOrder(select, &place, step.column->attnum, key);
				return;

			case CORM_STEP_PK:
				if (*step.rest != '\0')
					CormNothingFollows(place.table->model, &step, key->path);
				/* FALLTHROUGH */
			case CORM_STEP_END:
				AddKeyOrder(select, &place, key);
				return;

			case CORM_STEP_THROUGH:
				place.table = place.table->link;
				break;

			case CORM_STEP_RELATION:
				if (step.relation->to_many)
					StepToMany(select, &place, step.relation);
				else if (*step.rest == '\0' && !step.relation->reverse &&
						 step.relation->fk->to_primary_key)
				{
					for (int i = 0; i < step.relation->fk->nkeys; i++)
						AddOrder(select, &place, step.relation->fk->fk_attnums[i], key);
					return;
				}
				else
					place.table = CormJoinToOne(select, place.scope, place.table,
												step.relation);
				break;

			case CORM_STEP_OTHER:
				CormUnknownName(place.table->model, path, key->path);
		}
		path = step.rest;
	}
}

void
CormResolveOrder(CormSelect *select, List *order_by, bool tie_break)
{
	ListCell   *lc;
	const CormOrderKey by_key = {"pk", false, CORM_NULLS_DEFAULT};
	Place		place = {select->scope, select->base, NULL};

	foreach(lc, order_by)
		ResolveOrderKey(select, lfirst(lc));

	if (!tie_break)
		return;
	for (int i = 0; i < select->model->nkey; i++)
	{
		AttrNumber	attnum = select->model->key[i];
		bool		there = false;

		foreach(lc, select->order)
		{
			CormOrder  *order = lfirst(lc);

			if (order->subquery == NULL && order->ref.table == select->base &&
				order->ref.column->attnum == attnum)
				there = true;
		}
		if (!there)
			AddOrder(select, &place, attnum, &by_key);
	}
}

void
CormReverseOrder(CormSelect *select)
{
	ListCell   *lc;

	foreach(lc, select->order)
	{
		CormOrder  *order = lfirst(lc);

		order->descending = !order->descending;
		if (order->nulls == CORM_NULLS_FIRST)
			order->nulls = CORM_NULLS_LAST;
		else if (order->nulls == CORM_NULLS_LAST)
			order->nulls = CORM_NULLS_FIRST;
	}
}
