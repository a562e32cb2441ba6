/*-------------------------------------------------------------------------
 *
 * link_through.c
 *	  Link verbs of relations through a link table.
 *
 * A pair is linked once.  Where the pair has a unique key of its own, ON
 * CONFLICT sees to that, after a look where it could not; where it has none, an advisory lock on the pair, held
 * to the end of the transaction, lets nobody else link it between the look and
 * the insertion.  Links of a symmetrical relation are stored with the smaller
 * key first, but a link that somebody stored the other way round counts too.
 *
 * Links are locked, written and deleted in the order of their pairs, so that
 * concurrent calls wait for each other as rarely in a circle as can be; sets of
 * the same owner, which both delete and insert, never do: they take an advisory
 * lock on the owner.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "executor/tuptable.h"
#include "tcop/dest.h"

#include "data.h"
#include "deparse_bulk.h"
#include "link.h"
#include "rowset.h"
#include "scope.h"

/* One link to write: the pair's columns, and the extra ones given for it. */
typedef struct NewLink
{
	Datum	   *pair;
	List	   *values;			/* of CormAssignment * */
	int			mention;		/* place among the targets */
	bool		new;			/* the pair is known not to be linked */
} NewLink;

/* What the functions below share. */
typedef struct Through
{
	const CormOwned *owned;
	const CormRelation *relation;
	const CormModel *model;		/* of the link table */
	int			nnear;
	int			npair;
	AttrNumber *pair;			/* near columns, then far columns */
	Datum	   *near;			/* the owner's values */
} Through;

/*
 * All but the owner's values.
 */
static void
InitLink(Through *through, const CormOwned *owned)
{
	const CormRelation *relation = owned->subject.relation;

	through->owned = owned;
	through->relation = relation;
	through->model = CormModelByRelid(relation->through);
	if (through->model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the through table of relation \"%s\" is no longer a model",
						relation->name)));
	CormCheckSchemaUsage(through->model);
	through->nnear = relation->fk->nkeys;
	through->npair = through->nnear + relation->far_fk->nkeys;
	through->pair = palloc(through->npair * sizeof(AttrNumber));
	memcpy(through->pair, relation->fk->fk_attnums, through->nnear * sizeof(AttrNumber));
	memcpy(through->pair + through->nnear, relation->far_fk->fk_attnums,
		   relation->far_fk->nkeys * sizeof(AttrNumber));
	through->near = NULL;
}

/*
 * False, with missing_ok, when there is no owner that links could lead to.
 */
static bool
InitThrough(Through *through, const CormOwned *owned, bool missing_ok)
{
	const CormRelation *relation = owned->subject.relation;

	InitLink(through, owned);
	through->near = CormReferencingValues(owned->subject.owner, relation->fk,
										  through->model, owned->owner, owned->label,
										  missing_ok);
	return through->near != NULL;
}

static Datum *
FarValues(const Through *through, JsonbValue *target, bool missing_ok)
{
	return CormReferencingValues(through->owned->subject.model, through->relation->far_fk,
								 through->model, target, through->owned->label, missing_ok);
}

/* ---------- add ---------- */

static int
ComparePairs(const Through *through, const NewLink *a, const NewLink *b)
{
	return CormCompareKeys(through->model, through->npair, through->pair, a->pair, b->pair);
}

static int
CompareLinks(const void *a, const void *b, void *arg)
{
	const NewLink *x = *(NewLink *const *) a;
	const NewLink *y = *(NewLink *const *) b;
	int			order = ComparePairs(arg, x, y);

	return order != 0 ? order : x->mention - y->mention;
}

static const CormAssignment *
ValueOf(List *values, const CormColumn *column)
{
	ListCell   *lc;

	foreach(lc, values)
		if (((CormAssignment *) lfirst(lc))->column == column)
			return lfirst(lc);
	return NULL;
}

/*
 * The link values of one target: its own, then those given for all.
 */
static List *
LinkValues(const Through *through, JsonbValue *target, List *for_all)
{
	List	   *values = NIL;
	ListCell   *lc;

	if (CormJsonIsObject(target))
		values = CormReadLinkValues(through->relation,
									CormJsonMember(target, through->model->name));
	foreach(lc, for_all)
		if (ValueOf(values, ((CormAssignment *) lfirst(lc))->column) == NULL)
			values = lappend(values, lfirst(lc));
	return values;
}

/*
 * The pair's values in the order of its columns.
 */
static Datum *
JoinPair(const Through *through, const Datum *near, const Datum *far)
{
	Datum	   *pair = palloc(through->npair * sizeof(Datum));

	memcpy(pair, near, through->nnear * sizeof(Datum));
	memcpy(pair + through->nnear, far, (through->npair - through->nnear) * sizeof(Datum));
	return pair;
}

static NewLink *
MakeLink(const Through *through, const Datum *near, const Datum *far, List *values)
{
	NewLink    *link = palloc(sizeof(NewLink));
	bool		turn = through->relation->symmetrical &&
		CormCompareKeys(through->model, through->nnear, through->pair, near, far) > 0;

	link->pair = JoinPair(through, turn ? far : near, turn ? near : far);
	link->values = values;
	link->new = false;
	return link;
}

/*
 * The links in key order, each pair once: the last mention counts.
 */
static List *
SortLinks(const Through *through, List *links)
{
	int			n = list_length(links);
	NewLink   **sorted = palloc(Max(n, 1) * sizeof(NewLink *));
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, links)
	{
		sorted[foreach_current_index(lc)] = lfirst(lc);
		sorted[foreach_current_index(lc)]->mention = foreach_current_index(lc);
	}
	qsort_arg(sorted, n, sizeof(NewLink *), CompareLinks, unconstify(Through *, through));
	for (int i = 0; i < n; i++)
		if (i + 1 == n || ComparePairs(through, sorted[i], sorted[i + 1]) != 0)
			result = lappend(result, sorted[i]);
	return result;
}

static bool
SameColumns(const NewLink *a, const NewLink *b)
{
	ListCell   *lc;

	if (a->new != b->new || list_length(a->values) != list_length(b->values))
		return false;
	foreach(lc, a->values)
		if (ValueOf(b->values, ((CormAssignment *) lfirst(lc))->column) == NULL)
			return false;
	return true;
}

static int
CompareUint32(const void *a, const void *b)
{
	uint32		x = *(const uint32 *) a;
	uint32		y = *(const uint32 *) b;

	return x < y ? -1 : x > y;
}

/*
 * The same for a pair whichever end it is linked from.
 */
static uint32
HashPair(const Through *through, const Datum *pair)
{
	int			nnear = through->nnear;
	uint32		near = CormHashKey(through->model, nnear, through->pair, pair);
	uint32		far = CormHashKey(through->model, through->npair - nnear,
								  through->pair + nnear, pair + nnear);

	return through->pair[0] < through->pair[nnear] ? hash_combine(near, far) :
		hash_combine(far, near);
}

/*
 * Without a unique key nothing else keeps two sessions from linking one pair
 * twice.  Locks are taken in their own order and before any row is, against
 * deadlocks.
 */
static void
LockPairs(const Through *through, List *links)
{
	int			n = list_length(links);
	uint32	   *locks = palloc(Max(n, 1) * sizeof(uint32));
	ListCell   *lc;

	if (through->relation->pair_arbiter)
		return;
	foreach(lc, links)
		locks[foreach_current_index(lc)] = HashPair(through, ((NewLink *) lfirst(lc))->pair);
	qsort(locks, n, sizeof(uint32), CompareUint32);
	for (int i = 0; i < n; i++)
		CormLockHash(through->model, locks[i]);
}

/*
 * Must it be known whether the pair is linked before a row is put up for
 * insertion?  ON CONFLICT says so too late where a NOT NULL column is not
 * given: that is checked first, and a link that is there need not be described
 * in full.  Elsewhere it is better, since it waits for who is removing the pair.
 */
static bool
LooksFirst(const Through *through, const NewLink *link)
{
	if (link->new)
		return false;
	if (through->relation->symmetrical || !through->relation->pair_arbiter)
		return true;
	for (int i = 0; i < through->model->ncolumns; i++)
	{
		const CormColumn *column = &through->model->columns[i];
		bool		filled = !column->not_null || column->has_default ||
			ValueOf(link->values, column) != NULL;

		for (int j = 0; j < through->npair; j++)
			filled |= through->pair[j] == column->attnum;
		if (!filled)
			return true;
	}
	return false;
}

/*
 * Parameters for a run of links that set the same extra columns.
 */
static void
BindLinks(const Through *through, List *links, CormValues *values, CormNewLinks *new)
{
	int			n = list_length(links);
	Datum	   *datums = palloc(n * sizeof(Datum));
	bool	   *nulls = palloc0(n * sizeof(bool));
	const NewLink *first = linitial(links);
	ListCell   *lc;
	ListCell   *lv;

	new->model = through->model;
	new->label = through->owned->label;
	new->look_first = LooksFirst(through, first);
	new->either_way = through->relation->symmetrical;
	new->arbiter = through->relation->pair_arbiter && !first->new;
	new->single = n == 1;

	for (int i = 0; i < through->npair; i++)
	{
		const CormColumn *column = CormColumnByNumber(through->model, through->pair[i]);

		foreach(lc, links)
			datums[foreach_current_index(lc)] = ((NewLink *) lfirst(lc))->pair[i];
		new->pair = lappend(new->pair, new->single && !new->look_first ?
							CormPlainValue(values, column, datums[0], false) :
							CormArrayValue(values, column, n, datums, NULL));
	}
	foreach(lv, first->values)
	{
		const CormColumn *column = ((CormAssignment *) lfirst(lv))->column;

		foreach(lc, links)
		{
			const CormAssignment *assignment = ValueOf(((NewLink *) lfirst(lc))->values, column);

			datums[foreach_current_index(lc)] = assignment->value;
			nulls[foreach_current_index(lc)] = assignment->isnull;
		}
		new->extra = lappend(new->extra, new->single && !new->look_first ?
							 CormPlainValue(values, column, datums[0], nulls[0]) :
							 CormArrayValue(values, column, n, datums, nulls));
	}
}

static int64
WriteLinks(const Through *through, List *links)
{
	CormValues	values = {NIL};
	CormNewLinks new = {0};
	int64		changed = 0;
	const char *label = through->owned->label;

	BindLinks(through, links, &values, &new);
	if (new.look_first && new.extra != NIL)
		changed += CormExecute(label, CormDeparseUpdateLinks(&new),
							   CormValueParams(&values), false, NULL);
	return changed + CormExecute(label, CormDeparseInsertLinks(&new),
								 CormValueParams(&values), false, NULL);
}

static List *
MakeLinks(const Through *through, List *targets, JsonbValue *for_all)
{
	List	   *values = CormReadLinkValues(through->relation, for_all);
	List	   *links = NIL;
	ListCell   *lc;

	foreach(lc, targets)
		links = lappend(links, MakeLink(through, through->near,
										FarValues(through, lfirst(lc), false),
										LinkValues(through, lfirst(lc), values)));
	return SortLinks(through, links);
}

static int64
AddLinks(const Through *through, List *links)
{
	List	   *run = NIL;
	int64		changed = 0;
	ListCell   *lc;

	/* one statement for each run of links with the same extra columns */
	foreach(lc, links)
	{
		if (run != NIL && !SameColumns(linitial(run), lfirst(lc)))
		{
			changed += WriteLinks(through, run);
			run = NIL;
		}
		run = lappend(run, lfirst(lc));
	}
	if (run != NIL)
		changed += WriteLinks(through, run);
	return changed;
}

/* ---------- pairs of any owners ---------- */

static List *
PairColumns(const Through *through)
{
	List	   *columns = NIL;

	for (int i = 0; i < through->npair; i++)
		columns = lappend(columns, unconstify(CormColumn *,
											  CormColumnByNumber(through->model,
																 through->pair[i])));
	return columns;
}

/*
 * As LockUpdated() does it for the links of one owner.
 */
static void
LockUpdatedPairs(const Through *through, List *links)
{
	CormValues	values = {NIL};
	CormWriteRows rows = {through->model, through->owned->label, NIL, NIL, CORM_KEYS_IN};
	List	   *pairs = NIL;
	ListCell   *lc;

	foreach(lc, links)
	{
		const NewLink *link = lfirst(lc);

		if (link->values == NIL || !LooksFirst(through, link))
			continue;
		pairs = lappend(pairs, link->pair);
		if (through->relation->symmetrical)
			pairs = lappend(pairs, JoinPair(through, link->pair + through->nnear, link->pair));
	}
	if (pairs == NIL || list_length(links) == 1)
		return;
	rows.keys = CormArrayValues(&values, through->model, through->npair, through->pair, pairs);
	rows.lock_order = PairColumns(through);
	CormLockRows(&rows, CormValueParams(&values), false);
}

/*
 * One statement for all links with the same extra columns.
 */
static int64
AddByColumns(const Through *through, List *links)
{
	int64		changed = 0;

	while (links != NIL)
	{
		List	   *same = NIL;
		List	   *others = NIL;
		ListCell   *lc;

		foreach(lc, links)
			if (SameColumns(linitial(links), lfirst(lc)))
				same = lappend(same, lfirst(lc));
			else
				others = lappend(others, lfirst(lc));
		changed += WriteLinks(through, same);
		links = others;
	}
	return changed;
}

int64
CormLinkPairs(const CormOwned *owned, List *pairs)
{
	Through		through;
	List	   *links = NIL;
	bool		some_old = false;
	ListCell   *lc;

	InitLink(&through, owned);
	foreach(lc, pairs)
	{
		const CormPair *pair = lfirst(lc);
		NewLink    *link = MakeLink(&through, pair->near, pair->far,
									CormReadLinkValues(through.relation, pair->values));

		link->new = pair->new;
		some_old |= !pair->new;
		links = lappend(links, link);
	}
	links = SortLinks(&through, links);
	if (some_old)
		LockPairs(&through, links);
	LockUpdatedPairs(&through, links);
	return AddByColumns(&through, links);
}

/* Notes places in arrays as they come. */
typedef struct PlaceReceiver
{
	DestReceiver pub;
	bool	   *found;
} PlaceReceiver;

static bool
ReceivePlace(TupleTableSlot *slot, DestReceiver *self)
{
	slot_getallattrs(slot);
	((PlaceReceiver *) self)->found[DatumGetInt32(slot->tts_values[0])] = true;
	return true;
}

static void
PlaceStartup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
}

static void
PlaceNothing(DestReceiver *self)
{
}

static void
FindLinks(const Through *through, List *pairs, bool *found)
{
	CormValues	values = {NIL};
	PlaceReceiver receiver = {
		{ReceivePlace, PlaceStartup, PlaceNothing, PlaceNothing, DestNone}, found
	};
	List	   *arrays = CormArrayValues(&values, through->model, through->npair,
										 through->pair, pairs);
	int			places = CormAddPlaces(&values, list_length(pairs));
	const char *label = through->owned->label;

	(void) CormExecuteForAny(label,
							 CormDeparseFind(through->model, label, arrays, places, NIL, NIL, false),
							 CormValueParams(&values), list_length(pairs), &receiver.pub);
}

bool *
CormFindPairs(const CormOwned *owned, List *pairs)
{
	Through		through;
	bool	   *found = palloc0(Max(list_length(pairs), 1) * sizeof(bool));
	List	   *listed = NIL;
	List	   *turned = NIL;
	ListCell   *lc;

	InitLink(&through, owned);
	foreach(lc, pairs)
	{
		const CormPair *pair = lfirst(lc);

		listed = lappend(listed, JoinPair(&through, pair->near, pair->far));
		if (through.relation->symmetrical)
			turned = lappend(turned, JoinPair(&through, pair->far, pair->near));
	}
	if (listed != NIL)
		FindLinks(&through, listed, found);
	if (turned != NIL)
		FindLinks(&through, turned, found);
	return found;
}

/* ---------- the links of an owner ---------- */

/*
 * Which links of the owner: all, those to the targets, or those to others.
 * They are locked in the order of the pair's columns, in which they are written
 * too, whatever else the link table has as its key.
 */
static void
OwnedLinks(const Through *through, List *targets, CormKeyTest test,
		   CormValues *values, CormWriteRows *rows)
{
	int			nfar = through->npair - through->nnear;
	const AttrNumber *far = through->pair + through->nnear;
	List	   *keys = NIL;
	ListCell   *lc;

	memset(rows, 0, sizeof(*rows));
	rows->model = through->model;
	rows->label = through->owned->label;
	rows->test = test;
	rows->either_way = through->relation->symmetrical;
	rows->fixed = CormPlainValues(values, through->model, through->nnear, through->pair,
								  through->near);
	foreach(lc, targets)
	{
		Datum	   *key = FarValues(through, lfirst(lc), true);

		if (key)
			keys = lappend(keys, key);
	}
	keys = CormSortKeys(through->model, nfar, far, keys);
	if (test != CORM_KEYS_ALL || rows->either_way)
		rows->keys = CormKeyArrays(values, through->model, nfar, far, keys);
	for (int i = 0; i < through->npair; i++)
		rows->lock_order = lappend(rows->lock_order,
								   unconstify(CormColumn *,
											  CormColumnByNumber(through->model,
																 through->pair[i])));
}

/*
 * An update finds its rows in any order; several are locked in order before.
 */
static void
LockUpdated(const Through *through, List *targets, List *links)
{
	CormValues	values = {NIL};
	CormWriteRows rows;
	bool		updates = false;
	ListCell   *lc;

	foreach(lc, links)
		updates |= ((NewLink *) lfirst(lc))->values != NIL && LooksFirst(through, lfirst(lc));
	if (!updates || list_length(links) == 1)
		return;
	OwnedLinks(through, targets, CORM_KEYS_IN, &values, &rows);
	CormLockRows(&rows, CormValueParams(&values), false);
}

int64
CormLinkAdd(const CormOwned *owned, List *targets, JsonbValue *for_all)
{
	Through		through;
	List	   *links;

	(void) InitThrough(&through, owned, false);
	links = MakeLinks(&through, targets, for_all);
	LockPairs(&through, links);
	LockUpdated(&through, targets, links);
	return AddLinks(&through, links);
}

/* ---------- remove, clear, set ---------- */

int64
CormLinkRemove(const CormOwned *owned, List *targets, bool all)
{
	Through		through;
	CormValues	values = {NIL};
	CormWriteRows rows;
	ParamListInfo params;

	if (!InitThrough(&through, owned, true))
		return 0;
	OwnedLinks(&through, targets, all ? CORM_KEYS_ALL : CORM_KEYS_IN, &values, &rows);
	params = CormValueParams(&values);
	if (all || list_length(targets) > 1)
		CormLockRows(&rows, params, true);
	return CormExecute(owned->label, CormDeparseDelete(&rows), params, false, NULL);
}

/*
 * Links that stay are not touched, but for link values that are given.  Those
 * that go do so first: they may hold what a unique key lets only one link have.
 */
int64
CormLinkSet(const CormOwned *owned, List *targets, JsonbValue *for_all)
{
	Through		through;
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
	LockPairs(&through, links);
	OwnedLinks(&through, NIL, CORM_KEYS_ALL, &all_values, &all);
	CormLockRows(&all, CormValueParams(&all_values), true);

	OwnedLinks(&through, targets, CORM_KEYS_NOT_IN, &values, &rows);
	changed = CormExecute(owned->label, CormDeparseDelete(&rows), CormValueParams(&values),
						  false, NULL);
	return changed + AddLinks(&through, links);
}
