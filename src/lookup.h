/*-------------------------------------------------------------------------
 *
 * lookup.h
 *	  Tests at the end of a path: a column, or a key, against a value.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LOOKUP_H
#define CORM_LOOKUP_H

#include "scope.h"

typedef enum CormLookup
{
	CORM_LOOKUP_EXACT,
	CORM_LOOKUP_IEXACT,
	CORM_LOOKUP_CONTAINS,
	CORM_LOOKUP_ICONTAINS,
	CORM_LOOKUP_STARTSWITH,
	CORM_LOOKUP_ISTARTSWITH,
	CORM_LOOKUP_ENDSWITH,
	CORM_LOOKUP_IENDSWITH,
	CORM_LOOKUP_IN,
	CORM_LOOKUP_NOT_IN,
	CORM_LOOKUP_GT,
	CORM_LOOKUP_GTE,
	CORM_LOOKUP_LT,
	CORM_LOOKUP_LTE,
	CORM_LOOKUP_NE,
	CORM_LOOKUP_RANGE,
	CORM_LOOKUP_ISNULL,
	CORM_LOOKUP_UNKNOWN
} CormLookup;

/* One test of a filter: what it asks, without the column that it asks it of. */
typedef struct CormTest
{
	CormSelect *select;
	const char *key;			/* as written, for messages */
	CormLookup	lookup;
	JsonbValue *value;
	bool		of_owner;		/* the value names the owner of a relation */
} CormTest;

/* "" is exact. */
extern CormLookup CormParseLookup(const char *name);

/* Raises 22023 with the lookups there are. */
extern void CormUnknownLookup(const char *lookup, const char *key);

/* The value as true or false; raises 22023 when it is neither. */
extern bool CormTestBoolean(const CormTest *test);

/*
 * The condition that a test makes on a column.  Raises 22023 for a value that
 * the lookup does not take, 42883 when the type lacks the operator.
 */
extern CormExpr *CormTestColumn(const CormTest *test, CormColumnRef ref);

/* A test on a model's key, by the table's own key columns ... */
extern CormExpr *CormTestKey(const CormTest *test, CormTable *table);

/* ... or by the columns of a foreign key that references it. */
extern CormExpr *CormTestForeignKey(const CormTest *test, const CormModel *referenced,
									const CormForeignKey *fk, CormTable *referencing);

/* The type's own equality operator; raises 42883 when it has none. */
extern Oid	CormEqualityOperator(const CormColumn *column);

#endif							/* CORM_LOOKUP_H */
