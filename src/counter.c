/*-------------------------------------------------------------------------
 *
 * counter.c
 *	  Counter caches: columns that say how many rows a relation leads to.
 *
 * A counter is kept by two functions in the schema of its model's table.  One
 * runs after each statement that changes the table whose rows are counted, one
 * before a row of the model is there under a new key.  Statements on a table
 * fire the statement triggers of that table alone, so every partition and every
 * table that inherits has its own.
 *
 * Both functions run with the rights of the table's owner, who owns the other
 * tables too: whoever writes a child need not be allowed to see the others, or
 * to change the model.  For the same reason nobody else may make triggers of
 * them, and their search_path and row_security are fixed: a policy that hid a
 * row would make the count wrong, and so raises an error.
 *
 * They are made of SQL and PL/pgSQL, and stay when the extension is dropped.
 * What they are called is kept in the relation's row, since their tables and
 * columns may get other names.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "cache.h"
#include "catalog.h"
#include "counter.h"
#include "ddl.h"
#include "deparse_counter.h"
#include "introspect.h"
#include "model.h"

/* The triggers behind a counter's name. */
static const struct
{
	const char *suffix;
	int16		event;
	const char *old_rows;
	const char *new_rows;
	bool		on_owner;		/* before each row; else after statements */
	bool		new_key;		/* only where the key changes */
}			kinds[] =
{
	{"insert", TRIGGER_TYPE_INSERT, NULL, CORM_NEW_ROWS, false, false},
	{"update", TRIGGER_TYPE_UPDATE, CORM_OLD_ROWS, CORM_NEW_ROWS, false, false},
	{"delete", TRIGGER_TYPE_DELETE, CORM_OLD_ROWS, NULL, false, false},
	{"truncate", TRIGGER_TYPE_TRUNCATE, NULL, NULL, false, false},
	{CORM_COUNTER_START, TRIGGER_TYPE_INSERT, NULL, NULL, true, false},
	{"key", TRIGGER_TYPE_UPDATE, NULL, NULL, true, true}
};

static bool IsForward(const CormRelationRow *row,
					  const CormRelation *relation);
static List *AddCounter(List *counters, const CormRelationRow *row,
						bool reverse);
static int	CompareCounters(const ListCell *a, const ListCell *b);
static void DropFunction(const CormCounterFunction *function);
static List *TablesWith(const CormCounter *counter, bool on_owner);
static bool HasTrigger(List *triggers, Oid relid, const char *name);
static const char *FunctionProblem(const CormCounter *counter,
								   const CormCounterFunction *function,
								   const char *body);

void
CormDropCounterOf(const CormRelationRow *row, bool reverse)
{
	const CormCounterNames *names = reverse ? &row->reverse_counter :
		&row->counter;
	Oid			owner = reverse ? row->target : row->source;
	CormCounterFunction *changed;
	CormCounterFunction *start;

	if (names->name == NULL)
		return;
	changed = CormCounterChanged(CormCountedTable(row), owner, names->name);
	start = CormCounterStart(CormCountedTable(row), owner, names->name);
	if (changed != NULL)
		DropFunction(changed);
	if (start != NULL)
		DropFunction(start);
}

void
CormDropCountersOfRow(const CormRelationRow *row)
{
	CormDropCounterOf(row, false);
	CormDropCounterOf(row, true);
}

CormCounter *
CormCounterOf(const CormRelationRow *row, bool reverse)
{
	const CormCounterNames *names = reverse ? &row->reverse_counter :
		&row->counter;
	const CormModel *model;
	const char *name = reverse ? row->reverse_name : row->name;
	CormCounter *counter;
	ListCell   *lc;

	if (names->column == NULL || names->name == NULL || name == NULL)
		return NULL;
	counter = palloc0(sizeof(CormCounter));
	counter->names = *names;
	model = CormModelByRelid(reverse ? row->target : row->source);
	if (model == NULL)
		return counter;
	foreach(lc, CormRelationsOf(model))
	{
		const CormRelation *relation = lfirst(lc);

		if (strcmp(relation->name, name) == 0 && relation->broken == NULL &&
			relation->fk->name != NULL &&
			IsForward(row, relation) == !reverse &&
			relation->through == row->through &&
			(!OidIsValid(relation->through) ||
			 CormModelByRelid(relation->through) != NULL))
			counter->relation = relation;
	}
	return counter;
}

List *
CormCountersOf(const CormModel *model)
{
	List	   *counters = NIL;
	ListCell   *lc;

	foreach(lc, CormReadRelationRowsFrom(model->relid))
		counters = AddCounter(counters, lfirst(lc), false);
	foreach(lc, CormReadRelationRowsTo(model->relid))
		counters = AddCounter(counters, lfirst(lc), true);
	list_sort(counters, CompareCounters);
	return counters;
}

char *
CormCounterCall(const CormCounter *counter)
{
	const CormRelation *relation = counter->relation;

	return psprintf("SELECT corm.counter_cache(%s, %s, %s);",
					quote_literal_cstr(CormModelQualifiedName(CormRequireModel(relation->source))),
					quote_literal_cstr(relation->name),
					quote_literal_cstr(counter->names.column));
}

CormCounterNames *
CormCounterNamesOf(CormRelationRow *row, bool reverse)
{
	return reverse ? &row->reverse_counter : &row->counter;
}

/* Only what is read from the catalogs: whether the numbers are right is not. */
const char *
CormCounterProblem(const CormCounter *counter, bool *hopeless)
{
	const CormRelation *relation = counter->relation;
	const CormModel *model = CormModelByRelid(relation->source);
	const CormColumn *column = model == NULL ? NULL :
		CormFindColumn(model, counter->names.column);
	Oid			owned = relation->fk->referencing;
	CormCounterFunction *functions[2];
	const char *problem;
	List	   *triggers = NIL;
	List	   *expected;
	ListCell   *lc;

	if (hopeless != NULL)
		*hopeless = column != NULL && !CormIsCountingType(column->typid);
	if (column == NULL)
		return psprintf("its column \"%s\" does not exist any more",
						counter->names.column);
	if (!CormIsCountingType(column->typid))
		return psprintf("its column \"%s\" has type %s now", column->name,
						format_type_be(column->typid));
	functions[0] = CormCounterChanged(owned, relation->source,
									  counter->names.name);
	functions[1] = CormCounterStart(owned, relation->source,
									counter->names.name);
	problem = FunctionProblem(counter, functions[0],
							  CormDeparseCounterChanged(relation, column->name));
	if (problem == NULL)
		problem = FunctionProblem(counter, functions[1],
								  CormDeparseCounterStart(relation, column->name));
	if (problem != NULL)
		return problem;
	for (int i = 0; i < lengthof(functions); i++)
		triggers = list_concat(triggers,
							   CormReadTriggersOf(functions[i]->function));
	expected = CormCounterTriggers(counter);
	foreach(lc, expected)
	{
		const CormNewTrigger *trigger = lfirst(lc);

		if (!HasTrigger(triggers, trigger->relid, trigger->name))
			return psprintf("trigger \"%s\" of table \"%s\" is missing or disabled",
							trigger->name, get_rel_name(trigger->relid));
	}
	foreach(lc, triggers)
	{
		CormCounterTrigger *trigger = lfirst(lc);

		if (!CormIsCounterTrigger(expected, trigger))
			return psprintf("trigger \"%s\" of table \"%s\" counts rows that the relation does not lead to",
							trigger->name, get_rel_name(trigger->relid));
	}
	return NULL;
}

CormCounterFunction *
CormCounterChanged(Oid owned, Oid owner, const char *name)
{
	CormCounterFunction *other;

	for (int i = 0; i < lengthof(kinds); i++)
	{
		CormCounterFunction *function = kinds[i].on_owner ? NULL :
			CormFunctionOfTrigger(owned,
								  CormCounterPartName(name, kinds[i].suffix));

		if (function != NULL)
			return function;
	}
	other = CormFunctionOfTrigger(owner,
								  CormCounterPartName(name,
													  CORM_COUNTER_START));
	return CormFindCounterFunction(other != NULL ? other->schema :
								   get_rel_namespace(owner),
								   CormCounterPartName(name,
													   CORM_COUNTER_CHANGED),
								   NULL);
}

CormCounterFunction *
CormCounterStart(Oid owned, Oid owner, const char *name)
{
	CormCounterFunction *other;

	for (int i = 0; i < lengthof(kinds); i++)
	{
		CormCounterFunction *function = !kinds[i].on_owner ? NULL :
			CormFunctionOfTrigger(owner,
								  CormCounterPartName(name, kinds[i].suffix));

		if (function != NULL)
			return function;
	}
	other = CormFunctionOfTrigger(owned, CormCounterPartName(name, "insert"));
	return CormFindCounterFunction(other != NULL ? other->schema :
								   get_rel_namespace(owner),
								   CormCounterPartName(name,
													   CORM_COUNTER_START),
								   NULL);
}

Oid
CormCountedTable(const CormRelationRow *row)
{
	return OidIsValid(row->through) ? row->through : row->source;
}

List *
CormCounterTriggers(const CormCounter *counter)
{
	List	   *triggers = NIL;
	ListCell   *lc;

	for (int i = 0; i < lengthof(kinds); i++)
	{
		foreach(lc, TablesWith(counter, kinds[i].on_owner))
		{
			CormNewTrigger *trigger = palloc0(sizeof(CormNewTrigger));

			trigger->relid = lfirst_oid(lc);
			trigger->name = CormCounterPartName(counter->names.name,
												kinds[i].suffix);
			trigger->event = kinds[i].event;
			trigger->old_rows = kinds[i].old_rows;
			trigger->new_rows = kinds[i].new_rows;
			trigger->each_row = kinds[i].on_owner;
			if (kinds[i].new_key)
				trigger->condition = CormDeparseCounterKey(counter->relation);
			triggers = lappend(triggers, trigger);
		}
	}
	return triggers;
}

bool
CormIsCounterTrigger(List *expected, const CormCounterTrigger *trigger)
{
	ListCell   *lc;

	foreach(lc, expected)
	{
		const CormNewTrigger *one = lfirst(lc);

		if (trigger->relid == one->relid &&
			strcmp(trigger->name, one->name) == 0)
			return true;
	}
	return trigger->handed_down;
}

bool
CormIsCountingType(Oid typid)
{
	return typid == INT2OID || typid == INT4OID || typid == INT8OID;
}

char *
CormCounterPartName(const char *name, const char *part)
{
	return psprintf("%s_%s", name, part);
}

/* Is it the row's own direction, not its way back? */
static bool
IsForward(const CormRelationRow *row, const CormRelation *relation)
{
	return relation->source == row->source &&
		relation->reverse == row->to_many &&
		strcmp(relation->name, row->name) == 0;
}

/* One that can be used. */
static List *
AddCounter(List *counters, const CormRelationRow *row, bool reverse)
{
	CormCounter *counter = CormCounterOf(row, reverse);

	return counter == NULL || counter->relation == NULL ? counters :
		lappend(counters, counter);
}

static int
CompareCounters(const ListCell *a, const ListCell *b)
{
	return strcmp(((CormCounter *) lfirst(a))->relation->name,
				  ((CormCounter *) lfirst(b))->relation->name);
}

/* With its triggers. */
static void
DropFunction(const CormCounterFunction *function)
{
	ListCell   *lc;

	foreach(lc, CormReadTriggersOf(function->function))
	{
		CormCounterTrigger *trigger = lfirst(lc);

		if (!trigger->handed_down)
			CormDropTrigger(trigger->relid, trigger->name);
	}
	CormDropFunction(function->function);
}

/*
 * The tables that have triggers of their own: those of rows come from a
 * partitioned table by themselves.  A foreign table cannot have what is needed.
 */
static List *
TablesWith(const CormCounter *counter, bool on_owner)
{
	List	   *tables = NIL;
	ListCell   *lc;

	if (on_owner)
		return list_make1_oid(counter->relation->source);
	foreach(lc, find_all_inheritors(counter->relation->fk->referencing, NoLock,
									NULL))
	{
		if (CormTableKind(lfirst_oid(lc)) != RELKIND_FOREIGN_TABLE)
			tables = lappend_oid(tables, lfirst_oid(lc));
	}
	return tables;
}

static bool
HasTrigger(List *triggers, Oid relid, const char *name)
{
	ListCell   *lc;

	foreach(lc, triggers)
	{
		CormCounterTrigger *trigger = lfirst(lc);

		if (trigger->relid == relid && trigger->enabled &&
			strcmp(trigger->name, name) == 0)
			return true;
	}
	return false;
}

static const char *
FunctionProblem(const CormCounter *counter,
				const CormCounterFunction *function, const char *body)
{
	if (function == NULL)
		return "its functions do not exist any more";
	if (strcmp(function->body, body) != 0)
		return psprintf("function \"%s\" is not as it would be made now, since names or keys have changed",
						function->name);
	if (!function->safe)
		return psprintf("options of function \"%s\" were changed",
						function->name);
	if (function->owner != CormTableOwner(counter->relation->source))
		return psprintf("function \"%s\" does not run with the rights of the owner of table \"%s\" any more",
						function->name,
						get_rel_name(counter->relation->source));
	return NULL;
}
