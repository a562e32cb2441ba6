/*-------------------------------------------------------------------------
 *
 * keytable.c
 *	  Rows of a child level, found by their parents' keys.
 *
 * Keys are compared by the foreign key's own operator, which may take different
 * types on its two sides, and hashed by the functions of its hash operator
 * family, under the collation of the referenced column; never by bytes, unless
 * both sides are integers.  Where the operator cannot be hashed all rows share one
 * slot, which is slow but right.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_opfamily.h"
#include "common/hashfn.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "keytable.h"
#include "typeorder.h"

#define INITIAL_SLOTS 64

CormKeyFunctions *
CormKeyFunctionsOf(int nkeys, const CormKeyPart *keys)
{
	CormKeyFunctions *all = palloc0(nkeys * sizeof(CormKeyFunctions));

	for (int i = 0; i < nkeys; i++)
	{
		const CormKeyPart *key = &keys[i];
		CormKeyFunctions *functions = &all[i];
		RegProcedure referenced;
		RegProcedure referencing;

		functions->child_referenced = key->child_referenced;
		functions->collation = key->collation;
		get_typlenbyval(key->child_type, &functions->child_typlen, &functions->child_byval);
		get_typlenbyval(key->parent_type, &functions->parent_typlen, &functions->parent_byval);
		functions->integer = CormIntegerLength(key->child_type) && CormIntegerLength(key->parent_type) &&
			CormIsEqualityIn(INTEGER_BTREE_FAM_OID, key->op);
		if (functions->integer)
			continue;
		fmgr_info(CormOperatorOf(key->op).function, &functions->equal);
		fmgr_info(CormOperatorOf(CormTypeEquality(key->child_type)).function, &functions->child_equal);
		functions->hashable = get_op_hash_functions(key->op, &referenced, &referencing);
		if (functions->hashable)
		{
			fmgr_info(key->child_referenced ? referenced : referencing, &functions->child_hash);
			fmgr_info(key->child_referenced ? referencing : referenced, &functions->parent_hash);
		}
	}
	return all;
}

bool
CormKeysAreIntegers(int nkeys, const CormKeyFunctions *functions)
{
	for (int i = 0; i < nkeys; i++)
		if (!functions[i].integer)
			return false;
	return true;
}

void
CormKeyTableInit(CormKeyTable *table, int nkeys, CormKeyFunctions *functions)
{
	memset(table, 0, sizeof(*table));
	table->nkeys = nkeys;
	table->functions = functions;
}

void
CormKeyTableReset(CormKeyTable *table, MemoryContext context)
{
	table->context = context;
	table->nslots = 0;
	table->nbuckets = 0;
	table->slots = NULL;
}

static uint32
HashKeys(CormKeyTable *table, const Datum *keys, bool of_child)
{
	uint32		hash = 0;

	for (int i = 0; i < table->nkeys; i++)
	{
		CormKeyFunctions *f = &table->functions[i];

		if (f->integer)
		{
			uint64		value = CormIntegerOf(keys[i], of_child ? f->child_typlen : f->parent_typlen);

			hash = hash_combine(hash, (uint32) value ^ (uint32) (value >> 32));
		}
		else if (f->hashable)
			hash = hash_combine(hash,
								DatumGetUInt32(FunctionCall1Coll(of_child ? &f->child_hash : &f->parent_hash,
																 f->collation, keys[i])));
	}
	return murmurhash32(hash);
}

static void
Grow(CormKeyTable *table)
{
	int			nslots = table->nslots ? table->nslots * 2 : INITIAL_SLOTS;
	CormBucket **slots = MemoryContextAllocExtended(table->context,
													nslots * sizeof(CormBucket *),
													MCXT_ALLOC_ZERO | MCXT_ALLOC_HUGE);

	for (int i = 0; i < table->nslots; i++)
	{
		CormBucket *bucket = table->slots[i];

		while (bucket)
		{
			CormBucket *next = bucket->next;
			CormBucket **slot = &slots[bucket->hash & (nslots - 1)];

			bucket->next = *slot;
			*slot = bucket;
			bucket = next;
		}
	}
	if (table->slots)
		pfree(table->slots);
	table->slots = slots;
	table->nslots = nslots;
}

static bool
EqualChildren(CormKeyFunctions *f, Datum a, Datum b)
{
	if (f->integer)
		return CormIntegerOf(a, f->child_typlen) == CormIntegerOf(b, f->child_typlen);
	return DatumGetBool(FunctionCall2Coll(&f->child_equal, f->collation, a, b));
}

static bool
EqualParent(CormKeyFunctions *f, Datum child, Datum parent)
{
	if (f->integer)
		return CormIntegerOf(child, f->child_typlen) == CormIntegerOf(parent, f->parent_typlen);
	return DatumGetBool(f->child_referenced ?
						FunctionCall2Coll(&f->equal, f->collation, child, parent) :
						FunctionCall2Coll(&f->equal, f->collation, parent, child));
}

CormBucket *
CormKeyTableEnter(CormKeyTable *table, const Datum *child_keys)
{
	uint32		hash = HashKeys(table, child_keys, true);
	CormBucket *bucket;

	if (table->nbuckets >= table->nslots)
		Grow(table);
	for (bucket = table->slots[hash & (table->nslots - 1)]; bucket; bucket = bucket->next)
	{
		int			i;

		if (bucket->hash != hash)
			continue;
		for (i = 0; i < table->nkeys; i++)
			if (!EqualChildren(&table->functions[i], bucket->keys[i], child_keys[i]))
				break;
		if (i == table->nkeys)
			return bucket;
	}

	bucket = MemoryContextAllocZero(table->context,
									offsetof(CormBucket, keys) + table->nkeys * sizeof(Datum));
	bucket->hash = hash;
	for (int i = 0; i < table->nkeys; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(table->context);

		bucket->keys[i] = datumCopy(child_keys[i], table->functions[i].child_byval,
									table->functions[i].child_typlen);
		MemoryContextSwitchTo(old);
	}
	bucket->next = table->slots[hash & (table->nslots - 1)];
	table->slots[hash & (table->nslots - 1)] = bucket;
	table->nbuckets++;
	return bucket;
}

CormBucket *
CormKeyTableFind(CormKeyTable *table, const Datum *parent_keys)
{
	uint32		hash;
	CormBucket *bucket;

	if (table->nbuckets == 0)
		return NULL;
	hash = HashKeys(table, parent_keys, false);
	for (bucket = table->slots[hash & (table->nslots - 1)]; bucket; bucket = bucket->next)
	{
		int			i;

		if (bucket->hash != hash)
			continue;
		for (i = 0; i < table->nkeys; i++)
			if (!EqualParent(&table->functions[i], bucket->keys[i], parent_keys[i]))
				break;
		if (i == table->nkeys)
			return bucket;
	}
	return NULL;
}
