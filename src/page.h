/*-------------------------------------------------------------------------
 *
 * page.h
 *	  Pages of a queryset: the rows behind or ahead of a place in its order.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PAGE_H
#define CORM_PAGE_H

#include "resolve.h"

/* How many rows a page has that nobody gave a size. */
#define CORM_PAGE_SIZE 20

/* A key of the order. */
typedef struct CormPageKey
{
	CormValue  *value;			/* as conditions name it */
	Oid			type;			/* never a domain */
	int			target;			/* index into the select's targets */
	bool		descending;
	bool		nulls_last;
	bool		never_null;
} CormPageKey;

/* A place in the order: for each key the number of a parameter, 0 for null. */
typedef struct CormPosition
{
	int		   *params;
} CormPosition;

typedef struct CormPage
{
	CormSelect *select;			/* the page's rows, and one more if there is */
	int64		size;
	int64		skipped;		/* rows of the queryset before the page */
	bool		backward;		/* the rows come in reverse order */
	CormPosition *after;		/* or NULL */
	CormPosition *before;		/* or NULL */

	uint64		order;			/* for cursors: a number for the order */
	int			nkeys;
	CormPageKey *keys;
	List	   *where;			/* the queryset's own conditions */
} CormPage;

/*
 * The page that begins behind the cursor "after", ends ahead of the cursor
 * "before", or both; either may be NULL.  Raises what CormResolve raises, 42P16
 * for a model without a key, 22023 for distinct and for a bad cursor.
 */
extern CormPage *CormResolvePage(const CormRequest *request, const CormModel *fallback,
								 const char *after, const char *before, int64 size);

/*
 * The nearest row of the queryset that stands in a place of the order or ahead
 * of it (behind it); without a position the last row (the first).
 */
extern CormSelect *CormNearestAhead(const CormPage *page, const CormPosition *position);
extern CormSelect *CormNearestBehind(const CormPage *page, const CormPosition *position);

/* The cursor of a row, given the value of each key. */
extern char *CormPageCursor(const CormPage *page, const Datum *values, const bool *nulls);

#endif							/* CORM_PAGE_H */
