/*-------------------------------------------------------------------------
 *
 * save_write.c
 *	  Writing the rows of a tree that stand at one place.
 *
 * New rows are inserted by one statement, others updated by one, links written by
 * one for each set of link values that are given.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_attribute.h"
#include "executor/tuptable.h"
#include "miscadmin.h"

#include "expr.h"
#include "save.h"
#include "scope.h"
#include "source.h"

/* So often a row is in the way that cannot be found before that is an error. */
#define ATTEMPTS 5

static CormBulk *
PartOf(const CormSavePlace *place, int n, const int *rows)
{
	return n == place->n ? place->bulk : CormBulkPart(place->bulk, n, rows);
}

/* ---------- new rows ---------- */

typedef struct Inserted
{
	CormSavePlace *place;
	const int  *rows;
	List	   *columns;		/* of CormSaveColumn *, as they are returned */
	List	   *targets;		/* of int: where a slot has them */
	MemoryContext context;
} Inserted;

static void
NoteInserted(void *arg, int n, TupleTableSlot *slot)
{
	Inserted   *inserted = arg;
	CormSavePlace *place = inserted->place;
	int			row = inserted->rows[n];
	MemoryContext old = MemoryContextSwitchTo(inserted->context);
	ListCell   *lc;
	ListCell   *lt;

	place->rows[row].state = CORM_SAVE_NEW;
	forboth(lc, inserted->columns, lt, inserted->targets)
		CormSaveNote(place, lfirst(lc), row, slot->tts_values[lfirst_int(lt)],
					 slot->tts_isnull[lfirst_int(lt)]);
	MemoryContextSwitchTo(old);
}

/*
 * What the statement is to return: columns that somebody below or above wants of
 * new rows.
 */
static CormSelect *
Returning(CormSavePlace *place, Inserted *inserted)
{
	CormSelect *select = CormMakeSelect(place->model, place->label);
	ListCell   *lc;

	select->base = CormAddTable(select, select->scope, place->model, CORM_JOIN_NONE);
	foreach(lc, place->columns)
	{
		CormSaveColumn *column = lfirst(lc);
		Oid			cast = column->type == column->column->typid ? InvalidOid : column->type;

		if (column->of_old)
			continue;
		inserted->columns = lappend(inserted->columns, column);
		inserted->targets = lappend_int(inserted->targets,
										CormAddTarget(select,
													  CormRef(select->base, column->column->attnum),
													  cast));
	}
	return select;
}

/*
 * May the role read what is wanted of new rows?
 */
static bool
MayReturn(const CormSavePlace *place)
{
	ListCell   *lc;

	foreach(lc, place->columns)
	{
		const CormSaveColumn *column = lfirst(lc);

		if (!column->of_old && !CormRoleMayRead(place->model, column->column->attnum))
			return false;
	}
	return true;
}

/*
 * A role that may only insert rows can still have others below them, where
 * nothing is asked back: what these need is made here, not by the statement.
 */
static void
InsertUnread(CormSavePlace *place, int n, const int *rows)
{
	CormConflict conflict = {CORM_CONFLICT_ERROR};
	CormBulk   *bulk = PartOf(place, n, rows);
	ListCell   *lc;

	foreach(lc, place->columns)
	{
		const CormColumn *column = ((CormSaveColumn *) lfirst(lc))->column;

		if (!((CormSaveColumn *) lfirst(lc))->of_old && !column->generated &&
			column->identity != ATTRIBUTE_IDENTITY_ALWAYS)
			CormBulkGiveDefault(bulk, column);
	}
	for (int i = 0; i < n; i++)
		CormSaveNoteGivenBy(place, rows[i], bulk, i);
	(void) CormBulkInsert(bulk, &conflict, CormMakeSelect(place->model, place->label), NULL, NULL);
}

static void
InsertRows(CormSavePlace *place, int n, const int *rows, CormConflictAction action)
{
	CormConflict conflict = {action};
	Inserted	inserted = {place, rows, NIL, NIL, CurrentMemoryContext};
	CormSelect *returning;
	CormBulk   *bulk;

	if (!place->returned && action == CORM_CONFLICT_ERROR && !MayReturn(place))
	{
		InsertUnread(place, n, rows);
		return;
	}
	returning = Returning(place, &inserted);
	bulk = PartOf(place, n, rows);
	if (returning->targets == NIL)
	{
		(void) CormBulkInsert(bulk, &conflict, returning, NULL, NULL);
		return;
	}
	for (int i = 0; i < n; i++)
		place->rows[rows[i]].state = CORM_SAVE_NOWHERE;
	(void) CormBulkInsertValues(bulk, &conflict, returning, NoteInserted, &inserted);
}

/*
 * What the row points to has been created for it, and would be left over.
 */
static void
RefuseLeftOver(const CormSavePlace *place, int row)
{
	ListCell   *lc;

	foreach(lc, place->below)
	{
		const CormSavePlace *below = lfirst(lc);

		for (int n = 0; CormSaveIsHeld(below->relation) && n < below->n; n++)
			if (below->rows[n].parent == row)
				ereport(ERROR,
						(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						 errmsg("could not serialize access due to a concurrent insertion"),
						 errdetail("A %s that \"%s\" looks up has been created meanwhile.",
								   CormModelDisplayName(place->model), CormSaveAt(place, row)),
						 errhint("The transaction might succeed if retried.")));
	}
}

/*
 * Rows that a lookup has not found.  One that somebody else has created since
 * then is in the way, and is looked for again; one that cannot be found is an
 * error in the end.
 */
static void
InsertLookedUp(CormSavePlace *place, int n, int *rows)
{
	for (int attempt = 0; n > 0; attempt++)
	{
		int			left = 0;

		CHECK_FOR_INTERRUPTS();
		InsertRows(place, n, rows,
				   attempt < ATTEMPTS ? CORM_CONFLICT_IGNORE : CORM_CONFLICT_ERROR);
		for (int i = 0; i < n; i++)
			if (place->rows[rows[i]].state == CORM_SAVE_NOWHERE && attempt < ATTEMPTS)
				rows[left++] = rows[i];
		n = left;
		if (n == 0)
			return;
		CormSaveFindAgain(place, n, rows);
		left = 0;
		for (int i = 0; i < n; i++)
			if (place->rows[rows[i]].state == CORM_SAVE_NEW)
				rows[left++] = rows[i];
			else if (place->rows[rows[i]].passive)
				RefuseLeftOver(place, rows[i]);
		n = left;
	}
}

/* ---------- rows that are there ---------- */

/*
 * Does the row give anything but its key?
 */
static bool
GivesMore(const CormSavePlace *place, int row)
{
	CormKey		key = {place->model->nkey, place->model->key};
	ListCell   *lc;

	foreach(lc, place->bulk->columns)
	{
		const CormBulkColumn *column = lfirst(lc);

		if (column->given[row] && !CormKeyHas(key, column->column->attnum))
			return true;
	}
	return false;
}

static void
UpdateRows(CormSavePlace *place, int n, int *rows)
{
	int			changed = 0;
	CormBulk   *bulk;

	for (int i = 0; i < n; i++)
		if (GivesMore(place, rows[i]))
			rows[changed++] = rows[i];
	if (changed == 0)
		return;
	bulk = PartOf(place, changed, rows);
	bulk->locked = true;
	(void) CormBulkUpdate(bulk);
	for (int i = 0; i < changed; i++)
		CormSaveNoteGiven(place, rows[i]);
}

void
CormSaveWrite(CormSavePlace *place)
{
	int		   *new = palloc(Max(place->n, 1) * sizeof(int));
	int		   *looked_up = palloc(Max(place->n, 1) * sizeof(int));
	int			nnew = 0;
	int			nlooked_up = 0;
	int			n = 0;

	for (int row = 0; row < place->n; row++)
	{
		const CormSaveRow *at = &place->rows[row];

		if (at->same != row || at->state != CORM_SAVE_NEW)
			continue;
		if (CormSaveIsLookedUp(at))
			looked_up[nlooked_up++] = row;
		else
			new[nnew++] = row;
	}
	if (nnew > 0)
		InsertRows(place, nnew, new, CORM_CONFLICT_ERROR);
	InsertLookedUp(place, nlooked_up, looked_up);

	for (int row = 0; row < place->n; row++)
	{
		const CormSaveRow *at = &place->rows[row];

		if (at->same == row && at->state == CORM_SAVE_THERE &&
			at->kind != CORM_SAVE_DISCONNECT && at->kind != CORM_SAVE_DELETE)
			new[n++] = row;
	}
	UpdateRows(place, n, new);
}

/* ---------- links ---------- */

/*
 * Might a trigger link rows as soon as they are there?
 */
static bool
LinksByItself(const CormSavePlace *place)
{
	return CormHasUserTriggers(place->model->relid) ||
		CormHasUserTriggers(place->above->model->relid) ||
		CormHasUserTriggers(place->relation->through);
}

/*
 * Rows that are linked already are left alone unless they bring link values.
 */
void
CormSaveLink(CormSavePlace *place)
{
	CormOwned	owned = CormSaveOwned(place);
	bool		by_itself = LinksByItself(place);
	List	   *pairs = NIL;

	for (int row = 0; row < place->n; row++)
	{
		const CormSaveRow *at = &place->rows[row];
		CormPair   *pair;

		if (place->rows[at->same].state == CORM_SAVE_NOWHERE || at->kind == CORM_SAVE_DISCONNECT ||
			at->kind == CORM_SAVE_DELETE || (at->related && place->links[row] == NULL))
			continue;
		pair = palloc(sizeof(CormPair));
		pair->new = !by_itself &&
			(place->rows[at->same].state == CORM_SAVE_NEW ||
			 place->above->rows[place->above->rows[at->parent].same].state == CORM_SAVE_NEW);
		if (!CormSavePair(place, row, pair))
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("the %s given for \"%s\" cannot be linked",
							CormModelDisplayName(place->model), CormSaveAt(place, row)),
					 errdetail("One of the two rows was not written, or a column that the link would reference is null.")));
		pairs = lappend(pairs, pair);
	}
	if (pairs != NIL)
		(void) CormLinkPairs(&owned, pairs);
}
