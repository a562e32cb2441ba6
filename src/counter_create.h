/*-------------------------------------------------------------------------
 *
 * counter_create.h
 *	  Making counter caches, dropping them, counting anew.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_COUNTER_CREATE_H
#define CORM_COUNTER_CREATE_H

/*
 * Makes the column, unless it is there, its functions and triggers, and counts.
 * A NULL column stands for the default name.  Nothing, if it is there and in
 * good order; what is not is put right.
 */
extern void CormCreateCounter(Oid relid, const char *relation,
							  const char *column);
extern void CormDropCounter(Oid relid, const char *relation, bool drop_column);

/* Counts anew, for all counters of the model without a relation; how many rows? */
extern int64 CormRecount(Oid relid, const char *relation);

#endif							/* CORM_COUNTER_CREATE_H */
