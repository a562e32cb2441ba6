/*-------------------------------------------------------------------------
 *
 * assemble.h
 *	  Runs plan trees and puts their documents together.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ASSEMBLE_H
#define CORM_ASSEMBLE_H

#include "nodes/params.h"

#include "run.h"

/* The setting corm.batch_size: roots whose children are fetched together. */
extern int	corm_batch_size;

/* The setting corm.slice_strategy: how each parent's slice of a list is read. */
typedef enum CormSliceStrategy
{
	CORM_SLICE_AUTO,			/* by the number of parents */
	CORM_SLICE_LATERAL,			/* each list by itself */
	CORM_SLICE_WINDOW			/* all lists at once, numbered */
} CormSliceStrategy;

extern int	corm_slice_strategy;

/*
 * A run of one select with all that hangs below it.  One that is CORM_RUN_READ_ONLY
 * sees the active snapshot and nothing of its own statement; others see what the
 * transaction has done so far.  "manner" may have CORM_RUN_WRITTEN, too.  Lives as
 * long as the current memory context, whose memory others may use from call to call.
 */
extern CormRun *CormRunBegin(const CormSelect *select, int manner);

extern void CormRunObserve(CormRun *run, CormObserver observer, void *arg);

/*
 * How the index scans of a run find the rows of one of its selects, in words; NULL
 * when a statement does.  A run that is not pushed, pulled or closed is to be
 * abandoned, which closes its scans.
 */
extern char *CormRunScanInWords(const CormRun *run, const CormSelect *select);
extern void CormRunAbandon(CormRun *run);

/* Everything at once, document after document. */
extern void CormRunPush(CormRun *run, CormSink sink, void *arg);

/*
 * One document after the other, good until the next call, until it returns NULL.
 * The run must be closed if it is left before that.
 */
extern text *CormRunPull(CormRun *run);
extern void CormRunClose(CormRun *run);

/*
 * Runs a writing statement whose RETURNING list is the select's, then hands the
 * documents to the sink.
 */
extern void CormRunReturning(CormRun *run, const char *sql, ParamListInfo params,
							 CormSink sink, void *arg);

/*
 * The batched loader: the sink gets, for each of n keys in turn, what the
 * loader's one relation holds.  A key is one Datum per key part, or NULL for a
 * key that is null.
 */
extern void CormRunLoader(CormChild *loader, int nkeys, Datum **keys,
						  CormSink sink, void *arg);

/* The statement that fetches a child's rows for one parent. */
extern char *CormChildStatement(const CormSelect *select);

#endif							/* CORM_ASSEMBLE_H */
