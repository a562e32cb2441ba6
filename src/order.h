/*-------------------------------------------------------------------------
 *
 * order.h
 *	  The order of rows.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ORDER_H
#define CORM_ORDER_H

#include "walk.h"

/* Resolves order_by; with "tie_break" the key decides between equals. */
extern void CormResolveOrder(CormSelect *select, List *order_by, bool tie_break);

/* The same by pieces, of any table: lists of CormOrder *. */
extern List *CormResolveOrderKeys(const CormPlace *place, List *keys);
extern List *CormBreakTies(const CormPlace *place, List *orders);

/* Turns every key around, for "last". */
extern void CormReverseOrder(CormSelect *select);

#endif							/* CORM_ORDER_H */
