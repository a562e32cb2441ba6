/*-------------------------------------------------------------------------
 *
 * data.h
 *	  Data to write: what a JSON object sets which column to.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DATA_H
#define CORM_DATA_H

#include "cache.h"
#include "document.h"
#include "source.h"

typedef struct CormAssignment
{
	const CormColumn *column;
	Datum		value;
	bool		isnull;
	const char *key;			/* what in the data says so */
} CormAssignment;

/* Are two values of a column, neither of them null, the same? */
extern bool CormSameValue(const CormColumn *column, Datum a, Datum b);

/*
 * Adds an assignment.  Raises 22023 when the column is set already, to another
 * value.
 */
extern void CormAssign(List **assignments, const CormColumn *column, Datum value,
					   bool isnull, const char *key);

/*
 * Raises 42501 when the request does not permit data to set all that this data
 * sets.  Whoever takes data from a client asks this first.
 */
extern void CormPermitData(const CormRequest *request, const CormSubject *subject,
						   JsonbValue *data);

/* The same for values of the link alone. */
extern void CormPermitLinkValues(const CormRequest *request, const CormSubject *subject,
								 JsonbValue *values);

/*
 * Adds the assignments (CormAssignment *) that an object makes to a model's
 * columns to those that are made already.
 * "through" is the relation by which the rows are reached, or NULL: then a
 * member that bears its through model's name is left in *link_values.
 */
extern List *CormReadData(const CormModel *model, const CormRelation *through, List *assignments,
						  JsonbValue *data, JsonbValue **link_values);

/*
 * Raises 42703 for a name that is no column or to-one relation of the model, nor
 * its link (which may be NULL), with what there is.
 */
pg_noreturn extern void CormUnknownMember(const CormModel *model, const CormModel *link,
										  const char *key);

/* The same where any relation of the model would do. */
pg_noreturn extern void CormUnknownTreeMember(const CormModel *model, const CormModel *link,
											  const char *key);

/* Those that an object makes to the link's own columns. */
extern List *CormReadLinkValues(const CormRelation *relation, JsonbValue *values);

/*
 * The values that a foreign key's columns take to reference the row with a key,
 * in the order of the foreign key and of the types of its referencing columns.
 * When they cannot be found because there is no such row, 23503 is raised or,
 * with missing_ok, NULL returned: nothing can then reference it.
 */
extern Datum *CormReferencingValues(const CormModel *referenced, const CormForeignKey *fk,
									const CormModel *referencing, JsonbValue *key,
									const char *path, bool missing_ok);

/* A model's own key as Datums, in key order and of the columns' types. */
extern Datum *CormKeyValues(const CormModel *model, const JsonbValue *key, const char *path);

/* May this column be set to NULL to take the row off its owner? */
extern bool CormMayDetach(const CormModel *model, const CormColumn *column);

/*
 * The columns (CormColumn *) that are set to NULL to take a row off its owner:
 * those that may be written and be NULL and are no part of the row's own key; of
 * a MATCH FULL foreign key all or none.
 */
extern List *CormDetachColumns(const CormModel *model, const CormForeignKey *fk);

/* Raises 42809 for a relation that no foreign key backs: it is for reading. */
extern void CormRequireWritable(const CormModel *model, const CormRelation *relation);

#endif							/* CORM_DATA_H */
