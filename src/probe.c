/*-------------------------------------------------------------------------
 *
 * probe.c
 *	  One table that is looked up by some of its columns, without a statement.
 *
 * What the executor would check when a statement starts is checked here: the
 * user needs SELECT on the table or on every column read; where policies,
 * inheritance, another table access method or somebody's permission hook have a
 * say, the table is not opened.
 *
 * An index will do if it is a valid, complete B-tree that starts with exactly
 * the columns of the key, whose operator family has the key's equality and whose
 * collation is the key's.  One that old snapshots may not use (indcheckxmin) is
 * left alone.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/visibilitymap.h"
#include "access/xlog.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "probe.h"
#include "typeorder.h"

/* Has nobody a say in which rows the user sees? */
static bool
SeesAllRows(Oid relid)
{
	return ExecutorCheckPerms_hook == NULL &&
		check_enable_rls(relid, InvalidOid, true) != RLS_ENABLED;
}

/* May the user read the columns, by what the executor would have checked? */
static bool
MayRead(const CormProbe *probe)
{
	Oid			relid = probe->model->relid;
	int			attnum = -1;

	if (!SeesAllRows(relid))
		return false;
	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK)
		return true;
	while ((attnum = bms_next_member(probe->used, attnum)) >= 0)
		if (pg_attribute_aclcheck(relid, attnum, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
			return false;
	return true;
}

/* Are its rows those of one heap? */
static bool
IsHeap(Relation heap)
{
	return heap->rd_rel->relkind == RELKIND_RELATION &&
		heap->rd_tableam == GetHeapamTableAmRoutine() &&
		!heap->rd_rel->relhassubclass && !RELATION_IS_OTHER_TEMP(heap) &&
		(RelationIsPermanent(heap) || !RecoveryInProgress());
}

/* Is the table still what it was taken for? */
static bool
IsAsPlanned(const CormProbe *probe)
{
	Relation	heap = probe->heap;
	TupleDesc	desc = RelationGetDescr(heap);
	int			attnum = -1;

	if (!IsHeap(heap))
		return false;
	while ((attnum = bms_next_member(probe->used, attnum)) >= 0)
	{
		const CormColumn *column = CormColumnByNumber(probe->model, attnum);

		if (column == NULL || attnum > desc->natts ||
			TupleDescAttr(desc, attnum - 1)->attisdropped ||
			CormIsComputedAttribute(TupleDescAttr(desc, attnum - 1)) ||
			TupleDescAttr(desc, attnum - 1)->atttypid != column->typid)
			return false;
	}
	return true;
}

static bool
IsUsable(Relation index)
{
	Form_pg_index form = index->rd_index;

	return index->rd_rel->relam == BTREE_AM_OID && form->indisvalid &&
		form->indisready && form->indislive &&
		heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL) &&
		(!form->indcheckxmin ||
		 TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data),
							   TransactionXmin));
}

/* Which key each column of the index is; false when it does not start with them. */
static bool
MatchColumns(const CormProbe *probe, Relation index, int *key_from)
{
	if (IndexRelationGetNumberOfKeyAttributes(index) < probe->nkeys)
		return false;
	for (int column = 0; column < probe->nkeys; column++)
	{
		AttrNumber	attnum = index->rd_index->indkey.values[column];
		int			key = 0;

		while (key < probe->nkeys && probe->columns[key]->attnum != attnum)
			key++;
		if (key == probe->nkeys)
			return false;
		key_from[column] = key;
	}
	return true;
}

/* Their functions keep what they remember for as long as the probe is open. */
static void
RenewKeys(CormProbe *probe)
{
	for (int i = 0; i < probe->nkeys; i++)
	{
		probe->keys[i].sk_func.fn_mcxt = CurrentMemoryContext;
		probe->keys[i].sk_func.fn_extra = NULL;
	}
}

/*
 * Sets up the scan keys if the index starts with the probe's columns, in any
 * order.  What an index is made of never changes, nor do functions that come with
 * the server, so once is enough.
 */
static bool
FitKeys(CormProbe *probe, Relation index)
{
	int			key_from[INDEX_MAX_KEYS];
	bool		lasting = true;

	if (probe->fitted == RelationGetRelid(index))
	{
		RenewKeys(probe);
		return true;
	}
	if (!MatchColumns(probe, index, key_from))
		return false;
	probe->fitted = InvalidOid;
	if (probe->keys == NULL)
		probe->keys = MemoryContextAlloc(probe->context, probe->nkeys * sizeof(ScanKeyData));
	for (int column = 0; column < probe->nkeys; column++)
	{
		int			key = key_from[column];
		CormOperator op;

		if (!CormIsEqualityIn(index->rd_opfamily[column], probe->ops[key]) ||
			index->rd_indcollation[column] != probe->collations[key])
			return false;
		op = CormOperatorOf(probe->ops[key]);
		ScanKeyEntryInitialize(&probe->keys[column], 0, column + 1,
							   BTEqualStrategyNumber, op.right,
							   probe->collations[key], op.function, (Datum) 0);
		probe->key_from[column] = key;
		lasting = lasting && probe->keys[column].sk_func.fn_oid < FirstNormalObjectId;
	}
	if (lasting)
		probe->fitted = RelationGetRelid(index);
	return true;
}

/* Where the index holds each column of a foreign key; false if it lacks one. */
static bool
FindColumns(Relation index, TupleDesc heap, const CormForeignKey *fk, int *columns)
{
	for (int i = 0; i < fk->nkeys; i++)
	{
		int			column = 0;
		int			n = IndexRelationGetNumberOfKeyAttributes(index);

		while (column < n &&
			   index->rd_index->indkey.values[column] != fk->fk_attnums[i])
			column++;

		/* some operator classes keep another type than the column's */
		if (column == n ||
			TupleDescAttr(RelationGetDescr(index), column)->atttypid !=
			TupleDescAttr(heap, fk->fk_attnums[i] - 1)->atttypid)
			return false;
		columns[i] = column;
	}
	return true;
}

/*
 * The first index that will do, or of those the first that has the columns of
 * "far" too; it is left open.
 */
static Relation
ChooseIndex(CormProbe *probe)
{
	Relation	chosen = NULL;
	List	   *indexes = RelationGetIndexList(probe->heap);
	ListCell   *lc;

	probe->covers_far = false;
	foreach(lc, indexes)
	{
		Relation	index = index_open(lfirst_oid(lc), AccessShareLock);
		bool		complete;

		if (!IsUsable(index) || !FitKeys(probe, index))
		{
			index_close(index, NoLock);
			continue;
		}
		complete = probe->far == NULL ||
			FindColumns(index, RelationGetDescr(probe->heap), probe->far,
						probe->far_columns);
		if (chosen != NULL && !complete)
		{
			index_close(index, NoLock);
			continue;
		}
		if (chosen != NULL)
			index_close(chosen, NoLock);
		chosen = index;
		probe->covers_far = complete && probe->far != NULL;
		if (complete)
			break;
	}
	list_free(indexes);

	/* what was tried last may not be what was chosen */
	if (chosen != NULL)
		(void) FitKeys(probe, chosen);
	return chosen;
}

void
CormProbeInit(CormProbe *probe, const CormModel *model)
{
	memset(probe, 0, offsetof(CormProbe, columns));
	probe->model = model;
	probe->context = CurrentMemoryContext;
}

void
CormProbeForget(CormProbe *probe)
{
	probe->heap = NULL;
	probe->index = NULL;
	probe->desc = NULL;
	probe->leaves = NULL;
	probe->slot = NULL;
	probe->visibility = InvalidBuffer;
}

bool
CormProbeMayOpen(const CormModel *model)
{
	Relation	heap;
	bool		may;

	if (!SeesAllRows(model->relid) ||
		pg_class_aclcheck(model->relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		return false;
	heap = try_table_open(model->relid, AccessShareLock);
	if (heap == NULL)
		return false;
	may = IsHeap(heap);
	table_close(heap, NoLock);
	return may;
}

bool
CormProbeOpen(CormProbe *probe)
{
	Snapshot	snapshot = GetActiveSnapshot();

	if (!MayRead(probe))
		return false;
	probe->heap = try_table_open(probe->model->relid, AccessShareLock);
	if (probe->heap == NULL || !IsAsPlanned(probe))
		return false;
	probe->index = ChooseIndex(probe);
	if (probe->index == NULL)
		return false;
	probe->desc = CormBeginIndexScan(probe->heap, probe->index, snapshot,
									 probe->nkeys);
	probe->desc->xs_want_itup = probe->covers_far;
	if (probe->nkeys == 1)
		probe->leaves = CormLeafScanOpen(probe->desc, probe->keys[0].sk_subtype);
	probe->slot = table_slot_create(probe->heap, NULL);
	return true;
}

void
CormProbeClose(CormProbe *probe)
{
	if (probe->leaves != NULL)
		CormLeafScanClose(probe->leaves);
	if (probe->desc != NULL)
		index_endscan(probe->desc);
	if (BufferIsValid(probe->visibility))
		ReleaseBuffer(probe->visibility);
	if (probe->slot != NULL)
		ExecDropSingleTupleTableSlot(probe->slot);
	if (probe->index != NULL)
		index_close(probe->index, NoLock);
	if (probe->heap != NULL)
		table_close(probe->heap, NoLock);
	CormProbeForget(probe);
}

void
CormProbeStart(CormProbe *probe, const Datum *keys)
{
	probe->on_leaf = probe->leaves != NULL && CormLeafScanStart(probe->leaves, keys[0]);
	if (probe->on_leaf)
		return;
	for (int i = 0; i < probe->nkeys; i++)
		probe->keys[i].sk_argument = keys[probe->key_from[i]];
	index_rescan(probe->desc, probe->keys, probe->nkeys, NULL, 0);
}

ItemPointer
CormProbeNext(CormProbe *probe)
{
	return probe->on_leaf ? CormLeafScanNext(probe->leaves) :
		index_getnext_tid(probe->desc, ForwardScanDirection);
}

/* The page that is not read is locked for serializability, as reading it would do. */
bool
CormProbeSees(CormProbe *probe, ItemPointer tid)
{
	if (VM_ALL_VISIBLE(probe->heap, ItemPointerGetBlockNumber(tid), &probe->visibility))
		PredicateLockPage(probe->heap, ItemPointerGetBlockNumber(tid),
						  probe->desc->xs_snapshot);
	else
	{
		if (!index_fetch_heap(probe->desc, probe->slot))
			return false;
		ExecClearTuple(probe->slot);
	}
	return true;
}

void
CormProbeExpect(CormProbe *probe, Datum key)
{
	if (probe->leaves != NULL)
		CormLeafScanExpect(probe->leaves, key);
}
