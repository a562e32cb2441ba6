/*-------------------------------------------------------------------------
 *
 * link_pair.h
 *	  Links as rows of a link table: pairs of keys.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LINK_PAIR_H
#define CORM_LINK_PAIR_H

#include "data.h"
#include "link.h"

/* One link to write: the pair's columns, and the extra ones given for it. */
typedef struct CormLink
{
	Datum	   *pair;
	List	   *values;			/* of CormAssignment * */
	int			mention;		/* place among the targets */
	bool		new;			/* the pair is known not to be linked */
} CormLink;

/* The link table of a relation. */
typedef struct Through
{
	const CormOwned *owned;
	const CormRelation *relation;
	const CormModel *model;		/* of the link table */
	int			nnear;
	int			npair;
	AttrNumber *pair;			/* near columns, then far columns */
	Datum	   *near;			/* the owner's values */
} CormThrough;

/* All of it but the owner's values. */
extern void CormInitThrough(CormThrough *through, const CormOwned *owned);

/* The columns (CormColumn *) of a pair, and its values in their order. */
extern List *CormPairColumns(const CormThrough *through);
extern Datum *CormJoinPair(const CormThrough *through, const Datum *near, const Datum *far);

/*
 * A link of two rows, turned if the relation is symmetrical and stores it the
 * other way round.  Raises 22023 when they differ in a column that both keys have.
 */
extern CormLink *CormMakeLink(const CormThrough *through, const Datum *near,
							  const Datum *far, List *values);

/* What a list of CormAssignment * gives a column, or NULL. */
extern const CormAssignment *CormLinkValueOf(List *values, const CormColumn *column);

/* Do two links give the same columns, so that one statement can write them? */
extern bool CormSameColumns(const CormLink *a, const CormLink *b);

/*
 * The links in key order, each pair once: the last mention counts or, with
 * "merge", what all of them give, which must not differ: 22023.
 */
extern List *CormSortLinks(const CormThrough *through, List *links, bool merge);

/* Advisory, in an order of their own. */
extern void CormLockPairs(const CormThrough *through, List *links);

/* Is a statement to look whether the pair is linked before it inserts? */
extern bool CormLooksFirst(const CormThrough *through, const CormLink *link);

/*
 * Writes links that give the same columns; how many changed.  With "only_new"
 * pairs that are linked already are left alone.
 */
extern int64 CormWriteLinks(const CormThrough *through, List *links, bool only_new);

#endif							/* CORM_LINK_PAIR_H */
