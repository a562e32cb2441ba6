/*-------------------------------------------------------------------------
 *
 * pathvalue.c
 *	  The values that paths stand for.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "aggregate.h"
#include "pathvalue.h"
#include "transform.h"

static List *
KeyValues(CormTable *table)
{
	List	   *values = NIL;

	CormRequireKey(table->model, "a path that ends in a row needs");
	for (int i = 0; i < table->model->nkey; i++)
		values = lappend(values, CormColumnValueOf(table, table->model->key[i]));
	return values;
}

/*
 * Where the last step is a foreign key to a primary key, its own columns are
 * the key that the path ends in.
 */
static bool
EndsInForeignKey(const CormPath *path)
{
	const CormPathStep *last = path->steps == NIL ? NULL : llast(path->steps);
	const CormRelation *relation = last ? last->relation : NULL;

	return path->end == CORM_END_RELATION && relation && !last->closure &&
		!relation->to_many && !relation->reverse && relation->fk->to_primary_key;
}

/*
 * The values at the end of a path whose steps have been walked, but for the
 * last if "by_foreign_key" says so.
 */
static List *
EndValues(CormPlace *end, CormPath *path, bool by_foreign_key)
{
	List	   *values = NIL;
	CormValue  *value;

	if (by_foreign_key)
	{
		const CormForeignKey *fk = ((CormPathStep *) llast(path->steps))->relation->fk;

		for (int i = 0; i < fk->nkeys; i++)
			values = lappend(values, CormColumnValueOf(end->table, fk->fk_attnums[i]));
	}
	else if (path->end == CORM_END_ANNOTATION || path->end == CORM_END_COLUMN)
	{
		value = path->end == CORM_END_ANNOTATION ? path->annotation :
			CormColumnValueOf(end->table, path->column->attnum);
		values = list_make1(CormTransform(end->select, value, &path->rest, path->text, false));
	}
	else
		values = KeyValues(end->table);
	if (*path->rest != '\0')
		CormUnknownRest(path);
	return values;
}

static List *
SubqueryValues(const CormPlace *place, CormPath *path, bool greatest)
{
	CormPlace	end = CormOpenPath(place, path);
	List	   *values = EndValues(&end, path, false);
	ListCell   *lc;

	foreach(lc, values)
	{
		CormValue  *value = lfirst(lc);

		if (!CormHasOrder(value->type))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_FUNCTION),
					 errmsg("\"%s\" of type %s has no order", path->text,
							format_type_be(value->type))));
		lfirst(lc) = CormExtremeValue(value, end.scope, greatest);
	}
	return values;
}

List *
CormPathValues(const CormPlace *place, const char *text, CormWalk walk)
{
	CormPath   *path = CormReadPathAt(place, text);
	const char *transforms;
	CormAggregate function = CormTakeAggregate(path, &transforms);
	CormPlace	end = *place;
	bool		by_foreign_key = EndsInForeignKey(path);
	ListCell   *lc;

	if (function != CORM_AGGREGATE_NONE)
	{
		if (*path->rest != '\0')
			CormNothingFollowsValue(path->rest, text);
		end = CormOpenPath(place, path);
		return list_make1(CormAggregateOver(&end, path, transforms, function, false));
	}
	if (path->end == CORM_END_RELATION && *path->rest != '\0')
		CormUnknownRest(path);
	if (path->to_many && walk == CORM_WALK_TO_ONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" leads to several rows, where one value is needed", text)));
	if (path->to_many && walk != CORM_WALK_JOIN)
		return SubqueryValues(place, path, walk == CORM_WALK_GREATEST);

	foreach(lc, path->steps)
		if (!by_foreign_key || lfirst(lc) != llast(path->steps))
			CormStepBy(&end, lfirst(lc));
	return EndValues(&end, path, by_foreign_key);
}

CormValue *
CormPathValue(const CormPlace *place, const char *path, CormWalk walk)
{
	List	   *values = CormPathValues(place, path, walk);

	if (list_length(values) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is a key of several columns, where one value is needed", path)));
	return linitial(values);
}
