/*-------------------------------------------------------------------------
 *
 * rowmatch.h
 *	  Whether a row at hand passes a filter.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ROWMATCH_H
#define CORM_ROWMATCH_H

#include "utils/jsonb.h"

#include "cache.h"

/*
 * Does the row, one of the model's table or of a child table of it, pass the
 * filter?  Its columns are taken from it, related rows from their tables.
 * Raises what CormResolve raises for a filter.
 */
extern bool CormRowMatches(const CormModel *model, Datum row, Jsonb *filter);

#endif							/* CORM_ROWMATCH_H */
