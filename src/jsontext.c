/*-------------------------------------------------------------------------
 *
 * jsontext.c
 *	  Writing JSON text into a buffer.
 *
 * A string is taken in blocks: what needs no escape is copied as it is looked
 * at, and only what stands behind an escape is looked at again.  All encodings
 * of a server keep ASCII bytes for ASCII characters, so that bytes are enough.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "block.h"
#include "jsontext.h"

/* Of a long text so much at a time, since each byte may become six. */
#define STRETCH 4096
#define LONGEST_ESCAPE 6

const char	CormTwoDigits[201] =
"00010203040506070809" "10111213141516171819"
"20212223242526272829" "30313233343536373839"
"40414243444546474849" "50515253545556575859"
"60616263646566676869" "70717273747576777879"
"80818283848586878889" "90919293949596979899";

static char *
PutEscape(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	*to++ = '\\';
	switch (c)
	{
		case '\b':
			*to++ = 'b';
			break;
		case '\f':
			*to++ = 'f';
			break;
		case '\n':
			*to++ = 'n';
			break;
		case '\r':
			*to++ = 'r';
			break;
		case '\t':
			*to++ = 't';
			break;
		case '"':
		case '\\':
			*to++ = c;
			break;
		default:
			memcpy(to, "u00", 3);
			to[3] = hex[c >> 4];
			to[4] = hex[c & 0xf];
			to += 5;
	}
	return to;
}

/*
 * Needs room for a block more than it writes.
 */
static char *
PutEscaped(char *to, const char *from, int len)
{
	char		tail[2 * CORM_BLOCK];

	while (len >= CORM_BLOCK)
	{
		int			plain = CormCopyBlock(to, from);

		/* a step of constant length does not wait for the block to be looked at */
		if (likely(plain == CORM_BLOCK))
		{
			to += CORM_BLOCK;
			from += CORM_BLOCK;
			len -= CORM_BLOCK;
		}
		else
		{
			to = PutEscape(to + plain, from[plain]);
			from += plain + 1;
			len -= plain + 1;
		}
	}
	if (len == 0)
		return to;

	/* the rest, with spaces up to a block from wherever it is looked at */
	memset(tail, ' ', sizeof(tail));
	from = memcpy(tail, from, len);
	for (;;)
	{
		int			plain = CormCopyBlock(to, from);

		if (plain >= len)
			return to + len;
		to = PutEscape(to + plain, from[plain]);
		from += plain + 1;
		len -= plain + 1;
	}
}

void
CormAppendQuoted(StringInfo buf, const char *text, int len)
{
	char	   *to = CormReserve(buf, LONGEST_ESCAPE * Min(len, STRETCH) + CORM_BLOCK + 2);

	*to++ = '"';
	while (len > STRETCH)
	{
		to = PutEscaped(to, text, STRETCH);
		text += STRETCH;
		len -= STRETCH;
		CormAdvance(buf, to);
		to = CormReserve(buf, LONGEST_ESCAPE * Min(len, STRETCH) + CORM_BLOCK + 1);
	}
	to = PutEscaped(to, text, len);
	*to++ = '"';
	CormAdvance(buf, to);
}
