/*-------------------------------------------------------------------------
 *
 * check_table.h
 *	  What the indexes of a model's table lack.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CHECK_TABLE_H
#define CORM_CHECK_TABLE_H

#include "check_report.h"

extern void CormCheckTable(CormReport *report, Oid relid);

#endif							/* CORM_CHECK_TABLE_H */
