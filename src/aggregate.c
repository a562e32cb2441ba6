/*-------------------------------------------------------------------------
 *
 * aggregate.c
 *	  Aggregates: of related rows, and of the rows of a statement.
 *
 * An aggregate of related rows is a subquery of its own, so that several of
 * them never multiply each other and no root is repeated for them.
 *
 * The smallest and the greatest value come from the type's own order, also for
 * types that have no such aggregate.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "aggregate.h"
#include "allow.h"
#include "annotation.h"
#include "pathtext.h"
#include "transform.h"

CormAggregate
CormTakeAggregate(CormPath *path, const char **transforms)
{
	const char *rest = path->rest;
	Oid			type = path->end == CORM_END_COLUMN ? getBaseType(path->column->typid) : InvalidOid;

	*transforms = "";
	if (!path->to_many || path->end == CORM_END_ANNOTATION || type == JSONOID || type == JSONBOID)
		return CORM_AGGREGATE_NONE;

	while (*rest != '\0')
	{
		const char *before = rest;
		bool		quoted;
		CormAggregate function = CormAggregateByName(CormTakeWord(&rest, &quoted));

		if (function != CORM_AGGREGATE_NONE && !quoted &&
			(path->end != CORM_END_RELATION || function == CORM_AGGREGATE_COUNT ||
			 function == CORM_AGGREGATE_EXISTS))
		{
			if (before > path->rest)
				*transforms = pnstrdup(path->rest, before - path->rest - 2);
			path->rest = rest;
			return function;
		}
		if (path->end != CORM_END_COLUMN)
			break;
	}
	return CORM_AGGREGATE_NONE;
}

/*
 * An allow-list is compared with names as they are written, which do not tell a
 * column's transforms, or the underscores in a name, from steps.
 */
void
CormRequireFilterChecked(const CormSelect *select, const char *aggregated,
						 CormAggregate function, const char *rows)
{
	if (select->guarded && strcmp(CormAggregatedRows(aggregated, function), rows) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the filter of aggregate \"%s\" cannot be checked against an allow-list",
						CormPathJoin(aggregated, CormAggregateName(function))),
				 errdetail("Only a plain path to rows, or to a column of them, tells which rows a filter is about."),
				 errhint("Count the rows, or aggregate a column without a transform.")));
}

/* ---------- functions ---------- */

/*
 * The server's aggregate of that name over a type.
 */
static Oid
FindFunction(const char *name, Oid type)
{
	List	   *names = list_make2(makeString("pg_catalog"), makeString(unconstify(char *, name)));

	return LookupFuncName(names, 1, &type, true);
}

static CormValue *
MakeCall(const char *name, Oid type, CormValue *arg, bool distinct)
{
	CormValue  *value = palloc0(sizeof(CormValue));

	value->kind = CORM_VALUE_AGGREGATE;
	value->function = name;
	value->type = type;
	value->arg = arg;
	value->distinct = distinct;
	if (arg && OidIsValid(get_typcollation(type)))
		value->collation = arg->collation;
	return value;
}

static void
RequireOrder(const CormValue *arg, const char *what)
{
	if (!CormHasOrder(arg->type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("%s of type %s has no order", what, format_type_be(arg->type))));
}

/*
 * min and max: the server's own where it has one for the very type, else the
 * first of all values in order.
 */
static CormValue *
MakeExtreme(CormAggregate function, CormValue *arg, const char *what)
{
	Oid			type = getBaseType(arg->type);
	CormValue  *value;

	RequireOrder(arg, what);
	arg = CormCastValue(arg, type);
	if (OidIsValid(FindFunction(CormAggregateName(function),
								type_is_array(type) ? ANYARRAYOID :
								type_is_enum(type) ? ANYENUMOID : type)))
		return MakeCall(CormAggregateName(function), type, arg, false);
	value = MakeCall("array_agg", type, arg, false);
	value->collation = arg->collation;
	value->greatest = function == CORM_AGGREGATE_MAX;
	value->first = true;
	return value;
}

CormValue *
CormMakeAggregate(CormAggregate function, CormValue *arg, bool distinct, const char *what)
{
	Oid			found;

	if (function == CORM_AGGREGATE_COUNT)
	{
		if (distinct && arg)
			(void) CormEqualityOf(arg->type, what);
		return MakeCall("count", INT8OID, arg, distinct);
	}
	if (function == CORM_AGGREGATE_MIN || function == CORM_AGGREGATE_MAX)
		return MakeExtreme(function, arg, what);
	if (function == CORM_AGGREGATE_EXISTS)
		return MakeCall("bool_or", BOOLOID, arg, false);

	arg = CormCastValue(arg, getBaseType(arg->type));
	found = FindFunction(CormAggregateName(function), arg->type);
	if (!OidIsValid(found))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("%s of type %s has no %s", what, format_type_be(arg->type),
						CormAggregateName(function))));
	return MakeCall(CormAggregateName(function), get_func_rettype(found), arg, distinct);
}

/* ---------- related rows ---------- */

/*
 * The value that is aggregated, or NULL where rows are counted.
 */
static CormValue *
Argument(const CormPlace *end, const CormPath *path, const char *transforms,
		 CormAggregate function, bool distinct)
{
	CormValue  *value;

	if (path->end != CORM_END_COLUMN)
	{
		if (!distinct && (path->end != CORM_END_KEY || function == CORM_AGGREGATE_COUNT ||
						  function == CORM_AGGREGATE_EXISTS))
			return NULL;
		CormRequireKey(path->model, "an aggregate of it needs");
		if (path->model->nkey > 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\": %s does not go with a key of several columns",
							path->text, distinct ? "distinct" : CormAggregateName(function))));
		return CormColumnValueOf(end->table, path->model->key[0]);
	}
	value = CormTransform(end->select, CormColumnValueOf(end->table, path->column->attnum),
						  &transforms, path->text, false);
	if (*transforms != '\0')
		CormNothingFollowsValue(transforms, path->text);
	return value;
}

static CormValue *
ExistsOver(const CormPlace *end, CormValue *arg)
{
	CormExpr   *exists = CormMakeExpr(CORM_EXPR_EXISTS);

	if (arg)
		end->scope->where = lappend(end->scope->where, CormNotTrue(CormMakeNullTest(arg)));
	exists->scope = end->scope;
	return CormExprValue(exists);
}

CormValue *
CormAggregateOver(const CormPlace *end, const CormPath *path, const char *transforms,
				  CormAggregate function, bool distinct)
{
	CormValue  *arg = Argument(end, path, transforms, function, distinct);
	char	   *what = psprintf("\"%s\"", path->text);
	CormValue  *value;

	if (function == CORM_AGGREGATE_EXISTS)
		return ExistsOver(end, arg);
	if (arg == NULL && function != CORM_AGGREGATE_COUNT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of \"%s\" needs a column", CormAggregateName(function), path->text),
				 errhint("Rows are counted by count, or tested by exists.")));
	if (function == CORM_AGGREGATE_MIN || function == CORM_AGGREGATE_MAX)
	{
		RequireOrder(arg, what);
		return CormExtremeValue(arg, end->scope, function == CORM_AGGREGATE_MAX);
	}
	value = CormMakeAggregate(function, arg, distinct, what);
	value->scope = end->scope;
	return value;
}
