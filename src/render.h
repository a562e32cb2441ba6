/*-------------------------------------------------------------------------
 *
 * render.h
 *	  The JSON text of one row.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_RENDER_H
#define CORM_RENDER_H

#include "level.h"

/*
 * Renders a row, with all that is found by index scans below it.  It goes to the
 * current context, and so do the keys of its holes; "text" and the context
 * "scratch" are overwritten.
 */
extern CormRow *CormRenderRow(const CormLevel *level, TupleTableSlot *slot,
							  StringInfo text, MemoryContext scratch);

/*
 * The same for a level that is whole: the text is all there is, and is appended.
 */
extern void CormRenderWhole(const CormLevel *level, TupleTableSlot *slot,
							StringInfo text, MemoryContext scratch);

#endif							/* CORM_RENDER_H */
