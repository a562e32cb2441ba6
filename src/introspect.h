/*-------------------------------------------------------------------------
 *
 * introspect.h
 *	  What the system catalogs say about tables, keys and foreign keys.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_INTROSPECT_H
#define CORM_INTROSPECT_H

#include "graph.h"

/* A column list, in no particular order unless said. */
typedef struct CormKey
{
	int			n;
	AttrNumber *attnums;
} CormKey;

/* A row of pg_class that could be a model. */
typedef struct CormTableInfo
{
	Oid			relid;
	char	   *name;
	char		relkind;
	bool		partition;
} CormTableInfo;

/* The tables, views and foreign tables of a schema, of CormTableInfo *, by name. */
extern List *CormTablesOfSchema(Oid schema);

/* '\0' when the table is gone. */
extern char CormTableKind(Oid relid);

/* Has it triggers other than those of constraints? */
extern bool CormHasUserTriggers(Oid relid);

/* The role that owns it; InvalidOid when the table is gone. */
extern Oid	CormTableOwner(Oid relid);

/* The composite type that a table was made OF, or InvalidOid. */
extern Oid	CormTypeOfTable(Oid relid);

/* Live columns in attnum order; *n receives how many. */
extern CormColumn *CormReadColumns(Oid relid, int *n);

/*
 * The foreign keys of a table, of CormForeignKey *, by name; constraints that
 * a partitioned table hands down, and those over a period, are left out.
 */
extern List *CormReadForeignKeys(Oid relid);

/*
 * The foreign keys that lead to a table, likewise, in no order: one of a
 * partitioned table once.  With "handed_down" those too that lead to the table
 * because it is a partition.
 */
extern List *CormReadReferences(Oid relid, bool handed_down);

/*
 * The foreign key of that name, if it leads to target; else the only one over
 * those columns (of char *) that does; else, of a partition, the one of that
 * name that its parent hands down; else NULL.
 */
extern CormForeignKey *CormFindForeignKey(Oid referencing, Oid referenced,
										  const char *name, List *columns);

/* Is it over these columns (of char *), in whatever order? */
extern bool CormHasColumns(const CormForeignKey *fk, List *columns);

/*
 * Orders the column pairs of a foreign key as the target's primary key has
 * them, and notes whether it is that key.
 */
extern void CormAlignForeignKey(CormForeignKey *fk, CormKey primary_key);

/*
 * The operator that says whether values of the two types are equal, as a foreign
 * key would choose it; InvalidOid when they cannot be compared.
 */
extern Oid	CormEqualityBetween(Oid left, Oid right);

/* The table of a foreign key constraint; InvalidOid for any other one. */
extern Oid	CormForeignKeyTable(Oid constraint);

/* InvalidOid when the constraint is gone. */
extern Oid	CormConstraintOid(Oid relid, const char *name);

/* Columns that ON DELETE SET NULL (columns) names; n = 0 for all of them. */
extern CormKey CormReadDeleteSetColumns(Oid relid, const char *name);

/* Is the constraint DEFERRABLE?  *deferred (unless NULL): INITIALLY DEFERRED? */
extern bool CormIsDeferrable(Oid relid, const char *name, bool *deferred);

extern bool CormKeyHas(CormKey key, AttrNumber attnum);

extern bool CormAllNotNull(Oid relid, CormKey columns);

/* Names of columns, of char *, in the order of the key. */
extern List *CormColumnNames(Oid relid, int n, const AttrNumber *attnums);

/* The tables (OIDs) that a table inherits from, or is a partition of, directly. */
extern List *CormParentTables(Oid relid);

/* Names of the schemas that the user may use, of char *. */
extern List *CormUsableSchemas(void);

/* Raises 42501 without USAGE on the schema. */
extern void CormRequireSchemaUsage(Oid schema);

/* May the user read any of it; does the user hold any right on it? */
extern bool CormMayRead(Oid relid);
extern bool CormMaySee(Oid relid);

/* May the user make a foreign key to these columns? */
extern bool CormMayReference(Oid relid, CormKey columns);

#endif							/* CORM_INTROSPECT_H */
