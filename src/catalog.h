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

#include "nodes/pg_list.h"
#include "storage/itemptr.h"

typedef struct CormModelRow
{
	ItemPointerData tid;		/* set by readers, used by update and delete */
	Oid			relid;
	char	   *name;
	List	   *key;			/* of char *; NIL: none given */
} CormModelRow;

typedef struct CormRelationRow
{
	ItemPointerData tid;		/* set by readers, used by update and delete */
	Oid			source;
	char	   *name;
	Oid			target;
	char	   *reverse_name;	/* NULL: no way back */
	char	   *constraint_name;	/* NULL: a relation without a constraint */
	List	   *columns;		/* of char * */
	Oid			through;		/* InvalidOid: a foreign key of source */
	char	   *far_constraint_name;	/* with through only */
	List	   *far_columns;	/* with through only */
	bool		symmetrical;
	bool		adopted;
	List	   *target_columns; /* without a constraint only */
	bool		to_many;		/* without a constraint only */
} CormRelationRow;

/* Is it one of the two tables, as far as this backend has looked them up? */
extern bool CormIsCatalogTable(Oid relid);

/* Look the tables up anew before their next use. */
extern void CormForgetCatalogTables(void);

/*
 * Keeps every other session from changing models and relations until the end
 * of the transaction; taken before names are checked to be free.
 */
extern void CormLockCatalog(void);

/* Readers: results are allocated in the current context. */
extern List *CormReadModelRows(void);
extern List *CormReadModelRowsNamed(const char *name);
extern CormModelRow *CormReadModelRow(Oid relid);	/* NULL: no model */

extern List *CormReadRelationRows(void);
extern List *CormReadRelationRowsFrom(Oid source);
extern List *CormReadRelationRowsTo(Oid target);
extern List *CormReadRelationRowsThrough(Oid through);

/* Writers: each makes its change visible to the rest of the command. */
extern void CormInsertModelRow(const CormModelRow *row);
extern void CormUpdateModelRow(const CormModelRow *row);
extern void CormDeleteModelRow(const CormModelRow *row);

extern void CormInsertRelationRow(const CormRelationRow *row);
extern void CormUpdateRelationRow(const CormRelationRow *row);
extern void CormDeleteRelationRow(const CormRelationRow *row);

#endif							/* CORM_CATALOG_H */
