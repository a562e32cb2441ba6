/*-------------------------------------------------------------------------
 *
 * fill.h
 *	  Rows within rows: the holes that rendering left are filled.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_FILL_H
#define CORM_FILL_H

#include "level.h"

/* Appends a root with all that is within it. */
extern void CormWriteRow(const CormLevel *level, const CormRow *row, StringInfo buf);

/*
 * Appends what a hole holds: the related rows of a to-many as an array, that of
 * a to-one as an object or null; then the keys that say what was left out.
 */
extern void CormWriteHole(CormLevel *level, const CormHole *hole, StringInfo buf);

#endif							/* CORM_FILL_H */
