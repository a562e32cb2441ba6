/*-------------------------------------------------------------------------
 *
 * keyorder.h
 *	  Rows that index scans find, in the order of their primary key.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_KEYORDER_H
#define CORM_KEYORDER_H

#include "fmgr.h"

#include "plantree.h"

typedef struct CormSortKey
{
	int			column;			/* in the slots, of rows */
	int			integer;		/* its length, if it is one: "compare" is not set */
	FmgrInfo	compare;
	Oid			collation;
	bool		byval;
	int16		typlen;
} CormSortKey;

typedef struct CormSorter
{
	int			nkeys;
	CormSortKey keys[FLEXIBLE_ARRAY_MEMBER];
} CormSorter;

/*
 * How rows of the model are sorted, in the current context: by their own values, or
 * by those of links that name them so.
 */
extern CormSorter *CormSorterOf(const CormModel *model, const CormKeyPart *links);

/* Keys, each with the number of its row. */
typedef struct CormKeyList
{
	const CormSorter *sorter;
	MemoryContext context;
	int			n;
	int			max;
	bool		sorted;			/* as they came */
	Datum	   *keys;
} CormKeyList;

/* An empty list, whose memory is of this context. */
extern void CormKeyListInit(CormKeyList *list, const CormSorter *sorter, MemoryContext context);

/* Copies a key to the end of the list. */
extern void CormKeyListAdd(CormKeyList *list, const Datum *key);

static inline const Datum *
CormKeyListGet(const CormKeyList *list, int i)
{
	return list->keys + i * list->sorter->nkeys;
}

/* The rows' numbers in the order of their keys; NULL if they have it. */
extern int *CormKeyListOrder(const CormKeyList *list);

extern void CormKeyListFree(CormKeyList *list);

#endif							/* CORM_KEYORDER_H */
