/*-------------------------------------------------------------------------
 *
 * check_relation.h
 *	  Contradictions between relations and the live schema.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CHECK_RELATION_H
#define CORM_CHECK_RELATION_H

#include "catalog.h"
#include "check_report.h"

/* One row of corm.relation. */
extern void CormCheckRelation(CormReport *report, const CormRelationRow *row);

/* The names of a model's relations, among themselves and its columns. */
extern void CormCheckNames(CormReport *report, const CormModel *model);

#endif							/* CORM_CHECK_RELATION_H */
