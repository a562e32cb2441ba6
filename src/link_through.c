/*-------------------------------------------------------------------------
 *
 * link_through.c
 *	  Link verbs of relations through a link table.
 *
 * Links are locked, written and deleted in the order of their pairs, so that
 * concurrent calls wait for each other as rarely in a circle as can be; sets of
 * the same owner, which both delete and insert, never do: they take an advisory
 * lock on the owner.  Toggles of a pair take the lock on the pair, whatever keys
 * it has: what one of them does depends on what the other has done.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "error.h"
#include "link_pair.h"
#include "rowset.h"

/*
 * False, with missing_ok, when there is no owner that links could lead to.
 */
static bool
InitThrough(CormThrough *through, const CormOwned *owned, bool missing_ok)
{
	const CormRelation *relation = owned->subject.relation;

	CormInitThrough(through, owned);
	through->near = CormReferencingValues(owned->subject.owner, relation->fk,
										  through->model, owned->owner, owned->label,
										  missing_ok);
	return through->near != NULL;
}

static Datum *
FarValues(const CormThrough *through, JsonbValue *target, bool missing_ok)
{
	return CormReferencingValues(through->owned->subject.model, through->relation->far_fk,
								 through->model, target, through->owned->label, missing_ok);
}

/* ---------- add ---------- */

/*
 * The link values of one target: its own, then those given for all.
 */
static List *
LinkValues(const CormThrough *through, JsonbValue *target, List *for_all)
{
	List	   *values = NIL;
	ListCell   *lc;

	if (CormJsonIsObject(target))
		values = CormReadLinkValues(through->relation,
									CormJsonMember(target, through->model->name));
	foreach(lc, for_all)
		if (CormLinkValueOf(values, ((CormAssignment *) lfirst(lc))->column) == NULL)
			values = lappend(values, lfirst(lc));
	return values;
}

static List *
MakeLinks(const CormThrough *through, List *targets, JsonbValue *for_all)
{
	List	   *values = CormReadLinkValues(through->relation, for_all);
	List	   *links = NIL;
	CormRowFrame frame;
	ListCell   *lc;

	CormRowFramePush(&frame, "reading");
	foreach(lc, targets)
	{
		if (list_length(targets) > 1)
			frame.row = foreach_current_index(lc);
		links = lappend(links, CormMakeLink(through, through->near,
										FarValues(through, lfirst(lc), false),
										LinkValues(through, lfirst(lc), values)));
	}
	CormRowFramePop(&frame);
	return CormSortLinks(through, links, false);
}

static int64
AddLinks(const CormThrough *through, List *links)
{
	List	   *run = NIL;
	int64		changed = 0;
	ListCell   *lc;

	/* one statement for each run of links with the same extra columns */
	foreach(lc, links)
	{
		if (run != NIL && !CormSameColumns(linitial(run), lfirst(lc)))
		{
			changed += CormWriteLinks(through, run, false);
			run = NIL;
		}
		run = lappend(run, lfirst(lc));
	}
	if (run != NIL)
		changed += CormWriteLinks(through, run, false);
	return changed;
}

/* ---------- the links of an owner ---------- */

/*
 * Which links of the owner: all, those to the targets, or those to others.
 * They are locked in the order of the pair's columns, in which they are written
 * too, whatever else the link table has as its key.
 */
static void
OwnedLinks(const CormThrough *through, List *targets, CormKeyTest test,
		   CormValues *values, CormWriteRows *rows)
{
	int			nfar = through->npair - through->nnear;
	const AttrNumber *far = through->pair + through->nnear;
	List	   *keys = NIL;
	CormRowFrame frame;
	ListCell   *lc;

	memset(rows, 0, sizeof(*rows));
	rows->model = through->model;
	rows->label = through->owned->label;
	rows->test = test;
	rows->either_way = through->relation->symmetrical;
	rows->fixed = CormPlainValues(values, through->model, through->nnear, through->pair,
								  through->near);
	CormRowFramePush(&frame, "reading");
	foreach(lc, targets)
	{
		Datum	   *key;

		if (list_length(targets) > 1)
			frame.row = foreach_current_index(lc);
		key = FarValues(through, lfirst(lc), true);
		if (key)
			keys = lappend(keys, key);
	}
	CormRowFramePop(&frame);
	keys = CormSortKeys(through->model, nfar, far, keys);
	if (test == CORM_KEYS_IN && list_length(keys) == 1 && !rows->either_way)
	{
		/* one link is found by its columns, without arrays */
		rows->test = CORM_KEYS_ALL;
		rows->fixed = list_concat(rows->fixed,
								  CormPlainValues(values, through->model, nfar, far, linitial(keys)));
	}
	else if (test != CORM_KEYS_ALL || rows->either_way)
		rows->keys = CormKeyArrays(values, through->model, nfar, far, keys);
	rows->lock_order = CormPairColumns(through);
}

/*
 * An update finds its rows in any order; several are locked in order before.
 */
static void
LockUpdated(const CormThrough *through, List *targets, List *links)
{
	CormValues	values = {NIL};
	CormWriteRows rows;
	bool		updates = false;
	ListCell   *lc;

	foreach(lc, links)
		updates |= ((CormLink *) lfirst(lc))->values != NIL && CormLooksFirst(through, lfirst(lc));
	if (!updates || list_length(links) == 1)
		return;
	OwnedLinks(through, targets, CORM_KEYS_IN, &values, &rows);
	(void) CormLockRows(&rows, CormValueParams(&values), false);
}

int64
CormLinkAdd(const CormOwned *owned, List *targets, JsonbValue *for_all)
{
	CormThrough through;
	List	   *links;

	(void) InitThrough(&through, owned, false);
	links = MakeLinks(&through, targets, for_all);
	if (!through.relation->pair_arbiter)
		CormLockPairs(&through, links);
	LockUpdated(&through, targets, links);
	return AddLinks(&through, links);
}

/* ---------- remove, clear, set ---------- */

int64
CormLinkRemove(const CormOwned *owned, List *targets, bool all)
{
	CormThrough through;
	CormValues	values = {NIL};
	CormWriteRows rows;
	ParamListInfo params;

	if (!InitThrough(&through, owned, true))
		return 0;
	OwnedLinks(&through, targets, all ? CORM_KEYS_ALL : CORM_KEYS_IN, &values, &rows);
	params = CormValueParams(&values);
	if (all || list_length(targets) > 1)
		(void) CormLockRows(&rows, params, true);
	return CormExecute(owned->label, CormDeparseDelete(&rows), params, false, NULL);
}

/*
 * Links that stay are not touched, but for link values that are given.  Those
 * that go do so first: they may hold what a unique key lets only one link have.
 */
int64
CormLinkSet(const CormOwned *owned, List *targets, JsonbValue *for_all)
{
	CormThrough through;
	CormValues	values = {NIL};
	CormWriteRows rows;
	CormValues	all_values = {NIL};
	CormWriteRows all;
	List	   *links;
	int64		changed;

	if (!InitThrough(&through, owned, targets == NIL))
		return 0;
	links = MakeLinks(&through, targets, for_all);
	CormLockOwner(through.model, through.nnear, through.pair, through.near);
	if (!through.relation->pair_arbiter)
		CormLockPairs(&through, links);
	OwnedLinks(&through, NIL, CORM_KEYS_ALL, &all_values, &all);
	(void) CormLockRows(&all, CormValueParams(&all_values), true);

	OwnedLinks(&through, targets, CORM_KEYS_NOT_IN, &values, &rows);
	changed = CormExecute(owned->label, CormDeparseDelete(&rows), CormValueParams(&values),
						  false, NULL);
	return changed + AddLinks(&through, links);
}

/* ---------- toggle ---------- */

/*
 * Whoever adds the pair meanwhile without toggling it may come between the look
 * and the insertion, and then another one who removes it, so often that it is
 * nobody's doing any more.
 */
#define TOGGLE_ROUNDS 10

/*
 * A link that is there and does not go, for a trigger or a policy keeps it, is
 * there; one that does not come is not.
 */
bool
CormLinkToggle(const CormOwned *owned, List *targets)
{
	CormThrough through;
	List	   *links;
	CormValues	values = {NIL};
	CormWriteRows rows;
	ParamListInfo params;

	(void) InitThrough(&through, owned, false);
	links = MakeLinks(&through, targets, NULL);
	CormLockPairs(&through, links);
	OwnedLinks(&through, targets, CORM_KEYS_IN, &values, &rows);
	params = CormValueParams(&values);
	for (int round = 1;; round++)
	{
		int64		locked = CormLockRows(&rows, params, true);

		if (CormExecute(owned->label, CormDeparseDelete(&rows), params, false, NULL) > 0)
			return false;
		if (CormWriteLinks(&through, links, true) > 0)
			return true;
		if (DatumGetInt64(CormExecuteScalar(owned->label, CormDeparseRowCount(&rows),
											params, false)) == 0)
			return false;
		if (locked > 0 || round == TOGGLE_ROUNDS)
			return true;
	}
}
