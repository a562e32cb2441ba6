/*-------------------------------------------------------------------------
 *
 * scope.c
 *	  FROM lists: tables and joins.
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

#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"

#include "introspect.h"
#include "scope.h"

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
	CormRequireSchemaUsage(schema);
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
	select->models = list_append_unique_ptr(select->models, unconstify(CormModel *, model));
	return table;
}

CormTable *
CormFindJoin(const CormScope *scope, const CormTable *from, const CormRelation *relation)
{
	ListCell   *lc;

	foreach(lc, scope->tables)
	{
		CormTable  *table = lfirst(lc);

		if (table->via_alias == from->alias && table->via && table->closure == NULL &&
			strcmp(table->via->name, relation->name) == 0)
			return table;
	}
	return NULL;
}

/*
 * The table that a to-one relation leads to, joined once however many paths go
 * through it.
 */
CormTable *
CormJoinToOne(CormSelect *select, CormScope *scope, CormTable *from,
			  const CormRelation *relation)
{
	CormTable  *table = CormFindJoin(scope, from, relation);

	if (table != NULL)
		return table;
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
