/*-------------------------------------------------------------------------
 *
 * watch.c
 *	  Notices when something that the cache was built from changes.
 *
 * The server tells by invalidation callbacks, which may run in the middle of
 * anything: they read no catalog and free nothing, they count.  Whoever built
 * something compares the count before and after, having said what to watch
 * before reading it.
 *
 * Changes to corm's own tables always count.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/catcache.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "catalog.h"
#include "introspect.h"
#include "watch.h"

static HTAB *tables;			/* Oids */
static HTAB *constraints;		/* hash values of pg_constraint rows */
static uint64 count = 1;
static uint64 others = 1;

/* Relcache callback; InvalidOid stands for every table. */
static void
TableChanged(Datum arg, Oid relid)
{
	if (!OidIsValid(relid) || CormIsCatalogTable(relid))
		CormForgetCatalogTables();
	else if (tables == NULL || hash_search(tables, &relid, HASH_FIND, NULL) == NULL)
		return;
	count++;
}

/*
 * Syscache callback.  Validating a foreign key changes its row but tells no
 * one about the table.  Hash value 0 stands for every row.
 */
static void
ConstraintChanged(Datum arg, int cacheid, uint32 hashvalue)
{
	if (hashvalue == 0 ||
		(constraints != NULL &&
		 hash_search(constraints, &hashvalue, HASH_FIND, NULL) != NULL))
		count++;
}

/* Syscache callback.  Which of them it was does not matter. */
static void
OtherChanged(Datum arg, int cacheid, uint32 hashvalue)
{
	others++;
}

void
CormWatchInit(void)
{
	static const int caches[] = {
		NAMESPACEOID, OPEROID, CLAOID, CASTSOURCETARGET,
		AUTHOID, AUTHMEMROLEMEM, DATABASEOID	/* its owner is a member of a role */
	};

	CacheRegisterRelcacheCallback(TableChanged, (Datum) 0);
	CacheRegisterSyscacheCallback(CONSTROID, ConstraintChanged, (Datum) 0);
	for (int i = 0; i < lengthof(caches); i++)
		CacheRegisterSyscacheCallback(caches[i], OtherChanged, (Datum) 0);
}

static HTAB *
CreateSet(const char *name, Size keysize)
{
	HASHCTL		ctl = {0};

	if (CacheMemoryContext == NULL)
		CreateCacheMemoryContext();
	ctl.keysize = keysize;
	ctl.entrysize = keysize;
	ctl.hcxt = CacheMemoryContext;
	return hash_create(name, 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

void
CormWatchTable(Oid relid)
{
	if (tables == NULL)
		tables = CreateSet("corm tables in use", sizeof(Oid));
	hash_search(tables, &relid, HASH_ENTER, NULL);
}

void
CormWatchConstraint(Oid relid, const char *name)
{
	Oid			oid = CormConstraintOid(relid, name);
	uint32		hash;

	if (!OidIsValid(oid))
		return;
	if (constraints == NULL)
		constraints = CreateSet("corm constraints in use", sizeof(uint32));
	hash = GetSysCacheHashValue1(CONSTROID, ObjectIdGetDatum(oid));
	hash_search(constraints, &hash, HASH_ENTER, NULL);
}

static void
Empty(HTAB *set)
{
	HASH_SEQ_STATUS scan;
	void	   *key;

	if (set == NULL)
		return;
	hash_seq_init(&scan, set);
	while ((key = hash_seq_search(&scan)) != NULL)
		hash_search(set, key, HASH_REMOVE, NULL);
}

void
CormWatchNothing(void)
{
	Empty(tables);
	Empty(constraints);
}

uint64
CormWatchCount(void)
{
	return count;
}

uint64
CormWatchOthers(void)
{
	return others;
}
