/*-------------------------------------------------------------------------
 *
 * pathtext.h
 *	  Paths as syntax: steps with "__" between them.
 *
 * Which steps there are is known to the catalog alone, for names may hold "__"
 * themselves.  What is said here is about the places where a step may end:
 * every "__" outside of double quotes.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PATHTEXT_H
#define CORM_PATHTEXT_H

#include "nodes/pg_list.h"

/* Where the last step starts, or NULL for a path of one step. */
extern const char *CormPathLastStep(const char *path);

/* The path before the step that starts there. */
extern char *CormPathBefore(const char *path, const char *step);

/* Two paths, one after the other; the first may be empty. */
extern char *CormPathJoin(const char *before, const char *after);

/* A name as a step of a path: in double quotes where they are needed. */
extern char *CormPathQuote(const char *name);

/* Does the path start with these steps, or consist of them? */
extern bool CormPathStartsWith(const char *path, const char *steps);

/* How many steps it has. */
extern int	CormPathSteps(const char *path);

/* "a" and "a__b" of "a__b__c": of char *, shortest first. */
extern List *CormPathLeads(const char *path);

#endif							/* CORM_PATHTEXT_H */
