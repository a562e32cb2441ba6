/*-------------------------------------------------------------------------
 *
 * probe.h
 *	  One table that is looked up by some of its columns, without a statement.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PROBE_H
#define CORM_PROBE_H

#include "access/genam.h"
#include "access/skey.h"
#include "executor/tuptable.h"
#include "storage/buf.h"

#include "graph.h"
#include "leafscan.h"

typedef struct CormProbe
{
	const CormModel *model;
	int			nkeys;
	Bitmapset  *used;			/* attribute numbers that are read */
	const CormForeignKey *far;	/* whose columns the index better has, or NULL */

	/* while it is open */
	Relation	heap;
	Relation	index;
	IndexScanDesc desc;
	CormLeafScan *leaves;		/* what finds entries faster, or NULL */
	bool		on_leaf;		/* it found those of the current keys */
	TupleTableSlot *slot;
	bool		covers_far;		/* the index has the columns of "far" */
	Buffer		visibility;		/* of the map, for CormProbeSees */

	MemoryContext context;		/* of the probe */
	Oid			fitted;			/* the index that the following are for */
	ScanKeyData *keys;			/* in its order ... */

	/* by key; not set to zero, as there is room for more than there ever are */
	const CormColumn *columns[INDEX_MAX_KEYS];
	Oid			ops[INDEX_MAX_KEYS];	/* column = value */
	Oid			collations[INDEX_MAX_KEYS];
	int			key_from[INDEX_MAX_KEYS];	/* ... and which key each is */
	int			far_columns[INDEX_MAX_KEYS];	/* where the index has "far" */
} CormProbe;

/*
 * Can it be expected of a table that it may be opened, by a user who may read all
 * of it?
 */
extern bool CormProbeMayOpen(const CormModel *model);

/* A probe of the model's rows, with no keys yet. */
extern void CormProbeInit(CormProbe *probe, const CormModel *model);

/* One that an error may have left open; what it held has been released since then. */
extern void CormProbeForget(CormProbe *probe);

/*
 * Opens the table and an index that has the key, for the active snapshot.  False
 * when that may not or cannot be; it is to be closed in any case.  What is
 * allocated goes to the current context.
 */
extern bool CormProbeOpen(CormProbe *probe);
extern void CormProbeClose(CormProbe *probe);

/*
 * Looks for rows by values of the key, then one index entry after the other, like
 * index_getnext_tid() with its index_fetch_heap(); NULL at the end.
 */
extern void CormProbeStart(CormProbe *probe, const Datum *keys);
extern ItemPointer CormProbeNext(CormProbe *probe);

/*
 * Is the row of the entry that has just been returned visible?  It is read only where
 * the visibility map does not say so.
 */
extern bool CormProbeSees(CormProbe *probe, ItemPointer tid);

/* Tells of a key of one column that it will be looked for soon. */
extern void CormProbeExpect(CormProbe *probe, Datum key);

#endif							/* CORM_PROBE_H */
