/*-------------------------------------------------------------------------
 *
 * relate_on.c
 *	  Declaring relations that no constraint backs.
 *
 * Views and foreign tables can be related by naming the columns to compare.
 * Such a relation is for reading: nothing would keep what is written through it
 * true.  A step that leads to one row must lead to a key, so that no row is
 * found twice because of it; a view's key is the one it was registered with.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "document.h"
#include "error.h"
#include "indexes.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "quote.h"
#include "relate.h"

static void DecideColumns(CormRelationOnSpec *spec);
static void CheckComparable(const CormRelationOnSpec *spec);
static void CheckKey(const char *relation, bool back, const CormModel *one,
					 List *columns);
static char *KeyCall(const CormModel *model, List *columns);
static bool IsKey(const CormModel *model, List *columns);
static void CheckSameAsBefore(const CormRelationOnSpec *spec,
							  const CormRelationRow *row);
static void CheckNames(const CormRelationOnSpec *spec);
static char *Suggest(const CormRelationOnSpec *spec, const char *name,
					 const char *related_name);

void
CormDeclareRelationOn(CormRelationOnSpec *spec)
{
	CormRelationRow *before;
	CormRelationRow row = {0};

	CormCheckRelationName(spec->name);
	CormRequireOwner(spec->source->relid);

	/* what was looked up before the lock may have changed while waiting */
	CormLockCatalog();
	spec->source = CormRequireModel(spec->source->relid);
	spec->target = CormRequireModel(spec->target->relid);
	DecideColumns(spec);
	before = CormEarlierDeclaration(spec->source->relid, spec->name);
	if (before != NULL)
	{
		CheckSameAsBefore(spec, before);
		return;
	}

	/* deleting what was broken has changed the models */
	spec->source = CormRequireModel(spec->source->relid);
	spec->target = CormRequireModel(spec->target->relid);
	CheckNames(spec);
	CheckComparable(spec);
	if (!spec->to_many)
		CheckKey(spec->name, false, spec->target, spec->target_columns);
	else if (spec->related_name != NULL)
		CheckKey(spec->name, true, spec->source, spec->columns);
	if (spec->related_name != NULL)
	{
		CormKey		key = CormKeyOfNames(spec->target, spec->target_columns);

		CormRequireReference(spec->target, key.n, key.attnums);
	}

	row.source = spec->source->relid;
	row.name = spec->name;
	row.target = spec->target->relid;
	row.reverse_name = spec->related_name;
	row.columns = spec->columns;
	row.target_columns = spec->target_columns;
	row.to_many = spec->to_many;
	row.adopted = true;
	CormAddRelation(&row);
}

void
CormRequireWayBack(const CormRelationRow *row)
{
	CheckKey(row->name, true, CormRequireModel(row->source), row->columns);
}

/* Columns left out are the key of the model that they would be a key of. */
static void
DecideColumns(CormRelationOnSpec *spec)
{
	const CormModel *target = spec->target;

	if (spec->columns == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" needs columns", spec->name)));
	if (spec->target_columns == NIL && !spec->to_many && target->nkey > 0)
		spec->target_columns = CormColumnNames(target->relid, target->nkey,
											   target->key);
	if (spec->target_columns == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" needs target_columns", spec->name),
				 errdetail(spec->to_many ?
						   "Only a step to one row leads to a key by itself." :
						   "Model \"%s\" has no key.", target->name)));
	if (list_length(spec->columns) != list_length(spec->target_columns))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of columns and target columns of relation \"%s\" do not agree",
						spec->name),
				 errdetail("The columns are %s, the target columns %s.",
						   CormJoinNames(spec->columns),
						   CormJoinNames(spec->target_columns))));
	CormCheckDuplicates(spec->columns);
	CormCheckDuplicates(spec->target_columns);
}

static void
CheckComparable(const CormRelationOnSpec *spec)
{
	ListCell   *lc;
	ListCell   *lt;

	forboth(lc, spec->columns, lt, spec->target_columns)
	{
		const CormColumn *column = CormRequireColumn(spec->source, lfirst(lc));
		const CormColumn *target = CormRequireColumn(spec->target, lfirst(lt));

		if (OidIsValid(CormEqualityBetween(target->typid, column->typid)) &&
			OidIsValid(CormEqualityBetween(column->typid, target->typid)))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("columns \"%s\" and \"%s\" of relation \"%s\" cannot be compared",
						column->name, target->name, spec->name),
				 errdetail("Their types are %s and %s.",
						   format_type_be(column->typid),
						   format_type_be(target->typid))));
	}
}

/* Raises unless the columns tell the rows of the model apart. */
static void
CheckKey(const char *relation, bool back, const CormModel *one, List *columns)
{
	if (IsKey(one, columns))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_FOREIGN_KEY),
			 back ?
			 errmsg("the way back of relation \"%s\" leads to columns that are no key of model \"%s\"",
					relation, one->name) :
			 errmsg("relation \"%s\" leads to columns that are no key of model \"%s\"",
					relation, one->name),
			 one->nkey == 0 ?
			 errdetail("The columns are %s; the model has no key.",
					   CormJoinNames(columns)) :
			 errdetail("The columns are %s, the key is %s.",
					   CormJoinNames(columns),
					   CormJoinNames(CormColumnNames(one->relid, one->nkey,
													 one->key))),
			 back ?
			 errhint("Leave related_name out, or give the model this key.") :
			 one->nkey == 0 ?
			 errhint("Give it the key: %s", KeyCall(one, columns)) :
			 errhint("If it leads to many rows, say to_many => true.")));
}

/* The statement that makes the columns the model's key. */
static char *
KeyCall(const CormModel *model, List *columns)
{
	bool		is_table = model->relkind == RELKIND_RELATION ||
		model->relkind == RELKIND_PARTITIONED_TABLE;
	char	   *table = CormQuoteTable(model->relid);
	StringInfoData list;
	ListCell   *lc;

	initStringInfo(&list);
	foreach(lc, columns)
		appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "",
						 is_table ?
						 quote_identifier(lfirst(lc)) :
						 quote_literal_cstr(lfirst(lc)));
	if (is_table)
		return psprintf("ALTER TABLE %s ADD PRIMARY KEY (%s);", table, list.data);
	return psprintf("SELECT corm.register_model(%s, key => ARRAY[%s]);",
					quote_literal_cstr(table), list.data);
}

/* By a unique index, or by the key that the model was registered with. */
static bool
IsKey(const CormModel *model, List *columns)
{
	CormKey		key = CormKeyOfNames(model, columns);

	if (CormHasUniqueKeyWithin(model->relid, key))
		return true;
	for (int i = 0; i < model->nkey; i++)
	{
		if (!CormKeyHas(key, model->key[i]))
			return false;
	}
	return model->nkey > 0;
}

static void
CheckSameAsBefore(const CormRelationOnSpec *spec, const CormRelationRow *row)
{
	if (row->constraint_name != NULL)
		CormRaiseDiffers(spec->source, spec->name, "kind",
						 OidIsValid(row->through) ? "many_to_many" :
						 "foreign_key");
	if (row->target != spec->target->relid)
		CormRaiseDiffers(spec->source, spec->name, "target",
						 CormModelDisplayName(CormRequireModel(row->target)));
	if (!CormSameNames(row->columns, spec->columns))
		CormRaiseDiffers(spec->source, spec->name, "columns",
						 CormJoinNames(row->columns));
	if (!CormSameNames(row->target_columns, spec->target_columns))
		CormRaiseDiffers(spec->source, spec->name, "target_columns",
						 CormJoinNames(row->target_columns));
	if (row->to_many != spec->to_many)
		CormRaiseDiffers(spec->source, spec->name, "to_many",
						 row->to_many ? "true" : "false");
	if (!CormSameText(row->reverse_name, spec->related_name))
		CormRaiseDiffers(spec->source, spec->name, "related_name",
						 row->reverse_name ? row->reverse_name : "none");
}

/* A to-one may bear the name of its own column, as a foreign key may. */
static void
CheckNames(const CormRelationOnSpec *spec)
{
	const char *own = list_length(spec->columns) == 1 && !spec->to_many ?
		linitial(spec->columns) : NULL;
	char	   *clash = CormNameClash(spec->source, spec->name, own);
	bool		self = spec->source->relid == spec->target->relid;

	if (clash != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("relation name \"%s\" clashes with %s of model \"%s\"",
						spec->name, clash, spec->source->name),
				 errhint("Choose another name: %s",
						 Suggest(spec, CormFreeName(spec->source,
													psprintf("%s_%s", spec->name,
															 CormLowerName(spec->target->name))),
								 spec->related_name))));
	if (spec->related_name == NULL)
		return;
	CormCheckRelationName(spec->related_name);
	own = list_length(spec->columns) == 1 && spec->to_many ?
		linitial(spec->target_columns) : NULL;
	clash = CormNameClash(spec->target, spec->related_name, own);
	if (clash == NULL && self && strcmp(spec->name, spec->related_name) == 0)
		clash = psprintf("relation \"%s\"", spec->name);
	if (clash != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("reverse relation name \"%s\" clashes with %s of model \"%s\"",
						spec->related_name, clash, spec->target->name),
				 errhint("Name the reverse relation: %s",
						 Suggest(spec, spec->name,
								 CormFreeName(spec->target,
											  psprintf("%s_%s", spec->name,
													   CormPluralName(spec->source->name)))))));
}

/* The declaration of the relation, with its names replaced. */
static char *
Suggest(const CormRelationOnSpec *spec, const char *name,
		const char *related_name)
{
	CormRelationOnSpec other = *spec;

	other.name = unconstify(char *, name);
	other.related_name = unconstify(char *, related_name);
	return CormRelationOnText(&other, CORM_SUGGEST_CALL);
}
