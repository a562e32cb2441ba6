/*-------------------------------------------------------------------------
 *
 * heapfetch.h
 *	  Reads the heap tuples that several index entries point to, together.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_HEAPFETCH_H
#define CORM_HEAPFETCH_H

#include "executor/tuptable.h"
#include "storage/buf.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

/* Tuples whose pages are pinned at once: as many as a pipeline needs. */
#define CORM_FETCHED_AT_ONCE 32

/* Index entries that are taken together. */
#define CORM_FETCH_ENTRIES 1024

/*
 * Gets a look at tuples of so many bytes that will be returned soon, if the snapshot
 * sees them.  What stands in them may be out of date, or no tuple at all.
 */
typedef void (*CormForesight) (void *arg, HeapTupleHeader tuple, int len);

typedef struct CormHeapFetch
{
	Relation	heap;
	Snapshot	snapshot;
	TupleTableSlot *slot;
	CormForesight foresight;	/* or NULL */
	void	   *foresight_arg;
	int			n;
	int			next;			/* the next to return */
	int			pinned;			/* those before have been pinned */
	ItemPointerData tids[CORM_FETCH_ENTRIES];
	Buffer		buffers[CORM_FETCHED_AT_ONCE];
} CormHeapFetch;

extern void CormFetchInit(CormHeapFetch *fetch, Relation heap, Snapshot snapshot,
						  TupleTableSlot *slot);

/* Who is to get a look at tuples from now on. */
extern void CormFetchForesee(CormHeapFetch *fetch, CormForesight foresight, void *arg);

/* Forgets what is left of the last ones, and their pins. */
extern void CormFetchReset(CormHeapFetch *fetch);

/* One more; false when it is the last that there is room for. */
extern bool CormFetchAdd(CormHeapFetch *fetch, ItemPointer tid);

/*
 * The next tuple that the snapshot sees, in the slot, in the order in which they
 * were added; NULL at the end.
 */
extern TupleTableSlot *CormFetchNext(CormHeapFetch *fetch);

/* ReadBuffer(), which finds again where it found the page last. */
extern Buffer CormReadPage(Relation heap, BlockNumber block);

#endif							/* CORM_HEAPFETCH_H */
