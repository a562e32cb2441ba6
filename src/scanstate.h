/*-------------------------------------------------------------------------
 *
 * scanstate.h
 *	  The state of a scan, which scan_plan.c plans and scan.c runs: their business.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SCANSTATE_H
#define CORM_SCANSTATE_H

#include "access/tableam.h"

#include "heapfetch.h"
#include "plantree.h"
#include "probe.h"

typedef enum CormScanKind
{
	CORM_SCAN_CHILDREN,			/* rows whose foreign key is the parent's */
	CORM_SCAN_TARGET,			/* the row that the parent's foreign key names */
	CORM_SCAN_LINKS				/* rows of a through table, then their targets */
} CormScanKind;

/* Scans that can be told which keys they will be asked for. */
#define CORM_MOST_FORETOLD 4

typedef struct CormScan
{
	CormScanKind kind;
	bool		of_owner;		/* of rows without parents: by their owner's key */
	int			many;			/* ... in how many tries on end they were many ... */
	int			spared;			/* ... so many calls do not try it */
	bool		exhausted;		/* its index has no further entry */
	const CormSelect *select;
	MemoryContext context;		/* of what is allocated while it is open: who reads
								 * the rows next has another */
	CormHeapFetch *fetch;		/* of CHILDREN, while it is open */
	TableScanDesc all;			/* while all rows are read */
	CormKeyPart *far_keys;		/* of LINKS: the target's keys in the through
								 * table */
	int			nforetold;		/* of CHILDREN: the scans of levels below ... */
	struct CormScan *foretold[CORM_MOST_FORETOLD];
	AttrNumber	foretold_by[CORM_MOST_FORETOLD];	/* ... and whose value their
													 * key is */

	/* nothing from here on is set to zero */
	CormProbe	rows;
	CormProbe	links;			/* its "far": how a link names its target */
	int			params[INDEX_MAX_KEYS];	/* of rows without parents: which
										 * parameter each key is */
	Datum		far_values[INDEX_MAX_KEYS];	/* of LINKS */
} CormScan;

#endif							/* CORM_SCANSTATE_H */
