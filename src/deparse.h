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
extern char *CormDeparseCount(const CormSelect *select);
extern char *CormDeparseExists(const CormSelect *select);

/* Pieces that statements other than queries are made of. */
extern void CormDeparseTargets(StringInfo buf, const CormSelect *select);

#endif							/* CORM_DEPARSE_H */
