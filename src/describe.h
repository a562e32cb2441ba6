/*-------------------------------------------------------------------------
 *
 * describe.h
 *	  One model as a page of text.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DESCRIBE_H
#define CORM_DESCRIBE_H

#include "graph.h"

/* Allocated in the current context; without a line end behind the last line. */
extern char *CormDescribe(const CormModel *model);

#endif							/* CORM_DESCRIBE_H */
