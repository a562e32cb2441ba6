/*-------------------------------------------------------------------------
 *
 * lookup_value.h
 *	  Tests of a value against what was given.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LOOKUP_VALUE_H
#define CORM_LOOKUP_VALUE_H

#include "lookup.h"

/*
 * The condition that a test makes on a value.  Raises 22023 for what the lookup
 * does not take, 42883 when the type lacks the operator.
 */
extern CormExpr *CormTestValue(const CormTest *test, CormValue *value);

#endif							/* CORM_LOOKUP_VALUE_H */
