/*-------------------------------------------------------------------------
 *
 * expr.h
 *	  Building blocks of a plan tree: values, conditions, parameters and result
 *	  columns.
 *
 * Everything is allocated in the current memory context.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_EXPR_H
#define CORM_EXPR_H

#include "plantree.h"

/* ---------- values ---------- */

/* A column of a table, which is then among those that are used of it. */
extern CormColumnRef CormRef(CormTable *table, AttrNumber attnum);
extern CormValue *CormColumnValueOf(CormTable *table, AttrNumber attnum);

/* $n, which must have been added already. */
extern CormValue *CormParamValue(const CormSelect *select, int param);
extern CormValue *CormCastValue(CormValue *arg, Oid type);

/* pg_catalog.function(arg), or with a unit pg_catalog.function('unit', arg) */
extern CormValue *CormCallValue(const char *function, const char *unit,
								CormValue *arg, Oid type);
extern CormValue *CormExprValue(CormExpr *expr);

/* A value that no row decides, computed once for all of them. */
extern CormValue *CormOnceValue(CormValue *arg);


/* The smallest or greatest value of a subquery over the scope. */
extern CormValue *CormExtremeValue(CormValue *arg, CormScope *scope, bool greatest);
extern CormValue *CormNumberedValue(int number, Oid type, Oid collation);

/* A copy that is compared under another collation. */
extern CormValue *CormCollateValue(const CormValue *value, Oid collation);

/* "right" as it is compared with "left": under the collation of that. */
extern CormValue *CormCollateAs(CormValue *right, const CormValue *left);

/* ---------- conditions ---------- */

extern CormExpr *CormMakeExpr(CormExprKind kind);
extern CormExpr *CormMakeConst(bool truth);
extern CormExpr *CormMakeOperator(CormValue *left, Oid op, CormValue *right);
extern CormExpr *CormMakeNullTest(CormValue *left);
extern CormExpr *CormNotTrue(CormExpr *expr);
extern CormExpr *CormAllOf(List *exprs);	/* of at least one */

/* referenced = referencing, pairwise, for a foreign key between two tables */
extern List *CormForeignKeyExprs(const CormForeignKey *fk,
								 CormTable *referenced, CormTable *referencing);

/*
 * The operators of a type's default operator classes.  "what" names the value
 * in the error 42883 for a type that has none.
 */
extern Oid	CormEqualityOf(Oid type, const char *what);
extern Oid	CormOrderingOf(Oid type, int strategy, const char *what);
extern bool CormHasOrder(Oid type);
extern Oid	CormEqualityOperator(const CormColumn *column);

/* ---------- parameters and result columns ---------- */

/* All of these return n of $n. */
extern int	CormAddParam(CormSelect *select, CormParam *param);
extern int	CormAddDatum(CormSelect *select, Oid type, Datum datum);
extern int	CormAddBigint(CormSelect *select, int64 number);
extern int	CormAddTexts(CormSelect *select, List *texts);

/* Returns the value's place in the result; one place for each column and cast. */
extern int	CormAddTarget(CormSelect *select, CormColumnRef ref, Oid cast);
extern int	CormAddValueTarget(CormSelect *select, CormValue *value, Oid cast);

#endif							/* CORM_EXPR_H */
