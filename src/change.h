/*-------------------------------------------------------------------------
 *
 * change.h
 *	  Statements that change or delete the rows of a queryset.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CHANGE_H
#define CORM_CHANGE_H

#include "nodes/params.h"

#include "data.h"
#include "source.h"

typedef enum CormChangeKind
{
	CORM_CHANGE_VALUE,			/* $n */
	CORM_CHANGE_PATH,			/* what a path of the row leads to */
	CORM_CHANGE_OPERATOR,		/* column operator $n */
	CORM_CHANGE_BEFORE,			/* $n operator column */
	CORM_CHANGE_CALL,			/* function(column, $n) */
	CORM_CHANGE_CALL_BEFORE,	/* function($n, column) */
	CORM_CHANGE_PLACE			/* jsonb_set(column, $m, $n) */
} CormChangeKind;

/* What becomes of one column. */
typedef struct CormChange
{
	CormChangeKind kind;
	const CormColumn *column;
	const char *function;		/* or operator, in pg_catalog */
	int			param;			/* n */
	int			place;			/* m */
	CormValue  *value;			/* of PATH */
	CormScope  *scope;			/* its subquery, or NULL */
} CormChange;

/* One statement that writes. */
typedef struct CormWrite
{
	CormSelect *select;			/* which rows, and the parameters */
	CormTable  *table;			/* the one that is written */
	List	   *changes;		/* of CormChange *; NIL: the rows are deleted */
	CormSelect *returning;		/* or NULL */
	struct CormWrite *beside;	/* written by the same statement, or NULL */
	Bitmapset  *nulls;			/* parameters that are NULL */
} CormWrite;

/* The data of an update, taken apart. */
typedef struct CormUpdateData
{
	List	   *assignments;	/* of CormAssignment *: values */
	List	   *link_assignments;	/* the same for the link's columns */
	List	   *computed;		/* of CormComputed *: see change.c */
	JsonbValue *expected;		/* a filter object, or NULL */
} CormUpdateData;

/*
 * Reads an update's data.  Raises 42703 for unknown members, 22023 for two that
 * set one column and for values that do not fit.
 */
extern CormUpdateData *CormReadUpdateData(const CormSubject *subject, JsonbValue *data);

extern bool CormChangesRows(const CormUpdateData *data);

/*
 * The statement that makes the changes in the rows of a request; without data
 * the one that deletes them.  Locks every table that it reads; raises what
 * CormResolve raises.
 */
extern CormWrite *CormResolveWrite(const CormRequest *request, const CormUpdateData *data);

/* Lets the statement return what the request prints of the written row. */
extern void CormWriteReturning(CormWrite *write, const CormRequest *request);

extern ParamListInfo CormWriteParams(const CormWrite *write);

#endif							/* CORM_CHANGE_H */
