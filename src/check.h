/*-------------------------------------------------------------------------
 *
 * check.h
 *	  Everything that contradicts the live schema, with its cure.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CHECK_H
#define CORM_CHECK_H

#include "check_report.h"

/* Of CormProblem *, errors first, then by object. */
extern List *CormCheck(void);

#endif							/* CORM_CHECK_H */
