/*-------------------------------------------------------------------------
 *
 * save_find.c
 *	  Which rows of a tree are there, and related to those above.
 *
 * All rows of a place that name a row by its key are looked up by one statement,
 * which locks those that are going to be updated, in the order of their keys.
 * What it brings of them is then the latest there is, and stays so to the end of
 * the transaction.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/tuptable.h"
#include "tcop/dest.h"
#include "utils/lsyscache.h"

#include "deparse_bulk.h"
#include "exec.h"
#include "rowset.h"
#include "save.h"
#include "scope.h"

/* ---------- what is wrong ---------- */

static void
RaiseNotThere(const CormSavePlace *place, int row)
{
	char	   *at = CormSaveAt(place, row);

	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 *at ? errmsg("no %s has the key given for \"%s\"",
						  CormModelDisplayName(place->model), at) :
			 errmsg("no %s has the key that is given", CormModelDisplayName(place->model)),
			 errhint("Leave the key out to create a row.")));
}

static void
RaiseNotRelated(const CormSavePlace *place, int row)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("the %s given for \"%s\" is not related to the %s above it",
					CormModelDisplayName(place->model), CormSaveAt(place, row),
					CormModelDisplayName(place->above->model)),
			 errdetail("An object with a key changes a row that is related already."),
			 errhint("To link a row that is there give its key alone; to create one leave the key out.")));
}

static void
RaiseNoTarget(const CormSavePlace *place, int row)
{
	ereport(ERROR,
			(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
			 place->relation == NULL ?
			 errmsg("the %s that owns the relation does not exist",
					CormModelDisplayName(place->model)) :
			 errmsg("the %s given for \"%s\" does not exist",
					CormModelDisplayName(place->model), CormSaveAt(place, row))));
}

/* ---------- looking up ---------- */

/* Rows to look up, and what takes them. */
typedef struct Finder
{
	DestReceiver pub;
	CormSavePlace *place;
	MemoryContext context;
	int			n;
	int		   *rows;
	bool		lock;
} Finder;

static bool
ReceiveFound(TupleTableSlot *slot, DestReceiver *self)
{
	Finder	   *finder = (Finder *) self;
	CormSavePlace *place = finder->place;
	MemoryContext old = MemoryContextSwitchTo(finder->context);
	int			row;
	ListCell   *lc;

	slot_getallattrs(slot);
	row = finder->rows[DatumGetInt32(slot->tts_values[0]) - 1];
	place->rows[row].state = CORM_SAVE_THERE;
	foreach(lc, place->columns)
	{
		int			i = foreach_current_index(lc) + 1;

		CormSaveNote(place, lfirst(lc), row, slot->tts_values[i], slot->tts_isnull[i]);
	}
	MemoryContextSwitchTo(old);
	return true;
}

static void
FinderStartup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
}

static void
FinderNothing(DestReceiver *self)
{
}

static bool
IsKeyColumn(const CormModel *model, AttrNumber attnum)
{
	for (int i = 0; i < model->nkey; i++)
		if (model->key[i] == attnum)
			return true;
	return false;
}

/*
 * Does the row give a column that would be updated?
 */
static bool
Changes(const CormSavePlace *place, int row)
{
	ListCell   *lc;

	foreach(lc, place->bulk->columns)
	{
		const CormBulkColumn *column = lfirst(lc);

		if (column->given[row] && !IsKeyColumn(place->model, column->column->attnum))
			return true;
	}
	return false;
}

/*
 * Of an owner its key is all that takes, unless it holds the foreign key itself.
 */
static bool
IsOwnerLookedUp(const CormSavePlace *place)
{
	const CormRelation *relation = ((CormSavePlace *) linitial(place->below))->relation;

	return (!relation->reverse && !OidIsValid(relation->through)) ||
		!relation->fk->to_primary_key;
}

/*
 * A row to be linked through a table, whose key is all that takes, is left to
 * the constraint.
 */
static bool
IsLookedUp(const CormSavePlace *place, int row)
{
	const CormRelation *relation = place->relation;

	if (!place->rows[row].keyed)
		return false;
	if (relation == NULL && place->rows[row].kind == CORM_SAVE_CONNECT)
		return IsOwnerLookedUp(place);
	if (place->rows[row].kind == CORM_SAVE_CONNECT)
		return !OidIsValid(relation->through) || !relation->far_fk->to_primary_key;
	return true;
}

/*
 * A client owns the key if nothing else makes one.
 */
static bool
OwnsKey(const CormModel *model)
{
	for (int i = 0; i < model->nkey; i++)
		if (CormColumnByNumber(model, model->key[i])->has_default)
			return false;
	return true;
}

/*
 * Below a new row nothing can be related yet.  Where its key is part of theirs
 * nothing can be there.
 */
static bool
IsBelowNew(const CormSavePlace *place, int row)
{
	return place->above &&
		place->above->rows[place->above->rows[place->rows[row].parent].same].state == CORM_SAVE_NEW;
}

static bool
HoldsOwnerInKey(const CormSavePlace *place)
{
	const CormRelation *relation = place->relation;

	if (!CormHasChildren(relation))
		return false;
	for (int i = 0; i < relation->fk->nkeys; i++)
		if (IsKeyColumn(place->model, relation->fk->fk_attnums[i]))
			return true;
	return false;
}

/*
 * The rows that the statement has to find; the others are new, or taken as
 * being there.
 */
static void
ChooseRows(CormSavePlace *place, Finder *finder)
{
	finder->rows = palloc(Max(place->n, 1) * sizeof(int));
	for (int row = 0; row < place->n; row++)
	{
		CormSaveRow *at = &place->rows[row];

		if (!IsLookedUp(place, row))
			at->state = at->kind == CORM_SAVE_CONNECT ? CORM_SAVE_THERE : CORM_SAVE_NEW;
		else if (at->kind == CORM_SAVE_ANY && IsBelowNew(place, row) && !OwnsKey(place->model))
			RaiseNotRelated(place, row);
		else if (at->kind == CORM_SAVE_ANY && IsBelowNew(place, row) && HoldsOwnerInKey(place))
			at->state = CORM_SAVE_NEW;
		else
		{
			finder->rows[finder->n++] = row;
			finder->lock |= Changes(place, row) || place->below != NIL;
		}
	}
}

static void
LookUp(CormSavePlace *place, Finder *finder)
{
	const CormModel *model = place->model;
	CormValues	values = {NIL};
	Datum	   *datums = palloc(finder->n * sizeof(Datum));
	List	   *keys = NIL;
	List	   *wanted = NIL;
	List	   *types = NIL;
	bool		lock = finder->lock && CormMayLockRows(model) &&
		(model->relkind == RELKIND_RELATION || model->relkind == RELKIND_PARTITIONED_TABLE);
	ListCell   *lc;

	for (int i = 0; i < model->nkey; i++)
	{
		const CormColumn *column = CormColumnByNumber(model, model->key[i]);
		const CormBulkColumn *given = CormBulkColumnOf(place->bulk, column);

		for (int n = 0; n < finder->n; n++)
			datums[n] = given->values[finder->rows[n]];
		keys = lappend(keys, CormArrayValue(&values, column, finder->n, datums, NULL));
	}
	foreach(lc, place->columns)
	{
		const CormSaveColumn *column = lfirst(lc);

		wanted = lappend(wanted, unconstify(CormColumn *, column->column));
		types = lappend_oid(types, column->type);
	}
	(void) CormExecute(place->label,
					   CormDeparseFind(model, place->label, keys, wanted, types, lock),
					   CormValueParams(&values), false, &finder->pub);
}

/* ---------- related or not ---------- */

/*
 * Of a relation that is a foreign key: does it hold the values that lead from
 * the one row to the other?
 */
static bool
IsReferenced(const CormSavePlace *place, int row)
{
	const CormSavePlace *above = place->above;
	const CormForeignKey *fk = place->relation->fk;
	bool		holds = place->relation->reverse;
	const CormSavePlace *holder = holds ? place : above;
	const CormSavePlace *referenced = holds ? above : place;
	int			parent = place->rows[row].parent;
	Datum		held[INDEX_MAX_KEYS];
	Datum		values[INDEX_MAX_KEYS];

	return CormSaveValues(holder, holds ? row : parent, fk->nkeys, fk->fk_attnums,
						  holder->model, fk->fk_attnums, held) &&
		CormSaveValues(referenced, holds ? parent : row, fk->nkeys, fk->pk_attnums,
					   holder->model, fk->fk_attnums, values) &&
		CormCompareKeys(holder->model, fk->nkeys, fk->fk_attnums, held, values) == 0;
}

bool
CormSavePair(const CormSavePlace *place, int row, CormPair *pair)
{
	const CormRelation *relation = place->relation;
	const CormModel *link = CormModelByRelid(relation->through);

	pair->near = palloc(relation->fk->nkeys * sizeof(Datum));
	pair->far = palloc(relation->far_fk->nkeys * sizeof(Datum));
	pair->values = place->links[row];
	return CormSaveValues(place->above, place->rows[row].parent, relation->fk->nkeys,
						  relation->fk->pk_attnums, link, relation->fk->fk_attnums, pair->near) &&
		CormSaveValues(place, row, relation->far_fk->nkeys, relation->far_fk->pk_attnums,
					   link, relation->far_fk->fk_attnums, pair->far);
}

CormOwned
CormSaveOwned(const CormSavePlace *place)
{
	CormOwned	owned = {{place->above->model, place->relation, place->model}, NULL, place->label};

	return owned;
}

static void
FindLinked(CormSavePlace *place, const Finder *finder)
{
	CormOwned	owned = CormSaveOwned(place);
	List	   *pairs = NIL;
	List	   *rows = NIL;
	bool	   *found;
	ListCell   *lc;

	for (int n = 0; n < finder->n; n++)
	{
		int			row = finder->rows[n];
		CormPair   *pair = palloc(sizeof(CormPair));

		if (place->rows[row].state != CORM_SAVE_THERE || IsBelowNew(place, row) ||
			!CormSavePair(place, row, pair))
			continue;
		pairs = lappend(pairs, pair);
		rows = lappend_int(rows, row);
	}
	if (pairs == NIL)
		return;
	found = CormFindPairs(&owned, pairs);
	foreach(lc, rows)
		place->rows[lfirst_int(lc)].related = found[foreach_current_index(lc)];
}

static void
FindRelated(CormSavePlace *place, const Finder *finder)
{
	if (place->relation == NULL)
		return;
	if (OidIsValid(place->relation->through))
	{
		FindLinked(place, finder);
		return;
	}
	for (int n = 0; n < finder->n; n++)
	{
		int			row = finder->rows[n];

		if (place->rows[row].state == CORM_SAVE_THERE && !IsBelowNew(place, row))
			place->rows[row].related = IsReferenced(place, row);
	}
}

/*
 * The columns of the relation are what they are already.
 */
static void
LeaveOwner(CormSavePlace *place, int row)
{
	const CormForeignKey *fk = place->relation->fk;

	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormColumn *column = CormColumnByNumber(place->model, fk->fk_attnums[i]);
		CormBulkColumn *given = CormBulkColumnOf(place->bulk, column);

		if (IsKeyColumn(place->model, column->attnum) || !given->given[row])
			continue;
		given->given[row] = false;
		given->ngiven--;
	}
}

static void
Judge(CormSavePlace *place, int row)
{
	CormSaveRow *at = &place->rows[row];

	if (at->state == CORM_SAVE_THERE)
	{
		if (place->relation && at->kind == CORM_SAVE_ANY && !at->related)
			RaiseNotRelated(place, row);
		if (at->related && CormHasChildren(place->relation))
			LeaveOwner(place, row);
		return;
	}
	if (at->kind == CORM_SAVE_CONNECT)
		RaiseNoTarget(place, row);
	if (!OwnsKey(place->model))
	{
		if (place->relation)
			RaiseNotRelated(place, row);
		RaiseNotThere(place, row);
	}
	at->state = CORM_SAVE_NEW;
}

/* ---------- the same row several times ---------- */

typedef struct NamedRow
{
	Datum	   *key;
	int			row;
} NamedRow;

static int
CompareNamed(const void *a, const void *b, void *arg)
{
	const CormModel *model = arg;
	const NamedRow *x = a;
	const NamedRow *y = b;
	int			order = CormCompareKeys(model, model->nkey, model->key, x->key, y->key);

	return order != 0 ? order : x->row - y->row;
}

/*
 * What another object gives the row is given by the first one then.
 */
static void
Merge(CormSavePlace *place, int first, int row)
{
	CormRowFrame frame;
	ListCell   *lc;

	place->rows[row].same = first;
	if (place->rows[row].state == CORM_SAVE_NEW)
		place->rows[first].state = CORM_SAVE_NEW;
	CormRowFramePush(&frame, "reading");
	frame.bulk = place->bulk;
	frame.row = row;
	foreach(lc, place->bulk->columns)
	{
		CormBulkColumn *column = lfirst(lc);

		if (column->given[row])
			CormBulkSet(column, first, column->values[row], column->nulls[row], column->key);
	}
	CormRowFramePop(&frame);
}

static void
MergeSame(CormSavePlace *place)
{
	const CormModel *model = place->model;
	NamedRow   *named = palloc(Max(place->n, 1) * sizeof(NamedRow));
	int			n = 0;

	for (int row = 0; row < place->n; row++)
	{
		if (!place->rows[row].keyed)
			continue;
		named[n].row = row;
		named[n].key = palloc(model->nkey * sizeof(Datum));
		for (int i = 0; i < model->nkey; i++)
			named[n].key[i] = CormBulkColumnOf(place->bulk, CormColumnByNumber(model, model->key[i]))->values[row];
		n++;
	}
	if (n < 2)
		return;
	qsort_arg(named, n, sizeof(NamedRow), CompareNamed, unconstify(CormModel *, model));
	for (int i = 1; i < n; i++)
	{
		int			first = place->rows[named[i - 1].row].same;

		if (CormCompareKeys(model, model->nkey, model->key, named[i - 1].key, named[i].key) == 0)
			Merge(place, first, named[i].row);
	}
}

void
CormSaveFind(CormSavePlace *place)
{
	Finder		finder = {
		{ReceiveFound, FinderStartup, FinderNothing, FinderNothing, DestNone},
		place, CurrentMemoryContext
	};

	ChooseRows(place, &finder);
	if (finder.n > 0)
		LookUp(place, &finder);
	FindRelated(place, &finder);
	for (int n = 0; n < finder.n; n++)
		Judge(place, finder.rows[n]);
	MergeSame(place);
	for (int row = 0; row < place->n; row++)
		if (place->rows[row].kind == CORM_SAVE_CONNECT)
			CormSaveNoteGiven(place, row);
}
