/*-------------------------------------------------------------------------
 *
 * condition.h
 *	  Filters: a request's conditions, resolved.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CONDITION_H
#define CORM_CONDITION_H

#include "scope.h"

/* A condition on the rows of "base", which stands in "scope". */
extern CormExpr *CormResolveCondition(CormSelect *select, CormScope *scope,
									  CormTable *base,
									  const CormCondition *condition);

/*
 * The rows of "table" that belong to the owner with this key, as conditions for
 * WHERE.  "table_referencing" says that the table holds the foreign key; where
 * the owner itself is needed for the comparison it is joined.
 */
extern List *CormOwnerExprs(CormSelect *select, CormScope *scope,
							const CormModel *owner, CormTable *table,
							const CormForeignKey *fk, bool table_referencing,
							JsonbValue *key);

#endif							/* CORM_CONDITION_H */
