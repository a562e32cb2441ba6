/*-------------------------------------------------------------------------
 *
 * scope.h
 *	  Building blocks of a plan tree: tables, joins, columns, parameters, and
 *	  the steps of a path.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SCOPE_H
#define CORM_SCOPE_H

#include "compat.h"
#include "compat.h"
#include "plantree.h"

/* What the next step of a path turned out to be. */
typedef enum CormStepKind
{
	CORM_STEP_END,				/* nothing is left */
	CORM_STEP_COLUMN,
	CORM_STEP_RELATION,
	CORM_STEP_THROUGH,			/* the link row that leads to this table */
	CORM_STEP_PK,
	CORM_STEP_OTHER				/* none of these: a lookup, or a mistake */
} CormStepKind;

typedef struct CormStep
{
	CormStepKind kind;
	const CormColumn *column;
	const CormRelation *relation;
	const char *rest;			/* what follows, "" at the end */
} CormStep;

/* Where a path starts: the model, and the many-to-many it was reached by. */
extern CormStep CormNextStep(const CormModel *model,
							 const CormRelation *reached_by, const char *path);

extern CormScope *CormMakeScope(void);
extern CormTable *CormAddTable(CormSelect *select, CormScope *scope,
							   const CormModel *model, CormJoinKind join);
extern CormTable *CormJoinToOne(CormSelect *select, CormScope *scope,
								CormTable *from, const CormRelation *relation);
extern CormTable *CormAddLink(CormSelect *select, CormScope *scope,
							  const CormRelation *relation);
extern CormTable *CormAddLinkTarget(CormSelect *select, CormScope *scope,
									CormTable *link,
									const CormRelation *relation);

extern CormColumnRef CormRef(CormTable *table, AttrNumber attnum);
extern CormExpr *CormMakeExpr(CormExprKind kind);
extern CormExpr *CormMakeConst(bool truth);
extern CormExpr *CormMakeCompare(CormColumnRef left, Oid op, int param);
extern CormExpr *CormMakeNullTest(CormColumnRef left);
extern CormExpr *CormNotTrue(CormExpr *expr);
extern CormExpr *CormAllOf(List *exprs);

/* referenced = referencing, pairwise, for a foreign key between two tables */
extern List *CormForeignKeyExprs(const CormForeignKey *fk,
								 CormTable *referenced, CormTable *referencing);

extern int	CormAddParam(CormSelect *select, CormParam *param);
extern int	CormAddBigint(CormSelect *select, int64 number);
extern int	CormAddTarget(CormSelect *select, CormColumnRef ref, Oid cast);

extern const CormModel *CormRelationTarget(const CormRelation *relation);
extern void CormRequireWhole(const CormModel *model,
							 const CormRelation *relation);

/* The relation of that name; raises 42703 when the model has none. */
extern const CormRelation *CormRequireRelation(const CormModel *model,
											   const char *name);
extern void CormRequireKey(const CormModel *model, const char *why);

/* Raises 42703: the model has nothing of that name. */
pg_noreturn extern void CormUnknownName(const CormModel *model,
										const char *rest, const char *path);

/* Raises 42703: "step" is a column, and the path goes on. */
pg_noreturn extern void CormNothingFollows(const CormModel *model,
										   const CormStep *step,
										   const char *path);

/* May the current role read the column?  Hints name nothing else. */
extern bool CormRoleMayRead(const CormModel *model, AttrNumber attnum);

#endif							/* CORM_SCOPE_H */
