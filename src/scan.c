/*-------------------------------------------------------------------------
 *
 * scan.c
 *	  Rows by index scans, without a statement.
 *
 * A child level asks for little: the rows of one table by its foreign key or by
 * its key, without further condition, in the order of the key.  The executor's
 * way to them costs more than the rows themselves, and it has to guess how many
 * keys will come.  Here they are looked up parent by parent.  A root that asks for
 * no more is looked up once.
 *
 * What the executor would see to is seen to here: the snapshot is the caller's
 * active one, so all levels see the same; rights are checked where tables are
 * opened (probe.c).  Predicate locks are taken by the index and heap functions
 * that are called, and for pages that are not visited, here.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "compat.h"
#include "scan.h"

/* Up to this size a table is read as a whole in less than a millisecond. */
#define SMALL_TABLE_PAGES 64

CormScanKind
CormScanKindOf(const CormScan *scan)
{
	return scan->kind;
}

const CormSelect *
CormScanSelect(const CormScan *scan)
{
	return scan->select;
}

bool
CormScanIsOfOwner(const CormScan *scan)
{
	return scan->of_owner;
}

int
CormScanColumn(const CormScan *scan, int target)
{
	const CormTarget *column = list_nth(scan->select->targets, target);

	return column->value->ref.table == scan->select->base ?
		column->value->ref.column->attnum - 1 : -1;
}

const CormKeyPart *
CormScanLinkKeys(const CormScan *scan)
{
	return scan->far_keys;
}

const CormKeyPart *
CormScanTargetKeys(const CormScan *scan, int *n, int *columns)
{
	*n = scan->rows.nkeys;
	for (int i = 0; i < *n; i++)
		columns[i] = scan->rows.columns[i]->attnum - 1;
	return scan->kind == CORM_SCAN_LINKS ? scan->far_keys : scan->select->keys;
}

/* ---------- opening ---------- */

/*
 * A column of a tuple that need not be one: nothing within it says where the column is.
 * False where that would take more.
 */
static bool
PeekColumn(TupleDesc desc, AttrNumber attnum, HeapTupleHeader tuple, int len, Datum *value)
{
	Form_pg_attribute attribute = TupleDescAttr(desc, attnum - 1);
	int			at = attnum == 1 ? 0 : CormCachedOffset(desc, attnum - 1);

	if (at < 0 || attribute->attlen < 0 || (tuple->t_infomask & HEAP_HASNULL) != 0 ||
		tuple->t_hoff != MAXALIGN(SizeofHeapTupleHeader) ||
		tuple->t_hoff + at + attribute->attlen > len)
		return false;
	*value = fetchatt(attribute, (char *) tuple + tuple->t_hoff + at);
	return true;
}

/* A row is on its way that others will be asked for. */
static void
Foretell(void *arg, HeapTupleHeader tuple, int len)
{
	CormScan   *scan = arg;

	for (int i = 0; i < scan->nforetold; i++)
	{
		CormScan   *below = scan->foretold[i];
		Datum		key;

		if (PeekColumn(RelationGetDescr(scan->rows.heap), scan->foretold_by[i], tuple, len, &key))
			CormProbeExpect(below->kind == CORM_SCAN_LINKS ? &below->links : &below->rows, key);
	}
}

void
CormScanForetell(CormScan *scan, CormScan *below, AttrNumber column)
{
	if (scan->nforetold == CORM_MOST_FORETOLD || scan->fetch == NULL)
		return;
	scan->foretold[scan->nforetold] = below;
	scan->foretold_by[scan->nforetold++] = column;
	CormFetchForesee(scan->fetch, Foretell, scan);
}

void
CormScanForetellNothing(CormScan *scan)
{
	scan->nforetold = 0;
	if (scan->fetch != NULL)
		CormFetchForesee(scan->fetch, NULL, NULL);
}

bool
CormScanOpen(CormScan *scan)
{
	MemoryContext old = MemoryContextSwitchTo(scan->context);
	bool		open = CormProbeOpen(&scan->rows) &&
		(scan->kind != CORM_SCAN_LINKS || CormProbeOpen(&scan->links));

	if (!open)
		CormScanClose(scan);
	else if (scan->kind == CORM_SCAN_CHILDREN)
	{
		scan->fetch = palloc(sizeof(CormHeapFetch));
		CormFetchInit(scan->fetch, scan->rows.heap, scan->rows.desc->xs_snapshot,
					  scan->rows.slot);
		if (scan->nforetold > 0)
			CormFetchForesee(scan->fetch, Foretell, scan);
	}
	MemoryContextSwitchTo(old);
	return open;
}

void
CormScanClose(CormScan *scan)
{
	if (scan->fetch != NULL)
	{
		CormFetchReset(scan->fetch);
		pfree(scan->fetch);
	}
	scan->fetch = NULL;
	CormProbeClose(&scan->rows);
	CormProbeClose(&scan->links);
}

Relation
CormScanRelation(const CormScan *scan, Snapshot *snapshot)
{
	*snapshot = scan->rows.desc->xs_snapshot;
	return scan->rows.heap;
}

char *
CormScanInWords(const CormScan *scan)
{
	const char *rows = RelationGetRelationName(scan->rows.index);

	if (scan->kind != CORM_SCAN_LINKS)
		return psprintf("Index scans on %s using %s",
						RelationGetRelationName(scan->rows.heap), rows);
	return psprintf("Index scans on %s using %s%s, then on %s using %s",
					RelationGetRelationName(scan->links.heap),
					RelationGetRelationName(scan->links.index),
					scan->links.covers_far ? " only" : "",
					RelationGetRelationName(scan->rows.heap), rows);
}

/* ---------- scanning ---------- */

/* Index scans allocate when they start; that must outlive the rows. */
static void
Start(const CormScan *scan, CormProbe *probe, const Datum *keys)
{
	MemoryContext old = MemoryContextSwitchTo(scan->context);

	CormProbeStart(probe, keys);
	MemoryContextSwitchTo(old);
}

void
CormScanStart(CormScan *scan, const Datum *keys)
{
	Start(scan, &scan->rows, keys);
	if (scan->kind == CORM_SCAN_CHILDREN)
		CormFetchReset(scan->fetch);
	scan->exhausted = false;
}

/* Children come in numbers: the index is read first, then their pages. */
static void
ReadIndex(CormScan *scan)
{
	MemoryContext old = MemoryContextSwitchTo(scan->context);
	ItemPointer tid;

	CormFetchReset(scan->fetch);
	do
		tid = CormProbeNext(&scan->rows);
	while (tid != NULL && CormFetchAdd(scan->fetch, tid));
	scan->exhausted = tid == NULL;
	MemoryContextSwitchTo(old);
}

int
CormScanFill(CormScan *scan)
{
	ReadIndex(scan);
	return scan->exhausted ? scan->fetch->n : -1;
}

static TupleTableSlot *
NextChild(CormScan *scan)
{
	TupleTableSlot *slot;

	while ((slot = CormFetchNext(scan->fetch)) == NULL && !scan->exhausted)
		ReadIndex(scan);
	return slot;
}

TupleTableSlot *
CormScanNext(CormScan *scan)
{
	CormProbe  *probe = &scan->rows;
	MemoryContext old;
	bool		found;

	if (scan->kind == CORM_SCAN_CHILDREN)
		return NextChild(scan);
	old = MemoryContextSwitchTo(scan->context);
	do
	{
		CHECK_FOR_INTERRUPTS();
		found = CormProbeNext(probe) != NULL;
	} while (found && !index_fetch_heap(probe->desc, probe->slot));
	MemoryContextSwitchTo(old);
	if (!found)
		ExecClearTuple(probe->slot);
	return found ? probe->slot : NULL;
}

/* The pages of a table's large values. */
static BlockNumber
ToastPages(Relation heap)
{
	BlockNumber pages = 0;

	if (OidIsValid(heap->rd_rel->reltoastrelid))
	{
		Relation	toast = table_open(heap->rd_rel->reltoastrelid, AccessShareLock);

		pages = RelationGetNumberOfBlocks(toast);
		table_close(toast, AccessShareLock);
	}
	return pages;
}

/*
 * Reading a whole table locks all of it under SERIALIZABLE, and more transactions
 * would fail than read what others write.
 */
bool
CormScanIsSmall(const CormScan *scan)
{
	return !IsolationIsSerializable() &&
		RelationGetNumberOfBlocks(scan->rows.heap) <= SMALL_TABLE_PAGES &&
		ToastPages(scan->rows.heap) <= SMALL_TABLE_PAGES;
}

void
CormScanStartAll(CormScan *scan)
{
	MemoryContext old = MemoryContextSwitchTo(scan->context);

	scan->all = table_beginscan(scan->rows.heap, scan->rows.desc->xs_snapshot, 0, NULL);
	MemoryContextSwitchTo(old);
}

TupleTableSlot *
CormScanNextAll(CormScan *scan)
{
	MemoryContext old = MemoryContextSwitchTo(scan->context);
	bool		found = table_scan_getnextslot(scan->all, ForwardScanDirection,
											   scan->rows.slot);

	if (!found)
	{
		table_endscan(scan->all);
		scan->all = NULL;
	}
	MemoryContextSwitchTo(old);
	return found ? scan->rows.slot : NULL;
}

void
CormScanStartLinks(CormScan *scan, const Datum *keys)
{
	Start(scan, &scan->links, keys);
}

/*
 * The keys of the link in the index entry; false when the link is not visible.
 */
static bool
ReadIndexEntry(CormScan *scan, ItemPointer tid, bool *isnull)
{
	CormProbe  *links = &scan->links;

	if (!CormProbeSees(links, tid))
		return false;
	for (int i = 0; i < scan->links.far->nkeys; i++)
	{
		scan->far_values[i] = index_getattr(links->desc->xs_itup,
											scan->links.far_columns[i] + 1,
											links->desc->xs_itupdesc, isnull);
		if (*isnull)
			break;
	}
	return true;
}

static bool
ReadLink(CormScan *scan, bool *isnull)
{
	CormProbe  *links = &scan->links;

	if (!index_fetch_heap(links->desc, links->slot))
		return false;
	for (int i = 0; i < scan->links.far->nkeys; i++)
	{
		scan->far_values[i] = slot_getattr(links->slot,
										   scan->links.far->fk_attnums[i], isnull);
		if (*isnull)
			break;
	}
	return true;
}

const Datum *
CormScanNextLink(CormScan *scan)
{
	MemoryContext old = MemoryContextSwitchTo(scan->context);
	const Datum *found = NULL;
	ItemPointer tid;

	while (found == NULL &&
		   (tid = CormProbeNext(&scan->links)) != NULL)
	{
		bool		isnull = false;

		CHECK_FOR_INTERRUPTS();
		if ((scan->links.covers_far ? ReadIndexEntry(scan, tid, &isnull) :
			 ReadLink(scan, &isnull)) && !isnull)
			found = scan->far_values;
	}
	MemoryContextSwitchTo(old);
	return found;
}

/* ---------- rows without parents ---------- */

bool
CormScanStartParams(CormScan *scan, ParamListInfo params)
{
	CormProbe  *first = scan->kind == CORM_SCAN_LINKS ? &scan->links : &scan->rows;
	Datum		keys[INDEX_MAX_KEYS];

	for (int i = 0; i < first->nkeys; i++)
	{
		const ParamExternData *param = &params->params[scan->params[i] - 1];

		if (param->isnull)
			return false;
		keys[i] = param->value;
	}
	if (scan->kind == CORM_SCAN_LINKS)
		CormScanStartLinks(scan, keys);
	else
		CormScanStart(scan, keys);
	return true;
}

TupleTableSlot *
CormScanNextRow(CormScan *scan)
{
	TupleTableSlot *slot = NULL;
	const Datum *far;

	if (scan->kind != CORM_SCAN_LINKS)
		return CormScanNext(scan);
	while (slot == NULL && (far = CormScanNextLink(scan)) != NULL)
	{
		CormScanStart(scan, far);
		slot = CormScanNext(scan);
	}
	return slot;
}

/* One more row is visible among the entries of the probe's keys. */
static bool
SeesNext(CormProbe *probe)
{
	ItemPointer tid;

	do
	{
		CHECK_FOR_INTERRUPTS();
		tid = CormProbeNext(probe);
	} while (tid != NULL && !CormProbeSees(probe, tid));
	return tid != NULL;
}

/* The target of one more link is visible. */
static bool
SeesNextLinked(CormScan *scan)
{
	const Datum *far;

	while ((far = CormScanNextLink(scan)) != NULL)
	{
		CormProbeStart(&scan->rows, far);
		if (SeesNext(&scan->rows))
			return true;
	}
	return false;
}

int
CormScanCount(CormScan *scan, int most)
{
	MemoryContext old = MemoryContextSwitchTo(scan->context);
	int			n = 0;

	while (n < most &&
		   (scan->kind == CORM_SCAN_LINKS ? SeesNextLinked(scan) : SeesNext(&scan->rows)))
		n++;
	MemoryContextSwitchTo(old);
	return n;
}
