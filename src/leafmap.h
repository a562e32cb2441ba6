/*-------------------------------------------------------------------------
 *
 * leafmap.h
 *	  Which leaf of a B-tree holds a key, as one backend remembers it.
 *
 * A key is known here by a number that orders as the keys do: an integer, or the
 * first half of a uuid.  Different uuids may have one number.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LEAFMAP_H
#define CORM_LEAFMAP_H

#include "access/itup.h"
#include "access/tupmacs.h"
#include "storage/buf.h"
#include "utils/relcache.h"

/* What the first column of an index is. */
typedef enum CormLeafKind
{
	CORM_LEAF_NOT,				/* nothing that a map can be of */
	CORM_LEAF_INT2,
	CORM_LEAF_INT4,
	CORM_LEAF_INT8,
	CORM_LEAF_UUID
} CormLeafKind;

typedef struct CormLeaf
{
	BlockNumber block;
	Buffer		buffer;			/* where it was last, or InvalidBuffer */
	uint16		nentries;		/* when it was */
	uint8		untidy;			/* so many more looks at it are to be those of
								 * an ordinary scan, which marks dead entries */
} CormLeaf;

/* The keys that a leaf is for: from one up to the other. */
typedef struct CormLeafRange
{
	uint64		low;
	uint64		high;
} CormLeafRange;

typedef struct CormLeafMap CormLeafMap;

/* Of a column, or value, of this type. */
extern CormLeafKind CormLeafKindOf(Oid type);

/*
 * The map of an open index, or NULL when it cannot have one.  It stays where it is;
 * what it says may be forgotten whenever this module is called.
 */
extern CormLeafMap *CormLeafMapOf(Relation index);

/*
 * The leaf on which the entries of a key begin, or began once, and its range; good
 * until the next call.  NULL when that is not known.
 */
extern CormLeaf *CormLeafMapFind(CormLeafMap *map, Relation index, uint64 key,
								 CormLeafRange *range);

/* Tells that they do not begin there any more, or that they do. */
extern void CormLeafMapMissed(CormLeafMap *map);
extern void CormLeafMapHit(void);

/* What corm.stats says about it. */
typedef struct CormLeafStats
{
	int			kept;			/* leaves in all maps */
	int64		hits;
} CormLeafStats;

extern CormLeafStats CormLeafStatsNow(void);

/* The number of a key whose bytes stand there. */
extern uint64 CormLeafKey(CormLeafKind kind, const void *bytes);

/* Is the first column's value in an index tuple null? */
static inline bool
CormLeafTupleIsNull(IndexTuple tuple)
{
	return IndexTupleHasNulls(tuple) &&
		att_isnull(0, (bits8 *) ((char *) tuple + sizeof(IndexTupleData)));
}

/* Its number, the greatest if it is null; not of a tuple that lacks the column. */
static inline uint64
CormLeafTupleKey(CormLeafKind kind, IndexTuple tuple)
{
	if (CormLeafTupleIsNull(tuple))
		return PG_UINT64_MAX;
	return CormLeafKey(kind, (char *) tuple + IndexInfoFindDataOffset(tuple->t_info));
}

/*
 * How many of n entries stand before a key, if keys are spread evenly over a range that
 * begins before it.
 */
static inline int
CormLeafExpected(uint64 key, uint64 low, uint64 high, int n)
{
	return (int) ((double) (key - low) / (double) (high - low) * n);
}

/* Steps of a search that trust that they are. */
#define CORM_HOPEFUL_STEPS 4

#endif							/* CORM_LEAFMAP_H */
