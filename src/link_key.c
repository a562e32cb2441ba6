/*-------------------------------------------------------------------------
 *
 * link_key.c
 *	  Link verbs of relations that are a foreign key: the owner's children,
 *	  and the row that the owner itself points to.
 *
 * Linking a child moves it from whatever owner it had; taking it off sets the
 * foreign key to NULL, as far as its columns allow that, or deletes the child
 * when that is asked for.  No constraint fires for a child that does not exist,
 * so its existence is checked here.
 *
 * Several children are locked in key order before they are changed, and sets of
 * one owner go one after the other.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/fmgrprotos.h"

#include "data.h"
#include "error.h"
#include "link.h"
#include "rowset.h"
#include "scope.h"
#include "shared.h"

/* Advisory locks of a table: 4096. */
#define LOCK_BITS 12

/* Rows of one table whose foreign key is to be set, with their parameters. */
typedef struct Referencing
{
	const CormModel *model;		/* holds the foreign key */
	const CormForeignKey *fk;
	const char *label;
	Datum	   *values;			/* of the foreign key's columns, or NULL */
} Referencing;

bool
CormHasChildren(const CormRelation *relation)
{
	return relation->reverse && !OidIsValid(relation->through);
}

bool
CormMayLockRows(const CormModel *model)
{
	return pg_class_aclcheck(model->relid, GetUserId(), ACL_UPDATE) == ACLCHECK_OK ||
		pg_attribute_aclcheck_all(model->relid, GetUserId(), ACL_UPDATE,
								  ACLMASK_ANY) == ACLCHECK_OK;
}

int64
CormLockRows(const CormWriteRows *rows, ParamListInfo params, bool for_delete)
{
	if (!CormMayLockRows(rows->model))
		return 0;
	return CormExecute(rows->label, CormDeparseLock(rows, for_delete), params, false, NULL);
}

/*
 * The high bits alone: whoever locks in order of hashes does so in order of them,
 * and a call for very many rows does not fill the server's table of locks.
 */
void
CormLockHash(const CormModel *model, uint32 hash)
{
	(void) DirectFunctionCall2(pg_advisory_xact_lock_int4,
							   Int32GetDatum((int32) model->relid),
							   Int32GetDatum((int32) (hash >> (32 - LOCK_BITS))));
}

static uint32
HashOwner(const CormModel *model, int n, const AttrNumber *attnums, const Datum *values)
{
	return hash_combine(CormHashKey(model, n, attnums, values), attnums[0]);
}

void
CormLockOwner(const CormModel *model, int n, const AttrNumber *attnums, const Datum *values)
{
	CormLockHash(model, HashOwner(model, n, attnums, values));
}

void
CormLockOwners(const CormModel *model, int n, const AttrNumber *attnums, List *owners)
{
	List	   *hashes = NIL;
	ListCell   *lc;

	foreach(lc, owners)
		hashes = lappend_oid(hashes, HashOwner(model, n, attnums, lfirst(lc)));
	list_sort(hashes, list_oid_cmp);
	foreach(lc, hashes)
		CormLockHash(model, lfirst_oid(lc));
}

/*
 * False, with missing_ok, when there is no owner that children could have.
 */
static bool
InitChildren(Referencing *children, const CormOwned *owned, bool missing_ok)
{
	children->model = owned->subject.model;
	CormCheckSchemaUsage(children->model);
	children->fk = owned->subject.relation->fk;
	children->label = owned->label;
	children->values = CormReferencingValues(owned->subject.owner, children->fk,
											 children->model, owned->owner, owned->label,
											 missing_ok);
	return children->values != NULL;
}

/*
 * The keys of targets, sorted and each once.
 */
static List *
TargetKeys(const CormModel *model, List *targets, const char *label)
{
	List	   *keys = NIL;
	CormRowFrame frame;
	ListCell   *lc;

	CormRowFramePush(&frame, "reading");
	foreach(lc, targets)
	{
		if (list_length(targets) > 1)
			frame.row = foreach_current_index(lc);
		keys = lappend(keys, CormKeyValues(model, lfirst(lc), label));
	}
	CormRowFramePop(&frame);
	return CormSortKeys(model, model->nkey, model->key, keys);
}

/*
 * Rows by the foreign key's values, by their own keys, or by both.
 */
static void
SelectRows(const Referencing *set, List *keys, CormKeyTest test, bool with_fixed,
		   CormValues *values, CormWriteRows *rows)
{
	memset(rows, 0, sizeof(*rows));
	rows->model = set->model;
	rows->label = set->label;
	rows->test = test;
	if (with_fixed)
		rows->fixed = CormPlainValues(values, set->model, set->fk->nkeys,
									  set->fk->fk_attnums, set->values);
	if (test != CORM_KEYS_ALL)
		rows->keys = CormKeyArrays(values, set->model, set->model->nkey,
								   set->model->key, keys);
	for (int i = 0; i < set->model->nkey; i++)
		rows->lock_order = lappend(rows->lock_order,
								   unconstify(CormColumn *,
											  CormColumnByNumber(set->model,
																 set->model->key[i])));
}

static void
LockReferencing(const Referencing *set, List *keys, CormKeyTest test, bool with_fixed,
				bool for_delete)
{
	CormValues	values = {NIL};
	CormWriteRows rows;

	SelectRows(set, keys, test, with_fixed, &values, &rows);
	(void) CormLockRows(&rows, CormValueParams(&values), for_delete);
}

/*
 * How many of the rows are there; with "with_fixed", linked.
 */
static int64
CountRows(const Referencing *set, List *keys, bool with_fixed)
{
	CormValues	values = {NIL};
	CormWriteRows rows;

	SelectRows(set, keys, CORM_KEYS_IN, with_fixed, &values, &rows);
	return DatumGetInt64(CormExecuteScalar(set->label, CormDeparseRowCount(&rows),
										   CormValueParams(&values), false));
}

/*
 * Raises 23503 unless every one of the rows is there.
 */
static void
RequireRows(const Referencing *set, List *keys)
{
	int64		found = CountRows(set, keys, false);

	if (found < list_length(keys))
		ereport(ERROR,
				(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
				 list_length(keys) == 1 ?
				 errmsg("the %s to be linked by \"%s\" does not exist",
						CormModelDisplayName(set->model), set->label) :
				 errmsg("%d of the %d rows of %s to be linked by \"%s\" do not exist",
						list_length(keys) - (int) found, list_length(keys),
						CormModelDisplayName(set->model), set->label)));
}

/* ---------- columns that belong to something else too ---------- */

/*
 * A row that is linked stays the row that it is, if it is there at all.
 */
static void
RequireOwnKeys(const Referencing *set, List *keys)
{
	const CormModel *model = set->model;
	const CormForeignKey *fk = set->fk;
	ListCell   *lc;

	for (int i = 0; i < fk->nkeys; i++)
		for (int part = 0; part < model->nkey; part++)
			foreach(lc, model->key[part] == fk->fk_attnums[i] ? keys : NIL)
			{
				if (CormCompareKeys(model, 1, &model->key[part], &((Datum *) lfirst(lc))[part],
									&set->values[i]) == 0)
					continue;
				RequireRows(set, keys);
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("\"%s\" and the key of the row give column \"%s\" different values",
								set->label, CormColumnByNumber(model, model->key[part])->name),
						 errdetail("The column is part of the foreign key and of the key of model \"%s\".",
								   CormModelDisplayName(model))));
			}
}

/*
 * What another relation of the rows holds is not to become something else.
 */
static void
RequireOtherRelation(const Referencing *set, List *keys, const CormRelation *relation)
{
	CormValues	values = {NIL};
	CormWriteRows rows;

	SelectRows(set, keys, CORM_KEYS_IN, false, &values, &rows);
	for (int i = 0; i < set->fk->nkeys; i++)
		if (CormHasForeignColumn(relation->fk, set->fk->fk_attnums[i]))
			rows.differing = list_concat(rows.differing,
										 CormPlainValues(&values, set->model, 1,
														 &set->fk->fk_attnums[i],
														 &set->values[i]));
	for (int i = 0; i < relation->fk->nkeys; i++)
		rows.filled = lappend(rows.filled,
							  unconstify(CormColumn *,
										 CormColumnByNumber(set->model,
															relation->fk->fk_attnums[i])));
	if (DatumGetInt64(CormExecuteScalar(set->label, CormDeparseRowCount(&rows),
										CormValueParams(&values), false)) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" and \"%s.%s\" give column \"%s\" different values",
						set->label, CormModelDisplayName(set->model), relation->name,
						((CormColumnValue *) linitial(rows.differing))->column->name),
				 errdetail("The column is part of both foreign keys."),
				 CormDetachColumns(set->model, relation->fk) != NIL ?
				 errhint("Set both by one corm.update(), or clear \"%s\" before.",
						 relation->name) :
				 errhint("Set both by one corm.update().")));
}

static void
RequireOthers(const Referencing *set, List *keys)
{
	ListCell   *lc;

	RequireOwnKeys(set, keys);
	foreach(lc, CormRelationsOf(set->model))
	{
		const CormRelation *relation = lfirst(lc);

		if (CormHoldsReference(relation) && CormSharesColumn(set->fk, relation->fk))
			RequireOtherRelation(set, keys, relation);
	}
}

/*
 * Sets the foreign key of rows, where it is not so already.  Rows that are not
 * there are an error; several are locked by the caller, so that none of them
 * goes away after it was seen.
 */
static int64
Point(const Referencing *set, List *keys)
{
	CormValues	values = {NIL};
	CormWriteRows rows;
	List	   *assigned;
	int64		changed;

	RequireOthers(set, keys);
	SelectRows(set, keys, CORM_KEYS_IN, false, &values, &rows);
	assigned = CormPlainValues(&values, set->model, set->fk->nkeys,
							   set->fk->fk_attnums, set->values);
	rows.differing = assigned;
	changed = CormExecute(set->label, CormDeparseUpdate(&rows, assigned),
						  CormValueParams(&values), false, NULL);
	if (changed < list_length(keys))
		RequireRows(set, keys);
	return changed;
}

/*
 * The column that keeps the foreign key from being set to NULL.
 */
static const char *
FixedColumn(const Referencing *set)
{
	const CormColumn *column = NULL;

	for (int i = 0; i < set->fk->nkeys; i++)
	{
		column = CormColumnByNumber(set->model, set->fk->fk_attnums[i]);
		if (!CormMayDetach(set->model, column))
			break;
	}
	return column->name;
}

/* How rows that cannot be detached may go nevertheless. */
#define HINT_DELETE "delete_children => true deletes the rows instead."
#define HINT_SET "corm.set(q, target, delete_children => true) deletes the row that is there."
#define HINT_REMOVE "corm.remove(q, target, delete_children => true) deletes the row instead."

/*
 * "hint" is for children; an owner cannot be deleted by its relation.
 */
static void
CannotDetach(const Referencing *set, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NOT_NULL_VIOLATION),
			 hint ?
			 errmsg("a %s cannot be taken off by \"%s\"",
					CormModelDisplayName(set->model), set->label) :
			 errmsg("\"%s\" cannot be left without a row", set->label),
			 errdetail("Foreign key column \"%s\" of model \"%s\" cannot be set to null.",
					   FixedColumn(set), CormModelDisplayName(set->model)),
			 hint ? errhint("%s", hint) : 0));
}

/*
 * Takes rows off the owner: those with the given keys, all others, or all.
 */
static int64
Detach(const Referencing *set, List *keys, CormKeyTest test, bool delete_children,
	   const char *hint)
{
	CormValues	values = {NIL};
	CormWriteRows rows;
	List	   *assigned = NIL;
	ListCell   *lc;

	SelectRows(set, keys, test, true, &values, &rows);
	if (delete_children)
		return CormExecute(set->label, CormDeparseDelete(&rows), CormValueParams(&values),
						   false, NULL);

	foreach(lc, CormDetachColumns(set->model, set->fk))
		assigned = lappend(assigned, CormPlainValue(&values, lfirst(lc), (Datum) 0, true));
	if (assigned != NIL)
		return CormExecute(set->label, CormDeparseUpdate(&rows, assigned),
						   CormValueParams(&values), false, NULL);
	if (DatumGetInt64(CormExecuteScalar(set->label, CormDeparseRowCount(&rows),
										CormValueParams(&values), false)) > 0)
		CannotDetach(set, hint);
	return 0;
}

/* ---------- children ---------- */

int64
CormChildrenAdd(const CormOwned *owned, List *targets)
{
	Referencing children;
	List	   *keys;

	(void) InitChildren(&children, owned, false);
	keys = TargetKeys(children.model, targets, owned->label);
	if (list_length(keys) > 1)
		LockReferencing(&children, keys, CORM_KEYS_IN, false, false);
	return Point(&children, keys);
}

int64
CormChildrenRemove(const CormOwned *owned, List *targets, bool all, bool delete_children)
{
	Referencing children;
	CormKeyTest test = all ? CORM_KEYS_ALL : CORM_KEYS_IN;
	List	   *keys;

	if (!InitChildren(&children, owned, true))
		return 0;
	keys = TargetKeys(children.model, targets, owned->label);
	if (all || list_length(keys) > 1)
		LockReferencing(&children, keys, test, true, delete_children);
	return Detach(&children, keys, test, delete_children, HINT_DELETE);
}

static int64
SetChildren(const CormOwned *owned, List *targets, bool delete_children, const char *hint)
{
	Referencing children;
	List	   *keys;
	int64		changed;

	if (!InitChildren(&children, owned, targets == NIL))
		return 0;
	CormRequireKey(children.model, "linking its rows needs");
	keys = TargetKeys(children.model, targets, owned->label);
	CormLockOwner(children.model, children.fk->nkeys, children.fk->fk_attnums, children.values);
	LockReferencing(&children, keys, CORM_KEYS_OR_FIXED, true, delete_children);
	changed = Detach(&children, keys, CORM_KEYS_NOT_IN, delete_children, hint);
	return keys == NIL ? changed : changed + Point(&children, keys);
}

int64
CormChildrenSet(const CormOwned *owned, List *targets, bool delete_children)
{
	return SetChildren(owned, targets, delete_children, HINT_DELETE);
}

int64
CormChildReplace(const CormOwned *owned, List *targets)
{
	return SetChildren(owned, targets, false, HINT_SET);
}

/*
 * The lock keeps the child as it is seen.  Where it is to replace another one,
 * sets of the owner wait too, for that other may be one that nobody sees yet.
 */
bool
CormChildToggle(const CormOwned *owned, List *targets)
{
	Referencing children;
	List	   *keys;

	(void) InitChildren(&children, owned, false);
	keys = TargetKeys(children.model, targets, owned->label);
	if (!owned->subject.relation->to_many)
		CormLockOwner(children.model, children.fk->nkeys, children.fk->fk_attnums,
					  children.values);
	LockReferencing(&children, keys, CORM_KEYS_IN, false, false);
	if (CountRows(&children, keys, true) > 0)
		return Detach(&children, keys, CORM_KEYS_IN, false, HINT_REMOVE) == 0;
	if (owned->subject.relation->to_many)
		return Point(&children, keys) > 0;
	(void) CormChildReplace(owned, targets);
	return CountRows(&children, keys, true) > 0;
}

/* ---------- the row that the owner points to ---------- */

/*
 * False, with missing_ok, when there is no such target to point to.
 */
static bool
InitReference(Referencing *reference, const CormOwned *owned, List *targets, bool missing_ok)
{
	reference->model = owned->subject.owner;
	CormCheckSchemaUsage(reference->model);
	reference->fk = owned->subject.relation->fk;
	reference->label = owned->label;
	reference->values = NULL;
	if (targets == NIL)
		return true;
	reference->values = CormReferencingValues(owned->subject.model, reference->fk,
											  reference->model, linitial(targets),
											  owned->label, missing_ok);
	return reference->values != NULL;
}

static List *
OwnKey(const CormOwned *owned)
{
	return list_make1(CormKeyValues(owned->subject.owner, owned->owner, owned->label));
}

/*
 * Sets the owner's foreign key to NULL, as far as it can be.
 */
static int64
Unpoint(const CormOwned *owned)
{
	Referencing owner;
	CormValues	values = {NIL};
	CormWriteRows rows;
	List	   *assigned = NIL;
	ListCell   *lc;

	(void) InitReference(&owner, owned, NIL, false);
	SelectRows(&owner, OwnKey(owned), CORM_KEYS_IN, false, &values, &rows);
	foreach(lc, CormDetachColumns(owner.model, owner.fk))
		assigned = lappend(assigned, CormPlainValue(&values, lfirst(lc), (Datum) 0, true));
	if (assigned == NIL)
		CannotDetach(&owner, NULL);
	rows.differing = assigned;
	return CormExecute(owner.label, CormDeparseUpdate(&rows, assigned),
					   CormValueParams(&values), false, NULL);
}

int64
CormReferenceSet(const CormOwned *owned, List *targets)
{
	Referencing owner;
	int64		changed;

	(void) InitReference(&owner, owned, targets, false);
	if (targets != NIL)
		return Point(&owner, OwnKey(owned));
	changed = Unpoint(owned);
	if (changed == 0)
		RequireRows(&owner, OwnKey(owned));
	return changed;
}

/*
 * Takes off what the owner points to: anything, or only the given target.
 */
int64
CormReferenceRemove(const CormOwned *owned, List *targets, bool all)
{
	Referencing owner;

	if (all)
		return Unpoint(owned);
	if (!InitReference(&owner, owned, targets, true))
		return 0;
	return Detach(&owner, OwnKey(owned), CORM_KEYS_IN, false, NULL);
}

bool
CormReferenceToggle(const CormOwned *owned, List *targets)
{
	Referencing owner;
	List	   *key = OwnKey(owned);

	(void) InitReference(&owner, owned, targets, false);
	LockReferencing(&owner, key, CORM_KEYS_IN, false, false);
	if (CountRows(&owner, key, true) > 0)
		return Detach(&owner, key, CORM_KEYS_IN, false, NULL) == 0;
	return Point(&owner, key) > 0;
}
