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

#include "executor/tuptable.h"

#include "expr.h"
#include "save.h"
#include "scope.h"
#include "source.h"

/*
 * Those rows at a place that are of a state, each once.
 */
static int
RowsOf(const CormSavePlace *place, CormSaveState state, int *rows)
{
	int			n = 0;

	for (int row = 0; row < place->n; row++)
		if (place->rows[row].same == row && place->rows[row].state == state)
			rows[n++] = row;
	return n;
}

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

static void
InsertRows(CormSavePlace *place, int n, const int *rows)
{
	CormConflict conflict = {CORM_CONFLICT_ERROR};
	Inserted	inserted = {place, rows, NIL, NIL, CurrentMemoryContext};
	CormSelect *returning = Returning(place, &inserted);
	CormBulk   *bulk = PartOf(place, n, rows);

	if (returning->targets == NIL)
	{
		(void) CormBulkInsert(bulk, &conflict, returning, NULL, NULL);
		return;
	}
	for (int i = 0; i < n; i++)
		place->rows[rows[i]].state = CORM_SAVE_LOST;
	(void) CormBulkInsertValues(bulk, &conflict, returning, NoteInserted, &inserted);
}

/* ---------- rows that are there ---------- */

/*
 * Does the row give anything but its key?
 */
static bool
GivesMore(const CormSavePlace *place, int row)
{
	const CormModel *model = place->model;
	ListCell   *lc;

	foreach(lc, place->bulk->columns)
	{
		const CormBulkColumn *column = lfirst(lc);
		bool		is_key = false;

		for (int i = 0; i < model->nkey; i++)
			is_key |= model->key[i] == column->column->attnum;
		if (column->given[row] && !is_key)
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
	int		   *rows = palloc(Max(place->n, 1) * sizeof(int));
	int		   *others = palloc(Max(place->n, 1) * sizeof(int));
	int			n = RowsOf(place, CORM_SAVE_NEW, rows);
	int			nothers = RowsOf(place, CORM_SAVE_THERE, others);

	if (n > 0)
		InsertRows(place, n, rows);
	if (nothers > 0)
		UpdateRows(place, nothers, others);
}

/* ---------- links ---------- */

/*
 * Rows that are linked already are left alone unless they bring link values.
 */
void
CormSaveLink(CormSavePlace *place)
{
	CormOwned	owned = CormSaveOwned(place);
	List	   *pairs = NIL;

	for (int row = 0; row < place->n; row++)
	{
		const CormSaveRow *at = &place->rows[row];
		CormPair   *pair;

		if (place->rows[at->same].state == CORM_SAVE_LOST ||
			(at->related && place->links[row] == NULL))
			continue;
		pair = palloc(sizeof(CormPair));
		if (!CormSavePair(place, row, pair))
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("the %s given for \"%s\" cannot be linked",
							CormModelDisplayName(place->model), CormSaveAt(place, row)),
					 errdetail("A column that the link would reference is null.")));
		pairs = lappend(pairs, pair);
	}
	if (pairs != NIL)
		(void) CormLinkPairs(&owned, pairs);
}
