/*-------------------------------------------------------------------------
 *
 * leafscan.c
 *	  The index entries of a key, from the leaf that they are known to be on.
 *
 * An index scan descends from the root for each key, and sets up much for what
 * mostly are a few entries of one page.  Here a map (leafmap.c) says which page that
 * is, and the entries are copied from it, as the server's own scan does.
 *
 * The map is a guess, which the page confirms.  It is a leaf of the tree, and its
 * first entry has a smaller key (or no page is left of it): so no entry of the key is
 * left of it, whatever was split or deleted since.  Behind the last of them on the
 * page is a greater one, or the page's high key is greater: so none is right of it.
 * Whatever is not sure is left to the index scan.
 *
 * What a scan owes to others is done here too.  Where an entry may stand for its row,
 * the leaf stays pinned until all its entries were asked for: VACUUM waits for that
 * before it takes entries away and lets others use their places.  Otherwise rows
 * that took a place later are not seen by the snapshot.  Entries that are marked
 * dead are left out where the index scan would; to have them marked, it gets to look
 * at a leaf several times after a dead row was met.  Under SERIALIZABLE, and where
 * snapshots expire, the index scan does it all.
 *
 * Within a page keys are looked for where they would be if they were spread evenly,
 * which running numbers and uuids are: each step of a search is a cache miss or two.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "access/relscan.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "pgstat.h"
#include "storage/buf_internals.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"
#include "utils/uuid.h"

#include "compat.h"
#include "leafmap.h"
#include "leafscan.h"

/* Leaves that are gone through behind the last one that is known. */
#define MOST_STEPS 2

/* How often the index scan is to look at a leaf with dead entries. */
#define TIDIED_BY 16

struct CormLeafScan
{
	IndexScanDesc desc;
	Relation	index;
	CormLeafMap *map;
	CormLeafKind kind;			/* of the index's column ... */
	CormLeafKind key_kind;		/* ... and of the keys that are looked for */
	uint64		key;
	const void *uuid;			/* all of it, while entries are looked for; else NULL */
	Buffer		buffer;			/* while it is pinned */

	/* the entries of the key */
	int			n;
	int			next;
	int			used;			/* of "tuples" */
	ItemPointerData tids[MaxTIDsPerBTreePage];
	uint16		tuple_of[MaxTIDsPerBTreePage];	/* where it stands in "tuples" */
	union
	{
		char		bytes[BLCKSZ];
		int64		alignment;
	}			tuples;
};

typedef enum Outcome
{
	FOUND_ALL,
	FOUND_ELSEWHERE,			/* all or some of them may be on other pages */
	FOUND_RIGHT,				/* they are right of it */
	FOUND_CHANGED				/* it is not the leaf it was taken for */
} Outcome;

CormLeafScan *
CormLeafScanOpen(IndexScanDesc desc, Oid key_type)
{
	CormLeafKind key_kind = CormLeafKindOf(key_type);
	CormLeafMap *map;
	CormLeafScan *scan;

	if (key_kind == CORM_LEAF_NOT || IsolationIsSerializable() || CormSnapshotsExpire() ||
		!IsMVCCSnapshot(desc->xs_snapshot))
		return NULL;
	map = CormLeafMapOf(desc->indexRelation);
	if (map == NULL)
		return NULL;
	scan = palloc(sizeof(CormLeafScan));
	scan->desc = desc;
	scan->index = desc->indexRelation;
	scan->map = map;
	scan->kind = CormLeafKindOf(scan->index->rd_opcintype[0]);
	scan->key_kind = key_kind;
	scan->buffer = InvalidBuffer;
	scan->n = scan->next = 0;
	return scan;
}

static void
Unpin(CormLeafScan *scan)
{
	if (BufferIsValid(scan->buffer))
		ReleaseBuffer(scan->buffer);
	scan->buffer = InvalidBuffer;
}

void
CormLeafScanClose(CormLeafScan *scan)
{
	Unpin(scan);
	pfree(scan);
}

/*
 * Asks for what will be read of a leaf to find a key.  Nothing says that it is still
 * there, so nothing is read yet.
 */
static void
Prefetch(const CormLeaf *leaf, const CormLeafRange *range, uint64 key)
{
	Page		page;

	if (!BufferIsValid(leaf->buffer) || key <= range->low)
		return;
	page = BufferGetPage(leaf->buffer);
	CormPrefetch(GetBufferDescriptor(leaf->buffer - 1));
	CormPrefetch(page);
	CormPrefetch(page + BLCKSZ - sizeof(BTPageOpaqueData));
	CormPrefetch(PageGetItemId(page, 1 + CormLeafExpected(key, range->low, range->high, leaf->nentries)));
}

/*
 * Pins a leaf where it was last, or wherever it is; false when the file has no such
 * page.  Its number may be an old one, but the file does not shrink while the index
 * is open.
 */
static bool
Pin(CormLeafScan *scan, CormLeaf *leaf)
{
	if (!BufferIsValid(leaf->buffer) ||
		!ReadRecentBuffer(CormRelationFile(scan->index), MAIN_FORKNUM, leaf->block,
						  leaf->buffer))
	{
		if (leaf->block >= RelationGetNumberOfBlocks(scan->index))
			return false;
		leaf->buffer = ReadBuffer(scan->index, leaf->block);
	}
	scan->buffer = leaf->buffer;
	return true;
}

/* ---------- reading a leaf ---------- */

static inline IndexTuple
TupleAt(Page page, OffsetNumber offset)
{
	return (IndexTuple) PageGetItem(page, PageGetItemId(page, offset));
}

static inline uint64
KeyAt(const CormLeafScan *scan, Page page, OffsetNumber offset)
{
	return CormLeafTupleKey(scan->kind, TupleAt(page, offset));
}

/*
 * The first entry that is not smaller than the key, or last + 1.  No entry is read
 * but those that say so, unless the key is at an end.
 */
static OffsetNumber
Search(const CormLeafScan *scan, Page page, const CormLeafRange *range,
	   OffsetNumber first, OffsetNumber last)
{
	int			low = first - 1;
	int			high = last + 1;
	uint64		low_key = range->low;
	uint64		high_key = range->high;

	/* nothing is known of where the last leaf ends */
	if (high_key == PG_UINT64_MAX)
	{
		high_key = KeyAt(scan, page, last);
		if (high_key < scan->key)
			return last + 1;
		high = last;
	}
	for (int step = 0; high - low > 1; step++)
	{
		int			middle = (low + high) / 2;
		uint64		key;

		if (step < CORM_HOPEFUL_STEPS && low_key < scan->key && scan->key <= high_key)
			middle = Min(Max(low + CormLeafExpected(scan->key, low_key, high_key, high - low),
							 low + 1), high - 1);
		key = KeyAt(scan, page, middle);
		if (key < scan->key)
		{
			low = middle;
			low_key = key;
		}
		else
		{
			high = middle;
			high_key = key;
		}
	}
	return high;
}

/* Of equal numbers nulls are none, and uuids may differ. */
static bool
IsEntryOfKey(const CormLeafScan *scan, IndexTuple tuple)
{
	return !CormLeafTupleIsNull(tuple) &&
		(scan->uuid == NULL ||
		 memcmp((char *) tuple + IndexInfoFindDataOffset(tuple->t_info), scan->uuid,
				UUID_LEN) == 0);
}

static void
AddTid(CormLeafScan *scan, ItemPointer tid, int tuple)
{
	scan->tids[scan->n] = *tid;
	scan->tuple_of[scan->n++] = tuple;
}

/* An index tuple may stand for several rows. */
static void
AddEntries(CormLeafScan *scan, IndexTuple tuple)
{
	int			at = scan->used;

	if (scan->desc->xs_want_itup)
	{
		Size		size = IndexTupleSize(tuple);

		/* without its list of rows */
		if (BTreeTupleIsPosting(tuple))
			size = BTreeTupleGetPostingOffset(tuple);
		memcpy(scan->tuples.bytes + at, tuple, size);
		scan->used += MAXALIGN(size);
	}
	if (!BTreeTupleIsPosting(tuple))
		AddTid(scan, &tuple->t_tid, at);
	else
		for (int i = 0; i < BTreeTupleGetNPosting(tuple); i++)
			AddTid(scan, BTreeTupleGetPostingN(tuple, i), at);
}

/* Is every entry of the key left of what is right of the page? */
static Outcome
EndsHere(const CormLeafScan *scan, Page page)
{
	uint64		high;

	if (P_RIGHTMOST(BTPageGetOpaque(page)))
		return FOUND_ALL;
	high = KeyAt(scan, page, P_HIKEY);
	return high > scan->key ? FOUND_ALL : high == scan->key ? FOUND_ELSEWHERE : FOUND_RIGHT;
}

/* The entries of the key; the page is locked. */
static Outcome
ReadLeaf(CormLeafScan *scan, Page page, const CormLeafRange *range)
{
	BTPageOpaque opaque;
	OffsetNumber first;
	OffsetNumber last;
	OffsetNumber at;

	if (PageIsNew(page) ||
		PageGetSpecialSize(page) != MAXALIGN(sizeof(BTPageOpaqueData)))
		return FOUND_CHANGED;
	opaque = BTPageGetOpaque(page);
	first = P_FIRSTDATAKEY(opaque);
	last = PageGetMaxOffsetNumber(page);
	if (P_IGNORE(opaque) || !P_ISLEAF(opaque))
		return FOUND_CHANGED;
	if (last < first)
		return FOUND_ELSEWHERE;
	at = Search(scan, page, range, first, last);
	if (at == first && !P_LEFTMOST(opaque))
		return FOUND_CHANGED;
	for (; at <= last; at++)
	{
		ItemId		item = PageGetItemId(page, at);
		IndexTuple	tuple = (IndexTuple) PageGetItem(page, item);

		if (CormLeafTupleKey(scan->kind, tuple) != scan->key)
			return FOUND_ALL;
		if (!(scan->desc->ignore_killed_tuples && ItemIdIsDead(item)) &&
			IsEntryOfKey(scan, tuple))
			AddEntries(scan, tuple);
	}
	return EndsHere(scan, page);
}

/* ---------- scanning ---------- */

static uint64
KeyOf(const CormLeafScan *scan, Datum datum)
{
	int64		value;

	switch (scan->key_kind)
	{
		case CORM_LEAF_UUID:
			return CormLeafKey(CORM_LEAF_UUID, DatumGetPointer(datum));
		case CORM_LEAF_INT2:
			value = DatumGetInt16(datum);
			break;
		case CORM_LEAF_INT4:
			value = DatumGetInt32(datum);
			break;
		default:
			value = DatumGetInt64(datum);
			break;
	}
	return CormLeafKey(CORM_LEAF_INT8, &value);
}

/* The entries of the key on a leaf, which stays pinned if they may stand for rows. */
static Outcome
LookAt(CormLeafScan *scan, CormLeaf *leaf, const CormLeafRange *range, BlockNumber *next)
{
	Outcome		outcome;
	Page		page;

	if (!Pin(scan, leaf))
		return FOUND_CHANGED;
	page = BufferGetPage(scan->buffer);
	_bt_lockbuf(scan->desc->indexRelation, scan->buffer, BT_READ);
	outcome = ReadLeaf(scan, page, range);
	if (outcome == FOUND_RIGHT)
		*next = BTPageGetOpaque(page)->btpo_next;
	leaf->nentries = PageGetMaxOffsetNumber(page);
	_bt_unlockbuf(scan->desc->indexRelation, scan->buffer);
	if (outcome != FOUND_ALL || scan->n == 0 || !scan->desc->xs_want_itup)
		Unpin(scan);
	return outcome;
}

/*
 * Where rows come in the order of their keys, new leaves come behind the last one: the
 * map's moves along, a few steps at a time.
 */
static Outcome
LookFrom(CormLeafScan *scan, CormLeaf *leaf, const CormLeafRange *range)
{
	BlockNumber next;
	Outcome		outcome = LookAt(scan, leaf, range, &next);

	for (int i = 0; outcome == FOUND_RIGHT && range->high == PG_UINT64_MAX && i < MOST_STEPS; i++)
	{
		leaf->block = next;
		leaf->buffer = InvalidBuffer;
		outcome = LookAt(scan, leaf, range, &next);
	}
	return outcome;
}

bool
CormLeafScanStart(CormLeafScan *scan, Datum key)
{
	CormLeafRange range;
	CormLeaf   *leaf;
	Outcome		outcome;

	Unpin(scan);
	scan->n = scan->next = scan->used = 0;
	scan->key = KeyOf(scan, key);
	scan->uuid = scan->key_kind == CORM_LEAF_UUID ? DatumGetPointer(key) : NULL;
	leaf = CormLeafMapFind(scan->map, scan->index, scan->key, &range);
	if (leaf == NULL)
		return false;

	/* the leaf behind it begins with the key: it would be read for nothing */
	if (range.high == scan->key && scan->key != PG_UINT64_MAX)
		return false;
	if (leaf->untidy > 0)
	{
		leaf->untidy--;
		return false;
	}
	Prefetch(leaf, &range, scan->key);
	outcome = LookFrom(scan, leaf, &range);
	if (outcome == FOUND_ALL)
	{
		CormLeafMapHit();
		pgstat_count_index_scan(scan->index);
		pgstat_count_index_tuples(scan->index, scan->n);
	}
	else if (outcome != FOUND_ELSEWHERE)
		CormLeafMapMissed(scan->map);
	return outcome == FOUND_ALL;
}

void
CormLeafScanExpect(const CormLeafScan *scan, Datum key)
{
	uint64		number = KeyOf(scan, key);
	CormLeafRange range;
	const CormLeaf *leaf = CormLeafMapFind(scan->map, scan->index, number, &range);

	if (leaf != NULL)
		Prefetch(leaf, &range, number);
}

/* The row of the last entry is dead for all. */
static void
NoteDead(CormLeafScan *scan)
{
	CormLeafRange range;
	CormLeaf   *leaf = CormLeafMapFind(scan->map, scan->index, scan->key, &range);

	if (leaf != NULL)
		leaf->untidy = TIDIED_BY;
	scan->desc->kill_prior_tuple = false;
}

ItemPointer
CormLeafScanNext(CormLeafScan *scan)
{
	IndexScanDesc desc = scan->desc;

	if (desc->kill_prior_tuple)
		NoteDead(scan);
	if (scan->next == scan->n)
	{
		Unpin(scan);
		table_index_fetch_reset(desc->xs_heapfetch);
		return NULL;
	}
	desc->xs_heap_continue = false;
	desc->xs_heaptid = scan->tids[scan->next];
	if (desc->xs_want_itup)
		desc->xs_itup = (IndexTuple) (scan->tuples.bytes + scan->tuple_of[scan->next]);
	scan->next++;
	return &desc->xs_heaptid;
}
