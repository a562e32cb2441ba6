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
 * A recursive load is written depth first.  Rows that what is being written
 * stands below are marked, and a marked one is left out: so every walk ends,
 * in whatever circles the rows lead.
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
#include "error.h"
#include "render.h"

int			corm_max_rows = 10000000;

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
	bool		array;
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

/* How far down a recursive load the row being written stands. */
typedef struct Trail
{
	int64		depth;
	StringInfo	path;			/* of a flat one: keys from the first level on */
} Trail;

/* The rows of one hole, one after the other. */
typedef struct Siblings
{
	const CormLevel *level;
	CormRow    *next;
	int64		n;				/* rows taken from the list */
	bool		more;			/* there are more than were asked for */
	bool		cycle;			/* one was left out, since it stands above */
} Siblings;

static void WriteRow(CormLevel *level, const CormRow *row, const Trail *trail,
					 StringInfo buf);

/* ---------- compiling ---------- */

/*
 * Is it the place where a row of a recursive load holds the next ones?
 */
static bool
IsSelf(const CormSelect *select, const CormOutput *output)
{
	return output->kind == CORM_OUT_CHILD && output->child->select == select;
}

static OutputItems *
CompileObject(const CormSelect *select, const CormObject *object, int *nholes)
{
	int			n = list_length(object->outputs);
	OutputItems *items = palloc0(offsetof(OutputItems, item) + n * sizeof(OutputItem));
	ListCell   *lc;

	check_stack_depth();
	items->n = n;
	items->presence = object->presence;
	items->array = object->array;
	items->first_hole = *nholes;
	foreach(lc, object->outputs)
	{
		const CormOutput *output = lfirst(lc);
		OutputItem *item = &items->item[foreach_current_index(lc)];
		StringInfoData prefix;

		initStringInfo(&prefix);
		appendStringInfoString(&prefix, foreach_current_index(lc) == 0 ?
							   (object->array ? "[" : "{") :
							   IsSelf(select, output) ? "" : ",");
		if (!object->array && !IsSelf(select, output))	/* which is not there on
														 * every level */
		{
			escape_json(&prefix, output->name);
			appendStringInfoChar(&prefix, ':');
		}
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

/*
 * What a level needs that is its own child.
 */
static void
CompileSelf(CormLevel *level, int self)
{
	const CormSelect *select = level->select;
	CormObject	key = {select->path, -1};
	int			nholes = 0;

	level->self = self;
	level->children[self] = level;
	CormKeyTableInit(&level->nodes, select->model->nkey, select->identity);
	if (level->child->flat)
		level->path = CompileObject(select, &key, &nholes);
}

CormLevel *
CormCompileLevel(const CormSelect *select, const CormChild *child, CormTally *tally)
{
	CormLevel  *level = palloc0(sizeof(CormLevel));
	int			nholes = 0;
	ListCell   *lc;

	level->select = select;
	level->child = child;
	level->self = -1;
	level->tally = tally;
	level->items = CompileObject(select, select->object, &nholes);
	level->nchildren = list_length(select->children);
	level->children = palloc(Max(level->nchildren, 1) * sizeof(CormLevel *));
	foreach(lc, select->children)
	{
		const CormChild *below = lfirst(lc);

		if (below->select == select)
			CompileSelf(level, below->index);
		else
			level->children[below->index] = CormCompileLevel(below->select, below, tally);
	}
	if (child)
		CormKeyTableInit(&level->table, select->nkeys, select->keys);
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
CormCheckResult(const CormSelect *select, TupleDesc result)
{
	bool		same = result->natts == list_length(select->targets);
	ListCell   *lc;

	foreach(lc, select->targets)
		same = same &&
			IsOfType(TupleDescAttr(result, foreach_current_index(lc))->atttypid, lfirst(lc));
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("a table was changed while \"%s\" was being loaded",
						select->label),
				 errhint("Call again.")));
}

/* ---------- counting ---------- */

static void
RaiseTooMany(bool written)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("a call may read at most %d rows", corm_max_rows),
			 written ? errdetail("A row of a recursive load counts as often as it is reached.") : 0,
			 errhint("Ask for fewer rows; the setting corm.max_rows is the limit, 0 means none.")));
}

void
CormTallyRead(CormTally *tally)
{
	if (++tally->read > corm_max_rows && corm_max_rows > 0)
		RaiseTooMany(false);
}

void
CormCountRead(const CormLevel *level)
{
	CormTallyRead(level->tally);
}

static void
CountWritten(const CormLevel *level)
{
	CormErrorFrame frame;

	if (++level->tally->written <= corm_max_rows || corm_max_rows == 0)
		return;
	CormErrorPush(&frame, "loading", level->select->label, NULL);
	RaiseTooMany(true);
}

/* ---------- rendering ---------- */

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
		int			target = child->parent_targets[i];

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
RenderKey(const OutputItems *path, TupleTableSlot *slot, StringInfo text)
{
	resetStringInfo(text);
	for (int i = 0; i < path->n; i++)
	{
		const OutputItem *item = &path->item[i];

		CormEncodeNext(&item->encoder, text, ",", i > 0 ? 1 : 0,
					   slot->tts_values[item->target], slot->tts_isnull[item->target]);
	}
	return path->n == 1 ? pstrdup(text->data) : psprintf("[%s]", text->data);
}

/*
 * Overwrites "text" with the row's, and fills in its holes.
 */
static void
RenderText(const CormLevel *level, TupleTableSlot *slot, StringInfo text,
		   MemoryContext scratch, CormHole *holes)
{
	MemoryContext old = MemoryContextSwitchTo(scratch);
	Drawing		drawing = {level, slot, text, old};

	slot_getallattrs(slot);
	resetStringInfo(text);
	(void) RenderObject(&drawing, level->items, holes);
	MemoryContextSwitchTo(old);
	MemoryContextReset(scratch);
}

CormRow *
CormRenderRow(const CormLevel *level, TupleTableSlot *slot, StringInfo text,
			  MemoryContext scratch)
{
	CormRow    *row = palloc(offsetof(CormRow, holes) + level->nchildren * sizeof(CormHole));

	RenderText(level, slot, text, scratch, row->holes);
	row->next = NULL;
	row->len = text->len;
	row->text = memcpy(palloc(row->len + 1), text->data, row->len + 1);
	row->key = level->path ? RenderKey(level->path, slot, text) : NULL;
	return row;
}

void
CormRenderDocument(const CormLevel *level, TupleTableSlot *slot, StringInfo text,
				   MemoryContext scratch)
{
	Assert(level->nchildren == 0);
	RenderText(level, slot, text, scratch, NULL);
}

/* ---------- writing ---------- */

/*
 * Would the row of a recursive load stand below itself?
 */
static bool
IsAbove(const CormLevel *level, const CormRow *row)
{
	const CormBucket *node = level->self < 0 ? NULL : row->holes[level->self].node;

	return node && node->above;
}

/*
 * From here on, the row that waits at a hole stands above what is written; or
 * no longer.
 */
static void
MarkAbove(const CormHole *hole, bool above)
{
	if (hole->node)
		hole->node->above = above;
}

static Siblings
BeginSiblings(CormLevel *level, const CormHole *hole)
{
	CormBucket *bucket = hole->isnull ? NULL : CormKeyTableFind(&level->table, hole->keys);
	Siblings	siblings = {level, bucket ? bucket->first : NULL};

	return siblings;
}

/*
 * The next row to write, or NULL after the last.
 */
static CormRow *
NextSibling(Siblings *siblings)
{
	const CormChild *child = siblings->level->child;

	while (siblings->next)
	{
		CormRow    *row = siblings->next;

		CHECK_FOR_INTERRUPTS();
		siblings->more = child->more && child->limit >= 0 && siblings->n >= child->limit;
		if (siblings->more)
			break;
		siblings->n++;
		siblings->next = child->to_many ? row->next : NULL;
		if (!IsAbove(siblings->level, row))
			return row;
		siblings->cycle = true;
	}
	return NULL;
}

/*
 * Says what the rows that were gone through have left out.
 */
static void
WriteRemarks(const Siblings *siblings, StringInfo buf)
{
	const CormChild *child = siblings->level->child;

	if (child->more)
	{
		appendStringInfoChar(buf, ',');
		escape_json(buf, psprintf("%s__more", child->name));
		appendStringInfoString(buf, siblings->more ? ":true" : ":false");
	}
	if (siblings->cycle)
	{
		appendStringInfoChar(buf, ',');
		escape_json(buf, psprintf("%s__cycle", child->name));
		appendStringInfoString(buf, ":true");
	}
}

/*
 * The same where the rows themselves are written elsewhere.
 */
static void
WriteFlatRemarks(CormLevel *level, const CormHole *hole, StringInfo buf)
{
	Siblings	siblings = BeginSiblings(level, hole);

	while (NextSibling(&siblings) != NULL)
		;
	WriteRemarks(&siblings, buf);
}

/*
 * Writes the rows of a hole, each with what is within it.  "trail" is that of a
 * recursive load's rows.
 */
static void
WriteSiblings(CormLevel *level, const CormHole *hole, const Trail *trail, StringInfo buf)
{
	Siblings	siblings = BeginSiblings(level, hole);
	bool		to_many = level->child->to_many;
	bool		first = true;
	CormRow    *row;

	if (to_many)
		appendStringInfoChar(buf, '[');
	while ((row = NextSibling(&siblings)) != NULL)
	{
		if (!first)
			appendStringInfoChar(buf, ',');
		first = false;
		WriteRow(level, row, trail, buf);
	}
	if (to_many)
		appendStringInfoChar(buf, ']');
	else if (first)
		appendBinaryStringInfo(buf, "null", 4);
	WriteRemarks(&siblings, buf);
}

static bool
IsLastDepth(const CormLevel *level, const Trail *trail)
{
	return level->child->depth >= 0 && trail->depth >= level->child->depth;
}

/*
 * Writes the rows of a hole and all below them into one list, each before what
 * is below it.
 */
static void
WriteFlatRows(CormLevel *level, const CormHole *hole, const Trail *trail, StringInfo buf)
{
	Siblings	siblings = BeginSiblings(level, hole);
	Trail		below = {trail->depth + 1, trail->path};
	int			length = trail->path->len;
	CormRow    *row;

	check_stack_depth();
	while ((row = NextSibling(&siblings)) != NULL)
	{
		const CormHole *next = &row->holes[level->self];

		if (buf->data[buf->len - 1] != '[')
			appendStringInfoChar(buf, ',');
		if (length > 0)
			appendStringInfoChar(trail->path, ',');
		appendStringInfoString(trail->path, row->key);
		WriteRow(level, row, trail, buf);
		if (!IsLastDepth(level, &below))
		{
			MarkAbove(next, true);
			WriteFlatRows(level, next, &below, buf);
			MarkAbove(next, false);
		}
		trail->path->len = length;
	}
}

static void
WriteFlat(CormLevel *level, const CormHole *hole, StringInfo buf)
{
	StringInfoData path;
	Trail		trail = {0, &path};

	initStringInfo(&path);
	appendStringInfoChar(buf, '[');
	WriteFlatRows(level, hole, &trail, buf);
	appendStringInfoChar(buf, ']');
	pfree(path.data);
	WriteFlatRemarks(level, hole, buf);
}

void
CormWriteHole(CormLevel *level, const CormHole *hole, StringInfo buf)
{
	Trail		trail = {0, NULL};

	MarkAbove(hole, true);
	if (level->self >= 0 && level->child->flat)
		WriteFlat(level, hole, buf);
	else
		WriteSiblings(level, hole, &trail, buf);
	MarkAbove(hole, false);
}

/*
 * Ends the object of a recursive load's row: the next rows as a key of it, or
 * in a flat list where the row stands.
 */
static void
WriteSelf(CormLevel *level, const CormHole *hole, const Trail *trail, StringInfo buf)
{
	const CormChild *child = level->child;
	const char *comma = buf->data[buf->len - 1] == '{' ? "" : ",";

	if (child->flat)
		appendStringInfo(buf, "%s\"depth\":" INT64_FORMAT ",\"path\":[%s]", comma,
						 trail->depth, trail->path->data);
	if (IsLastDepth(level, trail))
		return;

	MarkAbove(hole, true);
	if (child->flat)
		WriteFlatRemarks(level, hole, buf);
	else
	{
		appendStringInfoString(buf, comma);
		escape_json(buf, child->name);
		appendStringInfoChar(buf, ':');
		WriteSiblings(level, hole, trail, buf);
	}
	MarkAbove(hole, false);
}

/*
 * "trail" is that of the row's parent, if a recursive load leads to the row.
 */
static void
WriteRow(CormLevel *level, const CormRow *row, const Trail *trail, StringInfo buf)
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
		if (i == level->self)
		{
			Trail		here = {trail->depth + 1, trail->path};

			CountWritten(level);
			WriteSelf(level, hole, &here, buf);
		}
		else
			CormWriteHole(level->children[i], hole, buf);
	}
	appendBinaryStringInfo(buf, row->text + done, row->len - done);
}

void
CormWriteRow(const CormLevel *level, const CormRow *row, StringInfo buf)
{
	WriteRow(unconstify(CormLevel *, level), row, NULL, buf);
}
