/*-------------------------------------------------------------------------
 *
 * counter_follow.c
 *	  What becomes of counter caches when others run DDL.
 *
 * Triggers follow their tables, but the bodies of their functions are text, and
 * a function that names what is not there any more keeps everybody from writing
 * the table.  So bodies are written anew when something gets another name, by
 * the rights of whoever renamed it: function and table must have one owner.
 *
 * Where a counter goes, its functions go, and take their triggers along.  That
 * needs locks of the tables, which others may have: then the functions stay,
 * but do nothing any more, and corm.check() says so.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/dependency.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"

#include "cache.h"
#include "catalog.h"
#include "compat.h"
#include "counter.h"
#include "counter_follow.h"
#include "ddl.h"
#include "deparse_counter.h"
#include "introspect.h"

static List *RowsAt(Oid relid);
static void Rewrite(const CormCounter *counter);
static void SetBody(const CormCounterFunction *function, Oid table,
					const char *body);
static bool Named(const CormCounterNames *names, const char *column);
static void DropCounter(const CormRelationRow *row, bool reverse);
static CormCounterFunction *LeftFunction(const char *name, const char *part);
static void DropFunction(const CormCounterFunction *function);
static bool LockTables(List *triggers);

void
CormFollowCounters(Oid relid)
{
	ListCell   *lc;

	foreach(lc, RowsAt(relid))
	{
		for (int reverse = 0; reverse < 2; reverse++)
		{
			CormCounter *counter = CormCounterOf(lfirst(lc), reverse);

			if (counter != NULL && counter->relation != NULL)
				Rewrite(counter);
		}
	}
}

void
CormFollowCounterRename(Oid relid, const char *from, const char *to)
{
	ListCell   *lc;

	foreach(lc, RowsAt(relid))
	{
		CormRelationRow *row = lfirst(lc);
		bool		changed = false;

		for (int reverse = 0; reverse < 2; reverse++)
		{
			CormCounterNames *names = CormCounterNamesOf(row, reverse);

			if ((reverse ? row->target : row->source) != relid ||
				!Named(names, from))
				continue;
			names->column = pstrdup(to);
			changed = true;
		}
		if (changed && !CormFollowUpdateRelation(row))
			ereport(WARNING,
					(errmsg("a counter cache of relation \"%s\" could not follow, since another transaction is changing it",
							row->name),
					 errhint("See what corm.check() says of it.")));
	}
}

void
CormFollowCounterColumn(Oid relid, const char *column)
{
	ListCell   *lc;

	if (get_attnum(relid, column) > 0)
		return;
	foreach(lc, RowsAt(relid))
	{
		CormRelationRow *row = lfirst(lc);

		for (int reverse = 0; reverse < 2; reverse++)
		{
			CormCounterNames *names = CormCounterNamesOf(row, reverse);

			if ((reverse ? row->target : row->source) != relid ||
				!Named(names, column))
				continue;
			DropCounter(row, reverse);
			*names = (CormCounterNames) {NULL};
			if (CormFollowUpdateRelation(row))
				ereport(NOTICE,
						(errmsg("counter cache of relation \"%s\" of model \"%s\" is forgotten, since column \"%s\" is gone",
								reverse ? row->reverse_name : row->name,
								CormReadModelRow(relid)->name, column)));
		}
	}
}

void
CormFollowDropCounters(const CormRelationRow *row)
{
	DropCounter(row, false);
	DropCounter(row, true);
}

/* The rows of relations that start, end or pass there, each once; or all. */
static List *
RowsAt(Oid relid)
{
	List	   *rows;
	ListCell   *lc;

	if (!OidIsValid(relid))
		return CormReadRelationRows();
	rows = CormReadRelationRowsFrom(relid);
	foreach(lc, CormReadRelationRowsTo(relid))
	{
		CormRelationRow *row = lfirst(lc);

		if (row->source != relid)
			rows = lappend(rows, row);
	}
	foreach(lc, CormReadRelationRowsThrough(relid))
	{
		CormRelationRow *row = lfirst(lc);

		if (row->source != relid && row->target != relid)
			rows = lappend(rows, row);
	}
	return rows;
}

/* What is in order stays as it is. */
static void
Rewrite(const CormCounter *counter)
{
	const CormRelation *relation = counter->relation;
	Oid			owned = relation->fk->referencing;
	const CormCounterNames *names = &counter->names;

	if (get_attnum(relation->source, names->column) <= 0)
		return;
	SetBody(CormCounterChanged(owned, relation->source, names->name),
			relation->source,
			CormDeparseCounterChanged(relation, names->column));
	SetBody(CormCounterStart(owned, relation->source, names->name),
			relation->source,
			CormDeparseCounterStart(relation, names->column));
}

static void
SetBody(const CormCounterFunction *function, Oid table, const char *body)
{
	if (function == NULL || strcmp(function->body, body) == 0 ||
		function->owner != CormTableOwner(table) ||
		!CormOwnsFunction(function->function, GetUserId()))
		return;
	if (CormLockFunction(function->function))
		CormSetFunctionBody(function->function, body);
	else
		ereport(WARNING,
				(errmsg("function \"%s\" of a counter cache could not follow, since another transaction is changing it",
						function->name),
				 errhint("See what corm.check() says of it.")));
}

static bool
Named(const CormCounterNames *names, const char *column)
{
	return names->column != NULL && strcmp(names->column, column) == 0;
}

/* Any of the tables may be gone. */
static void
DropCounter(const CormRelationRow *row, bool reverse)
{
	const CormCounterNames *names = reverse ? &row->reverse_counter :
		&row->counter;
	Oid			owned = CormCountedTable(row);
	Oid			owner = reverse ? row->target : row->source;
	CormCounterFunction *changed;
	CormCounterFunction *start;

	if (names->name == NULL)
		return;
	changed = CormCounterChanged(owned, owner, names->name);
	if (changed == NULL)
		changed = LeftFunction(names->name, CORM_COUNTER_CHANGED);
	start = CormCounterStart(owned, owner, names->name);
	if (start == NULL)
		start = LeftFunction(names->name, CORM_COUNTER_START);
	if (changed != NULL)
		DropFunction(changed);
	if (start != NULL)
		DropFunction(start);
}

/*
 * When both tables went at once, so did the triggers that lead to the functions.
 * One of that name which no trigger runs is it, in whatever schema.
 */
static CormCounterFunction *
LeftFunction(const char *name, const char *part)
{
	char	   *full_name = CormCounterPartName(name, part);
	ListCell   *lc;

	foreach(lc, CormReadCounterFunctions())
	{
		CormCounterFunction *function = lfirst(lc);

		if (strcmp(function->name, full_name) == 0 &&
			CormReadTriggersOf(function->function) == NIL)
			return function;
	}
	return NULL;
}

static void
DropFunction(const CormCounterFunction *function)
{
	ObjectAddress address;

	if (!CormOwnsFunction(function->function, GetUserId()))
		return;
	if (!CormLockFunction(function->function))
		return;
	if (!LockTables(CormReadTriggersOf(function->function)))
	{
		CormSetFunctionBody(function->function, CormDeparseCounterIdle());
		ereport(WARNING,
				(errmsg("function \"%s\" of a counter cache is not dropped, since others use its tables",
						function->name),
				 errdetail("It does nothing any more."),
				 errhint("Drop it when they are free, as corm.check() says.")));
		return;
	}
	ObjectAddressSet(address, ProcedureRelationId, function->function);
	performDeletion(&address, DROP_CASCADE, PERFORM_DELETION_QUIETLY);
}

/* The locks that DROP TRIGGER takes; false when somebody else has one. */
static bool
LockTables(List *triggers)
{
	ListCell   *lc;

	foreach(lc, triggers)
	{
		Oid			relid = ((CormCounterTrigger *) lfirst(lc))->relid;

		if (!ConditionalLockRelationOid(relid, AccessExclusiveLock))
			return false;
	}
	AcceptInvalidationMessages();
	return true;
}
