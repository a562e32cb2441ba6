/*-------------------------------------------------------------------------
 *
 * flatrow.h
 *	  Running flat rows: each as JSON text or as a typed value.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_FLATROW_H
#define CORM_FLATROW_H

#include "utils/tuplestore.h"

#include "flat.h"

typedef enum CormFlatShape
{
	CORM_FLAT_OBJECT,			/* {"path": value, ...} */
	CORM_FLAT_ARRAY,			/* [value, ...] */
	CORM_FLAT_JSON,				/* the first value, as JSON */
	CORM_FLAT_TYPED				/* the same, of its own type */
} CormFlatShape;

/*
 * Runs the statement and puts its rows into the store, whose rows have one
 * column, or, with a typed value of a composite type, that type's columns.
 */
extern void CormRunFlat(const CormFlat *flat, CormFlatShape shape,
						Tuplestorestate *store, TupleDesc desc);

#endif							/* CORM_FLATROW_H */
