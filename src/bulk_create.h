/*-------------------------------------------------------------------------
 *
 * bulk_create.h
 *	  Creating rows of a model, or through the relation of an owner.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_BULK_CREATE_H
#define CORM_BULK_CREATE_H

#include "bulk.h"
#include "data.h"
#include "link.h"

typedef struct CormNewRows
{
	CormBulk   *bulk;
	JsonbValue **links;			/* by row: link values, or NULL */
} CormNewRows;

/* Gives every row what assignments (CormAssignment *) say. */
extern void CormGiveAll(CormBulk *bulk, List *assignments);

/*
 * Inserts the rows, of which there must be one at least, and links those that
 * were written to the owner.  The sink is told of each row in turn, unless the
 * request has an empty field list.  Returns how many were written.
 */
extern int64 CormCreateRows(CormRequest *request, const CormOwned *owned, CormNewRows *rows,
							const CormConflict *conflict, CormRowSink sink, void *arg);

#endif							/* CORM_BULK_CREATE_H */
