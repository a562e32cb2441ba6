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
 * What a text depends on beside the catalogs, spelled as bytes.  A text that depends on
 * more than is spelled, or may name a type or collation that is not the server's own, is
 * not kept: nothing tells when that name changes.
 */
typedef struct CormSpelling
{
	StringInfoData bytes;
	bool		whole;
} CormSpelling;

/*
 * Begins with what every statement has; "statement" tells one kind from the others.
 */
extern void CormSpellStatement(CormSpelling *spelling, char statement,
							   const CormModel *model, const char *label);

static inline void
CormSpellNumber(CormSpelling *spelling, int number)
{
	appendBinaryStringInfo(&spelling->bytes, (char *) &number, sizeof(number));
}

extern void CormSpellColumn(CormSpelling *spelling, const CormColumn *column);

/* A list of CormColumn *. */
extern void CormSpellColumns(CormSpelling *spelling, List *columns);

/* A copy of the text that is kept for what was spelled, or NULL. */
extern char *CormTextFind(const CormSpelling *spelling);

/* Keeps a copy of a text, and returns the text. */
extern char *CormTextKeep(const CormSpelling *spelling, char *text);

#endif							/* CORM_TEXTCACHE_H */
