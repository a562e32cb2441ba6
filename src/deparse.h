/*-------------------------------------------------------------------------
 *
 * deparse.h
 *	  Plan tree -> SQL text of queries.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEPARSE_H
#define CORM_DEPARSE_H

#include "lib/stringinfo.h"

#include "plantree.h"

/*
 * The statement that fetches a select's rows.  "few_parents" chooses between
 * two forms of a slice per parent, which return the same rows.
 */
extern char *CormDeparseSelect(const CormSelect *select, bool few_parents);

/*
 * The statement of roots for who stops after "*rows" of them (-1: who reads them
 * all).  The planner takes the parameter of a LIMIT for a tenth of the rows: the
 * plan would never be kept.  A power of two no less than the limit stands in its
 * place, so that statements are few and each is planned for its number.
 */
extern char *CormDeparseRoots(const CormSelect *select, int64 *rows);
extern char *CormDeparseCount(const CormSelect *select);
extern char *CormDeparseExists(const CormSelect *select);

/* Pieces that statements other than queries are made of. */
extern void CormDeparseTargets(StringInfo buf, const CormSelect *select);

#endif							/* CORM_DEPARSE_H */
