/*-------------------------------------------------------------------------
 *
 * accessor.h
 *	  Functions that stand for relations: what becomes of them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ACCESSOR_H
#define CORM_ACCESSOR_H

#include "accessor_facts.h"
#include "catalog_row.h"
#include "graph.h"

/* Does it do what the relation says?  In whatever schema, inlined or not. */
extern bool CormAccessorFits(const CormAccessor *accessor,
							 const CormRelation *relation);

/* "DROP FUNCTION ...;" */
extern char *CormDropAccessorSql(const CormAccessor *accessor);

/*
 * For definitions: the accessor of a relation that is to be forgotten, in one
 * direction or both, or gets another name.  None is no error.  One that is not
 * the current user's stays as it is, with a warning; the server raises 2BP01
 * when something needs what is to be dropped, 42723 and 42622 when the new
 * name will not do.  A NULL name stands for no relation.
 */
extern void CormDropAccessor(Oid relid, const char *name);
extern void CormDropAccessorsOfRow(const CormRelationRow *row);
extern void CormRenameAccessor(Oid relid, const char *name,
							   const char *new_name);

/*
 * For event triggers: drops those of a relation whose table or column is gone,
 * with a notice.  Runs no SQL, waits for nobody and raises nothing; one that
 * cannot be dropped stays, with a warning.
 */
extern void CormFollowDropAccessors(const CormRelationRow *row);

#endif							/* CORM_ACCESSOR_H */
