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

#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "cache.h"
#include "catalog.h"
#include "counter.h"
#include "counter_facts.h"
#include "ddl.h"
#include "deparse_counter.h"
#include "error.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "path.h"
#include "recount.h"
#include "relate.h"

#define CHANGED "changed"
#define START "start"

/* The triggers behind a counter's name; the longest one has to fit. */
static const struct
{
	const char *suffix;
	const char *when;
	const char *rows;			/* transition tables */
	bool		on_owner;
	bool		new_key;		/* only where the key changes */
}			kinds[] =
{
	{"insert", "AFTER INSERT", "NEW TABLE AS new_rows", false, false},
	{"update", "AFTER UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", false, false},
	{"delete", "AFTER DELETE", "OLD TABLE AS old_rows", false, false},
	{"truncate", "AFTER TRUNCATE", NULL, false, false},
	{START, "BEFORE INSERT", NULL, true, false},
	{"key", "BEFORE UPDATE", NULL, true, true}
};
#define LONGEST "truncate"

static const CormRelation *RequireRelation(const CormModel *model,
										   const char *name);
static void RequireCountable(const CormModel *model,
							 const CormRelation *relation);
static void RequireOneOwner(const CormModel *model,
							const CormRelation *relation);
static void RequireFreshSnapshot(void);
static void RaiseOther(const CormModel *model, const CormCounter *counter);
static void PrepareColumn(const CormModel *model,
						  const CormRelation *relation, const char *column);
static bool IsCountingType(Oid typid);
static const char *UseOfColumn(const CormModel *model,
							   const CormRelation *relation,
							   const CormColumn *column);
static char *ChooseName(const CormCounter *counter);
static bool NameIsFree(const CormCounter *counter, const char *name);
static void MakeFunctions(const CormCounter *counter);
static void MakeFunction(const CormCounter *counter, const char *suffix,
						 const char *body, bool stable,
						 const CormCounterFunction *old);
static void MakeTriggers(const CormCounter *counter);
static void DropFunction(const CormCounterFunction *function);
static List *TablesWith(const CormCounter *counter, bool on_owner);
static bool HasTrigger(List *triggers, Oid relid, const char *name);
static bool IsExpected(const CormCounter *counter,
					   const CormCounterTrigger *trigger);
static const char *FunctionProblem(const CormCounter *counter,
								   const CormCounterFunction *function,
								   const char *body);
static char *TriggerName(const char *name, const char *suffix);

void
CormCreateCounter(Oid relid, const char *relation_name, const char *column)
{
	CormRelationRow *row = CormLockRelationRow(relid, relation_name, false);
	const CormModel *model = CormRequireModel(relid);
	const CormRelation *relation = RequireRelation(model, relation_name);
	bool		reverse = !CormIsForward(row, relation);
	CormCounter *old = CormCounterOf(row, reverse);
	CormCounter counter = {relation};

	CormRequireOwner(relid);
	RequireCountable(model, relation);
	if (column == NULL)
		column = old != NULL ? old->names.column :
			CormGeneratedName("column", relation_name, "count", NULL,
							  "Name the column with column_name.");
	CormCheckNameLength("column", column, "Choose a shorter name.");
	if (old != NULL)
	{
		if (strcmp(old->names.column, column) != 0)
			RaiseOther(model, old);
		if (CormCounterProblem(old) == NULL)
			return;
	}
	RequireOneOwner(model, relation);
	RequireFreshSnapshot();
	PrepareColumn(model, relation, column);
	counter.names.column = pstrdup(column);
	counter.names.name = old != NULL && NameIsFree(old, old->names.name) ?
		old->names.name : ChooseName(&counter);
	MakeFunctions(&counter);
	MakeTriggers(&counter);
	*CormCounterNamesOf(row, reverse) = counter.names;
	CormUpdateRelationRow(row);

	/* the triggers' creation keeps writers away */
	CormCountAll(relation, column);
}

void
CormDropCounter(Oid relid, const char *relation_name, bool drop_column)
{
	CormRelationRow *row = CormLockRelationRow(relid, relation_name, false);
	bool		reverse = row->source != relid ||
		strcmp(row->name, relation_name) != 0;
	CormCounterNames *names = CormCounterNamesOf(row, reverse);
	char	   *column = names->column;

	CormRequireOwner(relid);
	if (column == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("relation \"%s\" of model \"%s\" has no counter cache",
						relation_name, CormRequireModel(relid)->name)));
	CormDropCounterOf(row, reverse);
	names->column = NULL;
	names->name = NULL;
	CormUpdateRelationRow(row);
	if (drop_column && get_attnum(relid, column) > 0)
		CormDropColumns(relid, list_make1(column));
}

int64
CormRecount(Oid relid, const char *relation_name)
{
	const CormModel *model = CormRequireModel(relid);
	int64		changed = 0;
	ListCell   *lc;

	if (relation_name != NULL)
		(void) RequireRelation(model, relation_name);
	foreach(lc, model->relations)
	{
		const CormRelation *relation = lfirst(lc);
		CormRelationRow *row = CormRelationRowNamed(relid, relation->name);
		CormCounter *counter;

		if (relation_name != NULL &&
			strcmp(relation->name, relation_name) != 0)
			continue;
		counter = row == NULL ? NULL :
			CormCounterOf(row, !CormIsForward(row, relation));
		if (counter == NULL && relation_name != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_OBJECT),
					 errmsg("relation \"%s\" of model \"%s\" has no counter cache",
							relation_name, model->name),
					 errhint("Make one: SELECT corm.counter_cache(%s, %s);",
							 quote_literal_cstr(CormModelDisplayName(model)),
							 quote_literal_cstr(relation_name))));
		if (counter == NULL)
			continue;
		CormRequireWhole(model, relation);
		(void) CormRequireColumn(model, counter->names.column);
		changed += CormRecountWrong(relation, counter->names.column);
	}
	return changed;
}

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
	foreach(lc, model->relations)
	{
		const CormRelation *relation = lfirst(lc);

		if (strcmp(relation->name, name) == 0 && relation->broken == NULL &&
			CormIsForward(row, relation) == !reverse &&
			relation->through == row->through &&
			(!OidIsValid(relation->through) ||
			 CormModelByRelid(relation->through) != NULL))
			counter->relation = relation;
	}
	return counter;
}

CormCounterNames *
CormCounterNamesOf(CormRelationRow *row, bool reverse)
{
	return reverse ? &row->reverse_counter : &row->counter;
}

/* Only what is read from the catalogs: whether the numbers are right is not. */
const char *
CormCounterProblem(const CormCounter *counter)
{
	const CormRelation *relation = counter->relation;
	const CormModel *model = CormModelByRelid(relation->source);
	const CormColumn *column = CormFindColumn(model, counter->names.column);
	Oid			owned = relation->fk->referencing;
	CormCounterFunction *functions[2];
	const char *problem;
	List	   *triggers = NIL;
	ListCell   *lc;

	if (column == NULL)
		return psprintf("its column \"%s\" does not exist any more",
						counter->names.column);
	if (!IsCountingType(column->typid))
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
	for (int i = 0; i < lengthof(kinds); i++)
	{
		char	   *name = TriggerName(counter->names.name, kinds[i].suffix);

		foreach(lc, TablesWith(counter, kinds[i].on_owner))
		{
			if (!HasTrigger(triggers, lfirst_oid(lc), name))
				return psprintf("trigger \"%s\" of table \"%s\" is missing or disabled",
								name, get_rel_name(lfirst_oid(lc)));
		}
	}
	foreach(lc, triggers)
	{
		CormCounterTrigger *trigger = lfirst(lc);

		if (!IsExpected(counter, trigger))
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
			CormFunctionOfTrigger(owned, TriggerName(name, kinds[i].suffix));

		if (function != NULL)
			return function;
	}
	other = CormFunctionOfTrigger(owner, TriggerName(name, START));
	return CormFindCounterFunction(other != NULL ? other->schema :
								   get_rel_namespace(owner),
								   TriggerName(name, CHANGED), NULL);
}

CormCounterFunction *
CormCounterStart(Oid owned, Oid owner, const char *name)
{
	CormCounterFunction *other;

	for (int i = 0; i < lengthof(kinds); i++)
	{
		CormCounterFunction *function = !kinds[i].on_owner ? NULL :
			CormFunctionOfTrigger(owner, TriggerName(name, kinds[i].suffix));

		if (function != NULL)
			return function;
	}
	other = CormFunctionOfTrigger(owned, TriggerName(name, "insert"));
	return CormFindCounterFunction(other != NULL ? other->schema :
								   get_rel_namespace(owner),
								   TriggerName(name, START), NULL);
}

Oid
CormCountedTable(const CormRelationRow *row)
{
	return OidIsValid(row->through) ? row->through : row->source;
}

/* Raises 42704. */
static const CormRelation *
RequireRelation(const CormModel *model, const char *name)
{
	const CormRelation *relation = CormFindRelation(model, name);
	List	   *names = NIL;
	const char *near;
	ListCell   *lc;

	if (relation != NULL)
		return relation;
	foreach(lc, model->relations)
		names = lappend(names, ((CormRelation *) lfirst(lc))->name);
	near = CormClosest(name, names);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("model \"%s\" has no relation \"%s\"", model->name, name),
			 errdetail("Its relations are: %s.", CormJoinNames(names)),
			 near != NULL ?
			 errhint("Perhaps you meant the relation \"%s\".", near) : 0));
}

/* Raises 42704, 42809 and 0A000. */
static void
RequireCountable(const CormModel *model, const CormRelation *relation)
{
	const CormForeignKey *fk = relation->fk;
	const CormForeignKey *far = relation->far_fk;

	CormRequireWhole(model, relation);
	if (!relation->to_many)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("relation \"%s\" of model \"%s\" leads to one row",
						relation->name, model->name),
				 errdetail("A counter cache counts the rows of a to-many relation."),
				 !relation->reverse && relation->inverse != NULL ?
				 errhint("Perhaps you meant the way back, relation \"%s\" of model \"%s\".",
						 relation->inverse,
						 CormModelDisplayName(CormRequireModel(relation->target))) : 0));
	if (fk->name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("relation \"%s\" of model \"%s\" has no foreign key",
						relation->name, model->name),
				 errdetail("A counter cache counts rows that point to a row by a foreign key.")));
	if (OidIsValid(relation->through))
		(void) CormRequireModel(relation->through);
	if (relation->symmetrical &&
		memcmp(fk->pk_attnums, far->pk_attnums,
			   sizeof(AttrNumber) * fk->nkeys) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the foreign keys of symmetrical relation \"%s\" lead to different columns",
						relation->name),
				 errdetail("A counter cache finds a row by one key from either end.")));
}

static void
RequireOneOwner(const CormModel *model, const CormRelation *relation)
{
	Oid			owner = CormTableOwner(model->relid);
	char	   *role = GetUserNameFromId(owner, false);

	CormRequireOwner(relation->fk->referencing);
	if (CormTableOwner(relation->fk->referencing) == owner)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("tables \"%s\" and \"%s\" do not have the same owner",
					get_rel_name(relation->fk->referencing),
					get_rel_name(model->relid)),
			 errdetail("A counter cache counts the rows of one and writes the other with the rights of their owner."),
			 errhint("Make it one: ALTER TABLE %s OWNER TO %s;",
					 quote_identifier(get_rel_name(relation->fk->referencing)),
					 quote_identifier(role))));
}

/*
 * What was committed after the transaction's snapshot would not be counted, and
 * no trigger counts it later.
 */
static void
RequireFreshSnapshot(void)
{
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("a counter cache cannot be made under isolation level %s",
						XactIsoLevel == XACT_SERIALIZABLE ? "SERIALIZABLE" :
						"REPEATABLE READ"),
				 errdetail("Rows that others have committed after the transaction began would not be counted."),
				 errhint("Begin with BEGIN ISOLATION LEVEL READ COMMITTED.")));
}

static void
RaiseOther(const CormModel *model, const CormCounter *counter)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("relation \"%s\" of model \"%s\" has a counter cache already",
					counter->relation->name, model->name),
			 errdetail("It is in column \"%s\".", counter->names.column),
			 errhint("Drop it first: SELECT corm.drop_counter_cache(%s, %s);",
					 quote_literal_cstr(CormModelDisplayName(model)),
					 quote_literal_cstr(counter->relation->name))));
}

/* Raises 42804, 42809 and 42710; adds the column if it is not there. */
static void
PrepareColumn(const CormModel *model, const CormRelation *relation,
			  const char *column_name)
{
	const CormColumn *column = CormFindColumn(model, column_name);
	const char *use;

	if (column == NULL)
	{
		CormNewColumn new = {0};
		char	   *clash = CormNameClash(model, column_name, NULL);

		if (clash != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_OBJECT),
					 errmsg("column name \"%s\" clashes with %s of model \"%s\"",
							column_name, clash, model->name),
					 errhint("\"%s\" is free.",
							 CormFreeName(model, column_name))));
		new.name = pstrdup(column_name);
		new.typid = INT8OID;
		new.typmod = -1;
		new.not_null = true;
		new.default_sql = "0";
		CormAlterTable(model->relid, list_make1(&new), NIL, NIL, NULL);
		return;
	}
	if (!IsCountingType(column->typid))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of model \"%s\" has type %s",
						column->name, model->name,
						format_type_with_typemod(column->typid,
												 column->typmod)),
				 errdetail("A counter cache is a column of type smallint, integer or bigint."),
				 errhint("Name another column; one that is not there is made.")));
	use = UseOfColumn(model, relation, column);
	if (use != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("column \"%s\" of model \"%s\" cannot be a counter cache",
						column->name, model->name),
				 errdetail("It is %s.", use),
				 errhint("Name another column; one that is not there is made.")));
}

static bool
IsCountingType(Oid typid)
{
	return typid == INT2OID || typid == INT4OID || typid == INT8OID;
}

/* What the column is used for already, in words; or NULL. */
static const char *
UseOfColumn(const CormModel *model, const CormRelation *relation,
			const CormColumn *column)
{
	CormKey		key = {model->nkey, model->key};
	CormKey		own = {relation->fk->nkeys, relation->fk->pk_attnums};
	ListCell   *lc;

	if (column->generated != '\0')
		return "a generated column";
	if (column->identity != '\0')
		return "an identity column";
	if (CormKeyHas(key, column->attnum) || CormKeyHas(own, column->attnum))
		return "part of a key";
	foreach(lc, CormReadForeignKeys(model->relid))
	{
		CormForeignKey *fk = lfirst(lc);
		CormKey		columns = {fk->nkeys, fk->fk_attnums};

		if (CormKeyHas(columns, column->attnum))
			return psprintf("part of foreign key \"%s\"", fk->name);
	}
	foreach(lc, model->relations)
	{
		const CormRelation *other = lfirst(lc);
		CormRelationRow *row = CormRelationRowNamed(model->relid, other->name);
		CormCounterNames *names = row == NULL ? NULL :
			CormCounterNamesOf(row, !CormIsForward(row, other));

		if (other != relation && names != NULL && names->column != NULL &&
			strcmp(names->column, column->name) == 0)
			return psprintf("the counter cache of relation \"%s\"",
							other->name);
	}
	return NULL;
}

/* Made of the names of table and column, with a number if that is taken. */
static char *
ChooseName(const CormCounter *counter)
{
	const char *table = get_rel_name(counter->relation->source);
	char	   *column = counter->names.column;

	for (int i = 2;; i++)
	{
		char	   *name = makeObjectName(table, column, LONGEST);

		name[strlen(name) - strlen("_" LONGEST)] = '\0';
		if (NameIsFree(counter, name))
			return name;
		column = psprintf("%s_%d", counter->names.column, i);
	}
}

/*
 * For it, that is: what has the name may be the counter's own.  A copy of the
 * tables without corm's rows has the functions and triggers already.
 */
static bool
NameIsFree(const CormCounter *counter, const char *name)
{
	const CormRelation *relation = counter->relation;
	Oid			schema = get_rel_namespace(relation->source);
	const char *suffixes[2] = {CHANGED, START};
	bool		known = counter->names.name != NULL;

	for (int i = 0; i < lengthof(suffixes); i++)
	{
		const char *body = i == 0 ?
			CormDeparseCounterChanged(relation, counter->names.column) :
			CormDeparseCounterStart(relation, counter->names.column);
		bool		taken;
		CormCounterFunction *function =
			CormFindCounterFunction(schema, TriggerName(name, suffixes[i]),
									&taken);

		if (taken || (function != NULL && !known &&
					  strcmp(function->body, body) != 0))
			return false;
	}
	for (int i = 0; i < lengthof(kinds); i++)
	{
		char	   *trigger = TriggerName(name, kinds[i].suffix);
		ListCell   *lc;

		foreach(lc, TablesWith(counter, kinds[i].on_owner))
		{
			if (OidIsValid(get_trigger_oid(lfirst_oid(lc), trigger, true)) &&
				CormFunctionOfTrigger(lfirst_oid(lc), trigger) == NULL)
				return false;
		}
	}
	return true;
}

static void
MakeFunctions(const CormCounter *counter)
{
	const CormRelation *relation = counter->relation;
	Oid			owned = relation->fk->referencing;
	const CormCounterNames *names = &counter->names;

	MakeFunction(counter, CHANGED,
				 CormDeparseCounterChanged(relation, names->column), false,
				 CormCounterChanged(owned, relation->source, names->name));
	MakeFunction(counter, START,
				 CormDeparseCounterStart(relation, names->column), true,
				 CormCounterStart(owned, relation->source, names->name));
}

/* In the place of one that is there, wherever that is. */
static void
MakeFunction(const CormCounter *counter, const char *suffix, const char *body,
			 bool stable, const CormCounterFunction *old)
{
	CormNewTriggerFunction new = {0};

	new.schema = old != NULL ? old->schema :
		get_rel_namespace(counter->relation->source);
	new.name = old != NULL ? old->name :
		TriggerName(counter->names.name, suffix);
	new.body = body;
	new.stable = stable;
	new.owner = CormTableOwner(counter->relation->source);
	CormCreateTriggerFunction(&new);
}

static void
MakeTriggers(const CormCounter *counter)
{
	const CormRelation *relation = counter->relation;
	Oid			owned = relation->fk->referencing;
	const char *name = counter->names.name;
	CormCounterFunction *functions[2];
	ListCell   *lc;

	functions[0] = CormCounterChanged(owned, relation->source, name);
	functions[1] = CormCounterStart(owned, relation->source, name);
	if (functions[0] == NULL || functions[1] == NULL)
		elog(ERROR, "a function of counter cache \"%s\" is not there after its creation",
			 name);
	for (int i = 0; i < lengthof(functions); i++)
	{
		foreach(lc, CormReadTriggersOf(functions[i]->function))
		{
			CormCounterTrigger *trigger = lfirst(lc);

			if (!IsExpected(counter, trigger))
				CormDropTrigger(trigger->relid, trigger->name);
		}
	}
	for (int i = 0; i < lengthof(kinds); i++)
	{
		foreach(lc, TablesWith(counter, kinds[i].on_owner))
		{
			CormNewTrigger new = {0};

			new.relid = lfirst_oid(lc);
			new.name = TriggerName(name, kinds[i].suffix);
			new.when = kinds[i].when;
			new.rows = kinds[i].rows;
			new.each_row = kinds[i].on_owner;
			new.condition = kinds[i].new_key ?
				CormDeparseCounterKey(relation) : NULL;
			new.function = functions[kinds[i].on_owner]->function;
			CormCreateTrigger(&new);
		}
	}
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

static bool
IsExpected(const CormCounter *counter, const CormCounterTrigger *trigger)
{
	if (trigger->handed_down)
		return true;
	for (int i = 0; i < lengthof(kinds); i++)
	{
		if (strcmp(trigger->name, TriggerName(counter->names.name,
											  kinds[i].suffix)) == 0)
			return list_member_oid(TablesWith(counter, kinds[i].on_owner),
								   trigger->relid);
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
		return psprintf("function \"%s\" does not count what the relation leads to any more",
						function->name);
	if (!function->safe ||
		function->owner != CormTableOwner(counter->relation->source))
		return psprintf("function \"%s\" does not run with the rights of the owner of table \"%s\" any more",
						function->name,
						get_rel_name(counter->relation->source));
	return NULL;
}

static char *
TriggerName(const char *name, const char *suffix)
{
	return psprintf("%s_%s", name, suffix);
}
