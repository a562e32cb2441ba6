/*-------------------------------------------------------------------------
 *
 * resolve.h
 *	  From a request to a plan tree: what every name means.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_RESOLVE_H
#define CORM_RESOLVE_H

#include "source.h"

/* The setting corm.to_one_strategy: where a to-one relation is loaded. */
typedef enum CormToOneStrategy
{
	CORM_TO_ONE_AUTO,			/* joined, unless index scans find it */
	CORM_TO_ONE_JOIN,			/* joined, where nothing restricts it */
	CORM_TO_ONE_SEPARATE		/* by a statement of its own */
} CormToOneStrategy;

extern int	corm_to_one_strategy;

typedef enum CormPurpose
{
	CORM_FOR_DOCUMENTS,			/* JSON objects with what they load */
	CORM_FOR_LOCKING,			/* the same, related rows by statements of their
								 * own: they are those of the row once it is
								 * locked */
	CORM_FOR_ROWS,				/* all columns of the model, typed */
	CORM_FOR_COUNTING,			/* no select list, no order */
	CORM_FOR_GROUPING			/* no select list yet; ordered if it matters
								 * which rows there are */
} CormPurpose;

/*
 * The plan tree of a request, in the current memory context.  An allow-list's
 * max_limit bounds what is printed: counting and grouping take all rows.  Locks every table
 * that it reads in AccessShareLock mode; raises 42704 for an unknown model,
 * 42703 for an unknown path, 22023 for a lookup, value or option that does not
 * fit, 42501 for a schema or columns that the role may not use.
 */
extern CormSelect *CormResolve(const CormRequest *request, CormPurpose purpose,
							   const CormModel *fallback);

/*
 * A child that loads rows of "model" by key, each with one relation: the
 * batched loader.  Its parents are keys that the caller supplies.
 */
extern CormChild *CormResolveLoader(const CormModel *model,
									const CormRelation *relation,
									const CormRequest *options);

/*
 * The documents that a write returns: the select list of a RETURNING clause
 * over the table that is written, with everything else loaded by children.
 */
extern CormSelect *CormResolveReturning(const CormRequest *request,
										const CormModel *model);

#endif							/* CORM_RESOLVE_H */
