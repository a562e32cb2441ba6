/*-------------------------------------------------------------------------
 *
 * natural_key.c
 *	  Related rows of many rows, named by the columns of a unique key.
 *
 * The values are noted row by row.  Then all that name one relation's rows by
 * one key are looked up together.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "error.h"
#include "indexes.h"
#include "natural_key.h"
#include "rowset.h"
#include "scope.h"
#include "value.h"

/* Rows whose relation is given by the columns of one unique key. */
typedef struct NaturalKey
{
	const CormRelation *relation;
	CormKey		key;			/* of the target */
	List	   *rows;			/* of int */
	List	   *values;			/* of Datum *, in the order of the key */
} NaturalKey;

/* The unique keys of a relation's target. */
typedef struct TargetKeys
{
	const CormRelation *relation;
	List	   *keys;			/* of CormKey * */
} TargetKeys;

struct CormNaturalKeys
{
	MemoryContext context;
	CormBulk   *bulk;
	List	   *targets;		/* of TargetKeys * */
	List	   *used;			/* of NaturalKey * */
};

static int
CompareNames(const ListCell *a, const ListCell *b)
{
	return strcmp(lfirst(a), lfirst(b));
}

char *
CormUniqueKeysText(const CormModel *model)
{
	List	   *texts = NIL;
	ListCell   *lc;

	foreach(lc, CormReadUniqueKeys(model->relid))
	{
		CormKey    *key = lfirst(lc);
		char	   *names = CormJoinNames(CormColumnNames(model->relid, key->n, key->attnums));

		if (!CormListHasName(texts, psprintf("(%s)", names)))
			texts = lappend(texts, psprintf("(%s)", names));
	}
	list_sort(texts, CompareNames);
	return CormJoinNames(texts);
}

bool
CormHoldsKey(const CormModel *model, const JsonbValue *object)
{
	if (CormJsonMember(object, "pk"))
		return true;
	for (int i = 0; i < model->nkey; i++)
		if (CormJsonMember(object, CormColumnByNumber(model, model->key[i])->name) == NULL)
			return false;
	return model->nkey > 0;
}

CormNaturalKeys *
CormNaturalKeysBegin(CormBulk *bulk)
{
	CormNaturalKeys *keys = palloc0(sizeof(CormNaturalKeys));

	keys->context = CurrentMemoryContext;
	keys->bulk = bulk;
	return keys;
}

/* ---------- noting ---------- */

static List *
UniqueKeysOf(CormNaturalKeys *keys, const CormRelation *relation)
{
	TargetKeys *target;
	ListCell   *lc;

	foreach(lc, keys->targets)
		if (((TargetKeys *) lfirst(lc))->relation == relation)
			return ((TargetKeys *) lfirst(lc))->keys;
	target = palloc(sizeof(TargetKeys));
	target->relation = relation;
	target->keys = CormReadUniqueKeys(relation->target);
	keys->targets = lappend(keys->targets, target);
	return target->keys;
}

/*
 * The unique key whose columns, and nothing else, are the members of an object.
 */
static const CormKey *
FindKey(CormNaturalKeys *keys, const CormRelation *relation, const JsonbValue *object)
{
	const CormModel *target = CormRelationTarget(relation);
	int			size = JsonContainerSize(object->val.binary.data);
	ListCell   *lc;

	foreach(lc, UniqueKeysOf(keys, relation))
	{
		CormKey    *key = lfirst(lc);
		bool		all = key->n == size;

		for (int i = 0; all && i < key->n; i++)
			all = CormJsonMember(object, CormColumnByNumber(target, key->attnums[i])->name) != NULL;
		if (all)
			return key;
	}
	return NULL;
}

static void
NamesNoRow(const CormBulk *bulk, const CormRelation *relation, int row)
{
	const CormModel *target = CormRelationTarget(relation);

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the object given for \"%s\" names no row of model \"%s\"",
					CormBulkPlace(bulk, row, relation->name), CormModelDisplayName(target)),
			 errdetail("It must hold the key, or the columns of a unique key and nothing else."),
			 errhint("Unique keys of \"%s\": %s.", CormModelDisplayName(target),
					 CormUniqueKeysText(target))));
}

static NaturalKey *
UseOf(CormNaturalKeys *keys, const CormRelation *relation, const CormKey *key)
{
	NaturalKey *use;
	ListCell   *lc;

	foreach(lc, keys->used)
	{
		use = lfirst(lc);
		if (use->relation == relation && use->key.attnums == key->attnums)
			return use;
	}
	use = palloc0(sizeof(NaturalKey));
	use->relation = relation;
	use->key = *key;
	keys->used = lappend(keys->used, use);
	return use;
}

void
CormNaturalKeyAdd(CormNaturalKeys *keys, const CormRelation *relation, int row,
				  const JsonbValue *object)
{
	const CormModel *target = CormRelationTarget(relation);
	const CormKey *key = FindKey(keys, relation, object);
	NaturalKey *use;
	Datum	   *values;

	if (key == NULL)
		NamesNoRow(keys->bulk, relation, row);
	use = UseOf(keys, relation, key);
	values = palloc(key->n * sizeof(Datum));
	for (int i = 0; i < key->n; i++)
	{
		const CormColumn *column = CormColumnByNumber(target, key->attnums[i]);
		bool		isnull;

		values[i] = CormValueFromJson(CormJsonMember(object, column->name), column->typid,
									  column->typmod, &isnull);
		if (isnull)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" of the object given for \"%s\" is null",
							column->name, CormBulkPlace(keys->bulk, row, relation->name))));
	}
	use->rows = lappend_int(use->rows, row);
	use->values = lappend(use->values, values);
}

/* ---------- looking up ---------- */

/* Takes the rows that were looked up. */
typedef struct Finder
{
	MemoryContext context;
	const NaturalKey *use;
	CormBulkColumn **columns;	/* of the foreign key */
	bool	   *found;
} Finder;

static void
TakeFound(void *arg, TupleTableSlot *slot)
{
	Finder	   *finder = arg;
	const CormForeignKey *fk = finder->use->relation->fk;
	int			place;
	int			row;
	MemoryContext old;

	place = DatumGetInt32(slot->tts_values[0]);
	row = list_nth_int(finder->use->rows, place);
	old = MemoryContextSwitchTo(finder->context);
	for (int i = 0; i < fk->nkeys && !slot->tts_isnull[i + 1]; i++)
	{
		CormBulkColumn *column = finder->columns[i];
		int16		typlen;
		bool		byval;

		get_typlenbyval(column->column->typid, &typlen, &byval);
		CormBulkSet(column, row, datumCopy(slot->tts_values[i + 1], byval, typlen), false,
					finder->use->relation->name);
		finder->found[place] = i == fk->nkeys - 1;
	}
	MemoryContextSwitchTo(old);
}

/*
 * One element for each row, and no more: its place says which row it is.
 */
static List *
BindKeys(CormValues *values, const CormModel *target, const NaturalKey *use)
{
	int			n = list_length(use->values);
	Datum	   *datums = palloc(n * sizeof(Datum));
	List	   *arrays = NIL;
	ListCell   *lc;

	for (int i = 0; i < use->key.n; i++)
	{
		foreach(lc, use->values)
			datums[foreach_current_index(lc)] = ((Datum *) lfirst(lc))[i];
		arrays = lappend(arrays, CormArrayValue(values,
												CormColumnByNumber(target, use->key.attnums[i]),
												n, datums, NULL));
	}
	return arrays;
}

/*
 * One statement for all rows that spell one unique key of one relation.
 */
static void
LookUp(CormNaturalKeys *keys, const NaturalKey *use)
{
	const CormModel *target = CormRelationTarget(use->relation);
	const CormForeignKey *fk = use->relation->fk;
	const char *label = psprintf("%s.%s", keys->bulk->label, use->relation->name);
	CormValues	values = {NIL};
	List	   *arrays = BindKeys(&values, target, use);
	Finder		finder = {keys->context, use};
	CormTaker	taker = CormMakeTaker(TakeFound, &finder);
	List	   *wanted = NIL;
	List	   *types = NIL;
	int			places;

	CormCheckSchemaUsage(target);
	finder.columns = palloc(fk->nkeys * sizeof(CormBulkColumn *));
	finder.found = palloc0(list_length(use->rows) * sizeof(bool));
	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormColumn *column = CormColumnByNumber(keys->bulk->model, fk->fk_attnums[i]);

		finder.columns[i] = CormBulkColumnOf(keys->bulk, column);
		wanted = lappend(wanted, unconstify(CormColumn *,
											CormColumnByNumber(target, fk->pk_attnums[i])));
		types = lappend_oid(types, column->typid);
	}
	places = CormAddPlaces(&values, list_length(use->rows));
	(void) CormExecuteForAny(label,
							 CormDeparseFind(target, label, arrays, places, wanted, types, false),
							 CormValueParams(&values), list_length(use->rows), &taker.pub);
	for (int place = 0; place < list_length(use->rows); place++)
		if (!finder.found[place])
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("the %s given for \"%s\" does not exist",
							CormModelDisplayName(target),
							CormBulkPlace(keys->bulk, list_nth_int(use->rows, place),
										  use->relation->name))));
}

void
CormNaturalKeysLookUp(CormNaturalKeys *keys)
{
	ListCell   *lc;

	foreach(lc, keys->used)
		LookUp(keys, lfirst(lc));
}
