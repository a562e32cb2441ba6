/*-------------------------------------------------------------------------
 *
 * roots.c
 *	  The rows of a queryset, found by index scans where they are few.
 *
 * Whether an index is the way to all rows that have some value depends on how many
 * they are, which nobody knows before they are counted.  So they are: the entries of
 * the index are read first, and if there are many, it is left to a statement, whose
 * planner can scan the table and whose sort can use a disk.  That has cost a few
 * pages of an index, which is not tried each time then.
 *
 * Rows are copied.  So they can be sorted, and handed out between two fetches of a
 * cursor, when nothing is open.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "miscadmin.h"
#include "utils/rel.h"

#include "error.h"
#include "exec.h"
#include "keyorder.h"
#include "roots.h"

/* As many as the index has entries for that are taken together. */
#define MOST_ROOTS (CORM_FETCH_ENTRIES - 1)

struct CormRoots
{
	int			n;
	int			next;
	HeapTuple  *tuples;			/* in order */
	TupleTableSlot *slot;
};

/* ---------- reading ---------- */

/* A description of the rows that does not depend on anything that is open. */
static TupleDesc
CopyDesc(TupleDesc desc)
{
	return desc->constr != NULL && desc->constr->missing != NULL ?
		CreateTupleDescCopyConstr(desc) : CreateTupleDescCopy(desc);
}

/* The only row, if it is there. */
static void
ReadRow(CormRoots *roots, CormScan *scan)
{
	TupleTableSlot *slot = CormScanNext(scan);

	if (slot != NULL)
	{
		roots->tuples = palloc(sizeof(HeapTuple));
		roots->tuples[roots->n++] = ExecCopySlotHeapTuple(slot);
	}
}

/* The tuples in the order of their keys. */
static void
PutInOrder(CormRoots *roots, CormKeyList *keys)
{
	int		   *order = CormKeyListOrder(keys);
	HeapTuple  *sorted;

	if (order == NULL)
		return;
	sorted = palloc(roots->n * sizeof(HeapTuple));
	for (int i = 0; i < roots->n; i++)
		sorted[i] = roots->tuples[order[i]];
	roots->tuples = sorted;
}

/* The rows that the first table's index has; false when they are not few. */
static bool
ReadRows(CormRoots *roots, CormScan *scan)
{
	const CormSorter *sorter = CormSorterOf(CormScanSelect(scan)->model, NULL);
	CormKeyList keys;
	int			n = CormScanFill(scan);
	TupleTableSlot *slot;

	if (n < 0)
		return false;
	CormKeyListInit(&keys, sorter, CurrentMemoryContext);
	roots->tuples = palloc(Max(n, 1) * sizeof(HeapTuple));
	while ((slot = CormScanNext(scan)) != NULL)
	{
		Datum		key[INDEX_MAX_KEYS];
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < sorter->nkeys; i++)
			key[i] = slot_getattr(slot, sorter->keys[i].column + 1, &isnull);
		CormKeyListAdd(&keys, key);
		roots->tuples[roots->n++] = ExecCopySlotHeapTuple(slot);
	}
	PutInOrder(roots, &keys);
	return true;
}

/* The rows that links lead to, by their keys in order; false when they are not few. */
static bool
ReadLinked(CormRoots *roots, CormScan *scan)
{
	CormKeyList keys;
	const Datum *far;
	int		   *order;

	CormKeyListInit(&keys, CormSorterOf(CormScanSelect(scan)->model, CormScanLinkKeys(scan)),
					CurrentMemoryContext);
	while ((far = CormScanNextLink(scan)) != NULL)
	{
		if (keys.n == MOST_ROOTS)
			return false;
		CormKeyListAdd(&keys, far);
	}
	order = CormKeyListOrder(&keys);
	roots->tuples = palloc(Max(keys.n, 1) * sizeof(HeapTuple));
	for (int i = 0; i < keys.n; i++)
	{
		TupleTableSlot *slot;

		CHECK_FOR_INTERRUPTS();
		CormScanStart(scan, CormKeyListGet(&keys, order ? order[i] : i));
		if ((slot = CormScanNext(scan)) != NULL)
			roots->tuples[roots->n++] = ExecCopySlotHeapTuple(slot);
	}
	return true;
}

/* From the end, and no more than are asked for. */
static void
Slice(CormRoots *roots, const CormSelect *select)
{
	if (select->order != NIL && ((CormOrder *) linitial(select->order))->descending)
		for (int i = 0, j = roots->n - 1; i < j; i++, j--)
		{
			HeapTuple	tuple = roots->tuples[i];

			roots->tuples[i] = roots->tuples[j];
			roots->tuples[j] = tuple;
		}
	if (select->limit > 0)
		roots->n = Min(roots->n, ((CormParam *) list_nth(select->params, select->limit - 1))->number);
}

CormRoots *
CormGatherRoots(CormScan *scan)
{
	const CormSelect *select = CormScanSelect(scan);
	CormRoots  *roots = palloc0(sizeof(CormRoots));
	ParamListInfo params = CormBindParams(select);
	bool		few = true;
	CormErrorFrame frame;
	Snapshot	snapshot;

	CormErrorPush(&frame, "loading", select->label, NULL);
	if (CormScanStartParams(scan, params))
		switch (CormScanKindOf(scan))
		{
			case CORM_SCAN_TARGET:
				ReadRow(roots, scan);
				break;
			case CORM_SCAN_CHILDREN:
				few = ReadRows(roots, scan);
				break;
			case CORM_SCAN_LINKS:
				few = ReadLinked(roots, scan);
				break;
		}
	CormErrorPop(&frame);
	CormScanNote(scan, few);
	if (!few)
		return NULL;
	Slice(roots, select);
	roots->slot = MakeSingleTupleTableSlot(CopyDesc(RelationGetDescr(CormScanRelation(scan, &snapshot))),
										   &TTSOpsHeapTuple);
	return roots;
}

TupleTableSlot *
CormNextRoot(CormRoots *roots)
{
	if (roots->next == roots->n)
		return NULL;
	return ExecStoreHeapTuple(roots->tuples[roots->next++], roots->slot, false);
}

CormScan *
CormOpenRows(const CormSelect *select, ParamListInfo params, bool *some)
{
	CormScan   *scan = CormScanPlan(select, CORM_SCAN_FOR_ROWS);
	bool		few;

	if (scan == NULL || !CormScanOpen(scan))
		return NULL;
	*some = CormScanStartParams(scan, params);

	/* those of one owner are not that many */
	few = !*some || CormScanKindOf(scan) != CORM_SCAN_CHILDREN ||
		CormScanIsOfOwner(scan) || CormScanFill(scan) >= 0;
	CormScanNote(scan, few);
	if (!few)
		CormScanClose(scan);
	return few ? scan : NULL;
}

/* ---------- counting ---------- */

/* So many rows of a select, at most; -1 when it takes a statement to know. */
static int
CountUpTo(const CormSelect *select, int most)
{
	CormScan   *scan = CormScanPlan(select, CORM_SCAN_FOR_COUNT);
	ParamListInfo params;
	CormErrorFrame frame;
	int			n;

	if (scan == NULL || !CormScanOpen(scan))
		return -1;
	params = CormBindParams(select);
	CormErrorPush(&frame, "loading", select->label, NULL);
	n = CormScanStartParams(scan, params) ? CormScanCount(scan, most) : 0;
	CormErrorPop(&frame);
	CormScanNote(scan, n <= MOST_ROOTS);
	CormScanClose(scan);
	return n;
}

bool
CormCountRoots(const CormSelect *select, int64 *count)
{
	*count = CountUpTo(select, MOST_ROOTS + 1);
	return *count >= 0 && *count <= MOST_ROOTS;
}

bool
CormFindRoot(const CormSelect *select, bool *found)
{
	int			n = CountUpTo(select, 1);

	*found = n > 0;
	return n >= 0;
}
