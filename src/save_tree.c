/*-------------------------------------------------------------------------
 *
 * save_tree.c
 *	  Trees of rows to write, from JSON to rows at places.
 *
 * The members of an object that are columns go to the columns of its place, as
 * for other data.  What it has for a relation to other rows becomes rows of a
 * place below, which is read when its turn has come: what the rows above give
 * it, their keys, is known then.
 *
 * JSON values point into the document, which outlives the tree.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "bulk_read.h"
#include "data.h"
#include "path.h"
#include "save.h"
#include "scope.h"
#include "value.h"

CormSavePlace *
CormSaveMakePlace(CormSavePlace *above, const CormModel *model, const CormRelation *relation)
{
	CormSavePlace *place = palloc0(sizeof(CormSavePlace));

	place->above = above;
	place->model = model;
	place->relation = relation;
	place->label = relation ? psprintf("%s.%s", CormModelDisplayName(above->model), relation->name) :
		CormModelDisplayName(model);
	if (above)
		above->below = lappend(above->below, place);
	return place;
}

CormSaveRow *
CormSaveAddRow(CormSavePlace *place, CormSaveKind kind, int parent,
			   const JsonbValue *value, const CormDocPath *at)
{
	CormSaveRow *row;

	if (place->n >= place->size)
	{
		place->size = Max(place->size * 2, 8);
		place->rows = place->rows ?
			repalloc_huge(place->rows, place->size * sizeof(CormSaveRow)) :
			palloc(place->size * sizeof(CormSaveRow));
	}
	row = &place->rows[place->n];
	memset(row, 0, sizeof(*row));
	row->kind = kind;
	row->parent = parent;
	row->same = place->n++;
	row->value = *value;
	row->at = at;
	return row;
}

char *
CormSaveAt(const CormSavePlace *place, int row)
{
	const CormDocPath *at = place->rows[row].at;

	return at ? CormDocPathText(at) : pstrdup("");
}

CormDocPath *
CormSavePath(const CormDocPath *parent, const char *word, int index)
{
	CormDocPath *at = palloc(sizeof(CormDocPath));

	at->parent = parent;
	at->word = word;
	at->index = index;
	return at;
}

/* ---------- relations ---------- */

static CormSavePlace *
PlaceBelow(CormSavePlace *place, const CormRelation *relation)
{
	ListCell   *lc;

	foreach(lc, place->below)
		if (((CormSavePlace *) lfirst(lc))->relation == relation)
			return lfirst(lc);
	return CormSaveMakePlace(place, CormRelationTarget(relation), relation);
}

void
CormSaveAddPlain(CormSavePlace *place, int parent, JsonbValue *value, const CormDocPath *at)
{
	if (value->type == jbvNull)
		CormRaiseWrongValue(at, "an object or a key", value);
	(void) CormSaveAddRow(place, CormJsonIsObject(value) ? CORM_SAVE_ANY : CORM_SAVE_CONNECT,
						  parent, value, at);
}

/*
 * What an object has for a relation becomes rows of the place below.  A list is
 * added to what is there, one row or null takes its place.
 */
static bool
TakeRelated(void *arg, int row, const CormRelation *relation, JsonbValue *value)
{
	CormSavePlace *place = arg;
	CormDocPath *at = CormSavePath(place->rows[row].at, relation->name, 0);
	CormSavePlace *below;
	ListCell   *lc;

	CormRequireWhole(place->model, relation);
	CormRequireWritable(place->model, relation);
	below = PlaceBelow(place, relation);
	if (CormJsonIsObject(value) && CormSaveHasVerbs(value))
	{
		if (CormSaveIsHeld(relation))
			return CormSaveTakeVerb(below, row, value, at);
		CormSaveAddVerbs(below, row, value, at);
	}
	else if (!relation->to_many && value->type == jbvNull)
		below->cleared = lappend_int(below->cleared, row);
	else if (!relation->to_many)
		CormSaveAddPlain(below, row, value, at);
	else if (CormJsonIsArray(value))
		foreach(lc, CormJsonElements(value))
			CormSaveAddPlain(below, row, lfirst(lc),
							 CormSavePath(at, NULL, foreach_current_index(lc)));
	else if (CormJsonIsObject(value))
		CormSaveUnknownVerb(value, at);
	else
		CormRaiseWrongValue(at, "an array of objects and keys, or an object of verbs", value);
	return true;
}

/* ---------- reading ---------- */

static char *
PlaceOfRow(void *arg, int row)
{
	const CormSavePlace *place = arg;
	char	   *at = CormSaveAt(place, row);

	return place->part && place->rows[row].lookup ? psprintf("%s.%s", at, place->part) : at;
}

/*
 * Rows that hold the relation themselves have its columns from above.
 */
static void
GiveOwner(CormSavePlace *place)
{
	const CormRelation *relation = place->relation;
	const CormForeignKey *fk = relation->fk;
	Datum		values[INDEX_MAX_KEYS];
	CormBulkColumn *columns[INDEX_MAX_KEYS];

	for (int i = 0; i < fk->nkeys; i++)
		columns[i] = CormBulkColumnOf(place->bulk,
									  CormColumnByNumber(place->model, fk->fk_attnums[i]));
	for (int row = 0; row < place->n; row++)
	{
		if (!CormSaveValues(place->above, place->rows[row].parent, fk->nkeys, fk->pk_attnums,
							place->model, fk->fk_attnums, values))
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("nothing can be linked to the %s above \"%s\"",
							CormModelDisplayName(place->above->model),
							CormSaveAt(place, row)),
					 errdetail("It was not written, or a column that would be referenced is null.")));
		for (int i = 0; i < fk->nkeys; i++)
			CormBulkSet(columns[i], row, values[i], false, relation->name);
	}
}

static void
TakeExpected(void *arg, int row, const CormColumn *column, JsonbValue *value)
{
	CormSavePlace *place = arg;
	CormSaveExpected *expected = palloc(sizeof(CormSaveExpected));

	expected->row = row;
	expected->column = column;
	expected->value = CormValueFromJson(value, column->typid, column->typmod,
										&expected->isnull);
	place->expected = lappend(place->expected, expected);
}

static void
ReadObjects(CormSavePlace *place)
{
	CormTreeRows tree = {palloc0(Max(place->n, 1) * sizeof(JsonbValue *)), TakeRelated,
		TakeExpected, place};
	bool		some = false;

	for (int row = 0; row < place->n; row++)
	{
		CormSaveKind kind = place->rows[row].kind;

		if (kind != CORM_SAVE_CONNECT && kind != CORM_SAVE_DISCONNECT && kind != CORM_SAVE_DELETE)
			tree.objects[row] = &place->rows[row].value;
		some |= tree.objects[row] != NULL;
	}
	if (!some)
		return;
	place->part = "defaults";
	CormBulkReadTree(place->bulk, place->relation, &tree, place->links);
	place->part = NULL;
}

void
CormSaveRead(CormSavePlace *place)
{
	CormCheckSchemaUsage(place->model);
	place->key.n = place->model->nkey;
	place->key.attnums = place->model->key;
	place->bulk = CormBulkBegin(place->model, place->n);
	place->bulk->label = place->label;
	place->bulk->place = PlaceOfRow;
	place->bulk->place_arg = place;
	place->links = palloc0(Max(place->n, 1) * sizeof(JsonbValue *));
	if (place->relation && CormHasChildren(place->relation))
		GiveOwner(place);
	CormSaveReadTargets(place);
	CormSaveReadLookups(place);
	ReadObjects(place);
	CormSaveChooseKeys(place);
}
