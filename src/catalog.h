/*-------------------------------------------------------------------------
 *
 * catalog.h
 *	  Rows of corm's own tables, corm.model and corm.relation.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CATALOG_H
#define CORM_CATALOG_H

#include "catalog_row.h"
#include "compat.h"

/* Is it one of the two tables, as far as this backend has looked them up? */
extern bool CormIsCatalogTable(Oid relid);

/* Their OIDs, for plans that depend on what they say. */
extern List *CormCatalogTables(void);

/* Look the tables up anew before their next use. */
extern void CormForgetCatalogTables(void);

/*
 * Keeps every other session from defining models and relations until the end
 * of the transaction; taken before names are checked to be free.
 */
extern void CormLockCatalog(void);

/*
 * Keeps DDL away from the tables that a relation is about, until the end of the
 * transaction.  Taken after DDL of one's own, which needs stronger locks.
 */
extern void CormLockTablesOf(const CormRelationRow *row);

/*
 * Whether the tables are there; unlike everything else here raises nothing if
 * not.  Then they stay until they are released.
 */
extern bool CormHoldCatalog(void);
extern void CormReleaseCatalog(void);

/* Readers: results are allocated in the current context. */
extern List *CormReadModelRows(void);
extern List *CormReadModelRowsNamed(const char *name);
extern CormModelRow *CormReadModelRow(Oid relid);	/* NULL: no model */

extern List *CormReadRelationRows(void);
extern List *CormReadRelationRowsFrom(Oid source);
extern List *CormReadRelationRowsTo(Oid target);
extern List *CormReadRelationRowsThrough(Oid through);

/*
 * Writers, for those who define something: each locks the tables that the row
 * is about and makes its change visible to the rest of the command.  Raises
 * 40001 when the row, or the table of a new model, is not what it was when it
 * was read.
 */
extern void CormInsertModelRow(const CormModelRow *row);
extern void CormUpdateModelRow(const CormModelRow *row);
extern void CormDeleteModelRow(const CormModelRow *row);

extern void CormInsertRelationRow(const CormRelationRow *row);
extern void CormUpdateRelationRow(const CormRelationRow *row);
extern void CormDeleteRelationRow(const CormRelationRow *row);

pg_noreturn extern void CormRaiseRelationChanged(void);

/*
 * Writers, for those who follow DDL and hold the lock of the table that it
 * changed: they wait for nobody.  False, and nothing is done, when another
 * transaction has changed the row, or is about to.
 */
extern bool CormFollowUpdateModel(const CormModelRow *row);
extern bool CormFollowDeleteModel(const CormModelRow *row);
extern bool CormFollowUpdateRelation(const CormRelationRow *row);
extern bool CormFollowDeleteRelation(const CormRelationRow *row);
extern void CormFollowInsertRelation(const CormRelationRow *row);

#endif							/* CORM_CATALOG_H */
