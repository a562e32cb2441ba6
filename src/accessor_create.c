/*-------------------------------------------------------------------------
 *
 * accessor_create.c
 *	  Making the functions that stand for a model's relations.
 *
 * An accessor lives in the schema of its model's table, is called like its
 * relation and takes a row of the table.  It is made such that the planner can
 * inline it: STABLE, not STRICT, a set of rows, for a to-one too, since a
 * function that returns no set is never inlined in FROM.
 *
 * PARALLEL RESTRICTED costs an inlined call nothing, and makes the planner look
 * at what stands in its place; SAFE would keep it from looking.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_proc.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "accessor.h"
#include "accessor_create.h"
#include "catalog.h"
#include "ddl.h"
#include "deparse_accessor.h"
#include "model.h"
#include "naming.h"
#include "relate.h"

/* For calls that are not inlined; a to-one has one row. */
#define MANY_ROWS 10

static bool IsUsable(const CormModel *model, const CormRelation *relation);
static void CheckFree(const CormModel *model, const CormRelation *relation);
static char *Create(const CormModel *model, const CormRelation *relation);

List *
CormCreateAccessors(Oid relid)
{
	const CormModel *model;
	List	   *signatures = NIL;
	ListCell   *lc;

	CormRequireOwner(relid);
	CormLockCatalog();
	model = CormRequireModel(relid);
	foreach(lc, CormRelationsOf(model))
	{
		if (IsUsable(model, lfirst(lc)))
			CheckFree(model, lfirst(lc));
	}
	foreach(lc, CormRelationsOf(model))
	{
		char	   *signature = IsUsable(model, lfirst(lc)) ?
			Create(model, lfirst(lc)) : NULL;

		if (signature != NULL)
			signatures = lappend(signatures, signature);
	}
	return signatures;
}

List *
CormDropAccessors(Oid relid)
{
	List	   *signatures = NIL;
	ListCell   *lc;

	CormRequireOwner(relid);
	CormLockCatalog();
	foreach(lc, CormReadAccessors(relid))
	{
		CormAccessor *accessor = lfirst(lc);

		if (accessor->source != relid)
			continue;
		signatures = lappend(signatures,
							 format_procedure(accessor->function));
		CormDropFunction(accessor->function);
	}
	return signatures;
}

/*
 * In good order, and the one that its name means?  What is not, corm.check()
 * reports.
 */
static bool
IsUsable(const CormModel *model, const CormRelation *relation)
{
	return relation->broken == NULL &&
		CormFindRelation(model, relation->name) == relation;
}

static void
CheckFree(const CormModel *model, const CormRelation *relation)
{
	Oid			function;
	CormAccessor *accessor;

	CormCheckNameLength("function", relation->name,
						"Rename the relation with corm.rename_relation.");
	function = CormRowFunction(get_rel_namespace(model->relid),
							   relation->name, model->relid);
	if (!OidIsValid(function))
		return;
	accessor = CormFindAccessor(model->relid, relation->name);
	if (accessor != NULL && accessor->function == function)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_FUNCTION),
			 errmsg("function %s already exists", format_procedure(function)),
			 errdetail("It is not an accessor made by corm, and is left alone."),
			 errhint("Drop or rename it, or rename the relation: SELECT corm.rename_relation(%s, %s, %s);",
					 quote_literal_cstr(CormModelDisplayName(model)),
					 quote_literal_cstr(relation->name),
					 quote_literal_cstr(CormFreeName(model,
													 relation->name)))));
}

/* NULL when it is there already, as it should be. */
static char *
Create(const CormModel *model, const CormRelation *relation)
{
	CormAccessor *old = CormFindAccessor(model->relid, relation->name);
	CormNewFunction new = {0};

	new.schema = get_rel_namespace(model->relid);
	new.name = relation->name;
	new.argument = get_rel_type_id(model->relid);
	new.result = get_rel_type_id(relation->target);
	new.rows = relation->to_many ? MANY_ROWS : 1;
	new.body = CormDeparseAccessor(relation, CORM_ACCESSOR_LABEL);
	if (old != NULL && old->schema == new.schema && old->inlinable &&
		CormAccessorFits(old, relation))
		return NULL;

	/* what uses it keeps it, unless it returns other rows now */
	if (old != NULL && old->target != relation->target)
		CormDropFunction(old->function);
	else if (old != NULL)
	{
		new.replace = true;
		if (old->schema != new.schema)
			CormMoveFunction(old->function, new.schema);
	}
	CormCreateRowFunction(&new);
	return format_procedure(CormRowFunction(new.schema, new.name,
											model->relid));
}
