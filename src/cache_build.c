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

#include "utils/lsyscache.h"

#include "cache_build.h"
#include "catalog.h"
#include "introspect.h"
#include "watch.h"

static CormRelation *BuildForward(const CormRelationRow *row);
static CormRelation *BuildReverse(const CormRelationRow *row);
static void FillForeignKey(CormRelation *relation,
						   const CormRelationRow *row);
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
	key = CormReadPrimaryKey(relid);
	model->nkey = key.n;
	model->key = key.attnums;
	/* foreign keys to a table count on its own key, whatever a row says */
	if (row->key != NIL && key.n == 0)
	{
		model->nkey = 0;
		model->key = palloc(sizeof(AttrNumber) * list_length(row->key));
		foreach(lc, row->key)
		{
			const CormColumn *column = CormFindColumn(model, lfirst(lc));

			/* half a key names no row */
			if (column == NULL)
			{
				model->nkey = 0;
				break;
			}
			model->key[model->nkey++] = column->attnum;
		}
	}
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
	CheckEnds(relation, row);
	if (OidIsValid(row->through))
		FillManyToMany(relation, row);
	else
		FillForeignKey(relation, row);
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
	relation->reverse = true;
	CheckEnds(relation, row);
	if (OidIsValid(row->through))
		FillManyToMany(relation, row);
	else
		FillForeignKey(relation, row);
	return relation;
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
 * NULL when the constraint is gone.  It has to be found before it can be
 * noted, so it is read once more afterwards.
 */
static CormForeignKey *
LoadForeignKey(Oid referencing, Oid referenced, const char *name,
			   List *columns)
{
	CormForeignKey *fk = CormFindForeignKey(referencing, referenced, name,
											columns);

	if (fk == NULL)
		return NULL;
	CormWatchConstraint(referencing, fk->name);
	fk = CormFindForeignKey(referencing, referenced, fk->name, columns);
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
