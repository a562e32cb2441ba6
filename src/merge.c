/*-------------------------------------------------------------------------
 *
 * merge.c
 *	  A queryset under allow-lists: its base, what was said since, and what
 *	  the lists imply, in one request.
 *
 * A word said since adds to the base's, or replaces it, as it would without an
 * allow-list; taking it back leaves what the base says.  The lists imply which
 * fields are printed where none are named, and the largest number of rows.
 * Both are also implied for related rows, even those which a path only walks
 * through: such a step gets a load of its own, for options to stand on.
 *
 * What was said has been checked already, when it was said (see allow.h).
 * What the base loads is bound by the fields that a list names, but not by its
 * max_limit.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "allow.h"
#include "document.h"
#include "merge.h"
#include "pathtext.h"

static List *MergeLoads(List *base, List *said, List *guards);

/*
 * Loads
 */

/* What a load was read from that has no options. */
static JsonbContainer *
EmptyObject(void)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	return &JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT,
											 NULL))->root;
}

/* What the options of a load were read from. */
static JsonbContainer *
OptionsSource(const CormLoad *load)
{
	return load->options ? load->options->source : EmptyObject();
}

static bool
SameName(const char *one, const char *other)
{
	if (one == NULL || other == NULL)
		return one == other;
	return strcmp(one, other) == 0;
}

/* Do two loads ask for the same in the same words? */
static bool
SameLoad(const CormLoad *one, const CormLoad *other)
{
	JsonbContainer *source;
	JsonbContainer *other_source;

	if (strcmp(one->path, other->path) != 0 ||
		!SameName(one->as, other->as) || one->more != other->more ||
		one->recursive != other->recursive || one->flat != other->flat ||
		one->depth != other->depth)
		return false;
	source = OptionsSource(one);
	other_source = OptionsSource(other);
	CormNoteLook(source);
	CormNoteLook(other_source);
	return compareJsonbContainers(source, other_source) == 0;
}

/* Does a load say what to load at the path, under the relation's own name? */
static bool
Describes(List *loads, const char *path)
{
	ListCell   *cell;

	foreach(cell, loads)
	{
		const CormLoad *load = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (load->as == NULL && strcmp(load->path, path) == 0)
			return true;
	}
	return false;
}

static bool
HasSameLoad(List *loads, const CormLoad *load)
{
	ListCell   *cell;

	foreach(cell, loads)
	{
		CHECK_FOR_INTERRUPTS();
		if (SameLoad(lfirst(cell), load))
			return true;
	}
	return false;
}

/* Narrows the fields to what allow-lists name; naming them has been checked. */
static void
NarrowFields(CormRequest *request, List *guards, bool checked)
{
	List	   *names;

	if ((checked && request->fields_given) ||
		!CormAllowedFields(guards, &names))
		return;
	request->fields = request->fields_given ?
		CormCommonNames(request->fields, names) : names;
	request->fields_given = true;
}

/*
 * The options of a load as allow-lists leave them: a copy, or the same where
 * they change nothing.  "said" tells whether the load was said under them.
 */
static CormRequest *
NarrowOptions(CormRequest *options, List *guards, bool said)
{
	CormRequest *narrowed = CormMakeRequest();
	int64		limit = said ? CormAllowedLimit(guards) : -1;
	List	   *names;

	check_stack_depth();
	if (options)
		*narrowed = *options;
	else if (limit < 0 && !CormAllowedFields(guards, &names))
		return NULL;
	else
		narrowed->source = EmptyObject();

	NarrowFields(narrowed, guards, said);
	narrowed->max_limit = CormSmallerLimit(narrowed->max_limit, limit);
	narrowed->loads = said ? MergeLoads(NIL, narrowed->loads, guards) :
		MergeLoads(narrowed->loads, NIL, guards);
	return narrowed;
}

static CormLoad *
NarrowLoad(const CormLoad *load, List *guards, bool said)
{
	CormLoad   *narrowed = palloc(sizeof(CormLoad));

	*narrowed = *load;
	narrowed->options = NarrowOptions(load->options,
									  CormGuardsBehind(guards, load->path),
									  said);
	return narrowed;
}

/* A load of a step that a path walks through, or NULL if nothing is implied. */
static CormLoad *
ImpliedLoad(const CormLoad *load, char *path, List *guards, bool said)
{
	CormLoad	implied = {0};
	CormLoad   *narrowed;

	implied.path = path;
	implied.select = load->select;
	implied.depth = -1;
	implied.implied = true;
	narrowed = NarrowLoad(&implied, guards, said);
	return narrowed->options ? narrowed : NULL;
}

/*
 * Adds a load after those of the steps it walks through.  "described" are all
 * loads that speak for themselves.
 */
static List *
AddLoad(List *loads, const CormLoad *load, List *described, List *guards,
		bool said)
{
	ListCell   *cell;

	foreach(cell, CormPathLeads(load->path))
	{
		CormLoad   *implied;

		if (Describes(described, lfirst(cell)) ||
			Describes(loads, lfirst(cell)))
			continue;
		implied = ImpliedLoad(load, lfirst(cell), guards, said);
		if (implied)
			loads = lappend(loads, implied);
	}
	return lappend(loads, NarrowLoad(load, guards, said));
}

/* The loads of a base and those said since, as allow-lists leave them. */
static List *
MergeLoads(List *base, List *said, List *guards)
{
	List	   *described = list_concat_copy(base, said);
	List	   *loads = NIL;
	ListCell   *cell;

	foreach(cell, base)
	{
		const CormLoad *load = lfirst(cell);

		if (!(load->implied && Describes(said, load->path)))
			loads = AddLoad(loads, load, described, guards, false);
	}
	foreach(cell, said)
	{
		if (!HasSameLoad(base, lfirst(cell)))
			loads = AddLoad(loads, lfirst(cell), described, guards, true);
	}
	return loads;
}

/*
 * Requests
 */

/* Words that add to what is there. */
static void
MergeAdded(CormRequest *request, const CormRequest *base,
		   const CormRequest *said)
{
	ListCell   *cell;

	request->where = CormBothConditions(base->where, said->where);
	request->has_filter = base->has_filter || said->has_filter;
	request->has_exclude = base->has_exclude || said->has_exclude;
	request->loads = MergeLoads(base->loads, said->loads, request->guards);

	request->exclude_fields = list_copy(base->exclude_fields);
	foreach(cell, said->exclude_fields)
	{
		if (!CormListHasName(base->exclude_fields, lfirst(cell)))
			request->exclude_fields = lappend(request->exclude_fields,
											  lfirst(cell));
	}

	request->annotations = list_copy(base->annotations);
	foreach(cell, said->annotations)
	{
		CormDocPath word = {NULL, CormWordName(CORM_WORD_ANNOTATE), 0};

		request->annotations = CormAddAnnotation(request->annotations,
												 lfirst(cell), &word);
	}
}

/* Words that replace what is there. */
static void
MergeReplaced(CormRequest *request, const CormRequest *base,
			  const CormRequest *said)
{
	const CormRequest *from;

	request->order_by = said->order_by ? said->order_by : base->order_by;
	request->limit = said->limit >= 0 ? said->limit : base->limit;
	request->offset = said->offset >= 0 ? said->offset : base->offset;

	from = said->distinct_given ? said : base;
	request->distinct_given = from->distinct_given;
	request->distinct = from->distinct;

	from = said->fields_given ? said : base;
	request->fields_given = from->fields_given;
	request->fields = from->fields;
	NarrowFields(request, request->guards, said->fields_given);
}

/* Makes the request anew of its parts (see merge.h). */
void
CormMergeRequest(CormRequest *request)
{
	const CormRequest *base = request->base ? request->base :
		CormMakeRequest();

	MergeAdded(request, base, request->said);
	MergeReplaced(request, base, request->said);
	request->max_limit = CormAllowedLimit(request->guards);
}
