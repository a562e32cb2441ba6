/*-------------------------------------------------------------------------
 *
 * error.c
 *	  Helpers for messages that several modules word alike.
 *
 * Nothing here reads a catalog or raises by itself, so all of it may be used
 * while another message is being put together.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/varlena.h"

#include "error.h"

/* Longer names are not compared: the distance takes len * len steps. */
#define MAX_COMPARED_LENGTH 255

/* More typing errors than this make another word. */
#define MAX_DISTANCE 3

/* How many names one message may list. */
#define MAX_LISTED_NAMES 16

static void
ErrorFrameCallback(void *arg)
{
	CormErrorFrame *frame = (CormErrorFrame *) arg;

	if (frame->detail)
		errcontext("%s %s.%s", frame->activity, frame->subject, frame->detail);
	else
		errcontext("%s %s", frame->activity, frame->subject);
}

/*
 * Makes "activity subject.detail" a line of CONTEXT of whatever is raised
 * until CormErrorPop.  The strings are not copied: they and the frame must
 * outlive it.  An error unwinds the stack by itself.
 */
void
CormErrorPush(CormErrorFrame *frame, const char *activity,
			  const char *subject, const char *detail)
{
	frame->activity = activity;
	frame->subject = subject;
	frame->detail = detail;
	frame->callback.callback = ErrorFrameCallback;
	frame->callback.arg = frame;
	frame->callback.previous = error_context_stack;
	error_context_stack = &frame->callback;
}

/* Takes the frame off again; frames leave in the reverse of their order. */
void
CormErrorPop(CormErrorFrame *frame)
{
	Assert(error_context_stack == &frame->callback);
	error_context_stack = frame->callback.previous;
}

void
CormRowFrameContext(const CormRowFrame *frame)
{
	char	   *place = NULL;

	if (frame->row < 0)
		return;
	if (frame->place)
		place = frame->place(frame->place_arg, frame->row, frame->key);
	if (place)
		errcontext("%s %s", frame->activity, place);
	else if (frame->place)
		return;
	else if (frame->key)
		errcontext("%s [" INT64_FORMAT "].%s", frame->activity, frame->row, frame->key);
	else
		errcontext("%s [" INT64_FORMAT "]", frame->activity, frame->row);
}

static void
RowFrameCallback(void *arg)
{
	CormRowFrameContext(arg);
}

void
CormRowFramePush(CormRowFrame *frame, const char *activity)
{
	frame->activity = activity;
	frame->row = -1;
	frame->key = NULL;
	frame->place = NULL;
	frame->callback.callback = RowFrameCallback;
	frame->callback.arg = frame;
	frame->callback.previous = error_context_stack;
	error_context_stack = &frame->callback;
}

void
CormRowFramePop(CormRowFrame *frame)
{
	Assert(error_context_stack == &frame->callback);
	error_context_stack = frame->callback.previous;
}

/*
 * Returns the candidate (char *) that is closest to "wrong", or NULL when none
 * is near enough to be what was meant.  Letter case does not count as a
 * difference; among equally close ones the first wins.  The result is the
 * candidate itself, not a copy.
 */
const char *
CormClosest(const char *wrong, List *candidates)
{
	const char *best = NULL;
	int			length = strlen(wrong);
	int			limit = Min(MAX_DISTANCE, length / 2);
	char	   *folded;
	ListCell   *cell;

	if (length > MAX_COMPARED_LENGTH)
		return NULL;
	folded = asc_tolower(wrong, length);

	foreach(cell, candidates)
	{
		const char *candidate = lfirst(cell);
		int			candidate_length = strlen(candidate);
		char	   *candidate_folded;
		int			distance;

		if (candidate_length > MAX_COMPARED_LENGTH)
			continue;
		candidate_folded = asc_tolower(candidate, candidate_length);
		distance = varstr_levenshtein_less_equal(folded, length,
												 candidate_folded,
												 candidate_length,
												 1, 1, 1, limit, true);
		pfree(candidate_folded);
		if (distance > limit)
			continue;
		best = candidate;
		if (distance == 0)
			break;
		limit = distance - 1;
	}

	pfree(folded);
	return best;
}

/*
 * Returns "a, b, c" of a list of char *, cut after sixteen, or "none" for an
 * empty list.  Allocated in the current context.
 */
char *
CormJoinNames(List *names)
{
	StringInfoData text;
	ListCell   *cell;

	if (names == NIL)
		return pstrdup("none");

	initStringInfo(&text);
	foreach(cell, names)
	{
		int			position = foreach_current_index(cell);

		if (position > 0)
			appendStringInfoString(&text, ", ");
		if (position == MAX_LISTED_NAMES)
		{
			appendStringInfo(&text, "and %d more",
							 list_length(names) - position);
			break;
		}
		appendStringInfoString(&text, lfirst(cell));
	}
	return text.data;
}
