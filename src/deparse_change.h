/*-------------------------------------------------------------------------
 *
 * deparse_change.h
 *	  SQL text of statements that change or delete the rows of a queryset.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEPARSE_CHANGE_H
#define CORM_DEPARSE_CHANGE_H

#include "change.h"

extern char *CormDeparseChange(const CormWrite *write);

#endif							/* CORM_DEPARSE_CHANGE_H */
