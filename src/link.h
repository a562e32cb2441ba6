/*-------------------------------------------------------------------------
 *
 * link.h
 *	  The link verbs: add, remove, clear, set and toggle of one owner's relation.
 *
 * Targets are keys as JSON (JsonbValue *).  All functions return the number of
 * links or rows that changed, but for those that toggle one target: whether it is
 * linked then.  For an owner or a target that is not there those that link raise
 * 23503; for those that take off nothing is linked to it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_LINK_H
#define CORM_LINK_H

#include "deparse_write.h"
#include "resolve.h"

/* The relation of one owner. */
typedef struct CormOwned
{
	CormSubject subject;
	JsonbValue *owner;			/* its key */
	const char *label;			/* "Post.categories" */
} CormOwned;

/* Do the relation's rows hold a foreign key to its owner? */
extern bool CormHasChildren(const CormRelation *relation);

/* May the role lock rows of the model's table? */
extern bool CormMayLockRows(const CormModel *model);

/*
 * Locks rows before they are written, in their lock order, and returns how many.
 * A role without the right to that, one that may only delete, then writes them in
 * the order in which the scan finds them.
 */
extern int64 CormLockRows(const CormWriteRows *rows, ParamListInfo params, bool for_delete);

/* Advisory, to the end of the transaction.  Hashes may share a lock. */
extern void CormLockHash(const CormModel *model, uint32 hash);

/*
 * Sets of one owner go one after the other.  Row locks cannot see to that: a
 * set that waited for rows which are then gone holds none, and an owner may have
 * had nothing to begin with; two such sets would wait for each other's new and
 * deleted rows in a circle, or want the same place.  The values are those of the
 * foreign key's columns in the written table.
 */
extern void CormLockOwner(const CormModel *model, int n, const AttrNumber *attnums,
						  const Datum *values);

/* The same for several (Datum *), in an order that all sessions keep to. */
extern void CormLockOwners(const CormModel *model, int n, const AttrNumber *attnums,
						   List *owners);

/* Relations through a link table. */
extern int64 CormLinkAdd(const CormOwned *owned, List *targets, JsonbValue *through);
extern int64 CormLinkRemove(const CormOwned *owned, List *targets, bool all);
extern int64 CormLinkSet(const CormOwned *owned, List *targets, JsonbValue *through);
extern bool CormLinkToggle(const CormOwned *owned, List *targets);

/* Two rows to link, by the values of the link's columns for either. */
typedef struct CormPair
{
	Datum	   *near;
	Datum	   *far;
	JsonbValue *values;			/* of the link's own columns, or NULL */
	bool		new;			/* one of the rows has just been created, so
								 * they are not linked */
} CormPair;

/*
 * Links pairs (CormPair *) of any owners: one statement for all that give the
 * same columns of the link.
 */
extern int64 CormLinkPairs(const CormOwned *owned, List *pairs);

/* Which of the pairs are linked? */
extern bool *CormFindPairs(const CormOwned *owned, List *pairs);

/* Rows that hold a foreign key to the owner. */
extern int64 CormChildrenAdd(const CormOwned *owned, List *targets);
extern int64 CormChildrenRemove(const CormOwned *owned, List *targets, bool all,
								bool delete_children);
extern int64 CormChildrenSet(const CormOwned *owned, List *targets, bool delete_children);
/* Sets the one child of a to-one relation, as add does. */
extern int64 CormChildReplace(const CormOwned *owned, List *targets);
extern bool CormChildToggle(const CormOwned *owned, List *targets);

/* The row that the owner holds a foreign key to; NIL takes it off. */
extern int64 CormReferenceSet(const CormOwned *owned, List *targets);
extern int64 CormReferenceRemove(const CormOwned *owned, List *targets, bool all);
extern bool CormReferenceToggle(const CormOwned *owned, List *targets);

#endif							/* CORM_LINK_H */
