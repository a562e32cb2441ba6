/*-------------------------------------------------------------------------
 *
 * transform.h
 *	  Values made of values: parts of dates, places within JSON, lengths.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_TRANSFORM_H
#define CORM_TRANSFORM_H

#include "expr.h"

/*
 * Takes transforms off the rest of a path, as many as there are, and applies
 * them.  "before_lookup" says that a lookup may follow, which then ends a way
 * into a document.  Raises 22023 for a part that the type does not have.
 */
extern CormValue *CormTransform(CormSelect *select, CormValue *value,
								const char **rest, const char *path,
								bool before_lookup);

/* Raises 22023 if the word is a transform, which the type then does not have. */
extern void CormRefuseTransform(const char *rest, Oid type, const char *path);

/* The transforms (char *) of a type, for messages. */
extern List *CormTransformsOf(Oid type);

#endif							/* CORM_TRANSFORM_H */
