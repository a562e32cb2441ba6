/*-------------------------------------------------------------------------
 *
 * pull.c
 *	  Documents on demand: a run whose roots come from a portal, or were few.
 *
 * The first document comes as soon as its root has been read.  Between two fetches
 * the caller may do anything, or never come back, so the scans of a run are closed
 * then; what was found in a batch of roots is known until the next batch.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "tcop/pquery.h"
#include "utils/memutils.h"

#include "assemble.h"
#include "error.h"
#include "exec.h"
#include "fill.h"

/*
 * Each fetch brings at most so many times the documents of the one before: their
 * length is known from those alone.
 */
#define MOST_GROWTH 8

/*
 * Opens the portal that the roots are pulled from.
 */
static Portal
OpenRoots(CormRun *run)
{
	const CormSelect *select = run->root->select;
	MemoryContext old = MemoryContextSwitchTo(run->context);
	Portal		portal = CormOpenPortal(select->label, CormRootStatement(run),
										CormBindParams(select));

	if (run->portal)
		pfree(run->portal);
	run->portal = pstrdup(portal->name);
	MemoryContextSwitchTo(old);
	return portal;
}

/*
 * The portal has gone, and the cursor above has not: a rollback to a savepoint
 * took it, or the transaction is about to commit and the cursor is to stay.
 * The statement runs again under the cursor's snapshot, past the rows that were
 * read already; their order must say which those are.
 */
static Portal
ReopenRoots(CormRun *run)
{
	Portal		portal;

	if (run->root->select->model->nkey == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_CURSOR_STATE),
				 errmsg("the rows of \"%s\" are no longer there", run->root->select->label),
				 errdetail("The transaction ended, or was rolled back to a savepoint, since the first of them was read."),
				 errhint("With a primary key they could be read again.")));
	portal = OpenRoots(run);
	(void) PortalRunFetch(portal, FETCH_FORWARD, run->pulled, None_Receiver);
	return portal;
}

/*
 * How many roots to fetch: of those that are whole so many as fit into the
 * processor's cache, judging by the last ones; the first comes alone.  They share a
 * batch with those before.
 */
static long
RootsToPull(const CormRun *run, bool whole)
{
	long		rows = corm_batch_size - (whole ? run->pulled % corm_batch_size : 0);

	if (whole)
		rows = run->nwhole == 0 ? 1 :
			Min(Min(rows, MOST_GROWTH * run->nwhole),
				1 + CORM_PULLED_AT_ONCE / (run->nbytes / run->nwhole));
	return run->stop < 0 ? rows : Min(rows, run->stop - run->pulled);
}

/* Those that have been pulled. */
static void
FreeWhole(CormRun *run)
{
	for (int i = 0; i < run->nwhole; i++)
		if (run->whole[i].apart != NULL)
			pfree(run->whole[i].apart);
	if (run->whole != NULL)
		pfree(run->whole);
	run->whole = NULL;
	run->nwhole = 0;
	run->nbytes = 0;
	resetStringInfo(&run->scratch);
}

static void
MakeRoomForWhole(CormRun *run, long rows)
{
	run->whole = MemoryContextAlloc(run->batch, Max(rows, 1) * sizeof(CormWhole));
	enlargeStringInfo(&run->scratch, CORM_PULLED_AT_ONCE);
}

/* What the next roots are fetched from, NULL if they have been read already. */
static Portal
PortalOfRoots(CormRun *run)
{
	Portal		portal = run->portal ? GetPortalByName(run->portal) : NULL;

	if (run->root->roots != NULL)
		return NULL;
	return run->portal == NULL ? OpenRoots(run) :
		PortalIsValid(portal) ? portal : ReopenRoots(run);
}

static void
FetchRoots(CormReceiver *receiver, Portal portal, long rows)
{
	CormErrorFrame frame;

	CormErrorPush(&frame, "loading", receiver->level->select->label, NULL);
	/* none is what a portal takes for the row that it has just returned */
	if (rows > 0)
		(void) PortalRunFetch(portal, FETCH_FORWARD, rows, (DestReceiver *) receiver);
	CormErrorPop(&frame);
}

/*
 * Fetches the next batch of roots with their children.  How many there were.
 */
static int
PullBatch(CormRun *run)
{
	Portal		portal;
	CormReceiver receiver;
	bool		same = true;
	long		rows;
	int			n;

	if (run->pulled > 0)
	{
		MemoryContext old = MemoryContextSwitchTo(run->context);

		run->owner = CurrentResourceOwner;
		same = CormReopenScans(run->root);
		MemoryContextSwitchTo(old);
	}
	CormInitReceiver(&receiver, run, run->root);
	receiver.whole = CormIsWhole(run->root);
	portal = PortalOfRoots(run);
	rows = RootsToPull(run, receiver.whole);
	FreeWhole(run);
	if (!same || !receiver.whole || run->pulled % corm_batch_size == 0)
		CormStartBatch(run);
	if (receiver.whole)
		MakeRoomForWhole(run, rows);
	run->next = 0;

	if (portal != NULL)
		FetchRoots(&receiver, portal, rows);
	else
		CormReceiveRoots(&receiver, rows);
	n = receiver.whole ? run->nwhole : run->root->nrows;
	run->pulled += n;
	CormFetchChildren(run, run->root);
	CormCloseScans(run->root);
	return n;
}

static text *
GetWhole(const CormRun *run, const CormWhole *whole)
{
	return whole->apart ? whole->apart : (text *) (run->scratch.data + whole->start);
}

text *
CormRunPull(CormRun *run)
{
	int			n = Max(run->nwhole, run->root->nrows);

	if (run->next >= n && (n = PullBatch(run)) == 0)
	{
		CormRunClose(run);
		return NULL;
	}
	if (run->nwhole > 0)
		return GetWhole(run, &run->whole[run->next++]);
	resetStringInfo(&run->scratch);
	CormBeginText(&run->scratch);
	CormWriteRow(run->root, run->root->rows[run->next++], &run->scratch);
	return CormEndText(&run->scratch, 0);
}

void
CormRunClose(CormRun *run)
{
	Portal		portal = run->portal ? GetPortalByName(run->portal) : NULL;

	run->portal = NULL;
	if (PortalIsValid(portal))
		PortalDrop(portal, false);
}
