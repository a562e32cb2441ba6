/*-------------------------------------------------------------------------
 *
 * jsontext.h
 *	  Writing JSON text into a buffer.
 *
 * Room is made once for all that is written next, then bytes are put there
 * without looking: "to = CormReserve(buf, most); *to++ = ...;
 * CormAdvance(buf, to)".
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_JSONTEXT_H
#define CORM_JSONTEXT_H

#include "lib/stringinfo.h"

/*
 * Makes room for so many bytes, and the NUL behind them, and returns the
 * buffer's end.
 */
static inline char *
CormReserve(StringInfo buf, int room)
{
	if (unlikely(buf->maxlen - buf->len <= room))
		enlargeStringInfo(buf, room);
	return buf->data + buf->len;
}

/*
 * What stands before "end" has been written.
 */
static inline void
CormAdvance(StringInfo buf, char *end)
{
	buf->len = end - buf->data;
	*end = '\0';
}

/*
 * Two digits of a number below 100, four of one below 10000: with leading
 * zeros, and no NUL behind them.
 */
extern const char CormTwoDigits[201];

static inline char *
CormPutTwo(char *to, int number)
{
	memcpy(to, &CormTwoDigits[number * 2], 2);
	return to + 2;
}

static inline char *
CormPutFour(char *to, int number)
{
	return CormPutTwo(CormPutTwo(to, number / 100), number % 100);
}

/* Appends a text as a JSON string, as escape_json() would. */
extern void CormAppendQuoted(StringInfo buf, const char *text, int len);

#endif							/* CORM_JSONTEXT_H */
