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
#include "nodes/pg_list.h"

extern char *CormQuoteTable(Oid relid);
extern char *CormQuoteType(Oid typid);
extern char *CormQuoteCollation(Oid collation);
extern char *CormQuoteOperator(Oid op);

/* "a, b, c" of a list of char * */
extern char *CormQuoteNames(List *names);

/* The comment that every inner statement begins with. */
extern void CormAppendLabel(StringInfo buf, const char *label);

#endif							/* CORM_QUOTE_H */
