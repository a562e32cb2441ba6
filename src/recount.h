/*-------------------------------------------------------------------------
 *
 * recount.h
 *	  Counting the rows of counter caches anew.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_RECOUNT_H
#define CORM_RECOUNT_H

#include "graph.h"

/*
 * Both write as the current user, and raise 42501 when row-level security hides
 * anything that counts.
 */

/* All rows at once, while nobody else writes what is counted. */
extern void CormCountAll(const CormRelation *relation, const char *column);

/* Those that are wrong, whoever writes meanwhile; returns how many were. */
extern int64 CormRecountWrong(const CormRelation *relation,
							  const char *column);

#endif							/* CORM_RECOUNT_H */
