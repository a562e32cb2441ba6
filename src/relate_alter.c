/*-------------------------------------------------------------------------
 *
 * relate_alter.c
 *	  Changing, renaming and forgetting relations.
 *
 * A relation is found by either of its names.  Whoever owns the table with
 * the foreign key decides about both: the source's, or the through table's.
 * Only to forget one, the owner of a model that it leaves a name on has a say
 * too, since that name may have been put there by anyone with REFERENCES.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "accessor.h"
#include "catalog.h"
#include "compat.h"
#include "counter.h"
#include "ddl.h"
#include "error.h"
#include "indexes.h"
#include "introspect.h"
#include "model.h"
#include "relate.h"

static CormForeignKey *RequireForeignKey(const CormRelationRow *row);
static void RequireReference(const CormRelationRow *row,
							 const CormModel *target);
static void SetReverseName(CormRelationRow *row, char *new_name);
static void AlterForeignKey(const CormRelationRow *row,
							const CormAlterSpec *spec);
static void DropForeignKeyColumns(const CormForeignKey *fk);
static void RefuseSharedColumns(const CormForeignKey *fk);
static void RaiseClash(const CormModel *model, const char *name,
					   const char *clash);

void
CormAlterRelation(Oid relid, const char *name, const CormAlterSpec *spec)
{
	CormRelationRow *row = CormLockRelationRow(relid, name, false);

	CormCheckReverseOptions(spec->related_name, spec->skip_reverse != NULL &&
							*spec->skip_reverse);
	if (spec->on_delete != 0 || spec->on_update != 0 ||
		spec->nullable != NULL || spec->deferrable != NULL)
		AlterForeignKey(row, spec);
	if (spec->related_name != NULL)
		SetReverseName(row, spec->related_name);
	else if (spec->skip_reverse != NULL && *spec->skip_reverse &&
			 row->reverse_name != NULL)
	{
		CormDropAccessor(row->target, row->reverse_name);
		CormDropCounterOf(row, true);
		row->reverse_counter = (CormCounterNames) {NULL};
		row->reverse_name = NULL;
		CormUpdateRelationRow(row);
	}
}

void
CormRenameRelation(Oid relid, const char *name, const char *new_name)
{
	CormRelationRow *row = CormLockRelationRow(relid, name, false);
	const CormModel *source;
	const char *own = NULL;
	char	   *clash;

	CormCheckRelationName(new_name);
	if (strcmp(name, new_name) == 0)
		return;
	if (relid != row->source || strcmp(row->name, name) != 0)
	{
		SetReverseName(row, pstrdup(new_name));
		return;
	}
	source = CormRequireModel(row->source);
	if (list_length(row->columns) == 1 && row->constraint_name == NULL)
		own = row->to_many ? NULL : linitial(row->columns);
	else if (!OidIsValid(row->through) && list_length(row->columns) == 1)
	{
		CormForeignKey *fk = RequireForeignKey(row);

		own = get_attname(row->source, fk->fk_attnums[0], false);
	}
	clash = CormNameClash(source, new_name, own);
	if (clash != NULL)
		RaiseClash(source, new_name, clash);
	CormRenameAccessor(row->source, row->name, new_name);
	row->name = pstrdup(new_name);
	CormUpdateRelationRow(row);
}

void
CormDropRelation(Oid relid, const char *name, bool drop_column,
				 bool drop_through)
{
	CormRelationRow *row = CormLockRelationRow(relid, name,
											   !drop_column && !drop_through);
	CormForeignKey *fk;

	if (drop_column && row->constraint_name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" has no foreign key whose column could be dropped",
						name)));
	if (drop_column && OidIsValid(row->through))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("many-to-many relation \"%s\" has no column to drop",
						name),
				 errhint("Use drop_through to drop its through table.")));
	if (drop_through && !OidIsValid(row->through))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" has no through table to drop", name),
				 row->constraint_name != NULL ?
				 errhint("Use drop_column to drop its column.") : 0));
	if (!drop_through)
	{
		/* before its column goes, which would forget it with a notice */
		fk = drop_column ? RequireForeignKey(row) : NULL;
		CormDropAccessorsOfRow(row);
		CormDropCountersOfRow(row);
		CormDeleteRelationRow(row);
		if (fk != NULL)
			DropForeignKeyColumns(fk);
		return;
	}
	CormForgetRelationsOf(row->through);
	CormForgetModel(row->through);

	/* it may be gone already */
	if (CormTableKind(row->through) != '\0')
		CormDropTable(row->through);
}

/*
 * Forgetting the whole model would forget the name as well.
 */
CormRelationRow *
CormLockRelationRow(Oid relid, const char *name, bool either_end)
{
	CormRelationRow *row;

	CormLockCatalog();
	row = CormRelationRowNamed(relid, name);
	if (row != NULL)
	{
		Oid			owned = OidIsValid(row->through) &&
			CormTableKind(row->through) != '\0' ? row->through : row->source;

		if (!either_end || !CormOwnsTable(relid, GetUserId()))
			CormRequireOwner(owned);
		return row;
	}
	CormRaiseNoRelation(CormRequireModel(relid), name);
}

void
CormRaiseNoRelation(const CormModel *model, const char *name)
{
	List	   *names = NIL;
	const char *near;
	ListCell   *lc;

	foreach(lc, CormRelationsOf(model))
		names = lappend(names, ((CormRelation *) lfirst(lc))->name);
	near = CormClosest(name, names);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("model \"%s\" has no relation \"%s\"", model->name, name),
			 errdetail("Its relations are: %s.", CormJoinNames(names)),
			 near != NULL ?
			 errhint("Perhaps you meant the relation \"%s\".", near) : 0));
}

/* The live constraint of a foreign key relation. */
static CormForeignKey *
RequireForeignKey(const CormRelationRow *row)
{
	CormForeignKey *fk = CormFindForeignKey(row->source, row->target,
											row->constraint_name,
											row->columns);

	if (fk == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("foreign key constraint \"%s\" of relation \"%s\" does not exist any more",
						row->constraint_name, row->name),
				 errhint("Forget the relation: SELECT corm.drop_relation(%s, %s);",
						 quote_literal_cstr(CormModelDisplayName(CormRequireModel(row->source))),
						 quote_literal_cstr(row->name))));
	return fk;
}

/* As when it was declared: on the columns that the foreign key points to. */
static void
RequireReference(const CormRelationRow *row, const CormModel *target)
{
	CormForeignKey *fk = NULL;
	CormKey		key = {target->nkey, target->key};

	if (row->constraint_name == NULL)
		key = CormKeyOfNames(target, row->target_columns);
	else if (!OidIsValid(row->through))
		fk = CormFindForeignKey(row->source, row->target, row->constraint_name,
								row->columns);
	if (fk != NULL)
		key = (CormKey) {fk->nkeys, fk->pk_attnums};
	CormRequireReference(target, key.n, key.attnums);
}

/* Whoever renames the way back must still be allowed to name it. */
static void
SetReverseName(CormRelationRow *row, char *new_name)
{
	const CormModel *target = CormRequireModel(row->target);
	char	   *clash;

	CormCheckRelationName(new_name);
	if (row->reverse_name != NULL && strcmp(row->reverse_name, new_name) == 0)
		return;
	if (row->symmetrical)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("symmetrical relation \"%s\" cannot have a related_name",
						row->name)));
	RequireReference(row, target);
	if (row->constraint_name == NULL && row->to_many)
		CormRequireWayBack(row);
	clash = CormNameClash(target, new_name, row->to_many &&
						  list_length(row->target_columns) == 1 ?
						  linitial(row->target_columns) : NULL);
	if (clash != NULL)
		RaiseClash(target, new_name, clash);
	if (row->reverse_name != NULL)
		CormRenameAccessor(row->target, row->reverse_name, new_name);
	row->reverse_name = new_name;
	CormUpdateRelationRow(row);
}

/*
 * The server can change whether a constraint is deferrable; for other actions
 * it has to be made anew, with everything else as it was.
 */
static void
AlterForeignKey(const CormRelationRow *row, const CormAlterSpec *spec)
{
	CormForeignKey *fk;
	CormNewForeignKey new = {0};
	CormKey		set_columns;
	List	   *columns;
	bool		deferrable;

	if (row->constraint_name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("only the related_name of relation \"%s\" can be changed",
						row->name),
				 errdetail("It has no foreign key.")));
	if (OidIsValid(row->through))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("only the related_name of many-to-many relation \"%s\" can be changed",
						row->name),
				 errhint("Its foreign keys are those of table \"%s\": use ALTER TABLE.",
						 get_rel_name(row->through))));
	fk = RequireForeignKey(row);
	deferrable = CormIsDeferrable(row->source, fk->name, &new.deferred);
	columns = CormColumnNames(row->source, fk->nkeys, fk->fk_attnums);
	new.name = fk->name;
	new.columns = columns;
	new.target = row->target;
	new.target_columns = CormColumnNames(row->target, fk->nkeys,
										 fk->pk_attnums);
	new.match_type = fk->match_type;
	new.on_delete = spec->on_delete != 0 ? spec->on_delete : fk->on_delete;
	new.on_update = spec->on_update != 0 ? spec->on_update : fk->on_update;
	new.deferrable = spec->deferrable != NULL ? *spec->deferrable : deferrable;
	if (new.deferrable && !deferrable)
		new.deferred = true;
	new.not_valid = !fk->validated;
	set_columns = CormReadDeleteSetColumns(row->source, fk->name);
	if (new.on_delete == fk->on_delete)
		new.delete_set_columns = CormColumnNames(row->source, set_columns.n,
												 set_columns.attnums);

	if (spec->nullable != NULL)
		CormSetNullable(row->source, columns, *spec->nullable);
	if (new.on_delete != fk->on_delete || new.on_update != fk->on_update)
		CormReplaceForeignKey(row->source, fk->name, &new);
	else if (new.deferrable != deferrable)
		CormSetDeferrable(row->source, fk->name, new.deferrable);
}

static void
DropForeignKeyColumns(const CormForeignKey *fk)
{
	RefuseSharedColumns(fk);
	CormDropColumns(fk->referencing,
					CormColumnNames(fk->referencing, fk->nkeys,
									fk->fk_attnums));
}

/* Dropping a column would take other keys that it is part of along, silently. */
static void
RefuseSharedColumns(const CormForeignKey *fk)
{
	CormKey		primary_key = CormReadPrimaryKey(fk->referencing);
	ListCell   *lc;

	for (int i = 0; i < fk->nkeys; i++)
	{
		const char *other = NULL;

		if (CormKeyHas(primary_key, fk->fk_attnums[i]))
			other = "the primary key";
		foreach(lc, CormReadForeignKeys(fk->referencing))
		{
			CormForeignKey *also = lfirst(lc);
			CormKey		key = {also->nkeys, also->fk_attnums};

			if (strcmp(also->name, fk->name) != 0 &&
				CormKeyHas(key, fk->fk_attnums[i]))
				other = psprintf("foreign key constraint \"%s\"", also->name);
		}
		if (other != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
					 errmsg("cannot drop column \"%s\" of table \"%s\"",
							get_attname(fk->referencing, fk->fk_attnums[i],
										false),
							get_rel_name(fk->referencing)),
					 errdetail("It is part of %s too.", other),
					 errhint("Leave drop_column out to forget the relation only.")));
	}
}

static void
RaiseClash(const CormModel *model, const char *name, const char *clash)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("relation name \"%s\" clashes with %s of model \"%s\"",
					name, clash, model->name),
			 errhint("\"%s\" is free.", CormFreeName(model, name))));
}
