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

/*
 * The next step of a path from a model.  "reached_by" is the many-to-many by
 * which the path came to the model, or NULL: its through model's name is a step
 * too.  Names point into the cache, "rest" into the path.  Raises 42702 when a
 * column shadows a relation, 42704 when the relation cannot be used.
 */
extern CormStep CormNextStep(const CormModel *model,
							 const CormRelation *reached_by, const char *path);

/* ---------- FROM lists ---------- */

extern CormScope *CormMakeScope(void);

/*
 * A table at the end of a scope's FROM list; the caller says what joins it.
 * Locks the table in AccessShareLock mode to the end of the transaction.
 * Raises 42501 without USAGE on its schema.
 */
extern CormTable *CormAddTable(CormSelect *select, CormScope *scope,
							   const CormModel *model, CormJoinKind join);

/* What a to-one relation leads to, LEFT JOINed once for all paths through it. */
extern CormTable *CormJoinToOne(CormSelect *select, CormScope *scope,
								CormTable *from, const CormRelation *relation);

/* The through table of a many-to-many, and the target joined behind it. */
extern CormTable *CormAddLink(CormSelect *select, CormScope *scope,
							  const CormRelation *relation);
extern CormTable *CormAddLinkTarget(CormSelect *select, CormScope *scope,
									CormTable *link,
									const CormRelation *relation);

/* A column of a table, which is then among those that are used of it. */
extern CormColumnRef CormRef(CormTable *table, AttrNumber attnum);

/*
 * Raises 42501 without USAGE on the schema of the model's table.  For whoever
 * writes to a table: the plan of a statement that was kept for another role
 * does not ask again.
 */
extern void CormCheckSchemaUsage(const CormModel *model);

/* ---------- conditions ---------- */

extern CormExpr *CormMakeExpr(CormExprKind kind);
extern CormExpr *CormMakeConst(bool truth);
extern CormExpr *CormMakeCompare(CormColumnRef left, Oid op, int param);
extern CormExpr *CormMakeNullTest(CormColumnRef left);
extern CormExpr *CormNotTrue(CormExpr *expr);
extern CormExpr *CormAllOf(List *exprs);	/* of at least one */

/* referenced = referencing, pairwise, for a foreign key between two tables */
extern List *CormForeignKeyExprs(const CormForeignKey *fk,
								 CormTable *referenced, CormTable *referencing);

/* ---------- parameters and result columns ---------- */

/* Both return n of $n. */
extern int	CormAddParam(CormSelect *select, CormParam *param);
extern int	CormAddBigint(CormSelect *select, int64 number);

/* Returns the column's place in the result; one place for each column and cast. */
extern int	CormAddTarget(CormSelect *select, CormColumnRef ref, Oid cast);

/* ---------- what must be there ---------- */

/* Raises 42704 when the target is no longer a model. */
extern const CormModel *CormRelationTarget(const CormRelation *relation);

/* Raises 42704 when the relation's constraint or table is gone. */
extern void CormRequireWhole(const CormModel *model,
							 const CormRelation *relation);

/* The relation of that name; raises 42703 when the model has none. */
extern const CormRelation *CormRequireRelation(const CormModel *model,
											   const char *name);

/* Raises 42P16 for a model "has no primary key, which" why. */
extern void CormRequireKey(const CormModel *model, const char *why);

/* Raises 42703: the model has nothing of the name that "rest" begins with. */
pg_noreturn extern void CormUnknownName(const CormModel *model,
										const char *rest, const char *path);

/* Raises 42703: "step" is a column, and the path goes on. */
pg_noreturn extern void CormNothingFollows(const CormModel *model,
										   const CormStep *step,
										   const char *path);

/* May the current role read the column?  Hints name nothing else. */
extern bool CormRoleMayRead(const CormModel *model, AttrNumber attnum);

#endif							/* CORM_SCOPE_H */
