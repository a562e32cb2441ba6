/*-------------------------------------------------------------------------
 *
 * filter.h
 *	  Reading filters into trees of conditions: what request.c needs of it.
 *
 * The trees themselves are declared in request.h.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_FILTER_H
#define CORM_FILTER_H

#include "document.h"
#include "request.h"

extern CormCondition *CormMakeCondition(CormConditionKind kind, List *args);
extern CormCondition *CormParseFilter(JsonbValue *value, const CormDocPath *at,
									  List **elements);

#endif							/* CORM_FILTER_H */
