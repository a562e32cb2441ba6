/*-------------------------------------------------------------------------
 *
 * target.h
 *	  Targets of the link verbs: the rows that an argument names.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_TARGET_H
#define CORM_TARGET_H

#include "cache.h"
#include "request.h"

/*
 * The targets that an argument names, as keys or objects in JSON (JsonbValue *):
 * a key, a row, a JSON object, a queryset of the model, or an array or JSON
 * array of these.  Raises 22004 for a NULL among them and 42804 for rows of
 * another model.
 */
extern List *CormReadTargets(const CormModel *model, Datum value, Oid type);

/* The keys (JsonbValue *) of the rows that a request asks for, as they are now. */
extern List *CormReadKeys(const CormRequest *request);

/* A document as JSON, in the current memory context. */
extern JsonbValue *CormParseDocument(StringInfo document);

/*
 * Narrows the request to rows with these keys (JsonbValue *).  An allow-list
 * has no say in it, and a filter that is added afterwards may forget it.
 */
extern void CormFilterByKeys(CormRequest *request, List *keys);

#endif							/* CORM_TARGET_H */
