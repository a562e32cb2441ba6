/*-------------------------------------------------------------------------
 *
 * render.c
 *	  The JSON text of one row.
 *
 * What index scans find stands in the text at once.  For what a statement will
 * bring, the row has a hole and the key that finds it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "error.h"
#include "render.h"

/* A row on its way to text. */
typedef struct Drawing
{
	const CormLevel *level;
	TupleTableSlot *slot;
	StringInfo	text;
	MemoryContext keep;			/* for what outlives the rendering */
	MemoryContext scratch;		/* emptied after each row */
} Drawing;

/* So many rows of a table that are not there yet suggest that most will come. */
#define MANY_MISSED 128

/* A row of a list that is scanned, and its key: these are put in order. */
typedef struct Entry
{
	int			start;			/* into the text, of CHILDREN */
	int			len;
	CormRowText row;			/* of LINKS, if it was found */
	bool		found;
} Entry;

typedef struct EntryList
{
	CormKeyList keys;
	int			max;
	Entry	   *entries;
} EntryList;

static CormHole *RenderObject(const Drawing *drawing, const CormItems *items,
							  CormHole *hole);
static void RenderRelated(const Drawing *drawing, CormLevel *below);

/*
 * Which row of a recursive load the hole belongs to; NULL when its key is.
 */
static CormBucket *
FindNode(const Drawing *drawing, const CormChild *child)
{
	TupleTableSlot *slot = drawing->slot;
	CormKeyTable *nodes = &drawing->level->children[child->index]->nodes;
	Datum		keys[INDEX_MAX_KEYS];

	for (int i = 0; i < nodes->nkeys; i++)
	{
		int			target = child->identity_targets[i];

		if (slot->tts_isnull[target])
			return NULL;
		keys[i] = slot->tts_values[target];
	}
	return CormKeyTableEnter(nodes, keys);
}

/*
 * A hole outlives its row's rendering, so its keys are kept.
 */
static void
MakeHole(const Drawing *drawing, const CormChild *child, CormHole *hole)
{
	const CormLevel *level = drawing->level;
	TupleTableSlot *slot = drawing->slot;
	const CormSelect *below = child->select;
	const CormKeyFunctions *functions = level->children[child->index]->table.functions;
	MemoryContext old;

	hole->offset = drawing->text->len;
	hole->node = child->recursive ? FindNode(drawing, child) : NULL;
	hole->isnull = child->recursive && hole->node == NULL;
	old = MemoryContextSwitchTo(drawing->keep);
	hole->keys = palloc(below->nkeys * sizeof(Datum));
	for (int i = 0; i < below->nkeys; i++)
	{
		int			target = level->key_columns[child->index][i];

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
 * The hole behind this one, which nothing will fill; NULL of a row that has none.
 */
static inline CormHole *
SkipHole(CormHole *hole)
{
	if (hole == NULL)
		return NULL;
	hole->offset = -1;
	return hole + 1;
}

/*
 * Writes one object of a row; "hole" is the next of the row's holes, or NULL if
 * all its children are scanned.
 */
static CormHole *
RenderObject(const Drawing *drawing, const CormItems *items, CormHole *hole)
{
	TupleTableSlot *slot = drawing->slot;
	StringInfo	buf = drawing->text;

	if (items->presence >= 0 && slot->tts_isnull[items->presence])
	{
		appendBinaryStringInfo(buf, "null", 4);
		for (int i = 0; i < items->nholes; i++)
			hole = SkipHole(hole);
		return hole;
	}
	if (items->n == 0)
		appendStringInfoChar(buf, '{');
	for (int i = 0; i < items->n; i++)
	{
		const CormItem *item = &items->item[i];

		switch (item->kind)
		{
			case CORM_OUT_VALUE:
				CormEncodeNext(&item->encoder, buf, item->prefix, item->prefix_len,
							   slot->tts_values[item->target],
							   slot->tts_isnull[item->target]);
				break;
			case CORM_OUT_OBJECT:
				appendBinaryStringInfo(buf, item->prefix, item->prefix_len);
				hole = RenderObject(drawing, item->object, hole);
				break;
			case CORM_OUT_CHILD:
				appendBinaryStringInfo(buf, item->prefix, item->prefix_len);
				if (drawing->level->children[item->child->index]->scanning)
				{
					RenderRelated(drawing, drawing->level->children[item->child->index]);
					hole = SkipHole(hole);
				}
				else
					MakeHole(drawing, item->child, hole++);
				break;
		}
	}
	appendStringInfoChar(buf, items->array ? ']' : '}');
	return hole;
}

/*
 * The key of a row as a JSON value, an array if it has several columns.
 */
static char *
RenderKey(const CormItems *path, TupleTableSlot *slot, StringInfo text)
{
	resetStringInfo(text);
	for (int i = 0; i < path->n; i++)
	{
		const CormItem *item = &path->item[i];

		CormEncodeNext(&item->encoder, text, ",", i > 0 ? 1 : 0,
					   slot->tts_values[item->target], slot->tts_isnull[item->target]);
	}
	return path->n == 1 ? pstrdup(text->data) : psprintf("[%s]", text->data);
}

static void
RenderSlot(const Drawing *drawing, CormHole *holes)
{
	slot_getsomeattrs(drawing->slot, drawing->level->natts);
	(void) RenderObject(drawing, drawing->level->items, holes);
}

void
CormRenderWhole(const CormLevel *level, TupleTableSlot *slot, StringInfo text,
				MemoryContext scratch)
{
	Drawing		drawing = {level, slot, text, CurrentMemoryContext, scratch};
	MemoryContext old = MemoryContextSwitchTo(scratch);

	RenderSlot(&drawing, NULL);
	MemoryContextSwitchTo(old);
	MemoryContextReset(scratch);
}

CormRow *
CormRenderRow(const CormLevel *level, TupleTableSlot *slot, StringInfo text,
			  MemoryContext scratch)
{
	CormRow    *row = palloc(offsetof(CormRow, holes) + level->nchildren * sizeof(CormHole));
	Drawing		drawing = {level, slot, text, CurrentMemoryContext, scratch};
	MemoryContext old = MemoryContextSwitchTo(scratch);

	resetStringInfo(text);
	RenderSlot(&drawing, row->holes);
	MemoryContextSwitchTo(old);
	MemoryContextReset(scratch);
	row->next = NULL;
	row->len = text->len;
	row->text = memcpy(palloc(row->len + 1), text->data, row->len + 1);
	row->key = level->path ? RenderKey(level->path, slot, text) : NULL;
	return row;
}

/* ---------- rows that are scanned ---------- */

/*
 * The keys by which the rows of a level below are found; false when one is null.
 */
static bool
ReadKeys(const Drawing *drawing, const CormLevel *below, Datum *keys)
{
	const int  *columns = drawing->level->key_columns[below->child->index];

	for (int i = 0; i < below->select->nkeys; i++)
	{
		if (drawing->slot->tts_isnull[columns[i]])
			return false;
		keys[i] = drawing->slot->tts_values[columns[i]];
	}
	return true;
}

/*
 * A row of a level below, at the end of the text.  Nothing that the rows above it
 * still need may be in the scratch context.
 */
static void
RenderBelow(const Drawing *drawing, CormLevel *below, TupleTableSlot *slot)
{
	Drawing		row = *drawing;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	row.level = below;
	row.slot = slot;
	RenderSlot(&row, NULL);		/* its children are scanned too */
	MemoryContextReset(drawing->scratch);
}

static EntryList
NoEntries(const Drawing *drawing, const CormLevel *below)
{
	EntryList	list = {.max = 0};

	CormKeyListInit(&list.keys, below->sorter, drawing->keep);
	return list;
}

/*
 * Adds an entry with its key, whose values are copied.
 */
static Entry *
AddEntry(EntryList *list, const Datum *key)
{
	MemoryContext context = list->keys.context;

	CormKeyListAdd(&list->keys, key);
	if (list->keys.max > list->max)
	{
		list->max = list->keys.max;
		list->entries = list->entries == NULL ?
			MemoryContextAllocHuge(context, list->max * sizeof(Entry)) :
			repalloc_huge(list->entries, list->max * sizeof(Entry));
	}
	return &list->entries[list->keys.n - 1];
}

static void
FreeEntries(EntryList *list, int *order)
{
	CormKeyListFree(&list->keys);
	if (list->entries != NULL)
		pfree(list->entries);
	if (order != NULL)
		pfree(order);
}

/*
 * Puts the rows' texts in order, if they have to be.
 */
static void
ReorderText(const Drawing *drawing, EntryList *list, int base)
{
	StringInfo	text = drawing->text;
	int			len = text->len - base;
	int		   *order = CormKeyListOrder(&list->keys);
	char	   *copy;

	if (order != NULL)
	{
		copy = MemoryContextAllocHuge(drawing->keep, len);
		memcpy(copy, text->data + base, len);
		text->len = base;
		for (int i = 0; i < list->keys.n; i++)
		{
			const Entry *entry = &list->entries[order[i]];

			if (i > 0)
				appendStringInfoCharMacro(text, ',');
			appendBinaryStringInfo(text, copy + entry->start - base, entry->len);
		}
		pfree(copy);
	}
	FreeEntries(list, order);
}

static void
RenderChildren(const Drawing *drawing, CormLevel *below)
{
	StringInfo	text = drawing->text;
	EntryList	list = NoEntries(drawing, below);
	int			base = text->len;
	TupleTableSlot *slot;

	while ((slot = CormScanNext(below->scan)) != NULL)
	{
		Datum		keys[INDEX_MAX_KEYS];
		Entry	   *entry;

		if (list.keys.n > 0)
			appendStringInfoCharMacro(text, ',');
		slot_getsomeattrs(slot, below->natts);
		for (int i = 0; i < below->sorter->nkeys; i++)
			keys[i] = slot->tts_values[below->sorter->keys[i].column];
		entry = AddEntry(&list, keys);
		entry->start = text->len;
		CormCountRead(below);
		RenderBelow(drawing, below, slot);
		entry->len = text->len - entry->start;
	}
	ReorderText(drawing, &list, base);
}

/*
 * Renders a row that other parents may have too, and keeps it for them; "asked":
 * one has it.
 */
static CormBucket *
MakeFragment(const Drawing *drawing, CormLevel *below, TupleTableSlot *slot, bool asked)
{
	int			start = drawing->text->len;
	const char *text;
	int			len;
	CormRow    *row;
	Datum		keys[INDEX_MAX_KEYS];
	CormBucket *bucket;

	RenderBelow(drawing, below, slot);
	text = drawing->text->data + start;
	len = drawing->text->len - start;
	drawing->text->len = start;
	for (int i = 0; i < below->fragments.nkeys; i++)
		keys[i] = slot->tts_values[below->fragment_columns[i]];
	if (below->cache.heap != NULL)
		CormRowCacheKeep(&below->cache, slot, keys[0], asked, text, len);
	bucket = CormKeyTableEnter(&below->fragments, keys);
	if (bucket->first == NULL)
	{
		row = MemoryContextAlloc(drawing->keep, offsetof(CormRow, holes));
		row->len = len;
		row->text = memcpy(MemoryContextAllocHuge(drawing->keep, len + 1), text, len);
		bucket->first = row;
	}
	return bucket;
}

/*
 * Rows count as statements would bring them: a target of links comes with each of
 * them, another once for all its parents, or never if it would be joined to them.
 */
static void
CountFragment(const CormLevel *below, bool again)
{
	if (!again && !below->child->unjoined &&
		CormScanKindOf(below->scan) == CORM_SCAN_TARGET)
		CormCountRead(below);
}

/*
 * May values of rows be written that nobody asked for?  Not by functions that
 * somebody may have written, which may fail.
 */
static bool
MayWriteAll(const CormItems *items)
{
	for (int i = 0; i < items->n; i++)
		if (items->item[i].encoder.typid >= FirstNormalObjectId)
			return false;
	return true;
}

/*
 * Where many rows of a small table are asked for, all of them are rendered at once,
 * unless others hang below them.
 */
static void
MakeAllFragments(const Drawing *drawing, CormLevel *below)
{
	TupleTableSlot *slot;

	if (below->nchildren > 0 || !MayWriteAll(below->items) ||
		!CormScanIsSmall(below->scan))
		return;
	CormScanStartAll(below->scan);
	while ((slot = CormScanNextAll(below->scan)) != NULL)
		(void) MakeFragment(drawing, below, slot, false);
}

static bool
FindKept(const CormLevel *below, const Datum *keys, CormRowText *row, bool *again)
{
	*again = false;
	return below->cache.heap != NULL &&
		CormRowCacheFind(&below->cache, keys[0], row, again);
}

/*
 * The text of a row that other parents may have too, rendered once for all of
 * them, or in an earlier call.  False when there is no such row.
 */
static bool
FindFragment(const Drawing *drawing, CormLevel *below, const Datum *keys, CormRowText *row)
{
	CormBucket *bucket;
	TupleTableSlot *slot;
	bool		again;
	bool		kept = FindKept(below, keys, row, &again);

	bucket = kept ? NULL : CormKeyTableFind(&below->fragments, keys);
	if (!kept && bucket == NULL && ++below->nmissed == MANY_MISSED)
	{
		MakeAllFragments(drawing, below);
		kept = FindKept(below, keys, row, &again);
		bucket = kept ? NULL : CormKeyTableFind(&below->fragments, keys);
	}
	if (kept)
	{
		CountFragment(below, again);
		return true;
	}
	if (bucket == NULL)
	{
		CormScanStart(below->scan, keys);
		slot = CormScanNext(below->scan);
		if (slot == NULL)
			return false;
		bucket = MakeFragment(drawing, below, slot, true);
	}
	CountFragment(below, again || bucket->asked);
	bucket->asked = true;
	row->text = bucket->first->text;
	row->len = bucket->first->len;
	return true;
}

static void
RenderTarget(const Drawing *drawing, CormLevel *below, const Datum *keys)
{
	CormRowText row;

	if (FindFragment(drawing, below, keys, &row))
		appendBinaryStringInfo(drawing->text, row.text, row.len);
	else
		appendBinaryStringInfo(drawing->text, "null", 4);
}

/*
 * The targets of the links that start with these keys: their keys first, then
 * their texts, so that what is far away in memory is under way meanwhile.
 */
static void
FindLinked(const Drawing *drawing, CormLevel *below, const Datum *keys, EntryList *list)
{
	bool		cached = below->cache.heap != NULL;
	const Datum *far;

	CormScanStartLinks(below->scan, keys);
	while ((far = CormScanNextLink(below->scan)) != NULL)
	{
		if (cached)
			CormRowCachePrefetch(&below->cache, far[0]);
		(void) AddEntry(list, far);
	}
	for (int i = 0; i < list->keys.n; i++)
	{
		Entry	   *entry = &list->entries[i];

		entry->found = FindFragment(drawing, below, CormKeyListGet(&list->keys, i),
									&entry->row);
		if (entry->found)
			CormCountRead(below);
	}
}

static void
RenderLinked(const Drawing *drawing, CormLevel *below, const Datum *keys)
{
	StringInfo	text = drawing->text;
	EntryList	list = NoEntries(drawing, below);
	bool		first = true;
	int		   *order;

	FindLinked(drawing, below, keys, &list);
	order = CormKeyListOrder(&list.keys);
	for (int i = 0; i < list.keys.n; i++)
	{
		const Entry *entry = &list.entries[order ? order[i] : i];

		if (!entry->found)
			continue;
		if (!first)
			appendStringInfoCharMacro(text, ',');
		first = false;
		appendBinaryStringInfo(text, entry->row.text, entry->row.len);
	}
	FreeEntries(&list, order);
}

/* What stands in place of a hole. */
static void
RenderRelated(const Drawing *drawing, CormLevel *below)
{
	StringInfo	text = drawing->text;
	bool		to_many = below->child->to_many;
	Datum		keys[INDEX_MAX_KEYS];
	TupleTableSlot *slot;
	CormErrorFrame frame;

	if (to_many)
		appendStringInfoCharMacro(text, '[');
	CormErrorPush(&frame, "loading", below->select->label, NULL);
	if (!ReadKeys(drawing, below, keys))
	{
		if (!to_many)
			appendBinaryStringInfo(text, "null", 4);
	}
	else if (CormScanKindOf(below->scan) == CORM_SCAN_LINKS)
		RenderLinked(drawing, below, keys);
	else if (CormScanKindOf(below->scan) == CORM_SCAN_TARGET)
		RenderTarget(drawing, below, keys);
	else
	{
		CormScanStart(below->scan, keys);
		if (to_many)
			RenderChildren(drawing, below);
		else if ((slot = CormScanNext(below->scan)) != NULL)
		{
			CormCountRead(below);
			RenderBelow(drawing, below, slot);
		}
		else
			appendBinaryStringInfo(text, "null", 4);
	}
	CormErrorPop(&frame);
	if (to_many)
		appendStringInfoCharMacro(text, ']');
}
