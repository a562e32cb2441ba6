/*-------------------------------------------------------------------------
 *
 * jsonrows.h
 *	  An array of objects in JSON, read from its text.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_JSONROWS_H
#define CORM_JSONROWS_H

#include "common/jsonapi.h"
#include "utils/jsonb.h"

/* One member of the current object. */
typedef struct CormJsonRowMember
{
	int			name;			/* see CormJsonRowText */
	int			name_len;
	JsonTokenType type;			/* of its value */
	int			text;			/* of a string or number */
	int			len;
	const char *start;			/* of an object or array, in the document */
	const char *end;
} CormJsonRowMember;

typedef struct CormJsonRows
{
	text	   *document;
	JsonLexContext *lex;
	int			n;				/* elements */
	int			row;			/* -1 before the first */
	bool		is_object;		/* else it is the one member, without a name */
	int			nmembers;
	int			maxmembers;
	CormJsonRowMember *members;
	StringInfoData text;		/* names, strings and numbers, each with a NUL behind */
} CormJsonRows;

/*
 * How many elements the array in a text has; -1 when it is another value.  Of a
 * text that is no JSON the number says nothing: reading raises 22P02.
 */
extern int	CormJsonRowsCount(const text *document);

/* In the current memory context.  The document is an array of n elements. */
extern CormJsonRows *CormJsonRowsBegin(text *document, int n);

/*
 * Goes on to the next element, and reads all of it; false behind the last one.
 * What was read of the one before is gone.
 */
extern bool CormJsonRowsNext(CormJsonRows *rows);

/* A name, a string or a number. */
#define CormJsonRowText(rows, offset) ((rows)->text.data + (offset))

/* Is a number printed as jsonb prints it? */
extern bool CormJsonNumberIsPlain(const char *number);

/* A member's value as jsonb has it, in the current memory context. */
extern void CormJsonRowValue(const CormJsonRows *rows, const CormJsonRowMember *member,
							 JsonbValue *value);

#endif							/* CORM_JSONROWS_H */
