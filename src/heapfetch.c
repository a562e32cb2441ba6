/*-------------------------------------------------------------------------
 *
 * heapfetch.c
 *	  Reads the heap tuples that several index entries point to, together.
 *
 * The rows of one parent lie on as many pages, each of which is a cache miss or
 * several: for the page's header, the line pointer, the tuple.  A scan takes
 * them one after the other.  Here the pages are pinned some at a time, and what
 * will be needed of them is prefetched, so that the misses overlap.
 *
 * Which buffer a page was found in last is remembered, which spares the look
 * into the shared table as long as it is still there.  A slot of that memory is
 * a guess that ReadRecentBuffer() checks.
 *
 * Visibility is heap_hot_search_buffer()'s business, as in every index scan;
 * unlike one, this neither prunes pages nor marks dead index entries.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/heapam.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "port/atomics.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "compat.h"
#include "heapfetch.h"

/* Bytes of a tuple that are fetched ahead. */
#define PREFETCHED_BYTES 256
#define CACHE_LINE 64

/* Powers of two.  The memory of a session grows to 384 kB if it visits many pages. */
#define FIRST_REMEMBERED 512
#define MOST_REMEMBERED 32768

typedef struct RememberedPage
{
	Oid			relid;
	BlockNumber block;
	Buffer		buffer;
} RememberedPage;

static RememberedPage *remembered;
static uint32 nremembered;
static uint32 nmissed;			/* pages that were not among them */

void
CormFetchInit(CormHeapFetch *fetch, Relation heap, Snapshot snapshot,
			  TupleTableSlot *slot)
{
	fetch->heap = heap;
	fetch->snapshot = snapshot;
	fetch->slot = slot;
	fetch->foresight = NULL;
	fetch->n = fetch->next = fetch->pinned = 0;
}

void
CormFetchForesee(CormHeapFetch *fetch, CormForesight foresight, void *arg)
{
	fetch->foresight = foresight;
	fetch->foresight_arg = arg;
}

void
CormFetchReset(CormHeapFetch *fetch)
{
	for (int i = fetch->next; i < fetch->pinned; i++)
		ReleaseBuffer(fetch->buffers[i % CORM_FETCHED_AT_ONCE]);
	fetch->n = fetch->next = fetch->pinned = 0;
}

bool
CormFetchAdd(CormHeapFetch *fetch, ItemPointer tid)
{
	fetch->tids[fetch->n++] = *tid;
	return fetch->n < CORM_FETCH_ENTRIES;
}

/* More room, in which nothing is remembered. */
static void
Grow(void)
{
	uint32		n = nremembered == 0 ? FIRST_REMEMBERED : nremembered * 4;
	RememberedPage *larger = MemoryContextAllocZero(TopMemoryContext, n * sizeof(RememberedPage));

	if (remembered != NULL)
		pfree(remembered);
	remembered = larger;
	nremembered = n;
	nmissed = 0;
}

Buffer
CormReadPage(Relation heap, BlockNumber block)
{
	RememberedPage *page;
	Buffer		buffer;

	if (nmissed >= nremembered && nremembered < MOST_REMEMBERED)
		Grow();
	page = &remembered[murmurhash32(block ^ (RelationGetRelid(heap) << 7)) & (nremembered - 1)];
	if (page->relid == RelationGetRelid(heap) && page->block == block &&
		ReadRecentBuffer(CormRelationFile(heap), MAIN_FORKNUM, block, page->buffer))
		return page->buffer;
	nmissed++;
	buffer = ReadBuffer(heap, block);
	if (!RelationUsesLocalBuffers(heap))
	{
		page->relid = RelationGetRelid(heap);
		page->block = block;
		page->buffer = buffer;
	}
	return buffer;
}

/*
 * A tuple stays where it is as long as its page is pinned; one that was updated on
 * its page is not looked for.  Where the entry's row is gone, another may be about to
 * be put in its place: the line pointer is set first, then the tuple is written, and
 * only then it is above pd_upper.
 */
static void
Foresee(CormHeapFetch *fetch, Page page, ItemPointer tid)
{
	ItemIdData	item = *PageGetItemId(page, ItemPointerGetOffsetNumber(tid));
	HeapTupleData tuple;

	if (ItemPointerGetOffsetNumber(tid) > PageGetMaxOffsetNumber(page) ||
		!ItemIdIsNormal(&item) ||
		ItemIdGetOffset(&item) < ((PageHeader) page)->pd_upper)
		return;
	pg_read_barrier();
	tuple.t_data = (HeapTupleHeader) PageGetItem(page, &item);
	tuple.t_len = ItemIdGetLength(&item);
	tuple.t_tableOid = RelationGetRelid(fetch->heap);
	tuple.t_self = *tid;
	fetch->foresight(fetch->foresight_arg, &tuple);
}

static void
PinSome(CormHeapFetch *fetch)
{
	int			first = fetch->pinned;
	int			n = Min(fetch->n - first, CORM_FETCHED_AT_ONCE);

	for (int i = 0; i < n; i++)
	{
		ItemPointer tid = &fetch->tids[first + i];
		Buffer		buffer = CormReadPage(fetch->heap, ItemPointerGetBlockNumber(tid));
		Page		page = BufferGetPage(buffer);

		fetch->buffers[(first + i) % CORM_FETCHED_AT_ONCE] = buffer;
		fetch->pinned++;
		CormPrefetch(page);
		CormPrefetch(PageGetItemId(page, ItemPointerGetOffsetNumber(tid)));
	}

	/* where the tuple is may change until its page is locked: a guess again */
	for (int i = 0; i < n; i++)
	{
		Page		page = BufferGetPage(fetch->buffers[(first + i) % CORM_FETCHED_AT_ONCE]);
		ItemId		item = PageGetItemId(page, ItemPointerGetOffsetNumber(&fetch->tids[first + i]));
		char	   *tuple = (char *) page + ItemIdGetOffset(item);

		for (int line = 0; line < PREFETCHED_BYTES; line += CACHE_LINE)
			CormPrefetch(tuple + line);
	}

	for (int i = 0; fetch->foresight != NULL && i < n; i++)
		Foresee(fetch, BufferGetPage(fetch->buffers[(first + i) % CORM_FETCHED_AT_ONCE]),
				&fetch->tids[first + i]);
}

TupleTableSlot *
CormFetchNext(CormHeapFetch *fetch)
{
	/* the slot keeps a pointer to the tuple's head, and has a place for it */
	HeapTuple	tuple = &((BufferHeapTupleTableSlot *) fetch->slot)->base.tupdata;

	ExecClearTuple(fetch->slot);
	while (fetch->next < fetch->n)
	{
		ItemPointerData tid;
		Buffer		buffer;
		bool		found;

		/* all of them may be dead */
		CHECK_FOR_INTERRUPTS();
		if (fetch->next == fetch->pinned)
			PinSome(fetch);
		tid = fetch->tids[fetch->next];
		buffer = fetch->buffers[fetch->next % CORM_FETCHED_AT_ONCE];
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		found = heap_hot_search_buffer(&tid, fetch->heap, buffer, fetch->snapshot,
									   tuple, NULL, true);
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		fetch->next++;
		if (found)
		{
			tuple->t_tableOid = RelationGetRelid(fetch->heap);
			pgstat_count_heap_fetch(fetch->heap);
			return ExecStorePinnedBufferHeapTuple(tuple, fetch->slot, buffer);
		}
		ReleaseBuffer(buffer);
	}
	return NULL;
}
