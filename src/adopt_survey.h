/*-------------------------------------------------------------------------
 *
 * adopt_survey.h
 *	  What there is to adopt: tables, foreign keys, link tables.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ADOPT_SURVEY_H
#define CORM_ADOPT_SURVEY_H

#include "utils/hsearch.h"

#include "graph.h"
#include "introspect.h"

typedef struct CormSurveyTable
{
	Oid			relid;			/* hash key */
	Oid			schema;
	char	   *name;
	char		relkind;
	bool		partition;
	bool		chosen;			/* of the schema, and not left out */
	bool		registered;		/* a model already */
	char	   *model;			/* its name as a model; NULL: is and will be none */
	int			ncolumns;		/* as the rest, of models only */
	CormColumn *columns;
	CormKey		key;			/* primary key */
	List	   *foreign_keys;	/* of CormSurveyKey *, equal ones once */
	List	   *relations_from; /* of CormRelationRow *, as the next ones */
	List	   *relations_to;
	List	   *relations_through;
} CormSurveyTable;

typedef struct CormSurveyKey
{
	CormForeignKey *fk;
	CormSurveyTable *source;
	CormSurveyTable *target;	/* a model, now or to be; NULL: none */
	bool		unique;			/* one-to-one */
	bool		adopted;		/* a relation follows it already */
	int			siblings;		/* foreign keys of source to target, itself included */
} CormSurveyKey;

/* Two foreign keys of one table whose rows are links. */
typedef struct CormSurveyLink
{
	CormSurveyTable *through;
	CormSurveyKey *near;
	CormSurveyKey *far;
} CormSurveyLink;

typedef struct CormSurvey
{
	HTAB	   *tables;			/* CormSurveyTable: those of the schema, and all models */
	List	   *of_schema;		/* of CormSurveyTable *, by name */
	List	   *models;			/* of CormSurveyTable *, by name; see CormSurveyKeys */
} CormSurvey;

/* Tables and models; nobody has decided yet which tables are to be models. */
extern CormSurvey *CormSurveySchema(Oid schema);

/*
 * The foreign keys that start from a chosen model, or lead from another model
 * to a chosen one: of CormSurveyKey *, by the names of tables and constraints.
 */
extern List *CormSurveyKeys(CormSurvey *survey);

/*
 * Pairs of foreign keys of chosen tables that make them link tables, of
 * CormSurveyLink *, but for those that a relation uses already.
 */
extern List *CormSurveyLinks(CormSurvey *survey);

#endif							/* CORM_ADOPT_SURVEY_H */
