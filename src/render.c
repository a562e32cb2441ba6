/*-------------------------------------------------------------------------
 *
 * render.c
 *	  The JSON text of one row, and of rows within rows.
 *
 * Values are read by encoders that were chosen for the column types that the
 * cache knew.  A function that runs inside of the statement may have changed a
 * table since then, so the result's types are checked before its first row:
 * a value read by another type's encoder would be a stray pointer.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "encode.h"
#include "render.h"

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
	OutputItem	item[FLEXIBLE_ARRAY_MEMBER];
} OutputItems;

/* A row on its way to text. */
typedef struct Drawing
{
	const CormLevel *level;
	TupleTableSlot *slot;
	StringInfo	text;
	MemoryContext keep;			/* for what outlives the rendering */
} Drawing;

/* ---------- compiling ---------- */

static OutputItems *
CompileObject(const CormSelect *select, const CormObject *object, int *nholes)
{
	int			n = list_length(object->outputs);
	OutputItems *items = palloc0(offsetof(OutputItems, item) + n * sizeof(OutputItem));
	ListCell   *lc;

	check_stack_depth();
	items->n = n;
	items->presence = object->presence;
	items->first_hole = *nholes;
	foreach(lc, object->outputs)
	{
		const CormOutput *output = lfirst(lc);
		OutputItem *item = &items->item[foreach_current_index(lc)];
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
			case CORM_OUT_VALUE:
				CormEncoderInit(&item->encoder, output->type);
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

CormLevel *
CormCompileLevel(const CormSelect *select, const CormChild *child)
{
	CormLevel	   *level = palloc0(sizeof(CormLevel));
	int			nholes = 0;
	ListCell   *lc;

	level->select = select;
	level->child = child;
	level->items = CompileObject(select, select->object, &nholes);
	level->nchildren = list_length(select->children);
	level->children = palloc(Max(level->nchildren, 1) * sizeof(CormLevel *));
	foreach(lc, select->children)
	{
		const CormChild *below = lfirst(lc);

		level->children[below->index] = CormCompileLevel(below->select, below);
	}
	if (child)
		CormKeyTableInit(&level->table, select);
	return level;
}

/*
 * A row that is cast to "record", as its operators take it, keeps its type.
 */
static bool
IsOfType(Oid typid, const CormTarget *target)
{
	if (target->cast == RECORDOID)
		return type_is_rowtype(typid);
	return typid == (OidIsValid(target->cast) ? target->cast : target->value->type);
}

void
CormCheckResult(const CormLevel *level, TupleDesc result)
{
	bool		same = result->natts == list_length(level->select->targets);
	ListCell   *lc;

	foreach(lc, level->select->targets)
		same = same &&
			IsOfType(TupleDescAttr(result, foreach_current_index(lc))->atttypid, lfirst(lc));
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("a table was changed while \"%s\" was being loaded",
						level->select->label),
				 errhint("Call again.")));
}

/* ---------- rendering ---------- */

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
	MemoryContext old = MemoryContextSwitchTo(drawing->keep);

	hole->offset = drawing->text->len;
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
static CormHole *
RenderObject(const Drawing *drawing, const OutputItems *items, CormHole *hole)
{
	TupleTableSlot *slot = drawing->slot;
	StringInfo	buf = drawing->text;

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
			case CORM_OUT_VALUE:
				if (slot->tts_isnull[item->target])
					appendBinaryStringInfo(buf, "null", 4);
				else
					item->encoder.encode(&item->encoder, buf, slot->tts_values[item->target]);
				break;
			case CORM_OUT_OBJECT:
				hole = RenderObject(drawing, item->object, hole);
				break;
			case CORM_OUT_CHILD:
				MakeHole(drawing, item->child, hole++);
				break;
		}
	}
	appendStringInfoChar(buf, '}');
	return hole;
}

CormRow *
CormRenderRow(const CormLevel *level, TupleTableSlot *slot, StringInfo text,
			  MemoryContext scratch)
{
	CormRow    *row = palloc(offsetof(CormRow, holes) + level->nchildren * sizeof(CormHole));
	MemoryContext old = MemoryContextSwitchTo(scratch);
	Drawing		drawing = {level, slot, text, old};

	slot_getallattrs(slot);
	resetStringInfo(text);
	(void) RenderObject(&drawing, level->items, row->holes);
	MemoryContextSwitchTo(old);
	MemoryContextReset(scratch);
	row->next = NULL;
	row->len = text->len;
	row->text = memcpy(palloc(row->len + 1), text->data, row->len);
	return row;
}

void
CormWriteHole(CormLevel *level, const CormHole *hole, StringInfo buf)
{
	const CormChild *child = level->child;
	CormBucket *bucket = hole->isnull ? NULL : CormKeyTableFind(&level->table, hole->keys);
	bool		cut = false;
	int64		n = 0;

	if (!child->to_many)
	{
		if (bucket)
			CormWriteRow(level, bucket->first, buf);
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
		CormWriteRow(level, row, buf);
	}
	appendStringInfoChar(buf, ']');
	if (child->more)
	{
		appendStringInfoChar(buf, ',');
		escape_json(buf, psprintf("%s__more", child->name));
		appendStringInfoString(buf, cut ? ":true" : ":false");
	}
}

void
CormWriteRow(const CormLevel *level, const CormRow *row, StringInfo buf)
{
	int			done = 0;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < level->nchildren; i++)
	{
		const CormHole *hole = &row->holes[i];

		if (hole->offset < 0)
			continue;
		appendBinaryStringInfo(buf, row->text + done, hole->offset - done);
		done = hole->offset;
		CormWriteHole(level->children[i], hole, buf);
	}
	appendBinaryStringInfo(buf, row->text + done, row->len - done);
}
