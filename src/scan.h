/*-------------------------------------------------------------------------
 *
 * scan.h
 *	  Rows by index scans, without a statement.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SCAN_H
#define CORM_SCAN_H

#include "nodes/params.h"

#include "scanstate.h"

/* The setting corm.direct_scan: may statements be replaced by index scans? */
extern bool corm_direct_scan;

/* Can it be expected that rows of the model will be scanned, if little is asked? */
extern bool CormMayScan(const CormModel *model);

/*
 * How the rows of a select would be scanned, or NULL when what it asks takes a
 * statement: those of a child for its parents; else those whose key is given by
 * parameters, if they turn out to be few (roots.h), for documents or to be counted,
 * or all rows of one owner, or one row, in no order.  Nothing is opened.  A select
 * has one scan for each purpose: nobody else is to use it meanwhile.
 */
extern CormScan *CormScanPlan(const CormSelect *select, CormScanPurpose purpose);

/*
 * Were the rows that parameters name few?  Those who ask the same later do not try it
 * each time if they were not.
 */
extern void CormScanNote(CormScan *scan, bool few);

/*
 * The rows of a scan are parents in another, by one column: while some are on their
 * way, the other is told what it will be asked for.
 */
extern void CormScanForetell(CormScan *scan, CormScan *below, AttrNumber column);
extern void CormScanForetellNothing(CormScan *scan);

extern CormScanKind CormScanKindOf(const CormScan *scan);
extern const CormSelect *CormScanSelect(const CormScan *scan);

/* Of rows without parents: are they found by their owner's key? */
extern bool CormScanIsOfOwner(const CormScan *scan);

/*
 * Where a column of the select's result stands in the slots of the scan; -1 for
 * one of the through table.
 */
extern int	CormScanColumn(const CormScan *scan, int target);

/*
 * May the current user, now, and with the indexes that there are?  Everything is
 * opened under the active snapshot and stays so until it is closed, or the
 * current resource owner is released.  False leaves nothing open.
 */
extern bool CormScanOpen(CormScan *scan);
extern void CormScanClose(CormScan *scan);

/*
 * The table of the rows and the snapshot that sees them; only while it is open.
 */
extern Relation CormScanRelation(const CormScan *scan, Snapshot *snapshot);

/* What is scanned, in words; only while it is open. */
extern char *CormScanInWords(const CormScan *scan);

/*
 * The rows for the parent's keys: of CHILDREN as the index has them, of TARGET
 * one or none.  A slot is good until the next call; NULL at the end.
 */
extern void CormScanStart(CormScan *scan, const Datum *keys);
extern TupleTableSlot *CormScanNext(CormScan *scan);

/*
 * Of CHILDREN that have been started: reads what the index has before the first row
 * is returned; how many rows there are at most, -1 when that is not to be kept.
 */
extern int	CormScanFill(CormScan *scan);

/*
 * The rows for parameters, if they have no parents; false when one is NULL, which
 * no row equals.
 */
extern bool CormScanStartParams(CormScan *scan, ParamListInfo params);
extern TupleTableSlot *CormScanNextRow(CormScan *scan);

/* How many rows there are for them, up to so many: instead of reading them. */
extern int	CormScanCount(CormScan *scan, int most);

/*
 * All rows of the table, whoever they belong to; only where the table is so small
 * that this is cheap.  Not while other rows are being read.
 */
extern bool CormScanIsSmall(const CormScan *scan);
extern void CormScanStartAll(CormScan *scan);
extern TupleTableSlot *CormScanNextAll(CormScan *scan);

/*
 * Of LINKS: starts with the parent's keys; then the keys of one target after
 * the other, good until the next call, with NULLs left out.
 */
extern void CormScanStartLinks(CormScan *scan, const Datum *keys);
extern const Datum *CormScanNextLink(CormScan *scan);

/* How links name their targets, in the order of these keys; NULL if it is not LINKS. */
extern const CormKeyPart *CormScanLinkKeys(const CormScan *scan);

/*
 * How the keys of a TARGET, or of LINKS' targets, compare with those of the rows;
 * *columns receives where the slots have them.
 */
extern const CormKeyPart *CormScanTargetKeys(const CormScan *scan, int *n,
											 int *columns);

#endif							/* CORM_SCAN_H */
