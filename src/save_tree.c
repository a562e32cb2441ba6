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

/* ---------- relations ---------- */

static CormDocPath *
MakePath(const CormDocPath *parent, const char *word, int index)
{
	CormDocPath *at = palloc(sizeof(CormDocPath));

	at->parent = parent;
	at->word = word;
	at->index = index;
	return at;
}

static CormSavePlace *
PlaceBelow(CormSavePlace *place, const CormRelation *relation)
{
	ListCell   *lc;

	foreach(lc, place->below)
		if (((CormSavePlace *) lfirst(lc))->relation == relation)
			return lfirst(lc);
	return CormSaveMakePlace(place, CormRelationTarget(relation), relation);
}

/*
 * An object is a row of its own, anything else the key of one that is there.
 */
static void
AddPlain(CormSavePlace *below, int parent, const JsonbValue *value, const CormDocPath *at)
{
	if (value->type == jbvNull)
		CormRaiseWrongValue(at, "an object or a key", value);
	(void) CormSaveAddRow(below, CormJsonIsObject(value) ? CORM_SAVE_ANY : CORM_SAVE_CONNECT,
						  parent, value, at);
}

void
CormSaveAddRelated(CormSavePlace *place, int row, const CormRelation *relation,
				   JsonbValue *value)
{
	CormDocPath *at = MakePath(place->rows[row].at, relation->name, 0);
	CormSavePlace *below;
	ListCell   *lc;

	CormRequireWhole(place->model, relation);
	CormRequireWritable(place->model, relation);
	below = PlaceBelow(place, relation);
	if (!relation->to_many)
	{
		AddPlain(below, row, value, at);
		return;
	}
	if (!CormJsonIsArray(value))
		CormRaiseWrongValue(at, "an array of objects and keys", value);
	foreach(lc, CormJsonElements(value))
		AddPlain(below, row, lfirst(lc), MakePath(at, NULL, foreach_current_index(lc)));
}

static bool
TakeRelated(void *arg, int row, const CormRelation *relation, JsonbValue *value)
{
	CormSaveAddRelated(arg, row, relation, value);
	return true;
}

/* ---------- reading ---------- */

static char *
PlaceOfRow(void *arg, int row)
{
	return CormSaveAt(arg, row);
}

/*
 * Rows below a relation that they hold themselves have its columns from above.
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

/*
 * A row that is linked is named by its key, and may bring the link's values.
 */
static void
ReadTarget(CormSavePlace *place, int row, const CormModel *link, CormRowFrame *frame)
{
	const CormModel *model = place->model;
	JsonbValue *value = &place->rows[row].value;
	Datum	   *key = CormKeyValues(model, value, CormSaveAt(place, row));

	for (int i = 0; i < model->nkey; i++)
		CormBulkSet(CormBulkColumnOf(place->bulk, CormColumnByNumber(model, model->key[i])),
					row, key[i], false, "pk");
	if (link == NULL || !CormJsonIsObject(value))
		return;
	place->links[row] = CormJsonMember(value, link->name);
	if (place->links[row] == NULL)
		return;
	frame->row = row;
	frame->key = link->name;
	(void) CormReadLinkValues(place->relation, place->links[row]);
	frame->row = -1;
}

static void
ReadTargets(CormSavePlace *place)
{
	const CormRelation *relation = place->relation;
	const CormModel *link = relation && OidIsValid(relation->through) ?
		CormModelByRelid(relation->through) : NULL;
	CormRowFrame frame;

	CormRowFramePush(&frame, "reading");
	frame.bulk = place->bulk;
	for (int row = 0; row < place->n; row++)
		if (place->rows[row].kind == CORM_SAVE_CONNECT)
			ReadTarget(place, row, link, &frame);
	CormRowFramePop(&frame);
}

/*
 * Is the key given?  A null in a key that has a default asks for that.
 */
static bool
IsKeyed(CormSavePlace *place, int row)
{
	const CormModel *model = place->model;
	bool		keyed = model->nkey > 0;

	for (int i = 0; i < model->nkey; i++)
	{
		const CormColumn *column = CormColumnByNumber(model, model->key[i]);
		CormBulkColumn *given = CormBulkColumnOf(place->bulk, column);

		if (given->given[row] && given->nulls[row] && column->has_default)
		{
			given->given[row] = false;
			given->ngiven--;
		}
		keyed = keyed && given->given[row] && !given->nulls[row];
	}
	return keyed;
}

void
CormSaveRead(CormSavePlace *place)
{
	CormTreeRows tree = {palloc0(Max(place->n, 1) * sizeof(JsonbValue *)), TakeRelated, place};

	CormCheckSchemaUsage(place->model);
	place->bulk = CormBulkBegin(place->model, place->n);
	place->bulk->label = place->label;
	place->bulk->place = PlaceOfRow;
	place->bulk->place_arg = place;
	place->links = palloc0(Max(place->n, 1) * sizeof(JsonbValue *));
	for (int row = 0; row < place->n; row++)
		if (place->rows[row].kind != CORM_SAVE_CONNECT)
			tree.objects[row] = &place->rows[row].value;
	if (place->relation && CormHasChildren(place->relation))
		GiveOwner(place);
	ReadTargets(place);
	CormBulkReadTree(place->bulk, place->relation, &tree, place->links);
	for (int row = 0; row < place->n; row++)
		place->rows[row].keyed = IsKeyed(place, row);
}
