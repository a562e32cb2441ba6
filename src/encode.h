/*-------------------------------------------------------------------------
 *
 * encode.h
 *	  Column values as JSON text, by the rules of to_json().
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ENCODE_H
#define CORM_ENCODE_H

#include "encoder.h"

/* Chooses the encoder of a type. */
extern void CormEncoderInit(CormEncoder *encoder, Oid typid);

/* The setting corm.bigint_as_string. */
extern bool corm_bigint_as_string;

#endif							/* CORM_ENCODE_H */
