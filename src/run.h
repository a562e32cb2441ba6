/*-------------------------------------------------------------------------
 *
 * run.h
 *	  The state of a run, which assemble.c pushes and pull.c pulls: their business.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_RUN_H
#define CORM_RUN_H

#include "tcop/dest.h"
#include "utils/resowner.h"

#include "level.h"

/* Takes one finished document; it is overwritten afterwards. */
typedef void (*CormSink) (void *arg, StringInfo document);

/* So many bytes of documents that are whole are pulled at once, or one of them. */
#define CORM_PULLED_AT_ONCE (128 * 1024)

/* A pulled document that is whole: among others in a buffer, or by itself. */
typedef struct CormWhole
{
	int			start;
	text	   *apart;			/* or NULL */
} CormWhole;

/*
 * Sees the row of a root as it comes; false leaves it out.  "columns" says where the
 * slot has each target of the select.
 */
typedef bool (*CormObserver) (void *arg, TupleTableSlot *slot, const int *columns);

typedef struct CormRun
{
	MemoryContext context;
	MemoryContext batch;
	MemoryContext row;			/* scratch memory of one row's rendering */
	bool		read_only;
	int64		stop;			/* the roots' statement after so many; -1: do not */
	ResourceOwner owner;		/* of what the scans hold */
	CormLevel  *root;
	StringInfoData scratch;		/* one row, or one document, or some */

	/* of a pulled run */
	char	   *portal;			/* its name, or NULL once it is closed */
	int			next;			/* row of the batch to return next */
	long		pulled;			/* rows of all batches so far */
	CormWhole  *whole;			/* documents that are, in "scratch" or apart */
	int			nwhole;			/* how many there are */
	int64		nbytes;			/* ... and how long they are together */

	CormTally	tally;
	CormObserver observer;		/* or NULL */
	void	   *observer_arg;
	int		   *observed;		/* where a root's slot has each target */
} CormRun;

typedef struct CormReceiver
{
	DestReceiver pub;
	CormRun    *run;
	CormLevel  *level;
	CormSink	sink;			/* of a pushed root: takes what is complete */
	void	   *arg;
	bool		whole;			/* each row is a document, as nothing else is fetched */
	int64		nwhole;
} CormReceiver;

/* The statement that the roots are read by; run->stop receives where to stop. */
extern char *CormRootStatement(CormRun *run);

/* Sets up a receiver of a level's rows. */
extern void CormInitReceiver(CormReceiver *receiver, CormRun *run, CormLevel *level);

/* So many of the rows that scans have found, or the rest of them. */
extern void CormReceiveRoots(CormReceiver *receiver, long rows);

/* Forgets the rows of all levels. */
extern void CormStartBatch(CormRun *run);

/* What statements bring below the rows of a level. */
extern void CormFetchChildren(CormRun *run, CormLevel *parent);

/* A document as a value: leaves room for its header, aligned as one ... */
static inline void
CormBeginText(StringInfo buf)
{
	int			start = INTALIGN(buf->len);

	enlargeStringInfo(buf, start - buf->len + VARHDRSZ);
	buf->len = start + VARHDRSZ;
}

/* ... and fills it in. */
static inline text *
CormEndText(StringInfo buf, int start)
{
	text	   *result = (text *) (buf->data + start);

	SET_VARSIZE(result, buf->len - start);
	return result;
}

#endif							/* CORM_RUN_H */
