/*-------------------------------------------------------------------------
 *
 * check_counter.h
 *	  Counter caches that do not count any more, or count for nobody.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CHECK_COUNTER_H
#define CORM_CHECK_COUNTER_H

#include "catalog_row.h"
#include "check_report.h"

/* Those that a row names, and functions that no row does. */
extern void CormCheckCounters(CormReport *report, const CormRelationRow *row);
extern void CormCheckLeftCounters(CormReport *report);

#endif							/* CORM_CHECK_COUNTER_H */
