/*-------------------------------------------------------------------------
 *
 * link_many.c
 *	  Links of many owners at once.
 *
 * A tree that is saved names pairs of rows, whoever their owners are.  They are
 * locked and written as those of one owner are, by one statement for all that give
 * the same columns.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "deparse_bulk.h"
#include "link_pair.h"
#include "rowset.h"

/*
 * An update finds its rows in any order; several are locked in order before.
 */
static void
LockUpdatedPairs(const CormThrough *through, List *links)
{
	CormValues	values = {NIL};
	CormWriteRows rows = {through->model, through->owned->label, NIL, NIL, CORM_KEYS_IN};
	List	   *pairs = NIL;
	ListCell   *lc;

	foreach(lc, links)
	{
		const CormLink *link = lfirst(lc);

		if (link->values == NIL || !CormLooksFirst(through, link))
			continue;
		pairs = lappend(pairs, link->pair);
		if (through->relation->symmetrical)
			pairs = lappend(pairs, CormJoinPair(through, link->pair + through->nnear, link->pair));
	}
	if (pairs == NIL || list_length(links) == 1)
		return;
	rows.keys = CormArrayValues(&values, through->model, through->npair, through->pair, pairs);
	rows.lock_order = CormPairColumns(through);
	(void) CormLockRows(&rows, CormValueParams(&values), false);
}

/*
 * One statement for all links with the same extra columns.
 */
static int64
AddByColumns(const CormThrough *through, List *links)
{
	int64		changed = 0;

	while (links != NIL)
	{
		List	   *same = NIL;
		List	   *others = NIL;
		ListCell   *lc;

		foreach(lc, links)
			if (CormSameColumns(linitial(links), lfirst(lc)))
				same = lappend(same, lfirst(lc));
			else
				others = lappend(others, lfirst(lc));
		changed += CormWriteLinks(through, same, false);
		links = others;
	}
	return changed;
}

int64
CormLinkPairs(const CormOwned *owned, List *pairs)
{
	CormThrough through;
	List	   *links = NIL;
	bool		some_old = false;
	ListCell   *lc;

	CormInitThrough(&through, owned);
	foreach(lc, pairs)
	{
		const CormPair *pair = lfirst(lc);
		CormLink   *link = CormMakeLink(&through, pair->near, pair->far,
										CormReadLinkValues(through.relation, pair->values));

		link->new = pair->new;
		some_old |= !pair->new;
		links = lappend(links, link);
	}
	links = CormSortLinks(&through, links, true);
	if (some_old && !through.relation->pair_arbiter)
		CormLockPairs(&through, links);
	LockUpdatedPairs(&through, links);
	return AddByColumns(&through, links);
}

static void
FindLinks(const CormThrough *through, List *pairs, bool *found)
{
	CormValues	values = {NIL};
	CormTaker	taker = CormMakeTaker(CormNotePlace, found);
	List	   *arrays = CormArrayValues(&values, through->model, through->npair,
										 through->pair, pairs);
	int			places = CormAddPlaces(&values, list_length(pairs));
	const char *label = through->owned->label;

	(void) CormExecuteForAny(label,
							 CormDeparseFind(through->model, label, arrays, places, NIL, NIL, false),
							 CormValueParams(&values), list_length(pairs), &taker.pub);
}

bool *
CormFindPairs(const CormOwned *owned, List *pairs)
{
	CormThrough through;
	bool	   *found = palloc0(Max(list_length(pairs), 1) * sizeof(bool));
	List	   *listed = NIL;
	List	   *turned = NIL;
	ListCell   *lc;

	CormInitThrough(&through, owned);
	foreach(lc, pairs)
	{
		const CormPair *pair = lfirst(lc);

		listed = lappend(listed, CormJoinPair(&through, pair->near, pair->far));
		if (through.relation->symmetrical)
			turned = lappend(turned, CormJoinPair(&through, pair->far, pair->near));
	}
	if (listed != NIL)
		FindLinks(&through, listed, found);
	if (turned != NIL)
		FindLinks(&through, turned, found);
	return found;
}
