/*-------------------------------------------------------------------------
 *
 * filter.c
 *	  Reading filters into trees of conditions.
 *
 * A filter object is a scope: its keys AND, OR and NOT are groups, every other
 * key is a test, kept as written.  What stands in a list (of filter itself, of
 * AND and of OR) is a scope of its own each, for tests of one scope that share
 * a to-many prefix mean the same related row and those of two do not.
 *
 * Like request.c, to which this belongs, it reads no catalog.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "filter.h"

static CormCondition *ParseScope(JsonbValue *value, const CormDocPath *at);
static List *ParseGroup(JsonbValue *value, const CormDocPath *at);

/* Returns a condition of the kind over "args", which is not copied. */
CormCondition *
CormMakeCondition(CormConditionKind kind, List *args)
{
	CormCondition *condition = palloc0(sizeof(CormCondition));

	condition->kind = kind;
	condition->args = args;
	return condition;
}

bool
CormIsQuantifier(const char *word)
{
	return strcmp(word, "some") == 0 || strcmp(word, "every") == 0 ||
		strcmp(word, "none") == 0;
}

/* True for a condition that lets no row pass, whatever the rows are. */
static bool
IsImpossible(const CormCondition *condition)
{
	ListCell   *cell;

	check_stack_depth();
	switch (condition->kind)
	{
		case CORM_COND_TEST:
			return false;
		case CORM_COND_NOT:
			return CormConditionIsTrivial(linitial(condition->args));
		case CORM_COND_OR:
			foreach(cell, condition->args)
			{
				if (!IsImpossible(lfirst(cell)))
					return false;
			}
			return true;
		case CORM_COND_SCOPE:
		case CORM_COND_AND:
			foreach(cell, condition->args)
			{
				if (IsImpossible(lfirst(cell)))
					return true;
			}
			return false;
	}
	return false;
}

bool
CormConditionIsTrivial(const CormCondition *condition)
{
	ListCell   *cell;

	if (condition == NULL)
		return true;

	check_stack_depth();
	switch (condition->kind)
	{
		case CORM_COND_TEST:
			return false;
		case CORM_COND_NOT:
			return IsImpossible(linitial(condition->args));
		case CORM_COND_OR:
			foreach(cell, condition->args)
			{
				if (CormConditionIsTrivial(lfirst(cell)))
					return true;
			}
			return false;
		case CORM_COND_SCOPE:
		case CORM_COND_AND:
			foreach(cell, condition->args)
			{
				if (!CormConditionIsTrivial(lfirst(cell)))
					return false;
			}
			return true;
	}
	return false;
}

bool
CormConditionHasTest(const CormCondition *condition)
{
	ListCell   *cell;

	check_stack_depth();
	if (condition->kind == CORM_COND_TEST)
		return true;
	foreach(cell, condition->args)
	{
		if (CormConditionHasTest(lfirst(cell)))
			return true;
	}
	return false;
}

/* What tests nothing and lets every row pass need not be there. */
static bool
SaysNothing(const CormCondition *condition)
{
	return CormConditionIsTrivial(condition) &&
		(condition == NULL || !CormConditionHasTest(condition));
}

/* Returns one of them where the other one is none. */
CormCondition *
CormBothConditions(CormCondition *one, CormCondition *other)
{
	if (SaysNothing(other))
		return one;
	if (one == NULL)
		return other;
	return CormMakeCondition(CORM_COND_AND, list_make2(one, other));
}

/*
 * Reads a filter: an object, or an array of objects that are independent of
 * each other.  Adds to "elements", if given, the objects as written
 * (JsonbValue *), those that let every row pass left out.
 */
CormCondition *
CormParseFilter(JsonbValue *value, const CormDocPath *at, List **elements)
{
	List	   *args = NIL;
	ListCell   *cell;

	check_stack_depth();
	if (CormJsonIsObject(value))
	{
		CormCondition *scope = ParseScope(value, at);

		if (elements && !SaysNothing(scope))
			*elements = lappend(*elements, value);
		return scope;
	}

	foreach(cell, CormReadList(value, false, "an object or an array of objects",
							at))
	{
		CormDocPath here = {at, NULL, foreach_current_index(cell)};
		CormCondition *scope = ParseScope(lfirst(cell), &here);

		args = lappend(args, scope);
		if (elements && !SaysNothing(scope))
			*elements = lappend(*elements, lfirst(cell));
	}
	return CormMakeCondition(CORM_COND_AND, args);
}

/* Reads one filter object. */
static CormCondition *
ParseScope(JsonbValue *value, const CormDocPath *at)
{
	List	   *args = NIL;
	JsonbIterator *it;
	char	   *key;
	JsonbValue *item;

	check_stack_depth();
	if (!CormJsonIsObject(value))
		CormRaiseWrongValue(at, "an object", value);

	it = CormBeginPairs(value);
	while (CormNextPair(&it, &key, &item))
	{
		CormDocPath here = {at, key, 0};
		CormCondition *arg;

		if (strcmp(key, "AND") == 0)
			arg = CormMakeCondition(CORM_COND_AND, ParseGroup(item, &here));
		else if (strcmp(key, "OR") == 0)
			arg = CormMakeCondition(CORM_COND_OR, ParseGroup(item, &here));
		else if (strcmp(key, "NOT") == 0)
		{
			if (item->type == jbvNull)
				CormRaiseWrongValue(&here, "an object or an array of objects",
								item);
			arg = CormMakeCondition(CORM_COND_NOT,
								list_make1(CormParseFilter(item, &here, NULL)));
		}
		else
		{
			if (CormIsBlank(key))
				CormRaiseEmptyKey(at);
			arg = CormMakeCondition(CORM_COND_TEST, NIL);
			arg->key = key;
			arg->value = item;
		}
		args = lappend(args, arg);
	}
	return CormMakeCondition(CORM_COND_SCOPE, args);
}

/* The independent scopes of AND and OR. */
static List *
ParseGroup(JsonbValue *value, const CormDocPath *at)
{
	List	   *args = NIL;
	ListCell   *cell;

	if (value->type == jbvNull)
		CormRaiseWrongValue(at, "an array of objects", value);
	foreach(cell, CormReadList(value, false, "an array of objects", at))
	{
		CormDocPath here = {at, NULL, foreach_current_index(cell)};

		args = lappend(args, ParseScope(lfirst(cell), &here));
	}
	return args;
}
