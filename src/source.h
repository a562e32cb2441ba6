/*-------------------------------------------------------------------------
 *
 * source.h
 *	  Which rows a request is about: its model or relation, the conditions on
 *	  them, and the slice.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SOURCE_H
#define CORM_SOURCE_H

#include "pathvalue.h"

/* The model a request is about, and the relation through which, if any. */
typedef struct CormSubject
{
	const CormModel *owner;		/* of the relation, or NULL */
	const CormRelation *relation;
	const CormModel *model;		/* of the rows */
} CormSubject;

/* "fallback" is used when the request names no model; it may be NULL. */
extern CormSubject CormResolveSubject(const CormRequest *request,
									  const CormModel *fallback);

/* A statement without tables. */
extern CormSelect *CormMakeSelect(const CormModel *model, const char *label);

/* The tables of a relation's rows: the target, behind its through table. */
extern void CormAddRelationRows(CormSelect *select, const CormRelation *relation,
								const CormRequest *options);

/* A statement over the rows of a request: tables and conditions. */
extern CormSelect *CormSelectRows(const CormRequest *request, const CormSubject *subject);

/* The same within a select that has a scope without tables. */
extern void CormAddSource(CormSelect *select, const CormRequest *request,
						  const CormSubject *subject);

/*
 * The rows of a request as a table of a FROM list.  A slice of them is a
 * subquery, and then the table has no annotations yet.
 */
extern CormTable *CormAddRows(CormSelect *select, CormScope *scope,
							  const CormRequest *request, const CormSubject *subject,
							  CormJoinKind join);

/* The annotations and conditions of options on rows that are there. */
extern void CormRestrict(CormSelect *select, const CormRequest *request);

/*
 * Lets rows through once for each value that distinct names, the first in order
 * of them; targets and order must be known.
 */
extern void CormResolveDistinct(CormSelect *select, const CormRequest *request);

/* Limit and offset; "one_more" row than that tells whether there are more. */
extern void CormAddLimit(CormSelect *select, const CormRequest *request, bool one_more);

#endif							/* CORM_SOURCE_H */
