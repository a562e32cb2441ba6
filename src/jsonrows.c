/*-------------------------------------------------------------------------
 *
 * jsonrows.c
 *	  An array of objects in JSON, read from its text.
 *
 * To make a jsonb of many rows, only to take it apart again, costs more than
 * all the rest of reading them.  Here the server's lexer goes over the text once;
 * values that are objects or arrays are passed over, and made into jsonb by whom
 * they concern.
 *
 * What the server would not take as JSON is left for its own parser to refuse,
 * which knows best what to say.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonfuncs.h"
#include "utils/memutils.h"

#include "compat.h"
#include "document.h"
#include "jsonrows.h"

/* ---------- counting ---------- */

static const char *
BehindString(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return Min(at, end);
}

int
CormJsonRowsCount(const text *document)
{
	const char *at = VARDATA_ANY(document);
	const char *end = at + VARSIZE_ANY_EXHDR(document);
	int			depth = 0;
	int			commas = 0;
	bool		empty = true;

	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	if (at == end || *at != '[')
		return -1;
	for (at++; at < end && depth >= 0; at++)
	{
		switch (*at)
		{
			case '"':
				at = BehindString(at, end);
				break;
			case '[':
			case '{':
				depth++;
				break;
			case ']':
			case '}':
				depth--;
				break;
			case ',':
				commas += depth == 0;
				break;
			case ' ':
			case '\t':
			case '\n':
			case '\r':
				continue;
			default:
				break;
		}
		empty &= depth < 0;
	}
	return empty ? 0 : commas + 1;
}

/* ---------- reading ---------- */

/*
 * Raises what the server says of the document.
 */
pg_noreturn static void
Malformed(const CormJsonRows *rows)
{
	pg_parse_json_or_ereport(CormMakeJsonLexContext(rows->document, true), &nullSemAction);
	elog(ERROR, "JSON could not be read");
}

static JsonTokenType
NextToken(CormJsonRows *rows)
{
	if (json_lex(rows->lex) != JSON_SUCCESS)
		Malformed(rows);
	return rows->lex->token_type;
}

CormJsonRows *
CormJsonRowsBegin(text *document, int n)
{
	CormJsonRows *rows = palloc0(sizeof(CormJsonRows));

	rows->document = document;
	rows->lex = CormMakeJsonLexContext(document, true);
	rows->n = n;
	rows->row = -1;
	rows->maxmembers = 16;
	rows->members = palloc(rows->maxmembers * sizeof(CormJsonRowMember));
	initStringInfo(&rows->text);
	(void) NextToken(rows);
	return rows;
}

static CormJsonRowMember *
AddMember(CormJsonRows *rows)
{
	if (rows->nmembers == rows->maxmembers)
	{
		if (rows->maxmembers > MaxAllocSize / 2 / sizeof(CormJsonRowMember))
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("a JSON object has too many members")));
		rows->maxmembers *= 2;
		rows->members = repalloc(rows->members,
								 rows->maxmembers * sizeof(CormJsonRowMember));
	}
	return &rows->members[rows->nmembers++];
}

static int
KeepText(CormJsonRows *rows, const char *string, int len)
{
	int			offset = rows->text.len;

	appendBinaryStringInfo(&rows->text, string, len);
	appendStringInfoChar(&rows->text, '\0');
	return offset;
}

/*
 * What is inside is looked at by whoever makes a value of it, which is why only
 * brackets are counted.
 */
static void
SkipNested(CormJsonRows *rows)
{
	for (int depth = 1; depth > 0;)
	{
		CHECK_FOR_INTERRUPTS();
		switch (NextToken(rows))
		{
			case JSON_TOKEN_OBJECT_START:
			case JSON_TOKEN_ARRAY_START:
				depth++;
				break;
			case JSON_TOKEN_OBJECT_END:
			case JSON_TOKEN_ARRAY_END:
				depth--;
				break;
			case JSON_TOKEN_END:
				Malformed(rows);
			default:
				break;
		}
	}
}

/*
 * The value whose first token has been read.
 */
static void
ReadValue(CormJsonRows *rows, CormJsonRowMember *member)
{
	const JsonLexContext *lex = rows->lex;

	member->type = lex->token_type;
	switch (lex->token_type)
	{
		case JSON_TOKEN_STRING:
			member->len = lex->strval->len;
			member->text = KeepText(rows, lex->strval->data, member->len);
			break;
		case JSON_TOKEN_NUMBER:
			member->len = lex->token_terminator - lex->token_start;
			member->text = KeepText(rows, lex->token_start, member->len);
			break;
		case JSON_TOKEN_OBJECT_START:
		case JSON_TOKEN_ARRAY_START:
			member->start = lex->token_start;
			SkipNested(rows);
			member->end = lex->token_terminator;
			break;
		case JSON_TOKEN_TRUE:
		case JSON_TOKEN_FALSE:
		case JSON_TOKEN_NULL:
			break;
		default:
			Malformed(rows);
	}
}

static void
ReadMembers(CormJsonRows *rows)
{
	JsonTokenType token = NextToken(rows);

	while (token != JSON_TOKEN_OBJECT_END)
	{
		CormJsonRowMember *member = AddMember(rows);

		if (token != JSON_TOKEN_STRING)
			Malformed(rows);
		member->name_len = rows->lex->strval->len;
		member->name = KeepText(rows, rows->lex->strval->data, member->name_len);
		if (NextToken(rows) != JSON_TOKEN_COLON)
			Malformed(rows);
		(void) NextToken(rows);
		ReadValue(rows, member);
		token = NextToken(rows);
		if (token == JSON_TOKEN_COMMA)
		{
			token = NextToken(rows);
			if (token == JSON_TOKEN_OBJECT_END)
				Malformed(rows);
		}
		else if (token != JSON_TOKEN_OBJECT_END)
			Malformed(rows);
	}
}

bool
CormJsonRowsNext(CormJsonRows *rows)
{
	JsonTokenType token = NextToken(rows);

	rows->nmembers = 0;
	resetStringInfo(&rows->text);
	if (token == JSON_TOKEN_ARRAY_END)
	{
		if (NextToken(rows) != JSON_TOKEN_END || rows->row + 1 != rows->n)
			Malformed(rows);
		return false;
	}
	if (rows->row >= 0)
	{
		if (token != JSON_TOKEN_COMMA)
			Malformed(rows);
		token = NextToken(rows);
	}
	if (++rows->row == rows->n)
		Malformed(rows);
	rows->is_object = token == JSON_TOKEN_OBJECT_START;
	if (rows->is_object)
		ReadMembers(rows);
	else
		ReadValue(rows, AddMember(rows));
	return true;
}

/* ---------- values ---------- */

bool
CormJsonNumberIsPlain(const char *number)
{
	return strpbrk(number, "eE") == NULL && strncmp(number, "-0", 2) != 0;
}

void
CormJsonRowValue(const CormJsonRows *rows, const CormJsonRowMember *member, JsonbValue *value)
{
	char	   *nested;
	Datum		numeric;

	switch (member->type)
	{
		case JSON_TOKEN_STRING:
			value->type = jbvString;
			value->val.string.val = CormJsonRowText(rows, member->text);
			value->val.string.len = member->len;
			break;
		case JSON_TOKEN_NUMBER:
			numeric = DirectFunctionCall3(numeric_in,
										  CStringGetDatum(CormJsonRowText(rows, member->text)),
										  ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
			value->type = jbvNumeric;
			value->val.numeric = DatumGetNumeric(numeric);
			break;
		case JSON_TOKEN_TRUE:
		case JSON_TOKEN_FALSE:
			value->type = jbvBool;
			value->val.boolean = member->type == JSON_TOKEN_TRUE;
			break;
		case JSON_TOKEN_NULL:
			value->type = jbvNull;
			break;
		default:
			nested = pnstrdup(member->start, member->end - member->start);
			*value = *CormJsonbToValue(DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
																		  CStringGetDatum(nested))));
			break;
	}
}
