/*-------------------------------------------------------------------------
 *
 * scan.c
 *	  Rows of a child level by index scans, without a statement.
 *
 * A child level asks for little: the rows of one table by its foreign key or by
 * its key, without further condition, in the order of the key.  The executor's
 * way to them costs more than the rows themselves, and it has to guess how many
 * keys will come.  Here they are looked up parent by parent.
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
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/visibilitymap.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "heapfetch.h"
#include "probe.h"
#include "scan.h"

bool		corm_direct_scan = true;

/* Up to this size a table is read as a whole in less than a millisecond. */
#define SMALL_TABLE_PAGES 64

struct CormScan
{
	CormScanKind kind;
	const CormSelect *select;
	MemoryContext context;		/* of what is allocated while it is open */
	CormProbe	rows;
	CormProbe	links;			/* its "far": how a link names its target */
	CormHeapFetch fetch;		/* of CHILDREN */
	TableScanDesc all;			/* while all rows are read */
	bool		exhausted;		/* its index has no further entry */

	/* of LINKS: the target's keys in the through table */
	CormKeyPart *far_keys;
	Buffer		visibility;
	Datum		far_values[INDEX_MAX_KEYS];
};

/* ---------- planning ---------- */

/* Does the table stand for itself? */
static bool
IsPlainTable(const CormTable *table)
{
	return table->model->relkind == RELKIND_RELATION && table->mirrored == NULL &&
		table->once == NULL && table->several == NULL && table->rows == NULL &&
		table->closure == NULL && table->row_param == 0 &&
		table->annotations == NIL;
}

/* By the primary key, as documents are unless something else is asked. */
static bool
IsKeyOrder(const CormSelect *select)
{
	const CormModel *model = select->model;
	ListCell   *lc;

	if (list_length(select->order) != model->nkey)
		return false;
	foreach(lc, select->order)
	{
		const CormOrder *order = lfirst(lc);

		if (order->value->kind != CORM_VALUE_COLUMN || order->descending ||
			order->nulls != CORM_NULLS_DEFAULT ||
			OidIsValid(order->value->collate) ||
			order->value->ref.table != select->base ||
			order->value->ref.column->attnum !=
			model->key[foreach_current_index(lc)])
			return false;
	}
	return true;
}

/* Nothing but columns of the rows, as they are. */
static bool
HasPlainTargets(const CormSelect *select)
{
	ListCell   *lc;

	foreach(lc, select->targets)
	{
		const CormTarget *target = lfirst(lc);

		if (target->value->kind != CORM_VALUE_COLUMN || OidIsValid(target->cast))
			return false;
	}
	foreach(lc, select->object->outputs)
	{
		const CormOutput *output = lfirst(lc);

		if (output->kind == CORM_OUT_OBJECT)
			return false;
		if (output->kind == CORM_OUT_VALUE &&
			((CormTarget *) list_nth(select->targets, output->target))->value->ref.table != select->base)
			return false;
	}
	return true;
}

static bool
IsSimple(const CormSelect *select)
{
	int			ntables = select->link != NULL ? 2 : 1;

	return select->nkeys > 0 && select->identity == NULL &&
		select->model->nkey > 0 &&
		list_length(select->scope->tables) == ntables &&
		select->scope->where == NIL && select->scope->groups == NULL &&
		select->limit == 0 && select->offset == 0 &&
		select->distinct == NIL && select->kept_where == NIL &&
		IsPlainTable(select->base) &&
		(select->link == NULL || IsPlainTable(select->link)) &&
		IsKeyOrder(select) && HasPlainTargets(select);
}

/*
 * The table is looked up by the column of each key part; the operator then has
 * the column on its left.
 */
static bool
AddKey(CormProbe *probe, const CormColumn *column, const CormKeyPart *key)
{
	int			n = probe->nkeys++;

	probe->columns[n] = column;
	probe->collations[n] = key->collation;
	probe->ops[n] = key->child_referenced ? key->op : get_commutator(key->op);
	probe->used = bms_add_member(probe->used, column->attnum);
	return OidIsValid(probe->ops[n]);
}

/*
 * Targets of the through table are read from it, the others from the rows.  What
 * a list is ordered by takes a right to read it as well.
 */
static void
NoteColumns(CormScan *scan)
{
	const CormSelect *select = scan->select;
	const CormModel *model = select->model;
	ListCell   *lc;

	for (int i = 0; i < model->nkey; i++)
		scan->rows.used = bms_add_member(scan->rows.used, model->key[i]);

	foreach(lc, select->targets)
	{
		const CormColumnRef *ref = &((CormTarget *) lfirst(lc))->value->ref;

		if (ref->table == select->base)
			scan->rows.used = bms_add_member(scan->rows.used,
											 ref->column->attnum);
	}
}

/* The parts of the key by which a through table's rows name their targets. */
static bool
PlanFarKeys(CormScan *scan)
{
	const CormForeignKey *far = scan->links.far;

	/* lists are in the order of that key, by the links' values */
	if (!far->to_primary_key)
		return false;
	scan->far_keys = palloc0(far->nkeys * sizeof(CormKeyPart));
	for (int i = 0; i < far->nkeys; i++)
	{
		const CormColumn *mine = CormColumnByNumber(scan->rows.model,
													far->pk_attnums[i]);
		const CormColumn *theirs = CormColumnByNumber(scan->links.model,
													  far->fk_attnums[i]);
		CormKeyPart *key = &scan->far_keys[i];

		key->op = far->eq_ops[i];
		op_input_types(key->op, &key->child_type, &key->parent_type);
		key->child_referenced = true;
		key->collation = mine->collation;

		/* values are taken as they are */
		if (key->child_type != mine->typid || key->parent_type != theirs->typid ||
			!AddKey(&scan->rows, mine, key))
			return false;
		scan->links.used = bms_add_member(scan->links.used, theirs->attnum);
	}
	return true;
}

bool
CormMayScan(const CormModel *model)
{
	return corm_direct_scan && CormProbeMayOpen(model);
}

CormScan *
CormScanPlan(const CormSelect *select)
{
	CormScan   *scan;
	CormProbe  *first;

	if (!corm_direct_scan || !IsSimple(select))
		return NULL;
	scan = palloc0(sizeof(CormScan));
	scan->select = select;
	scan->context = CurrentMemoryContext;
	scan->rows.model = select->model;
	scan->kind = select->link != NULL ? CORM_SCAN_LINKS :
		select->keys[0].child_referenced ? CORM_SCAN_TARGET : CORM_SCAN_CHILDREN;
	first = scan->kind == CORM_SCAN_LINKS ? &scan->links : &scan->rows;
	if (scan->kind == CORM_SCAN_LINKS)
	{
		scan->links.model = select->link->model;
		scan->links.far = select->base->link_relation->far_fk;
	}
	for (int i = 0; i < select->nkeys; i++)
	{
		const CormTarget *target = list_nth(select->targets,
											select->keys[i].child_target);

		if (!AddKey(first, target->value->ref.column, &select->keys[i]))
			return NULL;
	}
	if (scan->kind == CORM_SCAN_LINKS && !PlanFarKeys(scan))
		return NULL;
	NoteColumns(scan);
	return scan;
}

CormScanKind
CormScanKindOf(const CormScan *scan)
{
	return scan->kind;
}

int
CormScanColumn(const CormScan *scan, int target)
{
	const CormTarget *column = list_nth(scan->select->targets, target);

	return column->value->ref.table == scan->select->base ?
		column->value->ref.column->attnum - 1 : -1;
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

bool
CormScanOpen(CormScan *scan)
{
	MemoryContext old = MemoryContextSwitchTo(scan->context);
	bool		open = CormProbeOpen(&scan->rows) &&
		(scan->kind != CORM_SCAN_LINKS || CormProbeOpen(&scan->links));

	scan->visibility = InvalidBuffer;
	if (!open)
		CormScanClose(scan);
	else if (scan->kind == CORM_SCAN_CHILDREN)
		CormFetchInit(&scan->fetch, scan->rows.heap, scan->rows.desc->xs_snapshot,
					  scan->rows.slot);
	MemoryContextSwitchTo(old);
	return open;
}

void
CormScanClose(CormScan *scan)
{
	if (BufferIsValid(scan->visibility))
		ReleaseBuffer(scan->visibility);
	scan->visibility = InvalidBuffer;
	CormFetchReset(&scan->fetch);
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

	for (int i = 0; i < probe->nkeys; i++)
		probe->keys[i].sk_argument = keys[probe->key_from[i]];
	index_rescan(probe->desc, probe->keys, probe->nkeys, NULL, 0);
	MemoryContextSwitchTo(old);
}

void
CormScanStart(CormScan *scan, const Datum *keys)
{
	Start(scan, &scan->rows, keys);
	if (scan->kind == CORM_SCAN_CHILDREN)
		CormFetchReset(&scan->fetch);
	scan->exhausted = false;
}

/* Children come in numbers: the index is read first, then their pages. */
static TupleTableSlot *
NextChild(CormScan *scan)
{
	TupleTableSlot *slot;

	while ((slot = CormFetchNext(&scan->fetch)) == NULL && !scan->exhausted)
	{
		MemoryContext old = MemoryContextSwitchTo(scan->context);
		ItemPointer tid;

		CormFetchReset(&scan->fetch);
		do
			tid = index_getnext_tid(scan->rows.desc, ForwardScanDirection);
		while (tid != NULL && CormFetchAdd(&scan->fetch, tid));
		scan->exhausted = tid == NULL;
		MemoryContextSwitchTo(old);
	}
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
	found = index_getnext_slot(probe->desc, ForwardScanDirection, probe->slot);
	MemoryContextSwitchTo(old);
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
 * An entry whose page is all-visible is as good as the row; the page is then
 * locked for serializability, as reading the row would do.
 */
static bool
ReadIndexEntry(CormScan *scan, ItemPointer tid, bool *isnull)
{
	CormProbe  *links = &scan->links;

	if (VM_ALL_VISIBLE(links->heap, ItemPointerGetBlockNumber(tid), &scan->visibility))
		PredicateLockPage(links->heap, ItemPointerGetBlockNumber(tid),
						  links->desc->xs_snapshot);
	else
	{
		if (!index_fetch_heap(links->desc, links->slot))
			return false;
		ExecClearTuple(links->slot);
	}
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
		   (tid = index_getnext_tid(scan->links.desc, ForwardScanDirection)) != NULL)
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
