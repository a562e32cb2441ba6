/*-------------------------------------------------------------------------
 *
 * link_pair.c
 *	  Links as rows of a link table: pairs of keys.
 *
 * A pair is linked once.  Where the pair has a unique key of its own, ON
 * CONFLICT sees to that, after a look where it could not; where it has none, an
 * advisory lock on the pair, held to the end of the transaction, lets nobody else
 * link it between the look and the insertion.  Links of a symmetrical relation are
 * stored with the smaller key first, but a link that somebody stored the other way
 * round counts too.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "link_pair.h"
#include "rowset.h"
#include "scope.h"

void
CormInitThrough(CormThrough *through, const CormOwned *owned)
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

static int
CompareLinks(const void *a, const void *b, void *arg)
{
	const CormLink *x = *(CormLink *const *) a;
	const CormLink *y = *(CormLink *const *) b;
	int			order = CormCompareByOrder(arg, x->pair, y->pair);

	return order != 0 ? order : x->mention - y->mention;
}

const CormAssignment *
CormLinkValueOf(List *values, const CormColumn *column)
{
	ListCell   *lc;

	foreach(lc, values)
		if (((CormAssignment *) lfirst(lc))->column == column)
			return lfirst(lc);
	return NULL;
}

List *
CormPairColumns(const CormThrough *through)
{
	List	   *columns = NIL;

	for (int i = 0; i < through->npair; i++)
		columns = lappend(columns, unconstify(CormColumn *,
											  CormColumnByNumber(through->model,
																 through->pair[i])));
	return columns;
}

Datum *
CormJoinPair(const CormThrough *through, const Datum *near, const Datum *far)
{
	Datum	   *pair = palloc(through->npair * sizeof(Datum));

	memcpy(pair, near, through->nnear * sizeof(Datum));
	memcpy(pair + through->nnear, far, (through->npair - through->nnear) * sizeof(Datum));
	return pair;
}

/*
 * A column of both foreign keys has one value: that of the owner.
 */
static void
RequireShared(const CormThrough *through, const Datum *near, const Datum *far)
{
	for (int i = through->nnear; i < through->npair; i++)
		for (int j = 0; j < through->nnear; j++)
			if (through->pair[i] == through->pair[j] &&
				CormCompareKeys(through->model, 1, &through->pair[i],
								&far[i - through->nnear], &near[j]) != 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("the owner and the target of \"%s\" give column \"%s\" different values",
								through->owned->label,
								CormColumnByNumber(through->model, through->pair[i])->name),
						 errdetail("Both foreign keys of through model \"%s\" have this column.",
								   CormModelDisplayName(through->model))));
}

CormLink *
CormMakeLink(const CormThrough *through, const Datum *near, const Datum *far, List *values)
{
	CormLink   *link = palloc(sizeof(CormLink));
	bool		turn = through->relation->symmetrical &&
		CormCompareKeys(through->model, through->nnear, through->pair, near, far) > 0;

	RequireShared(through, near, far);
	link->pair = CormJoinPair(through, turn ? far : near, turn ? near : far);
	link->values = values;
	link->new = false;
	return link;
}

/*
 * The later mention has what the earlier one gives too.
 */
static void
MergeLinks(const CormThrough *through, const CormLink *earlier, CormLink *later)
{
	ListCell   *lc;

	later->new = later->new && earlier->new;
	foreach(lc, earlier->values)
	{
		CormAssignment *given = lfirst(lc);
		const CormAssignment *other = CormLinkValueOf(later->values, given->column);

		if (other == NULL)
			later->values = lappend(later->values, given);
		else if (given->isnull != other->isnull ||
				 (!given->isnull && !CormSameValue(given->column, given->value, other->value)))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("one link of \"%s\" is given different values for column \"%s\"",
							through->owned->label, given->column->name),
					 errdetail("The tree links the same two rows more than once.")));
	}
}

List *
CormSortLinks(const CormThrough *through, List *links, bool merge)
{
	int			n = list_length(links);
	CormLink   **sorted = palloc(Max(n, 1) * sizeof(CormLink *));
	CormKeyOrder order = CormKeyOrderOf(through->model, n > 1 ? through->npair : 0, through->pair);
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, links)
	{
		sorted[foreach_current_index(lc)] = lfirst(lc);
		sorted[foreach_current_index(lc)]->mention = foreach_current_index(lc);
	}
	qsort_arg(sorted, n, sizeof(CormLink *), CompareLinks, &order);
	for (int i = 0; i < n; i++)
		if (i + 1 == n ||
			CormCompareByOrder(&order, sorted[i]->pair, sorted[i + 1]->pair) != 0)
			result = lappend(result, sorted[i]);
		else if (merge)
			MergeLinks(through, sorted[i], sorted[i + 1]);
	return result;
}

bool
CormSameColumns(const CormLink *a, const CormLink *b)
{
	ListCell   *lc;

	if (a->new != b->new || list_length(a->values) != list_length(b->values))
		return false;
	foreach(lc, a->values)
		if (CormLinkValueOf(b->values, ((CormAssignment *) lfirst(lc))->column) == NULL)
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
 * Of the two ends of the relation one is the first, by the columns that they do
 * not share.
 */
static bool
NearIsFirst(const CormThrough *through)
{
	const AttrNumber *near = through->pair;
	const AttrNumber *far = through->pair + through->nnear;
	int			n = Min(through->nnear, through->npair - through->nnear);

	for (int i = 0; i < n; i++)
		if (near[i] != far[i])
			return near[i] < far[i];
	return through->nnear < through->npair - through->nnear;
}

/*
 * The same for a pair whichever end it is linked from.
 */
static uint32
HashPair(const CormThrough *through, const Datum *pair)
{
	int			nnear = through->nnear;
	uint32		near = CormHashKey(through->model, nnear, through->pair, pair);
	uint32		far = CormHashKey(through->model, through->npair - nnear,
								  through->pair + nnear, pair + nnear);

	return NearIsFirst(through) ? hash_combine(near, far) : hash_combine(far, near);
}

/*
 * Without a unique key on the pair nothing else keeps two sessions from linking
 * it twice.  Locks are taken in their own order and before any row is, against
 * deadlocks.
 */
void
CormLockPairs(const CormThrough *through, List *links)
{
	int			n = list_length(links);
	uint32	   *locks = palloc(Max(n, 1) * sizeof(uint32));
	ListCell   *lc;

	foreach(lc, links)
		locks[foreach_current_index(lc)] = HashPair(through, ((CormLink *) lfirst(lc))->pair);
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
bool
CormLooksFirst(const CormThrough *through, const CormLink *link)
{
	if (link->new)
		return false;
	if (through->relation->symmetrical || !through->relation->pair_arbiter)
		return true;
	for (int i = 0; i < through->model->ncolumns; i++)
	{
		const CormColumn *column = &through->model->columns[i];
		bool		filled = !column->not_null || column->has_default ||
			CormLinkValueOf(link->values, column) != NULL;

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
BindLinks(const CormThrough *through, List *links, CormValues *values, CormNewLinks *new)
{
	int			n = list_length(links);
	Datum	   *datums = palloc(n * sizeof(Datum));
	bool	   *nulls = palloc0(n * sizeof(bool));
	const CormLink *first = linitial(links);
	ListCell   *lc;
	ListCell   *lv;

	new->model = through->model;
	new->label = through->owned->label;
	new->look_first = CormLooksFirst(through, first);
	new->either_way = through->relation->symmetrical;
	new->arbiter = through->relation->pair_arbiter && !first->new;
	new->single = n == 1;

	for (int i = 0; i < through->npair; i++)
	{
		const CormColumn *column = CormColumnByNumber(through->model, through->pair[i]);

		foreach(lc, links)
			datums[foreach_current_index(lc)] = ((CormLink *) lfirst(lc))->pair[i];
		new->pair = lappend(new->pair, new->single && !new->look_first ?
							CormPlainValue(values, column, datums[0], false) :
							CormArrayValue(values, column, n, datums, NULL));
	}
	foreach(lv, first->values)
	{
		const CormColumn *column = ((CormAssignment *) lfirst(lv))->column;

		foreach(lc, links)
		{
			const CormAssignment *assignment =
				CormLinkValueOf(((CormLink *) lfirst(lc))->values, column);

			datums[foreach_current_index(lc)] = assignment->value;
			nulls[foreach_current_index(lc)] = assignment->isnull;
		}
		new->extra = lappend(new->extra, new->single && !new->look_first ?
							 CormPlainValue(values, column, datums[0], nulls[0]) :
							 CormArrayValue(values, column, n, datums, nulls));
	}
}

int64
CormWriteLinks(const CormThrough *through, List *links, bool only_new)
{
	CormValues	values = {NIL};
	CormNewLinks new = {0};
	int64		changed = 0;
	const char *label = through->owned->label;

	BindLinks(through, links, &values, &new);
	new.only_new = only_new;
	if (new.look_first && new.extra != NIL && !only_new)
		changed += CormExecute(label, CormDeparseUpdateLinks(&new),
							   CormValueParams(&values), false, NULL);
	return changed + CormExecute(label, CormDeparseInsertLinks(&new),
								 CormValueParams(&values), false, NULL);
}
