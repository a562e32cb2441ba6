/*-------------------------------------------------------------------------
 *
 * verb.h
 *	  What each reading verb asks of a queryset.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_VERB_H
#define CORM_VERB_H

#include "resolve.h"

typedef enum CormVerb
{
	CORM_VERB_ALL,
	CORM_VERB_LIST,
	CORM_VERB_ROWS,
	CORM_VERB_GET,
	CORM_VERB_GET_OR_NONE,
	CORM_VERB_FIRST,
	CORM_VERB_LAST,
	CORM_VERB_COUNT,
	CORM_VERB_EXISTS,
	CORM_VERB_PAGE
} CormVerb;

/* Raises 22023 for an unknown one, naming those there are. */
extern CormVerb CormVerbNamed(const char *name);

/*
 * The plan tree that the verb runs for a request, which it may narrow.  Raises
 * 22023 when the verb does not take all that the request says, and what
 * CormResolve raises.
 */
extern CormSelect *CormVerbSelect(CormVerb verb, CormRequest *request,
								  const CormModel *fallback);

/* The statement that the verb runs for the root of its tree. */
extern char *CormVerbStatement(CormVerb verb, const CormSelect *select);

/* Does the verb print documents, with all that hangs below the root? */
extern bool CormVerbLoads(CormVerb verb);

/* Every entry point that reads or writes counts itself once per call. */
extern void CormCountCall(void);
extern uint64 CormCallsCounted(void);

#endif							/* CORM_VERB_H */
