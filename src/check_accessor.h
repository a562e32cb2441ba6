/*-------------------------------------------------------------------------
 *
 * check_accessor.h
 *	  Functions that do not fit the relations they stand for any more.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CHECK_ACCESSOR_H
#define CORM_CHECK_ACCESSOR_H

#include "check_report.h"

extern void CormCheckAccessors(CormReport *report);

#endif							/* CORM_CHECK_ACCESSOR_H */
