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
 * into the shared table as long as it is still there.  What is remembered is a
 * guess that ReadRecentBuffer() checks.  A page has few places where it may stand,
 * all in one cache line.
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
#include "storage/buf_internals.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "compat.h"
#include "heapfetch.h"

/* Bytes of a tuple that are fetched ahead. */
#define PREFETCHED_BYTES 256
#define CACHE_LINE 64

/* Powers of two.  The memory of a session grows to 512 kB if it visits many pages. */
#define FIRST_SETS 128
#define MOST_SETS 8192

#define PAGES_IN_SET 4

typedef struct RememberedPage
{
	Oid			relid;
	BlockNumber block;
	Buffer		buffer;
} RememberedPage;

/* The pages whose hash values are alike, the latest first. */
typedef union PageSet
{
	RememberedPage pages[PAGES_IN_SET];
	char		line[CACHE_LINE];
} PageSet;

StaticAssertDecl(sizeof(PageSet) == CACHE_LINE, "a set is a cache line");

static void *memory;			/* that the sets are in */
static PageSet *sets;			/* aligned */
static uint32 nsets;
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
	uint32		n = nsets == 0 ? FIRST_SETS : nsets * 4;
	void	   *larger = MemoryContextAllocZero(TopMemoryContext,
												n * sizeof(PageSet) + CACHE_LINE);

	if (memory != NULL)
		pfree(memory);
	memory = larger;
	sets = (PageSet *) TYPEALIGN(CACHE_LINE, larger);
	nsets = n;
	nmissed = 0;
}

static inline PageSet *
SetOf(Oid relid, BlockNumber block)
{
	return &sets[murmurhash32(block ^ (relid << 7)) & (nsets - 1)];
}

static inline RememberedPage *
FindPage(PageSet *set, Oid relid, BlockNumber block)
{
	for (int i = 0; i < PAGES_IN_SET; i++)
		if (set->pages[i].block == block && set->pages[i].relid == relid)
			return &set->pages[i];
	return NULL;
}

/* Where it was not, or is not any more, the oldest one makes room for it. */
static void
Remember(PageSet *set, RememberedPage *page, Relation heap, BlockNumber block, Buffer buffer)
{
	if (page == NULL)
	{
		page = &set->pages[0];
		memmove(page + 1, page, (PAGES_IN_SET - 1) * sizeof(RememberedPage));
	}
	page->relid = RelationGetRelid(heap);
	page->block = block;
	page->buffer = buffer;
}

Buffer
CormReadPage(Relation heap, BlockNumber block)
{
	PageSet    *set;
	RememberedPage *page;
	Buffer		buffer;

	if (nmissed >= nsets * PAGES_IN_SET && nsets < MOST_SETS)
		Grow();
	set = SetOf(RelationGetRelid(heap), block);
	page = FindPage(set, RelationGetRelid(heap), block);
	if (page != NULL &&
		ReadRecentBuffer(CormRelationFile(heap), MAIN_FORKNUM, block, page->buffer))
		return page->buffer;
	nmissed++;
	buffer = ReadBuffer(heap, block);
	if (!RelationUsesLocalBuffers(heap))
		Remember(set, page, heap, block, buffer);
	return buffer;
}

/*
 * Asks for what pinning the pages of some tuples will read, and their heads: first
 * where it is remembered where they are, then there.
 */
static void
PrefetchPages(const CormHeapFetch *fetch, int first, int n)
{
	Oid			relid = RelationGetRelid(fetch->heap);

	if (nsets == 0)
		return;
	for (int i = first; i < first + n; i++)
		CormPrefetch(SetOf(relid, ItemPointerGetBlockNumber(&fetch->tids[i])));
	for (int i = first; i < first + n; i++)
	{
		const ItemPointerData *tid = &fetch->tids[i];
		BlockNumber block = ItemPointerGetBlockNumber(tid);
		const RememberedPage *page = FindPage(SetOf(relid, block), relid, block);

		if (page == NULL)
			continue;
		CormPrefetch(GetBufferDescriptor(page->buffer - 1));
		CormPrefetch(BufferGetPage(page->buffer));
		CormPrefetch(PageGetItemId(BufferGetPage(page->buffer),
								   ItemPointerGetOffsetNumber(tid)));
	}
}

/*
 * A tuple stays where it is as long as its page is pinned, but nobody is kept from
 * putting another one where none was: what is looked at may be half written.  So it
 * need not make sense, but it lies within the page.
 */
static void
Foresee(CormHeapFetch *fetch, Page page, ItemPointer tid)
{
	ItemIdData	item = *PageGetItemId(page, ItemPointerGetOffsetNumber(tid));

	if (ItemPointerGetOffsetNumber(tid) <= PageGetMaxOffsetNumber(page) &&
		ItemIdIsNormal(&item) &&
		ItemIdGetLength(&item) >= SizeofHeapTupleHeader &&
		ItemIdGetOffset(&item) + ItemIdGetLength(&item) <= BLCKSZ)
		fetch->foresight(fetch->foresight_arg, (HeapTupleHeader) PageGetItem(page, &item),
						 ItemIdGetLength(&item));
}

static void
PinSome(CormHeapFetch *fetch)
{
	int			first = fetch->pinned;
	int			n = Min(fetch->n - first, CORM_FETCHED_AT_ONCE);

	PrefetchPages(fetch, first, n);
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
