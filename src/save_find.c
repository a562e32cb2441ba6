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


#include "data.h"
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
RaiseNoneRelated(const CormSavePlace *place, int row)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("\"%s\" has no %s to change", CormSaveAt(place, row),
					CormModelDisplayName(place->model)),
			 errhint("\"upsert\" creates one where there is none.")));
}

static void
RaiseNotRelated(const CormSavePlace *place, int row)
{
	bool		by_verb = place->rows[row].kind != CORM_SAVE_ANY;
	char	   *at = CormSaveAt(place, row);

	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 *at == '\0' ?
			 errmsg("the %s to save is not related to the %s that owns the relation",
					CormModelDisplayName(place->model),
					CormModelDisplayName(place->above->model)) :
			 errmsg("the %s given for \"%s\" is not related to the %s above it",
					CormModelDisplayName(place->model), at,
					CormModelDisplayName(place->above->model)),
			 by_verb ? errdetail("Only rows that are related are updated or deleted.") :
			 errdetail("An object with a key changes a row that is related already."),
			 by_verb ? 0 : errhint("To link a row that is there give its key alone; to create one leave the key out.")));
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

/* Rows to look up by the same columns, and what takes them. */
typedef struct Finder
{
	CormSavePlace *place;
	MemoryContext context;
	const CormKey *by;
	int			n;
	int		   *rows;
	bool		lock;
} Finder;

static void
TakeFound(void *arg, TupleTableSlot *slot)
{
	Finder	   *finder = arg;
	CormSavePlace *place = finder->place;
	MemoryContext old = MemoryContextSwitchTo(finder->context);
	int			row;
	ListCell   *lc;

	row = finder->rows[DatumGetInt32(slot->tts_values[0])];
	place->rows[row].state = CORM_SAVE_THERE;
	foreach(lc, place->columns)
	{
		int			i = foreach_current_index(lc) + 1;

		CormSaveNote(place, lfirst(lc), row, slot->tts_values[i], slot->tts_isnull[i]);
	}
	MemoryContextSwitchTo(old);
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

		if (column->given[row] && !CormKeyHas(place->key, column->column->attnum))
			return true;
	}
	return false;
}

static bool
IsToBeLocked(const CormSavePlace *place, int row)
{
	CormSaveKind kind = place->rows[row].kind;

	return kind == CORM_SAVE_DISCONNECT || kind == CORM_SAVE_DELETE ||
		place->below != NIL || place->expected != NIL || Changes(place, row);
}

static void
LookUp(CormSavePlace *place, Finder *finder)
{
	const CormModel *model = place->model;
	CormTaker	taker = CormMakeTaker(TakeFound, finder);
	CormValues	values = {NIL};
	Datum	   *datums = palloc(finder->n * sizeof(Datum));
	List	   *keys = NIL;
	List	   *wanted = NIL;
	List	   *types = NIL;
	int			places;
	bool		lock = finder->lock && CormMayLockRows(model) &&
		(model->relkind == RELKIND_RELATION || model->relkind == RELKIND_PARTITIONED_TABLE);
	ListCell   *lc;

	for (int i = 0; i < finder->by->n; i++)
	{
		for (int n = 0; n < finder->n; n++)
			datums[n] = place->rows[finder->rows[n]].by_values[i];
		keys = lappend(keys, CormArrayValue(&values,
											CormColumnByNumber(model, finder->by->attnums[i]),
											finder->n, datums, NULL));
	}
	foreach(lc, place->columns)
	{
		const CormSaveColumn *column = lfirst(lc);

		wanted = lappend(wanted, unconstify(CormColumn *, column->column));
		types = lappend_oid(types, column->type);
	}
	places = CormAddPlaces(&values, finder->n);
	(void) CormExecuteForAny(place->label,
							 CormDeparseFind(model, place->label, keys, places, wanted, types, lock),
							 CormValueParams(&values), finder->n, &taker.pub);
}

/*
 * One statement for all rows of the list that are looked up by the same columns.
 */
static void
LookUpAll(CormSavePlace *place, int n, const int *rows)
{
	bool	   *done = palloc0(Max(n, 1) * sizeof(bool));

	for (int i = 0; i < n; i++)
	{
		Finder		finder = {place, CurrentMemoryContext, place->rows[rows[i]].by};

		if (done[i])
			continue;
		finder.rows = palloc((n - i) * sizeof(int));
		for (int j = i; j < n; j++)
		{
			if (place->rows[rows[j]].by->attnums != finder.by->attnums)
				continue;
			done[j] = true;
			finder.lock |= IsToBeLocked(place, rows[j]);
			finder.rows[finder.n++] = rows[j];
		}
		LookUp(place, &finder);
	}
}

/* ---------- which rows to look up ---------- */

/*
 * Of an owner its key is all that takes, unless it holds the foreign key itself.
 */
static bool
IsOwnerLookedUp(const CormSavePlace *place)
{
	const CormRelation *relation = ((CormSavePlace *) linitial(place->below))->relation;

	return CormSaveIsHeld(relation) || !relation->fk->to_primary_key;
}

static bool
IsTarget(CormSaveKind kind)
{
	return kind == CORM_SAVE_CONNECT || kind == CORM_SAVE_DISCONNECT || kind == CORM_SAVE_DELETE;
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

static bool
IsBelowNew(const CormSavePlace *place, int row)
{
	return place->above &&
		place->above->rows[place->above->rows[place->rows[row].parent].same].state == CORM_SAVE_NEW;
}

/*
 * Are columns that lead to the row above among those that it is looked up by?
 */
static bool
IsFoundByParent(const CormSavePlace *place, const CormKey *by)
{
	const CormRelation *relation = place->relation;

	if (!CormHasChildren(relation))
		return false;
	for (int i = 0; i < relation->fk->nkeys; i++)
		if (CormKeyHas(*by, relation->fk->fk_attnums[i]))
			return true;
	return false;
}

/*
 * What is known of a row below a new one, to which nothing can be related yet.
 * OPEN: that has to be looked up.
 */
static CormSaveState
StateBelowNew(const CormSavePlace *place, int row)
{
	const CormSaveRow *at = &place->rows[row];

	switch (at->kind)
	{
		case CORM_SAVE_UPDATE:
			if (at->by_parent)
				RaiseNoneRelated(place, row);
			RaiseNotRelated(place, row);
			break;
		case CORM_SAVE_DELETE:
			if (!at->by_parent)
				RaiseNotRelated(place, row);
			return CORM_SAVE_NOWHERE;
		case CORM_SAVE_DISCONNECT:
			return CORM_SAVE_NOWHERE;
		case CORM_SAVE_ANY:
			if (!OwnsKey(place->model))
				RaiseNotRelated(place, row);
			break;
		case CORM_SAVE_UPSERT:
			if (at->by_parent)
				return CORM_SAVE_NEW;
			break;
		case CORM_SAVE_CONNECT:
			return CORM_SAVE_OPEN;
		default:
			break;
	}
	return IsFoundByParent(place, at->by) ? CORM_SAVE_NEW : CORM_SAVE_OPEN;
}

/*
 * A row to be linked through a table, or taken off it, whose key is all that
 * takes, is left to the constraint.
 */
static CormSaveState
StateWithoutLook(const CormSavePlace *place, int row)
{
	const CormRelation *relation = place->relation;
	const CormSaveRow *at = &place->rows[row];

	if (at->by == NULL)
	{
		if (at->kind == CORM_SAVE_UPDATE)
			RaiseNoneRelated(place, row);
		return at->kind == CORM_SAVE_DELETE ? CORM_SAVE_NOWHERE : CORM_SAVE_NEW;
	}
	if (relation && IsBelowNew(place, row))
	{
		CormSaveState state = StateBelowNew(place, row);

		if (state != CORM_SAVE_OPEN)
			return state;
	}
	if (!IsTarget(at->kind))
		return CORM_SAVE_OPEN;
	if (relation == NULL)
		return IsOwnerLookedUp(place) ? CORM_SAVE_OPEN : CORM_SAVE_THERE;
	return OidIsValid(relation->through) && relation->far_fk->to_primary_key &&
		at->by == &place->key ? CORM_SAVE_THERE : CORM_SAVE_OPEN;
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
FindLinked(CormSavePlace *place, int n, const int *rows)
{
	CormOwned	owned = CormSaveOwned(place);
	List	   *pairs = NIL;
	List	   *found_rows = NIL;
	bool	   *found;
	ListCell   *lc;

	for (int i = 0; i < n; i++)
	{
		const CormSaveRow *at = &place->rows[rows[i]];
		CormPair   *pair = palloc(sizeof(CormPair));

		if (at->state != CORM_SAVE_THERE || at->kind == CORM_SAVE_CONNECT ||
			at->kind == CORM_SAVE_CONNECT_OR_CREATE || IsBelowNew(place, rows[i]) ||
			!CormSavePair(place, rows[i], pair))
			continue;
		pairs = lappend(pairs, pair);
		found_rows = lappend_int(found_rows, rows[i]);
	}
	if (pairs == NIL)
		return;
	found = CormFindPairs(&owned, pairs);
	foreach(lc, found_rows)
		place->rows[lfirst_int(lc)].related = found[foreach_current_index(lc)];
}

static void
FindRelated(CormSavePlace *place, int n, const int *rows)
{
	if (place->relation == NULL)
		return;
	if (OidIsValid(place->relation->through))
	{
		FindLinked(place, n, rows);
		return;
	}
	for (int i = 0; i < n; i++)
		if (place->rows[rows[i]].state == CORM_SAVE_THERE && !IsBelowNew(place, rows[i]))
			place->rows[rows[i]].related = IsReferenced(place, rows[i]);
}

/* ---------- what it comes to ---------- */

/*
 * A row that was found by something else has its key from there.
 */
static void
TakeKey(CormSavePlace *place, int row)
{
	const CormModel *model = place->model;
	Datum		key[INDEX_MAX_KEYS];

	if (place->rows[row].by == &place->key || model->nkey == 0 ||
		!CormSaveValues(place, row, model->nkey, model->key, model, model->key, key))
		return;
	for (int i = 0; i < model->nkey; i++)
	{
		CormBulkColumn *given = CormBulkColumnOf(place->bulk,
												 CormColumnByNumber(model, model->key[i]));

		if (given->given[row] && !given->nulls[row] &&
			CormCompareKeys(model, 1, &model->key[i], &given->values[row], &key[i]) != 0)
			RaiseNotRelated(place, row);
		CormBulkLeave(given, row);
		CormBulkSet(given, row, key[i], false, "pk");
	}
}

/*
 * Columns that are what they should be already; those of the key stay.
 */
static void
LeaveColumns(CormSavePlace *place, int row, int n, const AttrNumber *attnums)
{
	for (int i = 0; i < n; i++)
		if (!CormKeyHas(place->key, attnums[i]))
			CormBulkLeave(CormBulkColumnOf(place->bulk,
										   CormColumnByNumber(place->model, attnums[i])), row);
}

/*
 * A row that is only linked has nothing else to give.
 */
static void
MakePassive(CormSavePlace *place, int row)
{
	const CormRelation *relation = place->relation;
	ListCell   *lc;

	place->rows[row].passive = true;
	foreach(lc, place->bulk->columns)
	{
		CormBulkColumn *column = lfirst(lc);
		bool		of_owner = false;

		for (int i = 0; CormHasChildren(relation) && i < relation->fk->nkeys; i++)
			of_owner |= relation->fk->fk_attnums[i] == column->column->attnum;
		if (!of_owner && !CormKeyHas(place->key, column->column->attnum))
			CormBulkLeave(column, row);
	}
}

static void
JudgeFound(CormSavePlace *place, int row)
{
	CormSaveRow *at = &place->rows[row];

	CormRequireKey(place->model, "a row that is there is written by");
	if (at->by_parent)
		at->related = true;
	switch (at->kind)
	{
		case CORM_SAVE_ANY:
		case CORM_SAVE_UPDATE:
		case CORM_SAVE_DELETE:
			if (place->relation && !at->related)
				RaiseNotRelated(place, row);
			break;
		case CORM_SAVE_UPSERT:
			if (!at->related)
				RaiseNotRelated(place, row);
			if (at->lookup)
				LeaveColumns(place, row, at->by->n, at->by->attnums);
			break;
		case CORM_SAVE_CONNECT_OR_CREATE:
			MakePassive(place, row);
			break;
		case CORM_SAVE_DISCONNECT:
			if (!at->related)
				at->state = CORM_SAVE_NOWHERE;
			break;
		default:
			break;
	}
	if (at->related && CormHasChildren(place->relation))
		LeaveColumns(place, row, place->relation->fk->nkeys, place->relation->fk->fk_attnums);
}

static void
JudgeMissing(CormSavePlace *place, int row)
{
	CormSaveRow *at = &place->rows[row];

	switch (at->kind)
	{
		case CORM_SAVE_ANY:
			if (!OwnsKey(place->model) && place->relation == NULL)
				RaiseNotThere(place, row);
			if (!OwnsKey(place->model))
				RaiseNotRelated(place, row);
			at->state = CORM_SAVE_NEW;
			break;
		case CORM_SAVE_CONNECT:
			RaiseNoTarget(place, row);
			break;
		case CORM_SAVE_UPDATE:
			if (at->by_parent)
				RaiseNoneRelated(place, row);
			RaiseNotRelated(place, row);
			break;
		case CORM_SAVE_DELETE:
			if (!at->by_parent)
				RaiseNotRelated(place, row);
			at->state = CORM_SAVE_NOWHERE;
			break;
		case CORM_SAVE_DISCONNECT:
			at->state = CORM_SAVE_NOWHERE;
			break;
		default:
			at->state = CORM_SAVE_NEW;
			break;
	}
}

static bool
IsExpected(const CormSavePlace *place, const CormSaveExpected *expected)
{
	const CormColumn *column = expected->column;
	Datum		value;
	bool		isnull = !CormSaveValues(place, expected->row, 1, &column->attnum, place->model,
										 &column->attnum, &value);

	if (isnull || expected->isnull)
		return isnull && expected->isnull;
	return CormSameValue(column, value, expected->value);
}

static void
CheckExpected(const CormSavePlace *place)
{
	ListCell   *lc;

	foreach(lc, place->expected)
	{
		const CormSaveExpected *expected = lfirst(lc);
		int			row = expected->row;

		if (place->rows[row].state == CORM_SAVE_NEW)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s__expect\" expects something of a row that is not there yet",
							CormBulkPlace(place->bulk, row, expected->column->name))));
		if (place->rows[row].state == CORM_SAVE_THERE && !place->rows[row].passive &&
			!IsExpected(place, expected))
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("column \"%s\" has another value than expected",
							CormBulkPlace(place->bulk, row, expected->column->name)),
					 errhint("Read the row again.")));
	}
}

static void
FindRows(CormSavePlace *place, int n, const int *rows)
{
	int		   *open = palloc(Max(n, 1) * sizeof(int));
	int			nopen = 0;

	for (int i = 0; i < n; i++)
	{
		CormSaveRow *at = &place->rows[rows[i]];

		at->state = StateWithoutLook(place, rows[i]);
		if (at->state == CORM_SAVE_OPEN)
			open[nopen++] = rows[i];
		else if (at->state == CORM_SAVE_THERE)
			CormSaveNoteGiven(place, rows[i]);
	}
	if (nopen > 0)
		LookUpAll(place, nopen, open);
	FindRelated(place, n, rows);
	for (int i = 0; i < nopen; i++)
		if (place->rows[open[i]].state == CORM_SAVE_THERE)
			TakeKey(place, open[i]);
	for (int i = 0; i < n; i++)
	{
		if (place->rows[rows[i]].state == CORM_SAVE_THERE)
			JudgeFound(place, rows[i]);
		else if (place->rows[rows[i]].state == CORM_SAVE_OPEN)
			JudgeMissing(place, rows[i]);
	}
}

void
CormSaveFind(CormSavePlace *place)
{
	int		   *rows = palloc(place->n * sizeof(int));

	for (int row = 0; row < place->n; row++)
		rows[row] = row;
	CormSaveLock(place);
	FindRows(place, place->n, rows);
	CheckExpected(place);
	CormSaveMerge(place);
}

void
CormSaveFindAgain(CormSavePlace *place, int n, const int *rows)
{
	FindRows(place, n, rows);
}
