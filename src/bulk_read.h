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

#include "bulk_member.h"
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

/* The same for an array in the text of JSON.  Raises 22P02. */
extern void CormBulkReadText(CormBulk *bulk, const CormRelation *through, text *document,
							 List *only, JsonbValue **links);

/* Reads the rows of a tree.  "links" as above. */
extern void CormBulkReadTree(CormBulk *bulk, const CormRelation *through,
							 const CormTreeRows *rows, JsonbValue **links);

#endif							/* CORM_BULK_READ_H */
