/*-------------------------------------------------------------------------
 *
 * adopt_names.c
 *	  Which names are taken on which table while a schema is adopted.
 *
 * Everybody says first which name they would like; only then is it decided.  A
 * name that two want goes to neither, so the outcome does not depend on the
 * order in which tables are looked at.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "nodes/pg_list.h"
#include "utils/hsearch.h"

#include "adopt_names.h"

typedef struct Claim
{
	const char *name;
	bool		column;
	bool		relation;
	int			wanted;
} Claim;

/* Names may be of any length: those of one hash share an entry. */
typedef struct Entry
{
	struct
	{
		Oid			relid;
		uint32		hash;
	}			key;
	List	   *claims;			/* of Claim * */
} Entry;

struct CormNames
{
	HTAB	   *entries;
};

CormNames *
CormMakeNames(void)
{
	CormNames  *names = palloc0(sizeof(CormNames));
	HASHCTL		ctl = {0};

	ctl.keysize = sizeof(((Entry *) NULL)->key);
	ctl.entrysize = sizeof(Entry);
	ctl.hcxt = CurrentMemoryContext;
	names->entries = hash_create("corm names to adopt", 1024, &ctl,
								 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return names;
}

static Claim *
ClaimOf(CormNames *names, Oid relid, const char *name)
{
	Entry		key;
	Entry	   *entry;
	Claim	   *claim;
	ListCell   *lc;
	bool		found;

	memset(&key, 0, sizeof(key));
	key.key.relid = relid;
	key.key.hash = hash_bytes((const unsigned char *) name, strlen(name));
	entry = hash_search(names->entries, &key, HASH_ENTER, &found);
	if (!found)
		entry->claims = NIL;
	foreach(lc, entry->claims)
	{
		claim = lfirst(lc);
		if (strcmp(claim->name, name) == 0)
			return claim;
	}
	claim = palloc0(sizeof(Claim));
	claim->name = pstrdup(name);
	entry->claims = lappend(entry->claims, claim);
	return claim;
}

void
CormNameOfColumn(CormNames *names, Oid relid, const char *name)
{
	ClaimOf(names, relid, name)->column = true;
}

void
CormNameOfRelation(CormNames *names, Oid relid, const char *name)
{
	ClaimOf(names, relid, name)->relation = true;
}

void
CormWantName(CormNames *names, Oid relid, const char *name)
{
	ClaimOf(names, relid, name)->wanted++;
}

char *
CormNameRefused(CormNames *names, Oid relid, const char *name,
				const char *but_column)
{
	Claim	   *claim = ClaimOf(names, relid, name);

	if (claim->relation)
		return psprintf("relation \"%s\" is there already", name);
	if (claim->column && (but_column == NULL || strcmp(but_column, name) != 0))
		return psprintf("column \"%s\" has the name", name);
	if (claim->wanted > 1)
		return psprintf("%d relations would be called \"%s\"", claim->wanted,
						name);
	return NULL;
}

char *
CormInventName(CormNames *names, Oid relid, const char *base)
{
	char	   *name = pstrdup(base);

	for (int i = 2;; i++)
	{
		Claim	   *claim = ClaimOf(names, relid, name);

		if (!claim->relation && !claim->column && claim->wanted == 0)
		{
			claim->relation = true;
			return name;
		}
		name = psprintf("%s_%d", base, i);
	}
}
