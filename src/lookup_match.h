/*-------------------------------------------------------------------------
 *
 * lookup_match.h
 *	  Lookups that do more than compare: patterns, containment, search, and
 *	  operators by name.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LOOKUP_MATCH_H
#define CORM_LOOKUP_MATCH_H

#include "lookup.h"

/* The test on a value; raises 22023 when its type does not know the lookup. */
extern CormExpr *CormMatchValue(const CormTest *test, CormValue *value);

/* left op(...) right */
extern CormExpr *CormMatchField(const CormTest *test, CormValue *left, CormValue *right);

/*
 * What is NULL where there is no value: a JSON null within a document is none.
 */
extern CormValue *CormNullable(CormValue *value);

#endif							/* CORM_LOOKUP_MATCH_H */
