/*-------------------------------------------------------------------------
 *
 * relate_call.c
 *	  Declarations of relations as text.
 *
 * What was asked for when a relation was declared is not stored; what it came
 * to is read from the live catalogs.  A call that asks for what is there is a
 * no-op here, and makes the names alone in a copy of the schema.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/parsenodes.h"
#include "utils/lsyscache.h"

#include "ddl.h"
#include "indexes.h"
#include "introspect.h"
#include "relate.h"
#include "relate_call.h"

static char *RelationText(const CormRelationRow *row, CormSuggestionForm form);
static bool HasDefaultColumns(const CormForeignKeySpec *spec);
static bool FillForeignKey(CormForeignKeySpec *spec,
						   const CormRelationRow *row);
static bool FillManyToMany(CormManyToManySpec *spec,
						   const CormRelationRow *row);
static char *KeyName(const CormModel *through, const CormForeignKey *fk);
static bool IsOnlyKeyNamed(const CormModel *through, const CormForeignKey *fk,
						   const char *name);
static bool NeedsName(const CormForeignKey *fk);
static bool FillRelationOn(CormRelationOnSpec *spec,
						   const CormRelationRow *row);

char *
CormRelationCall(const CormRelationRow *row)
{
	return RelationText(row, CORM_SUGGEST_QUALIFIED_CALL);
}

char *
CormRelationField(const CormRelationRow *row)
{
	return RelationText(row, CORM_SUGGEST_QUALIFIED_FIELD);
}

char *
CormForeignKeyText(const CormForeignKeySpec *spec, CormSuggestionForm form)
{
	CormSuggestion suggestion;

	CormBeginSuggestion(&suggestion, form, "foreign_key", spec->source,
						spec->name, spec->target);
	CormSuggestText(&suggestion, "related_name", spec->related_name);
	CormSuggestNames(&suggestion, "columns", spec->columns);
	CormSuggestNames(&suggestion, "target_columns", spec->target_columns);
	if (!spec->nullable)
		CormSuggestBool(&suggestion, "nullable", false);
	if (spec->one_to_one)
		CormSuggestBool(&suggestion, "one_to_one", true);
	if (spec->on_delete != FKCONSTR_ACTION_NOACTION)
		CormSuggestText(&suggestion, "on_delete",
						CormReferentialActionWord(spec->on_delete));
	if (spec->on_update != FKCONSTR_ACTION_NOACTION)
		CormSuggestText(&suggestion, "on_update",
						CormReferentialActionWord(spec->on_update));
	if (spec->deferrable)
		CormSuggestBool(&suggestion, "is_deferrable", true);
	if (!spec->index)
		CormSuggestBool(&suggestion, "index", false);
	if (!spec->validate)
		CormSuggestBool(&suggestion, "validate", false);
	if (spec->skip_reverse)
		CormSuggestBool(&suggestion, "skip_reverse", true);
	return CormEndSuggestion(&suggestion);
}

char *
CormManyToManyText(const CormManyToManySpec *spec, CormSuggestionForm form)
{
	CormSuggestion suggestion;

	CormBeginSuggestion(&suggestion, form, "many_to_many", spec->source,
						spec->name, spec->target);
	CormSuggestText(&suggestion, "through", spec->through);
	CormSuggestText(&suggestion, "related_name", spec->related_name);
	CormSuggestText(&suggestion, "through_relation_name",
					spec->through_relation_name);
	CormSuggestText(&suggestion, "through_reverse_relation_name",
					spec->through_reverse_relation_name);
	if (spec->symmetrical)
		CormSuggestBool(&suggestion, "symmetrical", true);
	if (spec->skip_reverse)
		CormSuggestBool(&suggestion, "skip_reverse", true);
	return CormEndSuggestion(&suggestion);
}

char *
CormRelationOnText(const CormRelationOnSpec *spec, CormSuggestionForm form)
{
	CormSuggestion suggestion;

	CormBeginSuggestion(&suggestion, form, "relation_on", spec->source,
						spec->name, spec->target);
	CormSuggestNames(&suggestion, "columns", spec->columns);
	CormSuggestNames(&suggestion, "target_columns", spec->target_columns);
	if (spec->to_many)
		CormSuggestBool(&suggestion, "to_many", true);
	CormSuggestText(&suggestion, "related_name", spec->related_name);
	return CormEndSuggestion(&suggestion);
}

static char *
RelationText(const CormRelationRow *row, CormSuggestionForm form)
{
	CormForeignKeySpec foreign_key;
	CormManyToManySpec many_to_many;
	CormRelationOnSpec relation_on;

	if (CormModelByRelid(row->source) == NULL ||
		CormModelByRelid(row->target) == NULL)
		return NULL;
	if (OidIsValid(row->through))
		return FillManyToMany(&many_to_many, row) ?
			CormManyToManyText(&many_to_many, form) : NULL;
	if (row->constraint_name == NULL)
		return FillRelationOn(&relation_on, row) ?
			CormRelationOnText(&relation_on, form) : NULL;
	if (!FillForeignKey(&foreign_key, row))
		return NULL;
	if (form == CORM_SUGGEST_QUALIFIED_FIELD && HasDefaultColumns(&foreign_key))
		foreign_key.columns = NIL;
	return CormForeignKeyText(&foreign_key, form);
}

/* Are they called as they would be if none were named? */
static bool
HasDefaultColumns(const CormForeignKeySpec *spec)
{
	const CormModel *target = spec->target;
	ListCell   *lc;

	if (spec->target_columns != NIL)
		return false;
	foreach(lc, spec->columns)
	{
		char	   *key = get_attname(target->relid,
									  target->key[foreach_current_index(lc)],
									  false);

		if (strcmp(lfirst(lc), psprintf("%s_%s", spec->name, key)) != 0)
			return false;
	}
	return true;
}

/* The declaration that asks for what is there; false when it is not there. */
static bool
FillForeignKey(CormForeignKeySpec *spec, const CormRelationRow *row)
{
	CormForeignKey *fk = CormFindForeignKey(row->source, row->target,
											row->constraint_name,
											row->columns);
	CormKey		columns;

	if (fk == NULL)
		return false;
	CormAlignForeignKey(fk, CormReadPrimaryKey(row->target));
	columns = (CormKey) {fk->nkeys, fk->fk_attnums};
	CormInitForeignKeySpec(spec);
	spec->source = CormModelByRelid(row->source);
	spec->name = row->name;
	spec->target = CormModelByRelid(row->target);
	spec->related_name = row->reverse_name;
	spec->skip_reverse = row->reverse_name == NULL;
	spec->columns = CormColumnNames(row->source, columns.n, columns.attnums);
	if (!fk->to_primary_key)
		spec->target_columns = CormColumnNames(row->target, fk->nkeys,
											   fk->pk_attnums);
	spec->nullable = !CormAllNotNull(row->source, columns);
	spec->one_to_one = CormHasUniqueKeyWithin(row->source, columns);
	spec->on_delete = fk->on_delete;
	spec->on_update = fk->on_update;
	spec->deferrable = CormIsDeferrable(row->source, fk->name, NULL);
	spec->index = CormHasIndexOn(row->source, columns);
	spec->validate = fk->validated;
	return true;
}

static bool
FillManyToMany(CormManyToManySpec *spec, const CormRelationRow *row)
{
	CormModel  *through = CormModelByRelid(row->through);
	CormForeignKey *near = CormFindForeignKey(row->through, row->source,
											  row->constraint_name,
											  row->columns);
	CormForeignKey *far = CormFindForeignKey(row->through, row->target,
											 row->far_constraint_name,
											 row->far_columns);

	if (through == NULL || near == NULL || far == NULL)
		return false;
	memset(spec, 0, sizeof(*spec));
	spec->source = CormModelByRelid(row->source);
	spec->name = row->name;
	spec->target = CormModelByRelid(row->target);
	spec->through = CormModelQualifiedName(through);
	spec->related_name = row->reverse_name;
	spec->symmetrical = row->symmetrical;
	spec->skip_reverse = row->reverse_name == NULL && !row->symmetrical;
	if (NeedsName(near))
		spec->through_relation_name = KeyName(through, near);
	if (NeedsName(far))
		spec->through_reverse_relation_name = KeyName(through, far);
	return true;
}

/* Is it one of several foreign keys of its table that lead there? */
static bool
NeedsName(const CormForeignKey *fk)
{
	int			n = 0;
	ListCell   *lc;

	foreach(lc, CormReadForeignKeys(fk->referencing))
	{
		CormForeignKey *other = lfirst(lc);

		if (other->referenced == fk->referenced)
			n++;
	}
	return n > 1;
}

/*
 * What only this key of the through model is called by: a column of its own if
 * it has one, since those outlive a dump and a new constraint.
 */
static char *
KeyName(const CormModel *through, const CormForeignKey *fk)
{
	ListCell   *lc;

	foreach(lc, CormColumnNames(fk->referencing, fk->nkeys, fk->fk_attnums))
	{
		if (IsOnlyKeyNamed(through, fk, lfirst(lc)))
			return lfirst(lc);
	}
	return fk->name;
}

static bool
IsOnlyKeyNamed(const CormModel *through, const CormForeignKey *fk,
			   const char *name)
{
	ListCell   *lc;

	foreach(lc, CormReadForeignKeys(fk->referencing))
	{
		CormForeignKey *other = lfirst(lc);

		if (other->referenced == fk->referenced &&
			strcmp(other->name, fk->name) != 0 &&
			CormThroughKeyIsNamed(through, other, name))
			return false;
	}
	return true;
}

static bool
FillRelationOn(CormRelationOnSpec *spec, const CormRelationRow *row)
{
	if (!CormTableHasColumns(row->source, row->columns) ||
		!CormTableHasColumns(row->target, row->target_columns))
		return false;
	spec->source = CormModelByRelid(row->source);
	spec->name = row->name;
	spec->target = CormModelByRelid(row->target);
	spec->columns = row->columns;
	spec->target_columns = row->target_columns;
	spec->to_many = row->to_many;
	spec->related_name = row->reverse_name;
	return true;
}
