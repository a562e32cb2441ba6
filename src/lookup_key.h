/*-------------------------------------------------------------------------
 *
 * lookup_key.h
 *	  Tests whose value is a key of a model.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LOOKUP_KEY_H
#define CORM_LOOKUP_KEY_H

#include "lookup.h"

/* A test on a model's key, by the table's own key columns ... */
extern CormExpr *CormTestKey(const CormTest *test, CormTable *table);

/* ... or by the columns of a foreign key that references it. */
extern CormExpr *CormTestForeignKey(const CormTest *test, const CormModel *referenced,
									const CormForeignKey *fk, CormTable *referencing);

#endif							/* CORM_LOOKUP_KEY_H */
