/*-------------------------------------------------------------------------
 *
 * fill.c
 *	  Rows within rows: the holes that rendering left are filled.
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

#include "miscadmin.h"
#include "utils/json.h"

#include "fill.h"

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

			CormCountWritten(level);
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
