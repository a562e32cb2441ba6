/*-------------------------------------------------------------------------
 *
 * api_model.h
 *	  Arguments of the functions that define models and relations.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_API_MODEL_H
#define CORM_API_MODEL_H

#include "fmgr.h"
#include "nodes/pg_list.h"

/*
 * Raises 25006 in a read-only transaction, and 0A000 in the script of another
 * extension: objects made there would become members of it and go with it, and
 * names written then would not be dumped with their tables.
 */
extern void CormBeginDefinition(const char *function);

/* Argument n as text, be it of type text or json; raises 22004 for NULL. */
extern char *CormRequiredText(FunctionCallInfo fcinfo, int n,
							  const char *argument);
extern bool CormOptionalBool(FunctionCallInfo fcinfo, int n, bool otherwise);

/* Argument n, a text array, as char *; NIL for NULL and for an empty array. */
extern List *CormOptionalNames(FunctionCallInfo fcinfo, int n,
							   const char *argument);

#endif							/* CORM_API_MODEL_H */
