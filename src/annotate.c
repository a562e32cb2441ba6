/*-------------------------------------------------------------------------
 *
 * annotate.c
 *	  Annotations: named values of each row.
 *
 * Every annotation is computed for its row alone, by a subquery over all the
 * related rows that pass its own filter: no other filter narrows it, and no
 * second annotation multiplies it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "aggregate.h"
#include "annotate.h"
#include "annotation.h"
#include "condition.h"
#include "error.h"
#include "pathvalue.h"

/*
 * function, path and filter, spelled out.
 */
static CormValue *
FunctionValue(const CormPlace *place, const CormAnnotation *annotation)
{
	CormPath   *path;
	CormPlace	end;

	if (strcmp(annotation->path, "*") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("annotation \"%s\" needs a relation", annotation->name),
				 errhint("All rows together are counted by corm.count() and corm.aggregate().")));
	path = CormReadPathAt(place, annotation->path);
	if (path->steps == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("annotation \"%s\" needs a path over a relation", annotation->name),
				 errdetail("\"%s\" has one value in each row.", annotation->path)));
	if (path->end != CORM_END_COLUMN && *path->rest != '\0')
		CormUnknownRest(path);

	end = CormOpenPath(place, path);
	if (annotation->where)
	{
		CormRequireFilterChecked(place->select, annotation->path, annotation->function,
								 CormPathStepsText(path));
		end.scope->where = lappend(end.scope->where,
								   CormResolveCondition(end.select, end.scope, end.table,
														annotation->where));
	}
	return CormAggregateOver(&end, path, path->rest, annotation->function,
							 annotation->distinct);
}

CormValue *
CormAnnotationValue(const CormPlace *place, const CormAnnotation *annotation)
{
	CormErrorFrame frame;
	CormValue  *value;

	CormErrorPush(&frame, "reading", "annotation", annotation->name);
	if (annotation->function == CORM_AGGREGATE_NONE)
		value = CormPathValue(place, annotation->path, CORM_WALK_TO_ONE);
	else
		value = FunctionValue(place, annotation);
	CormErrorPop(&frame);
	return value;
}

void
CormAnnotate(const CormPlace *place, List *annotations)
{
	const CormModel *model = place->table->model;
	List	   *values = NIL;
	ListCell   *lc;

	foreach(lc, annotations)
	{
		const CormAnnotation *annotation = lfirst(lc);
		CormNamedValue *named = palloc0(sizeof(CormNamedValue));

		CHECK_FOR_INTERRUPTS();
		if (CormFindColumn(model, annotation->name) || CormFindRelation(model, annotation->name))
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_OBJECT),
					 errmsg("annotation \"%s\" bears the name of a column or relation of model \"%s\"",
							annotation->name, CormModelDisplayName(model)),
					 errhint("Choose another name.")));
		named->name = annotation->name;
		named->value = CormAnnotationValue(place, annotation);
		values = lappend(values, named);
	}
	place->table->annotations = values;
}
