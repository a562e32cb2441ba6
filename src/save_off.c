/*-------------------------------------------------------------------------
 *
 * save_off.c
 *	  Rows that a tree takes off those above them, or deletes.
 *
 * Named rows were found, and locked, before.  Where a list is replaced, all rows
 * that it does not name go off: they are found by their owners here.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "data.h"
#include "rowset.h"
#include "save.h"

/* Keys of some columns, for statements. */
typedef struct KeyList
{
	const CormModel *model;
	int			n;
	AttrNumber	attnums[INDEX_MAX_KEYS * 2];
	List	   *keys;			/* of Datum * */
} KeyList;

static void
AddColumns(KeyList *list, int n, const AttrNumber *attnums)
{
	for (int i = 0; i < n; i++)
		list->attnums[list->n++] = attnums[i];
}

static CormWriteRows
RowsOfKeys(const CormSavePlace *place, const KeyList *list, CormValues *values)
{
	CormWriteRows rows = {list->model, place->label, NIL, NIL, CORM_KEYS_IN};

	rows.keys = CormKeyArrays(values, list->model, list->n, list->attnums,
							  CormSortKeys(list->model, list->n, list->attnums, list->keys));
	for (int i = 0; i < list->model->nkey; i++)
		rows.lock_order = lappend(rows.lock_order,
								  unconstify(CormColumn *,
											 CormColumnByNumber(list->model, list->model->key[i])));
	return rows;
}

/* ---------- statements ---------- */

static void
RaiseFixed(const CormSavePlace *place)
{
	const CormForeignKey *fk = place->relation->fk;
	const CormColumn *column = NULL;

	for (int i = 0; i < fk->nkeys; i++)
	{
		column = CormColumnByNumber(place->model, fk->fk_attnums[i]);
		if (!CormMayDetach(place->model, column))
			break;
	}
	ereport(ERROR,
			(errcode(ERRCODE_NOT_NULL_VIOLATION),
			 errmsg("a %s cannot be taken off by \"%s\"", CormModelDisplayName(place->model),
					place->label),
			 errdetail("Foreign key column \"%s\" of model \"%s\" cannot be set to null.",
					   column->name, CormModelDisplayName(place->model)),
			 errhint("The verb \"delete\" deletes rows instead.")));
}

static void
Delete(const CormWriteRows *rows, const CormValues *values)
{
	(void) CormExecute(rows->label, CormDeparseDelete(rows), CormValueParams(values),
					   false, NULL);
}

/*
 * Sets the foreign key of the rows to null, as far as it can be.
 */
static void
Detach(const CormSavePlace *place, const CormWriteRows *rows, CormValues *values)
{
	List	   *assigned = NIL;
	ListCell   *lc;

	foreach(lc, CormDetachColumns(place->model, place->relation->fk))
		assigned = lappend(assigned, CormPlainValue(values, lfirst(lc), (Datum) 0, true));
	if (assigned != NIL)
		(void) CormExecute(rows->label, CormDeparseUpdate(rows, assigned),
						   CormValueParams(values), false, NULL);
	else if (DatumGetInt64(CormExecuteScalar(rows->label, CormDeparseRowCount(rows),
											 CormValueParams(values), false)) > 0)
		RaiseFixed(place);
}

/* ---------- named rows ---------- */

static bool
IsNamed(const CormSavePlace *place, int row, CormSaveKind kind)
{
	const CormSaveRow *at = &place->rows[row];

	return at->kind == kind && at->state == CORM_SAVE_THERE;
}

static Datum *
KeyOf(const CormSavePlace *place, int row)
{
	Datum	   *key = palloc(place->key.n * sizeof(Datum));

	for (int i = 0; i < place->key.n; i++)
		key[i] = CormBulkColumnOf(place->bulk,
								  CormColumnByNumber(place->model, place->key.attnums[i]))->values[row];
	return key;
}

static KeyList
NamedRows(const CormSavePlace *place, CormSaveKind kind)
{
	KeyList		list = {place->model};

	AddColumns(&list, place->key.n, place->key.attnums);
	for (int row = 0; row < place->n; row++)
		if (IsNamed(place, row, kind))
			list.keys = lappend(list.keys, KeyOf(place, row));
	return list;
}

/*
 * A pair in the order of the link's columns, and of a symmetrical relation the
 * other way round.
 */
static void
AddPair(KeyList *list, const CormRelation *relation, const CormPair *pair)
{
	int			nnear = relation->fk->nkeys;
	int			nfar = relation->far_fk->nkeys;
	Datum	   *key = palloc((nnear + nfar) * sizeof(Datum));

	memcpy(key, pair->near, nnear * sizeof(Datum));
	memcpy(key + nnear, pair->far, nfar * sizeof(Datum));
	list->keys = lappend(list->keys, key);
	if (!relation->symmetrical)
		return;
	key = palloc((nnear + nfar) * sizeof(Datum));
	memcpy(key, pair->far, nfar * sizeof(Datum));
	memcpy(key + nfar, pair->near, nnear * sizeof(Datum));
	list->keys = lappend(list->keys, key);
}

static KeyList
PairList(const CormRelation *relation)
{
	KeyList		list = {CormModelByRelid(relation->through)};

	AddColumns(&list, relation->fk->nkeys, relation->fk->fk_attnums);
	AddColumns(&list, relation->far_fk->nkeys, relation->far_fk->fk_attnums);
	return list;
}

static void
UnlinkNamed(const CormSavePlace *place)
{
	KeyList		list = PairList(place->relation);
	CormValues	values = {NIL};
	CormWriteRows rows;

	for (int row = 0; row < place->n; row++)
	{
		CormPair	pair;

		if ((IsNamed(place, row, CORM_SAVE_DISCONNECT) || IsNamed(place, row, CORM_SAVE_DELETE)) &&
			CormSavePair(place, row, &pair))
			AddPair(&list, place->relation, &pair);
	}
	if (list.keys == NIL)
		return;
	rows = RowsOfKeys(place, &list, &values);
	if (list_length(list.keys) > 1)
		CormLockRows(&rows, CormValueParams(&values), true);
	Delete(&rows, &values);
}

static void
DeleteNamed(const CormSavePlace *place)
{
	KeyList		list = NamedRows(place, CORM_SAVE_DELETE);
	CormValues	values = {NIL};
	CormWriteRows rows;

	if (list.keys == NIL)
		return;
	rows = RowsOfKeys(place, &list, &values);
	Delete(&rows, &values);
}

static void
DetachNamed(const CormSavePlace *place)
{
	KeyList		list = NamedRows(place, CORM_SAVE_DISCONNECT);
	CormValues	values = {NIL};
	CormWriteRows rows;

	if (list.keys == NIL)
		return;
	rows = RowsOfKeys(place, &list, &values);
	Detach(place, &rows, &values);
}

/* ---------- all others ---------- */

/*
 * The owners whose rows are to be those of the tree alone: their values for
 * columns of the model that holds the foreign key.
 */
static KeyList
Owners(const CormSavePlace *place, const CormModel *holder, const List *cleared)
{
	const CormForeignKey *fk = place->relation->fk;
	KeyList		list = {holder};
	ListCell   *lc;

	AddColumns(&list, fk->nkeys, fk->fk_attnums);
	foreach(lc, cleared)
	{
		int			parent = place->above->rows[lfirst_int(lc)].same;
		Datum	   *values = palloc(fk->nkeys * sizeof(Datum));

		if (place->above->rows[parent].state == CORM_SAVE_THERE &&
			CormSaveValues(place->above, parent, fk->nkeys, fk->pk_attnums, holder,
						   fk->fk_attnums, values))
			list.keys = lappend(list.keys, values);
	}
	list.keys = CormSortKeys(holder, list.n, list.attnums, list.keys);
	return list;
}

/*
 * Those of rows above whose lists are cleared or, of a relation to one row, that
 * get one which is not known to be theirs.
 */
static List *
ClearedAhead(const CormSavePlace *place)
{
	List	   *cleared = list_copy(place->cleared);

	for (int row = 0; !place->relation->to_many && row < place->n; row++)
	{
		const CormSaveRow *at = &place->rows[row];

		if (at->kind != CORM_SAVE_DELETE && !at->by_parent &&
			(at->kind != CORM_SAVE_ANY || at->by == NULL))
			cleared = lappend_int(cleared, at->parent);
	}
	return cleared;
}

void
CormSaveLock(CormSavePlace *place)
{
	const CormRelation *relation = place->relation;
	KeyList		owners;
	KeyList		named = {place->model};
	CormValues	values = {NIL};
	CormWriteRows rows;

	if (relation == NULL || CormSaveIsHeld(relation))
		return;
	owners = Owners(place, OidIsValid(relation->through) ?
					CormModelByRelid(relation->through) : place->model, ClearedAhead(place));
	if (owners.keys == NIL)
		return;
	CormLockOwners(owners.model, owners.n, owners.attnums, owners.keys);
	if (OidIsValid(relation->through) || place->key.n == 0)
		return;
	AddColumns(&named, place->key.n, place->key.attnums);
	for (int row = 0; row < place->n; row++)
		if (place->rows[row].by == &place->key)
			named.keys = lappend(named.keys, place->rows[row].by_values);
	rows = RowsOfKeys(place, &owners, &values);
	if (named.keys != NIL)
		rows.besides = CormKeyArrays(&values, named.model, named.n, named.attnums, named.keys);
	CormLockRows(&rows, CormValueParams(&values), false);
	place->locked = true;
}

static bool
IsKept(const CormSaveRow *row)
{
	return row->state == CORM_SAVE_THERE && row->kind != CORM_SAVE_DISCONNECT &&
		row->kind != CORM_SAVE_DELETE;
}

/*
 * Of a relation to one row, one that goes from owner to owner is taken off the
 * first, if it can be: others may take each other's place in any order then.
 */
static bool
IsKeptChild(const CormSavePlace *place, int row)
{
	return IsKept(&place->rows[row]) &&
		(place->relation->to_many || place->rows[row].related ||
		 CormDetachColumns(place->model, place->relation->fk) == NIL);
}

static void
ClearChildren(const CormSavePlace *place)
{
	KeyList		owners = Owners(place, place->model, place->cleared);
	KeyList		kept = {place->model};
	CormValues	values = {NIL};
	CormWriteRows rows;

	if (owners.keys == NIL)
		return;
	CormLockOwners(owners.model, owners.n, owners.attnums, owners.keys);
	AddColumns(&kept, place->key.n, place->key.attnums);
	for (int row = 0; row < place->n; row++)
		if (IsKeptChild(place, row))
			kept.keys = lappend(kept.keys, KeyOf(place, row));
	rows = RowsOfKeys(place, &owners, &values);
	rows.except = CormKeyArrays(&values, kept.model, kept.n, kept.attnums, kept.keys);
	if (!place->locked)
		CormLockRows(&rows, CormValueParams(&values), false);
	Detach(place, &rows, &values);
}

/*
 * Of a symmetrical relation links count from either end.  The owners are locked.
 */
static void
ClearLinks(const CormSavePlace *place)
{
	const CormRelation *relation = place->relation;
	KeyList		owners = Owners(place, CormModelByRelid(relation->through), place->cleared);
	KeyList		kept = PairList(relation);

	if (owners.keys == NIL)
		return;
	for (int row = 0; row < place->n; row++)
	{
		CormPair	pair;

		if (IsKept(&place->rows[row]) && CormSavePair(place, row, &pair))
			AddPair(&kept, relation, &pair);
	}
	for (int end = 0; end < (relation->symmetrical ? 2 : 1); end++)
	{
		CormValues	values = {NIL};
		CormWriteRows rows;

		if (end == 1)
			memcpy(owners.attnums, relation->far_fk->fk_attnums, owners.n * sizeof(AttrNumber));
		rows = RowsOfKeys(place, &owners, &values);
		rows.except = CormArrayValues(&values, kept.model, kept.n, kept.attnums, kept.keys);
		CormLockRows(&rows, CormValueParams(&values), true);
		Delete(&rows, &values);
	}
}

void
CormSaveTakeOff(CormSavePlace *place)
{
	if (OidIsValid(place->relation->through))
	{
		UnlinkNamed(place);
		if (place->cleared != NIL)
			ClearLinks(place);
	}
	else if (!CormSaveIsHeld(place->relation))
	{
		DetachNamed(place);
		if (place->cleared != NIL)
			ClearChildren(place);
	}
	DeleteNamed(place);
}
