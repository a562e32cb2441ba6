/*-------------------------------------------------------------------------
 *
 * relate_fk.c
 *	  Declaring foreign key relations.
 *
 * A declaration asks for a state: columns, a constraint, a key, an index and
 * two names.  What is there is used, what is missing is made, what contradicts
 * is refused.  Only the names are written down; everything else stands in the
 * system catalogs.
 *
 * Declaring the same relation again must be a no-op, and with other options
 * an error.  Where corm made the columns and the constraint, each option can
 * be compared with what is there.  Where it found them ("adopted"), an option
 * left at its default said nothing about them, so only others are compared.
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
#include "indexes.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "quote.h"
#include "relate.h"

/* What the declaration comes to, worked out before anything is changed. */
typedef struct Decision
{
	List	   *columns;		/* of char * */
	List	   *target_columns; /* of char * */
	AttrNumber *target_attnums;
	char	   *reverse_name;	/* NULL: none */
	List	   *add_columns;	/* of CormNewColumn * */
	List	   *set_not_null;	/* of char * */
	List	   *unique_columns; /* NIL: no unique constraint to add */
	CormForeignKey *found;		/* the constraint that is there, or NULL */
	bool		adopted;
} Decision;

static void CheckTables(const CormForeignKeySpec *spec);
static void DecideColumns(const CormForeignKeySpec *spec, Decision *decision);
static void CheckSameAsBefore(const CormForeignKeySpec *spec,
							  const Decision *decision,
							  const CormRelationRow *row);
pg_noreturn static void RaiseLacks(const CormForeignKeySpec *spec,
								   const char *what, const char *statement);
static bool PointsTo(const CormForeignKey *fk, const Decision *decision);
static void Differ(const CormForeignKeySpec *spec, const char *what,
				   const char *is);
static void CheckNames(const CormForeignKeySpec *spec, Decision *decision);
static bool IsNamed(List *names, const char *name);
static bool IsOfKeyType(const CormForeignKeySpec *spec,
						const Decision *decision);
static void DecideChanges(const CormForeignKeySpec *spec, Decision *decision);
static void CheckNewColumn(const CormForeignKeySpec *spec, const char *name);
static CormForeignKey *FindConstraint(Oid source, Oid target, List *columns,
									  const AttrNumber *target_attnums);
static bool HasPairs(const CormForeignKey *fk, List *columns,
					 const AttrNumber *target_attnums);
static void CheckFound(const CormForeignKeySpec *spec,
					   const CormForeignKey *fk);
static void Apply(const CormForeignKeySpec *spec, Decision *decision);
static char *Suggest(const CormForeignKeySpec *spec, const char *name,
					 const char *related_name, List *columns);

void
CormInitForeignKeySpec(CormForeignKeySpec *spec)
{
	memset(spec, 0, sizeof(*spec));
	spec->nullable = true;
	spec->on_delete = FKCONSTR_ACTION_NOACTION;
	spec->on_update = FKCONSTR_ACTION_NOACTION;
	spec->index = true;
	spec->validate = true;
}

void
CormDeclareForeignKey(CormForeignKeySpec *spec)
{
	Decision	decision = {0};
	CormRelationRow *before;
	CormRelationRow row = {0};
	CormForeignKey *fk;

	CormCheckRelationName(spec->name);
	CormCheckReverseOptions(spec->related_name, spec->skip_reverse);
	CheckTables(spec);
	CormRequireOwner(spec->source->relid);

	/* what was looked up before the lock may have changed while waiting */
	CormLockCatalog();
	spec->source = CormRequireModel(spec->source->relid);
	spec->target = CormRequireModel(spec->target->relid);

	DecideColumns(spec, &decision);
	if (!spec->skip_reverse)
		decision.reverse_name = spec->related_name != NULL ?
			spec->related_name : CormPluralName(spec->source->name);
	before = CormEarlierDeclaration(spec->source->relid, spec->name);
	if (before != NULL)
	{
		CheckSameAsBefore(spec, &decision, before);
		CormRenewRelationRow(before);
		return;
	}

	/* deleting what was broken has changed the models */
	spec->source = CormRequireModel(spec->source->relid);
	spec->target = CormRequireModel(spec->target->relid);
	CheckNames(spec, &decision);
	if (decision.reverse_name != NULL)
		CormRequireReference(spec->target,
							 list_length(decision.target_columns),
							 decision.target_attnums);
	DecideChanges(spec, &decision);
	Apply(spec, &decision);

	fk = FindConstraint(spec->source->relid, spec->target->relid,
						decision.columns, decision.target_attnums);
	if (fk == NULL)
		CormRaiseRelationChanged();
	row.source = spec->source->relid;
	row.name = spec->name;
	row.target = spec->target->relid;
	row.reverse_name = decision.reverse_name;
	row.constraint_name = fk->name;
	row.columns = decision.columns;
	row.adopted = decision.adopted;
	CormAddRelation(&row);
}

void
CormRequireConstraint(CormForeignKeySpec *spec)
{
	Decision	decision = {0};

	CheckTables(spec);
	DecideColumns(spec, &decision);
	(void) CormKeyOfNames(spec->source, decision.columns);
	decision.found = FindConstraint(spec->source->relid, spec->target->relid,
									decision.columns,
									decision.target_attnums);
	spec->index = false;
	if (decision.found != NULL)
		CheckFound(spec, decision.found);
	else
		Apply(spec, &decision);
}

/* Only tables hold and bear foreign keys. */
static void
CheckTables(const CormForeignKeySpec *spec)
{
	const CormModel *ends[2] = {spec->source, spec->target};

	for (int i = 0; i < 2; i++)
	{
		if (ends[i]->relkind == RELKIND_RELATION ||
			ends[i]->relkind == RELKIND_PARTITIONED_TABLE)
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("model \"%s\" is a %s, which a foreign key cannot %s",
						ends[i]->name, CormKindWord(ends[i]->relkind),
						i == 0 ? "start from" : "lead to")));
	}
}

/* Which columns of the source point to which columns of the target. */
static void
DecideColumns(const CormForeignKeySpec *spec, Decision *decision)
{
	const CormModel *target = spec->target;
	ListCell   *lc;

	if (spec->target_columns != NIL)
		decision->target_columns = spec->target_columns;
	else if (target->nkey > 0)
		decision->target_columns = CormColumnNames(target->relid,
												   target->nkey, target->key);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FOREIGN_KEY),
				 errmsg("table \"%s\" of model \"%s\" has no primary key",
						get_rel_name(target->relid), target->name),
				 errhint("Add one, or name the columns of a unique constraint with target_columns.")));
	decision->target_attnums = CormKeyOfNames(target,
										  decision->target_columns).attnums;

	decision->columns = spec->columns;
	if (decision->columns == NIL)
		decision->columns = CormDefaultColumns(spec->name,
											   decision->target_columns);
	if (list_length(decision->columns) != list_length(decision->target_columns))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FOREIGN_KEY),
				 errmsg("number of columns and target columns of relation \"%s\" do not agree",
						spec->name),
				 errdetail("The columns are %s, the target columns %s.",
						   CormJoinNames(decision->columns),
						   CormJoinNames(decision->target_columns))));
	CormCheckDuplicates(decision->columns);
	foreach(lc, decision->columns)
		CormCheckNameLength("column", lfirst(lc), NULL);
}

static void
CheckSameAsBefore(const CormForeignKeySpec *spec, const Decision *decision,
				  const CormRelationRow *row)
{
	const CormRelation *now = CormFindRelation(spec->source, spec->name);
	const CormForeignKey *fk = now->fk;
	bool		strict = !row->adopted || spec->exact;
	CormKey		columns;

	if (row->constraint_name == NULL)
		Differ(spec, "kind", "relation_on");
	if (OidIsValid(row->through))
		Differ(spec, "kind", "many_to_many");
	if (row->target != spec->target->relid)
		Differ(spec, "target",
			   CormModelDisplayName(CormRequireModel(row->target)));
	if (!CormSameText(row->reverse_name, decision->reverse_name))
		Differ(spec, "related_name",
			   row->reverse_name ? row->reverse_name : "none");

	/* columns may have been renamed, so default names prove nothing */
	if (spec->columns == NIL ? !PointsTo(fk, decision) :
		!HasPairs(fk, decision->columns, decision->target_attnums))
		Differ(spec, "columns",
			   CormJoinNames(CormColumnNames(row->source, fk->nkeys,
											 fk->fk_attnums)));
	if (spec->on_delete != fk->on_delete &&
		(strict || spec->on_delete != FKCONSTR_ACTION_NOACTION))
		Differ(spec, "on_delete", CormReferentialActionWord(fk->on_delete));
	if (spec->on_update != fk->on_update &&
		(strict || spec->on_update != FKCONSTR_ACTION_NOACTION))
		Differ(spec, "on_update", CormReferentialActionWord(fk->on_update));
	if (spec->deferrable != CormIsDeferrable(row->source, fk->name, NULL) &&
		(strict || spec->deferrable))
		Differ(spec, "is_deferrable", spec->deferrable ? "false" : "true");
	columns.n = fk->nkeys;
	columns.attnums = fk->fk_attnums;
	if (spec->one_to_one != (now->kind == CORM_ONE_TO_ONE) &&
		((strict && !spec->exact) || spec->one_to_one))
		Differ(spec, "one_to_one", spec->one_to_one ? "false" : "true");
	if (spec->nullable == CormAllNotNull(row->source, columns) &&
		(strict || !spec->nullable))
		Differ(spec, "nullable", spec->nullable ? "false" : "true");

	/* an index or a validation may have come later, and do no harm */
	if (strict && spec->index && !CormHasIndexOn(row->source, columns))
		RaiseLacks(spec, "index",
				   CormCreateIndexSql(row->source,
									  CormColumnNames(row->source, fk->nkeys,
													  fk->fk_attnums)));
	if (strict && spec->validate && !fk->validated)
		RaiseLacks(spec, "validate",
				   psprintf("ALTER TABLE %s VALIDATE CONSTRAINT %s",
							CormQuoteTable(row->source),
							quote_identifier(fk->name)));
}

/* What alter_relation cannot change, a statement can. */
static void
RaiseLacks(const CormForeignKeySpec *spec, const char *what,
		   const char *statement)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("relation \"%s\" of model \"%s\" already exists with other options",
					spec->name, spec->source->name),
			 errdetail("Existing value of \"%s\": false.", what),
			 errhint("Change it: %s;", statement)));
}

/* Does the foreign key point to the columns wanted, in whatever order? */
static bool
PointsTo(const CormForeignKey *fk, const Decision *decision)
{
	CormKey		key = {fk->nkeys, fk->pk_attnums};

	if (list_length(decision->target_columns) != fk->nkeys)
		return false;
	for (int i = 0; i < fk->nkeys; i++)
	{
		if (!CormKeyHas(key, decision->target_attnums[i]))
			return false;
	}
	return true;
}

static void
Differ(const CormForeignKeySpec *spec, const char *what, const char *is)
{
	CormRaiseDiffers(spec->source, spec->name, what, is);
}

/*
 * A to-one may bear the name of its own single column: what it loads replaces
 * the bare key there.
 */
static void
CheckNames(const CormForeignKeySpec *spec, Decision *decision)
{
	const char *own = list_length(decision->columns) == 1 ?
		linitial(decision->columns) : NULL;
	char	   *clash = CormNameClash(spec->source, spec->name, own);
	bool		self = spec->source->relid == spec->target->relid;
	char	   *plural = CormPluralName(spec->source->name);
	char	   *suggestion;

	/* columns that are not there yet will be */
	if (clash == NULL && own == NULL && IsNamed(decision->columns, spec->name))
		clash = psprintf("column \"%s\"", spec->name);
	if (clash != NULL)
	{
		bool		holds_key = spec->columns == NIL &&
			CormFindRelation(spec->source, spec->name) == NULL &&
			IsOfKeyType(spec, decision);
		const char *free =
			CormFreeName(spec->source,
						 psprintf("%s_%s", spec->name,
								  CormLowerName(spec->target->name)));

		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("relation name \"%s\" clashes with %s of model \"%s\"",
						spec->name, clash, spec->source->name),
				 holds_key ?
				 errhint("If the column holds the key, name it: %s",
						 Suggest(spec, spec->name, spec->related_name,
								 list_make1(spec->name))) :
				 errhint("Choose another name: %s",
						 Suggest(spec, free, spec->related_name,
								 spec->columns))));
	}
	if (decision->reverse_name == NULL)
		return;
	CormCheckRelationName(decision->reverse_name);
	suggestion = CormFreeName(spec->target,
							  psprintf("%s_%s", spec->name, plural));
	clash = CormNameClash(spec->target, decision->reverse_name, NULL);
	if (clash == NULL && self &&
		strcmp(spec->name, decision->reverse_name) == 0)
		clash = psprintf("relation \"%s\"", spec->name);
	if (clash == NULL && self &&
		IsNamed(decision->columns, decision->reverse_name))
		clash = psprintf("column \"%s\"", decision->reverse_name);
	if (clash != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("reverse relation name \"%s\" clashes with %s of model \"%s\"",
						decision->reverse_name, clash, spec->target->name),
				 errhint("Name the reverse relation: %s",
						 Suggest(spec, spec->name, suggestion,
								 spec->columns))));
	if (self && spec->related_name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("relation \"%s\" leads from model \"%s\" to itself and needs a related_name",
						spec->name, spec->source->name),
				 errhint("Name the reverse relation: %s",
						 Suggest(spec, spec->name, suggestion,
								 spec->columns))));
}

static bool
IsNamed(List *names, const char *name)
{
	ListCell   *lc;

	foreach(lc, names)
	{
		if (strcmp(lfirst(lc), name) == 0)
			return true;
	}
	return false;
}

/* Does the column that bears the relation's name fit the target's key? */
static bool
IsOfKeyType(const CormForeignKeySpec *spec, const Decision *decision)
{
	const CormColumn *column = CormFindColumn(spec->source, spec->name);

	return column != NULL && list_length(decision->target_columns) == 1 &&
		column->typid == CormRequireColumn(spec->target,
										   linitial(decision->target_columns))->typid;
}

/* What is missing. */
static void
DecideChanges(const CormForeignKeySpec *spec, Decision *decision)
{
	List	   *present = NIL;
	ListCell   *lc;
	ListCell   *lt;

	forboth(lc, decision->columns, lt, decision->target_columns)
	{
		const CormColumn *column = CormFindColumn(spec->source, lfirst(lc));
		const CormColumn *target = CormFindColumn(spec->target, lfirst(lt));

		if (column == NULL)
		{
			CormNewColumn *new = palloc0(sizeof(CormNewColumn));

			new->name = lfirst(lc);
			new->typid = target->typid;
			new->typmod = target->typmod;
			new->collation = target->collation;
			new->not_null = !spec->nullable;
			CheckNewColumn(spec, new->name);
			decision->add_columns = lappend(decision->add_columns, new);
			continue;
		}
		present = lappend(present, column->name);
		decision->adopted = !spec->own_columns;
		if (!spec->nullable && !column->not_null)
			decision->set_not_null = lappend(decision->set_not_null,
											 column->name);
	}
	if (decision->add_columns == NIL)
		decision->found = FindConstraint(spec->source->relid,
										 spec->target->relid,
										 decision->columns,
										 decision->target_attnums);
	if (decision->found != NULL)
		CheckFound(spec, decision->found);
	if (spec->one_to_one &&
		!CormHasUniqueKeyWithin(spec->source->relid,
								CormKeyOfNames(spec->source, present)))
		decision->unique_columns = decision->columns;
}

/* A column that is to be made would hide a relation of its name. */
static void
CheckNewColumn(const CormForeignKeySpec *spec, const char *name)
{
	if (CormFindRelation(spec->source, name) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("new column \"%s\" clashes with relation \"%s\" of model \"%s\"",
						name, name, spec->source->name),
				 errhint("Name another column with columns.")));
}

/* The first foreign key with exactly these pairs of columns, or NULL. */
static CormForeignKey *
FindConstraint(Oid source, Oid target, List *columns,
			   const AttrNumber *target_attnums)
{
	ListCell   *lf;

	foreach(lf, CormReadForeignKeys(source))
	{
		CormForeignKey *fk = lfirst(lf);

		if (fk->referenced == target && HasPairs(fk, columns, target_attnums))
			return fk;
	}
	return NULL;
}

/* In whatever order. */
static bool
HasPairs(const CormForeignKey *fk, List *columns,
		 const AttrNumber *target_attnums)
{
	int			matching = 0;
	ListCell   *lc;

	foreach(lc, columns)
	{
		AttrNumber	attnum = get_attnum(fk->referencing, lfirst(lc));

		for (int i = 0; i < fk->nkeys; i++)
		{
			if (fk->fk_attnums[i] == attnum &&
				fk->pk_attnums[i] == target_attnums[foreach_current_index(lc)])
				matching++;
		}
	}
	return matching == fk->nkeys && matching == list_length(columns);
}

/* An existing constraint is taken as it is, unless asked to be otherwise. */
static void
CheckFound(const CormForeignKeySpec *spec, const CormForeignKey *fk)
{
	const char *differs = NULL;

	if ((spec->exact || spec->on_delete != FKCONSTR_ACTION_NOACTION) &&
		spec->on_delete != fk->on_delete)
		differs = psprintf("on_delete is %s",
						   CormReferentialActionWord(fk->on_delete));
	else if ((spec->exact || spec->on_update != FKCONSTR_ACTION_NOACTION) &&
			 spec->on_update != fk->on_update)
		differs = psprintf("on_update is %s",
						   CormReferentialActionWord(fk->on_update));
	else if ((spec->exact || spec->deferrable) &&
			 spec->deferrable != CormIsDeferrable(fk->referencing, fk->name, NULL))
		differs = psprintf("is_deferrable is %s",
						   spec->deferrable ? "false" : "true");
	else if (spec->exact && spec->validate && !fk->validated)
		differs = "validate is false";
	if (differs != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("foreign key constraint \"%s\" of table \"%s\" already exists with other options",
						fk->name, get_rel_name(fk->referencing)),
				 errdetail("Its %s.", differs),
				 spec->exact ?
				 errhint("Describe it as it is, define the relation, then change both: the constraint with corm.alter_relation.") :
				 errhint("Leave the option out, then change it with corm.alter_relation.")));
}

static void
Apply(const CormForeignKeySpec *spec, Decision *decision)
{
	Oid			relid = spec->source->relid;
	CormNewForeignKey fk = {0};
	const CormModel *source;

	fk.columns = decision->columns;
	fk.target = spec->target->relid;
	fk.target_columns = decision->target_columns;
	fk.match_type = FKCONSTR_MATCH_SIMPLE;
	fk.on_delete = spec->on_delete;
	fk.on_update = spec->on_update;
	fk.deferrable = spec->deferrable;
	fk.deferred = spec->deferrable;
	fk.not_valid = !spec->validate;
	CormAlterTable(relid, decision->add_columns, decision->set_not_null,
				   decision->unique_columns,
				   decision->found == NULL ? &fk : NULL);

	/* the unique constraint just made counts as an index, too */
	source = CormRequireModel(relid);
	if (spec->index &&
		!CormHasIndexOn(relid, CormKeyOfNames(source, decision->columns)))
		CormCreateIndex(relid, decision->columns);
}

/* The declaration of the relation, with some arguments replaced. */
static char *
Suggest(const CormForeignKeySpec *spec, const char *name,
		const char *related_name, List *columns)
{
	CormForeignKeySpec other = *spec;

	other.name = unconstify(char *, name);
	other.related_name = unconstify(char *, related_name);
	other.columns = columns;
	return CormForeignKeyText(&other, spec->as_field ? CORM_SUGGEST_FIELD :
							  CORM_SUGGEST_CALL);
}
