/*-------------------------------------------------------------------------
 *
 * plancache.c
 *	  Kept plans of the statements that corm runs.
 *
 * A plan is found by the text of its statement and the types of its
 * parameters.  Texts hold no values, so requests of one shape share a plan; and
 * they are printed anew from the live catalogs for every call, so a rename
 * leads to another text and never to a plan of the old one.  Everything else
 * that can make a plan invalid (DDL, statistics, roles, row security) is the
 * server's plan cache's business.
 *
 * At most corm.plan_cache_size plans are kept; the one unused for longest goes
 * first.  A pinned plan is being executed and stays.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "lib/ilist.h"
#include "nodes/parsenodes.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "plancache.h"

typedef struct PlanKey
{
	const char *sql;
	int			nargs;
	const Oid  *types;
	CormPlanning planning;
} PlanKey;

typedef struct PlanEntry
{
	PlanKey		key;			/* hash key; points into the entry's context */
	CormPlan	kept;
	dlist_node	use;			/* in plans_by_use */
	MemoryContext context;
} PlanEntry;

int			corm_plan_cache_size = 256;

static CormPlanStats stats;
static HTAB *plans = NULL;
static dlist_head plans_by_use = DLIST_STATIC_INIT(plans_by_use);	/* latest first */

static uint32
HashPlanKey(const void *keyptr, Size keysize)
{
	const PlanKey *key = keyptr;

	return hash_combine(hash_bytes((const unsigned char *) key->sql, strlen(key->sql)),
						hash_bytes((const unsigned char *) key->types,
								   key->nargs * sizeof(Oid)));
}

static int
MatchPlanKey(const void *a, const void *b, Size keysize)
{
	const PlanKey *ka = a;
	const PlanKey *kb = b;

	return ka->nargs == kb->nargs && ka->planning == kb->planning && strcmp(ka->sql, kb->sql) == 0 &&
		memcmp(ka->types, kb->types, ka->nargs * sizeof(Oid)) == 0 ? 0 : 1;
}

static void
CreatePlans(void)
{
	HASHCTL		ctl = {0};

	ctl.keysize = sizeof(PlanKey);
	ctl.entrysize = sizeof(PlanEntry);
	ctl.hash = HashPlanKey;
	ctl.match = MatchPlanKey;
	ctl.hcxt = CacheMemoryContext;
	plans = hash_create("corm plans", 64, &ctl,
						HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

static void
DropEntry(PlanEntry *entry)
{
	MemoryContext context = entry->context;

	SPI_freeplan(entry->kept.plan);
	dlist_delete(&entry->use);
	(void) hash_search(plans, &entry->key, HASH_REMOVE, NULL);
	MemoryContextDelete(context);
}

/*
 * Makes room for one more plan.
 */
static void
Evict(void)
{
	dlist_node *node = dlist_is_empty(&plans_by_use) ? NULL : dlist_tail_node(&plans_by_use);

	while (node && hash_get_num_entries(plans) >= corm_plan_cache_size)
	{
		PlanEntry  *entry = dlist_container(PlanEntry, use, node);

		node = dlist_has_prev(&plans_by_use, node) ?
			dlist_prev_node(&plans_by_use, node) : NULL;
		if (entry->kept.pins == 0)
		{
			DropEntry(entry);
			stats.evicted++;
		}
	}
}

/*
 * Enters a prepared plan.  Nothing here fails once the entry is in the table.
 */
static PlanEntry *
Keep(const PlanKey *key, SPIPlanPtr plan)
{
	MemoryContext context = AllocSetContextCreate(CacheMemoryContext, "corm plan",
												  ALLOCSET_START_SMALL_SIZES);
	PlanKey		copy;
	PlanEntry  *entry;
	Oid		   *types = MemoryContextAlloc(context, Max(key->nargs, 1) * sizeof(Oid));

	memcpy(types, key->types, key->nargs * sizeof(Oid));
	memset(&copy, 0, sizeof(copy));
	copy.sql = MemoryContextStrdup(context, key->sql);
	copy.nargs = key->nargs;
	copy.types = types;
	copy.planning = key->planning;

	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "could not keep a plan");
	entry = hash_search(plans, &copy, HASH_ENTER, NULL);
	entry->kept.plan = plan;
	entry->kept.pins = 0;
	entry->context = context;
	dlist_push_head(&plans_by_use, &entry->use);
	return entry;
}

CormPlan *
CormPlanGet(const char *sql, int nargs, const Oid *types, CormPlanning planning)
{
	PlanKey		key;
	PlanEntry  *entry;

	memset(&key, 0, sizeof(key));
	key.sql = sql;
	key.nargs = nargs;
	key.types = types;
	key.planning = planning;
	if (plans == NULL)
		CreatePlans();
	entry = hash_search(plans, &key, HASH_FIND, NULL);
	if (entry)
	{
		stats.hits++;
		dlist_move_head(&plans_by_use, &entry->use);
	}
	else
	{
		SPIPlanPtr	plan = SPI_prepare_cursor(sql, nargs, unconstify(Oid *, types),
											  CURSOR_OPT_NO_SCROLL | CURSOR_OPT_PARALLEL_OK |
											  (planning == CORM_PLAN_CUSTOM ? CURSOR_OPT_CUSTOM_PLAN :
											   planning == CORM_PLAN_GENERIC ?
											   CURSOR_OPT_GENERIC_PLAN : 0));

		stats.misses++;
		if (plan == NULL)
			elog(ERROR, "could not prepare a statement: %s",
				 SPI_result_code_string(SPI_result));

		/* parsing may have called corm, for the same statement even */
		entry = hash_search(plans, &key, HASH_FIND, NULL);
		if (entry == NULL)
		{
			Evict();
			entry = Keep(&key, plan);
		}
	}
	entry->kept.pins++;
	return &entry->kept;
}

void
CormPlanRelease(CormPlan *plan)
{
	plan->pins--;
}

CormPlanStats
CormPlanCacheStats(void)
{
	stats.kept = plans ? hash_get_num_entries(plans) : 0;
	return stats;
}
