/*-------------------------------------------------------------------------
 *
 * check_report.h
 *	  What a check has found.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CHECK_REPORT_H
#define CORM_CHECK_REPORT_H

#include "graph.h"

typedef enum CormSeverity
{
	CORM_CHECK_ERROR,			/* something cannot be used */
	CORM_CHECK_WARNING			/* it can, but is dangerous or slow */
} CormSeverity;

typedef struct CormProblem
{
	CormSeverity severity;
	char	   *object;			/* what has it: "relation Post.author" */
	char	   *problem;		/* in the words of an errmsg */
	char	   *fix;			/* the statement that cures it */
} CormProblem;

typedef struct CormReport
{
	List	   *problems;		/* of CormProblem * */
	List	   *renamed;		/* of CormNewName *: models to be renamed */
	List	   *unregistered;	/* OIDs of tables that are to be models again */
} CormReport;

extern void CormReportProblem(CormReport *report, CormSeverity severity,
							  char *object, char *problem, char *fix);

/*
 * The model's name in a fix.  Where two tables claim one name, one of them gets
 * another by a fix that comes first: this one then.
 */
extern void CormReportNewName(CormReport *report, Oid relid, char *name);
extern bool CormReportIsRenamed(const CormReport *report, Oid relid);
extern char *CormReportModelName(const CormReport *report,
								 const CormModel *model);

/* A table that shall become a model (again), which is one fix for it all. */
extern void CormReportUnregistered(CormReport *report, Oid relid,
								   CormSeverity severity, char *problem);

/* Errors first, then by object; what is found twice stands there once. */
extern List *CormReportSorted(const CormReport *report);

/* A name for a model that no table of the schema has; *n counts attempts. */
extern char *CormFreeModelName(Oid schema, const char *base, int *n);

/* May the table not be a model, although it has a row? */
extern bool CormIsMisfit(Oid relid);

#endif							/* CORM_CHECK_REPORT_H */
