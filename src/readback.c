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
#include "resolve.h"
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

/*
 * A parameter that holds the n'th part of all keys; "type" receives what its
 * elements are.
 */
static int
AddKeyArray(CormSelect *select, const Reading *reading, int part, int least, Oid *type)
{
	int			n = Max(reading->nkeys, least);
	Datum	   *datums = palloc(n * sizeof(Datum));
	Oid			column = getBaseType(CormColumnByNumber(reading->model,
														reading->model->key[part])->typid);
	bool		as_text = CormTravelsAsText(column);
	int16		typlen;
	bool		byval;
	char		align;
	int			param;

	for (int i = 0; i < n; i++)
		datums[i] = reading->keys[Min(i, reading->nkeys - 1)].key[part];
	if (as_text)
		CormExactTexts(column, n, datums, NULL);
	*type = as_text ? TEXTOID : column;
	get_typlenbyvalalign(*type, &typlen, &byval, &align);
	param = CormAddDatum(select, get_array_type(*type),
						 PointerGetDatum(construct_array(datums, n, *type, typlen, byval, align)));
	((CormParam *) llast(select->params))->elemtype = *type;
	return param;
}

static CormExpr *
KeyIsOneOf(CormSelect *select, const Reading *reading)
{
	const CormModel *model = reading->model;
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_KEYS);
	Oid			type;

	for (int i = 0; i < model->nkey; i++)
	{
		CormValue  *column = CormColumnValueOf(select->base, model->key[i]);
		Oid			base = getBaseType(column->type);
		Oid			op = CormEqualityOperator(column->ref.column);
		CormExpr   *part;
		int			param;

		if (model->nkey == 1 && !CormTravelsAsText(base))
		{
			expr->kind = CORM_EXPR_ANY;
			expr->left = column;
			expr->op = op;
			expr->param = AddKeyArray(select, reading, 0, CORM_LEAST_KEYS, &type);
			return expr;
		}
		part = CormMakeExpr(CORM_EXPR_OPERATOR);
		param = AddKeyArray(select, reading, i, 0, &type);
		if (expr->param == 0)
			expr->param = param;
		part->left = column;
		part->op = op;
		part->key_type = base;
		expr->args = lappend(expr->args, part);
	}
	return expr;
}

static CormExpr *
KeyIs(CormSelect *select, const CormModel *model, const Datum *key)
{
	List	   *exprs = NIL;

	for (int i = 0; i < model->nkey; i++)
	{
		CormValue  *column = CormColumnValueOf(select->base, model->key[i]);
		int			param = CormAddDatum(select, getBaseType(column->type), key[i]);

		exprs = lappend(exprs, CormMakeOperator(column,
												CormEqualityOperator(column->ref.column),
												CormParamValue(select, param)));
	}
	return CormAllOf(exprs);
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

static void
Read(const CormRequest *request, Reading *reading)
{
	const CormModel *model = reading->model;
	CormSelect *select = CormResolve(request, CORM_FOR_DOCUMENTS, NULL);
	CormRun    *run;

	select->scope->where = lappend(select->scope->where, reading->nkeys == 1 ?
								   KeyIs(select, model, reading->keys[0].key) :
								   KeyIsOneOf(select, reading));
	reading->targets = palloc(model->nkey * sizeof(int));
	for (int i = 0; i < model->nkey; i++)
		reading->targets[i] = CormAddTarget(select, CormRef(select->base, model->key[i]),
											InvalidOid);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	run = CormRunBegin(select, true);
	CormRunObserve(run, ObserveRow, reading);
	CormRunPush(run, KeepDocument, reading);
	PopActiveSnapshot();
}

void
CormReadBack(const CormRequest *request, const CormModel *model, int n, Datum **keys,
			 CormRowSink sink, void *arg)
{
	Reading		reading = {CurrentMemoryContext, model};

	SortKeys(&reading, n, keys);
	if (reading.nkeys > 0)
		Read(request, &reading);
	for (int row = 0; row < n; row++)
		sink(arg, row, keys[row] ? reading.documents[FindKey(&reading, keys[row])] : NULL);
}
