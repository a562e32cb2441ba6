/*-------------------------------------------------------------------------
 *
 * scan_plan.c
 *	  Which rows index scans can find without a statement.
 *
 * A child level asks for little: the rows of one table by its foreign key or by
 * its key, without further condition, in the order of the key.  So do the rows of
 * one owner, a row by its key, and those that have one value in a column; their keys
 * are parameters.  Whatever asks for more takes a statement.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "parser/parse_coerce.h"
#include "utils/lsyscache.h"

#include "scan.h"
#include "typeorder.h"

bool		corm_direct_scan = true;

/* Each time that rows turn out to be many, twice as many calls do not try, up to 63. */
#define MOST_DOUBLED 6

/* Does the table stand for itself? */
static bool
IsPlainTable(const CormTable *table)
{
	return table->model->relkind == RELKIND_RELATION && table->mirrored == NULL &&
		table->once == NULL && table->several == NULL && table->rows == NULL &&
		table->closure == NULL && table->row_param == 0 &&
		table->annotations == NIL;
}

/*
 * By the primary key, as documents are unless something else is asked, or by that
 * backwards.
 */
static bool
IsKeyOrder(const CormSelect *select, bool descending)
{
	const CormModel *model = select->model;
	ListCell   *lc;

	if (list_length(select->order) != model->nkey)
		return false;
	foreach(lc, select->order)
	{
		const CormOrder *order = lfirst(lc);

		if (order->value->kind != CORM_VALUE_COLUMN || order->descending != descending ||
			order->nulls != CORM_NULLS_DEFAULT ||
			OidIsValid(order->value->collate) ||
			order->value->ref.table != select->base ||
			order->value->ref.column->attnum !=
			model->key[foreach_current_index(lc)])
			return false;
	}
	return true;
}

/* Nothing but columns of the rows, as they are. */
static bool
HasPlainTargets(const CormSelect *select)
{
	ListCell   *lc;

	foreach(lc, select->targets)
	{
		const CormTarget *target = lfirst(lc);

		if (target->value->kind != CORM_VALUE_COLUMN || OidIsValid(target->cast))
			return false;
	}
	foreach(lc, select->object->outputs)
	{
		const CormOutput *output = lfirst(lc);

		if (output->kind == CORM_OUT_OBJECT)
			return false;
		if (output->kind == CORM_OUT_VALUE &&
			((CormTarget *) list_nth(select->targets, output->target))->value->ref.table != select->base)
			return false;
	}
	return true;
}

/* Rows of a table, or of one behind its through table, and nothing else. */
static bool
IsSimple(const CormSelect *select)
{
	int			ntables = select->link != NULL ? 2 : 1;

	return corm_direct_scan && select->identity == NULL && select->model->nkey > 0 &&
		list_length(select->scope->tables) == ntables &&
		select->scope->groups == NULL && select->offset == 0 &&
		select->distinct == NIL && select->kept_where == NIL &&
		IsPlainTable(select->base) &&
		(select->link == NULL || IsPlainTable(select->link));
}

/* ---------- keys ---------- */

/*
 * The table is looked up by a column; "op" has it on its left.
 */
static bool
AddKey(CormProbe *probe, const CormColumn *column, Oid op, Oid collation)
{
	int			n = probe->nkeys++;

	probe->columns[n] = column;
	probe->collations[n] = collation;
	probe->ops[n] = op;
	probe->used = bms_add_member(probe->used, column->attnum);
	return OidIsValid(op);
}

static bool
AddKeyPart(CormProbe *probe, const CormColumn *column, const CormKeyPart *key)
{
	return AddKey(probe, column,
				  key->child_referenced ? key->op : CormOperatorOf(key->op).commutator,
				  key->collation);
}

/*
 * Targets of the through table are read from it, the others from the rows.  What
 * a list is ordered by takes a right to read it as well.
 */
static void
NoteColumns(CormScan *scan)
{
	const CormSelect *select = scan->select;
	const CormModel *model = select->model;
	ListCell   *lc;

	for (int i = 0; i < model->nkey; i++)
		scan->rows.used = bms_add_member(scan->rows.used, model->key[i]);

	foreach(lc, select->targets)
	{
		const CormColumnRef *ref = &((CormTarget *) lfirst(lc))->value->ref;

		if (ref->table == select->base)
			scan->rows.used = bms_add_member(scan->rows.used,
											 ref->column->attnum);
	}
}

/* The parts of the key by which a through table's rows name their targets. */
static bool
PlanFarKeys(CormScan *scan)
{
	const CormForeignKey *far = scan->links.far;

	/* lists are in the order of that key, by the links' values */
	if (!far->to_primary_key)
		return false;
	scan->far_keys = palloc0(far->nkeys * sizeof(CormKeyPart));
	for (int i = 0; i < far->nkeys; i++)
	{
		const CormColumn *mine = CormColumnByNumber(scan->rows.model,
													far->pk_attnums[i]);
		const CormColumn *theirs = CormColumnByNumber(scan->links.model,
													  far->fk_attnums[i]);
		CormOperator op = CormOperatorOf(far->eq_ops[i]);
		CormKeyPart *key = &scan->far_keys[i];

		key->op = far->eq_ops[i];
		key->child_type = op.left;
		key->parent_type = op.right;
		key->child_referenced = true;
		key->collation = mine->collation;

		/* values are taken as they are */
		if (key->child_type != mine->typid || key->parent_type != theirs->typid ||
			!AddKeyPart(&scan->rows, mine, key))
			return false;
		scan->links.used = bms_add_member(scan->links.used, theirs->attnum);
	}
	return true;
}

bool
CormMayScan(const CormModel *model)
{
	return corm_direct_scan && CormProbeMayOpen(model);
}

/* Nothing of it is open, whatever became of those who had it before. */
static void
Begin(CormScan *scan)
{
	scan->context = CurrentMemoryContext;
	scan->exhausted = false;
	scan->fetch = NULL;
	scan->all = NULL;
	scan->nforetold = 0;
	CormProbeForget(&scan->rows);
	CormProbeForget(&scan->links);
}

static CormScan *
MakeScan(const CormSelect *select, CormScanKind kind)
{
	CormScan   *scan = palloc(sizeof(CormScan));

	memset(scan, 0, offsetof(CormScan, rows));
	scan->select = select;
	scan->kind = kind;
	Begin(scan);
	CormProbeInit(&scan->rows, select->model);
	CormProbeInit(&scan->links, select->link ? select->link->model : NULL);
	if (kind == CORM_SCAN_LINKS)
		scan->links.far = select->base->link_relation->far_fk;
	return scan;
}

static CormScan *
PlanForParents(const CormSelect *select)
{
	CormScanKind kind = select->link != NULL ? CORM_SCAN_LINKS :
		select->nkeys > 0 && select->keys[0].child_referenced ?
		CORM_SCAN_TARGET : CORM_SCAN_CHILDREN;
	CormScan   *scan;

	if (select->nkeys == 0 || select->scope->where != NIL || select->limit != 0 ||
		!IsSimple(select) || !IsKeyOrder(select, false) || !HasPlainTargets(select))
		return NULL;
	scan = MakeScan(select, kind);
	for (int i = 0; i < select->nkeys; i++)
	{
		const CormTarget *target = list_nth(select->targets,
											select->keys[i].child_target);

		if (!AddKeyPart(kind == CORM_SCAN_LINKS ? &scan->links : &scan->rows,
						target->value->ref.column, &select->keys[i]))
			return NULL;
	}
	if (kind == CORM_SCAN_LINKS && !PlanFarKeys(scan))
		return NULL;
	NoteColumns(scan);
	return scan;
}

/* ---------- rows without parents ---------- */

/*
 * A condition that some column of the first table equals a parameter.  Whether
 * the operator is an equality is for the index to say.
 */
static bool
AddParameter(CormScan *scan, CormProbe *probe, const CormExpr *expr)
{
	const CormTable *table = scan->select->link ? scan->select->link : scan->select->base;
	bool		left = expr->left->kind == CORM_VALUE_COLUMN;
	const CormValue *column = left ? expr->left : expr->right;
	const CormValue *value = left ? expr->right : expr->left;
	const CormParam *param;
	Oid			takes;
	Oid			op = left ? expr->op : CormOperatorOf(expr->op).commutator;

	if (column->kind != CORM_VALUE_COLUMN || value->kind != CORM_VALUE_PARAM ||
		column->ref.table != table || OidIsValid(column->collate) ||
		OidIsValid(value->collate) || !OidIsValid(op))
		return false;
	param = list_nth(scan->select->params, value->param - 1);
	takes = CormOperatorOf(op).right;
	if (param->typid != takes && !IsBinaryCoercible(param->typid, takes))
		return false;
	scan->params[probe->nkeys] = value->param;
	scan->of_owner = scan->of_owner && param->of_owner;
	return AddKey(probe, column->ref.column, op, column->ref.column->collation);
}

static bool
AddConditions(CormScan *scan, CormProbe *probe, List *conditions)
{
	ListCell   *lc;

	foreach(lc, conditions)
	{
		const CormExpr *expr = lfirst(lc);

		if (expr->kind == CORM_EXPR_AND ? !AddConditions(scan, probe, expr->args) :
			expr->kind != CORM_EXPR_OPERATOR || probe->nkeys == INDEX_MAX_KEYS ||
			!AddParameter(scan, probe, expr))
			return false;
	}
	return true;
}

/* Can there be but one row? */
static bool
IsByPrimaryKey(const CormScan *scan)
{
	const CormModel *model = scan->rows.model;
	Bitmapset  *columns = NULL;

	for (int i = 0; i < scan->rows.nkeys; i++)
		columns = bms_add_member(columns, scan->rows.columns[i]->attnum);
	for (int i = 0; i < model->nkey; i++)
		if (!bms_is_member(model->key[i], columns))
			return false;
	return scan->rows.nkeys == model->nkey;
}

/* Is it known how many rows are asked for? */
static bool
HasPlainLimit(const CormSelect *select)
{
	return select->limit == 0 ||
		((CormParam *) list_nth(select->params, select->limit - 1))->bind == CORM_BIND_BIGINT;
}

static CormScan *
PlanByParameters(const CormSelect *select)
{
	CormScan   *scan;

	if (select->nkeys > 0 || !IsSimple(select))
		return NULL;
	scan = MakeScan(select, select->link ? CORM_SCAN_LINKS : CORM_SCAN_CHILDREN);
	scan->of_owner = true;
	if (!AddConditions(scan, select->link ? &scan->links : &scan->rows, select->scope->where) ||
		(select->link ? scan->links.nkeys : scan->rows.nkeys) == 0)
		return NULL;
	return scan;
}

static CormScan *
PlanForRoots(const CormSelect *select)
{
	CormScan   *scan = HasPlainLimit(select) && HasPlainTargets(select) ?
		PlanByParameters(select) : NULL;
	ListCell   *lc;

	if (scan == NULL)
		return NULL;
	if (select->link == NULL && IsByPrimaryKey(scan))
		scan->kind = CORM_SCAN_TARGET;
	else if (!IsKeyOrder(select, false) && !IsKeyOrder(select, true))
		return NULL;
	foreach(lc, select->children)
		if (((CormChild *) lfirst(lc))->recursive)
			return NULL;
	if (select->link != NULL && !PlanFarKeys(scan))
		return NULL;
	NoteColumns(scan);
	return scan;
}

static CormScan *
PlanForCount(const CormSelect *select)
{
	CormScan   *scan = select->limit == 0 ? PlanByParameters(select) : NULL;

	return scan != NULL && (select->link == NULL || PlanFarKeys(scan)) ? scan : NULL;
}

static CormScan *
PlanForRows(const CormSelect *select)
{
	CormScan   *scan = select->order == NIL && select->limit == 0 ?
		PlanByParameters(select) : NULL;

	if (scan == NULL || (select->link != NULL && !PlanFarKeys(scan)))
		return NULL;
	NoteColumns(scan);
	return scan;
}

/* ---------- planning once ---------- */

static CormScan *
Plan(const CormSelect *select, CormScanPurpose purpose)
{
	switch (purpose)
	{
		case CORM_SCAN_FOR_PARENTS:
			return PlanForParents(select);
		case CORM_SCAN_FOR_ROOTS:
			return PlanForRoots(select);
		case CORM_SCAN_FOR_COUNT:
			return PlanForCount(select);
		case CORM_SCAN_FOR_ROWS:
			return PlanForRows(select);
	}
	pg_unreachable();
}

void
CormScanNote(CormScan *scan, bool few)
{
	scan->many = few ? 0 : Min(scan->many + 1, MOST_DOUBLED);
	scan->spared = (1 << scan->many) - 1;
}

CormScan *
CormScanPlan(const CormSelect *select, CormScanPurpose purpose)
{
	CormKept   *kept = select->kept;
	CormScan   *scan;

	if (kept == NULL)
		return Plan(select, purpose);
	if (!kept->planned[purpose])
	{
		MemoryContext old = MemoryContextSwitchTo(kept->context);

		kept->scans[purpose] = Plan(select, purpose);
		kept->planned[purpose] = true;
		MemoryContextSwitchTo(old);
	}
	scan = kept->scans[purpose];
	if (scan == NULL)
		return NULL;
	if (scan->spared > 0)
	{
		scan->spared--;
		return NULL;
	}
	Begin(scan);
	return scan;
}
