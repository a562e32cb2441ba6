/*-------------------------------------------------------------------------
 *
 * adopt_link.c
 *	  Adopting link tables as many-to-many relations.
 *
 * Each of the two directions is called by the table it leads to, or where that
 * name is not free by this table and the link table.  The direction whose
 * foreign key comes first in the link table is the relation, the other one its
 * way back.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "adopt_link.h"
#include "catalog.h"
#include "compat.h"
#include "introspect.h"
#include "naming.h"
#include "relate.h"

/* One direction: what leads from one end to the other, and its name. */
typedef struct Direction
{
	CormSurveyKey *from;
	CormSurveyKey *to;
	char	   *name;
	char	   *refused;		/* why the name cannot be given, or NULL */
} Direction;

typedef struct Candidate
{
	CormSurveyLink *link;
	Direction	ahead;
	Direction	back;
} Candidate;

static bool CanLink(CormAdoption *adoption, const CormSurveyLink *link);
static void Want(CormAdoption *adoption, Direction *direction, char *name);
static void Ask(CormAdoption *adoption, Direction *direction);
static void JudgeCandidate(CormAdoption *adoption, Candidate *candidate);
static void Refuse(CormAdoption *adoption, const Candidate *candidate);
static char *KeyColumn(const CormForeignKey *fk, const CormForeignKey *other);
static char *OtherName(const Direction *direction, const CormSurveyLink *link);

void
CormAdoptLinks(CormAdoption *adoption)
{
	List	   *candidates = NIL;
	List	   *directions = NIL;
	ListCell   *lc;

	foreach(lc, CormSurveyLinks(adoption->survey))
	{
		CormSurveyLink *link = lfirst(lc);
		Candidate  *candidate;

		if (!CanLink(adoption, link))
			continue;
		candidate = palloc0(sizeof(Candidate));
		candidate->link = link;
		candidate->ahead.from = candidate->back.to = link->near;
		candidate->ahead.to = candidate->back.from = link->far;
		candidates = lappend(candidates, candidate);
		directions = lappend(directions, &candidate->ahead);
		directions = lappend(directions, &candidate->back);
	}

	/* all want the short name, then all that cannot have it the long one */
	foreach(lc, directions)
		Want(adoption, lfirst(lc), ((Direction *) lfirst(lc))->to->target->name);
	foreach(lc, directions)
		Ask(adoption, lfirst(lc));
	foreach(lc, directions)
	{
		Direction  *direction = lfirst(lc);

		if (direction->refused != NULL)
			Want(adoption, direction,
				 psprintf("%s_by_%s", direction->to->target->name,
						  direction->to->source->name));
	}
	foreach(lc, directions)
		Ask(adoption, lfirst(lc));
	foreach(lc, candidates)
		JudgeCandidate(adoption, lfirst(lc));
}

/* As corm.many_to_many() would demand. */
static bool
CanLink(CormAdoption *adoption, const CormSurveyLink *link)
{
	const CormSurveyKey *ends[2] = {link->near, link->far};

	if (!CormOwnsTable(link->through->relid, GetUserId()))
		return false;
	for (int i = 0; i < 2; i++)
	{
		const CormSurveyTable *end = ends[i]->target;
		const char *why = NULL;
		char	   *fix = NULL;

		if (end->key.n == 0)
		{
			why = "has no primary key";
			fix = CormAdoptKeyCall(end);
		}
		else if (!CormMayReference(end->relid, end->key))
		{
			why = "grants no REFERENCES, which it takes to name a relation there";
			fix = CormAdoptGrantCall("REFERENCES", end);
		}
		if (why == NULL)
			continue;
		CormAdoptReport(adoption, CORM_ADOPT_SKIPPED, link->near->target, NULL,
						link->far->target,
						psprintf("link table \"%s\" is no relation: \"%s\" %s",
								 link->through->name, end->name, why),
						fix);
		return false;
	}
	return true;
}

static void
Want(CormAdoption *adoption, Direction *direction, char *name)
{
	direction->name = name;
	CormWantName(adoption->names, direction->from->target->relid, name);
}

static void
Ask(CormAdoption *adoption, Direction *direction)
{
	direction->refused = CormNameRefused(adoption->names,
										 direction->from->target->relid,
										 direction->name, NULL);
}

static void
JudgeCandidate(CormAdoption *adoption, Candidate *candidate)
{
	const CormSurveyLink *link = candidate->link;
	const CormForeignKey *near = link->near->fk;
	const CormForeignKey *far = link->far->fk;
	Direction  *ahead = &candidate->ahead;
	Direction  *back = &candidate->back;
	CormRelationRow *row;

	if (ahead->refused != NULL)
	{
		Refuse(adoption, candidate);
		return;
	}
	row = palloc0(sizeof(CormRelationRow));
	row->source = link->near->target->relid;
	row->name = ahead->name;
	row->target = link->far->target->relid;
	row->reverse_name = back->refused != NULL ? NULL : back->name;
	row->constraint_name = near->name;
	row->columns = CormColumnNames(near->referencing, near->nkeys,
								   near->fk_attnums);
	row->through = link->through->relid;
	row->far_constraint_name = far->name;
	row->far_columns = CormColumnNames(far->referencing, far->nkeys,
									   far->fk_attnums);
	row->adopted = true;
	adoption->relations = lappend(adoption->relations, row);
	CormAdoptReport(adoption, CORM_ADOPT_THROUGH, link->near->target,
					row->name, link->far->target,
					psprintf("through \"%s\" (%s; %s), %s",
							 link->through->name, CormAdoptColumns(near),
							 CormAdoptColumns(far),
							 CormAdoptWayBack(row->reverse_name)), NULL);
	if (back->refused == NULL)
		return;
	CormAdoptReport(adoption, CORM_ADOPT_COLLISION, link->near->target,
					row->name, link->far->target,
					psprintf("the way back through \"%s\" cannot be called \"%s\": %s",
							 link->through->name, back->name, back->refused),
					psprintf("SELECT corm.alter_relation(%s, %s, related_name => %s);",
							 quote_literal_cstr(CormModelDisplayName(CormAdoptAsModel(link->near->target))),
							 quote_literal_cstr(row->name),
							 quote_literal_cstr(CormInventName(adoption->names,
															   link->far->target->relid,
															   OtherName(back, link)))));
}

/* The relation can be declared by hand, under other names. */
static void
Refuse(CormAdoption *adoption, const Candidate *candidate)
{
	const CormSurveyLink *link = candidate->link;
	CormSuggestion call;

	CormBeginSuggestion(&call, false, "many_to_many",
						CormAdoptAsModel(link->near->target),
						CormInventName(adoption->names,
									   link->near->target->relid,
									   OtherName(&candidate->ahead, link)),
						CormAdoptAsModel(link->far->target));
	CormSuggestText(&call, "through",
					CormModelDisplayName(CormAdoptAsModel(link->through)));
	CormSuggestText(&call, "related_name",
					CormInventName(adoption->names, link->far->target->relid,
								   OtherName(&candidate->back, link)));
	CormSuggestText(&call, "through_relation_name",
					KeyColumn(link->near->fk, link->far->fk));
	CormSuggestText(&call, "through_reverse_relation_name",
					KeyColumn(link->far->fk, link->near->fk));
	CormAdoptReport(adoption, CORM_ADOPT_COLLISION, link->near->target, NULL,
					link->far->target,
					psprintf("the relation through \"%s\" cannot be called \"%s\": %s",
							 link->through->name, candidate->ahead.name,
							 candidate->ahead.refused),
					CormEndSuggestion(&call));
}

/* A column that tells the foreign key from the other one. */
static char *
KeyColumn(const CormForeignKey *fk, const CormForeignKey *other)
{
	CormKey		others = {other->nkeys, other->fk_attnums};
	int			i = 0;

	while (i < fk->nkeys - 1 && CormKeyHas(others, fk->fk_attnums[i]))
		i++;
	return get_attname(fk->referencing, fk->fk_attnums[i], false);
}

/* By the foreign key that it follows last: two of one table differ in that. */
static char *
OtherName(const Direction *direction, const CormSurveyLink *link)
{
	return psprintf("%s_by_%s", CormAdoptForwardName(direction->to),
					link->through->name);
}
