/*-------------------------------------------------------------------------
 *
 * flat.c
 *	  Flat rows: the values of paths, side by side, related rows joined.
 *
 * One statement gives all of them.  Relations that paths follow are LEFT JOINed
 * once for all paths through them, so a row of the model, a root, comes once
 * for every combination of the rows joined to it, and at least once.
 *
 * limit and offset count roots.  Where roots may repeat, the model's table gives
 * way to the slice of it that was asked for, with filter, order and limit of its
 * own, and everything is joined to that.
 *
 * Distinct rows are no longer those of particular roots: their order is one of
 * what they hold, and limit and offset count them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"

#include "allow.h"
#include "condition.h"
#include "flat.h"
#include "limits.h"
#include "order.h"
#include "pathvalue.h"
#include "resolve.h"

/* ---------- what a request may say ---------- */

static void
CheckRequest(const CormRequest *request, List *paths, const CormFlatVerb *verb)
{
	CormRequest counted = *request;
	const char *what = NULL;

	if (request->loads != NIL)
		what = "select_related or prefetch_related";
	else if ((request->fields_given && request->guards == NIL) ||
			 request->exclude_fields != NIL)
		what = "fields or exclude_fields";
	else if (request->distinct != NIL)
		what = "distinct paths";
	if (what)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s does not go with %s", verb->name, what),
				 errdetail("A flat row holds the values of the paths that %s is given.",
						   verb->name)));
	counted.distinct = paths;	/* which are as much work */
	CormCheckLimits(&counted);
}

static void
RefuseSamePath(List *paths)
{
	ListCell   *lc;

	foreach(lc, paths)
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = foreach_current_index(lc) + 1; i < list_length(paths); i++)
			if (strcmp(lfirst(lc), list_nth(paths, i)) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("path \"%s\" would stand twice in an object",
								(char *) lfirst(lc))));
	}
}

/* ---------- the values ---------- */

/*
 * The value as one of the verb's type.
 */
static CormValue *
Coerced(CormValue *value, const char *path, Oid type)
{
	if (!can_coerce_type(1, &value->type, &type, COERCION_ASSIGNMENT))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("\"%s\" is of type %s, which does not become %s", path,
						format_type_be(value->type), format_type_be(type)),
				 errhint("Write NULL::%s.", format_type_be(value->type))));
	return CormCastValue(value, type);
}

static void
AddColumn(CormFlat *flat, const char *path, List *values)
{
	CormFlatColumn *column = palloc0(sizeof(CormFlatColumn));
	ListCell   *lc;

	column->path = path;
	column->nvalues = list_length(values);
	column->targets = palloc(column->nvalues * sizeof(int));
	foreach(lc, values)
		column->targets[foreach_current_index(lc)] =
			CormAddValueTarget(flat->select, lfirst(lc), InvalidOid);
	flat->columns = lappend(flat->columns, column);
}

static void
AddColumns(CormFlat *flat, List *paths, const CormFlatVerb *verb)
{
	CormSelect *select = flat->select;
	const CormModel *model = select->model;
	CormPlace	place = {select, select->scope, select->base};
	ListCell   *lc;

	for (int i = 0; paths == NIL && i < model->ncolumns; i++)
		AddColumn(flat, model->columns[i].name,
				  list_make1(CormColumnValueOf(select->base, model->columns[i].attnum)));
	foreach(lc, paths)
	{
		const char *path = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		AddColumn(flat, path, OidIsValid(verb->type) ?
				  list_make1(Coerced(CormPathValue(&place, path, CORM_WALK_JOIN), path,
									 verb->type)) :
				  CormPathValues(&place, path, CORM_WALK_JOIN));
	}
}

/* ---------- the rows ---------- */

/*
 * A target that is linked to its owner more than once is one root all the same,
 * and what is joined to it comes with that root: so it is the through table
 * that loses the other links.
 */
static void
TakeLinkOnce(CormSelect *select)
{
	if (select->link == NULL || select->distinct == NIL)
		return;
	CormTakeLinkOnce(select->link, select->base->link_relation);
	select->distinct = select->distinct_order = NIL;
}

/*
 * Puts the slice of the roots that was asked for in the place of their table.
 */
static void
SliceRoots(CormSelect *select, const CormRequest *request)
{
	CormSubject subject = CormResolveSubject(request, NULL);
	CormSelect	outside = *select;
	CormSubquery *rows = palloc0(sizeof(CormSubquery));

	select->scope = CormMakeScope();
	select->link = NULL;
	CormAddSource(select, request, &subject);
	TakeLinkOnce(select);
	CormResolveOrder(select, request->order_by, true);
	rows->scope = select->scope;
	rows->base = select->base;
	rows->order = select->order;
	rows->limit = outside.limit;
	rows->offset = outside.offset;

	outside.naliases = select->naliases;
	outside.params = select->params;
	outside.limit = outside.offset = 0;
	*select = outside;
	select->base->rows = rows;
}

static bool
LeadsToMany(const CormTable *table)
{
	return table->via && (table->via->to_many || table->closure);
}

/*
 * The tables whose rows repeat the roots, in the order of the paths.
 */
static List *
TablesToMany(const CormScope *scope)
{
	List	   *tables = NIL;
	ListCell   *lc;

	foreach(lc, scope->tables)
	{
		CormTable  *table = lfirst(lc);

		if (LeadsToMany(table))
			tables = lappend(tables, table->beyond ? table->beyond : table);
	}
	return tables;
}

/* ---------- the order ---------- */

/*
 * What is asked for, then the key of the root, then those of the rows joined.
 */
static void
OrderRows(CormSelect *select, const CormRequest *request, List *joined)
{
	ListCell   *lc;

	CormResolveOrder(select, request->order_by, true);
	foreach(lc, joined)
	{
		CormPlace	place = {select, select->scope, lfirst(lc)};

		select->order = CormBreakTies(&place, select->order);
	}
}

static const CormFlatColumn *
FindPath(const CormFlat *flat, const CormOrderKey *key)
{
	ListCell   *lc;

	foreach(lc, flat->columns)
		if (strcmp(((CormFlatColumn *) lfirst(lc))->path, key->path) == 0)
			return lfirst(lc);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("distinct rows cannot be ordered by \"%s\", which is not one of their paths",
					key->path)));
}

static void
OrderBy(CormSelect *select, const CormFlatColumn *column, const CormOrderKey *key)
{
	for (int i = 0; i < column->nvalues; i++)
	{
		CormOrder  *order = palloc0(sizeof(CormOrder));

		order->value = ((CormTarget *) list_nth(select->targets, column->targets[i]))->value;
		order->descending = key->descending;
		order->nulls = key->nulls;
		select->order = lappend(select->order, order);
	}
}

/*
 * Every combination of values once, in the order of what is asked for and then
 * of the paths.
 */
static void
TakeDistinct(CormFlat *flat, const CormRequest *request)
{
	const CormOrderKey ascending = {NULL, false, CORM_NULLS_DEFAULT};
	CormSelect *select = flat->select;
	ListCell   *lc;

	foreach(lc, request->order_by)
		OrderBy(select, FindPath(flat, lfirst(lc)), lfirst(lc));
	foreach(lc, flat->columns)
	{
		const CormFlatColumn *column = lfirst(lc);

		for (int i = 0; i < column->nvalues; i++)
		{
			CormValue  *value = ((CormTarget *) list_nth(select->targets,
														 column->targets[i]))->value;

			if (!CormHasOrder(value->type))
				ereport(ERROR,
						(errcode(ERRCODE_UNDEFINED_FUNCTION),
						 errmsg("\"%s\" of type %s has no order, which distinct rows need",
								column->path, format_type_be(value->type))));
			select->distinct = lappend(select->distinct, value);
		}
		OrderBy(select, column, &ascending);
	}
}

/* ---------- resolving ---------- */

/*
 * Allow-lists that name no fields leave to a path what a document holds: the
 * columns of the row itself.
 */
static void
RequireColumns(CormSelect *select, List *paths)
{
	CormPlace	place = {select, select->scope, select->base};
	ListCell   *lc;

	foreach(lc, paths)
	{
		const CormPath *path = CormReadPathAt(&place, lfirst(lc));
		const CormPathStep *step = path->steps == NIL ? NULL : linitial(path->steps);

		if (step && (step->relation == NULL || step->relation->reverse ||
					 step->relation->to_many || step->closure || list_length(path->steps) > 1))
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("the allow-list of the queryset does not have \"%s\" for \"fields\"",
							path->text)));
	}
}

static CormFlat *
ResolveOnce(const CormRequest *request, List *paths, const CormFlatVerb *verb)
{
	CormFlat   *flat = palloc0(sizeof(CormFlat));
	CormRequest roots = *request;
	CormSelect *select;
	List	   *joined;

	/* the paths first: what they join decides about the form of the rest */
	roots.where = NULL;
	roots.order_by = NIL;
	roots.limit = roots.offset = -1;
	roots.distinct_given = false;
	select = flat->select = CormResolve(&roots, CORM_FOR_COUNTING, NULL);
	TakeLinkOnce(select);
	if (!CormFieldsAreListed(request->guards))
		RequireColumns(select, paths);
	AddColumns(flat, paths, verb);
	joined = TablesToMany(select->scope);

	select->limit = select->offset = 0;
	CormAddLimit(select, request, false);
	roots.where = request->where;
	roots.order_by = request->order_by;
	if (joined != NIL && !request->distinct_given && (select->limit || select->offset))
		SliceRoots(select, &roots);
	else if (request->where)
		select->scope->where = lappend(select->scope->where,
									   CormResolveCondition(select, select->scope,
															select->base, request->where));
	if (request->distinct_given)
		TakeDistinct(flat, request);
	else
		OrderRows(select, request, joined);
	return flat;
}

CormFlat *
CormResolveFlat(const CormRequest *request, List *paths, const CormFlatVerb *verb)
{
	CheckRequest(request, paths, verb);
	CormAllowPaths(request->guards, paths);
	if (paths == NIL && request->fields_given)
		paths = request->fields;	/* which allow-lists leave */
	if (verb->keyed)
		RefuseSamePath(paths);
	for (int attempt = 1;; attempt++)
	{
		uint64		generation = CormCacheGeneration();
		CormFlat   *flat = ResolveOnce(request, paths, verb);

		if (generation == CormCacheGeneration() || attempt >= CORM_PATIENCE)
			return flat;
		CHECK_FOR_INTERRUPTS();
	}
}
