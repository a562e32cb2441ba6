/*-------------------------------------------------------------------------
 *
 * api_queryset.h
 *	  The options that several SQL functions end with.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_API_QUERYSET_H
#define CORM_API_QUERYSET_H

#include "fmgr.h"

#include "request.h"

/* Says the options that the arguments from "first" on are; NULL says nothing. */
extern void CormSayOptions(CormRequest *request, FunctionCallInfo fcinfo, int first);

#endif							/* CORM_API_QUERYSET_H */
