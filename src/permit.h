/*-------------------------------------------------------------------------
 *
 * permit.h
 *	  Permits: which keys data may set.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PERMIT_H
#define CORM_PERMIT_H

#include "words.h"

/* Keeps of what is permitted already what these names permit too. */
extern void CormAddPermit(CormRequest *request, List *names);

/* Is anything but all permitted? */
extern bool CormHasPermit(const CormRequest *request);

/*
 * Raises 42501 for a key of the data that the permits of the request do not
 * have.  Keys of the object behind the key "nested" (NULL: there is none) count
 * as nested__key.
 */
extern void CormCheckPermit(const CormRequest *request, JsonbValue *data, const char *nested);

/* Raises 42501 unless the permits of the request have the key. */
extern void CormPermitKey(const CormRequest *request, const char *key);

/* The same for data that is all behind a key. */
extern void CormCheckPermitBehind(const CormRequest *request, JsonbValue *data,
								  const char *behind);

#endif							/* CORM_PERMIT_H */
