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
 * Memory: a run and its compiled levels live in the context it was begun in;
 * rows, keys and tables of a batch in a child context that is reset before the
 * next one.  What a DestReceiver allocates must not land in the executor's
 * contexts, so the receiver switches to the batch's.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "tcop/pquery.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "assemble.h"
#include "deparse.h"
#include "encode.h"
#include "error.h"
#include "exec.h"
#include "keytable.h"

int			corm_batch_size = 1000;

/*
 * Up to this many parents a slice of each one's list is looked up by itself;
 * for more it is cheaper to read and number all lists at once.
 */
#define FEW_PARENTS 50

/* Where a row waits for related rows. */
typedef struct Hole
{
	int			offset;			/* into the row's text; -1: the object that
								 * would hold it is null */
	bool		isnull;			/* no key, so nothing is related */
	Datum	   *keys;
} Hole;

typedef struct CormRow
{
	struct CormRow *next;		/* of the same parent */
	char	   *text;
	int			len;
	Hole		holes[FLEXIBLE_ARRAY_MEMBER];
} CormRow;

/* One key of an object, ready to be written. */
typedef struct OutputItem
{
	CormOutputKind kind;
	char	   *prefix;			/* '{"name":' or ',"name":' */
	int			prefix_len;
	int			target;
	CormEncoder encoder;
	struct OutputItems *object;
	const CormChild *child;
} OutputItem;

typedef struct OutputItems
{
	int			n;
	int			presence;
	int			first_hole;		/* the holes within, nested ones included */
	int			nholes;
	OutputItem		item[FLEXIBLE_ARRAY_MEMBER];
} OutputItems;

/* One statement of the tree while it runs. */
typedef struct Level
{
	const CormSelect *select;
	const CormChild *child;		/* what it fills in, or NULL for the root */
	char	   *sql[2];			/* for many parents, and for few */
	OutputItems	   *items;
	int			nchildren;
	struct Level **children;

	/* the current batch */
	int			nrows;
	int			maxrows;
	CormRow   **rows;
	CormKeyTable table;			/* of a child: rows by parent */
} Level;

struct CormRun
{
	MemoryContext context;
	MemoryContext batch;
	MemoryContext row;			/* scratch memory of one row's rendering */
	bool		read_only;
	Level	   *root;
	StringInfoData scratch;		/* one row, or one document */

	/* of a pulled run */
	char	   *portal;			/* its name, or NULL once it is closed */
	int			next;			/* row of the batch to return next */
};

typedef struct Receiver
{
	DestReceiver pub;
	CormRun    *run;
	Level	   *level;
	CormSink	sink;			/* of a pushed root: takes each full batch */
	void	   *arg;
} Receiver;

static void FetchChildren(CormRun *run, Level *parent);

/* ---------- compiling ---------- */

static OutputItems *
CompileObject(const CormSelect *select, const CormObject *object, int *nholes)
{
	int			n = list_length(object->outputs);
	OutputItems	   *items = palloc0(offsetof(OutputItems, item) + n * sizeof(OutputItem));
	ListCell   *lc;

	items->n = n;
	items->presence = object->presence;
	items->first_hole = *nholes;
	foreach(lc, object->outputs)
	{
		const CormOutput *output = lfirst(lc);
		OutputItem	   *item = &items->item[foreach_current_index(lc)];
		StringInfoData prefix;

		initStringInfo(&prefix);
		appendStringInfoChar(&prefix, foreach_current_index(lc) ? ',' : '{');
		escape_json(&prefix, output->name);
		appendStringInfoChar(&prefix, ':');
		item->prefix = prefix.data;
		item->prefix_len = prefix.len;
		item->kind = output->kind;
		item->target = output->target;
		switch (output->kind)
		{
			case CORM_OUT_COLUMN:
				CormEncoderInit(&item->encoder, output->column->typid);
				break;
			case CORM_OUT_OBJECT:
				item->object = CompileObject(select, output->object, nholes);
				break;
			case CORM_OUT_CHILD:
				item->child = output->child;
				(*nholes)++;
				break;
		}
	}
	items->nholes = *nholes - items->first_hole;
	return items;
}

static Level *
CompileLevel(const CormSelect *select, const CormChild *child)
{
	Level	   *level = palloc0(sizeof(Level));
	int			nholes = 0;
	ListCell   *lc;

	level->select = select;
	level->child = child;
	level->items = CompileObject(select, select->object, &nholes);
	level->nchildren = list_length(select->children);
	level->children = palloc(Max(level->nchildren, 1) * sizeof(Level *));
	foreach(lc, select->children)
	{
		const CormChild *below = lfirst(lc);

		level->children[below->index] = CompileLevel(below->select, below);
	}
	if (child)
		CormKeyTableInit(&level->table, select);
	return level;
}

/* ---------- rendering ---------- */

/*
 * A hole outlives its row's rendering, so its keys go to the batch's memory.
 */
static void
MakeHole(CormRun *run, const Level *level, const CormChild *child,
		 TupleTableSlot *slot, int offset, Hole *hole)
{
	const CormSelect *below = child->select;
	const CormKeyFunctions *functions = level->children[child->index]->table.functions;
	MemoryContext old = MemoryContextSwitchTo(run->batch);

	hole->offset = offset;
	hole->isnull = false;
	hole->keys = palloc(below->nkeys * sizeof(Datum));
	for (int i = 0; i < below->nkeys; i++)
	{
		int			target = below->keys[i].parent_target;

		if (slot->tts_isnull[target])
		{
			hole->isnull = true;
			break;
		}
		hole->keys[i] = datumCopy(slot->tts_values[target], functions[i].parent_byval,
								  functions[i].parent_typlen);
	}
	MemoryContextSwitchTo(old);
}

/*
 * Writes one object of a row; "hole" is the next of the row's holes.
 */
static Hole *
RenderObject(CormRun *run, const Level *level, const OutputItems *items,
			 TupleTableSlot *slot, Hole *hole)
{
	StringInfo	buf = &run->scratch;

	if (items->presence >= 0 && slot->tts_isnull[items->presence])
	{
		appendBinaryStringInfo(buf, "null", 4);
		for (int i = 0; i < items->nholes; i++)
			(hole++)->offset = -1;
		return hole;
	}
	if (items->n == 0)
		appendStringInfoChar(buf, '{');
	for (int i = 0; i < items->n; i++)
	{
		const OutputItem *item = &items->item[i];

		appendBinaryStringInfo(buf, item->prefix, item->prefix_len);
		switch (item->kind)
		{
			case CORM_OUT_COLUMN:
				if (slot->tts_isnull[item->target])
					appendBinaryStringInfo(buf, "null", 4);
				else
					item->encoder.encode(&item->encoder, buf, slot->tts_values[item->target]);
				break;
			case CORM_OUT_OBJECT:
				hole = RenderObject(run, level, item->object, slot, hole);
				break;
			case CORM_OUT_CHILD:
				MakeHole(run, level, item->child, slot, buf->len, hole++);
				break;
		}
	}
	appendStringInfoChar(buf, '}');
	return hole;
}

/*
 * Renders a row.  The row goes to the current context, the batch's; whatever
 * output functions leave behind is freed with the row context.
 */
static CormRow *
RenderRow(CormRun *run, Level *level, TupleTableSlot *slot)
{
	CormRow    *row = palloc(offsetof(CormRow, holes) + level->nchildren * sizeof(Hole));

	MemoryContext old = MemoryContextSwitchTo(run->row);

	slot_getallattrs(slot);
	resetStringInfo(&run->scratch);
	(void) RenderObject(run, level, level->items, slot, row->holes);
	MemoryContextSwitchTo(old);
	MemoryContextReset(run->row);
	row->next = NULL;
	row->len = run->scratch.len;
	row->text = memcpy(palloc(row->len + 1), run->scratch.data, row->len);
	return row;
}

static void WriteRow(const Level *level, const CormRow *row, StringInfo buf);

/*
 * Fills one hole: the related rows of a to-many as an array, that of a to-one
 * as an object or null.
 */
static void
WriteHole(Level *level, const Hole *hole, StringInfo buf)
{
	const CormChild *child = level->child;
	CormBucket *bucket = hole->isnull ? NULL : CormKeyTableFind(&level->table, hole->keys);
	bool		cut = false;
	int64		n = 0;

	if (!child->to_many)
	{
		if (bucket)
			WriteRow(level, bucket->first, buf);
		else
			appendBinaryStringInfo(buf, "null", 4);
		return;
	}

	appendStringInfoChar(buf, '[');
	for (CormRow *row = bucket ? bucket->first : NULL; row; row = row->next, n++)
	{
		if (child->more && child->limit >= 0 && n >= child->limit)
		{
			cut = true;
			break;
		}
		if (n > 0)
			appendStringInfoChar(buf, ',');
		WriteRow(level, row, buf);
	}
	appendStringInfoChar(buf, ']');
	if (child->more)
	{
		appendStringInfoChar(buf, ',');
		escape_json(buf, psprintf("%s__more", child->name));
		appendStringInfoString(buf, cut ? ":true" : ":false");
	}
}

static void
WriteRow(const Level *level, const CormRow *row, StringInfo buf)
{
	int			done = 0;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < level->nchildren; i++)
	{
		const Hole *hole = &row->holes[i];

		if (hole->offset < 0)
			continue;
		appendBinaryStringInfo(buf, row->text + done, hole->offset - done);
		done = hole->offset;
		WriteHole(level->children[i], hole, buf);
	}
	appendBinaryStringInfo(buf, row->text + done, row->len - done);
}

/* ---------- receiving ---------- */

static void
AddRow(CormRun *run, Level *level, CormRow *row)
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

static void
ResetLevel(Level *level, MemoryContext batch)
{
	level->nrows = level->maxrows = 0;
	level->rows = NULL;
	if (level->child)
		CormKeyTableReset(&level->table, batch);
	for (int i = 0; i < level->nchildren; i++)
		ResetLevel(level->children[i], batch);
}

static void
StartBatch(CormRun *run)
{
	MemoryContextReset(run->batch);
	ResetLevel(run->root, run->batch);
}

/*
 * Completes a batch of roots and hands out its documents.
 */
static void
FlushBatch(CormRun *run, CormSink sink, void *arg)
{
	FetchChildren(run, run->root);
	for (int i = 0; i < run->root->nrows; i++)
	{
		resetStringInfo(&run->scratch);
		WriteRow(run->root, run->root->rows[i], &run->scratch);
		sink(arg, &run->scratch);
	}
	StartBatch(run);
}

static bool
ReceiveRoot(TupleTableSlot *slot, DestReceiver *self)
{
	Receiver   *receiver = (Receiver *) self;
	CormRun    *run = receiver->run;
	MemoryContext old = MemoryContextSwitchTo(run->batch);

	AddRow(run, receiver->level, RenderRow(run, receiver->level, slot));
	if (receiver->sink && receiver->level->nrows >= corm_batch_size)
		FlushBatch(run, receiver->sink, receiver->arg);
	MemoryContextSwitchTo(old);
	return true;
}

static bool
ReceiveChild(TupleTableSlot *slot, DestReceiver *self)
{
	Receiver   *receiver = (Receiver *) self;
	Level	   *level = receiver->level;
	const CormSelect *select = level->select;
	MemoryContext old = MemoryContextSwitchTo(receiver->run->batch);
	CormRow    *row = RenderRow(receiver->run, level, slot);
	CormBucket *bucket;
	Datum		keys[INDEX_MAX_KEYS];

	for (int i = 0; i < select->nkeys; i++)
		keys[i] = slot->tts_values[select->keys[i].child_target];
	bucket = CormKeyTableEnter(&level->table, keys);
	if (bucket->last)
		bucket->last->next = row;
	else
		bucket->first = row;
	bucket->last = row;
	bucket->nrows++;
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
}

static void
InitReceiver(Receiver *receiver, CormRun *run, Level *level)
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

/*
 * The keys of all parents as one array per key part.  Returns their number.
 */
static int
BindParentKeys(const Level *level, const Level *parent, ParamListInfo params)
{
	const CormSelect *select = level->select;
	int			index = level->child->index;
	int			n = 0;
	Datum	   *datums = palloc_extended(Max(parent->nrows, 1) * sizeof(Datum), MCXT_ALLOC_HUGE);

	for (int part = 0; part < select->nkeys; part++)
	{
		const CormKeyPart *key = &select->keys[part];
		ParamExternData *external = &params->params[select->first_key_param - 1 + part];
		const CormParam *param = list_nth(select->params, select->first_key_param - 1 + part);
		bool		as_text = param->elemtype != key->parent_type;
		int16		typlen;
		bool		byval;
		char		align;
		Oid			output = InvalidOid;
		bool		varlena;

		if (as_text)
			getTypeOutputInfo(key->parent_type, &output, &varlena);
		n = 0;
		for (int i = 0; i < parent->nrows; i++)
		{
			const Hole *hole = &parent->rows[i]->holes[index];

			if (hole->offset < 0 || hole->isnull)
				continue;
			datums[n++] = as_text ?
				CStringGetTextDatum(OidOutputFunctionCall(output, hole->keys[part])) :
				hole->keys[part];
		}
		get_typlenbyvalalign(param->elemtype, &typlen, &byval, &align);
		external->value = PointerGetDatum(construct_array(datums, n, param->elemtype,
														  typlen, byval, align));
		external->isnull = false;
	}
	pfree(datums);
	return n;
}

static void
FetchLevel(CormRun *run, Level *level, const Level *parent)
{
	ParamListInfo params = CormBindParams(level->select);
	Receiver	receiver;
	int			nparents = BindParentKeys(level, parent, params);
	bool		few = nparents <= FEW_PARENTS;

	if (nparents == 0)
		return;
	if (level->sql[few] == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(run->context);

		level->sql[few] = CormDeparseSelect(level->select, few);
		MemoryContextSwitchTo(old);
	}
	InitReceiver(&receiver, run, level);
	(void) CormExecute(level->select->label, level->sql[few], params, run->read_only,
					   (DestReceiver *) &receiver);
	FetchChildren(run, level);
}

static void
FetchChildren(CormRun *run, Level *parent)
{
	MemoryContext old = MemoryContextSwitchTo(run->batch);

	check_stack_depth();
	for (int i = 0; parent->nrows > 0 && i < parent->nchildren; i++)
		FetchLevel(run, parent->children[i], parent);
	MemoryContextSwitchTo(old);
}

/* ---------- runs ---------- */

CormRun *
CormRunBegin(const CormSelect *select, bool read_only)
{
	CormRun    *run = palloc0(sizeof(CormRun));

	run->context = CurrentMemoryContext;
	run->batch = AllocSetContextCreate(CurrentMemoryContext, "corm batch",
									   ALLOCSET_DEFAULT_SIZES);
	run->row = AllocSetContextCreate(CurrentMemoryContext, "corm row",
									 ALLOCSET_DEFAULT_SIZES);
	run->read_only = read_only;
	run->root = CompileLevel(select, NULL);
	initStringInfo(&run->scratch);
	ResetLevel(run->root, run->batch);
	return run;
}

void
CormRunPush(CormRun *run, CormSink sink, void *arg)
{
	const CormSelect *select = run->root->select;
	Receiver	receiver;

	InitReceiver(&receiver, run, run->root);
	receiver.sink = sink;
	receiver.arg = arg;
	(void) CormExecute(select->label, CormDeparseSelect(select, true), CormBindParams(select),
					   run->read_only, (DestReceiver *) &receiver);
	FlushBatch(run, sink, arg);
}

uint64
CormRunReturning(CormRun *run, const char *sql, ParamListInfo params,
				 CormSink sink, void *arg)
{
	Receiver	receiver;
	uint64		processed;

	/* children are fetched once the statement and its triggers are done */
	InitReceiver(&receiver, run, run->root);
	processed = CormExecute(run->root->select->label, sql, params, false,
							(DestReceiver *) &receiver);
	FlushBatch(run, sink, arg);
	return processed;
}

/*
 * Fetches the next batch of roots with their children.  False at the end.
 */
static bool
PullBatch(CormRun *run)
{
	const CormSelect *select = run->root->select;
	Portal		portal;
	Receiver	receiver;
	CormErrorFrame frame;

	StartBatch(run);
	run->next = 0;
	if (run->portal == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(run->context);

		portal = CormOpenPortal(select->label, CormDeparseSelect(select, true),
								CormBindParams(select));
		run->portal = pstrdup(portal->name);
		MemoryContextSwitchTo(old);
	}
	else
		portal = GetPortalByName(run->portal);
	if (!PortalIsValid(portal))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_CURSOR_STATE),
				 errmsg("the rows of \"%s\" are no longer there", select->label),
				 errdetail("The transaction was rolled back to a savepoint since the first of them was read.")));

	InitReceiver(&receiver, run, run->root);
	CormErrorPush(&frame, "loading", select->label, NULL);
	(void) PortalRunFetch(portal, FETCH_FORWARD, corm_batch_size, (DestReceiver *) &receiver);
	CormErrorPop(&frame);
	if (run->root->nrows == 0)
		return false;
	FetchChildren(run, run->root);
	return true;
}

StringInfo
CormRunPull(CormRun *run)
{
	if (run->next >= run->root->nrows && !PullBatch(run))
	{
		CormRunClose(run);
		return NULL;
	}
	resetStringInfo(&run->scratch);
	WriteRow(run->root, run->root->rows[run->next++], &run->scratch);
	return &run->scratch;
}

void
CormRunClose(CormRun *run)
{
	Portal		portal = run->portal ? GetPortalByName(run->portal) : NULL;

	run->portal = NULL;
	if (PortalIsValid(portal))
		PortalDrop(portal, false);
}

/*
 * The owners' keys take the place of a root level: one row for each, which is
 * nothing but a hole.
 */
void
CormRunLoader(CormChild *loader, int nkeys, const Datum *keys, CormSink sink, void *arg)
{
	CormSelect	owners = {.label = loader->select->label, .model = loader->select->model};
	CormObject	object = {.outputs = NIL, .presence = -1};
	CormRun    *run;
	Level	   *root;
	Level	   *level;
	int			parts = loader->select->nkeys;

	owners.object = &object;
	owners.children = list_make1(loader);
	run = CormRunBegin(&owners, true);
	root = run->root;
	level = root->children[0];
	for (int i = 0; i < nkeys; i++)
	{
		CormRow    *row = palloc0(offsetof(CormRow, holes) + sizeof(Hole));

		row->holes[0].keys = unconstify(Datum *, keys) + i * parts;
		AddRow(run, root, row);
	}
	FetchChildren(run, root);

	for (int i = 0; i < nkeys; i++)
	{
		const Hole *hole = &root->rows[i]->holes[0];
		CormBucket *bucket = CormKeyTableFind(&level->table, hole->keys);
		Level	   *related = level->children[0];

		resetStringInfo(&run->scratch);
		if (bucket)
			WriteHole(related, &bucket->first->holes[0], &run->scratch);
		else
			appendStringInfoString(&run->scratch, related->child->to_many ? "[]" : "null");
		sink(arg, &run->scratch);
	}
	MemoryContextDelete(run->batch);
}

List *
CormStatements(const CormSelect *select)
{
	List	   *statements = list_make1(CormDeparseSelect(select, true));
	ListCell   *lc;

	foreach(lc, select->children)
		statements = list_concat(statements,
								 CormStatements(((CormChild *) lfirst(lc))->select));
	return statements;
}
