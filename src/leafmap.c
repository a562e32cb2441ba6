/*-------------------------------------------------------------------------
 *
 * leafmap.c
 *	  Which leaf of a B-tree holds a key, as one backend remembers it.
 *
 * A descent reads a page of each level, and most of what it reads of the upper
 * ones is far away in memory.  All it finds out there is the number of a leaf.  So
 * the keys and downlinks of the upper levels are copied: an array of the pages above
 * the leaves, and for each of these that was asked for an array of its leaves.
 *
 * A map is a guess.  Leaves are split and deleted meanwhile, and whoever reads one
 * has to find out from the page itself whether the key can be there (leafscan.c).
 * When that fails often, the map is made anew.
 *
 * It is made when an index has been looked at some times, so that a session that
 * asks for little does not pay for it.  All maps together keep to a limit, or
 * everything is forgotten.
 *
 * Pages are read under their lock, one at a time, along links that they hold
 * themselves, as any scan does.  Of a map that outlived its file nothing is used:
 * the file's name is kept with it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/itup.h"
#include "access/nbtree.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "storage/bufmgr.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "compat.h"
#include "leafmap.h"
#include "typeorder.h"

/* An index gets its map when it has been asked for so many keys. */
#define MADE_AFTER 32

/* A map that was wrong so often is forgotten, more often if much is known. */
#define MANY_MISSED 64
#define MISSED_PER_PARENT 4

/* Of all maps together, in bytes: enough for 100000 leaves, or for 4000 indexes. */
#define MOST_MEMORY (4 * 1024 * 1024)

/* An index of more, some 100 GB large, has no map: it would crowd out all others. */
#define MOST_PARENTS 32768

/* A page above the leaves. */
typedef struct Parent
{
	BlockNumber block;
	int			n;				/* 0: nothing is known of its leaves */
	uint64	   *lows;
	CormLeaf   *leaves;
} Parent;

struct CormLeafMap
{
	Oid			index;			/* hash key */
	CormLeafKind kind;
	CormFileLocator file;
	int			nasked;			/* ... while there is nothing to ask */
	int			nmissed;
	MemoryContext context;		/* of what follows; NULL: there is nothing */
	Size		memory;			/* that it takes */
	bool		flat;			/* the one leaf is the tree */
	int			nparents;
	uint64	   *lows;			/* of parents: no key below is smaller */
	Parent	   *parents;
	int			nfilled;		/* parents whose leaves are known */
	int			nleaves;
};

/* Downlinks of pages, with the smallest key behind each. */
typedef struct Links
{
	int			n;
	int			max;
	uint64	   *lows;
	BlockNumber *blocks;
} Links;

static HTAB *maps;
static Size memory;				/* of all of them */
static CormLeafStats stats;

CormLeafKind
CormLeafKindOf(Oid type)
{
	switch (type)
	{
		case INT2OID:
			return CORM_LEAF_INT2;
		case INT4OID:
			return CORM_LEAF_INT4;
		case INT8OID:
			return CORM_LEAF_INT8;
		case UUIDOID:
			return CORM_LEAF_UUID;
		default:
			return CORM_LEAF_NOT;
	}
}

/* Adding half of its range makes a signed number order as an unsigned one. */
uint64
CormLeafKey(CormLeafKind kind, const void *bytes)
{
	const uint64 half = UINT64CONST(1) << 63;
	uint64		first;

	switch (kind)
	{
		case CORM_LEAF_INT2:
			return (uint64) (int64) *(const int16 *) bytes + half;
		case CORM_LEAF_INT4:
			return (uint64) (int64) *(const int32 *) bytes + half;
		case CORM_LEAF_INT8:
			return (uint64) *(const int64 *) bytes + half;
		case CORM_LEAF_UUID:
			memcpy(&first, bytes, sizeof(first));
			return pg_ntoh64(first);
		case CORM_LEAF_NOT:
			break;
	}
	pg_unreachable();
}

/* ---------- forgetting ---------- */

static void
Forget(CormLeafMap *map)
{
	if (map->context != NULL)
		MemoryContextDelete(map->context);
	stats.kept -= map->nleaves;
	memory -= map->memory;
	map->memory = 0;
	map->context = NULL;
	map->parents = NULL;
	map->lows = NULL;
	map->nasked = map->nmissed = map->nparents = map->nfilled = map->nleaves = 0;
}

static void
ForgetAll(void)
{
	HASH_SEQ_STATUS scan;
	CormLeafMap *map;

	hash_seq_init(&scan, maps);
	while ((map = hash_seq_search(&scan)) != NULL)
		Forget(map);
}

/* ---------- reading the upper levels ---------- */

static void
AddLink(Links *links, uint64 low, BlockNumber block)
{
	if (links->n == links->max)
	{
		links->max = Max(512, links->max * 2);
		links->lows = links->lows == NULL ? palloc(links->max * sizeof(uint64)) :
			repalloc(links->lows, links->max * sizeof(uint64));
		links->blocks = links->blocks == NULL ? palloc(links->max * sizeof(BlockNumber)) :
			repalloc(links->blocks, links->max * sizeof(BlockNumber));
	}
	links->lows[links->n] = low;
	links->blocks[links->n++] = block;
}

/*
 * The downlinks of a page, which is to be on that level.  The first has no key of
 * its own; it is *low, which becomes that of the next page to the right: its block is
 * returned, P_NONE at the end or when the page is something else by now.
 */
static BlockNumber
ReadLinks(const CormLeafMap *map, Relation index, BlockNumber block, uint32 level,
		  Links *links, uint64 *low)
{
	Buffer		buffer = ReadBuffer(index, block);
	Page		page = BufferGetPage(buffer);
	BTPageOpaque opaque;
	BlockNumber next = P_NONE;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	_bt_checkpage(index, buffer);
	opaque = BTPageGetOpaque(page);
	if (P_IGNORE(opaque))
		next = opaque->btpo_next;
	else if (!P_ISLEAF(opaque) && opaque->btpo_level == level)
	{
		for (OffsetNumber i = P_FIRSTDATAKEY(opaque); i <= PageGetMaxOffsetNumber(page); i++)
		{
			IndexTuple	tuple = (IndexTuple) PageGetItem(page, PageGetItemId(page, i));

			AddLink(links, i == P_FIRSTDATAKEY(opaque) ? *low :
					CormLeafTupleKey(map->kind, tuple), BTreeTupleGetDownLink(tuple));
		}
		next = opaque->btpo_next;
		if (!P_RIGHTMOST(opaque))
			*low = CormLeafTupleKey(map->kind, (IndexTuple)
									PageGetItem(page, PageGetItemId(page, P_HIKEY)));
	}
	UnlockReleaseBuffer(buffer);
	return next;
}

/* Where descents begin; P_NONE when the tree is empty or of an older format. */
static BlockNumber
ReadRoot(Relation index, uint32 *level)
{
	Buffer		buffer = ReadBuffer(index, BTREE_METAPAGE);
	BTMetaPageData *meta;
	BlockNumber root = P_NONE;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	_bt_checkpage(index, buffer);
	meta = BTPageGetMeta(BufferGetPage(buffer));
	if (meta->btm_magic == BTREE_MAGIC && meta->btm_version == BTREE_VERSION)
	{
		root = meta->btm_fastroot;
		*level = meta->btm_fastlevel;
	}
	UnlockReleaseBuffer(buffer);
	return root;
}

/*
 * The pages above the leaves; none when the tree cannot be read.  Leftmost pages are
 * never those that a split makes, so the way down along them stays good.
 */
static Links
ReadParents(const CormLeafMap *map, Relation index, bool *flat)
{
	Links		links = {0};
	uint32		level = 0;
	uint64		low = 0;
	BlockNumber block = ReadRoot(index, &level);

	*flat = level == 0;
	if (block == P_NONE || level <= 1)
	{
		if (block != P_NONE)
			AddLink(&links, 0, block);
		return links;
	}
	for (; level > 2 && block != P_NONE; level--)
	{
		Links		below = {0};
		uint64		first = 0;

		(void) ReadLinks(map, index, block, level, &below, &first);
		block = below.n > 0 ? below.blocks[0] : P_NONE;
	}
	while (block != P_NONE)
	{
		CHECK_FOR_INTERRUPTS();
		block = ReadLinks(map, index, block, 2, &links, &low);
	}
	return links;
}

/* ---------- making ---------- */

static void
CountMemory(CormLeafMap *map)
{
	Size		now = MemoryContextMemAllocated(map->context, false);

	memory += now - map->memory;
	map->memory = now;
}

/* Makes a map, or none where the index is empty, or too large. */
static void
Make(CormLeafMap *map, Relation index)
{
	Links		links = ReadParents(map, index, &map->flat);
	MemoryContext context;

	if (links.n > MOST_PARENTS)
		map->kind = CORM_LEAF_NOT;
	if (links.n == 0 || links.n > MOST_PARENTS)
	{
		map->nasked = 0;
		return;
	}
	context = AllocSetContextCreate(CurrentMemoryContext, "corm leaf map",
									ALLOCSET_SMALL_SIZES);
	map->lows = MemoryContextAlloc(context, links.n * sizeof(uint64));
	map->parents = MemoryContextAllocZero(context, links.n * sizeof(Parent));
	for (int i = 0; i < links.n; i++)
	{
		map->lows[i] = links.lows[i];
		map->parents[i].block = links.blocks[i];
	}
	map->nparents = links.n;
	MemoryContextSetParent(context, TopMemoryContext);
	map->context = context;
	CountMemory(map);
	pfree(links.lows);
	pfree(links.blocks);
}

/*
 * Reads which leaves are below a parent; false when it is no parent any more.  A
 * TRUNCATE may have emptied the file it was in.
 */
static bool
Fill(CormLeafMap *map, Relation index, int at)
{
	Parent	   *parent = &map->parents[at];
	Links		links = {0};
	uint64		low = map->lows[at];
	MemoryContext old;

	if (map->flat)
		AddLink(&links, low, parent->block);
	else if (parent->block < RelationGetNumberOfBlocks(index))
		(void) ReadLinks(map, index, parent->block, 1, &links, &low);
	if (links.n == 0)
		return false;
	old = MemoryContextSwitchTo(map->context);
	parent->lows = palloc(links.n * sizeof(uint64));
	parent->leaves = palloc0(links.n * sizeof(CormLeaf));
	MemoryContextSwitchTo(old);
	for (int i = 0; i < links.n; i++)
	{
		parent->lows[i] = links.lows[i];
		parent->leaves[i].block = links.blocks[i];
	}
	parent->n = links.n;
	pfree(links.lows);
	pfree(links.blocks);
	CountMemory(map);
	map->nfilled++;
	map->nleaves += parent->n;
	stats.kept += parent->n;
	return true;
}

/* In the type's own order, ascending, with nulls at the end. */
static CormLeafKind
KindOf(Relation index)
{
	Oid			type = index->rd_opcintype[0];

	return index->rd_indoption[0] == 0 && !RelationUsesLocalBuffers(index) &&
		index->rd_opfamily[0] == CormTypeOrderOf(type).family ? CormLeafKindOf(type) : CORM_LEAF_NOT;
}

CormLeafMap *
CormLeafMapOf(Relation index)
{
	Oid			oid = RelationGetRelid(index);
	CormLeafMap *map;
	bool		found;

	if (maps == NULL)
	{
		HASHCTL		ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(CormLeafMap)};

		maps = hash_create("corm leaf maps", 64, &ctl, HASH_ELEM | HASH_BLOBS);
	}
	map = hash_search(maps, &oid, HASH_ENTER, &found);
	if (!found)
	{
		memset(map, 0, sizeof(CormLeafMap));
		map->index = oid;
	}
	if (!found || !CormFilesEqual(map->file, CormRelationFile(index)))
	{
		Forget(map);
		map->kind = CORM_LEAF_NOT;
		map->file = CormRelationFile(index);
		map->kind = KindOf(index);
	}
	return map->kind == CORM_LEAF_NOT ? NULL : map;
}

/*
 * Which of n ranges, known by where they begin, holds the key: the last that begins
 * before it, as entries of a key may begin before what separates two pages.  The first
 * begins at low_key, the last ends at high_key; 0 and the greatest say that this is
 * not known.
 */
static inline int
FindRange(const uint64 *lows, int n, uint64 key, uint64 low_key, uint64 high_key)
{
	bool		known = low_key > 0 && high_key < PG_UINT64_MAX;
	int			low = 0;
	int			high = n;

	for (int step = 0; high - low > 1; step++)
	{
		int			middle = (low + high) / 2;

		if (known && step < CORM_HOPEFUL_STEPS && low_key < key && key <= high_key)
			middle = Min(Max(low + CormLeafExpected(key, low_key, high_key, high - low),
							 low + 1), high - 1);
		if (lows[middle] < key)
		{
			low = middle;
			low_key = lows[middle];
		}
		else
		{
			high = middle;
			high_key = lows[middle];
		}
	}
	return low;
}

CormLeaf *
CormLeafMapFind(CormLeafMap *map, Relation index, uint64 key, CormLeafRange *range)
{
	Parent	   *parent;
	uint64		end;
	int			at;
	int			leaf;

	if (map->context == NULL)
	{
		if (map->kind == CORM_LEAF_NOT || ++map->nasked <= MADE_AFTER)
			return NULL;
		Make(map, index);
		if (map->context == NULL)
			return NULL;
	}

	at = FindRange(map->lows, map->nparents, key, 0, PG_UINT64_MAX);
	parent = &map->parents[at];
	end = at + 1 < map->nparents ? map->lows[at + 1] : PG_UINT64_MAX;
	if (parent->n == 0)
	{
		if (memory > MOST_MEMORY)
		{
			ForgetAll();
			return NULL;
		}
		if (!Fill(map, index, at))
		{
			CormLeafMapMissed(map);
			return NULL;
		}
	}
	leaf = FindRange(parent->lows, parent->n, key, map->lows[at], end);
	range->low = parent->lows[leaf];
	range->high = leaf + 1 < parent->n ? parent->lows[leaf + 1] : end;
	return &parent->leaves[leaf];
}

void
CormLeafMapMissed(CormLeafMap *map)
{
	if (++map->nmissed > MANY_MISSED + MISSED_PER_PARENT * map->nfilled)
		Forget(map);
}

void
CormLeafMapHit(void)
{
	stats.hits++;
}

CormLeafStats
CormLeafStatsNow(void)
{
	return stats;
}
