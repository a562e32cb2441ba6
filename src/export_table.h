/*-------------------------------------------------------------------------
 *
 * export_table.h
 *	  What a document has to say of one table.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_EXPORT_TABLE_H
#define CORM_EXPORT_TABLE_H

#include "catalog.h"
#include "graph.h"

/* A relation that can be declared again. */
typedef struct CormExportedRelation
{
	CormRelationRow *row;
	const CormForeignKey *fk;	/* NULL for many-to-many relations */
	List	   *columns;		/* of char *: its columns of the table, if any */
	bool		printed;
} CormExportedRelation;

/* All lists but the last are sorted, for the same text whatever the OIDs. */
typedef struct CormExportedTable
{
	Oid			relid;
	bool		is_table;		/* no view and no foreign table: else it has
								 * relations only */
	int			ncolumns;
	CormColumn *columns;
	List	   *unique;			/* of List * of char *, without those that
								 * relations make by themselves */
	List	   *indexes;		/* likewise */
	List	   *relations;		/* of CormExportedRelation * */
	List	   *primary_key;	/* of char * */
} CormExportedTable;

extern CormExportedTable CormReadExportedTable(const CormModel *model);

/* Takes the list of this one name out of the lists: was it there? */
extern bool CormTakeSingle(List **lists, const char *name);

#endif							/* CORM_EXPORT_TABLE_H */
