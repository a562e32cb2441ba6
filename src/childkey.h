/*-------------------------------------------------------------------------
 *
 * childkey.h
 *	  How the rows of a child statement find their parents.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CHILDKEY_H
#define CORM_CHILDKEY_H

#include "plantree.h"

/* The setting corm.key_strategy: how children are found by parents' keys. */
typedef enum CormKeyStrategy
{
	CORM_KEY_AUTO,				/* = ANY of an array, where that is possible */
	CORM_KEY_ARRAY,				/* the same */
	CORM_KEY_JOIN				/* joined to the array's elements */
} CormKeyStrategy;

extern int	corm_key_strategy;

/* Are keys of so many columns joined, rather than compared with an array? */
extern bool CormJoinsKeys(int nkeys);

/* The parameter of a child for one part of all parents' keys. */
extern void CormAddKeyParam(CormSelect *child, Oid type);

/*
 * Sets up how a child's rows find their parents, which are of the model
 * "parent".  "child_referenced" says on which side of the foreign key the
 * child's table is.
 */
extern void CormAddChildKeys(const CormModel *parent, CormSelect *child,
							 CormTable *child_table, const CormForeignKey *fk,
							 bool child_referenced);

/* How the rows of a table are told apart: by its primary key. */
extern CormKeyPart *CormPrimaryKeyParts(CormSelect *select, CormTable *table);

/*
 * Puts a child below a select, with what is needed of the parent's rows, in
 * "table", to find its own.
 */
extern void CormAttachChild(CormSelect *parent, CormTable *table,
							CormChild *child, const CormRelation *relation);

#endif							/* CORM_CHILDKEY_H */
