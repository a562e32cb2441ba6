/*-------------------------------------------------------------------------
 *
 * lookup.h
 *	  Lookups: what stands at the end of a filter's key, and a test made of it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LOOKUP_H
#define CORM_LOOKUP_H

#include "expr.h"

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
	CORM_LOOKUP_REGEX,
	CORM_LOOKUP_IREGEX,
	CORM_LOOKUP_SEARCH,
	CORM_LOOKUP_CONTAINED_BY,
	CORM_LOOKUP_OVERLAP,
	CORM_LOOKUP_HAS_KEY,
	CORM_LOOKUP_HAS_KEYS,
	CORM_LOOKUP_HAS_ANY_KEYS,
	CORM_LOOKUP_FULLY_LT,
	CORM_LOOKUP_FULLY_GT,
	CORM_LOOKUP_NOT_LT,
	CORM_LOOKUP_NOT_GT,
	CORM_LOOKUP_ADJACENT_TO,
	CORM_LOOKUP_ISEMPTY,
	CORM_LOOKUP_OP				/* any operator, by name */
} CormLookup;

/* One test of a filter: what it asks, without the value that it asks it of. */
typedef struct CormTest
{
	CormSelect *select;
	const char *key;			/* as written, for messages */
	CormLookup	lookup;
	JsonbValue *value;
	bool		of_owner;		/* the value names the owner of a relation */
	const char *opname;			/* of OP */
	bool		of_field;		/* ends in F: the value is a path ... */
	CormValue  *field;			/* ... which stands for this */
} CormTest;

/*
 * Reads a lookup and puts it into the test; "" is exact.  False when the text
 * is no lookup.
 */
extern bool CormReadLookup(const char *text, CormTest *test);

/*
 * Raises 22023 with the lookups there are, and the transforms (char *) that the
 * type has.
 */
pg_noreturn extern void CormUnknownLookup(const char *lookup, const char *key,
										  List *transforms);

/* Raises 22023: "<key>" needs what is expected. */
pg_noreturn extern void CormBadValue(const CormTest *test, const char *expected);

/* The value as true or false; raises 22023 when it is neither. */
extern bool CormTestBoolean(const CormTest *test);

/* Adds a parameter for a value of the test; returns its number. */
extern int	CormTestParam(const CormTest *test, CormBind bind, Oid type, Oid elemtype,
						  JsonbValue *value);

/* The same, where the test is the same for any value of its kind (CormParam.any). */
extern int	CormTestParamOfAny(const CormTest *test, CormBind bind, Oid type,
							   Oid elemtype, JsonbValue *value);

#endif							/* CORM_LOOKUP_H */
