/*-------------------------------------------------------------------------
 *
 * typeorder.h
 *	  The order of a type: its default operator class of btree, and operators.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_TYPEORDER_H
#define CORM_TYPEORDER_H

#include "catalog/pg_type_d.h"

typedef struct CormTypeOrder
{
	Oid			family;			/* InvalidOid: the type has no order */
	Oid			intype;			/* of the class: text, of a varchar */
} CormTypeOrder;

extern CormTypeOrder CormTypeOrderOf(Oid type);

/*
 * Can values of the type be ordered?  Not every array can: its class is that of all
 * arrays, whatever their elements are.
 */
extern bool CormTypeHasOrder(Oid type);

/* The operator class itself, InvalidOid when there is none. */
extern Oid	CormTypeOrderClass(Oid type);

/*
 * Its operator of a strategy (BTxxxStrategyNumber), and what compares two values;
 * InvalidOid when there is none.
 */
extern Oid	CormTypeOrderOperator(Oid type, int strategy);
extern Oid	CormTypeOrderFunction(Oid type);

/*
 * What tells equal values of a type: by its order, else as it is hashed;
 * InvalidOid when there is none.
 */
extern Oid	CormTypeEquality(Oid type);

/* An operator of two operands; an internal error when there is none. */
typedef struct CormOperator
{
	Oid			left;			/* what it takes, polymorphic types too */
	Oid			right;
	Oid			commutator;		/* InvalidOid: it has none */
	RegProcedure function;
} CormOperator;

extern CormOperator CormOperatorOf(Oid op);

/* Is it the equality of a family, as one of its indexes may use it? */
extern bool CormIsEqualityIn(Oid family, Oid op);

/*
 * Integers of all lengths have one order, and need no function: the length in bytes
 * of an integer type, 0 of another type.
 */
static inline int
CormIntegerLength(Oid type)
{
	return type == INT8OID ? sizeof(int64) : type == INT4OID ? sizeof(int32) :
		type == INT2OID ? sizeof(int16) : 0;
}

static inline int64
CormIntegerOf(Datum value, int length)
{
	return length == sizeof(int64) ? DatumGetInt64(value) :
		length == sizeof(int32) ? DatumGetInt32(value) : DatumGetInt16(value);
}

static inline int
CormCompareIntegers(Datum a, Datum b, int length)
{
	int64		left = CormIntegerOf(a, length);
	int64		right = CormIntegerOf(b, length);

	return left < right ? -1 : left > right;
}

#endif							/* CORM_TYPEORDER_H */
