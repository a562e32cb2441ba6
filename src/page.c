/*-------------------------------------------------------------------------
 *
 * page.c
 *	  Pages of a queryset: the rows behind or ahead of a place in its order.
 *
 * A page begins where a row stands, or stood, in the order, and not after a
 * number of rows, so rows that come and go meanwhile shift nothing.  The place
 * is given by the values of the order's keys, the last of which are the primary
 * key: no two rows stand in one place.  A row is behind it if
 *
 *		k1 is behind v1 OR (k1 is v1 AND (k2 is behind v2 OR (k2 is v2 AND ...)))
 *
 * where "behind" takes nulls where the order has them, and the operators are
 * those that ORDER BY goes by.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "cursor.h"
#include "deparse.h"
#include "order.h"
#include "page.h"

/* Which rows: ahead of a place or behind it, with the one in it or without. */
typedef struct Side
{
	bool		ahead;
	bool		inclusive;
} Side;

/* ---------- the order ---------- */

/*
 * Is the value one of a row that is always there, in a column that has one?
 */
static bool
IsNeverNull(const CormSelect *select, const CormValue *value)
{
	return value->kind == CORM_VALUE_COLUMN && value->ref.column->not_null &&
		(value->ref.table == select->base || value->ref.table == select->link);
}

/*
 * Where one of several links is kept, its values are known once that is done.
 */
static void
MakeKeys(CormPage *page)
{
	CormSelect *select = page->select;
	ListCell   *lc;

	page->nkeys = list_length(select->order);
	page->keys = palloc0(page->nkeys * sizeof(CormPageKey));
	foreach(lc, select->order)
	{
		const CormOrder *order = lfirst(lc);
		CormPageKey *key = &page->keys[foreach_current_index(lc)];

		key->type = getBaseType(order->value->type);
		key->target = CormAddValueTarget(select, order->value, InvalidOid);
		key->descending = order->descending;
		key->nulls_last = order->nulls == CORM_NULLS_DEFAULT ? !order->descending :
			order->nulls == CORM_NULLS_LAST;
		key->never_null = IsNeverNull(select, order->value);
		key->value = select->distinct == NIL ? order->value :
			CormNumberedValue(key->target + 1, order->value->type, order->value->collation);
	}
}

static void
AppendParamValue(StringInfo buf, const CormParam *param)
{
	ListCell   *lc;

	foreach(lc, param->texts)
		appendStringInfo(buf, " %s", quote_literal_cstr(lfirst(lc)));
	if (param->value)
	{
		Jsonb	   *json = JsonbValueToJsonb(param->value);

		appendStringInfo(buf, " %s", JsonbToCString(NULL, &json->root, VARSIZE(json)));
	}
}

/*
 * A number for the order, the same wherever the model's tables have the same
 * names: a hash of the statement that would read nothing but the order.  Filters
 * do not count, nor does whose relation is read.
 */
static uint64
OrderNumber(const CormRequest *request, const CormModel *fallback)
{
	CormRequest bare = *request;
	CormSelect *select;
	StringInfoData buf;
	ListCell   *lc;

	bare.where = NULL;
	bare.loads = NIL;
	bare.limit = bare.offset = bare.max_limit = -1;
	select = CormResolve(&bare, CORM_FOR_COUNTING, fallback);
	CormResolveOrder(select, request->order_by, true);
	select->scope->where = NIL;
	select->label = "order";

	initStringInfo(&buf);
	appendStringInfoString(&buf, CormDeparseSelect(select, true));
	foreach(lc, select->params)
	{
		const CormParam *param = lfirst(lc);

		if (!param->of_owner)
			AppendParamValue(&buf, param);
	}
	return hash_bytes_extended((unsigned char *) buf.data, buf.len, 0);
}

/* ---------- places in the order ---------- */

static Oid *
KeyTypes(const CormPage *page)
{
	Oid		   *types = palloc(page->nkeys * sizeof(Oid));

	for (int i = 0; i < page->nkeys; i++)
		types[i] = page->keys[i].type;
	return types;
}

static CormPosition *
ReadPosition(const CormPage *page, const char *cursor, const char *argument)
{
	CormPosition *position = palloc(sizeof(CormPosition));
	Datum	   *values = palloc(page->nkeys * sizeof(Datum));
	bool	   *nulls = palloc(page->nkeys * sizeof(bool));

	CormReadCursor(cursor, argument, page->order, page->nkeys, KeyTypes(page),
				   values, nulls);
	position->params = palloc(page->nkeys * sizeof(int));
	for (int i = 0; i < page->nkeys; i++)
		position->params[i] = nulls[i] ? 0 :
			CormAddDatum(page->select, page->keys[i].type, values[i]);
	return position;
}

char *
CormPageCursor(const CormPage *page, const Datum *values, const bool *nulls)
{
	return CormWriteCursor(page->order, page->nkeys, KeyTypes(page), values, nulls);
}

/* ---------- conditions ---------- */

static CormExpr *
CompareKey(const CormPage *page, int i, const CormPosition *position, int strategy)
{
	const CormPageKey *key = &page->keys[i];

	return CormMakeOperator(key->value,
							CormOrderingOf(key->type, strategy, "a value of the order"),
							CormParamValue(page->select, position->params[i]));
}

static CormExpr *
EitherOf(CormExpr *one, CormExpr *other)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_OR);

	expr->args = list_make2(one, other);
	return expr;
}

static bool
IsConst(const CormExpr *expr, bool truth)
{
	return expr->kind == CORM_EXPR_CONST && expr->truth == truth;
}

/*
 * The key alone says that a row is on this side of the place.
 */
static CormExpr *
KeyOnSide(const CormPage *page, int i, const CormPosition *position, Side side)
{
	const CormPageKey *key = &page->keys[i];
	bool		greater = key->descending == side.ahead;
	bool		nulls = key->nulls_last != side.ahead;	/* they are on this side */
	CormExpr   *is_null = CormMakeNullTest(key->value);
	CormExpr   *expr;

	if (position->params[i] == 0)
	{
		if (nulls)
			return side.inclusive ? is_null : CormMakeConst(false);
		return side.inclusive ? CormMakeConst(true) : CormNotTrue(is_null);
	}
	if (greater)
		expr = CompareKey(page, i, position, side.inclusive ? BTGreaterEqualStrategyNumber :
						  BTGreaterStrategyNumber);
	else
		expr = CompareKey(page, i, position, side.inclusive ? BTLessEqualStrategyNumber :
						  BTLessStrategyNumber);
	return nulls && !key->never_null ? EitherOf(expr, is_null) : expr;
}

static CormExpr *
KeyAtPlace(const CormPage *page, int i, const CormPosition *position)
{
	return position->params[i] == 0 ? CormMakeNullTest(page->keys[i].value) :
		CompareKey(page, i, position, BTEqualStrategyNumber);
}

/*
 * The rows on one side of a place.  What the condition says of the first key is
 * said once more by itself where an index can be searched by it.
 */
static CormExpr *
RowsOnSide(const CormPage *page, const CormPosition *position, Side side)
{
	const Side	exclusive = {side.ahead, false};
	const Side	inclusive = {side.ahead, true};
	CormExpr   *expr = KeyOnSide(page, page->nkeys - 1, position, side);
	CormExpr   *bound;

	for (int i = page->nkeys - 2; i >= 0; i--)
	{
		CormExpr   *by_key = KeyOnSide(page, i, position, exclusive);

		CHECK_FOR_INTERRUPTS();
		expr = CormAllOf(list_make2(KeyAtPlace(page, i, position), expr));
		if (!IsConst(by_key, false))
			expr = EitherOf(by_key, expr);
	}
	if (page->nkeys == 1)
		return expr;
	bound = KeyOnSide(page, 0, position, inclusive);
	return bound->kind == CORM_EXPR_OPERATOR ? CormAllOf(list_make2(bound, expr)) : expr;
}

static List *
CopyOrder(List *orders)
{
	List	   *copies = NIL;
	ListCell   *lc;

	foreach(lc, orders)
		copies = lappend(copies, memcpy(palloc(sizeof(CormOrder)), lfirst(lc), sizeof(CormOrder)));
	return copies;
}

static void
Restrict(CormSelect *select, CormExpr *expr)
{
	if (select->distinct != NIL)
		select->kept_where = lappend(select->kept_where, expr);
	else
		select->scope->where = lappend(select->scope->where, expr);
}

/* ---------- rows ---------- */

/*
 * The nearest row to a place, by the order: asked for just any, the server may
 * expect to meet one soon and read the table from its other end.
 */
static CormSelect *
NearestRow(const CormPage *page, const CormPosition *position, Side side)
{
	CormSelect *select = palloc(sizeof(CormSelect));

	*select = *page->select;
	select->kept = NULL;		/* what is known of that one alone */
	select->scope = palloc(sizeof(CormScope));
	*select->scope = *page->select->scope;
	select->scope->where = list_copy(page->where);
	select->kept_where = NIL;
	select->order = CopyOrder(page->select->order);
	if (side.ahead != page->backward)
		CormReverseOrder(select);
	if (position)
		Restrict(select, RowsOnSide(page, position, side));
	select->limit = CormAddBigint(select, 1);
	select->offset = 0;
	return select;
}

CormSelect *
CormNearestAhead(const CormPage *page, const CormPosition *position)
{
	return NearestRow(page, position, (Side) {true, true});
}

CormSelect *
CormNearestBehind(const CormPage *page, const CormPosition *position)
{
	return NearestRow(page, position, (Side) {false, true});
}

static void
CheckPageable(const CormRequest *request)
{
	if (request->distinct_given)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("page does not go with distinct"),
				 errdetail("A page begins at a row, which its primary key tells from all others."),
				 errhint("Read slices with limit and offset.")));
}

/*
 * The queryset's limit caps the page.  Its offset says where the first page
 * begins, and a cursor where another one does.
 */
static void
SlicePage(CormPage *page, const CormRequest *request, int64 size)
{
	int64		limit = CormRequestLimit(request);

	page->size = limit >= 0 ? Min(limit, size) : size;
	page->skipped = page->after || page->before ? 0 : Max(request->offset, 0);
	page->select->limit = CormAddBigint(page->select, page->size + 1);
	if (page->skipped > 0)
		page->select->offset = CormAddBigint(page->select, page->skipped);
}

CormPage *
CormResolvePage(const CormRequest *request, const CormModel *fallback,
				const char *after, const char *before, int64 size)
{
	CormPage   *page = palloc0(sizeof(CormPage));
	CormRequest whole = *request;

	CheckPageable(request);
	whole.limit = whole.offset = whole.max_limit = -1;
	page->select = CormResolve(&whole, CORM_FOR_DOCUMENTS, fallback);
	CormRequireKey(page->select->model, "paging needs");
	page->order = OrderNumber(request, fallback);
	MakeKeys(page);

	page->where = list_copy(page->select->scope->where);
	if (after)
	{
		page->after = ReadPosition(page, after, "after");
		Restrict(page->select, RowsOnSide(page, page->after, (Side) {false, false}));
	}
	if (before)
	{
		page->before = ReadPosition(page, before, "before");
		Restrict(page->select, RowsOnSide(page, page->before, (Side) {true, false}));
	}
	page->backward = before && !after;
	if (page->backward)
		CormReverseOrder(page->select);
	SlicePage(page, request, size);
	return page;
}
