/*-------------------------------------------------------------------------
 *
 * save.c
 *	  Trees of rows, written place by place.
 *
 * Rows come after those that they point to and before those that point to them:
 * at each place first the rows below that its rows hold the keys of, then the
 * rows themselves, then their links to what is above, then all other rows below.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "data.h"
#include "save.h"

bool
CormSaveIsHeld(const CormRelation *relation)
{
	return !relation->reverse && !OidIsValid(relation->through);
}

bool
CormSaveIsLookedUp(const CormSaveRow *row)
{
	return row->kind == CORM_SAVE_CONNECT_OR_CREATE ||
		(row->kind == CORM_SAVE_UPSERT && !row->by_parent);
}

/*
 * Are the keys to be told of rows that are found by something else or, with
 * "of_new", of rows that may turn out to be there when they are inserted?
 */
static bool
NeedsKey(const CormSavePlace *place, bool of_new)
{
	for (int row = 0; row < place->n; row++)
		if (of_new ? CormSaveIsLookedUp(&place->rows[row]) :
			place->rows[row].by && place->rows[row].by != &place->key)
			return true;
	return false;
}

/*
 * Says which columns of the rows others need: for the link to what is above, and
 * for all that is below.
 */
static void
WantColumns(CormSavePlace *place)
{
	const CormRelation *relation = place->relation;
	ListCell   *lc;

	if (place->returned || NeedsKey(place, true))
		CormSaveWant(place, place->model->nkey, place->model->key,
					 place->model, place->model->key, false);
	else if (NeedsKey(place, false))
		CormSaveWant(place, place->model->nkey, place->model->key,
					 place->model, place->model->key, true);
	foreach(lc, place->expected)
	{
		const AttrNumber *attnum = &((CormSaveExpected *) lfirst(lc))->column->attnum;

		CormSaveWant(place, 1, attnum, place->model, attnum, true);
	}
	if (relation && OidIsValid(relation->through))
		CormSaveWant(place, relation->far_fk->nkeys, relation->far_fk->pk_attnums,
					 CormModelByRelid(relation->through), relation->far_fk->fk_attnums, false);
	else if (relation && relation->reverse)
		CormSaveWant(place, relation->fk->nkeys, relation->fk->fk_attnums,
					 place->model, relation->fk->fk_attnums, true);
	else if (relation)
		CormSaveWant(place, relation->fk->nkeys, relation->fk->pk_attnums,
					 place->above->model, relation->fk->fk_attnums, false);

	foreach(lc, place->below)
	{
		const CormSavePlace *below = lfirst(lc);
		const CormForeignKey *fk = below->relation->fk;

		if (OidIsValid(below->relation->through))
			CormSaveWant(place, fk->nkeys, fk->pk_attnums,
						 CormModelByRelid(below->relation->through), fk->fk_attnums, false);
		else if (below->relation->reverse)
			CormSaveWant(place, fk->nkeys, fk->pk_attnums, below->model, fk->fk_attnums, false);
		else
			CormSaveWant(place, fk->nkeys, fk->fk_attnums, place->model, fk->fk_attnums, true);
	}
}

/*
 * The relation that a row holds is to lead nowhere.
 */
static void
PointNowhere(CormSavePlace *place, int row, const CormRelation *relation)
{
	List	   *columns = CormDetachColumns(place->model, relation->fk);
	ListCell   *lc;

	if (columns == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION),
				 errmsg("\"%s\" cannot be left without a row",
						CormBulkPlace(place->bulk, row, relation->name)),
				 errdetail("A column of the foreign key cannot be set to null.")));
	foreach(lc, columns)
		CormBulkSet(CormBulkColumnOf(place->bulk, lfirst(lc)), row, (Datum) 0, true,
					relation->name);
}

/*
 * A row of this place points to one below.
 */
static void
PointTo(CormSavePlace *place, int row, const CormSavePlace *below, int n)
{
	const CormForeignKey *fk = below->relation->fk;
	Datum		values[INDEX_MAX_KEYS];

	if (!CormSaveValues(below, n, fk->nkeys, fk->pk_attnums, place->model, fk->fk_attnums,
						values))
		ereport(ERROR,
				(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
				 errmsg("the %s given for \"%s\" cannot be referenced",
						CormModelDisplayName(below->model), CormSaveAt(below, n)),
				 errdetail("It was not written, or a column that would be referenced is null.")));
	for (int i = 0; i < fk->nkeys; i++)
		CormBulkSet(CormBulkColumnOf(place->bulk,
									 CormColumnByNumber(place->model, fk->fk_attnums[i])),
					row, values[i], false, below->relation->name);
}

static void
Point(CormSavePlace *place, const CormSavePlace *below)
{
	CormRowFrame frame;

	CormRowFramePush(&frame, "reading");
	CormRowFrameOf(&frame, place->bulk);
	for (int n = 0; n < below->n; n++)
	{
		const CormSaveRow *at = &below->rows[n];

		frame.row = place->rows[at->parent].same;
		if (at->kind == CORM_SAVE_DELETE)
		{
			if (at->state == CORM_SAVE_THERE)
				PointNowhere(place, frame.row, below->relation);
		}
		else if (!at->related)
			PointTo(place, frame.row, below, n);
	}
	CormRowFramePop(&frame);
}

/*
 * Of a relation of one row that others hold, a row that comes takes the place of
 * the one that is there.
 */
static void
Replace(CormSavePlace *place)
{
	const CormRelation *relation = place->relation;

	if (relation->to_many || CormSaveIsHeld(relation))
		return;
	for (int row = 0; row < place->n; row++)
	{
		const CormSaveRow *at = &place->rows[row];

		if (at->kind != CORM_SAVE_DELETE && !at->by_parent && !at->related)
			place->cleared = lappend_int(place->cleared, at->parent);
	}
}

/*
 * Rows below one that was found and is left as it is are not written.
 */
static void
DropBelowPassive(CormSavePlace *place)
{
	int			n = 0;
	ListCell   *lc;

	if (place->above == NULL)
		return;
	foreach(lc, place->cleared)
		if (place->above->rows[lfirst_int(lc)].passive)
			place->cleared = foreach_delete_current(place->cleared, lc);
	for (int row = 0; row < place->n; row++)
	{
		if (place->above->rows[place->rows[row].parent].passive)
			continue;
		place->rows[n] = place->rows[row];
		place->rows[n].same = n;
		n++;
	}
	place->n = n;
}

static void
Run(CormSavePlace *place)
{
	ListCell   *lc;

	check_stack_depth();
	DropBelowPassive(place);
	if (place->n == 0 && place->cleared == NIL)
		return;
	CormSaveRead(place);
	WantColumns(place);
	CormSaveFind(place);
	foreach(lc, place->below)
	{
		CormSavePlace *below = lfirst(lc);

		if (!CormSaveIsHeld(below->relation))
			continue;
		Run(below);
		Point(place, below);
	}
	if (place->relation && !CormSaveIsHeld(place->relation))
	{
		Replace(place);
		CormSaveTakeOff(place);
	}
	CormSaveDefer(place);
	CormSaveWrite(place);
	place->written = true;
	if (place->relation && OidIsValid(place->relation->through))
		CormSaveLink(place);
	foreach(lc, place->below)
	{
		CormSavePlace *below = lfirst(lc);

		if (CormSaveIsHeld(below->relation))
			CormSaveTakeOff(below);
		else
			Run(below);
	}
}

void
CormSaveRun(CormSavePlace *roots)
{
	Run(roots);
	CormSaveFinish(roots);
}
