/*-------------------------------------------------------------------------
 *
 * api_write.h
 *	  Arguments that the writing verbs have in common.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_API_WRITE_H
#define CORM_API_WRITE_H

#include "fmgr.h"

#include "link.h"
#include "request.h"

/* Raises 22004. */
extern void CormRefuseNull(const char *what);

/* The queryset in argument 0, which may not be NULL, nor its owner. */
extern CormRequest *CormArgWriteRequest(FunctionCallInfo fcinfo);

/* Writing verbs take a relation or a model as a whole, not a part of it. */
extern void CormRefusePart(const CormRequest *request, const char *verb, bool filter_ok);

/* What the request is about; of a relation, that it may be written is checked. */
extern CormOwned CormOwnedOf(const CormRequest *request);

/* Raises 22023: the verb needs a relation. */
extern void CormRefuseModel(const char *verb);

/*
 * What a row gets from the owner of the relation it is created through, as
 * assignments: a child's foreign key.
 */
extern List *CormAssignOwner(const CormOwned *owned);

#endif							/* CORM_API_WRITE_H */
