/*-------------------------------------------------------------------------
 *
 * roots.h
 *	  The rows of a queryset, found by index scans where they are few.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ROOTS_H
#define CORM_ROOTS_H

#include "scan.h"

typedef struct CormRoots CormRoots;

/*
 * Reads the rows of a scan that is open and has no parents, in the current context;
 * NULL if they are not few.  They stay when the scan is closed.
 */
extern CormRoots *CormGatherRoots(CormScan *scan);

/*
 * One row after the other, in the queryset's order and as many as it asks for; each
 * is good until the next call.  NULL at the end.
 */
extern TupleTableSlot *CormNextRoot(CormRoots *roots);

/*
 * A scan of the rows in no order, which has been started, to be closed by the caller;
 * *some is false when there are none.  NULL when they take a statement.
 */
extern CormScan *CormOpenRows(const CormSelect *select, ParamListInfo params, bool *some);

/*
 * How many rows there are, or whether there is one, without a statement; false when
 * that takes one.
 */
extern bool CormCountRoots(const CormSelect *select, int64 *count);
extern bool CormFindRoot(const CormSelect *select, bool *found);

#endif							/* CORM_ROOTS_H */
