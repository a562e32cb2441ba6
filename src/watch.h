/*-------------------------------------------------------------------------
 *
 * watch.h
 *	  Notices when something that the cache was built from changes.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_WATCH_H
#define CORM_WATCH_H

extern void CormWatchInit(void);

/* From here on a change to the table, or the constraint, counts. */
extern void CormWatchTable(Oid relid);
extern void CormWatchConstraint(Oid relid, const char *name);

/* Watches nothing any more but corm's own tables. */
extern void CormWatchNothing(void);

/* The number of changes so far. */
extern uint64 CormWatchCount(void);

/*
 * The number of changes to what statements name and depend on, but the cache does not:
 * schemas, operators and their classes, casts, roles and their memberships.  Not types:
 * each temporary table is one.
 */
extern uint64 CormWatchOthers(void);

#endif							/* CORM_WATCH_H */
