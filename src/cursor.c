/*-------------------------------------------------------------------------
 *
 * cursor.c
 *	  Cursors: the place of a row in an order, as opaque text.
 *
 * A cursor is base64url of, in network byte order: the layout's version, the
 * number of the order, for each key the length of its value's text (-1: null)
 * and the text, and a checksum over all of this.
 *
 * The checksum finds damage, not forgery.  Whoever makes a cursor of his own can
 * only say where in the order the page is to begin, so nothing needs to be kept
 * secret; but nothing in it may be trusted to be well-formed either.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/base64.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "port/pg_crc32c.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "cursor.h"
#include "value.h"

#define CURSOR_VERSION 1

#define HINT_FIRST_PAGE "Ask for the first page, without a cursor."

/* A cursor while it is read. */
typedef struct CursorReader
{
	const char *argument;
	const char *at;
	const char *end;
} CursorReader;

static uint32
Checksum(const char *data, int len)
{
	pg_crc32c	crc;

	INIT_CRC32C(crc);
	COMP_CRC32C(crc, data, len);
	FIN_CRC32C(crc);
	return crc;
}

/* ---------- text ---------- */

/* base64 with the characters that URLs let through, and without padding */
static char *
EncodeUrl(const char *data, int len)
{
	int			size = pg_b64_enc_len(len);
	char	   *text = palloc(size + 1);
	int			n = pg_b64_encode((const void *) data, len, text, size);

	if (n < 0)
		elog(ERROR, "could not encode a cursor");
	while (n > 0 && text[n - 1] == '=')
		n--;
	text[n] = '\0';
	for (char *c = text; *c; c++)
	{
		if (*c == '+')
			*c = '-';
		else if (*c == '/')
			*c = '_';
	}
	return text;
}

/*
 * The bytes that a text encodes; -1 if it is not just how they are encoded.
 */
static int
DecodeUrl(const char *text, char **data)
{
	int			len = strlen(text);
	int			size = pg_b64_dec_len(len + 3);
	char	   *padded = palloc(len + 4);
	int			n;

	memcpy(padded, text, len + 1);
	for (char *c = padded; *c; c++)
	{
		if (*c == '-')
			*c = '+';
		else if (*c == '_')
			*c = '/';
	}
	while (len % 4 != 0)
		padded[len++] = '=';
	*data = palloc(size);
	n = pg_b64_decode(padded, len, (void *) *data, size);
	return n >= 0 && strcmp(EncodeUrl(*data, n), text) == 0 ? n : -1;
}

/* ---------- writing ---------- */

char *
CormWriteCursor(uint64 order, int n, const Oid *types, const Datum *values,
				const bool *nulls)
{
	StringInfoData buf;

	initStringInfo(&buf);
	pq_sendint8(&buf, CURSOR_VERSION);
	pq_sendint64(&buf, order);
	for (int i = 0; i < n; i++)
	{
		Datum		value = values[i];
		char	   *string;

		if (nulls[i])
		{
			pq_sendint32(&buf, (uint32) -1);
			continue;
		}
		CormExactTexts(types[i], 1, &value, NULL);
		string = TextDatumGetCString(value);
		pq_sendint32(&buf, strlen(string));
		appendBinaryStringInfo(&buf, string, strlen(string));
	}
	pq_sendint32(&buf, Checksum(buf.data, buf.len));
	return EncodeUrl(buf.data, buf.len);
}

/* ---------- reading ---------- */

pg_noreturn static void
Damaged(const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("cursor is damaged"),
			 errdetail("Argument \"%s\" is not a cursor that corm.page() returned.", argument),
			 errhint(HINT_FIRST_PAGE)));
}

static const char *
TakeBytes(CursorReader *reader, int64 n)
{
	const char *bytes = reader->at;

	if (n < 0 || reader->end - bytes < n)
		Damaged(reader->argument);
	reader->at += n;
	return bytes;
}

static uint32
TakeUint32(CursorReader *reader)
{
	uint32		number;

	memcpy(&number, TakeBytes(reader, sizeof(number)), sizeof(number));
	return pg_ntoh32(number);
}

static uint64
TakeUint64(CursorReader *reader)
{
	uint64		number;

	memcpy(&number, TakeBytes(reader, sizeof(number)), sizeof(number));
	return pg_ntoh64(number);
}

/* The next value's text, or NULL for a null. */
static char *
TakeText(CursorReader *reader)
{
	int32		len = (int32) TakeUint32(reader);
	const char *text;

	if (len == -1)
		return NULL;
	text = TakeBytes(reader, len);
	if (!pg_verifymbstr(text, len, true))
		Damaged(reader->argument);
	return pnstrdup(text, len);
}

/*
 * What a type's input function says about a text that it does not take: that
 * the cursor is damaged.
 */
static void
SayDamaged(void *arg)
{
	const char *argument = arg;

	switch (ERRCODE_TO_CATEGORY(geterrcode()))
	{
		case ERRCODE_DATA_EXCEPTION:
		case ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION:
		case ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION:
		case ERRCODE_FEATURE_NOT_SUPPORTED:
		case ERRCODE_PROGRAM_LIMIT_EXCEEDED:
			errcode(ERRCODE_INVALID_PARAMETER_VALUE);
			errmsg("cursor is damaged");
			errdetail("Argument \"%s\" holds a value that does not fit the order.", argument);
			errhint(HINT_FIRST_PAGE);
			break;
		default:
			break;
	}
}

static Datum
ReadValue(char *text, Oid type, const char *argument)
{
	ErrorContextCallback callback = {error_context_stack, SayDamaged,
	unconstify(char *, argument)};
	Oid			input;
	Oid			ioparam;
	Datum		value;

	error_context_stack = &callback;
	getTypeInputInfo(type, &input, &ioparam);
	value = OidInputFunctionCall(input, text, ioparam, -1);
	error_context_stack = callback.previous;
	return value;
}

void
CormReadCursor(const char *cursor, const char *argument, uint64 order, int n,
			   const Oid *types, Datum *values, bool *nulls)
{
	CursorReader reader = {argument};
	CursorReader checksum = {argument};
	char	   *data;
	int			len = DecodeUrl(cursor, &data) - (int) sizeof(uint32);

	if (len < 0)
		Damaged(argument);
	reader.at = data;
	reader.end = checksum.at = data + len;
	checksum.end = data + len + sizeof(uint32);
	if (TakeUint32(&checksum) != Checksum(data, len) ||
		*TakeBytes(&reader, 1) != CURSOR_VERSION)
		Damaged(argument);
	if (TakeUint64(&reader) != order)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cursor belongs to another order"),
				 errdetail("Argument \"%s\" was returned for another model or another order_by.",
						   argument),
				 errhint(HINT_FIRST_PAGE)));

	for (int i = 0; i < n; i++)
	{
		char	   *text = TakeText(&reader);

		nulls[i] = text == NULL;
		values[i] = text ? ReadValue(text, types[i], argument) : (Datum) 0;
	}
	if (reader.at != reader.end)
		Damaged(argument);
}
