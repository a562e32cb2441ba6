/*-------------------------------------------------------------------------
 *
 * natural_key.h
 *	  Related rows of many rows, named by the columns of a unique key.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_NATURAL_KEY_H
#define CORM_NATURAL_KEY_H

#include "bulk.h"
#include "document.h"

typedef struct CormNaturalKeys CormNaturalKeys;

/* "(a), (b, c)": the columns of each unique key that rows can be found by. */
extern char *CormUniqueKeysText(const CormModel *model);

/* Has the object the model's key in it, by its columns or as "pk"? */
extern bool CormHoldsKey(const CormModel *model, const JsonbValue *object);

/* In the current memory context, in which the functions below are called too. */
extern CormNaturalKeys *CormNaturalKeysBegin(CormBulk *bulk);

/*
 * Notes that an object is given for a to-one relation of a row.  Raises 22023
 * unless its members are the columns of a unique key of the target.
 */
extern void CormNaturalKeyAdd(CormNaturalKeys *keys, const CormRelation *relation, int row,
							  const JsonbValue *object);

/*
 * Looks all of them up, by one statement for each relation and unique key, and
 * gives the rows their foreign keys.  Raises 23503 for one that is not there.
 */
extern void CormNaturalKeysLookUp(CormNaturalKeys *keys);

#endif							/* CORM_NATURAL_KEY_H */
