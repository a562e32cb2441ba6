/*-------------------------------------------------------------------------
 *
 * treecache.c
 *	  Plan trees that are kept from call to call.
 *
 * A client asks for the same again and again, with other values.  What its names mean
 * has been found out then.  A tree is found by the shape of the JSON that it was made
 * from: the same keys and the same values, but for those values that only became
 * parameters (CormParam.any) and that nothing else looked at (CormNoteLook).  These are
 * set to what the new JSON has in their places.
 *
 * A tree is good as long as nothing has changed that it was made from.  That is what
 * the cache of models is made from, too, and its generation tells; besides there are
 * objects that trees name by number, casts, schemas, and what says whose rights a role
 * has, whose changes are counted too (watch.h).  What depends on the user, on the
 * search_path or on a setting is part of what a tree is found by.  Rights are checked
 * where rows are read; USAGE on schemas is checked here, as the tables are locked.
 *
 * A tree serves one call at a time.  Calls within it that ask for the same make their
 * own.  While it is read more is found out about it, which is kept with it (CormKept).
 * What is large is not kept: there the way to the tree is not what takes time; and
 * those of wide tables may be fewer than others, by the memory that they take.
 *
 * Invariants:
 * - a tree that is not taken points to models of the current generation, or is dropped
 *   before anything in it is looked at;
 * - a tree that is taken outlives being dropped.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/memutils.h"

#include "childkey.h"
#include "document.h"
#include "encode.h"
#include "jsonshape.h"
#include "limits.h"
#include "resolve.h"
#include "scan.h"
#include "scope.h"
#include "treecache.h"
#include "watch.h"

/* The one unused for longest goes first. */
#define MOST_TREES 128
#define MOST_ALIKE 8
#define MOST_MEMORY (8 * 1024 * 1024)

/* Larger ones are not kept. */
#define MOST_NODES 128
#define MOST_BYTES 4096
#define LARGEST_TREE (MOST_MEMORY / 8)
#define MOST_SCHEMAS 16

#define NBUCKETS 128

/* What a tree depends on beside its source and the catalogs. */
typedef struct Setting
{
	Oid			role;
	int			to_one;
	int			key;
	int			max_depth;
	int			max_nodes;
	bool		direct_scan;
	bool		bigint_as_string;
	int			nschemas;
	Oid			schemas[MOST_SCHEMAS];	/* the search_path */
} Setting;

/* A value of the tree and where the source has it. */
typedef struct Bound
{
	JsonbValue *value;
	int			node;
} Bound;

typedef struct Tree
{
	dlist_node	bucket;
	dlist_node	use;			/* in trees_by_use */
	MemoryContext context;
	Size		size;			/* of the context */
	bool		taken;
	bool		dropped;		/* while it was taken */
	uint32		hash;
	int			purpose;
	Oid			fallback;
	Setting		setting;
	int			nnodes;
	CormShapeNode *nodes;
	bool	   *free;			/* by node: any value of its kind will do ... */
	bool	   *held;			/* ... unless something looked at this one */
	CormSelect *select;
	List	   *bound;			/* of Bound * */
	List	   *models;			/* of CormModel *, of the whole tree */
} Tree;

/* A source, to be found or kept. */
typedef struct Wanted
{
	const CormTreeSource *source;
	Setting		setting;
	uint32		hash;
	int			nnodes;
	CormShapeNode nodes[MOST_NODES];
} Wanted;

static dlist_head buckets[NBUCKETS];
static dlist_head trees_by_use = DLIST_STATIC_INIT(trees_by_use);	/* latest first */
static uint64 generation;		/* of all trees that are not dropped */
static uint64 others;
static Size memory;				/* of those trees */
static CormTreeStats stats;

/* ---------- dropping ---------- */

static void
Drop(Tree *tree)
{
	dlist_delete(&tree->bucket);
	dlist_delete(&tree->use);
	stats.kept--;
	memory -= tree->size;
	if (tree->taken)
		tree->dropped = true;
	else
		MemoryContextDelete(tree->context);
}

static inline bool
NothingChanged(void)
{
	return generation == CormCacheGeneration() && others == CormWatchOthers();
}

/* Drops all trees if what they say may not be true any more. */
static void
Refresh(void)
{
	if (NothingChanged())
		return;
	while (!dlist_is_empty(&trees_by_use))
		Drop(dlist_container(Tree, use, dlist_head_node(&trees_by_use)));
	generation = CormCacheGeneration();
	others = CormWatchOthers();
}

/* What is found out when rows are read is kept with a tree (CormKept). */
static void
Count(Tree *tree)
{
	Size		now = MemoryContextMemAllocated(tree->context, true);

	memory += now - tree->size;
	tree->size = now;
}

/* ---------- taking ---------- */

static void
GiveBack(void *arg)
{
	Tree	   *tree = arg;

	tree->taken = false;
	if (tree->dropped)
		MemoryContextDelete(tree->context);
	else
		Count(tree);
}

static void
Take(Tree *tree)
{
	MemoryContextCallback *callback = palloc(sizeof(MemoryContextCallback));

	callback->func = GiveBack;
	callback->arg = tree;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	tree->taken = true;
}

/* ---------- finding ---------- */

/* False when the search_path is too long to be kept. */
static bool
ReadSetting(Setting *setting)
{
	memset(setting, 0, sizeof(Setting));
	setting->role = GetUserId();
	setting->to_one = corm_to_one_strategy;
	setting->key = corm_key_strategy;
	setting->max_depth = corm_max_depth;
	setting->max_nodes = corm_max_nodes;
	setting->direct_scan = corm_direct_scan;
	setting->bigint_as_string = corm_bigint_as_string;
	setting->nschemas = fetch_search_path_array(setting->schemas, MOST_SCHEMAS);
	return setting->nschemas <= MOST_SCHEMAS;
}

/* False when a source is not one whose tree is kept. */
static bool
Want(Wanted *wanted, const CormTreeSource *source)
{
	wanted->source = source;
	wanted->nnodes = 0;
	if (source->nwords > MOST_BYTES)
		return false;
	for (int i = 0; i < lengthof(source->json); i++)
		if (source->json[i] != NULL &&
			(VARSIZE(source->json[i]) > MOST_BYTES ||
			 !CormShapeAdd(source->json[i], wanted->nodes, &wanted->nnodes, MOST_NODES - 1)))
			return false;
	if (source->words != NULL)
		wanted->nodes[wanted->nnodes++] = CormShapeBytes(source->words, source->nwords);
	wanted->hash = CormShapeHash(wanted->nodes, wanted->nnodes) ^ source->purpose;
	return ReadSetting(&wanted->setting);
}

static Tree *
Find(const Wanted *wanted)
{
	dlist_head *bucket = &buckets[wanted->hash % NBUCKETS];
	dlist_iter	iter;

	dlist_foreach(iter, bucket)
	{
		Tree	   *tree = dlist_container(Tree, bucket, iter.cur);

		if (tree->hash == wanted->hash && !tree->taken &&
			tree->purpose == wanted->source->purpose &&
			tree->fallback == wanted->source->fallback &&
			tree->nnodes == wanted->nnodes &&
			memcmp(&tree->setting, &wanted->setting, sizeof(Setting)) == 0 &&
			CormShapesMatch(tree->nodes, wanted->nodes, tree->nnodes, tree->free))
			return tree;
	}
	return NULL;
}

/*
 * Locks the tables and sets the values.  False when something has changed before the
 * locks were there.
 */
static bool
Prepare(Tree *tree, const Wanted *wanted)
{
	ListCell   *lc;

	foreach(lc, tree->models)
		LockRelationOid(((const CormModel *) lfirst(lc))->relid, AccessShareLock);
	if (!NothingChanged())
		return false;
	foreach(lc, tree->models)
		CormCheckSchemaUsage(lfirst(lc));
	foreach(lc, tree->bound)
	{
		const Bound *bound = lfirst(lc);

		CormShapeRead(&wanted->nodes[bound->node], bound->value);
	}
	return true;
}

/* ---------- keeping ---------- */

/* Marks a node and all within it. */
static void
Mark(const Tree *tree, int node, bool *marks)
{
	for (int i = 0; i < CormShapeSpan(&tree->nodes[node]); i++)
		marks[node + i] = true;
}

/*
 * Notes which values of a select are set anew from a source: those of which the tree
 * depends on nothing but the kind.  False when it is not known where one comes from.
 */
static bool
BindSelect(Tree *tree, const CormSelect *select)
{
	ListCell   *lc;

	foreach(lc, select->params)
	{
		const CormParam *param = lfirst(lc);
		int			node = param->value == NULL ? -1 :
			CormShapeFind(tree->nodes, tree->nnodes, param->value);
		Bound	   *bound;

		if (node < 0)
		{
			/* null and booleans are kinds of their own, "" is compared */
			if (param->value != NULL &&
				(param->value->type == jbvNumeric || param->value->type == jbvBinary ||
				 (param->value->type == jbvString && param->value->val.string.len > 0)))
				return false;
			continue;
		}
		bound = palloc(sizeof(Bound));
		bound->value = param->value;
		bound->node = node;
		tree->bound = lappend(tree->bound, bound);
		Mark(tree, node, param->any ? tree->free : tree->held);
	}
	tree->models = list_concat_unique_ptr(tree->models, select->models);
	return true;
}

static bool
BindSelects(Tree *tree, const CormSelect *select)
{
	ListCell   *lc;

	if (!BindSelect(tree, select))
		return false;
	foreach(lc, select->children)
	{
		const CormChild *child = lfirst(lc);

		if (child->select != select && !BindSelects(tree, child->select))
			return false;
	}
	return true;
}

/*
 * Values that decided something else are not free either.  False when it is not known
 * which those are.
 */
static bool
HoldLooks(Tree *tree)
{
	const void *const *looks;
	int			nlooks;

	if (!CormLooks(&looks, &nlooks))
		return false;
	for (int look = 0; look < nlooks; look++)
		for (int node = 0; node < tree->nnodes; node++)
			if (tree->nodes[node].data == looks[look])
				Mark(tree, node, tree->held);
	return true;
}

/* The source, with all that it points to, in the current context. */
static CormTreeSource *
CopySource(const CormTreeSource *source)
{
	CormTreeSource *copy = memcpy(palloc(sizeof(CormTreeSource)), source,
								  sizeof(CormTreeSource));

	for (int i = 0; i < lengthof(source->json); i++)
		if (source->json[i] != NULL)
			copy->json[i] = memcpy(palloc(VARSIZE(source->json[i])), source->json[i],
								   VARSIZE(source->json[i]));
	if (source->words != NULL)
		copy->words = memcpy(palloc(source->nwords), source->words, source->nwords);
	return copy;
}

/*
 * Makes room for one more tree: among all, and among those of one shape that differ in
 * a value which matters, as a LIMIT does.
 */
static void
Evict(uint32 hash, Size size)
{
	Tree	   *oldest = NULL;
	int			nalike = 0;
	dlist_iter	iter;

	dlist_foreach(iter, &buckets[hash % NBUCKETS])
	{
		Tree	   *tree = dlist_container(Tree, bucket, iter.cur);

		if (tree->hash == hash)
		{
			oldest = tree;
			nalike++;
		}
	}
	if (nalike >= MOST_ALIKE)
		Drop(oldest);
	while (stats.kept >= MOST_TREES || memory + size > MOST_MEMORY)
		Drop(dlist_container(Tree, use, dlist_tail_node(&trees_by_use)));
}

/* Nothing here fails once the tree is in a list. */
static void
Keep(Tree *tree)
{
	Evict(tree->hash, tree->size);
	Take(tree);
	MemoryContextSetParent(tree->context, CacheMemoryContext);
	dlist_push_head(&buckets[tree->hash % NBUCKETS], &tree->bucket);
	dlist_push_head(&trees_by_use, &tree->use);
	stats.kept++;
	memory += tree->size;
}

static CormSelect *
Make(const Wanted *wanted, CormTreeMaker make, void *arg)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "corm tree",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	CormTreeSource *source = CopySource(wanted->source);
	Tree	   *tree = palloc0(sizeof(Tree));
	Wanted	   *copy = palloc(sizeof(Wanted));
	bool		may_keep;

	CormStartLooking();
	tree->select = make(source, arg);

	/* of what was made before something changed it is not known if it is true */
	may_keep = NothingChanged() && Want(copy, source) && copy->hash == wanted->hash;
	if (may_keep)
	{
		tree->context = context;
		tree->hash = copy->hash;
		tree->purpose = source->purpose;
		tree->fallback = source->fallback;
		tree->setting = copy->setting;
		tree->nnodes = copy->nnodes;
		tree->nodes = copy->nodes;
		tree->free = palloc0(MOST_NODES * sizeof(bool));
		tree->held = palloc0(MOST_NODES * sizeof(bool));
		may_keep = BindSelects(tree, tree->select) && HoldLooks(tree);
		for (int i = 0; i < tree->nnodes; i++)
			tree->free[i] = tree->free[i] && !tree->held[i];
		tree->size = MemoryContextMemAllocated(context, true);
		may_keep = may_keep && tree->size <= LARGEST_TREE;
	}
	MemoryContextSwitchTo(old);
	if (may_keep)
		Keep(tree);
	return tree->select;
}

CormSelect *
CormTreeGet(const CormTreeSource *source, CormTreeMaker make, void *arg)
{
	Wanted		wanted;
	Tree	   *tree;

	if (!Want(&wanted, source))
		return make(source, arg);
	Refresh();
	tree = Find(&wanted);
	if (tree != NULL && Prepare(tree, &wanted))
	{
		Take(tree);
		dlist_move_head(&trees_by_use, &tree->use);
		stats.hits++;
		return tree->select;
	}
	Refresh();
	return Make(&wanted, make, arg);
}

CormTreeStats
CormTreeStatsNow(void)
{
	return stats;
}
