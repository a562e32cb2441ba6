/*-------------------------------------------------------------------------
 *
 * diagram_mermaid.c
 *	  A diagram as the text of a Mermaid erDiagram.
 *
 * The grammar knows plain words and text in double quotes.  Columns and types
 * must be plain words: what is not becomes one, and the real name stands behind
 * it as a comment.  Characters that quoted text cannot hold, or that a browser
 * would take as markup, are written as codes (#35;), which Mermaid turns back.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "diagram_mermaid.h"

static void AppendModel(StringInfo buf, const CormDrawnModel *model);
static void AppendColumn(StringInfo buf, const CormDrawnColumn *column);
static void AppendEdge(StringInfo buf, const CormEdge *edge);
static void AppendEntity(StringInfo buf, const char *name);
static bool IsPlainEntity(const char *name);
static bool AppendWord(StringInfo buf, const char *text);
static bool IsWordCharacter(unsigned char c);
static void AppendQuoted(StringInfo buf, const char *text);

char *
CormDiagramMermaid(const CormDiagram *diagram)
{
	StringInfoData buf;
	ListCell   *lc;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "erDiagram");
	foreach(lc, diagram->models)
		AppendModel(&buf, lfirst(lc));
	foreach(lc, diagram->edges)
		AppendEdge(&buf, lfirst(lc));
	return buf.data;
}

static void
AppendModel(StringInfo buf, const CormDrawnModel *model)
{
	ListCell   *lc;

	appendStringInfoString(buf, "\n    ");
	AppendEntity(buf, model->name);
	if (model->columns == NIL)
		return;
	appendStringInfoString(buf, " {");
	foreach(lc, model->columns)
		AppendColumn(buf, lfirst(lc));
	appendStringInfoString(buf, "\n    }");
}

static void
AppendColumn(StringInfo buf, const CormDrawnColumn *column)
{
	bool		changed;

	appendStringInfoString(buf, "\n        ");

	/* of two numbers, a word cannot tell which is which */
	(void) AppendWord(buf, strchr(column->type, ',') == NULL ? column->type :
					  pnstrdup(column->type, strcspn(column->type, "(")));
	appendStringInfoChar(buf, ' ');
	changed = AppendWord(buf, column->name);
	if (column->is_key)
		appendStringInfoString(buf, column->is_foreign_key ? " PK, FK" : " PK");
	else if (column->is_foreign_key)
		appendStringInfoString(buf, " FK");
	if (changed)
	{
		appendStringInfoChar(buf, ' ');
		AppendQuoted(buf, column->name);
	}
}

static void
AppendEdge(StringInfo buf, const CormEdge *edge)
{
	static const char *const from_ends[] = {
		[CORM_END_ONE] = "||",
		[CORM_END_ONE_OR_NONE] = "|o",
		[CORM_END_MANY] = "}o"
	};
	static const char *const to_ends[] = {
		[CORM_END_ONE] = "||",
		[CORM_END_ONE_OR_NONE] = "o|",
		[CORM_END_MANY] = "o{"
	};

	appendStringInfoString(buf, "\n    ");
	AppendEntity(buf, edge->from->name);
	appendStringInfo(buf, " %s%s%s ", from_ends[edge->from_end],
					 edge->constraint ? "--" : "..", to_ends[edge->to_end]);
	AppendEntity(buf, edge->to->name);
	appendStringInfoString(buf, " : ");
	AppendQuoted(buf, edge->columns == NULL ? edge->label :
				 psprintf("%s (%s)", edge->label, edge->columns));
}

static void
AppendEntity(StringInfo buf, const char *name)
{
	if (IsPlainEntity(name))
		appendStringInfoString(buf, name);
	else
		AppendQuoted(buf, name);
}

/* Words of the grammar are no names, in whatever case. */
static bool
IsPlainEntity(const char *name)
{
	static const char *const words[] = {
		"accDescr", "accTitle", "class", "classDef", "direction", "end",
		"erDiagram", "many", "one", "only", "optionally", "style", "subgraph",
		"title", "to", "zero"
	};

	/* numbers and single letters have meanings of their own in places */
	if ((name[0] >= '0' && name[0] <= '9') || name[1] == '\0')
		return false;
	for (const char *c = name; *c; c++)
	{
		if (!IsWordCharacter(*c))
			return false;
	}
	for (int i = 0; i < lengthof(words); i++)
	{
		if (pg_strcasecmp(name, words[i]) == 0)
			return false;
	}
	return true;
}

/*
 * A plain word for a type or a column.  Returns whether it differs from the
 * text.
 */
static bool
AppendWord(StringInfo buf, const char *text)
{
	bool		changed = false;
	bool		utf8 = GetDatabaseEncoding() == PG_UTF8;
	int			length;

	if (text[0] >= '0' && text[0] <= '9')
	{
		appendStringInfoChar(buf, '_');
		changed = true;
	}
	for (const char *c = text; *c; c += length)
	{
		length = pg_encoding_mblen(GetDatabaseEncoding(), c);

		/* of what is not ASCII, the letters from U+00C0 on */
		if ((length == 1 && (IsWordCharacter(*c) ||
							 (c > text && strchr("()[]-", *c) != NULL))) ||
			(length > 1 && utf8 && (unsigned char) *c >= 0xC3))
		{
			appendBinaryStringInfo(buf, c, length);
			continue;
		}
		appendStringInfoChar(buf, '_');
		changed = true;
	}
	if (pg_strcasecmp(text, "pk") == 0 || pg_strcasecmp(text, "fk") == 0 ||
		pg_strcasecmp(text, "uk") == 0)
	{
		appendStringInfoChar(buf, '_');
		changed = true;
	}
	return changed;
}

static bool
IsWordCharacter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_';
}

static void
AppendQuoted(StringInfo buf, const char *text)
{
	appendStringInfoChar(buf, '"');
	for (const char *c = text; *c; c++)
	{
		if (strchr("\"%\\#<>&;", *c) != NULL)
			appendStringInfo(buf, "#%d;", *c);
		else
			appendStringInfoChar(buf, (unsigned char) *c < ' ' ? ' ' : *c);
	}
	appendStringInfoChar(buf, '"');
}
