/*-------------------------------------------------------------------------
 *
 * api_read.h
 *	  What verbs that return documents have in common.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_API_READ_H
#define CORM_API_READ_H

#include "lib/stringinfo.h"

/* A CormSink: one more row of a materialized result, a ReturnSetInfo. */
extern void CormPutDocument(void *arg, StringInfo document);

#endif							/* CORM_API_READ_H */
