/*-------------------------------------------------------------------------
 *
 * limits.h
 *	  How much one request may ask for.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LIMITS_H
#define CORM_LIMITS_H

#include "request.h"

/* The settings corm.max_depth and corm.max_nodes; 0: no limit. */
extern int	corm_max_depth;
extern int	corm_max_nodes;

/* Raises 54000 when the request is deeper or larger than the settings allow. */
extern void CormCheckLimits(const CormRequest *request);

#endif							/* CORM_LIMITS_H */
