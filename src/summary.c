/*-------------------------------------------------------------------------
 *
 * summary.c
 *	  Aggregates over rows that are grouped.
 *
 * A row counts once in its group, whatever the aggregates cross: one over
 * several related rows is computed for each row by a subquery, and what these
 * give is put together outside.  An average is put together from sums and
 * counts, in the type that avg() itself would have.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "aggregate.h"
#include "annotate.h"
#include "annotation.h"
#include "condition.h"
#include "error.h"
#include "pathtext.h"
#include "pathvalue.h"
#include "summary.h"

CormValue *
CormGroupInput(const CormPlace *rows, CormValue *value)
{
	int			target = CormAddValueTarget(rows->select, value, InvalidOid);

	return CormNumberedValue(target + 1, value->type, value->collation);
}

/*
 * A condition on each row, to be asked of q.
 */
static CormExpr *
ConditionInput(const CormPlace *rows, CormExpr *condition)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_IS_TRUE);

	expr->left = CormGroupInput(rows, CormExprValue(condition));
	return expr;
}

static CormGroupValue *
MakeGroupValue(CormValue *value, Oid type)
{
	CormGroupValue *result = palloc0(sizeof(CormGroupValue));

	result->value = value;
	result->type = type;
	return result;
}

/* ---------- one value in each row ---------- */

/*
 * Are all of the values there?
 */
static CormExpr *
Present(List *values)
{
	List	   *tests = NIL;
	ListCell   *lc;

	foreach(lc, values)
		tests = lappend(tests, CormNotTrue(CormMakeNullTest(lfirst(lc))));
	return CormAllOf(tests);
}

static CormValue *
SingleValue(List *values, const char *path)
{
	if (list_length(values) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is a key of several columns, where one value is needed", path)));
	return linitial(values);
}

/*
 * The filter of a spec, as a condition on each row: it stands where the path's
 * steps lead, or on the row itself if the path ends in an aggregate of it.
 */
static CormExpr *
FilterInput(const CormPlace *rows, const CormPath *path, const CormAnnotation *spec)
{
	CormPlace	end = *rows;
	bool		steps = path && !path->to_many;
	ListCell   *lc;

	if (path)
		CormRequireFilterChecked(rows->select, spec->path, spec->function,
								 steps ? CormPathStepsText(path) : "");
	if (steps)
		foreach(lc, path->steps)
			CormStepBy(&end, lfirst(lc));
	return ConditionInput(rows, CormResolveCondition(end.select, end.scope, end.table,
													 spec->where));
}

/*
 * An aggregate of a value that each row has; without a path, of the row.
 */
static CormGroupValue *
SummarizeValue(const CormPlace *rows, const CormAnnotation *spec, const CormPath *path)
{
	CormAggregate function = spec->function;
	char	   *what = psprintf("\"%s\"", spec->path);
	List	   *values = path ? CormPathValues(rows, spec->path, CORM_WALK_TO_ONE) : NIL;
	List	   *filters = NIL;
	CormValue  *arg = NULL;
	CormValue  *value;
	CormGroupValue *result;

	if (function == CORM_AGGREGATE_EXISTS)
		arg = CormGroupInput(rows, CormExprValue(Present(values)));
	else if (function == CORM_AGGREGATE_COUNT && list_length(values) > 1 && !spec->distinct)
		filters = list_make1(ConditionInput(rows, Present(values)));
	else if (path)
		arg = CormGroupInput(rows, SingleValue(values, spec->path));

	value = CormMakeAggregate(function, arg, spec->distinct && path, what);
	if (spec->where)
		filters = lappend(filters, FilterInput(rows, path, spec));
	if (filters != NIL)
		value->expr = CormAllOf(filters);
	result = MakeGroupValue(value, value->type);
	result->never_null = function == CORM_AGGREGATE_EXISTS;
	return result;
}

/* ---------- related rows ---------- */

/*
 * The sum of all values over the number of all values.  An interval is divided
 * by a floating point number, any other sum by one of its own type.
 */
static CormGroupValue *
AverageRelated(const CormPlace *rows, const CormValue *average, const char *what)
{
	Oid			type = average->type;
	CormValue  *sum = CormMakeAggregate(CORM_AGGREGATE_SUM, CormCastValue(average->arg, type),
										false, what);
	CormValue  *count = CormMakeAggregate(CORM_AGGREGATE_COUNT, average->arg, false, what);
	CormGroupValue *result;

	sum->scope = count->scope = average->scope;
	result = MakeGroupValue(CormMakeAggregate(CORM_AGGREGATE_SUM, CormGroupInput(rows, sum),
											  false, what), type);
	result->divisor = CormCastValue(CormMakeAggregate(CORM_AGGREGATE_SUM,
													  CormGroupInput(rows, count), false, what),
									type == INTERVALOID ? FLOAT8OID : type);
	return result;
}

/*
 * An aggregate over all the rows that are related to any row of the group.
 */
static CormGroupValue *
SummarizeRelated(const CormPlace *rows, const CormAnnotation *spec)
{
	char	   *what = psprintf("\"%s\"", spec->path);
	CormAggregate together = spec->function == CORM_AGGREGATE_COUNT ? CORM_AGGREGATE_SUM :
		spec->function;
	CormValue  *each;
	CormGroupValue *result;

	if (spec->distinct)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\": distinct does not go with a path to several related rows", spec->path),
				 errhint("Aggregate the related rows themselves: they are those of corm.relation().")));
	each = CormAnnotationValue(rows, spec);
	if (spec->function == CORM_AGGREGATE_AVG)
		return AverageRelated(rows, each, what);

	/* the sum of sums has a wider type than one of them */
	result = MakeGroupValue(CormMakeAggregate(together, CormGroupInput(rows, each), false, what),
							getBaseType(each->type));
	result->never_null = spec->function == CORM_AGGREGATE_COUNT ||
		spec->function == CORM_AGGREGATE_EXISTS;
	return result;
}

/* ---------- specs ---------- */

pg_noreturn static void
RaiseNoAggregate(const char *path)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" does not end in an aggregate", path),
			 errdetail("The aggregates are count, sum, avg, min, max and exists."),
			 errhint("Write \"price__sum\" or {\"sum\": \"price\"}; \"count\" alone counts rows.")));
}

/*
 * A spec that is a path alone, taken apart: "price__sum" as {"sum": "price"}.
 */
static CormAnnotation
TakeApart(const CormAnnotation *annotation)
{
	CormAnnotation spec = *annotation;
	const char *last = CormPathLastStep(spec.path);

	if (spec.function != CORM_AGGREGATE_NONE)
		return spec;
	spec.function = CormAggregateByName(last ? last : spec.path);
	if (spec.function == CORM_AGGREGATE_NONE ||
		(last == NULL && spec.function != CORM_AGGREGATE_COUNT))
		RaiseNoAggregate(spec.path);
	spec.path = last ? CormPathBefore(spec.path, last) : "*";
	return spec;
}

CormGroupValue *
CormSummarize(const CormPlace *rows, const CormAnnotation *annotation)
{
	CormErrorFrame frame;
	CormAnnotation spec;
	CormPath   *path;
	const char *transforms;
	CormGroupValue *result;

	CormErrorPush(&frame, "reading", "aggregate", annotation->name);
	spec = TakeApart(annotation);
	if (spec.function == CORM_AGGREGATE_COUNT && strcmp(spec.path, "*") == 0)
		result = SummarizeValue(rows, &spec, NULL);
	else
	{
		path = CormReadPathAt(rows, spec.path);
		if (path->to_many && CormTakeAggregate(path, &transforms) == CORM_AGGREGATE_NONE)
			result = SummarizeRelated(rows, &spec);
		else
			result = SummarizeValue(rows, &spec, path);
	}
	CormErrorPop(&frame);
	return result;
}
