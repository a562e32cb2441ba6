/*-------------------------------------------------------------------------
 *
 * deparse_accessor.h
 *	  Relations as bodies of SQL functions.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEPARSE_ACCESSOR_H
#define CORM_DEPARSE_ACCESSOR_H

#include "graph.h"

/*
 * The related rows of $1, a row of the relation's source, under a label.  The
 * relation must be in good order.
 */
extern char *CormDeparseAccessor(const CormRelation *relation,
								 const char *label);

#endif							/* CORM_DEPARSE_ACCESSOR_H */
