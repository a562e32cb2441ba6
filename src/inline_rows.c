/*-------------------------------------------------------------------------
 *
 * inline_rows.c
 *	  corm.rows as part of the query that it stands in.
 *
 * The planner simplifies a function in FROM just before it tries to inline it
 * as a function in SQL, and before it pulls up subqueries.  While it asks for a
 * simpler call, the entry of the range table is exchanged for a subquery: a new
 * one in the old one's place in the list, since the planner still holds the old
 * one, as a function, and goes on with it.  This relies on that order, so it is
 * done only by servers where it has been proven (compat.h).
 *
 * A plan made so depends on the tables in it by itself.  It depends on corm's
 * tables too, and on the role: names were found, and USAGE of schemas checked,
 * for the role that it was planned for.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/planmain.h"
#include "parser/parsetree.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "cache.h"
#include "catalog.h"
#include "compat.h"
#include "exec.h"
#include "inline_rows.h"
#include "verb.h"

bool		corm_inline_rows = false;

static bool IsConstant(const FuncExpr *call);
static bool IsCall(PlannerInfo *root, const RangeTblEntry *rte,
				   const FuncExpr *call);
static int	CountColumns(Oid row_type);
static Query *RowsQuery(const FuncExpr *call);
static Query *StatementQuery(const CormSelect *select);
static Node *ReplaceParams(Node *node, void *context);
static bool FitColumns(Query *query, Oid row_type);
static void NoteDependencies(PlannerInfo *root, const FuncExpr *call);

void
CormInlineRows(SupportRequestSimplify *request)
{
	PlannerInfo *root = request->root;
	ListCell   *lc;

	if (!CORM_CAN_INLINE_ROWS || !corm_inline_rows || root == NULL ||
		root->parse == NULL || root->simple_rte_array != NULL ||
		!IsConstant(request->fcall) ||
		CormFunctionAclCheck(request->fcall->funcid, GetUserId(),
							 ACL_EXECUTE) != ACLCHECK_OK ||
		FmgrHookIsNeeded(request->fcall->funcid))
		return;
	foreach(lc, root->parse->rtable)
	{
		RangeTblEntry *rte = lfirst(lc);
		RangeTblEntry *subquery;

		if (!IsCall(root, rte, request->fcall))
			continue;

		/* the functions stay, as the planner itself does it */
		subquery = makeNode(RangeTblEntry);
		memcpy(subquery, rte, sizeof(RangeTblEntry));
		subquery->subquery = RowsQuery(request->fcall);
		if (subquery->subquery == NULL)
			return;
		subquery->rtekind = RTE_SUBQUERY;
		subquery->lateral = false;
		lfirst(lc) = subquery;
		NoteDependencies(root, request->fcall);
	}
}

/* Of a queryset that is known now, and none that is NULL. */
static bool
IsConstant(const FuncExpr *call)
{
	ListCell   *lc;

	if (list_length(call->args) != 2)
		return false;
	foreach(lc, call->args)
	{
		if (!IsA(lfirst(lc), Const))
			return false;
	}
	return !lsecond_node(Const, call->args)->constisnull &&
		OidIsValid(get_typ_typrelid(call->funcresulttype));
}

/*
 * By itself in FROM; its arguments may not be simplified yet.  The query may
 * have been analyzed before a column was added: then the planner would leave it
 * out of whole rows.
 */
static bool
IsCall(PlannerInfo *root, const RangeTblEntry *rte, const FuncExpr *call)
{
	RangeTblFunction *function;
	FuncExpr   *expr;

	if (rte->rtekind != RTE_FUNCTION || rte->funcordinality ||
		list_length(rte->functions) != 1)
		return false;
	function = linitial_node(RangeTblFunction, rte->functions);
	expr = (FuncExpr *) function->funcexpr;
	return IsA(expr, FuncExpr) && expr->funcid == call->funcid &&
		expr->funcresulttype == call->funcresulttype &&
		function->funccolnames == NIL &&
		list_length(rte->eref->colnames) ==
		CountColumns(call->funcresulttype) &&
		!contain_volatile_functions((Node *) expr->args) &&
		!contain_subplans((Node *) expr->args) &&
		equal(eval_const_expressions(root, copyObject((Node *) expr->args)),
			  call->args);
}

/* Dropped ones too. */
static int
CountColumns(Oid row_type)
{
	TupleDesc	desc = lookup_rowtype_tupdesc(row_type, -1);
	int			n = desc->natts;

	ReleaseTupleDesc(desc);
	return n;
}

/* NULL when it does not return the rows that the call returns. */
static Query *
RowsQuery(const FuncExpr *call)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "corm inline rows",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Oid			relid = get_typ_typrelid(call->funcresulttype);
	Const	   *q = lsecond_node(Const, call->args);
	CormSelect *select;
	Query	   *query = NULL;

	select = CormVerbSelect(CORM_VERB_ROWS,
							CormParseRequest(DatumGetJsonbP(q->constvalue)),
							CormModelByRelid(relid));
	if (select->model->relid == relid)
		query = StatementQuery(select);
	if (query != NULL && !FitColumns(query, call->funcresulttype))
		query = NULL;
	MemoryContextSwitchTo(old);
	query = copyObject(query);
	MemoryContextDelete(context);
	return query;
}

/* Analyzed and rewritten for the current user, its parameters being constants. */
static Query *
StatementQuery(const CormSelect *select)
{
	char	   *sql = CormVerbStatement(CORM_VERB_ROWS, select);
	ParamListInfo params = CormBindParams(select);
	Oid		   *types = palloc(sizeof(Oid) * (params->numParams + 1));
	List	   *queries;

	for (int i = 0; i < params->numParams; i++)
		types[i] = params->params[i].ptype;
	queries = pg_analyze_and_rewrite_fixedparams(linitial_node(RawStmt, pg_parse_query(sql)),
												 sql, types,
												 params->numParams, NULL);
	if (list_length(queries) != 1 ||
		linitial_node(Query, queries)->commandType != CMD_SELECT)
		return NULL;
	return query_tree_mutator(linitial_node(Query, queries), ReplaceParams,
							  params, 0);
}

static Node *
ReplaceParams(Node *node, void *context)
{
	ParamListInfo params = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXTERN)
	{
		Param	   *param = (Param *) node;
		ParamExternData *value = &params->params[param->paramid - 1];
		int16		length;
		bool		by_value;

		get_typlenbyval(param->paramtype, &length, &by_value);
		return (Node *) makeConst(param->paramtype, param->paramtypmod,
								  param->paramcollid, length, value->value,
								  value->isnull, by_value);
	}
	if (IsA(node, Query))
		return (Node *) query_tree_mutator((Query *) node, ReplaceParams,
										   context, 0);
	return expression_tree_mutator(node, ReplaceParams, context);
}

/*
 * Numbers the columns as the table does, with a NULL in the place of each that
 * was dropped.
 */
static bool
FitColumns(Query *query, Oid row_type)
{
	TupleDesc	desc = lookup_rowtype_tupdesc_copy(row_type, -1);
	ListCell   *lc = list_head(query->targetList);
	List	   *targets = NIL;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		TargetEntry *target = lc == NULL ? NULL : lfirst(lc);

		if (att->attisdropped)
		{
			if (query->distinctClause != NIL || query->setOperations != NULL)
				return false;
			target = makeTargetEntry((Expr *) makeNullConst(INT4OID, -1,
															InvalidOid),
									 i + 1, NULL, false);
		}
		else if (target == NULL || target->resjunk ||
				 exprType((Node *) target->expr) != att->atttypid ||
				 exprCollation((Node *) target->expr) != att->attcollation)
			return false;
		else
			lc = lnext(query->targetList, lc);
		target->resno = i + 1;
		targets = lappend(targets, target);
	}
	for (; lc != NULL; lc = lnext(query->targetList, lc))
	{
		TargetEntry *target = lfirst(lc);

		if (!target->resjunk)
			return false;
		targets = lappend(targets, target);
		target->resno = list_length(targets);
	}
	query->targetList = targets;
	return true;
}

static void
NoteDependencies(PlannerInfo *root, const FuncExpr *call)
{
	PlannerGlobal *glob = root->glob;

	record_plan_function_dependency(root, call->funcid);
	glob->dependsOnRole = true;
	glob->relationOids = list_concat(glob->relationOids,
									 CormCatalogTables());
}
