/*-------------------------------------------------------------------------
 *
 * shared.h
 *	  Columns that a foreign key shares with another one, or with its row's key.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SHARED_H
#define CORM_SHARED_H

#include "data.h"

extern bool CormHasForeignColumn(const CormForeignKey *fk, AttrNumber attnum);

/*
 * Has another foreign key a column of this one?  Not all of it: keys of the same
 * columns are one value under two names.
 */
extern bool CormSharesColumn(const CormForeignKey *fk, const CormForeignKey *other);

/* A to-one relation that is held by the row itself, with a constraint. */
extern bool CormHoldsReference(const CormRelation *relation);

/* What setting a relation would make of something else that has its column. */
typedef struct CormShared
{
	const char *key;			/* in the data */
	const CormColumn *column;
	const CormRelation *other;	/* NULL: the key of the row */
	JsonbValue *filter;			/* the rows that hold another value */
} CormShared;

/*
 * For data of an update, as an object and as assignments: list of CormShared *,
 * for each column that a relation sets and that belongs to what the data does not
 * speak of.  What the role may not read is left out.
 */
extern List *CormFindShared(const CormModel *model, const JsonbValue *data,
							List *assignments);

#endif							/* CORM_SHARED_H */
