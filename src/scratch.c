/*-------------------------------------------------------------------------
 *
 * scratch.c
 *	  Memory that one call uses and the next one uses again.
 *
 * An index scan alone allocates more than 20 kB, in a piece too large for a
 * common context to keep.  What is freed at the end of a call goes back to the
 * operating system, and comes from there again with the next call, page fault
 * by page fault; that may take longer than the scan.  So one block is kept, as
 * large as most calls need.
 *
 * Calls nest: a function within a statement may call corm.  The inner one finds
 * the context taken and goes without.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "scratch.h"

/*
 * Memory is taken from the system when it is touched, so the block may be large.
 * A chunk goes into it if it is no larger than an eighth of the largest block.
 */
#define KEPT_SIZE (1024 * 1024)
#define LARGEST_BLOCK (4 * 1024 * 1024)

static MemoryContext scratch;
static bool taken;

static void
Release(void *arg)
{
	MemoryContextReset(scratch);
	taken = false;
}

MemoryContext
CormScratchContext(void)
{
	MemoryContextCallback *callback;

	if (taken)
		return CurrentMemoryContext;
	if (scratch == NULL)
		scratch = GenerationContextCreate(TopMemoryContext, "corm scratch", KEPT_SIZE,
										  KEPT_SIZE, LARGEST_BLOCK);
	callback = palloc(sizeof(MemoryContextCallback));
	callback->func = Release;
	callback->arg = NULL;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	taken = true;
	return scratch;
}
