/*-------------------------------------------------------------------------
 *
 * adoption.h
 *	  What the parts of adopting a schema share: the report, and wording.
 *
 * Everything is allocated in the current context.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ADOPTION_H
#define CORM_ADOPTION_H

#include "adopt_names.h"
#include "adopt_survey.h"
#include "cache.h"

/* In the order in which they are reported. */
typedef enum CormAdoptAction
{
	CORM_ADOPT_MODEL,
	CORM_ADOPT_RELATION,
	CORM_ADOPT_THROUGH,
	CORM_ADOPT_COLLISION,
	CORM_ADOPT_SKIPPED
} CormAdoptAction;

/* One decision; what does not apply is NULL. */
typedef struct CormAdoptRow
{
	CormAdoptAction action;
	char	   *model;
	char	   *relation;
	char	   *target;
	char	   *detail;
	char	   *fix;			/* the statement that resolves it */
} CormAdoptRow;

typedef struct CormAdoption
{
	Oid			schema;
	bool		lock;			/* not a dry run */
	CormSurvey *survey;
	CormNames  *names;
	List	   *relations;		/* of CormRelationRow *: to be written */
	List	   *report;			/* of CormAdoptRow * */
} CormAdoption;

extern void CormAdoptReport(CormAdoption *adoption, CormAdoptAction action,
							const CormSurveyTable *model,
							const char *relation,
							const CormSurveyTable *target, const char *detail,
							const char *fix);

/* The model that is to be, as far as the text of a call needs one. */
extern CormModel *CormAdoptAsModel(const CormSurveyTable *table);

/* The foreign key's columns, for messages. */
extern char *CormAdoptColumns(const CormForeignKey *fk);

/* What a relation along the foreign key is called. */
extern char *CormAdoptForwardName(const CormSurveyKey *key);

/* The statement that gives the table a primary key, of columns it has if it can. */
extern char *CormAdoptKeyCall(const CormSurveyTable *table);

/* The statement that gives the current user a right on the table. */
extern char *CormAdoptGrantCall(const char *right, const CormSurveyTable *table);

/* 'way back "x"', or that there is none. */
extern char *CormAdoptWayBack(const char *name);

#endif							/* CORM_ADOPTION_H */
