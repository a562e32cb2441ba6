/*-------------------------------------------------------------------------
 *
 * relate_m2m.c
 *	  Declaring many-to-many relations.
 *
 * A many-to-many relation is a pair of foreign keys of one table, the through
 * table, which is a model itself.  It is made here, or found: then the two
 * foreign keys must be there and it must be clear which is which.
 *
 * The through table's owner decides what runs through it.  Names are added to
 * both ends, so REFERENCES is needed on both, as it is for the foreign keys.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "ddl.h"
#include "error.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "quote.h"
#include "relate.h"

/* The through table and its foreign keys to source and target. */
typedef struct Link
{
	Oid			through;
	CormForeignKey *near;
	CormForeignKey *far;
	bool		adopted;
} Link;

static void CheckArguments(const CormManyToManySpec *spec);
static void CheckEnd(const CormModel *model);
static void CheckSameAsBefore(const CormManyToManySpec *spec,
							  const char *reverse_name,
							  const CormRelationRow *row);
static void Differ(const CormManyToManySpec *spec, const char *what,
				   const char *is);
static void CheckNames(const CormManyToManySpec *spec,
					   const char *reverse_name);
static Link MakeLink(const CormManyToManySpec *spec);
static char *LinkTableName(const CormManyToManySpec *spec, Oid schema,
						   bool *second);
static List *LinkColumns(const CormManyToManySpec *spec,
						 const CormModel *model, const char *prefix);
static CormNewForeignKey *LinkKey(const CormModel *model, List *columns);
static List *NamesOf(List *new_columns);
static Link FindLink(CormManyToManySpec *spec);
static Oid	FindThrough(const char *through);
static CormForeignKey *ChooseKey(const CormManyToManySpec *spec,
								 const CormModel *through,
								 const CormModel *end, const char *name,
								 const CormForeignKey *but);
static char *KeyHint(const CormManyToManySpec *spec, const CormModel *through,
					 const CormModel *end);
static char *Suggest(const CormManyToManySpec *spec, const char *name,
					 const char *related_name);

Oid
CormDeclareManyToMany(CormManyToManySpec *spec)
{
	char	   *reverse_name = NULL;
	CormRelationRow *before;
	CormRelationRow row = {0};
	Link		link;

	CormCheckRelationName(spec->name);
	CormCheckReverseOptions(spec->related_name, spec->skip_reverse);
	CheckArguments(spec);
	CheckEnd(spec->source);
	CheckEnd(spec->target);

	/* what was looked up before the lock may have changed while waiting */
	CormLockCatalog();
	spec->source = CormRequireModel(spec->source->relid);
	spec->target = CormRequireModel(spec->target->relid);

	if (!spec->skip_reverse && !spec->symmetrical)
		reverse_name = spec->related_name != NULL ?
			spec->related_name : CormPluralName(spec->source->name);
	before = CormEarlierDeclaration(spec->source->relid, spec->name);
	if (before != NULL)
	{
		if (OidIsValid(before->through))
			CormRequireOwner(before->through);
		CheckSameAsBefore(spec, reverse_name, before);
		CormRenewRelationRow(before);
		return before->through;
	}

	/* deleting what was broken has changed the models */
	spec->source = CormRequireModel(spec->source->relid);
	spec->target = CormRequireModel(spec->target->relid);
	CheckNames(spec, reverse_name);
	CormRequireReference(spec->source, spec->source->nkey, spec->source->key);
	CormRequireReference(spec->target, spec->target->nkey, spec->target->key);
	link = spec->through != NULL ? FindLink(spec) : MakeLink(spec);

	row.source = spec->source->relid;
	row.name = spec->name;
	row.target = spec->target->relid;
	row.reverse_name = reverse_name;
	row.through = link.through;
	row.constraint_name = link.near->name;
	row.columns = CormColumnNames(link.through, link.near->nkeys,
								  link.near->fk_attnums);
	row.far_constraint_name = link.far->name;
	row.far_columns = CormColumnNames(link.through, link.far->nkeys,
									  link.far->fk_attnums);
	row.symmetrical = spec->symmetrical;
	row.adopted = link.adopted;
	CormAddRelation(&row);
	return link.through;
}

static void
CheckArguments(const CormManyToManySpec *spec)
{
	if (spec->symmetrical && spec->source->relid != spec->target->relid)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" cannot be symmetrical", spec->name),
				 errdetail("Only a relation of a model to itself can be, this one leads from \"%s\" to \"%s\".",
						   spec->source->name, spec->target->name)));
	if (spec->symmetrical && spec->related_name != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("symmetrical relation \"%s\" cannot have a related_name",
						spec->name),
				 errdetail("Both directions bear the name \"%s\".",
						   spec->name)));
	if (spec->through == NULL &&
		(spec->through_relation_name != NULL ||
		 spec->through_reverse_relation_name != NULL))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("through_relation_name and through_reverse_relation_name need through")));
}

/* Links need a key to point to. */
static void
CheckEnd(const CormModel *model)
{
	if (model->relkind != RELKIND_RELATION &&
		model->relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("model \"%s\" is a %s, which cannot be an end of a many-to-many relation",
						model->name, CormKindWord(model->relkind))));
	if (model->nkey == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FOREIGN_KEY),
				 errmsg("table \"%s\" of model \"%s\" has no primary key",
						get_rel_name(model->relid), model->name),
				 errhint("An end of a many-to-many relation needs one: add it with ALTER TABLE.")));
}

static void
CheckSameAsBefore(const CormManyToManySpec *spec, const char *reverse_name,
				  const CormRelationRow *row)
{
	const CormRelation *now = CormFindRelation(spec->source, spec->name);
	CormModel  *through;

	if (!OidIsValid(row->through))
		Differ(spec, "kind", "foreign_key");
	if (row->target != spec->target->relid)
		Differ(spec, "target",
			   CormModelDisplayName(CormRequireModel(row->target)));
	if (!CormSameText(row->reverse_name, reverse_name))
		Differ(spec, "related_name",
			   row->reverse_name ? row->reverse_name : "none");
	if (row->symmetrical != spec->symmetrical)
		Differ(spec, "symmetrical", row->symmetrical ? "true" : "false");
	if (spec->through == NULL && !row->adopted)
		return;
	through = CormModelByRelid(row->through);
	if (through == NULL || spec->through == NULL ||
		FindThrough(spec->through) != row->through)
		Differ(spec, "through", get_rel_name(row->through));
	if (spec->through_relation_name != NULL &&
		!CormThroughKeyIsNamed(through, now->fk, spec->through_relation_name))
		Differ(spec, "through_relation_name",
			   CormJoinNames(CormColumnNames(row->through, now->fk->nkeys,
											 now->fk->fk_attnums)));
	if (spec->through_reverse_relation_name != NULL &&
		!CormThroughKeyIsNamed(through, now->far_fk, spec->through_reverse_relation_name))
		Differ(spec, "through_reverse_relation_name",
			   CormJoinNames(CormColumnNames(row->through, now->far_fk->nkeys,
											 now->far_fk->fk_attnums)));
}

static void
Differ(const CormManyToManySpec *spec, const char *what, const char *is)
{
	CormRaiseDiffers(spec->source, spec->name, what, is);
}

static void
CheckNames(const CormManyToManySpec *spec, const char *reverse_name)
{
	bool		self = spec->source->relid == spec->target->relid;
	char	   *clash = CormNameClash(spec->source, spec->name, NULL);
	char	   *suggestion;

	if (clash != NULL)
	{
		suggestion = CormFreeName(spec->source,
								  psprintf("%s_%s", spec->name,
										   CormPluralName(spec->target->name)));
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("relation name \"%s\" clashes with %s of model \"%s\"",
						spec->name, clash, spec->source->name),
				 errhint("Choose another name: %s",
						 Suggest(spec, suggestion, spec->related_name))));
	}
	if (reverse_name == NULL)
		return;
	CormCheckRelationName(reverse_name);
	clash = CormNameClash(spec->target, reverse_name, NULL);
	if (clash == NULL && self && strcmp(spec->name, reverse_name) == 0)
		clash = psprintf("relation \"%s\"", spec->name);
	suggestion = CormFreeName(spec->target,
							  psprintf("%s_%s", spec->name,
									   CormPluralName(spec->source->name)));
	if (clash != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("reverse relation name \"%s\" clashes with %s of model \"%s\"",
						reverse_name, clash, spec->target->name),
				 errhint("Name the reverse relation: %s",
						 Suggest(spec, spec->name, suggestion))));
	if (self && spec->related_name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("relation \"%s\" leads from model \"%s\" to itself and needs a related_name",
						spec->name, spec->source->name),
				 errhint("Name the reverse relation: %s",
						 Suggest(spec, spec->name, suggestion))));
}

/*
 * Makes the link table in the source's schema and registers it.  It belongs
 * to the caller.
 */
static Link
MakeLink(const CormManyToManySpec *spec)
{
	Link		link = {0};
	Oid			schema = get_rel_namespace(spec->source->relid);

	/* models of one name in two schemas need telling apart as well */
	bool		directed = spec->source->relid == spec->target->relid ||
		strcmp(CormLowerName(spec->source->name),
			   CormLowerName(spec->target->name)) == 0;
	List	   *near = LinkColumns(spec, spec->source, directed ? "from" : NULL);
	List	   *far = LinkColumns(spec, spec->target, directed ? "to" : NULL);
	List	   *near_names = NamesOf(near);
	List	   *far_names = NamesOf(far);
	bool		second;
	char	   *table = LinkTableName(spec, schema, &second);
	char	   *model = psprintf("%s%s%s%s", spec->source->name,
								 spec->target->name, second ? "_" : "",
								 second ? spec->name : "");

	CormCheckModelName(schema, model);
	link.through = CormCreateTable(schema, table, list_concat_copy(near, far),
								   list_concat_copy(near_names, far_names),
								   NIL,
								   list_make2(LinkKey(spec->source, near_names),
											  LinkKey(spec->target, far_names)),
								   spec->symmetrical ?
								   CormNotGreaterSql(near, far) : NULL);
	CormCreateIndex(link.through, list_concat_copy(far_names, near_names));
	CormAddModel(link.through, model, NIL);

	link.near = CormFindForeignKey(link.through, spec->source->relid, NULL,
								   near_names);
	link.far = CormFindForeignKey(link.through, spec->target->relid, NULL,
								  far_names);
	if (link.near == NULL || link.far == NULL)
		elog(ERROR, "foreign keys of link table \"%s\" are not there after its creation",
			 table);
	return link;
}

static char *
LinkTableName(const CormManyToManySpec *spec, Oid schema, bool *second)
{
	const char *hint = "Make the link table yourself and name it with through.";
	char	   *source = get_rel_name(spec->source->relid);
	char	   *target = get_rel_name(spec->target->relid);
	char	   *name = CormGeneratedName("table", source, target, NULL, hint);

	*second = OidIsValid(get_relname_relid(name, schema));
	if (*second)
		name = CormGeneratedName("table", source, target, spec->name, hint);
	return name;
}

/* One NOT NULL column for each key column of the model. */
static List *
LinkColumns(const CormManyToManySpec *spec, const CormModel *model,
			const char *prefix)
{
	char	   *lower = CormLowerName(model->name);
	List	   *columns = NIL;

	for (int i = 0; i < model->nkey; i++)
	{
		const CormColumn *key = CormColumnByNumber(model, model->key[i]);
		CormNewColumn *column = palloc0(sizeof(CormNewColumn));

		column->name = CormGeneratedName("column", prefix ? prefix : lower,
										 prefix ? lower : key->name,
										 prefix ? key->name : NULL,
										 "Make the link table yourself and name it with through.");
		column->typid = key->typid;
		column->typmod = key->typmod;
		column->collation = key->collation;
		column->not_null = true;
		columns = lappend(columns, column);
	}
	return columns;
}

static CormNewForeignKey *
LinkKey(const CormModel *model, List *columns)
{
	CormNewForeignKey *fk = palloc0(sizeof(CormNewForeignKey));

	fk->columns = columns;
	fk->target = model->relid;
	fk->target_columns = CormColumnNames(model->relid, model->nkey,
										 model->key);
	fk->match_type = FKCONSTR_MATCH_SIMPLE;
	fk->on_delete = FKCONSTR_ACTION_CASCADE;
	fk->on_update = FKCONSTR_ACTION_CASCADE;
	return fk;
}

static List *
NamesOf(List *new_columns)
{
	List	   *names = NIL;
	ListCell   *lc;

	foreach(lc, new_columns)
		names = lappend(names, ((CormNewColumn *) lfirst(lc))->name);
	return names;
}

/* The through table that the caller named, and its two foreign keys. */
static Link
FindLink(CormManyToManySpec *spec)
{
	Link		link = {0};
	CormModel  *through;
	CormForeignKey *named = NULL;

	link.adopted = true;
	link.through = FindThrough(spec->through);
	CormRequireOwner(link.through);
	through = CormModelByRelid(link.through);
	spec->through_is_model = through != NULL;
	if (through == NULL)
	{
		CormRegisterTable(link.through, NULL, NIL);
		through = CormRequireModel(link.through);
	}
	if (through->relkind != RELKIND_RELATION &&
		through->relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("model \"%s\" is a %s, which cannot link others",
						through->name, CormKindWord(through->relkind))));

	/* of a self relation, a key that is named leaves only the other */
	if (spec->through_reverse_relation_name != NULL)
		named = ChooseKey(spec, through, spec->target,
						  spec->through_reverse_relation_name, NULL);
	link.near = ChooseKey(spec, through, spec->source,
						  spec->through_relation_name, named);
	link.far = named != NULL ? named :
		ChooseKey(spec, through, spec->target, NULL, link.near);
	return link;
}

/* A model of that name, else a table. */
static Oid
FindThrough(const char *through)
{
	CormModel  *model = CormModelByNameIfAny(through);
	Oid			relid;

	if (model != NULL)
		return model->relid;
	relid = CormTableByName(through);
	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("neither a model nor a table \"%s\" exists", through),
				 errhint("Create the through table first, or leave through out to have one made.")));
	return relid;
}

/*
 * The foreign key of "through" to one end: the one that is named, else the
 * only one there is besides "but".
 */
static CormForeignKey *
ChooseKey(const CormManyToManySpec *spec, const CormModel *through,
		  const CormModel *end, const char *name, const CormForeignKey *but)
{
	CormForeignKey *chosen = NULL;
	List	   *columns = NIL;
	int			n = 0;
	ListCell   *lc;

	foreach(lc, CormReadForeignKeys(through->relid))
	{
		CormForeignKey *fk = lfirst(lc);

		if (fk->referenced != end->relid ||
			(but != NULL && strcmp(but->name, fk->name) == 0))
			continue;
		columns = lappend(columns,
						  CormJoinNames(CormColumnNames(through->relid,
														fk->nkeys,
														fk->fk_attnums)));
		if (name != NULL && !CormThroughKeyIsNamed(through, fk, name))
			continue;

		/* either end of a symmetrical relation will do for either key */
		if (n++ == 0 || !spec->symmetrical)
			chosen = fk;
	}
	if (n == 1 || (n == 2 && spec->symmetrical && name == NULL && but == NULL))
		return chosen;
	if (columns == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FOREIGN_KEY),
				 errmsg("through table \"%s\" has no %sforeign key to model \"%s\"",
						get_rel_name(through->relid),
						but != NULL && but->referenced == end->relid ?
						"second " : "", end->name),
				 errhint("%s", KeyHint(spec, through, end))));
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("\"%s\" is neither a relation nor a foreign key column of \"%s\" that leads to model \"%s\"",
						name, through->name, end->name),
				 errdetail("Columns that do: %s.", CormJoinNames(columns))));
	ereport(ERROR,
			(errcode(ERRCODE_AMBIGUOUS_COLUMN),
			 errmsg("through table \"%s\" has several foreign keys to model \"%s\"",
					get_rel_name(through->relid), end->name),
			 errdetail("Their columns are: %s.", CormJoinNames(columns)),
			 errhint("Name the one to \"%s\", where the relation starts, with through_relation_name, and the one to \"%s\", where it ends, with through_reverse_relation_name.",
					 spec->source->name, spec->target->name)));
}

/*
 * How to add the key that is missing.  What this declaration has registered
 * or created is gone by the time the hint is read.
 */
static char *
KeyHint(const CormManyToManySpec *spec, const CormModel *through,
		const CormModel *end)
{
	char	   *name = CormFreeName(through, CormLowerName(end->name));
	CormSuggestion suggestion;
	char	   *call;

	if (spec->as_field)
		return pstrdup("Create the model without this field, add the foreign key, then declare the relation with corm.many_to_many.");
	CormBeginSuggestion(&suggestion, CORM_SUGGEST_CALL, "foreign_key",
						through, name, end);
	CormSuggestBool(&suggestion, "skip_reverse", true);
	call = CormEndSuggestion(&suggestion);
	if (spec->through_is_model)
		return psprintf("Add it: %s", call);
	return psprintf("Add it: SELECT corm.register_model(%s); %s",
					quote_literal_cstr(CormQuoteTable(through->relid)), call);
}

/* The declaration of the relation, with some arguments replaced. */
static char *
Suggest(const CormManyToManySpec *spec, const char *name,
		const char *related_name)
{
	CormManyToManySpec other = *spec;

	other.name = unconstify(char *, name);
	other.related_name = unconstify(char *, related_name);
	return CormManyToManyText(&other, spec->as_field ? CORM_SUGGEST_FIELD :
							  CORM_SUGGEST_CALL);
}
