/*-------------------------------------------------------------------------
 *
 * quote.h
 *	  Names as they stand in generated SQL: always with their schema, so that
 *	  no text depends on the search_path.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_QUOTE_H
#define CORM_QUOTE_H

#include "lib/stringinfo.h"

extern char *CormQuoteTable(Oid relid);
extern char *CormQuoteType(Oid typid);
extern char *CormQuoteCollation(Oid collation);
extern char *CormQuoteOperator(Oid op);

/* The comment that every inner statement begins with. */
extern void CormAppendLabel(StringInfo buf, const char *label);

#endif							/* CORM_QUOTE_H */
