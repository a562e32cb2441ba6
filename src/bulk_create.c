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

#include "bulk_create.h"
#include "document.h"
#include "readback.h"
#include "resolve.h"
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

static CormSelect *
MakeTree(const CormTreeSource *source, void *arg)
{
	return CormResolve(arg, CORM_FOR_DOCUMENTS, NULL);
}

/*
 * Where an insertion updates what is there, several rows may have come to one.
 */
static void
ReadWritten(CormRequest *request, const CormOwned *owned, const Written *written, int n,
			CormRowSink sink, void *arg)
{
	Datum	  **keys = palloc0(n * sizeof(Datum *));

	for (int row = 0; row < n; row++)
		if (written->keys[row])
			keys[row] = CormKeyValues(owned->subject.model, written->keys[row], owned->label);
	CormReadBack(NULL, MakeTree, request, owned->subject.model, n, keys, sink, arg);
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
