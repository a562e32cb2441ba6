/*-------------------------------------------------------------------------
 *
 * textcache.c
 *	  SQL texts that are kept from call to call.
 *
 * What writes a few rows by a statement of one form spends a good part of its time on
 * printing that statement: names are looked up, quoted and put together.  They are
 * what they were as long as nothing has changed that the cache of models is made from,
 * nor an object that statements name, or a schema.
 *
 * When there are too many texts, all are forgotten.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "common/hashfn.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "cache.h"
#include "textcache.h"
#include "watch.h"

#define MOST_TEXTS 256

typedef struct TextKey
{
	const char *bytes;
	int			len;
} TextKey;

typedef struct TextEntry
{
	TextKey		key;			/* hash key */
	char	   *text;
	int			len;
} TextEntry;

static MemoryContext context;	/* of the table and all that it points to */
static HTAB *texts;
static uint64 generation;		/* of all texts */
static uint64 others;

static uint32
HashKey(const void *key, Size size)
{
	const TextKey *k = key;

	return hash_bytes((const unsigned char *) k->bytes, k->len);
}

static int
MatchKeys(const void *a, const void *b, Size size)
{
	const TextKey *x = a;
	const TextKey *y = b;

	return x->len == y->len && memcmp(x->bytes, y->bytes, x->len) == 0 ? 0 : 1;
}

static void
CreateTexts(void)
{
	HASHCTL		ctl = {.keysize = sizeof(TextKey), .entrysize = sizeof(TextEntry),
	.hash = HashKey, .match = MatchKeys};

	if (context == NULL)
		context = AllocSetContextCreate(CacheMemoryContext, "corm texts",
										ALLOCSET_DEFAULT_SIZES);
	texts = NULL;
	MemoryContextReset(context);
	ctl.hcxt = context;
	generation = CormCacheGeneration();
	others = CormWatchOthers();
	texts = hash_create("corm texts", MOST_TEXTS, &ctl,
						HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

void
CormSpellStatement(CormSpelling *spelling, char statement, const CormModel *model,
				   const char *label)
{
	initStringInfo(&spelling->bytes);
	spelling->whole = true;
	appendStringInfoChar(&spelling->bytes, statement);
	CormSpellNumber(spelling, model->relid);
	appendBinaryStringInfo(&spelling->bytes, label, strlen(label) + 1);
}

void
CormSpellColumn(CormSpelling *spelling, const CormColumn *column)
{
	CormSpellNumber(spelling, column->attnum);
	spelling->whole = spelling->whole && column->typid < FirstNormalObjectId &&
		column->collation < FirstNormalObjectId;
}

void
CormSpellColumns(CormSpelling *spelling, List *columns)
{
	ListCell   *lc;

	CormSpellNumber(spelling, list_length(columns));
	foreach(lc, columns)
		CormSpellColumn(spelling, lfirst(lc));
}

char *
CormTextFind(const CormSpelling *spelling)
{
	TextKey		key = {spelling->bytes.data, spelling->bytes.len};
	const TextEntry *entry;

	if (!spelling->whole)
		return NULL;
	if (texts == NULL || generation != CormCacheGeneration() || others != CormWatchOthers())
		CreateTexts();
	entry = hash_search(texts, &key, HASH_FIND, NULL);
	return entry == NULL ? NULL : pnstrdup(entry->text, entry->len);
}

/* One that was printed while something changed is not kept. */
char *
CormTextKeep(const CormSpelling *spelling, char *text)
{
	const StringInfoData *bytes = &spelling->bytes;
	TextKey		key;
	TextEntry  *entry;
	char	   *copy;

	if (!spelling->whole || texts == NULL || generation != CormCacheGeneration() ||
		others != CormWatchOthers())
		return text;
	if (hash_get_num_entries(texts) >= MOST_TEXTS)
		CreateTexts();
	key.bytes = memcpy(MemoryContextAlloc(context, bytes->len), bytes->data, bytes->len);
	key.len = bytes->len;
	copy = MemoryContextStrdup(context, text);
	entry = hash_search(texts, &key, HASH_ENTER, NULL);
	entry->text = copy;
	entry->len = strlen(copy);
	return text;
}
