/*-------------------------------------------------------------------------
 *
 * pretty.c
 *	  Statements as people like to read them.
 *
 * Works on the finished text, so that the text which is run, and by which plans
 * are kept, stays as it is.  The text is corm's own: identifiers in double
 * quotes, literals in single ones without backslashes, comments that do not
 * nest, and single spaces around words.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/lsyscache.h"

#include "pretty.h"
#include "quote.h"

/* Longer values are cut. */
#define MAX_VALUE_LENGTH 200

/* What begins a line outside of parentheses. */
static const char *const clauses[] = {
	"FROM", "JOIN", "LEFT JOIN", "CROSS JOIN", "WHERE", "GROUP BY", "HAVING",
	"ORDER BY", "LIMIT", "OFFSET"
};

/* What has such a word within it. */
static const char *const operators[] = {"IS DISTINCT FROM", "IS NOT DISTINCT FROM"};

/*
 * The length of the words at the beginning of the text that are in the list,
 * or 0.
 */
static int
WordsLength(const char *text, const char *const *list, int n)
{
	for (int i = 0; i < n; i++)
	{
		int			length = strlen(list[i]);

		if (strncmp(text, list[i], length) == 0 &&
			(text[length] == ' ' || text[length] == '\0'))
			return length;
	}
	return 0;
}

/*
 * The length of the quoted text or comment that begins here, or 0.
 */
static int
QuotedLength(const char *text)
{
	const char *end = NULL;

	if (text[0] == '\'' || text[0] == '"')
		end = strchr(text + 1, text[0]);
	else if (text[0] == '/' && text[1] == '*')
	{
		end = strstr(text + 2, "*/");
		end = end ? end + 1 : NULL;
	}
	return end ? end + 1 - text : 0;
}

void
CormPrettyStatement(StringInfo buf, const char *sql)
{
	int			depth = 0;

	for (const char *c = sql; *c;)
	{
		bool		outside = depth == 0 && *c == ' ';
		int			clause = outside ? WordsLength(c + 1, clauses, lengthof(clauses)) : 0;
		int			length = QuotedLength(c);

		if (*c == '(')
			depth++;
		else if (*c == ')')
			depth--;
		if (clause > 0)
		{
			appendStringInfoChar(buf, '\n');
			appendBinaryStringInfo(buf, c + 1, clause);
			c += 1 + clause;
			continue;
		}
		if (outside)
			length = 1 + WordsLength(c + 1, operators, lengthof(operators));
		length = Max(length, 1);
		appendBinaryStringInfo(buf, c, length);
		c += length;
	}
}

/*
 * A name of the catalogs may have anything in it, even the end of a line.
 */
static void
AppendOnOneLine(StringInfo buf, const char *text)
{
	for (const char *c = text; *c; c++)
		appendStringInfoChar(buf, *c == '\n' || *c == '\r' ? ' ' : *c);
}

static bool
IsControl(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/*
 * As a literal on one line.  Dots behind a value that was cut keep it from
 * being taken for the whole.
 */
static void
AppendLiteral(StringInfo buf, const char *text)
{
	int			length = strlen(text);
	int			shown = length <= MAX_VALUE_LENGTH ? length :
		pg_mbcliplen(text, length, MAX_VALUE_LENGTH);
	bool		escape = false;

	for (int i = 0; i < shown; i++)
		escape |= text[i] == '\\' || IsControl(text[i]);
	appendStringInfoString(buf, escape ? "E'" : "'");
	for (int i = 0; i < shown; i++)
	{
		if (text[i] == '\'' || text[i] == '\\')
			appendStringInfoChar(buf, text[i]);
		if (text[i] == '\n')
			appendStringInfoString(buf, "\\n");
		else if (IsControl(text[i]))
			appendStringInfo(buf, "\\x%02x", (unsigned char) text[i]);
		else
			appendStringInfoChar(buf, text[i]);
	}
	appendStringInfoString(buf, shown < length ? "'..." : "'");
}

static void
AppendValue(StringInfo buf, const ParamExternData *value)
{
	Oid			output;
	bool		varlena;

	if (value->isnull)
		appendStringInfoString(buf, "NULL");
	else
	{
		getTypeOutputInfo(value->ptype, &output, &varlena);
		AppendLiteral(buf, OidOutputFunctionCall(output, value->value));
	}
	appendStringInfoString(buf, "::");
	AppendOnOneLine(buf, CormQuoteType(value->ptype));
}

void
CormPrettyParams(StringInfo buf, const CormSelect *select, ParamListInfo params)
{
	ListCell   *lc;

	foreach(lc, select->params)
	{
		const CormParam *param = lfirst(lc);

		appendStringInfo(buf, "\n-- $%d", foreach_current_index(lc) + 1);
		if (param->bind == CORM_BIND_RUNTIME)
			appendStringInfoString(buf, ": keys of the parents");
		else
		{
			appendStringInfoString(buf, " = ");
			AppendValue(buf, &params->params[foreach_current_index(lc)]);
		}
	}
}
