/*-------------------------------------------------------------------------
 *
 * counter_create.c
 *	  Making counter caches, dropping them, counting anew.
 *
 * Everything that a counter needs is made such that it replaces what is there:
 * to make one again puts right what is missing, disabled or outdated.  Creating
 * its triggers keeps writers of both tables away until the transaction ends, and
 * only then all rows are counted.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "cache.h"
#include "catalog.h"
#include "counter.h"
#include "counter_create.h"
#include "ddl.h"
#include "deparse_counter.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "path.h"
#include "recount.h"
#include "relate.h"

/* The longest of the names of triggers and functions has to fit. */
#define LONGEST "truncate"

static bool IsWayBack(const CormRelationRow *row, Oid relid, const char *name);
static const CormRelation *RequireRelation(const CormModel *model,
										   const char *name);
static void RequireCountable(const CormModel *model,
							 const CormRelation *relation);
static void RequireOneOwner(const CormModel *model,
							const CormRelation *relation);
static void RequireFreshSnapshot(void);
static void LockTables(const CormModel *model, const CormRelation *relation,
					   const char *column);
static void RaiseOther(const CormModel *model, const CormCounter *counter);
static void PrepareColumn(const CormModel *model,
						  const CormRelation *relation,
						  const char *column_name);
static void RequireCountingType(const CormModel *model,
								const CormColumn *column);
static const char *UseOfColumn(const CormModel *model,
							   const CormRelation *relation,
							   const CormColumn *column);
static char *ChooseName(const CormCounter *counter);
static char *NameOfMade(const CormCounter *counter);
static bool NameIsFree(const CormCounter *counter, const char *name,
					   bool own);
static void MakeFunctions(const CormCounter *counter);
static void MakeFunction(const CormCounter *counter, const char *suffix,
						 const char *body, bool stable,
						 const CormCounterFunction *old);
static void MakeTriggers(const CormCounter *counter);

void
CormCreateCounter(Oid relid, const char *relation_name, const char *column)
{
	CormRelationRow *row = CormLockRelationRow(relid, relation_name, false);
	const CormModel *model = CormRequireModel(relid);
	const CormRelation *relation = RequireRelation(model, relation_name);
	bool		reverse = IsWayBack(row, relid, relation_name);
	CormCounter *old = CormCounterOf(row, reverse);
	CormCounter counter = {relation};

	CormRequireOwner(relid);
	RequireCountable(model, relation);
	if (column == NULL)
		column = old != NULL ? old->names.column :
			CormGeneratedName("column", relation_name, "count", NULL,
							  "Name the column with column_name.");
	if (column[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("column name must not be empty")));
	CormCheckNameLength("column", column, "Choose a shorter name.");
	if (old != NULL)
	{
		if (strcmp(old->names.column, column) != 0)
			RaiseOther(model, old);
		if (CormCounterProblem(old, NULL) == NULL)
			return;
	}
	RequireOneOwner(model, relation);
	RequireFreshSnapshot();
	LockTables(model, relation, column);

	/* they may have changed while they were waited for */
	model = CormRequireModel(relid);
	relation = counter.relation = RequireRelation(model, relation_name);
	RequireCountable(model, relation);
	RequireOneOwner(model, relation);
	PrepareColumn(model, relation, column);
	counter.names.column = pstrdup(column);
	counter.names.name = old != NULL && NameIsFree(old, old->names.name, true) ?
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
	bool		reverse = IsWayBack(row, relid, relation_name);
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
	const CormRelation *relation = NULL;
	bool		found = false;
	ListCell   *lc;

	if (relation_name != NULL)
	{
		relation = RequireRelation(model, relation_name);
		CormRequireWhole(model, relation);
	}
	foreach(lc, CormCountersOf(model))
	{
		CormCounter *counter = lfirst(lc);

		if (relation != NULL &&
			strcmp(counter->relation->name, relation_name) != 0)
			continue;
		RequireCountingType(model, CormRequireColumn(model,
													 counter->names.column));
		changed += CormRecountWrong(counter->relation, counter->names.column);
		found = true;
	}
	if (relation != NULL && !found)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("relation \"%s\" of model \"%s\" has no counter cache",
						relation_name, model->name),
				 !relation->to_many ? 0 :
				 errhint("Make one: SELECT corm.counter_cache(%s, %s);",
						 quote_literal_cstr(CormModelDisplayName(model)),
						 quote_literal_cstr(relation_name))));
	return changed;
}

/* Of a row that was found by the name. */
static bool
IsWayBack(const CormRelationRow *row, Oid relid, const char *name)
{
	return row->source != relid || strcmp(row->name, name) != 0;
}

/* Raises 42704. */
static const CormRelation *
RequireRelation(const CormModel *model, const char *name)
{
	const CormRelation *relation = CormFindRelation(model, name);

	if (relation == NULL)
		CormRaiseNoRelation(model, name);
	return relation;
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
 * In the order in which those lock them who write what is counted; the owners'
 * table at once as it will be needed.
 */
static void
LockTables(const CormModel *model, const CormRelation *relation,
		   const char *column)
{
	(void) find_all_inheritors(relation->fk->referencing,
							   ShareRowExclusiveLock, NULL);
	LockRelationOid(model->relid, CormFindColumn(model, column) == NULL ?
					AccessExclusiveLock : ShareRowExclusiveLock);
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
	RequireCountingType(model, column);
	use = UseOfColumn(model, relation, column);
	if (use != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("column \"%s\" of model \"%s\" cannot be a counter cache",
						column->name, model->name),
				 errdetail("It is %s.", use),
				 errhint("Name another column; one that is not there is made.")));
}

static void
RequireCountingType(const CormModel *model, const CormColumn *column)
{
	if (!CormIsCountingType(column->typid))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of model \"%s\" has type %s",
						column->name, model->name,
						format_type_with_typemod(column->typid,
												 column->typmod)),
				 errdetail("A counter cache is a column of type smallint, integer or bigint."),
				 errhint("Name another column; one that is not there is made.")));
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
	foreach(lc, CormCountersOf(model))
	{
		CormCounter *other = lfirst(lc);

		if (strcmp(other->relation->name, relation->name) != 0 &&
			strcmp(other->names.column, column->name) == 0)
			return psprintf("the counter cache of relation \"%s\"",
							other->relation->name);
	}
	return NULL;
}

/*
 * That of functions which write the column already: a copy of the tables without
 * corm's rows has them, and a relation that was forgotten leaves them.  Else made
 * of the names of table and column, with a number if that is taken.
 */
static char *
ChooseName(const CormCounter *counter)
{
	const char *table = get_rel_name(counter->relation->source);
	const char *label = LONGEST;
	char	   *made = NameOfMade(counter);

	if (made != NULL && NameIsFree(counter, made, true))
		return made;
	for (int i = 2;; i++)
	{
		char	   *name = makeObjectName(table, counter->names.column, label);

		name[strlen(name) - strlen("_" LONGEST)] = '\0';
		if (NameIsFree(counter, name, false))
			return name;
		label = psprintf("%d_%s", i, LONGEST);
	}
}

static char *
NameOfMade(const CormCounter *counter)
{
	Oid			relid = counter->relation->source;
	ListCell   *lc;

	foreach(lc, CormReadCounterFunctions())
	{
		CormCounterFunction *function = lfirst(lc);
		int			n = strlen(function->name) -
			strlen("_" CORM_COUNTER_CHANGED);

		if (n > 0 &&
			CormIsCounterOf(function->body, relid, counter->names.column) &&
			strcmp(function->name + n, "_" CORM_COUNTER_CHANGED) == 0)
			return pnstrdup(function->name, n);
	}
	return NULL;
}

/* Functions of counters that bear the name may be its own. */
static bool
NameIsFree(const CormCounter *counter, const char *name, bool own)
{
	Oid			schema = get_rel_namespace(counter->relation->source);
	const char *parts[2] = {CORM_COUNTER_CHANGED, CORM_COUNTER_START};
	CormCounter named = *counter;
	ListCell   *lc;

	for (int i = 0; i < lengthof(parts); i++)
	{
		bool		taken;
		CormCounterFunction *function =
			CormFindCounterFunction(schema,
									CormCounterPartName(name, parts[i]),
									&taken);

		if (taken || (function != NULL && !own))
			return false;
	}
	named.names.name = unconstify(char *, name);
	foreach(lc, CormCounterTriggers(&named))
	{
		const CormNewTrigger *trigger = lfirst(lc);

		if (OidIsValid(get_trigger_oid(trigger->relid, trigger->name, true)) &&
			(!own ||
			 CormFunctionOfTrigger(trigger->relid, trigger->name) == NULL))
			return false;
	}
	return true;
}

static void
MakeFunctions(const CormCounter *counter)
{
	const CormRelation *relation = counter->relation;
	Oid			owned = relation->fk->referencing;
	const CormCounterNames *names = &counter->names;

	MakeFunction(counter, CORM_COUNTER_CHANGED,
				 CormDeparseCounterChanged(relation, names->column), false,
				 CormCounterChanged(owned, relation->source, names->name));
	MakeFunction(counter, CORM_COUNTER_START,
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
		CormCounterPartName(counter->names.name, suffix);
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
	List	   *expected = CormCounterTriggers(counter);
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

			if (!CormIsCounterTrigger(expected, trigger))
				CormDropTrigger(trigger->relid, trigger->name);
		}
	}
	foreach(lc, expected)
	{
		CormNewTrigger *trigger = lfirst(lc);

		trigger->function = functions[trigger->each_row]->function;
		CormCreateTrigger(trigger);
	}
}
