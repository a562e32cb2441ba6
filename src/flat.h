/*-------------------------------------------------------------------------
 *
 * flat.h
 *	  Flat rows: the values of paths, side by side, related rows joined.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_FLAT_H
#define CORM_FLAT_H

#include "plantree.h"

/* What one path stands for: a value, or the values of a key. */
typedef struct CormFlatColumn
{
	const char *path;			/* as written */
	int			nvalues;
	int		   *targets;		/* of each: index into the select's targets */
} CormFlatColumn;

typedef struct CormFlat
{
	CormSelect *select;
	List	   *columns;		/* of CormFlatColumn * */
} CormFlat;

/* Who asks, and what it can take. */
typedef struct CormFlatVerb
{
	const char *name;			/* "corm.values" */
	bool		keyed;			/* no path may come twice */
	Oid			type;			/* of the one value, or InvalidOid: any */
} CormFlatVerb;

/*
 * The flat rows of a request, for paths (char *) from its model; without paths
 * for all of its columns.  Errors are those of CormResolve, and 22023 for what
 * the request says that flat rows do not have, 42804 for a value that does not
 * become one of the verb's type.
 */
extern CormFlat *CormResolveFlat(const CormRequest *request, List *paths,
								 const CormFlatVerb *verb);

#endif							/* CORM_FLAT_H */
