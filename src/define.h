/*-------------------------------------------------------------------------
 *
 * define.h
 *	  Creating, registering, renaming and forgetting models.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEFINE_H
#define CORM_DEFINE_H

#include "cache.h"

/*
 * The writers take the catalog's lock and check the caller's rights and the
 * names.  Model and table names are as CormSplitName() reads them.
 */

/* "fields" is the text of a JSON object.  Returns the new table. */
extern Oid	CormCreateModel(const char *name, char *fields,
							const char *table_name);

/*
 * Makes an existing table a model.  A NULL name stands for the table's own;
 * "key" (of char *) names the key columns of a view or foreign table.
 * Returns the name.
 */
extern char *CormRegisterTable(Oid relid, const char *name, List *key);

extern void CormRenameModel(Oid relid, const char *new_name);
extern void CormDropModel(Oid relid, bool drop_table);

/* Raises 42809 for the schema of system, temporary and corm's own tables. */
extern void CormCheckModelSchema(Oid schema, const char *table);

/* Raises 42710 when a model of the schema has the name. */
extern void CormCheckModelName(Oid schema, const char *name);

/* Writes the catalog row, and checks nothing. */
extern void CormAddModel(Oid relid, const char *name, List *key);

/* The model of a table; raises 42704 when it is none (any more). */
extern CormModel *CormRequireModel(Oid relid);

/*
 * The table of that very name (no case folding), in the schema given with it
 * or else along the search_path; InvalidOid when there is none.
 */
extern Oid	CormTableByName(const char *text);

#endif							/* CORM_DEFINE_H */
