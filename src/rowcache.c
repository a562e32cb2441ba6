/*-------------------------------------------------------------------------
 *
 * rowcache.c
 *	  The JSON text of rows that many calls print, kept from call to call.
 *
 * Categories, authors, countries: many rows name the same few others, call after
 * call.  Finding one of them costs a descent of an index and a visit of the heap,
 * several times what a look into the page's header costs.
 *
 * A text is kept of a row on a page that is all-visible, with the page's LSN.  As
 * long as the page is all-visible and has that LSN, it is what it was: every
 * change of a logged table's page sets its LSN, and each of its tuples is the one
 * that every snapshot sees.  No other row has the key then: it is the table's own,
 * or one that foreign keys refer to.  The page is looked at once per call, when its
 * snapshot is there already; what others change after that, the snapshot does not
 * see.
 *
 * So nothing is kept of tables that are not logged.  Nothing is used during
 * recovery, where a page's flag is not to be relied on; under SERIALIZABLE, where
 * each row read must be locked; or where snapshots expire, so that VACUUM does not
 * wait for all of them.  Whether the user may read the rows was checked when the
 * table was opened.
 *
 * Apart from the page a text depends on its shape: on what is printed and how, on
 * what the catalogs have in place of columns that the row lacks, and on few
 * settings.  Values whose text depends on others are not taken.
 *
 * Two levels that print the same at the same time, be it of one call, of calls
 * within one another or of cursors, have a shape each: whether a row was asked for
 * before is noted with the row.
 *
 * When the memory allowed is used up nothing more is kept, and everything is
 * forgotten once no call refers to it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "pgtime.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/uuid.h"

#include "compat.h"
#include "encode.h"
#include "heapfetch.h"
#include "rowcache.h"

int			corm_row_cache_size = 8192;

/* Longer texts are not kept: reading their row is not what takes the time. */
#define LONGEST_TEXT 2048

/* Shapes are compared one by one. */
#define MANY_SHAPES 128

typedef struct RowKey
{
	uint64		value[2];		/* an integer, or a uuid */
	uint32		shape;
} RowKey;

typedef struct KeptRow
{
	RowKey		key;
	char		status;
	BlockNumber block;
	XLogRecPtr	lsn;			/* of the page when the row was read */
	CormRowText row;
	uint64		batch;			/* that asked for it last */
} KeptRow;

typedef struct PageKey
{
	uint32		shape;
	BlockNumber block;
} PageKey;

typedef struct KeptPage
{
	PageKey		key;
	char		status;
	uint64		opening;		/* since which it was looked at last ... */
	XLogRecPtr	lsn;			/* ... and found this; invalid when it was not
								 * all-visible */
} KeptPage;

typedef struct KeptShape
{
	uint32		number;
	bool		taken;			/* by a cache that is in use */
	uint32		hash;
	int			len;
	char	   *bytes;
} KeptShape;

static inline uint32
HashRow(RowKey key)
{
	uint64		mixed = (key.value[0] ^ (key.value[1] >> 7) ^ key.shape) * UINT64CONST(0x9E3779B97F4A7C15);

	return (uint32) (mixed >> 32);
}

static inline bool
SameRow(const RowKey *a, const RowKey *b)
{
	return a->value[0] == b->value[0] && a->value[1] == b->value[1] && a->shape == b->shape;
}

#define SH_PREFIX row
#define SH_ELEMENT_TYPE KeptRow
#define SH_KEY_TYPE RowKey
#define SH_KEY key
#define SH_HASH_KEY(table, key) HashRow(key)
#define SH_EQUAL(table, a, b) SameRow(&(a), &(b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

#define SH_PREFIX page
#define SH_ELEMENT_TYPE KeptPage
#define SH_KEY_TYPE PageKey
#define SH_KEY key
#define SH_HASH_KEY(table, key) murmurhash32((key).block ^ ((key).shape << 20))
#define SH_EQUAL(table, a, b) ((a).block == (b).block && (a).shape == (b).shape)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static MemoryContext context;	/* of all below; NULL: nothing is kept */
static MemoryContext texts;
static row_hash *rows;
static page_hash *pages;
static List *shapes;			/* of KeptShape * */
static uint32 last_shape;
static uint64 last_opening;
static uint64 last_batch;
static int	nusers;				/* caches that are in use */
static bool growing;			/* a table is; if it is not done, memory ran out
								 * on the way, and the tables are of no use */
static int64 nhits;

/* ---------- what may be kept ---------- */

bool
CormRowCacheTakes(Oid typid)
{
	switch (typid)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case NAMEOID:
		case UUIDOID:
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case JSONOID:
		case JSONBOID:
			return true;
		default:
			return false;
	}
}

bool
CormRowCacheFinds(Oid key_type)
{
	return key_type == INT2OID || key_type == INT4OID || key_type == INT8OID ||
		key_type == UUIDOID;
}

static RowKey
MakeKey(const CormRowCache *cache, Datum key)
{
	RowKey		result = {{0, 0}, cache->shape->number};

	switch (cache->key_type)
	{
		case INT2OID:
			result.value[0] = (int64) DatumGetInt16(key);
			break;
		case INT4OID:
			result.value[0] = (int64) DatumGetInt32(key);
			break;
		case INT8OID:
			result.value[0] = DatumGetInt64(key);
			break;
		default:
			memcpy(result.value, DatumGetUUIDP(key)->data, UUID_LEN);
			break;
	}
	return result;
}

/* ---------- shapes ---------- */

static void
Forget(void)
{
	rows = NULL;				/* should memory run out below */
	growing = false;
	if (context == NULL)
		context = AllocSetContextCreate(TopMemoryContext, "corm rows",
										ALLOCSET_DEFAULT_SIZES);
	else
		MemoryContextReset(context);
	shapes = NIL;
	texts = GenerationContextCreate(context, "corm row texts", ALLOCSET_DEFAULT_SIZES);
	pages = page_create(context, 64, NULL);
	rows = row_create(context, 256, NULL);
}

static void
GiveBack(CormRowCache *cache)
{
	if (cache->shape != NULL)
		cache->shape->taken = false;
	cache->shape = NULL;
}

static void
Release(void *arg)
{
	GiveBack(arg);
	nusers--;
}

/* What a cache has found may be referred to until its context goes. */
static void
Use(CormRowCache *cache)
{
	MemoryContextCallback *callback = palloc(sizeof(MemoryContextCallback));

	callback->func = Release;
	callback->arg = cache;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	nusers++;
	cache->used = true;
}

static bool
IsFull(void)
{
	return MemoryContextMemAllocated(context, true) > corm_row_cache_size * (Size) 1024;
}

static bool
IsShape(const KeptShape *shape, uint32 hash, const char *bytes, int len)
{
	return shape->hash == hash && shape->len == len &&
		memcmp(shape->bytes, bytes, len) == 0;
}

/*
 * The shape that a cache has already, or one that nobody has taken; NULL when there
 * are too many.
 */
static KeptShape *
FindShape(CormRowCache *cache, const char *bytes, int len)
{
	uint32		hash = hash_bytes((const unsigned char *) bytes, len);
	MemoryContext old;
	KeptShape  *shape;
	ListCell   *lc;

	if (cache->shape != NULL && IsShape(cache->shape, hash, bytes, len))
		return cache->shape;
	GiveBack(cache);
	foreach(lc, shapes)
	{
		shape = lfirst(lc);
		if (!shape->taken && IsShape(shape, hash, bytes, len))
			return shape;
	}
	if (list_length(shapes) == MANY_SHAPES)
		return NULL;
	old = MemoryContextSwitchTo(context);
	shape = palloc0(sizeof(KeptShape));
	shape->bytes = memcpy(palloc(len), bytes, len);
	shape->len = len;
	shape->hash = hash;
	shape->number = ++last_shape;
	shapes = lappend(shapes, shape);
	MemoryContextSwitchTo(old);
	return shape;
}

/* With nothing to be kept, nothing takes memory either. */
static void
ForgetAll(void)
{
	rows = NULL;
	growing = false;
	MemoryContextDelete(context);
	context = NULL;
}

void
CormRowCacheOpen(CormRowCache *cache, Relation heap, Snapshot snapshot, Oid key_type,
				 StringInfo shape)
{
	cache->heap = NULL;
	if (corm_row_cache_size == 0)
	{
		if (context != NULL && nusers == 0)
			ForgetAll();
		return;
	}
	if (!RelationNeedsWAL(heap) || snapshot->takenDuringRecovery ||
		IsolationIsSerializable() || CormSnapshotsExpire())
		return;
	appendBinaryStringInfo(shape, (char *) &RelationGetRelid(heap), sizeof(Oid));
	appendBinaryStringInfo(shape, (char *) &CormRelationFile(heap), sizeof(CormRelationFile(heap)));
	appendBinaryStringInfo(shape, (char *) &session_timezone, sizeof(session_timezone));
	if (nusers == 0 &&
		(rows == NULL || growing || list_length(shapes) == MANY_SHAPES || IsFull()))
		Forget();
	if (rows == NULL || growing)
		return;
	cache->shape = FindShape(cache, shape->data, shape->len);
	if (cache->shape == NULL)
		return;
	if (!cache->used)
		Use(cache);
	cache->shape->taken = true;
	cache->heap = heap;
	cache->timezone = session_timezone;
	cache->key_type = key_type;
	cache->opening = ++last_opening;
	cache->nblocks = RelationGetNumberOfBlocks(heap);
}

void
CormRowCacheRestart(CormRowCache *cache)
{
	cache->batch = ++last_batch;
}

/* ---------- pages ---------- */

/* The page's LSN; invalid when not every snapshot sees all of it. */
static XLogRecPtr
ReadPageState(Relation heap, BlockNumber block)
{
	Buffer		buffer = CormReadPage(heap, block);
	Page		page = BufferGetPage(buffer);
	XLogRecPtr	lsn;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	lsn = PageIsAllVisible(page) ? BufferGetLSNAtomic(buffer) : InvalidXLogRecPtr;
	UnlockReleaseBuffer(buffer);
	return lsn;
}

static XLogRecPtr
PageState(const CormRowCache *cache, BlockNumber block)
{
	PageKey		key = {cache->shape->number, block};
	KeptPage   *page = page_lookup(pages, key);
	bool		found;

	if (page != NULL && page->opening == cache->opening)
		return page->lsn;
	if (page == NULL)
	{
		growing = true;
		page = page_insert(pages, key, &found);
		growing = false;
		page->opening = 0;
	}
	page->lsn = ReadPageState(cache->heap, block);
	page->opening = cache->opening;
	return page->lsn;
}

/* ---------- rows ---------- */

/* A function that is called for a row may change a setting, for the next ones. */
static bool
MayUse(const CormRowCache *cache)
{
	return !growing && cache->timezone == session_timezone;
}

bool
CormRowCacheFind(const CormRowCache *cache, Datum key, CormRowText *row, bool *again)
{
	KeptRow    *kept = growing ? NULL : row_lookup(rows, MakeKey(cache, key));

	*again = kept != NULL && kept->batch == cache->batch;

	/* the table may have become shorter */
	if (kept == NULL || kept->lsn == InvalidXLogRecPtr || kept->block >= cache->nblocks ||
		!MayUse(cache) || kept->lsn != PageState(cache, kept->block))
		return false;
	CormPrefetch(kept->row.text);
	*row = kept->row;
	kept->batch = cache->batch;
	nhits++;
	return true;
}

void
CormRowCachePrefetch(const CormRowCache *cache, Datum key)
{
	const KeptRow *kept = &rows->data[HashRow(MakeKey(cache, key)) & rows->sizemask];

	CormPrefetch(kept);
	CormPrefetch((const char *) (kept + 1) - 1);
}

void
CormRowCacheKeep(const CormRowCache *cache, TupleTableSlot *slot, Datum key,
				 bool asked, const char *text, int len)
{
	BlockNumber block = ItemPointerGetBlockNumber(&slot->tts_tid);
	XLogRecPtr	lsn;
	KeptRow    *kept;
	bool		found;

	if (len > LONGEST_TEXT || !MayUse(cache) || IsFull())
		return;
	lsn = PageState(cache, block);
	if (lsn == InvalidXLogRecPtr)
		return;

	/* an older text may still be referred to: it stays until all is forgotten */
	growing = true;
	kept = row_insert(rows, MakeKey(cache, key), &found);
	growing = false;
	if (!found)
		kept->batch = 0;
	kept->lsn = InvalidXLogRecPtr;
	kept->row.text = memcpy(MemoryContextAlloc(texts, len), text, len);
	kept->row.len = len;
	kept->block = block;
	if (asked)
		kept->batch = cache->batch;
	kept->lsn = lsn;
}

CormRowCacheStats
CormRowCacheStatsNow(void)
{
	CormRowCacheStats stats = {rows ? rows->members : 0, nhits};

	return stats;
}
