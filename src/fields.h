/*-------------------------------------------------------------------------
 *
 * fields.h
 *	  Which relations a request loads, and which columns it prints.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_FIELDS_H
#define CORM_FIELDS_H

#include "plantree.h"

/* The columns of one object. */
typedef struct CormFieldSet
{
	List	   *columns;		/* of CormColumn *, in order of output */
	List	   *link_columns;	/* of the through model */
} CormFieldSet;

/* One relation to load below an object, paths with common steps merged. */
typedef struct CormLoadNode
{
	const CormRelation *relation;
	const char *name;			/* key in the object */
	bool		described;		/* a path ends here */
	bool		unnamed;		/* ... by "*" alone */
	const CormRequest *options; /* or NULL */
	bool		more;
	bool		recursive;		/* flat and depth: see CormLoad */
	bool		flat;
	int64		depth;
	List	   *loads;			/* of CormLoadNode * */
} CormLoadNode;

extern List *CormResolveLoads(const CormModel *model, List *loads);
extern CormFieldSet *CormResolveFields(CormTable *table,
									   const CormRequest *options);

#endif							/* CORM_FIELDS_H */
