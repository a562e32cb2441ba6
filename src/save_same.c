/*-------------------------------------------------------------------------
 *
 * save_same.c
 *	  Rows of a tree that are the same row.
 *
 * A row may stand in a tree several times, a category below each of the posts
 * that have it.  It is written once, with what all of them give it; what they
 * give must not differ.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "data.h"
#include "rowset.h"
#include "save.h"

typedef struct NamedRow
{
	Datum	   *key;
	int			row;
} NamedRow;

/* What tells them apart. */
typedef struct Naming
{
	const CormModel *model;
	const CormKey *key;
} Naming;

static int
CompareKeysOf(const Naming *naming, const NamedRow *a, const NamedRow *b)
{
	return CormCompareKeys(naming->model, naming->key->n, naming->key->attnums, a->key, b->key);
}

static int
CompareNamed(const void *a, const void *b, void *arg)
{
	int			order = CompareKeysOf(arg, a, b);

	return order != 0 ? order : ((const NamedRow *) a)->row - ((const NamedRow *) b)->row;
}

static bool
GivesSame(const CormBulkColumn *column, int first, int row)
{
	if (column->nulls[first] || column->nulls[row])
		return column->nulls[first] && column->nulls[row];
	return CormSameValue(column->column, column->values[first], column->values[row]);
}

/*
 * The first one gives what the other one would.
 */
static void
MergeInto(CormSavePlace *place, int first, int row)
{
	ListCell   *lc;

	place->rows[row].same = first;
	if (place->rows[row].state == CORM_SAVE_NEW)
		place->rows[first].state = CORM_SAVE_NEW;
	foreach(lc, place->bulk->columns)
	{
		CormBulkColumn *column = lfirst(lc);

		if (!column->given[row])
			continue;
		if (column->given[first] && !GivesSame(column, first, row))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" and \"%s\" are the same %s and give column \"%s\" different values",
							CormSaveAt(place, first), CormSaveAt(place, row),
							CormModelDisplayName(place->model), column->column->name)));
		if (!column->given[first])
			CormBulkSet(column, first, column->values[row], column->nulls[row], column->key);
	}
}

static void
MergeNamed(CormSavePlace *place, const CormKey *key, int n, NamedRow *named)
{
	Naming		naming = {place->model, key};

	if (n < 2)
		return;
	qsort_arg(named, n, sizeof(NamedRow), CompareNamed, &naming);
	for (int i = 1; i < n; i++)
		if (CompareKeysOf(&naming, &named[i - 1], &named[i]) == 0)
			MergeInto(place, place->rows[named[i - 1].row].same, named[i].row);
}

/*
 * The row's key, or NULL.
 */
static Datum *
KeyOf(const CormSavePlace *place, int row)
{
	Datum	   *key = palloc(Max(place->key.n, 1) * sizeof(Datum));

	for (int i = 0; i < place->key.n; i++)
	{
		const CormBulkColumn *column =
			CormBulkColumnOf(place->bulk,
							 CormColumnByNumber(place->model, place->key.attnums[i]));

		if (!column->given[row] || column->nulls[row])
			return NULL;
		key[i] = column->values[row];
	}
	return place->key.n > 0 ? key : NULL;
}

static bool
MayBeSame(const CormSaveRow *row)
{
	return row->state != CORM_SAVE_NOWHERE && row->kind != CORM_SAVE_CREATE &&
		row->kind != CORM_SAVE_DISCONNECT && row->kind != CORM_SAVE_DELETE;
}

/*
 * New rows that were looked up by the same columns as this one.
 */
static void
MergeLookups(CormSavePlace *place, int from, NamedRow *named)
{
	const CormKey *by = place->rows[from].by;
	int			n = 0;

	for (int row = from; row < place->n; row++)
	{
		const CormSaveRow *at = &place->rows[row];

		if (at->same != row || !CormSaveIsLookedUp(at) || at->state != CORM_SAVE_NEW ||
			at->by->attnums != by->attnums)
			continue;
		named[n].row = row;
		named[n++].key = at->by_values;
	}
	MergeNamed(place, by, n, named);
}

void
CormSaveMerge(CormSavePlace *place)
{
	NamedRow   *named = palloc(place->n * sizeof(NamedRow));
	const CormKey *merged = NULL;
	bool		written = false;
	int			n = 0;

	/* rows that are only linked give nothing */
	for (int row = 0; row < place->n; row++)
		written |= place->rows[row].kind != CORM_SAVE_CONNECT;
	if (place->n < 2 || (!written && OidIsValid(place->relation->through)))
		return;
	for (int row = 0; row < place->n; row++)
		if (MayBeSame(&place->rows[row]) && (named[n].key = KeyOf(place, row)) != NULL)
			named[n++].row = row;
	MergeNamed(place, &place->key, n, named);
	for (int row = 0; row < place->n; row++)
	{
		const CormSaveRow *at = &place->rows[row];

		if (at->same != row || !CormSaveIsLookedUp(at) || at->state != CORM_SAVE_NEW ||
			(merged && merged->attnums == at->by->attnums))
			continue;
		merged = at->by;
		MergeLookups(place, row, named);
	}
}
