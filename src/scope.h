/*-------------------------------------------------------------------------
 *
 * scope.h
 *	  FROM lists: tables and joins.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SCOPE_H
#define CORM_SCOPE_H

#include "expr.h"
#include "path.h"

extern CormScope *CormMakeScope(void);

/*
 * A table at the end of a scope's FROM list; the caller says what joins it.
 * Locks the table in AccessShareLock mode to the end of the transaction.
 * Raises 42501 without USAGE on its schema.
 */
extern CormTable *CormAddTable(CormSelect *select, CormScope *scope,
							   const CormModel *model, CormJoinKind join);

/* The table that a to-one relation leads to, if it has been joined already. */
extern CormTable *CormFindJoin(const CormScope *scope, const CormTable *from,
							   const CormRelation *relation);

/* What a to-one relation leads to, LEFT JOINed once for all paths through it. */
extern CormTable *CormJoinToOne(CormSelect *select, CormScope *scope,
								CormTable *from, const CormRelation *relation);

/* The through table of a many-to-many, and the target joined behind it. */
extern CormTable *CormAddLink(CormSelect *select, CormScope *scope,
							  const CormRelation *relation);
extern CormTable *CormAddLinkTarget(CormSelect *select, CormScope *scope,
									CormTable *link,
									const CormRelation *relation);

/*
 * Raises 42501 without USAGE on the schema of the model's table.  For whoever
 * writes to a table: the plan of a statement that was kept for another role
 * does not ask again.
 */
extern void CormCheckSchemaUsage(const CormModel *model);

#endif							/* CORM_SCOPE_H */
