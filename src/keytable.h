/*-------------------------------------------------------------------------
 *
 * keytable.h
 *	  Rows of a child level, found by their parents' keys.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_KEYTABLE_H
#define CORM_KEYTABLE_H

#include "fmgr.h"

#include "plantree.h"

struct CormRow;

/* The rows of one parent, in order. */
typedef struct CormBucket
{
	struct CormBucket *next;	/* of the same hash slot */
	uint32		hash;
	struct CormRow *first;
	struct CormRow *last;
	bool		asked;			/* of a row's own key, in a recursive load: its
								 * children were asked for; of a scanned row: it
								 * was */
	bool		above;			/* ... what is being written stands below it */
	Datum		keys[FLEXIBLE_ARRAY_MEMBER];
} CormBucket;

/* How the values of one key part are compared. */
typedef struct CormKeyFunctions
{
	bool		integer;		/* both sides are: compared as they are, by none
								 * of these functions */
	FmgrInfo	equal;			/* referenced = referencing */
	FmgrInfo	child_equal;	/* child's value = child's value */
	FmgrInfo	parent_hash;
	FmgrInfo	child_hash;
	bool		hashable;
	bool		child_referenced;
	Oid			collation;
	int16		child_typlen;
	bool		child_byval;
	int16		parent_typlen;
	bool		parent_byval;
} CormKeyFunctions;

typedef struct CormKeyTable
{
	int			nkeys;
	CormKeyFunctions *functions;
	MemoryContext context;		/* of buckets; reset by its owner */
	int			nslots;			/* a power of two; 0 when empty */
	int			nbuckets;
	CormBucket **slots;
} CormKeyTable;

/* The functions of every key part, looked up, in the current context. */
extern CormKeyFunctions *CormKeyFunctionsOf(int nkeys, const CormKeyPart *keys);

/* Do all parts take and compare nothing but integers? */
extern bool CormKeysAreIntegers(int nkeys, const CormKeyFunctions *functions);

/* A table without room for anything yet; the functions are used as long as it is. */
extern void CormKeyTableInit(CormKeyTable *table, int nkeys, CormKeyFunctions *functions);

/* Forgets all buckets; new ones are made in "context". */
extern void CormKeyTableReset(CormKeyTable *table, MemoryContext context);

/* The bucket of a child's key, made when there is none. */
extern CormBucket *CormKeyTableEnter(CormKeyTable *table, const Datum *child_keys);

/* The bucket of a parent's key, or NULL. */
extern CormBucket *CormKeyTableFind(CormKeyTable *table, const Datum *parent_keys);

#endif							/* CORM_KEYTABLE_H */
