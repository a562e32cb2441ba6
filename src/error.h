/*-------------------------------------------------------------------------
 *
 * error.h
 *	  Helpers for messages that several modules word alike.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ERROR_H
#define CORM_ERROR_H

#include "nodes/pg_list.h"

/*
 * A line of CONTEXT for whatever is raised between push and pop: "loading
 * Post.comments", or without a detail "loading Post".
 */
typedef struct CormErrorFrame
{
	ErrorContextCallback callback;
	const char *activity;		/* "loading", "writing" ... */
	const char *subject;		/* "Post" */
	const char *detail;			/* "comments", or NULL */
} CormErrorFrame;

extern void CormErrorPush(CormErrorFrame *frame, const char *activity,
						  const char *subject, const char *detail);
extern void CormErrorPop(CormErrorFrame *frame);

/*
 * The same for one of many rows: "reading [17].author", for as long as "row" is
 * not negative.  "place" may say otherwise where the row and its key stand; NULL
 * then is a row that is no part of anything.
 */
typedef struct CormRowFrame
{
	ErrorContextCallback callback;
	const char *activity;		/* "reading" */
	int64		row;			/* -1: none in particular */
	const char *key;			/* NULL: the row itself */
	char	   *(*place) (const void *arg, int64 row, const char *key);
	const void *place_arg;
} CormRowFrame;

extern void CormRowFramePush(CormRowFrame *frame, const char *activity);
extern void CormRowFramePop(CormRowFrame *frame);
extern void CormRowFrameContext(const CormRowFrame *frame);

/* The candidate (char *) that "wrong" probably meant, or NULL. */
extern const char *CormClosest(const char *wrong, List *candidates);

/* "a, b, c" of a list of char *, at most sixteen; "none" when empty. */
extern char *CormJoinNames(List *names);

#endif							/* CORM_ERROR_H */
