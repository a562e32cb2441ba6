/*-------------------------------------------------------------------------
 *
 * keyorder.c
 *	  Rows that index scans find, in the order of their primary key.
 *
 * An index on a foreign key gives its rows in no order of their own, most often in
 * that of the key all the same: nothing is sorted unless it has to be.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "keyorder.h"
#include "typeorder.h"

#define FIRST_ROOM 32

CormSorter *
CormSorterOf(const CormModel *model, const CormKeyPart *links)
{
	CormSorter *sorter = palloc(offsetof(CormSorter, keys) + model->nkey * sizeof(CormSortKey));

	sorter->nkeys = model->nkey;
	for (int i = 0; i < model->nkey; i++)
	{
		const CormColumn *column = CormColumnByNumber(model, model->key[i]);
		Oid			type = links ? links[i].parent_type : column->typid;
		CormSortKey *key = &sorter->keys[i];

		key->column = column->attnum - 1;
		key->collation = column->collation;
		key->integer = CormIntegerLength(type);
		key->compare.fn_oid = InvalidOid;
		if (key->integer == 0)
			fmgr_info(CormTypeOrderFunction(type), &key->compare);
		get_typlenbyval(type, &key->typlen, &key->byval);
	}
	return sorter;
}

static int
Compare(const CormSorter *sorter, const Datum *a, const Datum *b)
{
	int			order = 0;

	for (int i = 0; order == 0 && i < sorter->nkeys; i++)
	{
		const CormSortKey *key = &sorter->keys[i];

		order = key->integer > 0 ? CormCompareIntegers(a[i], b[i], key->integer) :
			DatumGetInt32(FunctionCall2Coll(unconstify(FmgrInfo *, &key->compare),
											key->collation, a[i], b[i]));
	}
	return order;
}

void
CormKeyListInit(CormKeyList *list, const CormSorter *sorter, MemoryContext context)
{
	list->sorter = sorter;
	list->context = context;
	list->n = list->max = 0;
	list->sorted = true;
	list->keys = NULL;
}

void
CormKeyListAdd(CormKeyList *list, const Datum *key)
{
	const CormSorter *sorter = list->sorter;
	int			nkeys = sorter->nkeys;
	MemoryContext old = MemoryContextSwitchTo(list->context);
	Datum	   *copy;

	if (list->n == list->max)
	{
		list->max = Max(FIRST_ROOM, list->max * 2);
		list->keys = list->keys == NULL ?
			palloc_extended(list->max * nkeys * sizeof(Datum), MCXT_ALLOC_HUGE) :
			repalloc_huge(list->keys, list->max * nkeys * sizeof(Datum));
	}
	copy = list->keys + list->n * nkeys;
	for (int i = 0; i < nkeys; i++)
		copy[i] = datumCopy(key[i], sorter->keys[i].byval, sorter->keys[i].typlen);
	list->sorted = list->sorted &&
		(list->n == 0 || Compare(sorter, copy - nkeys, copy) <= 0);
	list->n++;
	MemoryContextSwitchTo(old);
}

static int
CompareRows(const void *a, const void *b, void *arg)
{
	const CormKeyList *list = arg;

	CHECK_FOR_INTERRUPTS();
	return Compare(list->sorter, CormKeyListGet(list, *(const int *) a),
				   CormKeyListGet(list, *(const int *) b));
}

int *
CormKeyListOrder(const CormKeyList *list)
{
	int		   *order;

	if (list->sorted)
		return NULL;
	order = MemoryContextAllocHuge(list->context, list->n * sizeof(int));
	for (int i = 0; i < list->n; i++)
		order[i] = i;
	qsort_arg(order, list->n, sizeof(int), CompareRows, unconstify(CormKeyList *, list));
	return order;
}

void
CormKeyListFree(CormKeyList *list)
{
	int			nkeys = list->sorter->nkeys;

	for (int i = 0; i < nkeys; i++)
		for (int j = 0; !list->sorter->keys[i].byval && j < list->n; j++)
			pfree(DatumGetPointer(list->keys[j * nkeys + i]));
	if (list->keys != NULL)
		pfree(list->keys);
}
