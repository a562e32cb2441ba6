/*-------------------------------------------------------------------------
 *
 * cache_build.c
 *	  Building what the cache keeps of one model.
 *
 * A model joins corm's rows with the live system catalogs: the rows say which
 * relations there are, the catalogs which columns, keys and actions they have.
 * Whatever is read is noted first (cache_build.h), so that a change which
 * arrives meanwhile makes the cache build once more.
 *
 * A relation that cannot be followed any more is not left out: its name is
 * taken, and whoever uses it shall be told why.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/parsenodes.h"
#include "utils/lsyscache.h"

#include "cache_build.h"
#include "catalog.h"
#include "indexes.h"
#include "introspect.h"
#include "watch.h"

static CormKey ModelKey(const CormModelRow *row);
static CormRelation *BuildForward(const CormRelationRow *row);
static CormRelation *BuildReverse(const CormRelationRow *row);
static void FillForeignKey(CormRelation *relation,
						   const CormRelationRow *row);
static void FillUnconstrained(CormRelation *relation,
							  const CormRelationRow *row);
static CormKey KeyOf(Oid relid);
static bool IsKeyOf(Oid relid, CormKey columns);
static AttrNumber *NumbersOf(Oid relid, List *columns);
static void FillManyToMany(CormRelation *relation,
						   const CormRelationRow *row);
static CormForeignKey *LoadForeignKey(Oid referencing, Oid referenced,
									  const char *name, List *columns);
static void CheckEnds(CormRelation *relation, const CormRelationRow *row);
static int	CompareRelations(const ListCell *a, const ListCell *b);

CormModel *
CormBuildModel(Oid relid)
{
	CormModelRow *row;
	CormModel  *model;
	CormKey		key;
	List	   *relations;
	ListCell   *lc;

	CormWatchTable(relid);
	row = CormReadModelRow(relid);
	if (row == NULL)
		return NULL;
	model = palloc0(sizeof(CormModel));
	model->relid = relid;
	model->name = row->name;
	model->relkind = CormTableKind(relid);
	if (model->relkind == '\0')
		return NULL;
	model->columns = CormReadColumns(relid, &model->ncolumns);
	key = ModelKey(row);
	model->nkey = key.n;
	model->key = key.attnums;
	relations = CormReadRelationRowsFrom(relid);
	foreach(lc, relations)
		model->relations = lappend(model->relations,
								   BuildForward(lfirst(lc)));
	relations = CormReadRelationRowsTo(relid);
	foreach(lc, relations)
	{
		CormRelationRow *reverse = lfirst(lc);

		CormWatchTable(reverse->source);

		/* a way back from a table that is gone leads nowhere */
		if (reverse->reverse_name != NULL &&
			CormTableKind(reverse->source) != '\0')
			model->relations = lappend(model->relations,
									   BuildReverse(reverse));
	}
	list_sort(model->relations, CompareRelations);
	return model;
}

/*
 * Its own primary key, which foreign keys to it count on, else the columns that
 * were given with its name.
 */
static CormKey
ModelKey(const CormModelRow *row)
{
	CormKey		key = CormReadPrimaryKey(row->relid);

	if (key.n > 0 || row->key == NIL)
		return key;

	/* half a key names no row */
	key.attnums = NumbersOf(row->relid, row->key);
	key.n = key.attnums == NULL ? 0 : list_length(row->key);
	return key;
}

static CormRelation *
BuildForward(const CormRelationRow *row)
{
	CormRelation *relation = palloc0(sizeof(CormRelation));

	relation->name = row->name;
	relation->inverse = row->reverse_name;
	relation->source = row->source;
	relation->target = row->target;
	relation->through = row->through;
	relation->symmetrical = row->symmetrical;
	relation->reverse = row->to_many;
	relation->unread = row;
	return relation;
}

static CormRelation *
BuildReverse(const CormRelationRow *row)
{
	CormRelation *relation = palloc0(sizeof(CormRelation));

	relation->name = row->reverse_name;
	relation->inverse = row->name;
	relation->source = row->target;
	relation->target = row->source;
	relation->through = row->through;
	relation->reverse = !row->to_many;
	relation->unread = row;
	return relation;
}

void
CormCompleteRelation(CormRelation *relation, const CormRelationRow *row)
{
	relation->broken = NULL;
	relation->fk = relation->far_fk = NULL;
	CheckEnds(relation, row);
	if (OidIsValid(row->through))
		FillManyToMany(relation, row);
	else if (row->constraint_name == NULL)
		FillUnconstrained(relation, row);
	else
		FillForeignKey(relation, row);
}

/* Notes what the relation depends on, and whether its tables are there. */
static void
CheckEnds(CormRelation *relation, const CormRelationRow *row)
{
	Oid			ends[2] = {row->source, row->target};

	for (int i = 0; i < 2; i++)
	{
		CormWatchTable(ends[i]);
		if (CormTableKind(ends[i]) == '\0')
			relation->broken = psprintf("the table that relation \"%s\" leads to does not exist any more",
										relation->name);
		else if (CormReadModelRow(ends[i]) == NULL)
			relation->broken = psprintf("table \"%s\", where relation \"%s\" leads to, is not a model any more",
										get_rel_name(ends[i]), relation->name);
	}
	if (!OidIsValid(row->through))
		return;
	CormWatchTable(row->through);
	if (CormTableKind(row->through) == '\0')
		relation->broken = psprintf("the through table of relation \"%s\" does not exist any more",
									relation->name);
}

/* One-to-one, nullability and the constraint itself are read live. */
static void
FillForeignKey(CormRelation *relation, const CormRelationRow *row)
{
	CormForeignKey *fk = NULL;
	CormKey		columns;
	bool		unique;
	bool		nullable;

	if (relation->broken == NULL)
		fk = LoadForeignKey(row->source, row->target, row->constraint_name,
							row->columns);
	if (fk == NULL)
	{
		relation->kind = relation->reverse ?
			CORM_REVERSE_FOREIGN_KEY : CORM_FOREIGN_KEY;
		if (relation->broken == NULL)
			relation->broken = psprintf("foreign key constraint \"%s\" of relation \"%s\" does not exist any more",
										row->constraint_name, relation->name);
		return;
	}
	relation->fk = fk;
	columns.n = fk->nkeys;
	columns.attnums = fk->fk_attnums;
	unique = CormHasUniqueKeyWithin(row->source, columns);
	if (relation->reverse)
	{
		relation->kind = unique ?
			CORM_REVERSE_ONE_TO_ONE : CORM_REVERSE_FOREIGN_KEY;
		relation->to_many = !unique;
		relation->nullable = unique;
		return;
	}

	/* before it is validated, a key may point to nothing */
	nullable = !fk->validated || !CormAllNotNull(row->source, columns);
	relation->kind = unique ? CORM_ONE_TO_ONE : CORM_FOREIGN_KEY;
	relation->nullable = nullable;
}

/*
 * A relation without a constraint behaves like a foreign key that was never
 * validated.  The side with the many rows stands for the referencing one.  Where
 * the step leads to one row, the columns there must be a key, or rows would
 * repeat.
 */
static void
FillUnconstrained(CormRelation *relation, const CormRelationRow *row)
{
	Oid			many = row->to_many ? row->target : row->source;
	Oid			one = row->to_many ? row->source : row->target;
	CormForeignKey *fk = palloc0(sizeof(CormForeignKey));
	CormKey		fk_key;
	CormKey		pk_key;
	bool		unique;

	relation->kind = relation->reverse ?
		CORM_REVERSE_FOREIGN_KEY : CORM_FOREIGN_KEY;
	if (relation->broken != NULL)
		return;
	fk->referencing = many;
	fk->referenced = one;
	fk->nkeys = list_length(row->columns);
	fk->fk_attnums = NumbersOf(many, row->to_many ? row->target_columns :
							   row->columns);
	fk->pk_attnums = NumbersOf(one, row->to_many ? row->columns :
							   row->target_columns);
	fk->eq_ops = palloc0(sizeof(Oid) * fk->nkeys);
	fk->match_type = FKCONSTR_MATCH_SIMPLE;
	fk->on_delete = FKCONSTR_ACTION_NOACTION;
	fk->on_update = FKCONSTR_ACTION_NOACTION;
	if (list_length(row->target_columns) != fk->nkeys ||
		fk->fk_attnums == NULL || fk->pk_attnums == NULL)
	{
		relation->broken = psprintf("a column of relation \"%s\" does not exist any more",
									relation->name);
		return;
	}
	for (int i = 0; i < fk->nkeys; i++)
	{
		fk->eq_ops[i] = CormEqualityBetween(get_atttype(one, fk->pk_attnums[i]),
											get_atttype(many, fk->fk_attnums[i]));
		if (!OidIsValid(fk->eq_ops[i]))
			relation->broken = psprintf("the columns of relation \"%s\" cannot be compared any more",
										relation->name);
	}
	fk_key = (CormKey) {fk->nkeys, fk->fk_attnums};
	pk_key = (CormKey) {fk->nkeys, fk->pk_attnums};
	if (!relation->reverse && !IsKeyOf(one, pk_key))
		relation->broken = psprintf("the columns that relation \"%s\" leads to are no key of \"%s\" any more",
									relation->name, get_rel_name(one));
	if (relation->broken != NULL)
		return;
	CormAlignForeignKey(fk, KeyOf(one));
	relation->fk = fk;
	unique = !row->to_many && IsKeyOf(many, fk_key);
	if (relation->reverse)
	{
		relation->to_many = !unique;
		relation->nullable = unique;
		if (unique)
			relation->kind = CORM_REVERSE_ONE_TO_ONE;
		return;
	}
	relation->nullable = true;
	if (unique)
		relation->kind = CORM_ONE_TO_ONE;
}

static CormKey
KeyOf(Oid relid)
{
	CormModelRow *row = CormReadModelRow(relid);
	CormKey		none = {0, NULL};

	return row == NULL ? none : ModelKey(row);
}

/* Do these columns tell the rows apart, by what is declared? */
static bool
IsKeyOf(Oid relid, CormKey columns)
{
	CormKey		key = KeyOf(relid);

	if (CormHasUniqueKeyWithin(relid, columns))
		return true;
	for (int i = 0; i < key.n; i++)
	{
		if (!CormKeyHas(columns, key.attnums[i]))
			return false;
	}
	return key.n > 0;
}

/* NULL unless all of the columns are there. */
static AttrNumber *
NumbersOf(Oid relid, List *columns)
{
	AttrNumber *attnums = palloc0(sizeof(AttrNumber) * (list_length(columns) + 1));
	ListCell   *lc;

	foreach(lc, columns)
	{
		AttrNumber	attnum = get_attnum(relid, lfirst(lc));

		if (attnum <= 0)
			return NULL;
		attnums[foreach_current_index(lc)] = attnum;
	}
	return attnums;
}

static void
FillManyToMany(CormRelation *relation, const CormRelationRow *row)
{
	CormForeignKey *near = NULL;
	CormForeignKey *far = NULL;
	CormKey		pair;

	relation->kind = CORM_MANY_TO_MANY;
	relation->to_many = true;
	if (relation->broken != NULL)
		return;
	near = LoadForeignKey(row->through, row->source, row->constraint_name,
						  row->columns);
	far = LoadForeignKey(row->through, row->target, row->far_constraint_name,
						 row->far_columns);
	if (near == NULL || far == NULL)
	{
		relation->broken = psprintf("foreign key constraint \"%s\" of through table \"%s\" of relation \"%s\" does not exist any more",
									near == NULL ? row->constraint_name :
									row->far_constraint_name,
									get_rel_name(row->through),
									relation->name);
		return;
	}
	pair.n = near->nkeys + far->nkeys;
	pair.attnums = palloc(sizeof(AttrNumber) * pair.n);
	memcpy(pair.attnums, near->fk_attnums, sizeof(AttrNumber) * near->nkeys);
	memcpy(pair.attnums + near->nkeys, far->fk_attnums,
		   sizeof(AttrNumber) * far->nkeys);
	relation->pair_unique = CormHasUniqueKeyWithin(row->through, pair);
	relation->pair_arbiter = CormHasUniqueKeyOver(row->through, pair);
	relation->fk = relation->reverse ? far : near;
	relation->far_fk = relation->reverse ? near : far;
}

/*
 * NULL when the constraint is gone.  It is noted by the name that it had; under
 * another one it has to be found before it can be noted, so it is read once more
 * afterwards.
 */
static CormForeignKey *
LoadForeignKey(Oid referencing, Oid referenced, const char *name,
			   List *columns)
{
	CormForeignKey *fk;

	if (name != NULL)
		CormWatchConstraint(referencing, name);
	fk = CormFindForeignKey(referencing, referenced, name, columns);
	if (fk != NULL && (name == NULL || strcmp(fk->name, name) != 0))
	{
		CormWatchConstraint(referencing, fk->name);
		fk = CormFindForeignKey(referencing, referenced, fk->name, columns);
	}
	if (fk == NULL)
		return NULL;
	CormAlignForeignKey(fk, CormReadPrimaryKey(referenced));
	return fk;
}

static int
CompareRelations(const ListCell *a, const ListCell *b)
{
	return strcmp(((CormRelation *) lfirst(a))->name,
				  ((CormRelation *) lfirst(b))->name);
}
