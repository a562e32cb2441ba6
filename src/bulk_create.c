/*-------------------------------------------------------------------------
 *
 * bulk_create.c
 *	  Creating rows of a model, or through the relation of an owner.
 *
 * The children of an owner hold its key, and are inserted like other rows.
 * Through a link table, or a foreign key that the owner holds itself, the rows
 * are inserted first, then linked, then read as the relation shows them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/tuptable.h"

#include "bulk_create.h"
#include "document.h"
#include "expr.h"
#include "resolve.h"
#include "rowset.h"
#include "scope.h"
#include "target.h"

void
CormGiveAll(CormBulk *bulk, List *assignments)
{
	ListCell   *lc;

	foreach(lc, assignments)
	{
		const CormAssignment *assignment = lfirst(lc);
		CormBulkColumn *column = CormBulkColumnOf(bulk, assignment->column);

		for (int row = 0; row < bulk->n; row++)
			CormBulkSet(column, row, assignment->value, assignment->isnull, assignment->key);
	}
}

/* ---------- the keys of what was written ---------- */

typedef struct Written
{
	MemoryContext context;
	JsonbValue **keys;			/* by row, NULL for what was not written */
	int			n;
} Written;

static void
KeepKey(void *arg, int row, StringInfo document)
{
	Written    *written = arg;
	MemoryContext old = MemoryContextSwitchTo(written->context);

	if (document)
	{
		written->keys[row] = CormParseDocument(document);
		written->n++;
	}
	MemoryContextSwitchTo(old);
}

static Written
InsertForKeys(CormBulk *bulk, const CormConflict *conflict)
{
	CormRequest *only_key = CormMakeRequest();
	Written		written = {CurrentMemoryContext, palloc0(bulk->n * sizeof(JsonbValue *)), 0};

	CormRequireKey(bulk->model, "creating through this relation needs");
	only_key->fields_given = true;
	only_key->fields = list_make1("pk");
	(void) CormBulkInsert(bulk, conflict, CormResolveReturning(only_key, bulk->model),
						  KeepKey, &written);
	return written;
}

/* ---------- linking ---------- */

static void
PushMember(JsonbParseState **state, const char *name, JsonbValue *value)
{
	(void) pushJsonbValue(state, WJB_KEY, CormStringToValue(name));
	(void) pushJsonbValue(state, WJB_VALUE, value);
}

/*
 * A target that carries its own link values.
 */
static JsonbValue *
TargetOf(const CormModel *link, JsonbValue *key, JsonbValue *values)
{
	JsonbParseState *state = NULL;
	JsonbIterator *it;
	char	   *name;
	JsonbValue *value;

	if (values == NULL)
		return key;
	(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	it = CormBeginPairs(key);
	while (CormNextPair(&it, &name, &value))
		PushMember(&state, name, value);
	PushMember(&state, link->name, values);
	return CormJsonbToValue(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
}

static void
LinkWritten(const CormOwned *owned, const CormNewRows *rows, const Written *written)
{
	const CormRelation *relation = owned->subject.relation;
	const CormModel *link = OidIsValid(relation->through) ?
		CormModelByRelid(relation->through) : NULL;
	List	   *targets = NIL;

	for (int row = 0; row < rows->bulk->n; row++)
		if (written->keys[row])
			targets = lappend(targets, TargetOf(link, written->keys[row], rows->links[row]));
	if (targets == NIL)
		return;
	if (link)
		(void) CormLinkAdd(owned, targets, NULL);
	else
		(void) CormReferenceSet(owned, targets);
}

/* ---------- what the relation now shows ---------- */

/* One key and the row that it belongs to. */
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
	PlacedKey  *keys;			/* in order */
	int			nkeys;
	int			nobserved;
	int			nread;
	int		   *rows;			/* of what was observed */
	StringInfo *documents;		/* by row */
} Reading;

static int
ComparePlaced(const void *a, const void *b, void *arg)
{
	const CormModel *model = arg;

	return CormCompareKeys(model, model->nkey, model->key, ((const PlacedKey *) a)->key,
						   ((const PlacedKey *) b)->key);
}

static bool
ObserveRow(void *arg, TupleTableSlot *slot)
{
	Reading    *reading = arg;
	const CormModel *model = reading->model;
	Datum		key[INDEX_MAX_KEYS];
	int			low = 0;
	int			high = reading->nkeys - 1;

	slot_getallattrs(slot);
	for (int i = 0; i < model->nkey; i++)
		key[i] = slot->tts_values[reading->targets[i]];
	while (low <= high)
	{
		int			middle = (low + high) / 2;
		int			order = CormCompareKeys(model, model->nkey, model->key, key,
											reading->keys[middle].key);

		if (order == 0)
		{
			reading->rows[reading->nobserved++] = reading->keys[middle].row;
			return true;
		}
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return false;
}

static void
KeepDocument(void *arg, StringInfo document)
{
	Reading    *reading = arg;
	MemoryContext old = MemoryContextSwitchTo(reading->context);
	StringInfo	copy = makeStringInfo();

	appendBinaryStringInfo(copy, document->data, document->len);
	reading->documents[reading->rows[reading->nread++]] = copy;
	MemoryContextSwitchTo(old);
}

/*
 * Where an insertion updates what is there, several rows may have come to one.
 */
static void
ShareDocuments(Reading *reading)
{
	const PlacedKey *keys = reading->keys;
	void	   *model = unconstify(CormModel *, reading->model);

	for (int i = 1; i < reading->nkeys; i++)
		if (ComparePlaced(&keys[i - 1], &keys[i], model) == 0 &&
			reading->documents[keys[i].row] == NULL)
			reading->documents[keys[i].row] = reading->documents[keys[i - 1].row];
	for (int i = reading->nkeys - 1; i > 0; i--)
		if (ComparePlaced(&keys[i - 1], &keys[i], model) == 0 &&
			reading->documents[keys[i - 1].row] == NULL)
			reading->documents[keys[i - 1].row] = reading->documents[keys[i].row];
}

static void
ReadWritten(CormRequest *request, const CormOwned *owned, const Written *written, int n,
			CormRowSink sink, void *arg)
{
	const CormModel *model = owned->subject.model;
	CormSelect *select;
	CormRun    *run;
	Reading		reading = {CurrentMemoryContext, model};
	List	   *keys = NIL;

	reading.keys = palloc(n * sizeof(PlacedKey));
	reading.rows = palloc(n * sizeof(int));
	reading.documents = palloc0(n * sizeof(StringInfo));
	reading.targets = palloc(model->nkey * sizeof(int));
	for (int row = 0; row < n; row++)
	{
		if (written->keys[row] == NULL)
			continue;
		keys = lappend(keys, written->keys[row]);
		reading.keys[reading.nkeys].key = CormKeyValues(model, written->keys[row], owned->label);
		reading.keys[reading.nkeys++].row = row;
	}
	qsort_arg(reading.keys, reading.nkeys, sizeof(PlacedKey), ComparePlaced,
			  unconstify(CormModel *, model));
	if (keys != NIL)
	{
		CormFilterByKeys(request, keys);
		select = CormResolve(request, CORM_FOR_DOCUMENTS, NULL);
		for (int i = 0; i < model->nkey; i++)
			reading.targets[i] = CormAddTarget(select, CormRef(select->base, model->key[i]),
											   InvalidOid);
		run = CormRunBegin(select, false);
		CormRunObserve(run, ObserveRow, &reading);
		CormRunPush(run, KeepDocument, &reading);
		ShareDocuments(&reading);
	}
	for (int row = 0; row < n; row++)
		sink(arg, row, reading.documents[row]);
}

/* ---------- creating ---------- */

static void
RefuseSeveral(const CormOwned *owned, int n)
{
	if (n > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" holds one row, not %d", owned->label, n)));
}

int64
CormCreateRows(CormRequest *request, const CormOwned *owned, CormNewRows *rows,
			   const CormConflict *conflict, CormRowSink sink, void *arg)
{
	const CormRelation *relation = owned->subject.relation;
	const CormModel *model = owned->subject.model;
	bool		silent = request->fields_given && request->fields == NIL && request->loads == NIL;
	Written		written;

	if (relation && !relation->to_many)
		RefuseSeveral(owned, rows->bulk->n);
	if (relation == NULL || CormHasChildren(relation))
		return CormBulkInsert(rows->bulk, conflict, CormResolveReturning(request, model),
							  sink, arg);
	written = InsertForKeys(rows->bulk, conflict);
	LinkWritten(owned, rows, &written);
	if (!silent)
		ReadWritten(request, owned, &written, rows->bulk->n, sink, arg);
	return written.n;
}
