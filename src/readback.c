/*-------------------------------------------------------------------------
 *
 * readback.c
 *	  The rows that a call has written, as they are now.
 *
 * They are read like others, under a snapshot that sees what the call has done so
 * far.  They come in any order, and are told apart by their keys.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "expr.h"
#include "readback.h"
#include "rowset.h"
#include "value.h"

/* One key and the place that it has among those given. */
typedef struct PlacedKey
{
	Datum	   *key;
	int			row;
} PlacedKey;

/* Documents by row, as they come by key. */
typedef struct Reading
{
	MemoryContext context;
	CormTreeMaker make;
	void	   *make_arg;
	const CormModel *model;
	int		   *targets;		/* of the key's parts in the result */
	PlacedKey  *keys;			/* in order, each once */
	int			nkeys;
	int			nobserved;
	int			nread;
	int		   *places;			/* in keys, of what was observed */
	StringInfo *documents;		/* by place */
} Reading;

/* ---------- which rows ---------- */

/* Trees for one key, and for several, with the condition on them. */
enum
{
	READ_ONE = 1000,
	READ_SEVERAL
};

/* What the keys' parts are as elements of an array. */
static Oid
ElementType(const Reading *reading, int part)
{
	Oid			column = getBaseType(CormColumnByNumber(reading->model,
														reading->model->key[part])->typid);

	return CormTravelsAsText(column) ? TEXTOID : column;
}

/* Are the keys elements of one array that is compared with? */
static bool
IsOneArray(const Reading *reading)
{
	const CormModel *model = reading->model;

	return model->nkey == 1 &&
		!CormTravelsAsText(getBaseType(CormColumnByNumber(model, model->key[0])->typid));
}

/* The n'th part of all keys. */
static Datum
KeyArray(const Reading *reading, int part)
{
	int			n = IsOneArray(reading) ? Max(reading->nkeys, CORM_LEAST_KEYS) : reading->nkeys;
	Datum	   *datums = palloc(n * sizeof(Datum));
	Oid			column = getBaseType(CormColumnByNumber(reading->model,
														reading->model->key[part])->typid);
	Oid			type = ElementType(reading, part);
	int16		typlen;
	bool		byval;
	char		align;

	for (int i = 0; i < n; i++)
		datums[i] = reading->keys[Min(i, reading->nkeys - 1)].key[part];
	if (type != column)
		CormExactTexts(column, n, datums, NULL);
	get_typlenbyvalalign(type, &typlen, &byval, &align);
	return PointerGetDatum(construct_array(datums, n, type, typlen, byval, align));
}

/* A parameter for it. */
static int
AddKeyArray(CormSelect *select, const Reading *reading, int part)
{
	Oid			type = ElementType(reading, part);
	int			param = CormAddDatum(select, get_array_type(type), (Datum) 0);

	((CormParam *) llast(select->params))->elemtype = type;
	return param;
}

static CormExpr *
KeyIsOneOf(CormSelect *select, const Reading *reading)
{
	const CormModel *model = reading->model;
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_KEYS);

	for (int i = 0; i < model->nkey; i++)
	{
		CormValue  *column = CormColumnValueOf(select->base, model->key[i]);
		Oid			op = CormEqualityOperator(column->ref.column);
		int			param = AddKeyArray(select, reading, i);
		CormExpr   *part;

		if (expr->param == 0)
			expr->param = param;
		if (IsOneArray(reading))
		{
			expr->kind = CORM_EXPR_ANY;
			expr->left = column;
			expr->op = op;
			return expr;
		}
		part = CormMakeExpr(CORM_EXPR_OPERATOR);
		part->left = column;
		part->op = op;
		part->key_type = getBaseType(column->type);
		expr->args = lappend(expr->args, part);
	}
	return expr;
}

static CormExpr *
KeyIs(CormSelect *select, const CormModel *model)
{
	List	   *exprs = NIL;

	for (int i = 0; i < model->nkey; i++)
	{
		CormValue  *column = CormColumnValueOf(select->base, model->key[i]);
		int			param = CormAddDatum(select, getBaseType(column->type), (Datum) 0);

		exprs = lappend(exprs, CormMakeOperator(column,
												CormEqualityOperator(column->ref.column),
												CormParamValue(select, param)));
	}
	return CormAllOf(exprs);
}

/* Where the result has a part of the key, which it has in any case. */
static int
KeyTarget(CormSelect *select, int part)
{
	return CormAddTarget(select, CormRef(select->base, select->model->key[part]), InvalidOid);
}

/* The tree, with a condition whose parameters come last. */
static CormSelect *
MakeTree(const CormTreeSource *source, void *arg)
{
	const Reading *reading = arg;
	CormSelect *select = reading->make(source, reading->make_arg);

	select->scope->where = lappend(select->scope->where, reading->nkeys == 1 ?
								   KeyIs(select, reading->model) :
								   KeyIsOneOf(select, reading));
	for (int i = 0; i < reading->model->nkey; i++)
		(void) KeyTarget(select, i);
	return select;
}

static void
BindKeys(const CormSelect *select, const Reading *reading)
{
	int			nkey = reading->model->nkey;
	int			first = list_length(select->params) - nkey;

	for (int i = 0; i < nkey; i++)
	{
		CormParam  *param = list_nth(select->params, first + i);

		param->datum = reading->nkeys == 1 ? reading->keys[0].key[i] : KeyArray(reading, i);
	}
}

/* ---------- keys in order ---------- */

static int
ComparePlaced(const void *a, const void *b, void *arg)
{
	const CormModel *model = arg;

	return CormCompareKeys(model, model->nkey, model->key, ((const PlacedKey *) a)->key,
						   ((const PlacedKey *) b)->key);
}

/*
 * Where a key stands among those in order; -1 for one that is none of them.
 */
static int
FindKey(const Reading *reading, const Datum *key)
{
	const CormModel *model = reading->model;
	int			low = 0;
	int			high = reading->nkeys - 1;

	while (low <= high)
	{
		int			middle = (low + high) / 2;
		int			order = CormCompareKeys(model, model->nkey, model->key, key,
											reading->keys[middle].key);

		if (order == 0)
			return middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return -1;
}

static void
SortKeys(Reading *reading, int n, Datum **keys)
{
	void	   *model = unconstify(CormModel *, reading->model);
	PlacedKey  *sorted = palloc(Max(n, 1) * sizeof(PlacedKey));
	int			nsorted = 0;

	for (int row = 0; row < n; row++)
	{
		if (keys[row] == NULL)
			continue;
		sorted[nsorted].key = keys[row];
		sorted[nsorted++].row = row;
	}
	if (nsorted > 1)
		qsort_arg(sorted, nsorted, sizeof(PlacedKey), ComparePlaced, model);
	for (int i = 0; i < nsorted; i++)
		if (i == 0 || ComparePlaced(&sorted[i - 1], &sorted[i], model) != 0)
			sorted[reading->nkeys++] = sorted[i];
	reading->keys = sorted;
	reading->places = palloc(Max(nsorted, 1) * sizeof(int));
	reading->documents = palloc0(Max(nsorted, 1) * sizeof(StringInfo));
}

/* ---------- reading ---------- */

static bool
ObserveRow(void *arg, TupleTableSlot *slot, const int *columns)
{
	Reading    *reading = arg;
	Datum		key[INDEX_MAX_KEYS];
	int			place;

	slot_getallattrs(slot);
	for (int i = 0; i < reading->model->nkey; i++)
		key[i] = slot->tts_values[columns[reading->targets[i]]];
	place = FindKey(reading, key);
	if (place < 0 || reading->nobserved == reading->nkeys)
		return false;
	reading->places[reading->nobserved++] = place;
	return true;
}

static void
KeepDocument(void *arg, StringInfo document)
{
	Reading    *reading = arg;
	MemoryContext old = MemoryContextSwitchTo(reading->context);
	StringInfo	copy = makeStringInfo();

	appendBinaryStringInfo(copy, document->data, document->len);
	reading->documents[reading->places[reading->nread++]] = copy;
	MemoryContextSwitchTo(old);
}

static CormSelect *
Tree(const CormTreeSource *source, Reading *reading)
{
	CormTreeSource keyed;

	if (source == NULL)
		return MakeTree(NULL, reading);
	keyed = *source;
	keyed.purpose = reading->nkeys == 1 ? READ_ONE : READ_SEVERAL;
	return CormTreeGet(&keyed, MakeTree, reading);
}

static void
Read(const CormTreeSource *source, Reading *reading)
{
	CormSelect *select = Tree(source, reading);
	int			nkey = reading->model->nkey;
	CormRun    *run;

	BindKeys(select, reading);
	reading->targets = palloc(nkey * sizeof(int));
	for (int i = 0; i < nkey; i++)
		reading->targets[i] = KeyTarget(select, i);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	run = CormRunBegin(select, CORM_RUN_READ_ONLY | CORM_RUN_WRITTEN);
	CormRunObserve(run, ObserveRow, reading);
	CormRunPush(run, KeepDocument, reading);
	PopActiveSnapshot();
}

void
CormReadBack(const CormTreeSource *source, CormTreeMaker make, void *make_arg,
			 const CormModel *model, int n, Datum **keys, CormRowSink sink, void *arg)
{
	Reading		reading = {CurrentMemoryContext, make, make_arg, model};

	SortKeys(&reading, n, keys);
	if (reading.nkeys > 0)
		Read(source, &reading);
	for (int row = 0; row < n; row++)
		sink(arg, row, keys[row] ? reading.documents[FindKey(&reading, keys[row])] : NULL);
}
