/*-------------------------------------------------------------------------
 *
 * queryset.h
 *	  The value type corm.queryset.
 *
 * A queryset datum has the binary layout of jsonb and holds an object that
 * CormParseRequest accepts, in canonical form: words that say nothing are left
 * out and what can be written in several ways is written in one, so that two
 * querysets compare equal when they ask for the same in the same words.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_QUERYSET_H
#define CORM_QUERYSET_H

#include "request.h"

#define PG_GETARG_QUERYSET(n)	PG_GETARG_JSONB_P(n)
#define PG_RETURN_QUERYSET(x)	PG_RETURN_JSONB_P(x)

/* Reads the text form: a JSON object, or a bare model name. */
extern Jsonb *CormQuerysetFromText(const char *text);

/* Checks a JSON object and brings it into canonical form. */
extern Jsonb *CormQuerysetFromJsonb(Jsonb *json);

/* Writes a request back as a queryset in canonical form. */
extern Jsonb *CormQuerysetFromRequest(const CormRequest *request);

#endif							/* CORM_QUERYSET_H */
