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

#include "fmgr.h"
#include "lib/stringinfo.h"

struct CormEncoder;
typedef void (*CormEncodeFunction) (const struct CormEncoder *encoder,
									StringInfo buf, Datum value);

/* How values of one column are written: chosen once, used for every row. */
typedef struct CormEncoder
{
	CormEncodeFunction encode;
	Oid			typid;			/* base type */
	FmgrInfo	function;		/* output function, or to_json() itself */
} CormEncoder;

extern void CormEncoderInit(CormEncoder *encoder, Oid typid);

/* The setting corm.bigint_as_string. */
extern bool corm_bigint_as_string;

#endif							/* CORM_ENCODE_H */
