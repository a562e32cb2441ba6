/*-------------------------------------------------------------------------
 *
 * diagram.c
 *	  Models and relations as a diagram: what is drawn.
 *
 * A link table is an edge and no node, and columns of its own are named on the
 * edge.  It is a node if it was asked for by name, or if anything but the ends
 * of its links hangs on it: then its two foreign keys are drawn, and the
 * many-to-many relation, which is the two of them, is not.
 *
 * Relations that cannot be used are left out: where they lead is not known.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"

#include "cache.h"
#include "compat.h"
#include "diagram.h"
#include "error.h"
#include "indexes.h"
#include "introspect.h"
#include "relate.h"
#include "tablefacts.h"

/* A relation that can be used. */
typedef struct Step
{
	const CormRelationRow *row;
	const CormRelation *relation;	/* as its source has it */
} Step;

/* What is known of a table that relations touch. */
typedef struct Place
{
	Oid			relid;			/* hash key */
	CormDrawnModel *drawn;		/* NULL: no model, or out of the user's reach */
	bool		named;			/* asked for by name */
	bool		chosen;			/* to be drawn */
	bool		has_links;		/* many-to-many relations pass through */
	bool		has_more;		/* it is the end of relations besides */
	List	   *link_keys;		/* of char *: constraints that make the links */
	List	   *drawn_keys;		/* of char *: those that edges stand for */
} Place;

typedef struct Drawing
{
	HTAB	   *places;			/* Place */
	List	   *models;			/* of CormDrawnModel *, in order */
	List	   *steps;			/* of Step * */
	List	   *edges;			/* of CormEdge * */
} Drawing;

static void FindModels(Drawing *drawing);
static bool MayUse(const CormModel *model);
static int	CompareModels(const ListCell *a, const ListCell *b);
static void FindSteps(Drawing *drawing);
static int	CompareRows(const ListCell *a, const ListCell *b);
static void FindLinkTables(Drawing *drawing);
static void Choose(Drawing *drawing, List *models);
static bool IsFolded(const Place *place);
static Place *PlaceOf(Drawing *drawing, Oid relid);
static bool HasName(List *names, const char *name);
static void DrawKey(Drawing *drawing, const Step *step);
static void DrawLink(Drawing *drawing, const Step *step);
static void DrawLinkKey(Drawing *drawing, const CormForeignKey *fk,
						const char *label);
static CormEdge *AddEdge(Drawing *drawing, const Place *from,
						 const Place *to);
static char *Label(const char *there, const char *back);
static List *DrawnColumns(const CormModel *model);
static int	CompareEdges(const ListCell *a, const ListCell *b);

CormDiagram *
CormDraw(List *models)
{
	Drawing		drawing = {0};
	CormDiagram *diagram = palloc0(sizeof(CormDiagram));
	ListCell   *lc;

	FindModels(&drawing);
	FindSteps(&drawing);
	FindLinkTables(&drawing);
	Choose(&drawing, models);
	foreach(lc, drawing.models)
	{
		CormDrawnModel *drawn = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		if (!PlaceOf(&drawing, drawn->model->relid)->chosen)
			continue;
		drawn->columns = DrawnColumns(drawn->model);
		diagram->models = lappend(diagram->models, drawn);
	}

	/* a key that is a relation by itself before one that only makes links */
	foreach(lc, drawing.steps)
		DrawKey(&drawing, lfirst(lc));
	foreach(lc, drawing.steps)
		DrawLink(&drawing, lfirst(lc));
	list_sort(drawing.edges, CompareEdges);
	diagram->edges = drawing.edges;
	return diagram;
}

static void
FindModels(Drawing *drawing)
{
	HASHCTL		ctl = {0};
	ListCell   *lc;

	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(Place);
	ctl.hcxt = CurrentMemoryContext;
	drawing->places = hash_create("corm diagram", 256, &ctl,
								  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	foreach(lc, CormAllModels())
	{
		const CormModel *model = lfirst(lc);
		CormDrawnModel *drawn;

		if (!MayUse(model))
			continue;
		drawn = palloc0(sizeof(CormDrawnModel));
		drawn->model = model;
		drawn->schema = get_namespace_name(get_rel_namespace(model->relid));
		drawn->name = CormModelDisplayName(model);
		drawing->models = lappend(drawing->models, drawn);
		PlaceOf(drawing, model->relid)->drawn = drawn;
	}
	list_sort(drawing->models, CompareModels);
	foreach(lc, drawing->models)
		((CormDrawnModel *) lfirst(lc))->number = foreach_current_index(lc);
}

static bool
MayUse(const CormModel *model)
{
	Oid			schema = get_rel_namespace(model->relid);

	return OidIsValid(schema) &&
		CormSchemaAclCheck(schema, GetUserId(), ACL_USAGE) == ACLCHECK_OK;
}

static int
CompareModels(const ListCell *a, const ListCell *b)
{
	const CormDrawnModel *x = lfirst(a);
	const CormDrawnModel *y = lfirst(b);
	int			order = strcmp(x->schema, y->schema);

	if (order == 0)
		order = strcmp(x->model->name, y->model->name);
	if (order == 0 && x->model->relid != y->model->relid)
		order = x->model->relid < y->model->relid ? -1 : 1;
	return order;
}

/* Relations whose ends are both in reach. */
static void
FindSteps(Drawing *drawing)
{
	List	   *rows = CormReadRelationRows();
	ListCell   *lc;

	list_sort(rows, CompareRows);
	foreach(lc, rows)
	{
		const CormRelationRow *row = lfirst(lc);
		const Place *source = PlaceOf(drawing, row->source);
		const CormRelation *relation;
		Step	   *step;

		if (source->drawn == NULL ||
			PlaceOf(drawing, row->target)->drawn == NULL)
			continue;
		relation = CormRelationOfRow(source->drawn->model, row);
		if (relation == NULL || relation->broken != NULL)
			continue;
		step = palloc(sizeof(Step));
		step->row = row;
		step->relation = relation;
		drawing->steps = lappend(drawing->steps, step);
	}
}

/* Two relations of one model may pass through one table: the first name leads. */
static int
CompareRows(const ListCell *a, const ListCell *b)
{
	const CormRelationRow *x = lfirst(a);
	const CormRelationRow *y = lfirst(b);

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
FindLinkTables(Drawing *drawing)
{
	ListCell   *lc;

	foreach(lc, drawing->steps)
	{
		const Step *step = lfirst(lc);
		Place	   *through;

		if (!OidIsValid(step->row->through))
			continue;
		through = PlaceOf(drawing, step->row->through);
		through->has_links = true;
		through->link_keys = lappend(through->link_keys,
									 step->relation->fk->name);
		through->link_keys = lappend(through->link_keys,
									 step->relation->far_fk->name);
	}
	foreach(lc, drawing->steps)
	{
		const Step *step = lfirst(lc);
		Place	   *source = PlaceOf(drawing, step->row->source);
		const CormForeignKey *fk = step->relation->fk;

		PlaceOf(drawing, step->row->target)->has_more = true;
		if (OidIsValid(step->row->through) || fk->name == NULL ||
			!HasName(source->link_keys, fk->name))
			source->has_more = true;
	}
}

static void
Choose(Drawing *drawing, List *models)
{
	ListCell   *lc;

	foreach(lc, models)
		PlaceOf(drawing, ((const CormModel *) lfirst(lc))->relid)->named = true;
	foreach(lc, drawing->models)
	{
		Place	   *place = PlaceOf(drawing, ((CormDrawnModel *) lfirst(lc))->model->relid);

		place->chosen = place->named || (models == NIL && !IsFolded(place));
	}

	/* one step from those that are named, in either direction */
	foreach(lc, drawing->steps)
	{
		const Step *step = lfirst(lc);
		Place	   *source = PlaceOf(drawing, step->row->source);
		Place	   *target = PlaceOf(drawing, step->row->target);
		Place	   *through = OidIsValid(step->row->through) ?
			PlaceOf(drawing, step->row->through) : NULL;
		bool		named = source->named || target->named ||
			(through != NULL && through->named);

		if (!named)
			continue;
		source->chosen = source->chosen || !IsFolded(source);
		target->chosen = target->chosen || !IsFolded(target);
	}

	/* links between them that are no edge need their node */
	foreach(lc, drawing->steps)
	{
		const Step *step = lfirst(lc);
		Place	   *through;

		if (!OidIsValid(step->row->through))
			continue;
		through = PlaceOf(drawing, step->row->through);
		if (!IsFolded(through) &&
			PlaceOf(drawing, step->row->source)->chosen &&
			PlaceOf(drawing, step->row->target)->chosen)
			through->chosen = true;
	}
}

/* Is the table drawn as edges? */
static bool
IsFolded(const Place *place)
{
	return place->has_links && !place->named &&
		(!place->has_more || place->drawn == NULL);
}

/* Never NULL. */
static Place *
PlaceOf(Drawing *drawing, Oid relid)
{
	bool		found;
	Place	   *place = hash_search(drawing->places, &relid, HASH_ENTER, &found);

	if (!found)
	{
		memset(place, 0, sizeof(Place));
		place->relid = relid;
	}
	return place;
}

static bool
HasName(List *names, const char *name)
{
	ListCell   *lc;

	foreach(lc, names)
	{
		if (strcmp(lfirst(lc), name) == 0)
			return true;
	}
	return false;
}

/* A relation that is no many-to-many. */
static void
DrawKey(Drawing *drawing, const Step *step)
{
	const CormRelation *relation = step->relation;
	const CormForeignKey *fk = relation->fk;
	Place	   *from;
	Place	   *to;
	CormEdge   *edge;

	if (OidIsValid(step->row->through))
		return;
	from = PlaceOf(drawing, fk->referencing);
	to = PlaceOf(drawing, fk->referenced);
	if (!from->chosen || !to->chosen)
		return;
	edge = AddEdge(drawing, from, to);
	edge->from_end = relation->kind == CORM_ONE_TO_ONE ||
		relation->kind == CORM_REVERSE_ONE_TO_ONE ?
		CORM_END_ONE_OR_NONE : CORM_END_MANY;
	edge->to_end = relation->reverse || relation->nullable ?
		CORM_END_ONE_OR_NONE : CORM_END_ONE;
	edge->from_column = fk->fk_attnums[0];
	edge->to_column = fk->pk_attnums[0];
	edge->constraint = fk->name != NULL;
	edge->label = relation->reverse ?
		Label(relation->inverse, relation->name) :
		Label(relation->name, relation->inverse);
	if (fk->name != NULL)
		from->drawn_keys = lappend(from->drawn_keys, fk->name);
}

static void
DrawLink(Drawing *drawing, const Step *step)
{
	const CormRelation *relation = step->relation;
	List	   *columns = NIL;
	Place	   *through;
	Place	   *source = PlaceOf(drawing, step->row->source);
	Place	   *target = PlaceOf(drawing, step->row->target);
	CormEdge   *edge;
	ListCell   *lc;

	if (!OidIsValid(step->row->through))
		return;
	through = PlaceOf(drawing, step->row->through);
	if (through->chosen)
	{
		DrawLinkKey(drawing, relation->fk, relation->name);
		DrawLinkKey(drawing, relation->far_fk,
					relation->symmetrical ? relation->name : relation->inverse);
		return;
	}
	if (!source->chosen || !target->chosen)
		return;
	edge = AddEdge(drawing, source, target);
	edge->from_end = CORM_END_MANY;
	edge->to_end = CORM_END_MANY;
	edge->constraint = true;
	edge->label = Label(relation->name, relation->inverse);
	foreach(lc, CormLinkColumns(relation))
		columns = lappend(columns, ((CormColumn *) lfirst(lc))->name);
	if (columns != NIL && through->drawn != NULL)
		edge->columns = psprintf("%s: %s", through->drawn->name,
								 CormJoinNames(columns));
}

/*
 * A link's own foreign key, unless it is drawn already.  The name is that of the
 * step which starts by walking it backwards.
 */
static void
DrawLinkKey(Drawing *drawing, const CormForeignKey *fk, const char *label)
{
	Place	   *from = PlaceOf(drawing, fk->referencing);
	Place	   *to = PlaceOf(drawing, fk->referenced);
	CormKey		columns = {fk->nkeys, fk->fk_attnums};
	CormEdge   *edge;

	if (!to->chosen || HasName(from->drawn_keys, fk->name))
		return;
	from->drawn_keys = lappend(from->drawn_keys, fk->name);
	edge = AddEdge(drawing, from, to);
	edge->from_end = CormHasUniqueKeyWithin(fk->referencing, columns) ?
		CORM_END_ONE_OR_NONE : CORM_END_MANY;
	edge->to_end = fk->validated && CormAllNotNull(fk->referencing, columns) ?
		CORM_END_ONE : CORM_END_ONE_OR_NONE;
	edge->from_column = fk->fk_attnums[0];
	edge->to_column = fk->pk_attnums[0];
	edge->constraint = true;
	edge->label = Label(label, NULL);
}

static CormEdge *
AddEdge(Drawing *drawing, const Place *from, const Place *to)
{
	CormEdge   *edge = palloc0(sizeof(CormEdge));

	edge->from = from->drawn;
	edge->to = to->drawn;
	drawing->edges = lappend(drawing->edges, edge);
	return edge;
}

/* Either name may be NULL. */
static char *
Label(const char *there, const char *back)
{
	if (there != NULL && back != NULL)
		return psprintf("%s / %s", there, back);
	if (there != NULL || back != NULL)
		return pstrdup(there != NULL ? there : back);
	return pstrdup("");
}

static List *
DrawnColumns(const CormModel *model)
{
	List	   *fks = CormReadForeignKeys(model->relid);
	CormKey		primary_key = {model->nkey, model->key};
	List	   *columns = NIL;
	ListCell   *lc;

	for (int i = 0; i < model->ncolumns; i++)
	{
		const CormColumn *column = &model->columns[i];
		CormDrawnColumn *drawn = palloc0(sizeof(CormDrawnColumn));

		drawn->attnum = column->attnum;
		drawn->name = column->name;
		drawn->type = CormShortType(column->typid, column->typmod);
		drawn->is_key = CormKeyHas(primary_key, column->attnum);
		foreach(lc, fks)
		{
			const CormForeignKey *fk = lfirst(lc);
			CormKey		key = {fk->nkeys, fk->fk_attnums};

			if (CormKeyHas(key, column->attnum))
				drawn->is_foreign_key = true;
		}
		columns = lappend(columns, drawn);
	}
	return columns;
}

static int
CompareEdges(const ListCell *a, const ListCell *b)
{
	const CormEdge *x = lfirst(a);
	const CormEdge *y = lfirst(b);

	if (x->from != y->from)
		return x->from->number - y->from->number;
	if (x->to != y->to)
		return x->to->number - y->to->number;
	return strcmp(x->label, y->label);
}
