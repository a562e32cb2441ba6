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

static bool
IsPointedTo(const CormRelation *relation)
{
	return !relation->reverse && !OidIsValid(relation->through);
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

	if (place->returned)
		CormSaveWant(place, place->model->nkey, place->model->key,
					 place->model, place->model->key, false);
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
 * The rows of this place point to those below.
 */
static void
PointTo(CormSavePlace *place, const CormSavePlace *below)
{
	const CormForeignKey *fk = below->relation->fk;
	Datum		values[INDEX_MAX_KEYS];
	CormRowFrame frame;

	CormRowFramePush(&frame, "reading");
	frame.bulk = place->bulk;
	for (int n = 0; n < below->n; n++)
	{
		int			row = place->rows[below->rows[n].parent].same;

		if (below->rows[n].related)
			continue;
		if (!CormSaveValues(below, n, fk->nkeys, fk->pk_attnums, place->model, fk->fk_attnums,
							values))
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("the %s given for \"%s\" cannot be referenced",
							CormModelDisplayName(below->model), CormSaveAt(below, n)),
					 errdetail("It was not written, or a column that would be referenced is null.")));
		frame.row = row;
		for (int i = 0; i < fk->nkeys; i++)
			CormBulkSet(CormBulkColumnOf(place->bulk, CormColumnByNumber(place->model, fk->fk_attnums[i])),
						row, values[i], false, below->relation->name);
	}
	CormRowFramePop(&frame);
}

void
CormSaveRun(CormSavePlace *place)
{
	ListCell   *lc;

	check_stack_depth();
	if (place->n == 0)
		return;
	CormSaveRead(place);
	WantColumns(place);
	CormSaveFind(place);
	foreach(lc, place->below)
	{
		CormSavePlace *below = lfirst(lc);

		if (!IsPointedTo(below->relation))
			continue;
		CormSaveRun(below);
		PointTo(place, below);
	}
	CormSaveWrite(place);
	if (place->relation && OidIsValid(place->relation->through))
		CormSaveLink(place);
	foreach(lc, place->below)
		if (!IsPointedTo(((CormSavePlace *) lfirst(lc))->relation))
			CormSaveRun(lfirst(lc));
}
