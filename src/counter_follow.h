/*-------------------------------------------------------------------------
 *
 * counter_follow.h
 *	  What becomes of counter caches when others run DDL.
 *
 * All of it is for event triggers: runs no SQL, waits for nobody and raises
 * nothing.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_COUNTER_FOLLOW_H
#define CORM_COUNTER_FOLLOW_H

#include "catalog_row.h"

/*
 * Something about the table has another name, or is something else, now: the
 * functions of the counters that have to do with it are written anew.  InvalidOid
 * stands for all tables.
 */
extern void CormFollowCounters(Oid relid);

/* The column was renamed, or dropped. */
extern void CormFollowCounterRename(Oid relid, const char *from,
									const char *to);
extern void CormFollowCounterColumn(Oid relid, const char *column);

/* The relation is forgotten for good: its functions and triggers go. */
extern void CormFollowDropCounters(const CormRelationRow *row);

#endif							/* CORM_COUNTER_FOLLOW_H */
