/*-------------------------------------------------------------------------
 *
 * instance.h
 *	  SQL values that stand for a row, as the JSON a queryset carries.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_INSTANCE_H
#define CORM_INSTANCE_H

#include "nodes/bitmapset.h"

#include "cache.h"
#include "utils/array.h"
#include "utils/jsonb.h"

/* Is this the type corm.queryset? */
extern bool CormIsQuerysetType(Oid type);

/* The table whose row type this is (domains count), or InvalidOid. */
extern Oid	CormTableOfRowType(Oid type);

/*
 * A number or a text, as most keys are, which must not be NULL; NULL of another
 * type.  It points into the value.
 */
extern JsonbValue *CormPlainToJson(Datum value, Oid type);

/*
 * The key that a value of the type stands for.  "model" names the model whose
 * row it should be; a row of another table raises 42804.
 */
extern JsonbValue *CormKeyToJson(Datum value, bool isnull, Oid type,
								 const char *model);

/* The keys (JsonbValue *) that the elements of an array stand for, likewise. */
extern List *CormKeysToJson(ArrayType *array, const char *model);

/*
 * The model whose table this is, or else that of a table that it inherits from
 * or is a partition of, at any distance; NULL when there is none.
 */
extern CormModel *CormModelOfRows(Oid relid);

/* The key of a row of the model's table or of a child table of it. */
extern JsonbValue *CormRowKeyToJson(Datum row, bool isnull,
									const CormModel *model);

/*
 * The values of some columns, in attnum order, of a row of the model's table or
 * of a child table of it.  They point into the row.
 */
extern void CormRowValues(Datum row, const CormModel *model, const Bitmapset *columns,
						  Datum *values, bool *nulls);

#endif							/* CORM_INSTANCE_H */
