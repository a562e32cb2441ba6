/*-------------------------------------------------------------------------
 *
 * deparse_expr.h
 *	  Columns, conditions and FROM lists as SQL text.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEPARSE_EXPR_H
#define CORM_DEPARSE_EXPR_H

#include "lib/stringinfo.h"

#include "plantree.h"

extern char *CormColumnText(CormColumnRef ref);

extern void CormDeparseValue(StringInfo buf, const CormSelect *select,
							 const CormValue *value);

/* The text of a value of collation "own", to be compared under another one. */
extern char *CormCollated(char *text, Oid own, Oid collation);
extern char *CormCollatedText(CormColumnRef ref, Oid collation);

/* left op right, as the server's referential checks print it. */
extern void CormDeparseOperator(StringInfo buf, char *left, Oid left_type, Oid op,
								char *right, Oid right_type);

/* Conditions (CormExpr *) with something between them. */
extern void CormDeparseList(StringInfo buf, const CormSelect *select, List *exprs,
							const char *glue);

/* left op ANY ($n), where $n is an array of elemtype */
extern void CormDeparseAny(StringInfo buf, char *left, Oid type, Oid op, int param,
						   Oid elemtype);

/* The through table of a relation as it stands in FROM, without an alias. */
extern void CormDeparseLink(StringInfo buf, const CormRelation *relation,
							const CormModel *through);

/* What a self relation leads to, in parentheses: see deparse_tree.c. */
extern void CormDeparseClosure(StringInfo buf, const CormTable *table);

/* The rows of a table that stand in FROM in its place, in parentheses. */
extern void CormDeparseSubquery(StringInfo buf, const CormSelect *select,
								const CormTable *table);

/* Rows in groups, which stand in FROM in place of tables, with their alias. */
extern void CormDeparseGroups(StringInfo buf, const CormGroups *groups);

/* " FROM ..." and, where there is something to say, " WHERE ..." */
extern void CormDeparseScope(StringInfo buf, const CormSelect *select,
							 const CormScope *scope);

#endif							/* CORM_DEPARSE_EXPR_H */
