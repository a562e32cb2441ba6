/*-------------------------------------------------------------------------
 *
 * encoder.h
 *	  What writes the values of one column as JSON text.
 *
 * An encoder is chosen once, by encode.c, and used for every row.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ENCODER_H
#define CORM_ENCODER_H

#include "fmgr.h"

#include "jsontext.h"

struct CormEncoder;
typedef void (*CormEncodeFunction) (const struct CormEncoder *encoder,
									StringInfo buf, Datum value);

typedef struct CormEncoder
{
	CormEncodeFunction encode;	/* relies on the buffer's room */
	int			room;			/* what the caller must have reserved */
	Oid			typid;			/* base type */
	FmgrInfo	function;		/* output function, or cast to json */
	struct CormParts *parts;	/* of an array or a composite type */
} CormEncoder;

#define CORM_NULL_LENGTH 4

/*
 * Appends "before", of a given length, and behind it a value or null.
 */
static inline void
CormEncodeNext(const CormEncoder *encoder, StringInfo buf, const char *before, int len,
			   Datum value, bool isnull)
{
	char	   *to = CormReserve(buf, len + Max(encoder->room, CORM_NULL_LENGTH));

	memcpy(to, before, len);
	to += len;
	if (isnull)
	{
		memcpy(to, "null", CORM_NULL_LENGTH);
		CormAdvance(buf, to + CORM_NULL_LENGTH);
		return;
	}
	buf->len += len;
	encoder->encode(encoder, buf, value);
}

/*
 * Appends a value.
 */
static inline void
CormEncode(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	(void) CormReserve(buf, encoder->room);
	encoder->encode(encoder, buf, value);
}

#endif							/* CORM_ENCODER_H */
