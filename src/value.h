/*-------------------------------------------------------------------------
 *
 * value.h
 *	  JSON values as Datums of SQL types: parameters and data.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_VALUE_H
#define CORM_VALUE_H

#include "document.h"
#include "plantree.h"

extern Datum CormValueFromJson(const JsonbValue *value, Oid typid, int32 typmod,
							   bool *isnull);

/*
 * A number as one of a type of numbers, or a text as a time, in the current context;
 * false where it takes the type's input function, or is an error.
 */
extern bool CormScalarFromJson(const JsonbValue *value, Oid typid, int32 typmod,
							   Datum *scalar);

/*
 * The part of a key that a value spells: a scalar, an array in key order, or an
 * object with the key's columns in it.  "in_filter" shapes the hint.
 */
extern const JsonbValue *CormKeyPartOf(const CormModel *model,
									   const JsonbValue *value, int part,
									   const char *path, bool in_filter);

/* What CormKeyPartOf found, as a value of the key's column. */
extern Datum CormKeyFromJson(const JsonbValue *value, Oid typid, int32 typmod);

/*
 * Values of this type cannot be the elements of an array that is unnested into
 * one column: an array of arrays is one array, a composite becomes columns.
 */
extern bool CormTravelsAsText(Oid typid);

/*
 * Turns n such values into their texts, by the type's output function, that
 * read as the same values whatever the settings of the session say about output.
 */
extern void CormExactTexts(Oid typid, int n, Datum *values, const bool *nulls);

extern Datum CormBindParam(const CormParam *param, bool *isnull);

#endif							/* CORM_VALUE_H */
