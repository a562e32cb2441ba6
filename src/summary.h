/*-------------------------------------------------------------------------
 *
 * summary.h
 *	  Aggregates over rows that are grouped.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SUMMARY_H
#define CORM_SUMMARY_H

#include "walk.h"

/*
 * A value as column of the subquery q that the place's statement becomes when
 * its rows are grouped.
 */
extern CormValue *CormGroupInput(const CormPlace *rows, CormValue *value);

/*
 * What one spec makes of the rows of a group.  What it takes of each row
 * becomes a target of the place's statement.  Raises 22023 for a spec without
 * an aggregate, and what paths and aggregates raise.
 */
extern CormGroupValue *CormSummarize(const CormPlace *rows,
									 const CormAnnotation *annotation);

#endif							/* CORM_SUMMARY_H */
