/*-------------------------------------------------------------------------
 *
 * encode_number.h
 *	  Numbers as JSON text.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ENCODE_NUMBER_H
#define CORM_ENCODE_NUMBER_H

#include "encoder.h"

/*
 * Sets how values of one of the server's types of numbers are written; with
 * "big_as_string", bigint and numeric become strings.  For a type that may have
 * to be written by its output function that function is set already.
 */
extern void CormEncodeAsNumber(CormEncoder *encoder, bool big_as_string);

/*
 * Is a numeric written without a point, and has no more than 16 digits?  Then it is
 * this integer.
 */
extern bool CormNumericIsInteger(const struct varlena *value, int64 *integer);

#endif							/* CORM_ENCODE_NUMBER_H */
