/*-------------------------------------------------------------------------
 *
 * textcache.h
 *	  SQL texts that are kept from call to call.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_TEXTCACHE_H
#define CORM_TEXTCACHE_H

#include "lib/stringinfo.h"

#include "graph.h"

/*
 * A text is kept by bytes that say all that it depends on beside the catalogs.  They
 * begin with what every statement has; "statement" tells one kind from the others.
 */
extern void CormSpellStatement(StringInfo bytes, char statement, const CormModel *model,
							   const char *label);

static inline void
CormSpellNumber(StringInfo bytes, int number)
{
	appendBinaryStringInfo(bytes, (char *) &number, sizeof(number));
}

/* A list of CormColumn *. */
extern void CormSpellColumns(StringInfo bytes, List *columns);

/* A copy of the text that is kept by these bytes, or NULL. */
extern char *CormTextFind(StringInfo bytes);

/* Keeps a copy of a text, and returns the text. */
extern char *CormTextKeep(StringInfo bytes, char *text);

#endif							/* CORM_TEXTCACHE_H */
