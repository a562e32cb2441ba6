/*-------------------------------------------------------------------------
 *
 * request.h
 *	  What a queryset asks for, as syntax: no name in it is resolved yet.
 *
 * A queryset value is a JSON object.  This module reads such an object into a
 * CormRequest and raises on anything that is wrong whatever the names mean.
 * It never touches a catalog, so it may run in IMMUTABLE functions.
 *
 * A request keeps what it was read from (the elements of filter and exclude,
 * the two kinds of loads), so that it can be edited word by word and written
 * back: see queryset.h.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_REQUEST_H
#define CORM_REQUEST_H

#include "words.h"

/*
 * Reads a queryset.  Allocated in the current context; values point into
 * "queryset", which must outlive the request.  Raises 22023 for an unknown
 * word or a bad option, naming it and the known ones.
 */
extern CormRequest *CormParseRequest(Jsonb *queryset);

/* The rows related to any row of a queryset. */
extern CormRequest *CormRelationRequest(CormRequest *of, JsonbValue *relation);

/*
 * The queryset "base" under an allow-list: what is said from here on may use
 * only what the list has, else it raises 42501.
 */
extern CormRequest *CormAllowRequest(CormRequest *base, JsonbValue *allow);

/*
 * Says one more word.  filter and exclude add a condition; select_related,
 * prefetch_related, exclude_fields and annotate add to their list; the others
 * replace what was said, JSON null clearing it.
 */
extern void CormRequestSay(CormRequest *request, CormWord word,
						   JsonbValue *value);

/* Raises 22023 when the words do not go together. */
extern void CormRequestCheck(const CormRequest *request);

/* How many rows at most, -1 for all: limit, capped by max_limit. */
extern int64 CormRequestLimit(const CormRequest *request);

/* A filter alone, as verbs take it: adds to what the request asks already. */
extern void CormRequestAddFilter(CormRequest *request, Jsonb *filter);

#endif							/* CORM_REQUEST_H */
