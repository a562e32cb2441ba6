/*-------------------------------------------------------------------------
 *
 * cache.c
 *	  The models and relations of this database, as one backend knows them.
 *
 * Entries are built on first use and belong to a generation.  An invalidation
 * that concerns corm's tables, or a table or constraint that some entry was
 * built from, starts a new generation, and no entry of an older one is handed
 * out again.  The callbacks do nothing but count: they may be called in the
 * middle of anything, where neither a catalog may be read nor memory freed
 * that a caller up the stack is looking at.
 *
 * Invariants:
 * - a lookup accepts pending invalidations first; a hit takes no lock, and
 *   without that a transaction would never hear of what others committed;
 * - what an entry depends on is noted before it is read, so a change that
 *   arrives while it is read counts;
 * - an entry is published only if its generation is still the current one when
 *   it is complete, else it is built again; after some attempts it is handed out
 *   without being published;
 * - a model's relations are read after it: those of a current model while it is
 *   current, those of an outdated one as they are by then, or not at all where they
 *   do not fit the model any more;
 * - outdated entries live in "retired" until the transaction ends.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "cache.h"
#include "cache_build.h"
#include "catalog.h"
#include "compat.h"
#include "error.h"
#include "introspect.h"
#include "naming.h"
#include "quote.h"
#include "watch.h"

/* A table, whether it is a model or not. */
typedef struct ModelEntry
{
	Oid			relid;			/* hash key */
	CormModel  *model;			/* NULL: the table is no model */
	MemoryContext context;		/* what model lives in */
} ModelEntry;

/* The tables that claim a name.  Two names of one hash displace each other. */
typedef struct NameEntry
{
	uint32		hash;			/* hash key */
	char	   *name;
	int			n;
	Oid		   *relids;
	Oid		   *schemas;
	MemoryContext context;
} NameEntry;

static MemoryContext cache_context; /* parent of all entries */
static MemoryContext retired;	/* parent of outdated entries, or NULL */
static HTAB *models;			/* ModelEntry */
static HTAB *names;				/* NameEntry */
static uint64 built_generation; /* of everything in the hash tables */
static CormCacheStats stats;

static void TransactionEnded(XactEvent event, void *arg);
static void Refresh(void);
static void CreateTables(void);
static void RetireEntries(void);
static void Retire(MemoryContext context);
static HTAB *CreateTable(const char *name, Size keysize, Size entrysize);
static Oid	FindModel(const char *text, const char *schema, const char *name);
static Oid	FindInSearchPath(const NameEntry *entry, const char *text);
static Oid	FindInSchema(const NameEntry *entry, Oid schema, const char *text);
static int	CompareRows(const ListCell *a, const ListCell *b);
static const NameEntry *LookUpName(const char *name);
static void RaiseUnknownModel(const char *text, const char *schema,
							  const char *name);
static char *NearModel(const char *text, const char *name);

void
CormCacheInit(void)
{
	CormWatchInit();
	RegisterXactCallback(TransactionEnded, NULL);
}

CormModel *
CormModelByName(const char *name)
{
	CormModel  *model = CormModelByNameIfAny(name);

	if (model == NULL)
	{
		char	   *schema;
		char	   *bare;

		CormSplitName(name, &schema, &bare);
		RaiseUnknownModel(name, schema, bare);
	}
	return model;
}

CormModel *
CormModelByNameIfAny(const char *name)
{
	char	   *schema;
	char	   *bare;

	CormSplitName(name, &schema, &bare);
	for (;;)
	{
		Oid			relid = FindModel(name, schema, bare);
		CormModel  *model;

		if (!OidIsValid(relid))
			return NULL;
		model = CormModelByRelid(relid);

		/* it may have been dropped or renamed since the name was found */
		if (model != NULL && strcmp(model->name, bare) == 0)
			return model;
		CHECK_FOR_INTERRUPTS();
	}
}

CormModel *
CormModelByRelid(Oid relid)
{
	for (int attempt = 1;; attempt++)
	{
		ModelEntry *entry;
		MemoryContext context;
		MemoryContext caller;
		CormModel  *model;
		bool		found;

		Refresh();
		entry = hash_search(models, &relid, HASH_FIND, NULL);
		if (entry != NULL)
			return entry->model;

		/*
		 * Built below the caller's context, which an error takes with it, and
		 * moved when it is good.
		 */
		context = AllocSetContextCreate(CurrentMemoryContext, "corm model",
										ALLOCSET_SMALL_SIZES);
		caller = MemoryContextSwitchTo(context);
		model = CormBuildModel(relid);
		MemoryContextSwitchTo(caller);
		if (model != NULL)
			stats.loads++;
		if (CormWatchCount() != built_generation)
		{
			if (attempt >= CORM_PATIENCE)
			{
				Retire(context);
				return model;
			}
			MemoryContextDelete(context);
			CHECK_FOR_INTERRUPTS();
			continue;
		}
		entry = hash_search(models, &relid, HASH_ENTER, &found);
		Assert(!found);
		entry->model = model;
		entry->context = context;
		MemoryContextSetParent(context, cache_context);
		if (model != NULL)
			stats.models++;
		return model;
	}
}

/*
 * Is the relation about the columns and the key that the model was read with?  They
 * can only have changed if the model is outdated.
 */
static bool
Suits(const CormModel *model, const CormRelation *relation)
{
	const CormForeignKey *fk = relation->fk;
	bool		referenced = relation->reverse || OidIsValid(relation->through);

	if (relation->broken != NULL)
		return true;
	for (int i = 0; i < fk->nkeys; i++)
		if (CormColumnByNumber(model, referenced ? fk->pk_attnums[i] : fk->fk_attnums[i]) == NULL)
			return false;
	return !referenced || !fk->to_primary_key ||
		(fk->nkeys == model->nkey &&
		 memcmp(fk->pk_attnums, model->key, model->nkey * sizeof(AttrNumber)) == 0);
}

/*
 * It is part of the model, and lives as long.  A change that arrives meanwhile makes
 * the model outdated as a whole, so it does not matter here whether it is the
 * current one.
 */
static void
Complete(const CormModel *model, CormRelation *relation)
{
	const CormRelationRow *row = relation->unread;
	MemoryContext caller;
	uint64		count;

	if (row == NULL)
		return;
	caller = MemoryContextSwitchTo(GetMemoryChunkContext(unconstify(CormModel *, model)));
	for (int attempt = 1;; attempt++)
	{
		AcceptInvalidationMessages();
		count = CormWatchCount();
		CormCompleteRelation(relation, row);
		if (CormWatchCount() == count || attempt >= CORM_PATIENCE)
			break;
		CHECK_FOR_INTERRUPTS();
	}
	MemoryContextSwitchTo(caller);
	if (!Suits(model, relation))
		CormRaiseRelationChanged();
	relation->unread = NULL;
}

const CormRelation *
CormFindRelation(const CormModel *model, const char *name)
{
	ListCell   *lc;

	foreach(lc, model->relations)
	{
		CormRelation *relation = lfirst(lc);

		if (strcmp(relation->name, name) == 0)
		{
			Complete(model, relation);
			return relation;
		}
	}
	return NULL;
}

List *
CormRelationsOf(const CormModel *model)
{
	ListCell   *lc;

	foreach(lc, model->relations)
		Complete(model, lfirst(lc));
	return model->relations;
}

List *
CormAllModels(void)
{
	List	   *all = NIL;
	ListCell   *lc;

	foreach(lc, CormReadModelRows())
	{
		CormModel  *model = CormModelByRelid(((CormModelRow *) lfirst(lc))->relid);

		CHECK_FOR_INTERRUPTS();
		if (model != NULL)
			all = lappend(all, model);
	}
	return all;
}

char *
CormModelDisplayName(const CormModel *model)
{
	const NameEntry *entry;

	Refresh();
	entry = LookUpName(model->name);
	if (entry != NULL && FindInSearchPath(entry, NULL) == model->relid)
		return CormQuoteNamePart(model->name);
	return CormModelQualifiedName(model);
}

char *
CormDisplayNameIn(const char *name, Oid schema)
{
	const NameEntry *entry;
	int			n = fetch_search_path_array(NULL, 0);
	Oid		   *path = palloc(sizeof(Oid) * (n + 1));

	Refresh();
	entry = LookUpName(name);
	n = fetch_search_path_array(path, n);
	for (int i = 0; i < n; i++)
	{
		if (path[i] == schema)
			return CormQuoteNamePart(name);
		if (OidIsValid(FindInSchema(entry, path[i], NULL)))
			break;
	}
	return psprintf("%s.%s", CormQuoteNamePart(get_namespace_name(schema)),
					CormQuoteNamePart(name));
}

char *
CormModelQualifiedName(const CormModel *model)
{
	char	   *schema = get_namespace_name(get_rel_namespace(model->relid));

	/* a table that was dropped by others has no schema to speak of */
	if (schema == NULL)
		return CormQuoteNamePart(model->name);
	return psprintf("%s.%s", CormQuoteNamePart(schema),
					CormQuoteNamePart(model->name));
}

uint64
CormCacheGeneration(void)
{
	AcceptInvalidationMessages();
	return CormWatchCount();
}

CormCacheStats
CormCacheStatsNow(void)
{
	return stats;
}

List *
CormLinkColumns(const CormRelation *relation)
{
	CormModel  *through;
	List	   *columns = NIL;

	if (relation->broken != NULL || !OidIsValid(relation->through))
		return NIL;
	through = CormModelByRelid(relation->through);
	if (through == NULL)
		return NIL;
	for (int i = 0; i < through->ncolumns; i++)
	{
		CormColumn *column = &through->columns[i];
		CormKey		key = {through->nkey, through->key};
		CormKey		near = {relation->fk->nkeys, relation->fk->fk_attnums};
		CormKey		far = {relation->far_fk->nkeys,
			relation->far_fk->fk_attnums};

		if (!CormKeyHas(key, column->attnum) &&
			!CormKeyHas(near, column->attnum) &&
			!CormKeyHas(far, column->attnum))
			columns = lappend(columns, column);
	}
	return columns;
}

static void
TransactionEnded(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
		case XACT_EVENT_PREPARE:
			if (retired != NULL)
				MemoryContextDelete(retired);
			retired = NULL;
			break;
		default:
			break;
	}
}

/* Brings the hash tables to the current generation. */
static void
Refresh(void)
{
	AcceptInvalidationMessages();
	if (cache_context == NULL)
		CreateTables();
	if (CormWatchCount() != built_generation)
		RetireEntries();
}

static void
CreateTables(void)
{
	cache_context = AllocSetContextCreate(CacheMemoryContext, "corm cache",
										  ALLOCSET_DEFAULT_SIZES);
	models = CreateTable("corm models", sizeof(Oid), sizeof(ModelEntry));
	names = CreateTable("corm names", sizeof(uint32), sizeof(NameEntry));
}

/*
 * Empties the hash tables.  Should it fail half-way, the next lookup does the
 * rest: only at the end do they count as current.
 */
static void
RetireEntries(void)
{
	HASH_SEQ_STATUS scan;
	ModelEntry *model;
	NameEntry  *name;
	uint64		current = CormWatchCount();

	hash_seq_init(&scan, models);
	while ((model = hash_seq_search(&scan)) != NULL)
	{
		Retire(model->context);
		hash_search(models, &model->relid, HASH_REMOVE, NULL);
	}
	hash_seq_init(&scan, names);
	while ((name = hash_seq_search(&scan)) != NULL)
	{
		Retire(name->context);
		hash_search(names, &name->hash, HASH_REMOVE, NULL);
	}
	CormWatchNothing();
	built_generation = current;
	stats.models = 0;
	stats.invalidations++;
}

static void
Retire(MemoryContext context)
{
	if (retired == NULL)
		retired = AllocSetContextCreate(cache_context, "corm outdated",
										ALLOCSET_SMALL_SIZES);
	MemoryContextSetParent(context, retired);
}

static HTAB *
CreateTable(const char *name, Size keysize, Size entrysize)
{
	HASHCTL		ctl = {0};

	ctl.keysize = keysize;
	ctl.entrysize = entrysize;
	ctl.hcxt = cache_context;
	return hash_create(name, 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/*
 * The table that a name means, or InvalidOid.  "text" is what the user wrote,
 * for messages.
 */
static Oid
FindModel(const char *text, const char *schema, const char *name)
{
	const NameEntry *entry;
	Oid			schema_oid;

	Refresh();
	entry = LookUpName(name);
	if (schema == NULL)
		return FindInSearchPath(entry, text);
	schema_oid = get_namespace_oid(schema, true);
	if (!OidIsValid(schema_oid))
		return InvalidOid;
	if (CormSchemaAclCheck(schema_oid, GetUserId(), ACL_USAGE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, schema);
	return FindInSchema(entry, schema_oid, text);
}

/*
 * The active search path holds only schemas that the user may use.  Fetched
 * as an array it leaves the temporary schema out, and does not go and create
 * one where pg_temp was asked for, which a standby could not.
 */
static Oid
FindInSearchPath(const NameEntry *entry, const char *text)
{
	int			n = fetch_search_path_array(NULL, 0);
	Oid		   *path = palloc(sizeof(Oid) * (n + 1));
	Oid			relid = InvalidOid;

	n = fetch_search_path_array(path, n);
	for (int i = 0; i < n && !OidIsValid(relid); i++)
		relid = FindInSchema(entry, path[i], text);
	pfree(path);
	return relid;
}

/* With text NULL an ambiguous name is simply not found. */
static Oid
FindInSchema(const NameEntry *entry, Oid schema, const char *text)
{
	Oid			relid = InvalidOid;

	for (int i = 0; i < entry->n; i++)
	{
		if (entry->schemas[i] != schema)
			continue;
		if (OidIsValid(relid) && text == NULL)
			return InvalidOid;
		if (OidIsValid(relid))
			ereport(ERROR,
					(errcode(ERRCODE_AMBIGUOUS_ALIAS),
					 errmsg("model name \"%s\" is ambiguous", text),
					 errdetail("Tables \"%s\" and \"%s\" of schema \"%s\" both bear it.",
							   get_rel_name(relid),
							   get_rel_name(entry->relids[i]),
							   get_namespace_name(schema)),
					 errhint("Give one of them another name: SELECT corm.register_model(%s, 'NewName');",
							 quote_literal_cstr(CormQuoteTable(entry->relids[i])))));
		relid = entry->relids[i];
	}
	return relid;
}

/* Equal names stand in the index as chance has it; messages name them. */
static int
CompareRows(const ListCell *a, const ListCell *b)
{
	Oid			x = ((CormModelRow *) lfirst(a))->relid;
	Oid			y = ((CormModelRow *) lfirst(b))->relid;

	return x < y ? -1 : x > y;
}

/* Never NULL; the entry is good until the next lookup. */
static const NameEntry *
LookUpName(const char *name)
{
	uint32		hash = hash_bytes((const unsigned char *) name, strlen(name));

	for (int attempt = 1;; attempt++)
	{
		MemoryContext context;
		MemoryContext caller;
		NameEntry	built;
		NameEntry  *entry;
		List	   *rows;
		ListCell   *lc;
		bool		found;

		entry = hash_search(names, &hash, HASH_FIND, NULL);
		if (entry != NULL && strcmp(entry->name, name) == 0)
			return entry;

		context = AllocSetContextCreate(CurrentMemoryContext, "corm name",
										ALLOCSET_SMALL_SIZES);
		caller = MemoryContextSwitchTo(context);
		memset(&built, 0, sizeof(built));
		rows = CormReadModelRowsNamed(name);
		list_sort(rows, CompareRows);
		built.name = pstrdup(name);
		built.relids = palloc(sizeof(Oid) * (list_length(rows) + 1));
		built.schemas = palloc(sizeof(Oid) * (list_length(rows) + 1));
		foreach(lc, rows)
		{
			CormModelRow *row = lfirst(lc);
			Oid			schema;

			CormWatchTable(row->relid);
			schema = get_rel_namespace(row->relid);
			if (!OidIsValid(schema))
				continue;		/* the table is gone */
			built.relids[built.n] = row->relid;
			built.schemas[built.n++] = schema;
		}
		MemoryContextSwitchTo(caller);
		if (CormWatchCount() != built_generation)
		{
			if (attempt >= CORM_PATIENCE)
			{
				entry = MemoryContextAlloc(context, sizeof(NameEntry));
				*entry = built;
				Retire(context);
				return entry;
			}
			MemoryContextDelete(context);
			CHECK_FOR_INTERRUPTS();
			Refresh();
			continue;
		}
		entry = hash_search(names, &hash, HASH_ENTER, &found);
		if (found)
			Retire(entry->context);
		built.hash = hash;
		built.context = context;
		*entry = built;
		MemoryContextSetParent(context, cache_context);
		return entry;
	}
}

static void
RaiseUnknownModel(const char *text, const char *schema, const char *name)
{
	char	   *near = NearModel(text, name);

	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("model \"%s\" does not exist", text),
			 schema != NULL && !OidIsValid(get_namespace_oid(schema, true)) ?
			 errdetail("There is no schema \"%s\".", schema) : 0,
			 near != NULL ?
			 errhint("Perhaps you meant the model \"%s\".", near) :
			 errhint("Create it with corm.create_model, or make an existing table one with corm.register_model.")));
}

/*
 * A model that the user may have meant, as it would have to be written: one
 * of that very name out of reach, else one that reads alike.
 */
static char *
NearModel(const char *text, const char *name)
{
	List	   *rows = CormReadModelRows();
	List	   *candidates = NIL;
	ListCell   *lc;
	const char *near;

	foreach(lc, rows)
	{
		CormModelRow *row = lfirst(lc);
		Oid			schema = get_rel_namespace(row->relid);
		CormModel  *model;

		CHECK_FOR_INTERRUPTS();
		if (!OidIsValid(schema) ||
			CormSchemaAclCheck(schema, GetUserId(), ACL_USAGE) != ACLCHECK_OK)
			continue;
		model = CormModelByRelid(row->relid);
		if (model == NULL)
			continue;
		if (strcmp(model->name, name) == 0)
			return CormModelDisplayName(model);
		candidates = lappend(candidates, CormModelDisplayName(model));
	}
	near = CormClosest(text, candidates);
	return near ? pstrdup(near) : NULL;
}
