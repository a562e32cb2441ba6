/*-------------------------------------------------------------------------
 *
 * rowset.h
 *	  Keys and values of many rows as parameters of one statement.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ROWSET_H
#define CORM_ROWSET_H

#include "deparse_write.h"

/* A parameter that holds one value of a column. */
extern CormColumnValue *CormPlainValue(CormValues *values, const CormColumn *column,
									   Datum value, bool isnull);

/* A parameter that holds n values of a column, as an array. */
extern CormColumnValue *CormArrayValue(CormValues *values, const CormColumn *column,
									   int n, const Datum *datums, const bool *nulls);

/* Plain parameters for the columns at these positions of a model. */
extern List *CormPlainValues(CormValues *values, const CormModel *model, int n,
							 const AttrNumber *attnums, const Datum *datums);

/* Array parameters: each list element is a Datum * of n parts. */
extern List *CormArrayValues(CormValues *values, const CormModel *model, int n,
							 const AttrNumber *attnums, List *keys);

/*
 * The same for keys that are compared only: of one column they are, by = ANY, and
 * one of them may come several times (CORM_LEAST_KEYS).
 */
extern List *CormKeyArrays(CormValues *values, const CormModel *model, int n,
						   const AttrNumber *attnums, List *keys);

/* An array parameter of the places 0 to n - 1; returns its number. */
extern int	CormAddPlaces(CormValues *values, int n);

/*
 * Takes rows whose first column is one of them (CormMakeTaker): "found" is an array
 * of bool, by place.
 */
extern void CormNotePlace(void *found, TupleTableSlot *slot);

/*
 * How keys of the given columns are ordered, by the types' btree order; good to the
 * end of the session.  Raises 42883 where a type has none.
 */
typedef struct CormKeyOrder
{
	int			n;				/* a pair of a link has two keys */
	int			integers[2 * INDEX_MAX_KEYS];	/* CormIntegerLength() */
	FmgrInfo   *functions[2 * INDEX_MAX_KEYS];	/* of other types */
	Oid			collations[2 * INDEX_MAX_KEYS];
} CormKeyOrder;

extern CormKeyOrder CormKeyOrderOf(const CormModel *model, int n, const AttrNumber *attnums);
extern int	CormCompareByOrder(const CormKeyOrder *by, const Datum *a, const Datum *b);

/* Compares two of them. */
extern int	CormCompareKeys(const CormModel *model, int n, const AttrNumber *attnums,
							const Datum *a, const Datum *b);

/* A hash of a key's values; a type that has none does not count. */
extern uint32 CormHashKey(const CormModel *model, int n, const AttrNumber *attnums,
						  const Datum *values);

/* Puts keys (Datum *) in order and leaves each of them once. */
extern List *CormSortKeys(const CormModel *model, int n, const AttrNumber *attnums,
						  List *keys);

/*
 * A plan that is made for any array takes it to have ten elements, and looks
 * dearer than one made for fewer: the server would plan such a statement anew for
 * each execution, which costs more than it gains.  Arrays of keys to be compared
 * by = ANY are filled up to this length, with the last key.
 */
#define CORM_LEAST_KEYS 10

#endif							/* CORM_ROWSET_H */
