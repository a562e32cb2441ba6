/*-------------------------------------------------------------------------
 *
 * assemble.c
 *	  Runs plan trees and puts their documents together.
 *
 * A row is rendered as soon as it arrives: its JSON text with holes where
 * related rows will stand, and for each hole the key that finds them.  When a
 * batch of roots is complete, each child level is fetched by one statement with
 * the keys of all its parents, its rows are rendered likewise and entered under
 * their parent's key, and so on down the tree.  Then the documents are written
 * out by copying texts and filling holes, each row as often as it is needed.
 *
 * In a recursive load a level is its own child: its statement runs again with
 * the keys of the rows that it brought last, until there are no new ones.  What
 * else hangs below those rows is fetched after that, for all of them together.
 *
 * A root whose related rows are all found by index scans, or that has none, is a
 * document as soon as it is rendered, and handed out as it is.
 *
 * Memory: a run and its compiled levels live in one context (scratch.h), as long
 * as the one in which it was begun; rows, keys and tables of a batch in a child
 * context that is reset before the next one.  What a DestReceiver allocates must not land in the executor's
 * contexts, so the receiver switches to the batch's.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "assemble.h"
#include "deparse.h"
#include "error.h"
#include "exec.h"
#include "fill.h"
#include "render.h"
#include "rowset.h"
#include "scratch.h"
#include "value.h"

int			corm_batch_size = 1000;
int			corm_slice_strategy = CORM_SLICE_AUTO;

/*
 * Up to this many parents a slice of each one's list is looked up by itself;
 * for more it is cheaper to read and number all lists at once.
 */
#define FEW_PARENTS 50

/* ---------- receiving ---------- */

static void
AddRow(CormRun *run, CormLevel *level, CormRow *row)
{
	if (level->nrows >= level->maxrows)
	{
		level->maxrows = Max(level->maxrows * 2, 64);
		level->rows = level->rows ?
			repalloc_huge(level->rows, level->maxrows * sizeof(CormRow *)) :
			palloc(level->maxrows * sizeof(CormRow *));
	}
	level->rows[level->nrows++] = row;
}

void
CormStartBatch(CormRun *run)
{
	MemoryContextReset(run->batch);
	CormResetLevel(run->root, run->batch);
}

/*
 * Completes a batch of roots and hands out its documents.
 */
static void
FlushBatch(CormRun *run, CormSink sink, void *arg)
{
	CormFetchChildren(run, run->root);
	for (int i = 0; i < run->root->nrows; i++)
	{
		resetStringInfo(&run->scratch);
		CormWriteRow(run->root, run->root->rows[i], &run->scratch);
		sink(arg, &run->scratch);
	}
	CormStartBatch(run);
}

/*
 * Another document behind those of the batch, as a value; by itself if it turns
 * out that together they are long.
 */
static void
PutDocument(CormRun *run, TupleTableSlot *slot)
{
	CormWhole  *whole = &run->whole[run->nwhole++];
	text	   *document;

	whole->start = INTALIGN(run->scratch.len);
	whole->apart = NULL;
	CormBeginText(&run->scratch);
	CormRenderWhole(run->root, slot, &run->scratch, run->row);
	document = CormEndText(&run->scratch, whole->start);
	run->nbytes += VARSIZE(document);
	if (whole->start > 0 && run->scratch.len > CORM_PULLED_AT_ONCE)
	{
		whole->apart = memcpy(palloc(VARSIZE(document)), document, VARSIZE(document));
		run->scratch.len = whole->start;
	}
}

static void
PushDocument(CormReceiver *receiver, TupleTableSlot *slot)
{
	CormRun    *run = receiver->run;

	resetStringInfo(&run->scratch);
	CormRenderWhole(run->root, slot, &run->scratch, run->row);
	receiver->sink(receiver->arg, &run->scratch);
	if (++receiver->nwhole % corm_batch_size == 0)
		CormStartBatch(run);
}

static void
TakeRoot(CormReceiver *receiver, TupleTableSlot *slot)
{
	CormRun    *run = receiver->run;
	CormLevel  *level = receiver->level;

	CormCountRead(level);
	if (receiver->whole && receiver->sink != NULL)
		PushDocument(receiver, slot);
	else if (receiver->whole)
		PutDocument(run, slot);
	else
		AddRow(run, level, CormRenderRow(level, slot, &run->scratch, run->row));
	if (receiver->sink && level->nrows >= corm_batch_size)
		FlushBatch(run, receiver->sink, receiver->arg);
}

/*
 * A portal has a resource owner of its own, which must not come to own what the
 * scans pin: they outlive the fetch.
 */
static bool
ReceiveRoot(TupleTableSlot *slot, DestReceiver *self)
{
	CormReceiver *receiver = (CormReceiver *) self;
	CormRun    *run = receiver->run;
	MemoryContext old = MemoryContextSwitchTo(run->batch);
	ResourceOwner owner = CurrentResourceOwner;

	if (run->observer == NULL || run->observer(run->observer_arg, slot, run->observed))
	{
		CurrentResourceOwner = run->owner;
		TakeRoot(receiver, slot);
		CurrentResourceOwner = owner;
	}
	MemoryContextSwitchTo(old);
	return true;
}

static bool
ReceiveChild(TupleTableSlot *slot, DestReceiver *self)
{
	CormReceiver *receiver = (CormReceiver *) self;
	CormLevel  *level = receiver->level;
	const CormSelect *select = level->select;
	MemoryContext old = MemoryContextSwitchTo(receiver->run->batch);
	CormRow    *row = CormRenderRow(level, slot, &receiver->run->scratch,
									receiver->run->row);
	CormBucket *bucket;
	Datum		keys[INDEX_MAX_KEYS];

	if (!level->child->unjoined)
		CormCountRead(level);
	for (int i = 0; i < select->nkeys; i++)
		keys[i] = slot->tts_values[select->keys[i].child_target];
	bucket = CormKeyTableEnter(&level->table, keys);
	if (bucket->last)
		bucket->last->next = row;
	else
		bucket->first = row;
	bucket->last = row;
	if (level->nchildren > 0)
		AddRow(receiver->run, level, row);
	MemoryContextSwitchTo(old);
	return true;
}

static void
ReceiverNothing(DestReceiver *self)
{
}

static void
ReceiverStartup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	CormCheckResult(((CormReceiver *) self)->level->select, typeinfo);
}

void
CormInitReceiver(CormReceiver *receiver, CormRun *run, CormLevel *level)
{
	memset(receiver, 0, sizeof(*receiver));
	receiver->pub.receiveSlot = level->child ? ReceiveChild : ReceiveRoot;
	receiver->pub.rStartup = ReceiverStartup;
	receiver->pub.rShutdown = ReceiverNothing;
	receiver->pub.rDestroy = ReceiverNothing;
	receiver->pub.mydest = DestNone;
	receiver->run = run;
	receiver->level = level;
}

/* ---------- fetching children ---------- */

/* By which keys the children of some rows are found. */
typedef struct ParentKeys
{
	int			n;
	Datum	  **keys;
} ParentKeys;

/*
 * In a recursive load each row's children are fetched once, however many
 * parents it has itself and however often its key is met.
 */
static bool
AlreadyAsked(CormLevel *level, const CormHole *hole)
{
	bool		asked = hole->node->asked ||
		CormKeyTableFind(&level->table, hole->keys) != NULL;

	hole->node->asked = true;
	return asked;
}

/*
 * The keys of the parent's rows from number "from" on, as they stand in the
 * holes of one child.
 */
static ParentKeys
CollectKeys(const CormLevel *parent, int index, int from)
{
	CormLevel  *level = parent->children[index];
	ParentKeys	result = {0, NULL};

	result.keys = palloc_extended(Max(parent->nrows - from, 1) * sizeof(Datum *), MCXT_ALLOC_HUGE);
	for (int i = from; i < parent->nrows; i++)
	{
		const CormHole *hole = &parent->rows[i]->holes[index];

		CHECK_FOR_INTERRUPTS();
		if (hole->offset < 0 || hole->isnull)
			continue;
		if (level->self < 0 || !AlreadyAsked(level, hole))
			result.keys[result.n++] = hole->keys;
	}
	return result;
}

/*
 * Parents' keys as one array per key part.
 */
static void
BindParentKeys(const CormSelect *select, const ParentKeys *parents, ParamListInfo params)
{
	int			n = select->keys_unnested ? parents->n : Max(parents->n, CORM_LEAST_KEYS);
	Datum	   *datums = palloc_extended(n * sizeof(Datum), MCXT_ALLOC_HUGE);

	for (int part = 0; part < select->nkeys; part++)
	{
		const CormKeyPart *key = &select->keys[part];
		ParamExternData *external = &params->params[select->first_key_param - 1 + part];
		const CormParam *param = list_nth(select->params, select->first_key_param - 1 + part);
		int16		typlen;
		bool		byval;
		char		align;

		for (int i = 0; i < n; i++)
			datums[i] = parents->keys[Min(i, parents->n - 1)][part];
		if (param->elemtype != key->parent_type)
			CormExactTexts(key->parent_type, n, datums, NULL);
		get_typlenbyvalalign(param->elemtype, &typlen, &byval, &align);
		external->value = PointerGetDatum(construct_array(datums, n, param->elemtype,
														  typlen, byval, align));
		external->isnull = false;
	}
	pfree(datums);
}

/*
 * Is each parent's slice to be looked up by itself?
 */
static bool
AreFew(int nparents)
{
	return corm_slice_strategy == CORM_SLICE_AUTO ? nparents <= FEW_PARENTS :
		corm_slice_strategy == CORM_SLICE_LATERAL;
}

/*
 * The rows of a level for these parents, by one statement.
 */
static void
FetchRows(CormRun *run, CormLevel *level, const ParentKeys *parents)
{
	bool		few = AreFew(parents->n);
	ParamListInfo params;
	CormReceiver receiver;

	if (parents->n == 0)
		return;
	params = CormBindParams(level->select);
	BindParentKeys(level->select, parents, params);
	if (level->sql[few] == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(run->context);

		level->sql[few] = CormDeparseSelect(level->select, few);
		MemoryContextSwitchTo(old);
	}
	CormInitReceiver(&receiver, run, level);
	if (run->read_only)
		(void) CormExecuteByKeys(level->select->label, level->sql[few], params,
								 parents->n, (DestReceiver *) &receiver);
	else
		(void) CormExecute(level->select->label, level->sql[few], params, false,
						   (DestReceiver *) &receiver);
}

/*
 * The levels below the first of a recursive load: the same statement, for the
 * rows that it brought last.
 */
static void
FetchDescendants(CormRun *run, CormLevel *level)
{
	int64		depth = level->child->depth;
	int			from = 0;

	for (int64 at = 1; from < level->nrows && (depth < 0 || at < depth); at++)
	{
		ParentKeys	parents = CollectKeys(level, level->self, from);

		from = level->nrows;
		FetchRows(run, level, &parents);
		pfree(parents.keys);
	}
}

static void
FetchLevel(CormRun *run, const CormLevel *parent, int index)
{
	CormLevel  *level = parent->children[index];
	ParentKeys	parents = CollectKeys(parent, index, 0);

	FetchRows(run, level, &parents);
	pfree(parents.keys);
	if (level->self >= 0)
		FetchDescendants(run, level);
	CormFetchChildren(run, level);
}

void
CormFetchChildren(CormRun *run, CormLevel *parent)
{
	MemoryContext old = MemoryContextSwitchTo(run->batch);

	check_stack_depth();
	for (int i = 0; parent->nrows > 0 && i < parent->nchildren; i++)
		if (i != parent->self && !parent->children[i]->scanning)
			FetchLevel(run, parent, i);
	MemoryContextSwitchTo(old);
}

/* ---------- runs ---------- */

CormRun *
CormRunBegin(const CormSelect *select, int manner)
{
	MemoryContext context = CormScratchContext();
	MemoryContext old = MemoryContextSwitchTo(context);
	CormRun    *run = palloc0(sizeof(CormRun));

	run->context = context;
	run->batch = AllocSetContextCreate(CurrentMemoryContext, "corm batch",
									   ALLOCSET_DEFAULT_SIZES);
	run->row = AllocSetContextCreate(CurrentMemoryContext, "corm row",
									 ALLOCSET_DEFAULT_SIZES);
	run->read_only = (manner & CORM_RUN_READ_ONLY) != 0;
	run->stop = -1;
	run->owner = CurrentResourceOwner;
	run->root = CormCompileLevel(select, &run->tally, manner);
	initStringInfo(&run->scratch);
	CormResetLevel(run->root, run->batch);
	MemoryContextSwitchTo(old);
	return run;
}

void
CormRunObserve(CormRun *run, CormObserver observer, void *arg)
{
	int			n = list_length(run->root->select->targets);

	run->observer = observer;
	run->observer_arg = arg;
	run->observed = MemoryContextAlloc(run->context, Max(n, 1) * sizeof(int));
	for (int i = 0; i < n; i++)
		run->observed[i] = CormColumnOfTarget(run->root, i);
}

char *
CormRootStatement(CormRun *run)
{
	const CormSelect *select = run->root->select;

	return CormPlansAreShown() ? CormDeparseSelect(select, true) :
		CormDeparseRoots(select, &run->stop);
}

void
CormReceiveRoots(CormReceiver *receiver, long rows)
{
	const CormLevel *root = receiver->level;
	CormErrorFrame frame;
	TupleTableSlot *slot;

	CormErrorPush(&frame, "loading", root->select->label, NULL);
	for (long i = 0; i < rows && (slot = CormNextRoot(root->roots)) != NULL; i++)
		(void) ReceiveRoot(slot, (DestReceiver *) receiver);
	CormErrorPop(&frame);
}

void
CormRunPush(CormRun *run, CormSink sink, void *arg)
{
	const CormSelect *select = run->root->select;
	CormReceiver receiver;

	CormInitReceiver(&receiver, run, run->root);
	receiver.sink = sink;
	receiver.arg = arg;
	receiver.whole = CormIsWhole(run->root);
	if (run->root->scanning)
		CormReceiveRoots(&receiver, LONG_MAX);
	else
	{
		char	   *sql = CormRootStatement(run);

		(void) CormExecuteUpTo(select->label, sql, CormBindParams(select), run->read_only,
							   run->stop, (DestReceiver *) &receiver);
	}
	FlushBatch(run, sink, arg);
	CormCloseScans(run->root);
}

void
CormRunReturning(CormRun *run, const char *sql, ParamListInfo params,
				 CormSink sink, void *arg)
{
	CormReceiver receiver;

	/* children are fetched once the statement and its triggers are done */
	CormInitReceiver(&receiver, run, run->root);
	(void) CormExecute(run->root->select->label, sql, params, false,
					   (DestReceiver *) &receiver);
	FlushBatch(run, sink, arg);
}

char *
CormRunScanInWords(const CormRun *run, const CormSelect *select)
{
	const CormLevel *level = CormFindLevel(run->root, select);

	return level != NULL && level->scanning ? CormScanInWords(level->scan) : NULL;
}

void
CormRunAbandon(CormRun *run)
{
	CormCloseScans(run->root);
}

/*
 * The owners' keys take the place of a root level: one row for each, which is
 * nothing but a hole.
 */
void
CormRunLoader(CormChild *loader, int nkeys, Datum **keys, CormSink sink, void *arg)
{
	CormSelect	owners = {.label = loader->select->label, .model = loader->select->model};
	CormObject	object = {.outputs = NIL, .presence = -1};
	CormRun    *run;
	CormLevel  *root;
	CormLevel  *level;

	owners.object = &object;
	owners.children = list_make1(loader);
	run = CormRunBegin(&owners, CORM_RUN_READ_ONLY);
	root = run->root;
	level = root->children[0];
	for (int i = 0; i < nkeys; i++)
	{
		CormRow    *row = palloc0(offsetof(CormRow, holes) + sizeof(CormHole));

		row->holes[0].keys = keys[i];
		row->holes[0].isnull = keys[i] == NULL;
		AddRow(run, root, row);
	}
	CormFetchChildren(run, root);

	for (int i = 0; i < nkeys; i++)
	{
		const CormHole *hole = &root->rows[i]->holes[0];
		CormBucket *bucket = hole->isnull ? NULL :
			CormKeyTableFind(&level->table, hole->keys);
		CormLevel  *related = level->children[0];

		resetStringInfo(&run->scratch);
		if (bucket)
			CormWriteHole(related, &bucket->first->holes[0], &run->scratch);
		else
			appendStringInfoString(&run->scratch, related->child->to_many ? "[]" : "null");
		sink(arg, &run->scratch);
	}
	CormCloseScans(root);
	MemoryContextDelete(run->batch);
}

char *
CormChildStatement(const CormSelect *select)
{
	return CormDeparseSelect(select, AreFew(1));
}
