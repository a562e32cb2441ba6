/*-------------------------------------------------------------------------
 *
 * filter.h
 *	  Filters as syntax: trees of conditions.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_FILTER_H
#define CORM_FILTER_H

#include "document.h"

typedef enum CormConditionKind
{
	CORM_COND_SCOPE,			/* one filter object: AND, and its tests that
								 * share a to-many prefix mean the same row */
	CORM_COND_AND,				/* independent conditions, all of them */
	CORM_COND_OR,				/* independent conditions, any of them */
	CORM_COND_NOT,				/* exact complement of its one argument */
	CORM_COND_TEST				/* key: value */
} CormConditionKind;

typedef struct CormCondition
{
	CormConditionKind kind;
	List	   *args;			/* of CormCondition *, unless a test */
	char	   *key;			/* of a test: path and lookup, as written */
	JsonbValue *value;			/* of a test; containers are jbvBinary */
} CormCondition;

extern CormCondition *CormMakeCondition(CormConditionKind kind, List *args);

/* Both, where NULL and what says nothing count for nothing. */
extern CormCondition *CormBothConditions(CormCondition *one,
										 CormCondition *other);
extern CormCondition *CormParseFilter(JsonbValue *value, const CormDocPath *at,
									  List **elements);

/* Is it "some", "every" or "none"? */
extern bool CormIsQuantifier(const char *word);

/*
 * True for a condition that lets every row pass whatever the rows are: NULL,
 * {}, AND [] and what is made of these.  It may have tests that do not matter.
 */
extern bool CormConditionIsTrivial(const CormCondition *condition);
extern bool CormConditionHasTest(const CormCondition *condition);

#endif							/* CORM_FILTER_H */
