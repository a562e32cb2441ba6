/*-------------------------------------------------------------------------
 *
 * cursor.h
 *	  Cursors: the place of a row in an order, as opaque text.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CURSOR_H
#define CORM_CURSOR_H

/*
 * The cursor of a row: the value of each key of the order.  "order" is a number
 * that stands for the order.
 */
extern char *CormWriteCursor(uint64 order, int n, const Oid *types,
							 const Datum *values, const bool *nulls);

/*
 * Reads back what CormWriteCursor wrote.  Raises 22023 for a cursor of another
 * order and for any text that is none; "argument" names it.
 */
extern void CormReadCursor(const char *cursor, const char *argument,
						   uint64 order, int n, const Oid *types,
						   Datum *values, bool *nulls);

#endif							/* CORM_CURSOR_H */
