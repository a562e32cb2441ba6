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
 * Children are locked in key order before they are changed.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "data.h"
#include "link.h"
#include "rowset.h"
#include "scope.h"

/* Rows of one table whose foreign key is to be set, with their parameters. */
typedef struct Referencing
{
	const CormModel *model;		/* holds the foreign key */
	const CormForeignKey *fk;
	const char *label;
	Datum	   *values;			/* of the foreign key's columns, or NULL */
} Referencing;

static void
InitChildren(Referencing *children, const CormOwned *owned)
{
	children->model = owned->subject.model;
	children->fk = owned->subject.relation->fk;
	children->label = owned->label;
	CormRequireKey(children->model, "linking its rows needs");
	children->values = CormReferencingValues(owned->subject.owner, children->fk,
											 children->model, owned->owner, owned->label);
}

/*
 * The keys of targets, sorted and each once.
 */
static List *
TargetKeys(const CormModel *model, List *targets, const char *label)
{
	List	   *keys = NIL;
	ListCell   *lc;

	foreach(lc, targets)
		keys = lappend(keys, CormKeyValues(model, lfirst(lc), label));
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
		rows->keys = CormArrayValues(values, set->model, set->model->nkey,
									 set->model->key, keys);
}

static uint64
LockReferencing(const Referencing *set, List *keys, CormKeyTest test, bool with_fixed,
		 bool for_delete)
{
	CormValues	values = {NIL};
	CormWriteRows rows;

	SelectRows(set, keys, test, with_fixed, &values, &rows);
	return CormExecute(set->label, CormDeparseLock(&rows, for_delete),
					   CormValueParams(&values), false, NULL);
}

/*
 * Raises 23503 unless every one of the rows is there.
 */
static void
RequireRows(const Referencing *set, List *keys)
{
	CormValues	values = {NIL};
	CormWriteRows rows;
	int64		found;

	SelectRows(set, keys, CORM_KEYS_IN, false, &values, &rows);
	found = DatumGetInt64(CormExecuteScalar(set->label, CormDeparseRowCount(&rows),
											CormValueParams(&values), false));
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

/*
 * Sets the foreign key of rows, where it is not so already.
 */
static int64
Point(const Referencing *set, List *keys)
{
	CormValues	values = {NIL};
	CormWriteRows rows;
	List	   *assigned;

	SelectRows(set, keys, CORM_KEYS_IN, false, &values, &rows);
	assigned = CormPlainValues(&values, set->model, set->fk->nkeys,
							   set->fk->fk_attnums, set->values);
	rows.differing = assigned;
	return CormExecute(set->label, CormDeparseUpdate(&rows, assigned),
					   CormValueParams(&values), false, NULL);
}

static void
CannotDetach(const Referencing *set, bool may_delete)
{
	ereport(ERROR,
			(errcode(ERRCODE_NOT_NULL_VIOLATION),
			 errmsg("a %s cannot be taken off by \"%s\"",
					CormModelDisplayName(set->model), set->label),
			 errdetail("Its foreign key column \"%s\" cannot be null.",
					   CormColumnByNumber(set->model, set->fk->fk_attnums[0])->name),
			 may_delete ?
			 errhint("delete_children => true deletes the rows instead.") : 0));
}

/*
 * Takes rows off the owner: those with the given keys, all others, or all.
 */
static int64
Detach(const Referencing *set, List *keys, CormKeyTest test, bool delete_children,
	   bool may_delete)
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
		CannotDetach(set, may_delete);
	return 0;
}

/* ---------- children ---------- */

int64
CormChildrenAdd(const CormOwned *owned, List *targets)
{
	Referencing children;
	List	   *keys;

	InitChildren(&children, owned);
	keys = TargetKeys(children.model, targets, owned->label);
	if (list_length(keys) > 1)
		(void) LockReferencing(&children, keys, CORM_KEYS_IN, false, false);
	RequireRows(&children, keys);
	return Point(&children, keys);
}

int64
CormChildrenRemove(const CormOwned *owned, List *targets, bool all, bool delete_children)
{
	Referencing children;
	List	   *keys;

	InitChildren(&children, owned);
	keys = TargetKeys(children.model, targets, owned->label);
	return Detach(&children, keys, all ? CORM_KEYS_ALL : CORM_KEYS_IN,
				  delete_children, true);
}

int64
CormChildrenSet(const CormOwned *owned, List *targets, bool delete_children)
{
	Referencing children;
	List	   *keys;
	int64		changed;

	InitChildren(&children, owned);
	keys = TargetKeys(children.model, targets, owned->label);
	(void) LockReferencing(&children, keys, CORM_KEYS_OR_FIXED, true, delete_children);
	RequireRows(&children, keys);
	changed = Detach(&children, keys, CORM_KEYS_NOT_IN, delete_children, true);
	return changed + Point(&children, keys);
}

/* ---------- the row that the owner points to ---------- */

static void
InitReference(Referencing *reference, const CormOwned *owned, List *targets)
{
	reference->model = owned->subject.owner;
	reference->fk = owned->subject.relation->fk;
	reference->label = owned->label;
	reference->values = targets == NIL ? NULL :
		CormReferencingValues(owned->subject.model, reference->fk, reference->model,
							  linitial(targets), owned->label);
}

int64
CormReferenceSet(const CormOwned *owned, List *targets)
{
	Referencing owner;
	List	   *keys = list_make1(CormKeyValues(owned->subject.owner, owned->owner, owned->label));

	if (targets == NIL)
		return CormReferenceRemove(owned, NIL, true);
	InitReference(&owner, owned, targets);
	RequireRows(&owner, keys);
	return Point(&owner, keys);
}

/*
 * Takes off what the owner points to: anything, or only the given target.
 */
int64
CormReferenceRemove(const CormOwned *owned, List *targets, bool all)
{
	Referencing owner;
	CormValues	values = {NIL};
	CormWriteRows rows;
	List	   *assigned = NIL;
	ListCell   *lc;
	List	   *keys = list_make1(CormKeyValues(owned->subject.owner, owned->owner, owned->label));

	InitReference(&owner, owned, targets);
	if (!all)
		return Detach(&owner, keys, CORM_KEYS_IN, false, false);

	SelectRows(&owner, keys, CORM_KEYS_IN, false, &values, &rows);
	foreach(lc, CormDetachColumns(owner.model, owner.fk))
		assigned = lappend(assigned, CormPlainValue(&values, lfirst(lc), (Datum) 0, true));
	if (assigned == NIL)
		CannotDetach(&owner, false);
	RequireRows(&owner, keys);
	rows.differing = assigned;
	return CormExecute(owner.label, CormDeparseUpdate(&rows, assigned),
					   CormValueParams(&values), false, NULL);
}
