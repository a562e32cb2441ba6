/*-------------------------------------------------------------------------
 *
 * upsert.c
 *	  Rows that are found, or created when they are not there.
 *
 * Nobody may create a row between the look that did not find it and its
 * insertion.  Where the lookup gives all columns of a unique key the insertion
 * itself says that somebody has: it does nothing, having waited for who was
 * about to, and then the row is looked for again.  Any unique key counts there,
 * since the server does not say in which order it looks at them.  A row that is
 * in the way and does not match would make that go on for ever: after some
 * attempts the row is inserted without a way out, and the server says what
 * there is.
 *
 * Elsewhere an advisory lock on the model and the values that the lookup gives,
 * held to the end of the transaction, keeps out other calls of these verbs; the
 * rest is the same, a unique key of the defaults being able to be in the way.
 *
 * A row to update or link is locked and looked for again, so that it is what was
 * looked for.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"

#include "assemble.h"
#include "bulk_create.h"
#include "document.h"
#include "indexes.h"
#include "resolve.h"
#include "rowset.h"
#include "scope.h"
#include "target.h"
#include "upsert.h"

/* So often a row is in the way that cannot be found before that is an error. */
#define ATTEMPTS 5

/* What the steps below share. */
typedef struct Work
{
	const CormUpsert *upsert;
	const CormModel *model;
	const char *label;
	List	   *looked_up;		/* of CormAssignment *: what the lookup gives */
	List	   *assignments;	/* of the new row */
	List	   *changes;		/* that the defaults make */
	JsonbValue *link_values;
	bool		covered;		/* the lookup gives a unique key */
} Work;

/* ---------- what the arguments give ---------- */

/*
 * The members of the lookup that say what a row that is created has; the others
 * are for finding it.
 */
static JsonbValue *
DataOfLookup(const CormModel *model, Jsonb *lookup)
{
	JsonbParseState *state = NULL;
	JsonbIterator *it = CormBeginPairs(CormJsonbToValue(lookup));
	char	   *key;
	JsonbValue *value;

	(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	while (CormNextPair(&it, &key, &value))
	{
		const CormRelation *relation = CormFindRelation(model, key);

		if (CormFindColumn(model, key) == NULL && strcmp(key, "pk") != 0 &&
			(relation == NULL || relation->broken || relation->reverse || relation->to_many ||
			 relation->fk->name == NULL))
			continue;
		(void) pushJsonbValue(&state, WJB_KEY, CormStringToValue(key));
		(void) pushJsonbValue(&state, WJB_VALUE, value);
	}
	return CormJsonbToValue(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
}

static const CormAssignment *
AssignmentOf(List *assignments, AttrNumber attnum)
{
	ListCell   *lc;

	foreach(lc, assignments)
		if (((CormAssignment *) lfirst(lc))->column->attnum == attnum)
			return lfirst(lc);
	return NULL;
}

/*
 * "first" with what only "second" has.
 */
static List *
Merge(List *first, List *second)
{
	List	   *merged = list_copy(first);
	ListCell   *lc;

	foreach(lc, second)
		if (AssignmentOf(first, ((CormAssignment *) lfirst(lc))->column->attnum) == NULL)
			merged = lappend(merged, lfirst(lc));
	return merged;
}

/*
 * Does the lookup give all columns of a unique key, which a new row then has?
 */
static bool
IsCovered(const Work *work)
{
	List	   *keys = CormReadUniqueKeys(work->model->relid);
	ListCell   *lc;

	foreach(lc, keys)
	{
		const CormKey *key = lfirst(lc);
		bool		covered = true;

		for (int i = 0; i < key->n; i++)
		{
			const CormAssignment *looked_up = AssignmentOf(work->looked_up, key->attnums[i]);

			covered = covered && looked_up && !looked_up->isnull &&
				AssignmentOf(work->changes, key->attnums[i]) == NULL;
		}
		if (covered)
			return true;
	}
	return false;
}

static void
InitWork(Work *work, const CormUpsert *upsert)
{
	const CormRelation *relation = upsert->owned.subject.relation;
	List	   *of_new;
	JsonbValue *ignored;
	ListCell   *lc;

	memset(work, 0, sizeof(*work));
	work->upsert = upsert;
	work->model = upsert->owned.subject.model;
	CormCheckSchemaUsage(work->model);
	work->label = CormModelDisplayName(work->model);
	work->looked_up = CormReadData(work->model, NULL, list_copy(upsert->assigned),
								   DataOfLookup(work->model, upsert->lookup), &ignored);
	if (upsert->defaults)
		work->changes = CormReadData(work->model, relation, NIL, upsert->defaults,
									 &work->link_values);

	/* the defaults win over the lookup, not over the owner */
	of_new = list_copy(work->changes);
	foreach(lc, upsert->assigned)
	{
		const CormAssignment *given = lfirst(lc);

		CormAssign(&of_new, given->column, given->value, given->isnull, given->key);
	}
	work->assignments = Merge(of_new, work->looked_up);
	work->covered = IsCovered(work);
}

/* ---------- finding ---------- */

/* A request that can be narrowed without narrowing the other one. */
static CormRequest *
CopyRequest(const CormRequest *request)
{
	CormRequest *copy = palloc(sizeof(CormRequest));

	*copy = *request;
	if (request->said)
		copy->said = CopyRequest(request->said);
	return copy;
}

/*
 * The rows among which the row is: those of the request, or to connect them all.
 */
static CormRequest *
Among(const Work *work)
{
	CormRequest *request;

	if (work->upsert->verb != CORM_CONNECT_OR_CREATE)
		return CopyRequest(work->upsert->request);
	request = CormMakeRequest();
	request->model = CormModelQualifiedName(work->model);
	return request;
}

static CormRequest *
Lookup(const Work *work)
{
	CormRequest *request = Among(work);

	/* an allow-list bounds what is asked, wherever that is looked for */
	if (work->upsert->verb == CORM_CONNECT_OR_CREATE)
		CormRequestAddFilter(CopyRequest(work->upsert->request), work->upsert->lookup);

	CormRequestAddFilter(request, work->upsert->lookup);
	request->limit = 2;
	return request;
}

static void
SeveralMatch(const Work *work)
{
	ereport(ERROR,
			(errcode(ERRCODE_TOO_MANY_ROWS),
			 errmsg("more than one %s matches", work->label),
			 errhint("Let the lookup name one row.")));
}

/* The first document, and how many there are. */
typedef struct Found
{
	StringInfo	document;
	int			n;
} Found;

static void
KeepFound(void *arg, StringInfo document)
{
	Found	   *found = arg;

	if (found->n++ == 0)
		appendBinaryStringInfo(found->document, document->data, document->len);
}

/*
 * Is there a row?  Its document is appended.
 */
static bool
FindDocument(const Work *work, CormRequest *request, StringInfo document)
{
	Found		found = {document, 0};

	CormRunPush(CormRunBegin(CormResolve(request, CORM_FOR_DOCUMENTS, NULL), 0),
				KeepFound, &found);
	if (found.n > 1)
		SeveralMatch(work);
	return found.n > 0;
}

static JsonbValue *
FindKey(const Work *work, JsonbValue *key)
{
	CormRequest *request = Lookup(work);
	List	   *keys;

	if (key)
		CormFilterByKeys(request, list_make1(key));
	keys = CormReadKeys(request);
	if (list_length(keys) > 1)
		SeveralMatch(work);
	return keys == NIL ? NULL : linitial(keys);
}

/*
 * Keeps the row as it is, or only from going away, to the end of the
 * transaction.  A role that may not lock rows does without.
 */
static void
LockRow(const Work *work, JsonbValue *key, bool to_update)
{
	const CormModel *model = work->model;
	CormValues	values = {NIL};
	CormWriteRows rows = {model, work->label};

	if (!CormMayLockRows(model))
		return;
	rows.fixed = CormPlainValues(&values, model, model->nkey, model->key,
								 CormKeyValues(model, key, work->label));
	if (to_update)
		(void) CormLockRows(&rows, CormValueParams(&values), false);
	else
		(void) CormExecute(work->label, CormDeparseKeep(model, work->label, rows.fixed),
						   CormValueParams(&values), false, NULL);
}

/*
 * The key of the row, which stays what it is; NULL when there is none.
 */
static JsonbValue *
FindLocked(const Work *work, bool to_update)
{
	JsonbValue *key;

	while ((key = FindKey(work, NULL)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		LockRow(work, key, to_update);
		if (FindKey(work, key))
			break;
	}
	return key;
}

/* ---------- the row that is there ---------- */

/*
 * The document of a row that is known to be there, if it can be seen.
 */
static void
ReadRow(const Work *work, JsonbValue *key, StringInfo document)
{
	CormRequest *request = CopyRequest(work->upsert->request);

	CormFilterByKeys(request, list_make1(key));
	(void) FindDocument(work, request, document);
}

static void
UpdateRow(const Work *work, JsonbValue *key)
{
	CormValues	values = {NIL};
	CormWriteRows rows = {work->model, work->label};
	List	   *assigned = NIL;
	ListCell   *lc;

	rows.fixed = CormPlainValues(&values, work->model, work->model->nkey, work->model->key,
								 CormKeyValues(work->model, key, work->label));
	foreach(lc, work->changes)
	{
		CormAssignment *change = lfirst(lc);

		assigned = lappend(assigned, CormPlainValue(&values, change->column, change->value,
													change->isnull));
	}
	if (assigned != NIL)
		(void) CormExecute(work->label, CormDeparseUpdate(&rows, assigned),
						   CormValueParams(&values), false, NULL);
}

static void
LinkRow(const Work *work, JsonbValue *key)
{
	const CormOwned *owned = &work->upsert->owned;
	const CormRelation *relation = owned->subject.relation;
	List	   *targets = list_make1(key);

	if (OidIsValid(relation->through))
		(void) CormLinkAdd(owned, targets, work->link_values);
	else if (!relation->reverse)
		(void) CormReferenceSet(owned, targets);
	else if (relation->to_many)
		(void) CormChildrenAdd(owned, targets);
	else
		(void) CormChildrenSet(owned, targets, false);
}

/*
 * Finds the row and does with it what the verb does.
 */
static bool
TakeRow(const Work *work, StringInfo document)
{
	const CormRelation *relation = work->upsert->owned.subject.relation;
	JsonbValue *key;

	if (work->upsert->verb == CORM_GET_OR_CREATE)
		return FindDocument(work, Lookup(work), document);
	key = FindLocked(work, work->upsert->verb == CORM_UPDATE_OR_CREATE);
	if (key == NULL)
		return false;
	if (work->upsert->verb == CORM_CONNECT_OR_CREATE)
		LinkRow(work, key);
	else
	{
		UpdateRow(work, key);
		if (relation && OidIsValid(relation->through) && work->link_values)
			LinkRow(work, key);
	}
	ReadRow(work, key, document);
	return true;
}

/* ---------- the row that is not ---------- */

static void
KeepCreated(void *arg, int row, StringInfo document)
{
	if (document)
		appendBinaryStringInfo(arg, document->data, document->len);
}

/*
 * False when it was not written: another one is in its way, or a trigger.
 */
static bool
CreateRow(const Work *work, CormConflictAction action, StringInfo document)
{
	CormRequest *request = CopyRequest(work->upsert->request);
	CormConflict conflict = {action};
	CormNewRows rows;

	rows.bulk = CormBulkBegin(work->model, 1);
	rows.bulk->unnumbered = true;
	rows.links = palloc(sizeof(JsonbValue *));
	rows.links[0] = work->link_values;
	CormGiveAll(rows.bulk, work->assignments);
	if (CormCreateRows(request, &work->upsert->owned, &rows, &conflict,
					   KeepCreated, document) == 0)
		return false;
	if (document->len == 0)
		appendStringInfoString(document, "{}");
	return true;
}

/*
 * The transaction's snapshot does not see what has been committed since; a row
 * that has must not be created again.
 */
static void
RequireNoNewer(const Work *work)
{
	CormRequest *request = Lookup(work);
	StringInfoData document;
	Found		found = {&document, 0};

	if (!IsolationUsesXactSnapshot())
		return;
	initStringInfo(&document);
	PushActiveSnapshot(GetLatestSnapshot());
	CormRunPush(CormRunBegin(CormResolve(request, CORM_FOR_DOCUMENTS, NULL), CORM_RUN_READ_ONLY),
				KeepFound, &found);
	PopActiveSnapshot();
	if (found.n > 0)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to a concurrent insertion"),
				 errdetail("A %s that matches has been created since the transaction began.",
						   work->label),
				 errhint("The transaction might succeed if retried.")));
}

/*
 * All calls whose lookups give the same values take the same lock.
 */
static void
LockLookup(const Work *work)
{
	uint32		hash = hash_bytes_uint32(list_length(work->looked_up));

	for (int i = 0; i < work->model->ncolumns; i++)
	{
		AttrNumber	attnum = work->model->columns[i].attnum;
		const CormAssignment *assignment = AssignmentOf(work->looked_up, attnum);

		if (assignment == NULL)
			continue;
		hash = hash_combine(hash, attnum);
		if (!assignment->isnull)
			hash = hash_combine(hash, CormHashKey(work->model, 1, &attnum, &assignment->value));
	}
	CormLockHash(work->model, hash);
}

static bool
CreateOrTake(const Work *work, StringInfo document)
{
	for (int attempt = 0; attempt < ATTEMPTS; attempt++)
	{
		CHECK_FOR_INTERRUPTS();
		if (CreateRow(work, CORM_CONFLICT_IGNORE, document))
			return true;
		if (TakeRow(work, document))
			return false;
	}
	return CreateRow(work, CORM_CONFLICT_ERROR, document);
}

static bool
CreateLocked(const Work *work, StringInfo document)
{
	LockLookup(work);
	if (TakeRow(work, document))
		return false;
	RequireNoNewer(work);
	return CreateOrTake(work, document);
}

bool
CormUpsertRun(const CormUpsert *upsert, StringInfo document)
{
	Work		work;

	InitWork(&work, upsert);
	if (upsert->verb != CORM_GET_OR_CREATE)
		CormRequireKey(work.model, "a row that is there is written by");
	if (TakeRow(&work, document))
		return false;
	return work.covered ? CreateOrTake(&work, document) : CreateLocked(&work, document);
}
