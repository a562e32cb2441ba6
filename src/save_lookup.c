/*-------------------------------------------------------------------------
 *
 * save_lookup.c
 *	  What the rows of a tree are looked up by.
 *
 * That is the model's key, or the columns of another unique key, of which those
 * that lead to the row above need not be given; or, for the one row that its
 * parent has, the columns that they share.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "bulk_read.h"
#include "data.h"
#include "error.h"
#include "indexes.h"
#include "natural_key.h"
#include "save.h"
#include "value.h"

static List *
UniqueKeys(CormSavePlace *place)
{
	if (place->unique_keys == NIL)
		place->unique_keys = CormReadUniqueKeys(place->model->relid);
	return place->unique_keys;
}

static const CormBulkColumn *
GivenColumn(const CormSavePlace *place, int row, AttrNumber attnum)
{
	ListCell   *lc;

	foreach(lc, place->bulk->columns)
	{
		const CormBulkColumn *column = lfirst(lc);

		if (column->column->attnum == attnum && column->given[row])
			return column;
	}
	return NULL;
}

/*
 * Takes the values of the key from what the row gives.  False when one of them is
 * missing or null.
 */
static bool
TakeValues(const CormSavePlace *place, int row, const CormKey *key, Datum *values)
{
	for (int i = 0; i < key->n; i++)
	{
		const CormBulkColumn *column = GivenColumn(place, row, key->attnums[i]);

		if (column == NULL || column->nulls[row])
			return false;
		if (values)
			values[i] = column->values[row];
	}
	return key->n > 0;
}

static void
LookUpBy(CormSavePlace *place, int row, const CormKey *key)
{
	CormSaveRow *at = &place->rows[row];

	at->by_values = palloc(key->n * sizeof(Datum));
	if (TakeValues(place, row, key, at->by_values))
		at->by = key;
}

static void
NamesNoRow(const CormSavePlace *place, const char *at)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the object given for \"%s\" names no row of model \"%s\"", at,
					CormModelDisplayName(place->model)),
			 errdetail("It must hold the key, or the columns of a unique key and nothing else."),
			 errhint("Unique keys of \"%s\": %s.", CormModelDisplayName(place->model),
					 CormUniqueKeysText(place->model))));
}

/* ---------- targets ---------- */

static bool
HasColumn(const CormSavePlace *place, const JsonbValue *object, AttrNumber attnum)
{
	return CormJsonMember(object, CormColumnByNumber(place->model, attnum)->name) != NULL;
}

/*
 * The unique key whose columns an object holds, with "others" members beside
 * them; those that are known from above may be left out.
 */
static const CormKey *
KeyOfObject(CormSavePlace *place, int row, const JsonbValue *object, int others)
{
	int			size = JsonContainerSize(object->val.binary.data);
	ListCell   *lc;

	foreach(lc, UniqueKeys(place))
	{
		const CormKey *key = lfirst(lc);
		int			named = 0;
		bool		all = true;

		for (int i = 0; all && i < key->n; i++)
		{
			bool		has = HasColumn(place, object, key->attnums[i]);

			named += has;
			all = has || GivenColumn(place, row, key->attnums[i]);
		}
		if (all && named > 0 && named + others == size)
			return key;
	}
	return NULL;
}

static void
NameByObject(CormSavePlace *place, int row, const JsonbValue *object, const CormModel *link)
{
	CormSaveRow *at = &place->rows[row];
	int			others = link && CormJsonMember(object, link->name) ? 1 : 0;
	const CormKey *key = KeyOfObject(place, row, object, others);

	if (key == NULL)
		NamesNoRow(place, CormSaveAt(place, row));
	at->by = key;
	at->by_values = palloc(key->n * sizeof(Datum));
	for (int i = 0; i < key->n; i++)
	{
		const CormColumn *column = CormColumnByNumber(place->model, key->attnums[i]);
		const JsonbValue *member = CormJsonMember(object, column->name);
		bool		isnull = false;

		if (member)
			at->by_values[i] = CormValueFromJson(member, column->typid, column->typmod, &isnull);
		else
			at->by_values[i] = GivenColumn(place, row, column->attnum)->values[row];
		if (isnull)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" of the object given for \"%s\" is null", column->name,
							CormSaveAt(place, row))));
	}
}

static void
NameByKey(CormSavePlace *place, int row, JsonbValue *value)
{
	const CormModel *model = place->model;
	CormSaveRow *at = &place->rows[row];

	at->by = &place->key;
	if (model->nkey == 1 && (value->type == jbvNumeric || value->type == jbvString))
	{
		const CormColumn *column = CormColumnByNumber(model, model->key[0]);

		at->by_values = palloc(sizeof(Datum));
		at->by_values[0] = CormKeyFromJson(value, column->typid, column->typmod);
	}
	else
		at->by_values = CormKeyValues(model, value, CormSaveAt(place, row));
	for (int i = 0; i < model->nkey; i++)
		CormBulkSet(CormBulkColumnOf(place->bulk, CormColumnByNumber(model, model->key[i])),
					row, at->by_values[i], false, "pk");
}

static void
ReadTarget(CormSavePlace *place, int row, const CormModel *link, CormRowFrame *frame)
{
	JsonbValue *value = &place->rows[row].value;

	frame->row = row;
	if (!CormJsonIsObject(value) || CormHoldsKey(place->model, value))
		NameByKey(place, row, value);
	else
		NameByObject(place, row, value, link);
	if (link && CormJsonIsObject(value) && place->rows[row].kind == CORM_SAVE_CONNECT)
		place->links[row] = CormJsonMember(value, link->name);
	if (place->links[row] == NULL)
		return;
	frame->key = link->name;
	(void) CormReadLinkValues(place->relation, place->links[row]);
	frame->key = NULL;
}

void
CormSaveReadTargets(CormSavePlace *place)
{
	const CormRelation *relation = place->relation;
	const CormModel *link = relation && OidIsValid(relation->through) ?
		CormModelByRelid(relation->through) : NULL;
	CormRowFrame frame;

	CormRowFramePush(&frame, "reading");
	CormRowFrameOf(&frame, place->bulk);
	for (int row = 0; row < place->n; row++)
	{
		CormSaveKind kind = place->rows[row].kind;

		if (kind == CORM_SAVE_CONNECT ||
			(!place->rows[row].by_parent &&
			 (kind == CORM_SAVE_DISCONNECT || kind == CORM_SAVE_DELETE)))
			ReadTarget(place, row, link, &frame);
	}
	CormRowFramePop(&frame);
}

/* ---------- lookups ---------- */

static bool
RefuseRelated(void *arg, int row, const CormRelation *relation, JsonbValue *value)
{
	const CormSavePlace *place = arg;

	if (CormSaveIsHeld(relation) && !CormSaveHasVerbs(value))
		return false;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("relation \"%s\" cannot stand in the lookup of \"%s\"", relation->name,
					CormSaveAt(place, row)),
			 errhint("Move it to \"defaults\".")));
}

static void
RefuseExpected(void *arg, int row, const CormColumn *column, JsonbValue *value)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a lookup of \"%s\" expects no values", CormSaveAt(arg, row)),
			 errhint("Move \"%s__expect\" to \"defaults\".", column->name)));
}

/*
 * The unique key that the columns given so far are, with or without those from
 * above.
 */
static const CormKey *
KeyOfLookup(CormSavePlace *place, int row)
{
	const CormKey *found = NULL;
	ListCell   *lc;
	ListCell   *lg;

	foreach(lc, UniqueKeys(place))
	{
		const CormKey *key = lfirst(lc);
		bool		all = TakeValues(place, row, key, NULL);

		foreach(lg, place->bulk->columns)
		{
			const CormBulkColumn *column = lfirst(lg);
			bool		from_above = place->relation && CormHasChildren(place->relation) &&
				strcmp(column->key, place->relation->name) == 0;

			if (column->given[row] && !from_above && !CormKeyHas(*key, column->column->attnum))
				all = false;
		}
		if (all && (found == NULL || key->n < found->n))
			found = key;
	}
	return found;
}

void
CormSaveReadLookups(CormSavePlace *place)
{
	CormTreeRows tree = {palloc0(Max(place->n, 1) * sizeof(JsonbValue *)), RefuseRelated,
		RefuseExpected, place};
	bool		some = false;

	for (int row = 0; row < place->n; row++)
	{
		tree.objects[row] = place->rows[row].lookup;
		some |= tree.objects[row] != NULL;
	}
	if (!some)
		return;
	place->part = "lookup";
	CormBulkReadTree(place->bulk, NULL, &tree, place->links);
	for (int row = 0; row < place->n; row++)
	{
		const CormKey *key;

		if (tree.objects[row] == NULL)
			continue;
		key = KeyOfLookup(place, row);
		if (key == NULL)
			NamesNoRow(place, psprintf("%s.lookup", CormSaveAt(place, row)));
		LookUpBy(place, row, key);
	}
	place->part = NULL;
}

/* ---------- keys ---------- */

/*
 * A null in a key that has a default asks for that.
 */
static void
LeaveNullKeys(CormSavePlace *place, int row)
{
	for (int i = 0; i < place->key.n; i++)
	{
		const CormColumn *column = CormColumnByNumber(place->model, place->key.attnums[i]);
		CormBulkColumn *given;

		if (!column->has_default)
			continue;
		given = CormBulkColumnOf(place->bulk, column);
		if (given->given[row] && given->nulls[row])
			CormBulkLeave(given, row);
	}
}

/*
 * The row that the one above has, if that can have one.
 */
static void
LookUpByParent(CormSavePlace *place, int row)
{
	const CormForeignKey *fk = place->relation->fk;
	const CormSavePlace *above = place->above;
	CormSaveRow *at = &place->rows[row];
	CormKey    *key = palloc(sizeof(CormKey));

	key->n = fk->nkeys;
	key->attnums = place->relation->reverse ? fk->fk_attnums : fk->pk_attnums;
	if (place->relation->reverse)
	{
		LookUpBy(place, row, key);
		return;
	}
	at->by_values = palloc(key->n * sizeof(Datum));
	if (!CormSaveValues(above, at->parent, fk->nkeys, fk->fk_attnums, above->model,
						fk->fk_attnums, at->by_values))
		return;
	at->by = key;
	for (int i = 0; i < fk->nkeys; i++)
		at->by_values[i] = CormSaveConvert(at->by_values[i],
										   CormColumnByNumber(above->model, fk->fk_attnums[i])->typid,
										   CormColumnByNumber(place->model, fk->pk_attnums[i])->typid);
}

void
CormSaveChooseKeys(CormSavePlace *place)
{
	for (int row = 0; row < place->n; row++)
	{
		CormSaveRow *at = &place->rows[row];

		LeaveNullKeys(place, row);
		if (at->by_parent)
			LookUpByParent(place, row);
		else if (at->by == NULL && at->kind != CORM_SAVE_CREATE)
			LookUpBy(place, row, &place->key);
		if (at->kind == CORM_SAVE_UPDATE && !at->by_parent && at->by == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" has no key of model \"%s\"", CormSaveAt(place, row),
							CormModelDisplayName(place->model)),
					 errdetail("Its key: %s.",
							   CormJoinNames(CormColumnNames(place->model->relid, place->key.n,
															 place->key.attnums)))));
	}
}
