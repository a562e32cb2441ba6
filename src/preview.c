/*-------------------------------------------------------------------------
 *
 * preview.c
 *	  What deleting rows would do to others.
 *
 * Rows that would go are collected table by table, by their places in it, which
 * stay what they are under one snapshot.  From each set of new ones the foreign
 * keys with ON DELETE CASCADE lead on, until there are no new ones; then the
 * rows are counted that the other foreign keys would change or be stopped by.
 *
 * As the server's own referential actions do, it looks at the table of a
 * constraint alone, without what inherits from it, unless that is partitioned.
 *
 * A row that would go itself is not counted as one that stops the deletion by NO
 * ACTION.  The server may yet look at it before another constraint has taken it
 * along: that is a matter of the order in which the constraints were made, and
 * of their being deferred.  RESTRICT is never put off, so only rows that the
 * statement itself deletes are left out there.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "deparse_expr.h"
#include "exec.h"
#include "introspect.h"
#include "preview.h"
#include "quote.h"

/* Places of rows: arrays of tables and of places in them; NULL: no rows. */
typedef struct Places
{
	Datum		tables;
	Datum		rows;
	bool		none;
} Places;

/* Rows of one table that would go. */
typedef struct Going
{
	Oid			relid;
	Places		places;
	int64		count;
	List	   *references;		/* of CormForeignKey *, that lead here */
} Going;

/* Rows from which foreign keys are still to be followed. */
typedef struct Front
{
	Going	   *going;
	Places		places;
} Front;

typedef struct Preview
{
	const char *label;
	List	   *going;			/* of Going * */
	List	   *fronts;			/* of Front * */
	Going	   *root;
	Places		root_places;
} Preview;

static const Places no_places = {(Datum) 0, (Datum) 0, true};

/* ---------- constraints ---------- */

static int
CompareReferences(const ListCell *a, const ListCell *b)
{
	const CormForeignKey *x = lfirst(a);
	const CormForeignKey *y = lfirst(b);
	int			order = strcmp(CormQuoteTable(x->referencing), CormQuoteTable(y->referencing));

	return order != 0 ? order : strcmp(x->name, y->name);
}

/*
 * The foreign keys that rows of a table, its partitions included, are referenced
 * by.
 */
static List *
References(Oid relid)
{
	List	   *references = NIL;
	ListCell   *lc;

	foreach(lc, find_all_inheritors(relid, AccessShareLock, NULL))
		references = list_concat(references,
								 CormReadReferences(lfirst_oid(lc), lfirst_oid(lc) == relid));
	list_sort(references, CompareReferences);
	return references;
}

static Going *
FindGoing(Preview *preview, Oid relid)
{
	Going	   *going;
	ListCell   *lc;

	foreach(lc, preview->going)
	{
		going = lfirst(lc);
		if (going->relid == relid)
			return going;
	}
	return NULL;
}

static Going *
AddGoing(Preview *preview, Oid relid)
{
	Going	   *going = FindGoing(preview, relid);

	if (going)
		return going;
	going = palloc0(sizeof(Going));
	going->relid = relid;
	going->places = no_places;
	going->references = References(relid);
	preview->going = lappend(preview->going, going);
	return going;
}

/* ---------- statements ---------- */

static void
AddPlaces(CormValues *values, const Places *places)
{
	(void) CormAddValue(values, OIDARRAYOID, places->tables, places->none);
	(void) CormAddValue(values, get_array_type(TIDOID), places->rows, places->none);
}

/*
 * The row of the alias is at one of the places $n, $n+1.
 */
static void
AppendIsAt(StringInfo buf, const char *alias, int param)
{
	appendStringInfo(buf, "EXISTS (SELECT FROM ROWS FROM (pg_catalog.unnest($%d), pg_catalog.unnest($%d)) AS u (k1, k2) WHERE u.k1 OPERATOR(pg_catalog.=) %s.tableoid AND u.k2 OPERATOR(pg_catalog.=) %s.ctid)",
					 param, param + 1, alias, alias);
}

static char *
ColumnText(const char *alias, Oid relid, AttrNumber attnum)
{
	return psprintf("%s.%s", alias, quote_identifier(get_attname(relid, attnum, false)));
}

static const char *
Only(Oid relid)
{
	return get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE ? "" : "ONLY ";
}

/*
 * FROM and WHERE of the rows c that reference one of the rows $1, $2 and are not
 * among the rows $3, $4.
 */
static void
AppendReferencing(StringInfo buf, const CormForeignKey *fk)
{
	appendStringInfo(buf, " FROM %s%s AS c WHERE EXISTS (SELECT FROM %s%s AS p WHERE ",
					 Only(fk->referencing), CormQuoteTable(fk->referencing),
					 Only(fk->referenced), CormQuoteTable(fk->referenced));
	for (int i = 0; i < fk->nkeys; i++)
	{
		Oid			theirs;
		Oid			mine;
		Oid			their_collation;
		Oid			my_collation;
		int32		typmod;

		get_atttypetypmodcoll(fk->referenced, fk->pk_attnums[i], &theirs, &typmod,
							  &their_collation);
		get_atttypetypmodcoll(fk->referencing, fk->fk_attnums[i], &mine, &typmod,
							  &my_collation);
		CormDeparseOperator(buf, ColumnText("p", fk->referenced, fk->pk_attnums[i]), theirs,
							fk->eq_ops[i],
							CormCollated(ColumnText("c", fk->referencing, fk->fk_attnums[i]),
										 my_collation, their_collation), mine);
		appendStringInfoString(buf, " AND ");
	}
	AppendIsAt(buf, "p", 1);
	appendStringInfoString(buf, ") AND NOT ");
	AppendIsAt(buf, "c", 3);
}

static ParamListInfo
BindPlaces(const Places *referenced, const Places *left_out)
{
	CormValues	values = {NIL};

	AddPlaces(&values, referenced);
	AddPlaces(&values, left_out);
	return CormValueParams(&values);
}

/* Tables outside of any model are asked for as well. */
static void
CheckUsage(Oid relid)
{
	CormRequireSchemaUsage(get_rel_namespace(relid));
}

/*
 * Takes up rows that were found: their number, their places, and the places of
 * all that are known of the table.
 */
static void
TakeUp(Preview *preview, Going *going, const Datum *values, const bool *nulls)
{
	Front	   *front;

	if (nulls[1])
		return;
	going->count += DatumGetInt64(values[0]);
	going->places = (Places) {values[3], values[4], false};
	front = palloc(sizeof(Front));
	front->going = going;
	front->places = (Places) {values[1], values[2], false};
	preview->fronts = lappend(preview->fronts, front);
}

static void
FindRoots(Preview *preview, const CormWrite *deletion)
{
	const CormSelect *select = deletion->select;
	char	   *alias = psprintf("t%d", deletion->table->alias);
	StringInfoData sql;
	Datum		values[5];
	bool		nulls[5];

	preview->root = AddGoing(preview, deletion->table->model->relid);
	initStringInfo(&sql);
	CormAppendLabel(&sql, preview->label);
	appendStringInfo(&sql, "SELECT pg_catalog.count(*), pg_catalog.array_agg(%s.tableoid), pg_catalog.array_agg(%s.ctid), pg_catalog.array_agg(%s.tableoid), pg_catalog.array_agg(%s.ctid)",
					 alias, alias, alias, alias);
	CormDeparseScope(&sql, select, select->scope);
	if (CormReadRow(preview->label, sql.data, CormBindParams(select), 5, values, nulls))
		TakeUp(preview, preview->root, values, nulls);
	preview->root_places = preview->root->places;
}

/*
 * Views and foreign tables have no places, and nothing refers to them.
 */
static bool
HasPlaces(Oid relid)
{
	char		kind = get_rel_relkind(relid);

	return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE;
}

static void
CountRoots(Preview *preview, const CormWrite *deletion)
{
	const CormSelect *select = deletion->select;
	StringInfoData sql;

	preview->root = palloc0(sizeof(Going));
	preview->root->relid = deletion->table->model->relid;
	preview->going = list_make1(preview->root);
	initStringInfo(&sql);
	CormAppendLabel(&sql, preview->label);
	appendStringInfoString(&sql, "SELECT pg_catalog.count(*)");
	CormDeparseScope(&sql, select, select->scope);
	preview->root->count = DatumGetInt64(CormExecuteScalar(preview->label, sql.data,
														   CormBindParams(select), true));
}

static void
Follow(Preview *preview, const Front *front, const CormForeignKey *fk)
{
	Going	   *going = FindGoing(preview, fk->referencing);
	StringInfoData sql;
	Datum		values[5];
	bool		nulls[5];

	CheckUsage(fk->referencing);
	initStringInfo(&sql);
	CormAppendLabel(&sql, preview->label);
	appendStringInfoString(&sql, "SELECT pg_catalog.count(*), pg_catalog.array_agg(c.tableoid), pg_catalog.array_agg(c.ctid), pg_catalog.array_cat($3, pg_catalog.array_agg(c.tableoid)), pg_catalog.array_cat($4, pg_catalog.array_agg(c.ctid))");
	AppendReferencing(&sql, fk);
	if (CormReadRow(preview->label, sql.data,
					BindPlaces(&front->places, going ? &going->places : &no_places),
					5, values, nulls) && !nulls[1])
		TakeUp(preview, AddGoing(preview, fk->referencing), values, nulls);
}

static int64
CountReferencing(Preview *preview, const Going *going, const CormForeignKey *fk)
{
	const Going *theirs = FindGoing(preview, fk->referencing);
	const Places *left_out = &no_places;
	StringInfoData sql;

	if (fk->on_delete != FKCONSTR_ACTION_RESTRICT)
		left_out = theirs ? &theirs->places : &no_places;
	else if (theirs == preview->root)
		left_out = &preview->root_places;
	CheckUsage(fk->referencing);
	initStringInfo(&sql);
	CormAppendLabel(&sql, preview->label);
	appendStringInfoString(&sql, "SELECT pg_catalog.count(*)");
	AppendReferencing(&sql, fk);
	return DatumGetInt64(CormExecuteScalar(preview->label, sql.data,
										   BindPlaces(&going->places, left_out), true));
}

/* ---------- the whole ---------- */

static const char *
ActionName(char on_delete)
{
	switch (on_delete)
	{
		case FKCONSTR_ACTION_SETNULL:
			return "set null";
		case FKCONSTR_ACTION_SETDEFAULT:
			return "set default";
		default:
			return "restricted";
	}
}

static List *
AddRow(List *rows, const char *action, Oid relid, const char *constraint, int64 count)
{
	CormPreviewRow *row = palloc(sizeof(CormPreviewRow));

	row->action = action;
	row->relid = relid;
	row->constraint = constraint;
	row->rows = count;
	return lappend(rows, row);
}

static List *
Summary(Preview *preview)
{
	List	   *rows = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, preview->going)
	{
		const Going *going = lfirst(lc);

		rows = AddRow(rows, "delete", going->relid, NULL, going->count);
	}
	foreach(lc, preview->going)
	{
		const Going *going = lfirst(lc);

		if (going->count == 0)
			continue;
		foreach(lc2, going->references)
		{
			const CormForeignKey *fk = lfirst(lc2);
			int64		count;

			if (fk->on_delete == FKCONSTR_ACTION_CASCADE)
				continue;
			count = CountReferencing(preview, going, fk);
			if (count > 0)
				rows = AddRow(rows, ActionName(fk->on_delete), fk->referencing, fk->name, count);
		}
	}
	return rows;
}

List *
CormPreviewDelete(const CormWrite *deletion)
{
	Preview		preview = {deletion->select->label};

	if (HasPlaces(deletion->table->model->relid))
		FindRoots(&preview, deletion);
	else
		CountRoots(&preview, deletion);
	while (preview.fronts != NIL)
	{
		Front	   *front = linitial(preview.fronts);
		ListCell   *lc;

		CHECK_FOR_INTERRUPTS();
		preview.fronts = list_delete_first(preview.fronts);
		foreach(lc, front->going->references)
			if (((CormForeignKey *) lfirst(lc))->on_delete == FKCONSTR_ACTION_CASCADE)
				Follow(&preview, front, lfirst(lc));
	}
	return Summary(&preview);
}
