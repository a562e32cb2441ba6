/*-------------------------------------------------------------------------
 *
 * encode_number.c
 *	  Numbers as JSON text.
 *
 * A numeric that is stored in the short format, as all but extreme ones are, is
 * written straight from its digits.  The format is private to the server's
 * numeric.c, but it cannot change: pg_upgrade keeps it in tables.  It is a
 * 16-bit header and digits to the base 10000, 16 bits each, the first of which
 * counts 10000^weight:
 *
 *		10 s ddd ddd w ww wwww		sign, digits behind the point, weight
 *
 * Zero has no digits.  Other headers mean the long format, NaN and infinities,
 * which go through the output function.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "encode_number.h"

#define FORMAT_MASK 0xC000
#define FORMAT_SHORT 0x8000
#define SHORT_NEGATIVE 0x2000
#define SHORT_SCALE(header) (((header) & 0x1F80) >> 7)
#define SHORT_WEIGHT(header) (((header) & 0x003F) | ((header) & 0x0040 ? ~0x003F : 0))

#define DIGIT_LENGTH 4			/* of a digit to the base 10000 */
#define SAFE_WEIGHT 3			/* such numbers fit into 64 bits */

/* Sign, 64 digits before the point, the point, 64 decimals, and quotes. */
#define NUMERIC_ROOM (1 + 64 * DIGIT_LENGTH + 1 + 64 + 2)

/* ---------- by the output function ---------- */

/*
 * What is no number in JSON, NaN and infinity, is a string.
 */
static void
EncodeByOutput(const CormEncoder *encoder, StringInfo buf, Datum value, bool quoted)
{
	char	   *text = OutputFunctionCall(unconstify(FmgrInfo *, &encoder->function), value);
	int			len = strlen(text);
	bool		number = isdigit((unsigned char) text[0]) ||
		(text[0] == '-' && isdigit((unsigned char) text[1]));

	if (quoted || !number)
		CormAppendQuoted(buf, text, len);
	else
		appendBinaryStringInfo(buf, text, len);
	pfree(text);
}

/* ---------- integers ---------- */

static void
EncodeInt2(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	buf->len += pg_itoa(DatumGetInt16(value), buf->data + buf->len);
}

static void
EncodeInt4(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	buf->len += pg_ltoa(DatumGetInt32(value), buf->data + buf->len);
}

static void
EncodeInt8(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	buf->len += pg_lltoa(DatumGetInt64(value), buf->data + buf->len);
}

static void
EncodeInt8String(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	char	   *to = buf->data + buf->len;

	*to++ = '"';
	to += pg_lltoa(DatumGetInt64(value), to);
	*to++ = '"';
	CormAdvance(buf, to);
}

/* ---------- floating point ---------- */

static void
EncodeFloat4(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	float4		number = DatumGetFloat4(value);

	if (extra_float_digits > 0 && isfinite(number))
		buf->len += float_to_shortest_decimal_buf(number, buf->data + buf->len);
	else
		EncodeByOutput(encoder, buf, value, false);
}

static void
EncodeFloat8(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	float8		number = DatumGetFloat8(value);

	if (extra_float_digits > 0 && isfinite(number))
		buf->len += double_to_shortest_decimal_buf(number, buf->data + buf->len);
	else
		EncodeByOutput(encoder, buf, value, false);
}

/* ---------- numeric ---------- */

/* The parts of a numeric; its digits may stand at odd addresses. */
typedef struct Digits
{
	bool		negative;
	int			weight;
	int			scale;
	const char *data;
	int			n;
} Digits;

static inline int
DigitAt(const Digits *digits, int i)
{
	int16		digit = 0;

	if (i >= 0 && i < digits->n)
		memcpy(&digit, digits->data + i * sizeof(digit), sizeof(digit));
	return digit;
}

/* False unless the numeric is in the short format, as it stands in a table or in memory. */
static inline bool
ReadShortNumeric(const struct varlena *value, Digits *digits)
{
	uint16		header;

	if (VARATT_IS_EXTERNAL(value) || VARATT_IS_COMPRESSED(value))
		return false;
	memcpy(&header, VARDATA_ANY(value), sizeof(header));
	if ((header & FORMAT_MASK) != FORMAT_SHORT)
		return false;
	digits->negative = (header & SHORT_NEGATIVE) != 0;
	digits->weight = SHORT_WEIGHT(header);
	digits->scale = SHORT_SCALE(header);
	digits->data = VARDATA_ANY(value) + sizeof(header);
	digits->n = (VARSIZE_ANY_EXHDR(value) - sizeof(header)) / sizeof(int16);
	return true;
}

/* Writes such a numeric; NULL for another one. */
static char *
PutShortNumeric(char *to, const struct varlena *value)
{
	Digits		digits;

	if (!ReadShortNumeric(value, &digits))
		return NULL;
	if (digits.negative)
		*to++ = '-';
	if (digits.weight < 0)
		*to++ = '0';
	else
		to += pg_ultoa_n(DigitAt(&digits, 0), to);
	for (int i = 1; i <= digits.weight; i++)
		to = CormPutFour(to, DigitAt(&digits, i));
	if (digits.scale > 0)
	{
		*to++ = '.';
		for (int i = 0; i * DIGIT_LENGTH < digits.scale; i++)
			(void) CormPutFour(to + i * DIGIT_LENGTH, DigitAt(&digits, digits.weight + 1 + i));
		to += digits.scale;
	}
	return to;
}

bool
CormNumericIsInteger(const struct varlena *value, int64 *integer)
{
	Digits		digits;
	int64		sum = 0;

	if (!ReadShortNumeric(value, &digits) || digits.scale > 0 || digits.weight > SAFE_WEIGHT)
		return false;
	for (int i = 0; i <= digits.weight; i++)
		sum = sum * 10000 + DigitAt(&digits, i);
	*integer = digits.negative ? -sum : sum;
	return true;
}

static void
EncodeNumeric(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	char	   *end = PutShortNumeric(buf->data + buf->len,
									  (const struct varlena *) DatumGetPointer(value));

	if (end)
		CormAdvance(buf, end);
	else
		EncodeByOutput(encoder, buf, value, false);
}

static void
EncodeNumericString(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	char	   *end = PutShortNumeric(buf->data + buf->len + 1,
									  (const struct varlena *) DatumGetPointer(value));

	if (end)
	{
		buf->data[buf->len] = '"';
		*end++ = '"';
		CormAdvance(buf, end);
	}
	else
		EncodeByOutput(encoder, buf, value, true);
}

void
CormEncodeAsNumber(CormEncoder *encoder, bool big_as_string)
{
	encoder->room = MAXINT8LEN + 2;
	switch (encoder->typid)
	{
		case INT2OID:
			encoder->encode = EncodeInt2;
			break;
		case INT4OID:
			encoder->encode = EncodeInt4;
			break;
		case INT8OID:
			encoder->encode = big_as_string ? EncodeInt8String : EncodeInt8;
			break;
		case FLOAT4OID:
			encoder->encode = EncodeFloat4;
			encoder->room = FLOAT_SHORTEST_DECIMAL_LEN;
			break;
		case FLOAT8OID:
			encoder->encode = EncodeFloat8;
			encoder->room = DOUBLE_SHORTEST_DECIMAL_LEN;
			break;
		case NUMERICOID:
			encoder->encode = big_as_string ? EncodeNumericString : EncodeNumeric;
			encoder->room = NUMERIC_ROOM;
			break;
		default:
			elog(ERROR, "type %u is no number", encoder->typid);
	}
}
