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

#include "miscadmin.h"
#include "utils/builtins.h"

#include "order.h"
#include "pathvalue.h"

static CormOrder *
MakeOrder(CormValue *value, const CormOrderKey *key)
{
	CormOrder  *order = palloc0(sizeof(CormOrder));

	order->value = value;
	order->descending = key->descending;
	order->nulls = key->nulls;
	if (!CormHasOrder(value->type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 value->kind == CORM_VALUE_COLUMN ?
				 errmsg("column \"%s\" of type %s has no order",
						value->ref.column->name, format_type_be(value->type)) :
				 errmsg("a value of type %s has no order", format_type_be(value->type)),
				 errdetail("The path is \"%s\".", key->path)));
	return order;
}

/*
 * The orders (CormOrder *) that keys like "-path nulls last" stand for.
 */
List *
CormResolveOrderKeys(const CormPlace *place, List *keys)
{
	List	   *orders = NIL;
	ListCell   *lc;

	foreach(lc, keys)
	{
		const CormOrderKey *key = lfirst(lc);
		ListCell   *lc2;

		CHECK_FOR_INTERRUPTS();
		foreach(lc2, CormPathValues(place, key->path, key->descending ?
									CORM_WALK_GREATEST : CORM_WALK_SMALLEST))
			orders = lappend(orders, MakeOrder(lfirst(lc2), key));
	}
	return orders;
}

/*
 * Lets the key of the place's table decide between equals, as far as it does
 * not already.
 */
List *
CormBreakTies(const CormPlace *place, List *orders)
{
	const CormModel *model = place->table->model;
	const CormOrderKey by_key = {"pk", false, CORM_NULLS_DEFAULT};

	for (int i = 0; i < model->nkey; i++)
	{
		bool		there = false;
		ListCell   *lc;

		foreach(lc, orders)
		{
			const CormValue *value = ((CormOrder *) lfirst(lc))->value;

			if (value->kind == CORM_VALUE_COLUMN && value->ref.table == place->table &&
				value->ref.column->attnum == model->key[i])
				there = true;
		}
		if (!there)
			orders = lappend(orders,
							 MakeOrder(CormColumnValueOf(place->table, model->key[i]), &by_key));
	}
	return orders;
}

void
CormResolveOrder(CormSelect *select, List *order_by, bool tie_break)
{
	CormPlace	place = {select, select->scope, select->base};

	select->order = CormResolveOrderKeys(&place, order_by);
	if (tie_break)
		select->order = CormBreakTies(&place, select->order);
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
