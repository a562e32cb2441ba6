/*-------------------------------------------------------------------------
 *
 * scope.c
 *	  Building blocks of a plan tree: tables, joins, columns, parameters, and
 *	  the steps of a path.
 *
 * Everything is allocated in the current memory context and belongs to the
 * select it is built for.  Names come from the cache; a table is locked when it
 * is added, and whoever builds a tree starts anew if the cache has changed by
 * the time it is complete.
 *
 * Rights on columns and rows are the executor's business.  A right that a kept
 * plan does not check again is checked here, whenever a table enters a
 * statement: USAGE on its schema.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "error.h"
#include "scope.h"

/* ---------- paths ---------- */

/*
 * Takes the double quotes off a quoted name of "len" bytes.  Returns NULL when
 * the text is no quoted name from end to end.
 */
static char *
Unquote(const char *text, int len)
{
	char	   *name;
	char	   *to;

	if (len < 3 || text[0] != '"' || text[len - 1] != '"')
		return NULL;
	name = to = palloc(len + 1);
	for (int i = 1; i < len - 1; i++)
	{
		if (text[i] == '"')
		{
			if (text[i + 1] != '"' || i + 1 >= len - 1)
				return NULL;
			i++;
		}
		*to++ = text[i];
	}
	*to = '\0';
	return name;
}

/*
 * The name that the first "len" bytes of a path spell.
 */
static char *
StepName(const char *path, int len)
{
	char	   *name = Unquote(path, len);

	return name ? name : pnstrdup(path, len);
}

/*
 * The length of the longest step shorter than "limit": the last "__" before
 * it that stands outside double quotes.  0 when there is none.
 */
static int
ShorterStep(const char *path, int limit)
{
	bool		quoted = false;
	int			found = 0;

	for (int i = 0; i < limit && path[i] != '\0'; i++)
	{
		if (path[i] == '"')
			quoted = !quoted;
		else if (!quoted && i > 0 && path[i] == '_' && path[i + 1] == '_' &&
				 path[i + 2] != '\0')
			found = i;
	}
	return found;
}

/*
 * A to-one relation may bear the name of the one column it consists of; any
 * other column of a relation's name makes that name ambiguous.
 */
static bool
IsOwnColumn(const CormRelation *relation, const CormColumn *column)
{
	return relation->fk != NULL && !relation->reverse &&
		relation->through == InvalidOid && relation->fk->nkeys == 1 &&
		relation->fk->fk_attnums[0] == column->attnum;
}

static void
RefuseShadowed(const CormModel *model, const CormRelation *relation)
{
	char	   *display = CormModelDisplayName(model);

	ereport(ERROR,
			(errcode(ERRCODE_AMBIGUOUS_COLUMN),
			 errmsg("\"%s\" is both a column and a relation of model \"%s\"",
					relation->name, display),
			 errhint("Rename the relation: SELECT corm.rename_relation(%s, %s, 'new_name');",
					 quote_literal_cstr(display),
					 quote_literal_cstr(relation->name))));
}

/*
 * Reads the next step of a path from a model: a column, then a relation, the
 * longest name first, then "pk".  "reached_by" is the many-to-many relation
 * that led to the model, whose through model's name is a step too.
 */
CormStep
CormNextStep(const CormModel *model, const CormRelation *reached_by,
			 const char *path)
{
	CormStep	step = {CORM_STEP_OTHER, NULL, NULL, path};
	int			len = strlen(path);

	if (len == 0)
	{
		step.kind = CORM_STEP_END;
		return step;
	}

	for (; len > 0; len = ShorterStep(path, len))
	{
		char	   *name = StepName(path, len);
		const char *rest = path[len] ? path + len + 2 : path + len;
		const CormColumn *column = CormFindColumn(model, name);
		const CormRelation *relation = CormFindRelation(model, name);

		CHECK_FOR_INTERRUPTS();
		if (column && relation && !IsOwnColumn(relation, column))
			RefuseShadowed(model, relation);
		step.rest = rest;
		step.column = column;
		step.relation = relation;
		if (column && (relation == NULL || *rest == '\0'))
		{
			step.kind = CORM_STEP_COLUMN;
			return step;
		}
		if (relation)
		{
			step.kind = CORM_STEP_RELATION;
			CormRequireWhole(model, relation);
			return step;
		}
		if (reached_by && OidIsValid(reached_by->through))
		{
			const CormModel *through = CormModelByRelid(reached_by->through);

			if (through && strcmp(through->name, name) == 0)
			{
				step.kind = CORM_STEP_THROUGH;
				return step;
			}
		}

		/* a long path has many names to try, each nearly as long as itself */
		pfree(name);
	}

	step.column = NULL;
	step.relation = NULL;
	step.rest = path;
	if (strcmp(path, "pk") == 0 || strncmp(path, "pk__", 4) == 0)
	{
		step.kind = CORM_STEP_PK;
		step.rest = path[2] ? path + 4 : path + 2;
	}
	return step;
}

/* ---------- what may be said about a model ---------- */

bool
CormRoleMayRead(const CormModel *model, AttrNumber attnum)
{
	return pg_class_aclcheck(model->relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck(model->relid, attnum, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
}

/*
 * Names of a model's columns and relations that the role may know of.
 */
static void
VisibleNames(const CormModel *model, List **columns, List **relations)
{
	ListCell   *lc;

	*columns = *relations = NIL;
	for (int i = 0; i < model->ncolumns; i++)
		if (CormRoleMayRead(model, model->columns[i].attnum))
			*columns = lappend(*columns, model->columns[i].name);
	foreach(lc, model->relations)
	{
		CormRelation *relation = lfirst(lc);

		if (relation->broken == NULL &&
			pg_class_aclcheck_ext(relation->target, GetUserId(), ACL_SELECT,
								  &(bool) {false}) == ACLCHECK_OK)
			*relations = lappend(*relations, relation->name);
	}
}

/*
 * "rest" is what no name was found at the start of; the message names its
 * first step.
 */
void
CormUnknownName(const CormModel *model, const char *rest, const char *path)
{
	List	   *columns;
	List	   *relations;
	const char *close;
	StringInfoData hint;
	char	   *name;
	int			len = strlen(rest);

	for (int shorter = len; shorter > 0; shorter = ShorterStep(rest, shorter))
		len = shorter;
	name = StepName(rest, len);

	VisibleNames(model, &columns, &relations);
	close = CormClosest(name, list_concat_copy(columns, relations));
	initStringInfo(&hint);
	if (close)
		appendStringInfo(&hint, "Perhaps you meant \"%s\". ", close);
	appendStringInfo(&hint, "Columns: %s. Relations: %s.",
					 CormJoinNames(columns), CormJoinNames(relations));

	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("model \"%s\" has no column or relation \"%s\"",
					CormModelDisplayName(model), name),
			 strcmp(name, path) == 0 ? 0 :
			 errdetail("The path is \"%s\".", path),
			 errhint("%s", hint.data)));
}

/*
 * The relation of that name, which is no path.
 */
const CormRelation *
CormRequireRelation(const CormModel *model, const char *name)
{
	const CormRelation *relation = CormFindRelation(model, name);
	List	   *columns;
	List	   *relations;
	const char *close;

	if (relation)
	{
		CormRequireWhole(model, relation);
		return relation;
	}
	VisibleNames(model, &columns, &relations);
	close = CormClosest(name, relations);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("model \"%s\" has no relation \"%s\"",
					CormModelDisplayName(model), name),
			 close ?
			 errhint("Perhaps you meant \"%s\". Relations: %s.", close,
					 CormJoinNames(relations)) :
			 errhint("Relations: %s.", CormJoinNames(relations))));
}

/*
 * The path goes on where it has come to its end: a column is no way anywhere.
 * "step" is what was read, "rest" what follows it.
 */
void
CormNothingFollows(const CormModel *model, const CormStep *step, const char *path)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("\"%s\" of model \"%s\" is a column, \"%s\" cannot follow it",
					step->kind == CORM_STEP_COLUMN ? step->column->name : "pk",
					CormModelDisplayName(model), step->rest),
			 errdetail("The path is \"%s\".", path)));
}

/*
 * Refuses a relation whose constraint or table has gone.
 */
void
CormRequireWhole(const CormModel *model, const CormRelation *relation)
{
	if (relation->broken)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("relation \"%s\" of model \"%s\" cannot be used: %s",
						relation->name, CormModelDisplayName(model),
						relation->broken),
				 errhint("Declare it again after SELECT corm.drop_relation(%s, %s);",
						 quote_literal_cstr(CormModelDisplayName(model)),
						 quote_literal_cstr(relation->name))));
}

void
CormRequireKey(const CormModel *model, const char *why)
{
	if (model->nkey == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				 errmsg("model \"%s\" has no primary key, which %s",
						CormModelDisplayName(model), why),
				 errhint("Give table \"%s\" a primary key, or a view's model its key.",
						 get_rel_name(model->relid))));
}

const CormModel *
CormRelationTarget(const CormRelation *relation)
{
	const CormModel *model = CormModelByRelid(relation->target);

	if (model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the target of relation \"%s\" is no longer a model",
						relation->name)));
	return model;
}

/* ---------- tables ---------- */

CormScope *
CormMakeScope(void)
{
	return palloc0(sizeof(CormScope));
}

static void
RequireTable(const CormModel *model, bool there)
{
	if (!there)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("the table of model \"%s\" has been dropped meanwhile",
						model->name)));
}

void
CormCheckSchemaUsage(const CormModel *model)
{
	Oid			schema = get_rel_namespace(model->relid);

	RequireTable(model, OidIsValid(schema));

	if (CormSchemaAclCheck(schema, GetUserId(), ACL_USAGE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, get_namespace_name(schema));
}

/*
 * Adds a table to a FROM list.  The caller fills in what joins it.
 *
 * The lock is the one that the statement will take anyway.  Taken now, it keeps
 * the names and types that are being resolved what they are until then.
 */
CormTable *
CormAddTable(CormSelect *select, CormScope *scope, const CormModel *model,
			 CormJoinKind join)
{
	CormTable  *table = palloc0(sizeof(CormTable));

	CormCheckSchemaUsage(model);
	LockRelationOid(model->relid, AccessShareLock);
	RequireTable(model, OidIsValid(get_rel_namespace(model->relid)));
	table->alias = ++select->naliases;
	table->model = model;
	table->join = join;
	scope->tables = lappend(scope->tables, table);
	return table;
}

/*
 * referenced = referencing for each column of a foreign key.
 */
List *
CormForeignKeyExprs(const CormForeignKey *fk, CormTable *referenced,
					CormTable *referencing)
{
	List	   *exprs = NIL;

	for (int i = 0; i < fk->nkeys; i++)
	{
		CormExpr   *expr = CormMakeExpr(CORM_EXPR_EQUAL_COLUMNS);

		expr->left = CormRef(referenced, fk->pk_attnums[i]);
		expr->right = CormRef(referencing, fk->fk_attnums[i]);
		expr->op = fk->eq_ops[i];
		exprs = lappend(exprs, expr);
	}
	return exprs;
}

/*
 * The table that a to-one relation leads to, joined once however many paths go
 * through it.
 */
CormTable *
CormJoinToOne(CormSelect *select, CormScope *scope, CormTable *from,
			  const CormRelation *relation)
{
	CormTable  *table;
	ListCell   *lc;

	foreach(lc, scope->tables)
	{
		table = lfirst(lc);
		if (table->via_alias == from->alias && table->via &&
			strcmp(table->via->name, relation->name) == 0)
			return table;
	}

	table = CormAddTable(select, scope, CormRelationTarget(relation), CORM_JOIN_LEFT);
	table->via = relation;
	table->via_alias = from->alias;
	if (relation->reverse)
		table->on = CormForeignKeyExprs(relation->fk, from, table);
	else
		table->on = CormForeignKeyExprs(relation->fk, table, from);
	return table;
}

/*
 * The through table of a many-to-many, as the first table of a scope.
 */
CormTable *
CormAddLink(CormSelect *select, CormScope *scope, const CormRelation *relation)
{
	const CormModel *through = CormModelByRelid(relation->through);
	CormTable  *link;

	if (through == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the through table of relation \"%s\" is no longer a model",
						relation->name)));
	link = CormAddTable(select, scope, through, CORM_JOIN_NONE);
	if (relation->symmetrical)
	{
		link->mirrored = relation;
		for (int i = 0; i < relation->fk->nkeys; i++)
		{
			(void) CormRef(link, relation->fk->fk_attnums[i]);
			(void) CormRef(link, relation->far_fk->fk_attnums[i]);
		}
	}
	return link;
}

/*
 * The target of a many-to-many, joined to its through table.
 */
CormTable *
CormAddLinkTarget(CormSelect *select, CormScope *scope, CormTable *link,
				  const CormRelation *relation)
{
	CormTable  *target = CormAddTable(select, scope,
									  CormRelationTarget(relation), CORM_JOIN_INNER);

	target->on = CormForeignKeyExprs(relation->far_fk, target, link);
	target->link = link;
	target->link_relation = relation;
	return target;
}

CormColumnRef
CormRef(CormTable *table, AttrNumber attnum)
{
	CormColumnRef ref;

	ref.table = table;
	ref.column = CormColumnByNumber(table->model, attnum);
	if (ref.column == NULL)
		elog(ERROR, "no column %d in \"%s\"", attnum, table->model->name);
	table->used = bms_add_member(table->used, attnum);
	return ref;
}

/* ---------- expressions, parameters, targets ---------- */

CormExpr *
CormMakeExpr(CormExprKind kind)
{
	CormExpr   *expr = palloc0(sizeof(CormExpr));

	expr->kind = kind;
	return expr;
}

CormExpr *
CormMakeConst(bool truth)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_CONST);

	expr->truth = truth;
	return expr;
}

CormExpr *
CormMakeCompare(CormColumnRef left, Oid op, int param)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_COMPARE);

	expr->left = left;
	expr->op = op;
	expr->param = param;
	return expr;
}

CormExpr *
CormMakeNullTest(CormColumnRef left)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_IS_NULL);

	expr->left = left;
	return expr;
}

CormExpr *
CormNotTrue(CormExpr *arg)
{
	CormExpr   *expr = CormMakeExpr(CORM_EXPR_NOT_TRUE);

	expr->args = list_make1(arg);
	return expr;
}

CormExpr *
CormAllOf(List *exprs)
{
	CormExpr   *expr;

	if (list_length(exprs) == 1)
		return linitial(exprs);
	expr = CormMakeExpr(CORM_EXPR_AND);
	expr->args = exprs;
	return expr;
}

int
CormAddParam(CormSelect *select, CormParam *param)
{
	select->params = lappend(select->params, param);
	return list_length(select->params);
}

int
CormAddBigint(CormSelect *select, int64 number)
{
	CormParam  *param = palloc0(sizeof(CormParam));

	param->bind = CORM_BIND_BIGINT;
	param->typid = param->elemtype = INT8OID;
	param->number = number;
	return CormAddParam(select, param);
}

/*
 * The place of a column in the statement's result, added when it is not there.
 */
int
CormAddTarget(CormSelect *select, CormColumnRef ref, Oid cast)
{
	CormTarget *target;
	ListCell   *lc;

	foreach(lc, select->targets)
	{
		target = lfirst(lc);
		if (target->ref.table == ref.table && target->ref.column == ref.column &&
			target->cast == cast)
			return foreach_current_index(lc);
	}
	target = palloc0(sizeof(CormTarget));
	target->ref = ref;
	target->cast = cast;
	select->targets = lappend(select->targets, target);
	return list_length(select->targets) - 1;
}
