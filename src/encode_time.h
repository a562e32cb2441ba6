/*-------------------------------------------------------------------------
 *
 * encode_time.h
 *	  Dates and times as JSON text.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ENCODE_TIME_H
#define CORM_ENCODE_TIME_H

#include "encoder.h"

/* Sets how values of date, timestamp or timestamptz are written. */
extern void CormEncodeAsTime(CormEncoder *encoder);

#endif							/* CORM_ENCODE_TIME_H */
