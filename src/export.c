/*-------------------------------------------------------------------------
 *
 * export.c
 *	  Models and relations as the calls that make them again.
 *
 * A dump of definitions alone holds no rows of corm's catalog: run on what was
 * restored from it, these calls put them back.  Models come first, then foreign
 * keys, relations without a constraint and many-to-many relations, each sorted
 * by name, then counter caches, and last the accessors, so that the same catalog always prints the
 * same text.
 *
 * What is broken cannot be declared; it is left out, and a comment says so.  A
 * comment is one line, whatever a name may hold.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "accessor_facts.h"
#include "counter.h"
#include "export.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "quote.h"
#include "relate.h"
#include "relate_call.h"

static List *CounterCalls(List *models);
static List *AccessorCalls(List *models);
static int	CompareModels(const ListCell *a, const ListCell *b);
static int	CompareRelations(const ListCell *a, const ListCell *b);
static char *CommentLine(const char *text);
static bool IsShadowed(const CormModel *model, const char *name,
					   const char *own);
static const char *OwnColumn(const CormRelation *relation);

List *
CormExportSql(void)
{
	List	   *unfit;
	List	   *models = CormExportedModels(&unfit);
	List	   *calls = NIL;
	List	   *foreign_keys = NIL;
	List	   *unconstrained = NIL;
	List	   *many_to_many = NIL;
	ListCell   *lm;
	ListCell   *lr;

	foreach(lm, models)
		calls = lappend(calls, CormRegisterCall(lfirst(lm)));
	foreach(lm, unfit)
	{
		CormModelRow *row = lfirst(lm);

		calls = lappend(calls,
						CommentLine(psprintf("model \"%s\" of table %s is left out: another table of the schema is a model of that name",
											 row->name,
											 CormQuoteTable(row->relid))));
	}
	foreach(lm, models)
	{
		CormModelRow *model = lfirst(lm);

		CHECK_FOR_INTERRUPTS();
		foreach(lr, CormExportedRelations(model->relid))
		{
			CormRelationRow *row = lfirst(lr);
			const char *problem = CormExportProblem(row);
			List	  **list = OidIsValid(row->through) ? &many_to_many :
				row->constraint_name == NULL ? &unconstrained : &foreign_keys;

			*list = lappend(*list, problem == NULL ? CormRelationCall(row) :
							CommentLine(psprintf("relation \"%s\" of model \"%s\" is left out: %s",
												 row->name,
												 CormModelQualifiedName(CormRequireModel(row->source)),
												 problem)));
		}
	}
	calls = list_concat(calls, foreign_keys);
	calls = list_concat(calls, unconstrained);
	calls = list_concat(calls, many_to_many);
	calls = list_concat(calls, CounterCalls(models));
	return list_concat(calls, AccessorCalls(models));
}

List *
CormExportedCounters(const CormModel *model)
{
	List	   *counters = NIL;
	ListCell   *lc;

	foreach(lc, CormCountersOf(model))
	{
		CormCounter *counter = lfirst(lc);
		CormRelationRow *row = CormRelationRowNamed(model->relid,
													counter->relation->name);

		if (row != NULL && CormExportProblem(row) == NULL &&
			CormFindColumn(model, counter->names.column) != NULL)
			counters = lappend(counters, counter);
	}
	return counters;
}

static List *
CounterCalls(List *models)
{
	List	   *calls = NIL;
	ListCell   *lm;
	ListCell   *lc;

	foreach(lm, models)
	{
		CormModelRow *row = lfirst(lm);

		foreach(lc, CormExportedCounters(CormRequireModel(row->relid)))
			calls = lappend(calls, CormCounterCall(lfirst(lc)));
	}
	return calls;
}

/*
 * For models that have some.  A dump of definitions brings the functions too;
 * then the calls find nothing to make.
 */
static List *
AccessorCalls(List *models)
{
	List	   *accessors = CormReadAccessors(InvalidOid);
	List	   *calls = NIL;
	ListCell   *lm;
	ListCell   *la;

	foreach(lm, models)
	{
		CormModelRow *row = lfirst(lm);

		foreach(la, accessors)
		{
			if (((CormAccessor *) lfirst(la))->source != row->relid)
				continue;
			calls = lappend(calls,
							psprintf("SELECT corm.create_accessors(%s);",
									 quote_literal_cstr(CormModelQualifiedName(CormRequireModel(row->relid)))));
			break;
		}
	}
	return calls;
}

List *
CormExportedModels(List **unfit)
{
	List	   *rows = NIL;
	List	   *models = NIL;
	ListCell   *lc;

	foreach(lc, CormReadModelRows())
	{
		CormModelRow *row = lfirst(lc);

		if (CormTableKind(row->relid) != '\0')
			rows = lappend(rows, row);
	}
	list_sort(rows, CompareModels);
	*unfit = NIL;
	foreach(lc, rows)
	{
		if (CormModelIsAmbiguous(lfirst(lc)))
			*unfit = lappend(*unfit, lfirst(lc));
		else
			models = lappend(models, lfirst(lc));
	}
	return models;
}

List *
CormExportedRelations(Oid source)
{
	List	   *rows = CormReadRelationRowsFrom(source);

	list_sort(rows, CompareRelations);
	return rows;
}

const char *
CormExportProblem(const CormRelationRow *row)
{
	const CormModel *source = CormModelByRelid(row->source);
	const CormModel *target = CormModelByRelid(row->target);
	const CormRelation *relation = source == NULL ? NULL :
		CormFindRelation(source, row->name);
	Oid			tables[] = {row->source, row->target, row->through};

	if (relation != NULL && relation->broken != NULL)
		return relation->broken;
	for (int i = 0; i < lengthof(tables); i++)
	{
		CormModelRow *model;

		if (!OidIsValid(tables[i]))
			continue;
		model = CormReadModelRow(tables[i]);
		if (model == NULL)
			return "one of its tables is not a model any more";
		if (CormModelIsAmbiguous(model))
			return psprintf("several tables are the model \"%s\"", model->name);
	}
	if (relation == NULL || target == NULL)
		return "one of its tables is not a model any more";
	if (IsShadowed(source, row->name,
				   row->to_many ? NULL : OwnColumn(relation)))
		return psprintf("a column \"%s\" has been added to its model",
						row->name);
	if (row->reverse_name != NULL &&
		IsShadowed(target, row->reverse_name,
				   row->to_many ? OwnColumn(relation) : NULL))
		return psprintf("a column \"%s\" has been added to the model that it leads to",
						row->reverse_name);
	return NULL;
}

/* The text of a name's bytes decides, never an OID. */
static int
CompareModels(const ListCell *a, const ListCell *b)
{
	const CormModelRow *left = lfirst(a);
	const CormModelRow *right = lfirst(b);
	char	   *left_schema = get_namespace_name(get_rel_namespace(left->relid));
	char	   *right_schema = get_namespace_name(get_rel_namespace(right->relid));
	int			order = 0;

	/* a table that others drop right now has no schema to speak of */
	if (left_schema != NULL && right_schema != NULL)
		order = strcmp(left_schema, right_schema);
	if (order == 0)
		order = strcmp(left->name, right->name);
	if (order == 0)
		order = strcmp(CormQuoteTable(left->relid), CormQuoteTable(right->relid));
	return order;
}

static int
CompareRelations(const ListCell *a, const ListCell *b)
{
	return strcmp(((CormRelationRow *) lfirst(a))->name,
				  ((CormRelationRow *) lfirst(b))->name);
}

static char *
CommentLine(const char *text)
{
	char	   *line = psprintf("-- %s", text);

	for (char *c = line; *c != '\0'; c++)
	{
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	}
	return line;
}

/* A column that came later takes the relation's name away from it. */
static bool
IsShadowed(const CormModel *model, const char *name, const char *own)
{
	return CormFindColumn(model, name) != NULL &&
		(own == NULL || strcmp(own, name) != 0);
}

/* The column whose name the step to one row may bear, or NULL. */
static const char *
OwnColumn(const CormRelation *relation)
{
	const CormForeignKey *fk = relation->fk;

	if (OidIsValid(relation->through) || fk == NULL || fk->nkeys != 1)
		return NULL;
	return get_attname(fk->referencing, fk->fk_attnums[0], true);
}
