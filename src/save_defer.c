/*-------------------------------------------------------------------------
 *
 * save_defer.c
 *	  Foreign keys of a tree that point to rows which are still to come.
 *
 * A row may give, by its key, a row that the tree creates further on: two tables
 * that point to each other leave no other way.  Where the tree has such rows
 * ahead, those that are pointed to are looked for; what is not there yet is left
 * to the constraint, if that can be deferred, or else written by a second pass,
 * the columns being null until then.  Where neither can be, the constraint speaks.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "data.h"
#include "deparse_bulk.h"
#include "path.h"
#include "rowset.h"
#include "save.h"
#include "scope.h"

/* What a row's foreign key is to be in the end. */
typedef struct Deferred
{
	CormSavePlace *place;
	int			row;
	const CormForeignKey *fk;
	Datum	   *values;
} Deferred;

/* ---------- what is ahead ---------- */

static bool
ElementMentions(const CormModel *model, JsonbValue *value, const CormModel *target);

/*
 * Has the object rows of a model in it?
 */
static bool
ObjectMentions(const CormModel *model, JsonbValue *object, const CormModel *target)
{
	JsonbIterator *it = CormBeginPairs(object);
	char	   *key;
	JsonbValue *value;

	check_stack_depth();
	while (CormNextPair(&it, &key, &value))
	{
		const CormRelation *relation;

		if (value->type != jbvBinary)
			continue;
		if (CormSaveFindVerb(key, strlen(key)) >= 0 || strcmp(key, "defaults") == 0)
		{
			if (ElementMentions(model, value, target))
				return true;
		}
		relation = CormFindRelation(model, key);
		if (relation && !relation->broken && CormModelByRelid(relation->target) &&
			ElementMentions(CormRelationTarget(relation), value, target))
			return true;
	}
	return false;
}

static bool
ElementMentions(const CormModel *model, JsonbValue *value, const CormModel *target)
{
	ListCell   *lc;

	if (CormJsonIsObject(value))
		return model->relid == target->relid || ObjectMentions(model, value, target);
	if (!CormJsonIsArray(value))
		return false;
	foreach(lc, CormJsonElements(value))
		if (ElementMentions(model, lfirst(lc), target))
			return true;
	return false;
}

static bool
PlaceMentions(const CormSavePlace *place, const CormModel *target)
{
	for (int row = 0; row < place->n; row++)
		if (ElementMentions(place->model, &place->rows[row].value, target))
			return true;
	return false;
}

/*
 * Are rows of a model still to be written when those of the place are?
 */
static bool
IsAhead(const CormSavePlace *place, const CormModel *target)
{
	const CormSavePlace *from = place;
	ListCell   *lc;

	for (; place; place = place->above)
	{
		if (place != from && !place->written && place->model->relid == target->relid)
			return true;
		foreach(lc, place->below)
		{
			const CormSavePlace *below = lfirst(lc);

			if (below->bulk == NULL && PlaceMentions(below, target))
				return true;
		}
	}
	return false;
}

/* ---------- what is not there ---------- */

/*
 * The values of a row's foreign key; false when it gives none, or a null.
 */
static bool
KeyGiven(const CormSavePlace *place, int row, const CormForeignKey *fk, Datum *values)
{
	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormBulkColumn *column =
			CormBulkColumnOf(place->bulk, CormColumnByNumber(place->model, fk->fk_attnums[i]));

		if (!column->given[row] || column->nulls[row])
			return false;
		values[i] = column->values[row];
	}
	return true;
}

/*
 * Which of the rows that are pointed to are there?
 */
static bool *
FindTargets(const CormSavePlace *place, const CormModel *target, const CormForeignKey *fk,
			int n, Datum **keys)
{
	bool	   *found = palloc0(n * sizeof(bool));
	CormTaker	taker = CormMakeTaker(CormNotePlace, found);
	CormValues	values = {NIL};
	List	   *arrays = NIL;
	Datum	   *datums = palloc(n * sizeof(Datum));
	int			places;

	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormColumn *column = CormColumnByNumber(target, fk->pk_attnums[i]);
		Oid			type = CormColumnByNumber(place->model, fk->fk_attnums[i])->typid;

		for (int k = 0; k < n; k++)
			datums[k] = CormSaveConvert(keys[k][i], type, column->typid);
		arrays = lappend(arrays, CormArrayValue(&values, column, n, datums, NULL));
	}
	places = CormAddPlaces(&values, n);
	(void) CormExecuteForAny(place->label,
							 CormDeparseFind(target, place->label, arrays, places, NIL, NIL, false),
							 CormValueParams(&values), n, &taker.pub);
	return found;
}

/* ---------- what becomes of it ---------- */

static CormSavePlace *
Roots(CormSavePlace *place)
{
	while (place->above)
		place = place->above;
	return place;
}

/*
 * True when the constraint waits, having been told so or by itself.
 */
static bool
DeferConstraint(CormSavePlace *place, const CormForeignKey *fk)
{
	CormSavePlace *roots = Roots(place);
	bool		deferred;

	if (!CormIsDeferrable(fk->referencing, fk->name, &deferred))
		return false;
	if (!deferred && !list_member_ptr(roots->constraints, fk))
	{
		(void) CormExecute(place->label,
						   CormDeparseSetConstraint(fk->referencing, fk->name, true),
						   NULL, false, NULL);
		roots->constraints = lappend(roots->constraints, unconstify(CormForeignKey *, fk));
	}
	return true;
}

/*
 * The row is written with null for now.
 */
static void
LeaveForLater(CormSavePlace *place, int row, const CormForeignKey *fk, List *columns,
			  Datum *values)
{
	CormSavePlace *roots = Roots(place);
	Deferred   *deferred = palloc(sizeof(Deferred));
	ListCell   *lc;

	deferred->place = place;
	deferred->row = row;
	deferred->fk = fk;
	deferred->values = values;
	roots->deferred = lappend(roots->deferred, deferred);
	foreach(lc, columns)
	{
		CormBulkColumn *column = CormBulkColumnOf(place->bulk, lfirst(lc));

		CormBulkLeave(column, row);
		CormBulkSet(column, row, (Datum) 0, true, column->key);
	}
	CormSaveWant(place, place->key.n, place->key.attnums, place->model, place->key.attnums, false);
}

static void
DeferKey(CormSavePlace *place, const CormModel *target, const CormForeignKey *fk)
{
	Datum	  **keys = palloc(Max(place->n, 1) * sizeof(Datum *));
	int		   *rows = palloc(Max(place->n, 1) * sizeof(int));
	int			n = 0;
	bool	   *found;
	List	   *columns;

	for (int row = 0; row < place->n; row++)
	{
		const CormSaveRow *at = &place->rows[row];

		keys[n] = palloc(fk->nkeys * sizeof(Datum));
		if (at->same == row && at->state != CORM_SAVE_NOWHERE &&
			KeyGiven(place, row, fk, keys[n]))
			rows[n++] = row;
	}
	if (n == 0 || !IsAhead(place, target))
		return;
	found = FindTargets(place, target, fk, n, keys);
	columns = CormDetachColumns(place->model, fk);
	for (int i = 0; i < n; i++)
		if (!found[i] && !DeferConstraint(place, fk) && columns != NIL && place->key.n > 0)
			LeaveForLater(place, rows[i], fk, columns, keys[i]);
}

static bool
MayRead(const CormModel *target, const CormForeignKey *fk)
{
	for (int i = 0; i < fk->nkeys; i++)
		if (!CormRoleMayRead(target, fk->pk_attnums[i]))
			return false;
	return true;
}

void
CormSaveDefer(CormSavePlace *place)
{
	ListCell   *lc;

	if (place->above == NULL && place->below == NIL)
		return;
	foreach(lc, CormRelationsOf(place->model))
	{
		const CormRelation *relation = lfirst(lc);
		const CormModel *target;

		if (relation->broken || !CormSaveIsHeld(relation) || relation->fk->name == NULL ||
			(place->relation && CormHasChildren(place->relation) &&
			 strcmp(relation->fk->name, place->relation->fk->name) == 0))
			continue;
		target = CormModelByRelid(relation->target);
		if (target && MayRead(target, relation->fk))
			DeferKey(place, target, relation->fk);
	}
}

/* ---------- the second pass ---------- */

/*
 * The rows of one place whose foreign keys were left for later.
 */
static void
WriteDeferred(CormSavePlace *place, List *deferred)
{
	const CormModel *model = place->model;
	CormBulk   *bulk;
	int		   *rows = palloc(list_length(deferred) * sizeof(int));
	int			n = 0;
	ListCell   *lc;

	foreach(lc, deferred)
	{
		Deferred   *one = lfirst(lc);
		bool		new = one->place == place && place->rows[one->row].state != CORM_SAVE_NOWHERE;

		for (int i = 0; i < n; i++)
			new = new && rows[i] != one->row;
		if (new)
			rows[n++] = one->row;
	}
	bulk = CormBulkBegin(model, n);
	bulk->label = place->label;
	bulk->whole = place->bulk;
	bulk->rows = rows;
	for (int i = 0; i < n; i++)
	{
		Datum		key[INDEX_MAX_KEYS];

		(void) CormSaveValues(place, rows[i], model->nkey, model->key, model, model->key, key);
		for (int k = 0; k < model->nkey; k++)
			CormBulkSet(CormBulkColumnOf(bulk, CormColumnByNumber(model, model->key[k])), i,
						key[k], false, "pk");
		foreach(lc, deferred)
		{
			Deferred   *one = lfirst(lc);

			if (one->place != place || one->row != rows[i])
				continue;
			for (int k = 0; k < one->fk->nkeys; k++)
				if (!CormKeyHas(place->key, one->fk->fk_attnums[k]))
					CormBulkSet(CormBulkColumnOf(bulk, CormColumnByNumber(model, one->fk->fk_attnums[k])),
								i, one->values[k], false, "pk");
		}
	}
	bulk->locked = true;
	(void) CormBulkUpdate(bulk);
}

void
CormSaveFinish(CormSavePlace *roots)
{
	List	   *done = NIL;
	ListCell   *lc;

	foreach(lc, roots->deferred)
	{
		CormSavePlace *place = ((Deferred *) lfirst(lc))->place;

		if (list_member_ptr(done, place))
			continue;
		done = lappend(done, place);
		WriteDeferred(place, roots->deferred);
	}
	foreach(lc, roots->constraints)
	{
		const CormForeignKey *fk = lfirst(lc);

		(void) CormExecute(roots->label,
						   CormDeparseSetConstraint(fk->referencing, fk->name, false),
						   NULL, false, NULL);
	}
}
