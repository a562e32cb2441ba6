/*-------------------------------------------------------------------------
 *
 * timetext.h
 *	  Dates and times that are written by ISO 8601, as JSON has them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_TIMETEXT_H
#define CORM_TIMETEXT_H

/*
 * A date "2024-02-29", a timestamp "2024-02-29 23:59:59.999999", or one with time
 * zone, which says it: "Z", "+02", "-03:30"; with "T" or a space between.  False for
 * what is written in another way, is rounded, or is wrong: that is for the type's input
 * function.
 */
extern bool CormTimeFromText(const char *text, int len, Oid typid, int32 typmod,
							 Datum *value);

#endif							/* CORM_TIMETEXT_H */
