/*-------------------------------------------------------------------------
 *
 * define_schema.h
 *	  Making a database what a document of models says.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEFINE_SCHEMA_H
#define CORM_DEFINE_SCHEMA_H

#include "nodes/pg_list.h"

/* One thing that was done. */
typedef struct CormDefineStep
{
	char	   *action;			/* "create table", "register" ... */
	char	   *object;			/* "Post", or "Post.title" */
	char	   *sql;			/* what did it, or would do the same */
} CormDefineStep;

/*
 * Adds what is missing and returns the steps, of CormDefineStep *; with dry_run
 * takes all of it back before returning.  Raises, changing nothing, when
 * something that is there differs.
 */
extern List *CormDefineSchema(char *json, bool dry_run);

#endif							/* CORM_DEFINE_SCHEMA_H */
