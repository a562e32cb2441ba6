/*-------------------------------------------------------------------------
 *
 * block.h
 *	  Text in blocks of 16 bytes: the only place that looks at the processor.
 *
 * SSE2 belongs to every 64-bit x86; elsewhere, and with CORM_PORTABLE defined,
 * two words do the same.  The server's own port/simd.h is there only from
 * version 16 on.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_BLOCK_H
#define CORM_BLOCK_H

#if defined(__SSE2__) && !defined(CORM_PORTABLE)
#define CORM_HAVE_SSE2
#include <emmintrin.h>
#endif

#include "port/pg_bitutils.h"

#define CORM_BLOCK 16

/*
 * CormCopyBlock
 *		Copies a block, and returns how many bytes of it stand in a JSON string
 *		as they are, before the first that must be escaped: a quote, a
 *		backslash, or a byte below a space.
 */
#ifdef CORM_HAVE_SSE2

static inline int
CormCopyBlock(char *to, const char *from)
{
	__m128i		bytes = _mm_loadu_si128((const __m128i *) from);
	__m128i		quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
	__m128i		backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
	__m128i		control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
	uint32		special = _mm_movemask_epi8(_mm_or_si128(control,
														 _mm_or_si128(quote, backslash)));

	_mm_storeu_si128((__m128i *) to, bytes);
	return special == 0 ? CORM_BLOCK : pg_rightmost_one_pos32(special);
}

#else

#define CORM_EACH_BYTE(c) (UINT64CONST(0x0101010101010101) * (c))

/* Has a word a byte below "limit", which is at most 128? */
static inline bool
CormHasBelow(uint64 word, uint8 limit)
{
	return ((word - CORM_EACH_BYTE(limit)) & ~word & CORM_EACH_BYTE(0x80)) != 0;
}

static inline bool
CormMustEscape(uint64 word)
{
	return CormHasBelow(word, ' ') || CormHasBelow(word ^ CORM_EACH_BYTE('"'), 1) ||
		CormHasBelow(word ^ CORM_EACH_BYTE('\\'), 1);
}

static inline int
CormCopyBlock(char *to, const char *from)
{
	uint64		words[2];
	int			n = 0;

	memcpy(words, from, CORM_BLOCK);
	memcpy(to, words, CORM_BLOCK);
	if (!CormMustEscape(words[0]))
	{
		if (!CormMustEscape(words[1]))
			return CORM_BLOCK;
		n = sizeof(uint64);
	}
	while (from[n] != '"' && from[n] != '\\' && (unsigned char) from[n] >= ' ')
		n++;
	return n;
}

#endif

#endif							/* CORM_BLOCK_H */
