/*-------------------------------------------------------------------------
 *
 * isolate.h
 *	  Rows of a queryset as conditions on one table, which is to be written.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ISOLATE_H
#define CORM_ISOLATE_H

#include "plantree.h"

/*
 * Leaves one table in the select's FROM list.  What the others are joined for
 * becomes an EXISTS, so that a row of that table passes once or not at all.
 */
extern void CormIsolateTable(CormSelect *select, CormTable *table);

/*
 * Makes all joins of a scope plain ones, of which what joins them stands in
 * WHERE: for a subquery about a row of a table outside of it, which is nothing
 * where one of its own tables has no row.
 */
extern void CormJoinPlainly(CormScope *scope);

/* Does the value need one of these tables (CormTable *)? */
extern bool CormValueNeeds(const CormValue *value, List *tables);

#endif							/* CORM_ISOLATE_H */
