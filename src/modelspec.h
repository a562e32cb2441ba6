/*-------------------------------------------------------------------------
 *
 * modelspec.h
 *	  Models as a document describes them, and the tables they come to.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_MODELSPEC_H
#define CORM_MODELSPEC_H

#include "tablespec.h"

typedef struct CormCounterSpec
{
	char	   *relation;
	char	   *column;
} CormCounterSpec;

typedef struct CormModelSpec
{
	char	   *text;			/* the name as it was written */
	char	   *table_text;		/* likewise; NULL: the default */
	char		relkind;		/* RELKIND_RELATION: a table of any kind */
	List	   *key;			/* of char *: of a view or foreign table */
	List	   *fields;			/* of CormFieldSpec * */
	bool		has_key;		/* the document says what the key is */
	List	   *primary_key;	/* of char *; NIL: none */
	List	   *unique;			/* of List * of char * */
	List	   *indexes;		/* likewise */
	List	   *foreign_keys;	/* of CormFieldSpec *, constraints alone */
	List	   *counter_caches; /* of CormCounterSpec * */

	/* filled in by CormNameModel() */
	char	   *name;
	Oid			schema;
	char	   *table;

	Oid			relid;			/* InvalidOid: the table is to be made */

	/* filled in by CormPlanModels() */
	bool		key_planned;
	bool		in_planning;
	List	   *columns;		/* of CormNewColumn * */
} CormModelSpec;

/*
 * Reads the document of corm.define() into CormModelSpec *, in the order
 * written.  Raises 22023 for what is no description of models.
 */
extern List *CormReadDocument(char *json);

/* Names and schema from the texts; raises for what cannot be a model's. */
extern void CormNameModel(CormModelSpec *spec);

/*
 * The columns of each model of the document: those of its fields and those of
 * its foreign keys, whose types are those of the columns they point to, in the
 * document or in the database.
 */
extern void CormPlanModels(List *document);

/*
 * The model of the document that a reference in one of its models means, or NULL:
 * then it is one of the database.
 */
extern CormModelSpec *CormSpecNamed(List *document, const CormModelSpec *from,
									const char *text);

/* The model of the database that a field leads to; raises 42704. */
extern CormModel *CormFieldTarget(List *document, const CormModelSpec *spec,
								  const CormFieldSpec *field);

extern CormNewColumn *CormColumnNamed(List *columns, const char *name);

#endif							/* CORM_MODELSPEC_H */
