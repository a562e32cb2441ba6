/*-------------------------------------------------------------------------
 *
 * fields.c
 *	  Which relations a request loads, and which columns it prints.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"

#include "document.h"
#include "fields.h"
#include "scope.h"

/* ---------- what to load ---------- */

/*
 * One step of a path to load.
 */
static const CormRelation *
LoadStep(const CormModel *model, const char **path, const char *whole)
{
	CormStep	step = CormNextStep(model, NULL, *path);

	if (step.kind == CORM_STEP_COLUMN && step.relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is a column of model \"%s\", not a relation to load",
						step.column->name, CormModelDisplayName(model)),
				 strcmp(*path, whole) == 0 ? 0 :
				 errdetail("The path is \"%s\".", whole)));
	if (step.relation == NULL)
		CormUnknownName(model, *path, whole);
	CormRequireWhole(model, step.relation);
	*path = step.rest;
	return step.relation;
}

static void AddLoads(const CormModel *model, List **nodes, List *loads);

static CormLoadNode *
FindNode(List **nodes, const CormRelation *relation, const char *name,
		 const char *path)
{
	CormLoadNode *node;
	ListCell   *lc;

	foreach(lc, *nodes)
	{
		node = lfirst(lc);
		if (strcmp(node->name, name) != 0)
			continue;
		if (node->relation != relation)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" would load both relation \"%s\" and relation \"%s\"",
							name, node->relation->name, relation->name),
					 errdetail("The path is \"%s\".", path)));
		return node;
	}
	node = palloc0(sizeof(CormLoadNode));
	node->relation = relation;
	node->name = name;
	*nodes = lappend(*nodes, node);
	return node;
}

static bool
SameOptions(const CormRequest *a, const CormRequest *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	CormNoteLook(a->source);
	CormNoteLook(b->source);
	return compareJsonbContainers(a->source, b->source) == 0;
}

/*
 * "*": every relation of the model that the role may read, but for the way
 * back.  What is asked for by name has its own say.
 */
static void
AddAll(const CormModel *model, List **nodes, const CormRelation *came_by,
	   const CormLoad *load)
{
	ListCell   *lc;

	if (load->as || load->recursive)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" loads several relations, which does not go with \"%s\"",
						load->path, load->as ? "as" : "recursive")));
	foreach(lc, CormRelationsOf(model))
	{
		const CormRelation *relation = lfirst(lc);
		bool		back = came_by && came_by->inverse && relation->target == came_by->source &&
			strcmp(relation->name, came_by->inverse) == 0;
		CormLoadNode *node;

		if (relation->broken || back ||
			pg_class_aclcheck(relation->target, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
			continue;
		node = FindNode(nodes, relation, relation->name, load->path);
		if (node->described)
			continue;
		node->described = node->unnamed = true;
		node->options = load->options;
		node->more = load->more;
		node->depth = -1;
		if (load->options)
			AddLoads(CormRelationTarget(relation), &node->loads, load->options->loads);
	}
}

static void
AddLoads(const CormModel *model, List **nodes, List *loads)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, loads)
	{
		const CormLoad *load = lfirst(lc);
		const char *path = load->path;
		const CormModel *at = model;
		const CormRelation *relation = NULL;
		List	  **list = nodes;
		CormLoadNode *node;

		CHECK_FOR_INTERRUPTS();
		while (strcmp(path, "*") != 0)
		{
			bool		last;

			relation = LoadStep(at, &path, load->path);
			last = *path == '\0';

			node = FindNode(list, relation,
							last && load->as ? load->as : relation->name, load->path);
			at = CormRelationTarget(relation);
			list = &node->loads;
			if (last)
				break;
		}

		if (strcmp(path, "*") == 0)
		{
			AddAll(at, list, relation, load);
			continue;
		}
		if (load->by_the_way)
		{
			if (!node->described)
				node->depth = -1;
			node->described = true;
			AddLoads(at, &node->loads, load->options->loads);
			continue;
		}
		if (node->described && !node->unnamed &&
			(!SameOptions(node->options, load->options) || node->more != load->more ||
			 node->recursive != load->recursive || node->flat != load->flat ||
			 node->depth != load->depth))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" is loaded twice with different options", node->name),
					 errdetail("The path is \"%s\".", load->path),
					 errhint("Give one of them another name with the option \"as\".")));
		if (node->unnamed && node->options)
			node->loads = NIL;
		node->described = true;
		node->unnamed = false;
		node->options = load->options;
		node->more = load->more;
		node->recursive = load->recursive;
		node->flat = load->flat;
		node->depth = load->depth;
		if (load->options)
			AddLoads(at, &node->loads, load->options->loads);
	}
}

/*
 * Merges the paths to load into one tree of nodes.
 */
List *
CormResolveLoads(const CormModel *model, List *loads)
{
	List	   *nodes = NIL;

	AddLoads(model, &nodes, loads);
	return nodes;
}

/* ---------- what to print ---------- */

static List *
AppendOnce(List *columns, const CormColumn *column)
{
	return list_append_unique_ptr(columns, unconstify(CormColumn *, column));
}

/*
 * Adds what one name in a list of fields means to columns or link columns.
 */
static void
AddField(CormTable *table, const char *name, CormFieldSet *set)
{
	CormStep	step;
	ListCell   *lc;

	/* annotations are printed in any case */
	foreach(lc, table->annotations)
		if (strcmp(((CormNamedValue *) lfirst(lc))->name, name) == 0)
			return;

	step = CormNextStep(table->model, table->link_relation, name);

	if (step.kind == CORM_STEP_COLUMN && *step.rest == '\0')
	{
		set->columns = AppendOnce(set->columns, step.column);
		return;
	}
	if (step.kind == CORM_STEP_PK && *step.rest == '\0')
	{
		for (int i = 0; i < table->model->nkey; i++)
			set->columns = AppendOnce(set->columns,
									  CormColumnByNumber(table->model, table->model->key[i]));
		return;
	}
	if (step.kind == CORM_STEP_THROUGH)
	{
		const CormColumn *column = CormFindColumn(table->link->model, step.rest);

		if (*step.rest == '\0')
			set->link_columns = list_concat_unique_ptr(set->link_columns,
													   CormLinkColumns(table->link_relation));
		else if (column)
			set->link_columns = AppendOnce(set->link_columns, column);
		else
			CormUnknownName(table->link->model, step.rest, name);
		return;
	}
	if (step.kind == CORM_STEP_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("\"%s\" is a relation of model \"%s\", not a column",
						step.relation->name, CormModelDisplayName(table->model)),
				 errhint("Load it with prefetch_related; its option \"fields\" names the columns to print of it.")));
	if (step.kind == CORM_STEP_COLUMN || step.kind == CORM_STEP_PK)
		CormNothingFollows(table->model, &step, name);
	CormUnknownName(table->model, name, name);
}

/*
 * The columns of one object: those that "fields" names, or all, less those that
 * "exclude_fields" names.
 */
CormFieldSet *
CormResolveFields(CormTable *table, const CormRequest *options)
{
	CormFieldSet *set = palloc0(sizeof(CormFieldSet));
	CormFieldSet without = {NIL, NIL};
	ListCell   *lc;

	if (options && options->fields_given)
		foreach(lc, options->fields)
			AddField(table, lfirst(lc), set);
	else
	{
		for (int i = 0; i < table->model->ncolumns; i++)
			set->columns = lappend(set->columns, &table->model->columns[i]);
		if (table->link)
			set->link_columns = list_copy(CormLinkColumns(table->link_relation));
	}

	if (options && options->exclude_fields != NIL)
	{
		foreach(lc, options->exclude_fields)
			AddField(table, lfirst(lc), &without);
		set->columns = list_difference_ptr(set->columns, without.columns);
		set->link_columns = list_difference_ptr(set->link_columns, without.link_columns);
	}
	return set;
}
