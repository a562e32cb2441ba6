/*-------------------------------------------------------------------------
 *
 * path.h
 *	  Paths: what the names in them mean.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PATH_H
#define CORM_PATH_H

#include "compat.h"
#include "plantree.h"

/* ---------- steps ---------- */

/* What the next step of a path turned out to be. */
typedef enum CormStepKind
{
	CORM_STEP_END,				/* nothing is left */
	CORM_STEP_COLUMN,
	CORM_STEP_RELATION,
	CORM_STEP_THROUGH,			/* the link row that leads to this table */
	CORM_STEP_PK,
	CORM_STEP_OTHER				/* none of these: a lookup, or a mistake */
} CormStepKind;

typedef struct CormStep
{
	CormStepKind kind;
	const CormColumn *column;
	const CormRelation *relation;
	const char *rest;			/* what follows, "" at the end */
} CormStep;

/*
 * The next step of a path from a model.  "reached_by" is the many-to-many by
 * which the path came to the model, or NULL: its through model's name is a step
 * too.  Names point into the cache, "rest" into the path.  Raises 42702 when a
 * column shadows a relation, 42704 when the relation cannot be used.
 */
extern CormStep CormNextStep(const CormModel *model,
							 const CormRelation *reached_by, const char *path);

/* ---------- whole paths ---------- */

/* A step from a model to a model. */
typedef struct CormPathStep
{
	const CormRelation *relation;	/* NULL: the link row that led here */
	bool		closure;		/* in any number of steps, one at least */
	const CormModel *model;		/* where it leads */
} CormPathStep;

typedef enum CormPathEnd
{
	CORM_END_RELATION,			/* where the steps lead, or the model itself */
	CORM_END_COLUMN,
	CORM_END_KEY,
	CORM_END_ANNOTATION
} CormPathEnd;

typedef struct CormPath
{
	const char *text;			/* the whole path, for messages */
	List	   *steps;			/* of CormPathStep * */
	const char *behind;			/* what the text has behind them */
	bool		to_many;		/* one of them may lead to several rows */
	CormPathEnd end;
	const CormModel *model;		/* where the steps lead */
	const CormColumn *column;	/* of COLUMN */
	const CormRelation *relation;	/* of COLUMN: the to-one of its name */
	CormValue  *annotation;		/* of ANNOTATION */
	const char *rest;			/* what follows, "" at the end */
} CormPath;

/*
 * Reads a path from a model.  "reached_by" as for CormNextStep; "annotations"
 * (CormNamedValue *) are names that it may start with.  Raises 42703 when the
 * path does not start with a name of the model, or ends at a link row.
 */
extern CormPath *CormReadPath(const CormModel *model, const CormRelation *reached_by,
							  List *annotations, const char *path);

/* The part of the path's text that its steps are, "" if it has none. */
extern char *CormPathStepsText(const CormPath *path);

/* Raises 42703 or 22023 for what is left of a path where nothing may follow. */
pg_noreturn extern void CormUnknownRest(const CormPath *path);

/* Raises 42703: the path has a value, and goes on with "rest". */
pg_noreturn extern void CormNothingFollowsValue(const char *rest, const char *path);

/*
 * Takes the next word off the rest of a path, up to a "__" outside of double
 * quotes.  Returns it unquoted; "quoted" may be NULL.
 */
extern char *CormTakeWord(const char **rest, bool *quoted);

/* The same, but the word stays where it is. */
extern char *CormPeekWord(const char *rest, bool *quoted);

/* ---------- what must be there ---------- */

/* Raises 42704 when the target is no longer a model. */
extern const CormModel *CormRelationTarget(const CormRelation *relation);

/* Raises 42704 when the relation's constraint or table is gone. */
extern void CormRequireWhole(const CormModel *model,
							 const CormRelation *relation);

/* The relation of that name; raises 42703 when the model has none. */
extern const CormRelation *CormRequireRelation(const CormModel *model,
											   const char *name);

/* Raises 42P16 for a model "has no primary key, which" why. */
extern void CormRequireKey(const CormModel *model, const char *why);

/* Raises 42703: the model has nothing of the name that "rest" begins with. */
pg_noreturn extern void CormUnknownName(const CormModel *model,
										const char *rest, const char *path);

/* Raises 42703: "step" is a column, and the path goes on. */
pg_noreturn extern void CormNothingFollows(const CormModel *model,
										   const CormStep *step,
										   const char *path);

/* May the current role read the column?  Hints name nothing else. */
extern bool CormRoleMayRead(const CormModel *model, AttrNumber attnum);

#endif							/* CORM_PATH_H */
