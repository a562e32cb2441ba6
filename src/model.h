/*-------------------------------------------------------------------------
 *
 * model.h
 *	  Registering and renaming models, and checks that concern one model.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_MODEL_H
#define CORM_MODEL_H

#include "cache.h"
#include "catalog.h"
#include "introspect.h"

/*
 * Makes an existing table a model.  A NULL name stands for the table's own;
 * "key" (of char *) names the key columns of a view or foreign table.
 * Returns the name.  Takes the catalog's lock; checks the caller's rights and
 * the name, which is read as CormSplitName() does.
 */
extern char *CormRegisterTable(Oid relid, const char *name, List *key);

/* Takes back a key that was given; the caller holds the lock and the rights. */
extern void CormForgetKey(Oid relid);

/*
 * The call that registers it, independent of the search_path: a no-op where it
 * is a model already.
 */
extern char *CormRegisterCall(const CormModelRow *row);

/* Does another table of the schema bear the same model name? */
extern bool CormModelIsAmbiguous(const CormModelRow *row);

/* Under the same lock, with the same checks. */
extern void CormRenameModel(Oid relid, const char *new_name);

/* Write the catalog row, and check nothing. */
extern void CormAddModel(Oid relid, const char *name, List *key);
extern void CormForgetModel(Oid relid);

/* The model of a table; raises 42704 when it is none (any more). */
extern CormModel *CormRequireModel(Oid relid);

/* The model's column of that name; raises 42703. */
extern const CormColumn *CormRequireColumn(const CormModel *model,
										   const char *name);

/* The model's columns of those names (char *), in their order; raises 42703. */
extern CormKey CormKeyOfNames(const CormModel *model, List *names);

/*
 * The table of that very name (no case folding), in the schema given with it
 * or else along the search_path; InvalidOid when there is none.
 */
extern Oid	CormTableByName(const char *text);

/* Raises 42501 unless the current user owns the table. */
extern void CormRequireOwner(Oid relid);

/* Not one of system, temporary or corm's own tables? */
extern bool CormIsModelSchema(Oid schema);

/* Raises 42809 unless it is one. */
extern void CormCheckModelSchema(Oid schema, const char *table);

/* Is the relation of a kind that can be a model? */
extern bool CormCanBeModel(Oid relid);

/* Raises 42710 when a model of the schema has the name. */
extern void CormCheckModelName(Oid schema, const char *name);

/* Raises 42701 for a column that is named twice. */
extern void CormCheckDuplicates(List *columns);

/* The kind of a model's table, for messages: "view" and the like. */
extern const char *CormKindWord(char relkind);

#endif							/* CORM_MODEL_H */
