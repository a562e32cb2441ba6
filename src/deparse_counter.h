/*-------------------------------------------------------------------------
 *
 * deparse_counter.h
 *	  Counter caches: bodies of their trigger functions, statements that count.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEPARSE_COUNTER_H
#define CORM_DEPARSE_COUNTER_H

#include "graph.h"

/*
 * What the body of each function of a counter cache begins with, and no other
 * function's.
 */
#define CORM_COUNTER_LABEL "counter"

/* Rows as they were and as they are, in the function for statements. */
#define CORM_OLD_ROWS "old_rows"
#define CORM_NEW_ROWS "new_rows"

/*
 * In all of these "column" is the column of the relation's source that counts.
 * The relation must be in good order, and its tables be models.
 */

/* In PL/pgSQL: after the rows that are counted have changed. */
extern char *CormDeparseCounterChanged(const CormRelation *relation,
									   const char *column);

/* Is it the body of one, for this column of the table, whatever that counts? */
extern bool CormIsCounterOf(const char *body, Oid relid, const char *column);

/* In PL/pgSQL: before a row with a new key is there. */
extern char *CormDeparseCounterStart(const CormRelation *relation,
									 const char *column);

/* In PL/pgSQL: nothing, in the place of either. */
extern char *CormDeparseCounterIdle(void);

/* The condition under which the key of a row is a new one, for a trigger. */
extern char *CormDeparseCounterKey(const CormRelation *relation);

/* Sets the column of all rows for which it is wrong, by one statement. */
extern char *CormDeparseCounterFill(const CormRelation *relation,
									const char *column);

/* The keys of the rows for which it is wrong, in order. */
extern char *CormDeparseCounterWrong(const CormRelation *relation,
									 const char *column);

/* Lock the row with the key $1, $2 ..; count for it anew if that is wrong. */
extern char *CormDeparseCounterLock(const CormRelation *relation);
extern char *CormDeparseCounterRecount(const CormRelation *relation,
									   const char *column);

#endif							/* CORM_DEPARSE_COUNTER_H */
