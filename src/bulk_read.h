/*-------------------------------------------------------------------------
 *
 * bulk_read.h
 *	  Many JSON objects as rows to write.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_BULK_READ_H
#define CORM_BULK_READ_H

#include "bulk.h"
#include "document.h"

/*
 * Columns that names (char *) of columns and to-one relations stand for, of
 * CormColumn *, each once.  Raises 42703 for a name that is neither.
 */
extern List *CormColumnsNamed(const CormModel *model, List *names);

/*
 * Reads the objects of an array of bulk->n elements.  "through" as for
 * CormReadData; then links[row] gets the link values of each row.  Beside the
 * ways of CormReadData a relation may be an object of the columns of a unique
 * key of its target, whose rows are looked up by one statement for all rows.
 * "only" (of CormColumn *), unless NIL, has the columns to take; members that
 * set none of them are passed over.
 */
extern void CormBulkRead(CormBulk *bulk, const CormRelation *through, JsonbValue *array,
						 List *only, JsonbValue **links);

/* Rows of a tree: objects with related rows in them. */
typedef struct CormTreeRows
{
	JsonbValue **objects;		/* by row; NULL: there is nothing to read */

	/*
	 * Takes what an object holds of a relation that is not a mere column of it:
	 * any value for one that leads to rows which point here, or are linked, an
	 * object for the row that is pointed to, or its key where that is not what
	 * the foreign key holds.  False: the value, which may now
	 * be another one, is to be read like others.
	 */
	bool		(*take) (void *arg, int row, const CormRelation *relation, JsonbValue *value);

	/* Takes the value of a member column__expect. */
	void		(*expect) (void *arg, int row, const CormColumn *column, JsonbValue *value);
	void	   *arg;
} CormTreeRows;

/* Reads them.  "links" as above. */
extern void CormBulkReadTree(CormBulk *bulk, const CormRelation *through,
							 const CormTreeRows *rows, JsonbValue **links);

#endif							/* CORM_BULK_READ_H */
