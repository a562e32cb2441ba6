/*-------------------------------------------------------------------------
 *
 * leafscan.h
 *	  The index entries of a key, from the leaf that they are known to be on.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LEAFSCAN_H
#define CORM_LEAFSCAN_H

#include "access/genam.h"

typedef struct CormLeafScan CormLeafScan;

/*
 * For an open index scan, whose entries and tuples it takes over as long as it finds
 * them, one key of that type at a time; NULL when the index or the transaction does
 * not allow it.  Made in the current context.
 */
extern CormLeafScan *CormLeafScanOpen(IndexScanDesc desc, Oid key_type);
extern void CormLeafScanClose(CormLeafScan *scan);

/*
 * Looks for the entries of a key.  False when it takes the index scan to find them,
 * or to find out that there are none.
 */
extern bool CormLeafScanStart(CormLeafScan *scan, Datum key);

/* Tells that the entries of a key will be looked for soon. */
extern void CormLeafScanExpect(const CormLeafScan *scan, Datum key);

/*
 * The next of them, as index_getnext_tid() returns it: index_fetch_heap() finds its
 * row, and the index tuple is there if the scan wants it.  NULL at the end.
 */
extern ItemPointer CormLeafScanNext(CormLeafScan *scan);

#endif							/* CORM_LEAFSCAN_H */
