/*-------------------------------------------------------------------------
 *
 * export.h
 *	  Models and relations as text from which they can be made again.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_EXPORT_H
#define CORM_EXPORT_H

#include "catalog.h"
#include "graph.h"

/*
 * The calls that make the same names in a copy of the schema, char *, in the
 * order in which they can be run; comments for what cannot be named again.
 */
extern List *CormExportSql(void);

/* The document that corm.define() reads, its lines separated by newlines. */
extern char *CormExportJson(void);

/* Shared by the files of this module; not for others. */

/*
 * The models (CormModelRow *) whose tables are there, by schema and name.
 * *unfit receives those whose name another table of the schema has as well.
 */
extern List *CormExportedModels(List **unfit);

/* The relations (CormRelationRow *) that start from it, by name. */
extern List *CormExportedRelations(Oid source);

/* The counter caches (CormCounter *) of it that can be made again, by relation. */
extern List *CormExportedCounters(const CormModel *model);

/* Why the relation cannot be declared again, or NULL. */
extern const char *CormExportProblem(const CormRelationRow *row);

#endif							/* CORM_EXPORT_H */
