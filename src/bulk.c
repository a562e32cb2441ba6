/*-------------------------------------------------------------------------
 *
 * bulk.c
 *	  Many rows, each with values of its own, written by one statement.
 *
 * A statement names its columns for all rows at once.  Where only some rows
 * give a column the others get its default here, evaluated as COPY does it:
 * with nothing asked that the server would not ask for a column that is left
 * out.
 *
 * While an insertion runs, "turn" has the row that its source has come to.  A
 * row is written and returned before the source is asked for the next one, so
 * it tells which row is returned, which never was, and which one an error is
 * about.  A trigger may insert rows by these functions too: each insertion
 * leaves "turn" as it was.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "bulk.h"
#include "data.h"
#include "introspect.h"
#include "link.h"
#include "rowset.h"
#include "scope.h"

/* Which row is being written, as told by bulk_row() in the statement. */
typedef struct Turn
{
	int64		row;			/* -1: none */
	int64		end;			/* the place behind the last one */
	const CormBulk *bulk;
} Turn;

static Turn turn = {-1, 0, NULL};

bool
CormBulkTurn(int64 row)
{
	bool		there = row >= 0 && row < turn.end;

	turn.row = there ? row : -1;
	return there;
}

/* ---------- values ---------- */

CormBulk *
CormBulkBegin(const CormModel *model, int n)
{
	CormBulk   *bulk = palloc0(sizeof(CormBulk));

	bulk->model = model;
	bulk->label = CormModelDisplayName(model);
	bulk->n = n;
	return bulk;
}

CormBulkColumn *
CormBulkColumnOf(CormBulk *bulk, const CormColumn *column)
{
	CormBulkColumn *added;
	ListCell   *lc;

	foreach(lc, bulk->columns)
		if (((CormBulkColumn *) lfirst(lc))->column->attnum == column->attnum)
			return lfirst(lc);
	added = palloc0(sizeof(CormBulkColumn));
	added->column = column;
	added->key = column->name;
	added->given = palloc0(Max(bulk->n, 1) * sizeof(bool));
	added->nulls = palloc(Max(bulk->n, 1) * sizeof(bool));
	added->values = palloc0(Max(bulk->n, 1) * sizeof(Datum));
	memset(added->nulls, true, Max(bulk->n, 1) * sizeof(bool));
	bulk->columns = lappend(bulk->columns, added);
	return added;
}

void
CormBulkSet(CormBulkColumn *column, int row, Datum value, bool isnull, const char *key)
{
	if (column->given[row])
	{
		List	   *assignments = NIL;

		CormAssign(&assignments, column->column, column->values[row], column->nulls[row],
				   column->key);
		CormAssign(&assignments, column->column, value, isnull, key);
		return;
	}
	column->given[row] = true;
	column->values[row] = value;
	column->nulls[row] = isnull;
	column->key = key;
	column->ngiven++;
}

void
CormBulkLeave(CormBulkColumn *column, int row)
{
	if (!column->given[row])
		return;
	column->given[row] = false;
	column->nulls[row] = true;
	column->ngiven--;
}

CormBulk *
CormBulkPart(const CormBulk *bulk, int n, const int *rows)
{
	CormBulk   *part = CormBulkBegin(bulk->model, n);
	ListCell   *lc;

	part->label = bulk->label;
	part->whole = bulk;
	part->rows = rows;
	foreach(lc, bulk->columns)
	{
		const CormBulkColumn *from = lfirst(lc);
		CormBulkColumn *to = NULL;

		for (int row = 0; row < n; row++)
		{
			if (!from->given[rows[row]])
				continue;
			if (to == NULL)
				to = CormBulkColumnOf(part, from->column);
			CormBulkSet(to, row, from->values[rows[row]], from->nulls[rows[row]], from->key);
		}
	}
	return part;
}

/* ---------- naming rows in errors ---------- */

char *
CormBulkPlace(const CormBulk *bulk, int64 row, const char *key)
{
	char	   *place;

	if (bulk && bulk->whole)
		return CormBulkPlace(bulk->whole, bulk->rows[row], key);
	place = bulk && bulk->place ? bulk->place(bulk->place_arg, (int) row) :
		psprintf("[" INT64_FORMAT "]", row);
	if (key == NULL)
		return *place ? place : NULL;
	return *place ? psprintf("%s.%s", place, key) : pstrdup(key);
}

static char *
PlaceOfRow(const void *bulk, int64 row, const char *key)
{
	return CormBulkPlace(bulk, row, key);
}

void
CormRowFrameOf(CormRowFrame *frame, const CormBulk *bulk)
{
	frame->place = bulk ? PlaceOfRow : NULL;
	frame->place_arg = bulk;
}

static void
TurnCallback(void *arg)
{
	CormRowFrame frame = {.activity = "writing", .row = turn.row};

	CormRowFrameOf(&frame, turn.bulk);
	CormRowFrameContext(&frame);
}

/* ---------- defaults ---------- */

static bool
IsMixed(const CormBulkColumn *column, int from, int to)
{
	for (int row = from + 1; row < to; row++)
		if (column->given[row] != column->given[from])
			return true;
	return false;
}

/*
 * Without the right to write the column the statement is going to fail, and no
 * number of a sequence is used up.
 */
static bool
MayInsert(const CormModel *model, const CormColumn *column)
{
	return pg_class_aclcheck(model->relid, GetUserId(), ACL_INSERT) == ACLCHECK_OK ||
		pg_attribute_aclcheck(model->relid, column->attnum, GetUserId(),
							  ACL_INSERT) == ACLCHECK_OK;
}

/*
 * Null is what there is, unless the type is a domain that has no null.
 */
static void
FillNulls(const CormBulk *bulk, CormBulkColumn *column, int from, int to)
{
	Oid			type = column->column->typid;
	CormRowFrame frame;

	if (get_typtype(type) != TYPTYPE_DOMAIN)
		return;
	CormRowFramePush(&frame, "writing");
	CormRowFrameOf(&frame, bulk);
	frame.key = column->column->name;
	for (int row = from; row < to; row++)
	{
		frame.row = row;
		if (!column->given[row])
			domain_check((Datum) 0, true, type, NULL, NULL);
	}
	CormRowFramePop(&frame);
}

static void
FillDefault(const CormBulk *bulk, CormBulkColumn *column, Expr *expr, int from, int to)
{
	EState	   *estate = CreateExecutorState();
	ExprContext *econtext = GetPerTupleExprContext(estate);
	ExprState  *state = ExecPrepareExpr(expr, estate);
	int16		typlen;
	bool		byval;
	CormRowFrame frame;

	get_typlenbyval(column->column->typid, &typlen, &byval);
	CormRowFramePush(&frame, "writing");
	CormRowFrameOf(&frame, bulk);
	frame.key = column->column->name;
	for (int row = from; row < to; row++)
	{
		Datum		value;

		CHECK_FOR_INTERRUPTS();
		if (column->given[row])
			continue;
		frame.row = row;
		value = ExecEvalExprSwitchContext(state, econtext, &column->nulls[row]);
		if (!column->nulls[row])
			column->values[row] = datumCopy(value, byval, typlen);
		ResetExprContext(econtext);
	}
	CormRowFramePop(&frame);
	FreeExecutorState(estate);
}

/*
 * What the rows from "from" to before "to" that do not give this column get for
 * it.  A generated column stays null: the statement names it, and fails.
 */
static void
FillIn(const CormBulk *bulk, CormBulkColumn *column, int from, int to)
{
	const CormModel *model = bulk->model;
	Relation	rel;
	Node	   *expr;

	if (column->column->generated || !MayInsert(model, column->column))
		return;
	rel = table_open(model->relid, AccessShareLock);
	expr = build_column_default(rel, column->column->attnum);
	table_close(rel, NoLock);
	if (expr)
		FillDefault(bulk, column, (Expr *) expr, from, to);
	else
		FillNulls(bulk, column, from, to);
}

void
CormBulkGiveDefault(CormBulk *bulk, const CormColumn *column)
{
	CormBulkColumn *given = CormBulkColumnOf(bulk, column);

	FillIn(bulk, given, 0, bulk->n);
	for (int row = 0; row < bulk->n; row++)
		given->given[row] = true;
	given->ngiven = bulk->n;
}

/* ---------- parameters ---------- */

/*
 * The planner has no use for the values, and would copy them again and again.
 */
static ParamListInfo
BulkParams(const CormValues *values)
{
	ParamListInfo params = CormValueParams(values);

	for (int i = 0; i < params->numParams; i++)
		params->params[i].pflags = 0;
	return params;
}

static CormColumnValue *
BindColumn(CormValues *values, const CormBulkColumn *column, int from, int to)
{
	return CormArrayValue(values, column->column, to - from, column->values + from,
						  column->nulls + from);
}

/* ---------- insert ---------- */

/* One run of rows on its way, and who takes what becomes of them. */
typedef struct Insertion
{
	int			to;				/* rows before this one */
	int			next;			/* row that the sink is to be told of next */
	int			nreturned;
	int		   *returned;		/* rows, as they come */
	int			nsunk;
	CormRowSink sink;
	CormBulkObserver observer;	/* in its place */
	void	   *arg;
} Insertion;

/*
 * A rule may return more rows than were given: the first one counts.
 */
static bool
NoteReturned(void *arg, TupleTableSlot *slot, const int *columns)
{
	Insertion  *insertion = arg;
	int			n = insertion->nreturned;

	if (turn.row < 0 || (n > 0 && insertion->returned[n - 1] >= turn.row))
		return false;
	insertion->returned[insertion->nreturned++] = (int) turn.row;
	return true;
}

/* Hands the values of a row to the observer. */
static void
TakeValues(void *arg, TupleTableSlot *slot)
{
	Insertion  *insertion = arg;

	if (NoteReturned(insertion, slot, NULL))
		insertion->observer(insertion->arg, (int) turn.row, slot);
}

static void
SinkMissing(Insertion *insertion, int before)
{
	while (insertion->next < before)
		insertion->sink(insertion->arg, insertion->next++, NULL);
}

static void
SinkReturned(void *arg, StringInfo document)
{
	Insertion  *insertion = arg;
	int			row = insertion->returned[insertion->nsunk++];

	CHECK_FOR_INTERRUPTS();
	SinkMissing(insertion, row);
	insertion->sink(insertion->arg, row, document);
	insertion->next = row + 1;
}

/*
 * Which columns a row that is there already takes from the new one.  Where none
 * is left its key is written again: so the row is locked and comes back.
 */
static List *
Overwritten(const CormBulk *bulk, const CormConflict *conflict, int row)
{
	List	   *columns = NIL;
	ListCell   *lc;

	foreach(lc, bulk->columns)
	{
		CormBulkColumn *given = lfirst(lc);
		CormColumn *column = unconstify(CormColumn *, given->column);

		if (given->given[row] && !list_member_ptr(conflict->key, column) &&
			(conflict->all_given || list_member_ptr(conflict->update, column)))
			columns = lappend(columns, column);
	}
	return columns != NIL ? columns : conflict->key;
}

static void
RunInsert(const char *sql, const CormValues *values, const CormSelect *returning,
		  Insertion *insertion)
{
	CormTaker	taker = CormMakeTaker(TakeValues, insertion);
	CormRun    *run;

	if (insertion->observer)
	{
		(void) CormExecuteForAny(returning->label, sql, BulkParams(values),
								 insertion->to - insertion->next, &taker.pub);
		return;
	}
	run = CormRunBegin(returning, 0);
	CormRunObserve(run, NoteReturned, insertion);
	CormRunReturning(run, sql, BulkParams(values), SinkReturned, insertion);
	SinkMissing(insertion, insertion->to);
}

/*
 * One row of a tree, as anybody would insert it.
 */
static int64
InsertOne(const CormBulk *bulk, int row, const CormSelect *returning, Insertion *insertion)
{
	CormValues	values = {NIL};
	CormTaker	taker = CormMakeTaker(TakeValues, insertion);
	List	   *assigned = NIL;
	ListCell   *lc;

	foreach(lc, bulk->columns)
	{
		const CormBulkColumn *column = lfirst(lc);

		if (column->given[row])
			assigned = lappend(assigned, CormPlainValue(&values, column->column,
														column->values[row], column->nulls[row]));
	}
	turn.row = row;
	return CormExecute(returning->label,
					   CormDeparseInsert(bulk->model, returning->label, assigned, returning),
					   CormValueParams(&values), false, insertion->observer ? &taker.pub : NULL);
}

/*
 * Inserts the rows from "from" to before "to".
 */
static int64
InsertRun(CormBulk *bulk, int from, int to, const CormConflict *conflict,
		  const CormSelect *returning, Insertion insertion)
{
	CormValues	values = {NIL};
	CormBulkRows rows = {bulk->model, returning->label, NIL, 0, 0, conflict, NIL};
	ListCell   *lc;
	char	   *sql;

	insertion.to = to;
	insertion.next = from;
	insertion.returned = palloc((to - from) * sizeof(int));
	if (to - from == 1 && conflict->action == CORM_CONFLICT_ERROR &&
		(bulk->place || bulk->whole) && (insertion.observer || returning->targets == NIL))
		return InsertOne(bulk, from, returning, &insertion);

	foreach(lc, bulk->columns)
	{
		CormBulkColumn *column = lfirst(lc);

		if (IsMixed(column, from, to))
			FillIn(bulk, column, from, to);
		else if (!column->given[from])
			continue;
		rows.values = lappend(rows.values, BindColumn(&values, column, from, to));
	}
	rows.first = CormAddValue(&values, INT8OID, Int64GetDatum(from), false);
	rows.last = CormAddValue(&values, INT8OID, Int64GetDatum(to), false);
	if (conflict->action == CORM_CONFLICT_UPDATE)
		rows.overwritten = Overwritten(bulk, conflict, from);
	sql = CormDeparseBulkInsert(&rows, returning);
	if (returning->targets == NIL)
		return CormExecuteForAny(returning->label, sql, BulkParams(&values), to - from, NULL);
	RunInsert(sql, &values, returning, &insertion);
	return insertion.nreturned;
}

/*
 * Where the run that begins at a row ends: before the first row that gives
 * other columns, if that matters.
 */
static int
RunEnd(const CormBulk *bulk, const CormConflict *conflict, int from)
{
	ListCell   *lc;

	if (conflict->action != CORM_CONFLICT_UPDATE && bulk->model->relkind != RELKIND_VIEW)
		return bulk->n;
	for (int row = from + 1; row < bulk->n; row++)
		foreach(lc, bulk->columns)
		{
			const CormBulkColumn *column = lfirst(lc);

			if (column->given[row] != column->given[from])
				return row;
		}
	return bulk->n;
}

static int64
Insert(CormBulk *bulk, const CormConflict *conflict, const CormSelect *returning,
	   Insertion insertion)
{
	ErrorContextCallback callback = {error_context_stack, TurnCallback, NULL};
	Turn		outer = turn;
	volatile int64 written = 0;

	if (!bulk->unnumbered)
		error_context_stack = &callback;
	PG_TRY();
	{
		for (int from = 0, to; from < bulk->n; from = to)
		{
			to = RunEnd(bulk, conflict, from);
			turn.row = -1;
			turn.end = to;
			turn.bulk = bulk;
			written += InsertRun(bulk, from, to, conflict, returning, insertion);
		}
	}
	PG_FINALLY();
	{
		turn = outer;
	}
	PG_END_TRY();
	error_context_stack = callback.previous;
	return written;
}

int64
CormBulkInsert(CormBulk *bulk, const CormConflict *conflict, const CormSelect *returning,
			   CormRowSink sink, void *arg)
{
	Insertion	insertion = {.sink = sink, .arg = arg};

	return Insert(bulk, conflict, returning, insertion);
}

int64
CormBulkInsertValues(CormBulk *bulk, const CormConflict *conflict, const CormSelect *returning,
					 CormBulkObserver observer, void *arg)
{
	Insertion	insertion = {.observer = observer, .arg = arg};

	return Insert(bulk, conflict, returning, insertion);
}

/* ---------- update ---------- */

static Datum *
KeyOfRow(const CormBulk *bulk, int row)
{
	const CormModel *model = bulk->model;
	Datum	   *key = palloc(model->nkey * sizeof(Datum));
	ListCell   *lc;

	foreach(lc, bulk->columns)
	{
		const CormBulkColumn *column = lfirst(lc);

		for (int i = 0; i < model->nkey; i++)
			if (model->key[i] == column->column->attnum)
				key[i] = column->values[row];
	}
	return key;
}

/*
 * All keys in order.  They lock the rows in it, so that two updates of the same
 * rows wait for each other, never in a circle.
 */
static void
LockKeys(const CormBulk *bulk)
{
	const CormModel *model = bulk->model;
	CormValues	values = {NIL};
	CormWriteRows rows = {model, bulk->label, NIL, NIL, CORM_KEYS_IN};
	List	   *keys = NIL;

	for (int row = 0; row < bulk->n; row++)
		keys = lappend(keys, KeyOfRow(bulk, row));
	keys = CormSortKeys(model, model->nkey, model->key, keys);
	if (list_length(keys) < bulk->n)
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("a row of model \"%s\" is named more than once", bulk->label),
				 errdetail("The %d objects name %d different rows.", bulk->n, list_length(keys))));
	rows.keys = CormArrayValues(&values, model, model->nkey, model->key, keys);
	for (int i = 0; i < model->nkey; i++)
		rows.lock_order = lappend(rows.lock_order,
								  unconstify(CormColumn *, CormColumnByNumber(model, model->key[i])));
	if (bulk->n > 1)
		(void) CormLockRows(&rows, BulkParams(&values), false);
}

static CormBulkChange *
BindChange(CormValues *values, const CormBulk *bulk, const CormBulkColumn *column)
{
	CormBulkChange *change = palloc0(sizeof(CormBulkChange));
	Datum	   *given;

	change->value = BindColumn(values, column, 0, bulk->n);
	if (column->ngiven == bulk->n)
		return change;
	given = palloc(bulk->n * sizeof(Datum));
	for (int row = 0; row < bulk->n; row++)
		given[row] = BoolGetDatum(column->given[row]);
	change->given = CormAddValue(values, BOOLARRAYOID,
								 PointerGetDatum(construct_array(given, bulk->n, BOOLOID, 1,
																 true, TYPALIGN_CHAR)), false);
	return change;
}

int64
CormBulkUpdate(CormBulk *bulk)
{
	const CormModel *model = bulk->model;
	CormKey		key = {model->nkey, model->key};
	CormValues	values = {NIL};
	List	   *keys = NIL;
	List	   *changes = NIL;
	ListCell   *lc;

	foreach(lc, bulk->columns)
	{
		const CormBulkColumn *column = lfirst(lc);

		if (CormKeyHas(key, column->column->attnum))
			keys = lappend(keys, BindColumn(&values, column, 0, bulk->n));
		else if (column->ngiven > 0)
			changes = lappend(changes, BindChange(&values, bulk, column));
	}
	if (bulk->n == 0 || changes == NIL)
		return 0;
	if (!bulk->locked)
		LockKeys(bulk);
	return CormExecuteForAny(bulk->label,
							 CormDeparseBulkUpdate(model, bulk->label, keys, changes),
							 BulkParams(&values), bulk->n, NULL);
}
