/*-------------------------------------------------------------------------
 *
 * preview.h
 *	  What deleting rows would do to others.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PREVIEW_H
#define CORM_PREVIEW_H

#include "change.h"

/* What would happen to rows of one table. */
typedef struct CormPreviewRow
{
	const char *action;			/* delete, set null, set default, restricted */
	Oid			relid;
	const char *constraint;		/* NULL: rows that are deleted, for whatever
								 * reason */
	int64		rows;
} CormPreviewRow;

/*
 * What the deletion would do, of CormPreviewRow *; the rows it is about first.
 * Reads under the active snapshot and with the rights of the current user, who
 * counts only rows that he may see.
 */
extern List *CormPreviewDelete(const CormWrite *deletion);

#endif							/* CORM_PREVIEW_H */
