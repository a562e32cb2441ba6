/*-------------------------------------------------------------------------
 *
 * resolve.c
 *	  From a request to a plan tree: what every name means.
 *
 * The root select holds the rows that were asked for.  What they load hangs
 * below it: a to-one relation without options of its own is joined into the
 * statement of its parent; everything else becomes a child, one statement per
 * level that finds its rows by the keys of all parents at once.
 *
 * The tree and all it points to live in the current memory context, except
 * models and relations, which belong to the cache and stay for the length of
 * the transaction.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "childkey.h"
#include "condition.h"
#include "error.h"
#include "fields.h"
#include "limits.h"
#include "lookup.h"
#include "order.h"
#include "resolve.h"
#include "scan.h"
#include "scope.h"
#include "value.h"

int			corm_to_one_strategy = CORM_TO_ONE_AUTO;

static CormObject *BuildObject(CormSelect *select, CormTable *table,
							   const CormRequest *options, List *loads,
							   CormFieldSet *fields, bool join);
static CormOutput *ColumnOutput(CormSelect *select, CormTable *table,
								const CormColumn *column);
static void RefuseSameKey(List *outputs, const CormModel *model);

/* ---------- the rows ---------- */

static CormSelect *
ResolveOnce(const CormRequest *request, CormPurpose purpose,
			const CormModel *fallback)
{
	CormSubject subject = CormResolveSubject(request, fallback);
	CormSelect *select = CormSelectRows(request, &subject);
	const CormModel *model = subject.model;

	switch (purpose)
	{
		case CORM_FOR_DOCUMENTS:
		case CORM_FOR_LOCKING:
			select->object = BuildObject(select, select->base, request,
										 CormResolveLoads(model, request->loads),
										 CormResolveFields(select->base, request),
										 purpose == CORM_FOR_DOCUMENTS);
			CormResolveOrder(select, request->order_by, true);
			break;
		case CORM_FOR_ROWS:
			for (int i = 0; i < model->ncolumns; i++)
				(void) CormAddTarget(select, CormRef(select->base, model->columns[i].attnum),
									 InvalidOid);
			CormResolveOrder(select, request->order_by, request->order_by != NIL);
			break;
		case CORM_FOR_GROUPING:
			if (request->distinct_given || request->offset > 0 || request->limit >= 0)
				CormResolveOrder(select, request->order_by, true);
			/* FALLTHROUGH */
		case CORM_FOR_COUNTING:
			if (request->distinct_given && request->distinct == NIL)
				select->object = BuildObject(select, select->base, request, NIL,
											 CormResolveFields(select->base, request), true);
			break;
	}
	CormResolveDistinct(select, request);
	CormAddLimit(select, request, false);
	return select;
}

/*
 * Tables are locked as they are met.  If one of them has changed before that,
 * what was resolved may be neither the old state nor the new one.
 */
CormSelect *
CormResolve(const CormRequest *request, CormPurpose purpose,
			const CormModel *fallback)
{
	CormRequest uncapped = *request;

	CormCheckLimits(request);
	if (purpose == CORM_FOR_COUNTING || purpose == CORM_FOR_GROUPING)
	{
		uncapped.max_limit = -1;
		request = &uncapped;
	}
	for (int attempt = 1;; attempt++)
	{
		uint64		generation = CormCacheGeneration();
		CormSelect *select;

		if (fallback)
			fallback = CormModelByRelid(fallback->relid);
		select = ResolveOnce(request, purpose, fallback);
		if (generation == CormCacheGeneration() || attempt >= CORM_PATIENCE)
			return select;
		CHECK_FOR_INTERRUPTS();
	}
}

CormSelect *
CormResolveReturning(const CormRequest *request, const CormModel *model)
{
	CormSelect *select = CormMakeSelect(model, CormModelDisplayName(model));

	CormCheckLimits(request);
	select->guarded = request->guards != NIL;
	select->base = CormAddTable(select, select->scope, model, CORM_JOIN_NONE);
	select->object = BuildObject(select, select->base, request,
								 CormResolveLoads(model, request->loads),
								 CormResolveFields(select->base, request), false);
	return select;
}

/* ---------- children ---------- */

static void
CheckRecursive(const CormModel *model, const CormRelation *relation)
{
	if (relation->source != relation->target)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" of model \"%s\" cannot be loaded recursively",
						relation->name, CormModelDisplayName(model)),
				 errdetail("It leads to model \"%s\", where it does not go on.",
						   CormModelDisplayName(CormRelationTarget(relation)))));
	CormRequireKey(model, "loading recursively needs");
}

/*
 * In the rows of a recursive load, as above them, a column that bears the
 * relation's name gives way to it.
 */
static void
LeaveOutColumn(CormFieldSet *fields, const char *name)
{
	ListCell   *lc;

	foreach(lc, fields->columns)
		if (strcmp(((CormColumn *) lfirst(lc))->name, name) == 0)
			fields->columns = foreach_delete_current(fields->columns, lc);
}

/*
 * The rows of a flat list say where in the tree they stand.
 */
static void
RefusePlaceKeys(const CormSelect *select)
{
	ListCell   *lc;

	foreach(lc, select->object->outputs)
	{
		const CormOutput *output = lfirst(lc);

		if (strcmp(output->name, "depth") == 0 || strcmp(output->name, "path") == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("key \"%s\" would stand twice in an object of model \"%s\"",
							output->name, CormModelDisplayName(select->model)),
					 errdetail("A flat list says \"depth\" and \"path\" of each row."),
					 output->kind != CORM_OUT_VALUE ?
					 errhint("Choose another name with the prefetch option \"as\".") :
					 CormFindColumn(select->model, output->name) ?
					 errhint("Leave the column out with \"fields\" or \"exclude_fields\".") :
					 errhint("Choose another name for the annotation.")));
	}
}

/*
 * Makes a recursive child's select the child of itself: its rows hold the next
 * ones, after everything else.
 */
static void
AddSelf(CormChild *child, const CormLoadNode *node)
{
	CormSelect *select = child->select;
	CormChild  *self = memcpy(palloc(sizeof(CormChild)), child, sizeof(CormChild));
	CormOutput *output = palloc0(sizeof(CormOutput));

	CormAttachChild(select, select->base, self, node->relation);
	output->kind = CORM_OUT_CHILD;
	output->name = child->flat ? NULL : child->name;
	output->child = self;
	if (child->flat)
	{
		RefusePlaceKeys(select);
		for (int i = 0; i < select->model->nkey; i++)
			select->path = lappend(select->path,
								   ColumnOutput(select, select->base,
												CormColumnByNumber(select->model,
																   select->model->key[i])));
	}
	select->object->outputs = lappend(select->object->outputs, output);
	RefuseSameKey(select->object->outputs, select->model);
}

/*
 * A relation loaded by a statement of its own.
 */
static CormChild *
MakeChild(CormSelect *parent, CormTable *parent_table, const CormLoadNode *node)
{
	CormErrorFrame frame;
	const CormRelation *relation = node->relation;
	CormChild  *child = palloc0(sizeof(CormChild));
	CormSelect *select = CormMakeSelect(CormRelationTarget(relation),
										psprintf("%s.%s", parent->label, relation->name));
	CormFieldSet *fields;

	select->guarded = parent->guarded;
	child->name = node->name;
	child->to_many = relation->to_many;
	child->select = select;
	child->more = node->more && relation->to_many;
	child->recursive = node->recursive;
	child->flat = node->flat;
	child->depth = node->depth;

	CormErrorPush(&frame, "loading", select->label, NULL);
	if (node->recursive)
		CheckRecursive(parent_table->model, relation);
	CormAddRelationRows(select, relation, node->options);
	CormAddChildKeys(parent_table->model, select,
					 select->link ? select->link : select->base, relation->fk,
					 select->link == NULL && !relation->reverse);
	if (node->recursive)
		select->identity = CormPrimaryKeyParts(select, select->base);
	CormAttachChild(parent, parent_table, child, relation);

	CormRestrict(select, node->options);
	fields = CormResolveFields(select->base, node->options);
	if (node->recursive && !node->flat && strcmp(node->name, relation->name) == 0)
		LeaveOutColumn(fields, node->name);
	select->object = BuildObject(select, select->base, node->options, node->loads, fields, true);
	if (node->recursive)
		AddSelf(child, node);
	CormResolveOrder(select, node->options ? node->options->order_by : NIL, true);
	child->limit = -1;
	if (node->options)
	{
		CormResolveDistinct(select, node->options);
		child->limit = CormRequestLimit(node->options);
		CormAddLimit(select, node->options, child->more);	/* one more row tells */
	}
	CormErrorPop(&frame);
	return child;
}

CormChild *
CormResolveLoader(const CormModel *model, const CormRelation *relation,
				  const CormRequest *options)
{
	CormSelect *root = CormMakeSelect(model, CormModelDisplayName(model));
	CormTable  *table = CormAddTable(root, root->scope, model, CORM_JOIN_NONE);
	CormChild  *keys = palloc0(sizeof(CormChild));
	CormLoadNode node = {0};
	CormOutput *output = palloc0(sizeof(CormOutput));

	CormCheckLimits(options);
	CormRequireKey(model, "loading by key needs");
	keys->name = "pk";
	keys->select = root;
	root->guarded = options->guards != NIL;
	root->base = table;
	root->nkeys = model->nkey;
	root->keys = CormPrimaryKeyParts(root, table);
	root->keys_unnested = CormJoinsKeys(model->nkey);
	root->first_key_param = 1;
	for (int i = 0; i < model->nkey; i++)
		CormAddKeyParam(root, root->keys[i].parent_type);

	node.relation = relation;
	node.name = relation->name;
	node.options = options;
	node.loads = CormResolveLoads(CormRelationTarget(relation), options->loads);
	output->kind = CORM_OUT_CHILD;
	output->name = relation->name;
	output->child = MakeChild(root, table, &node);
	root->object = palloc0(sizeof(CormObject));
	root->object->presence = -1;
	root->object->outputs = list_make1(output);
	return keys;
}

/* ---------- objects ---------- */

/*
 * Does nothing restrict which rows are loaded, or tell them apart?
 */
static bool
IsUnrestricted(const CormLoadNode *node)
{
	const CormRequest *options = node->options;

	return !node->recursive &&
		(options == NULL ||
		 (options->where == NULL && options->annotations == NIL &&
		  options->order_by == NIL && options->limit < 0 && options->offset < 0 &&
		  !options->distinct_given));
}

/*
 * Will index scans find the row, and all that is loaded below it?
 */
static bool
IsScanned(const CormLoadNode *node)
{
	ListCell   *lc;

	if (!IsUnrestricted(node) || node->more ||
		!CormMayScan(CormRelationTarget(node->relation)))
		return false;
	foreach(lc, node->loads)
		if (!IsScanned(lfirst(lc)))
			return false;
	return true;
}

/* May the relation be joined into its parent's statement? */
static bool
IsJoinable(const CormLoadNode *node)
{
	return !node->relation->to_many && IsUnrestricted(node) &&
		corm_to_one_strategy != CORM_TO_ONE_SEPARATE;
}

/*
 * Is a relation better scanned than joined?  A join finds each row anew for every
 * parent, index scans find it once; but a statement of its own is not worth its
 * while, nor is leaving out a join that is there anyway.
 */
static bool
IsRatherScanned(const CormSelect *select, const CormTable *table, const CormLoadNode *node)
{
	return corm_to_one_strategy != CORM_TO_ONE_JOIN && !node->relation->reverse &&
		CormFindJoin(select->scope, table, node->relation) == NULL && IsScanned(node);
}

static CormOutput *
LoadOutput(CormSelect *select, CormTable *table, const CormLoadNode *node, bool join)
{
	CormOutput *output = palloc0(sizeof(CormOutput));
	const CormRelation *relation = node->relation;
	bool		joinable = join && IsJoinable(node);

	output->name = node->name;
	if (joinable && !IsRatherScanned(select, table, node))
	{
		CormTable  *target = CormJoinToOne(select, select->scope, table, relation);

		output->kind = CORM_OUT_OBJECT;
		output->object = BuildObject(select, target, node->options, node->loads,
									 CormResolveFields(target, node->options), true);
		output->object->presence =
			CormAddTarget(select,
						  CormRef(target, relation->reverse ? relation->fk->fk_attnums[0] :
								  relation->fk->pk_attnums[0]),
						  InvalidOid);
	}
	else
	{
		output->kind = CORM_OUT_CHILD;
		output->child = MakeChild(select, table, node);
		output->child->unjoined = joinable;
	}
	return output;
}

static CormOutput *
ColumnOutput(CormSelect *select, CormTable *table, const CormColumn *column)
{
	CormOutput *output = palloc0(sizeof(CormOutput));

	output->kind = CORM_OUT_VALUE;
	output->name = column->name;
	output->type = column->typid;
	output->target = CormAddTarget(select, CormRef(table, column->attnum), InvalidOid);
	return output;
}

static CormOutput *
NamedOutput(CormSelect *select, const CormNamedValue *named)
{
	CormOutput *output = palloc0(sizeof(CormOutput));

	output->kind = CORM_OUT_VALUE;
	output->name = named->name;
	output->type = named->value->type;
	output->target = CormAddValueTarget(select, named->value, InvalidOid);
	return output;
}

/*
 * Without a list of fields every column is wanted: say how to ask for less to a
 * role that may not read them all.  One that may write a row and not read it
 * can do so if it asks for nothing back.
 */
static void
CheckReadable(const CormModel *model, List *columns, bool written)
{
	List	   *readable = NIL;
	bool		all = true;
	ListCell   *lc;

	if (pg_class_aclcheck(model->relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK)
		return;
	foreach(lc, columns)
	{
		const CormColumn *column = lfirst(lc);

		if (pg_attribute_aclcheck(model->relid, column->attnum, GetUserId(),
								  ACL_SELECT) == ACLCHECK_OK)
			readable = lappend(readable, unconstify(char *, quote_identifier(column->name)));
		else
			all = false;
	}
	if (!all)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for table %s", get_rel_name(model->relid)),
				 readable != NIL ?
				 errhint("Name the columns to read: fields => '{%s}'.",
						 CormJoinNames(readable)) :
				 written ? errhint("To get nothing back write fields => '{}'.") : 0));
}

/*
 * The same for the extra columns of a link, which come without being named.
 */
static void
CheckLinkReadable(const CormModel *link, List *columns)
{
	ListCell   *lc;

	if (pg_class_aclcheck(link->relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK)
		return;
	foreach(lc, columns)
		if (pg_attribute_aclcheck(link->relid, ((CormColumn *) lfirst(lc))->attnum,
								  GetUserId(), ACL_SELECT) != ACLCHECK_OK)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("permission denied for table %s", get_rel_name(link->relid)),
					 errhint("Leave out the link's columns: exclude_fields => '{%s}'.",
							 quote_identifier(link->name))));
}

static void
RefuseSameKey(List *outputs, const CormModel *model)
{
	List	   *keys = NIL;
	ListCell   *lc;

	foreach(lc, outputs)
	{
		const CormOutput *output = lfirst(lc);

		if (output->name)
			keys = lappend(keys, unconstify(char *, output->name));
		if (output->kind == CORM_OUT_CHILD && output->child->more)
			keys = lappend(keys, psprintf("%s__more", output->child->name));
		if (output->kind == CORM_OUT_CHILD && output->child->recursive)
			keys = lappend(keys, psprintf("%s__cycle", output->child->name));
	}
	foreach(lc, keys)
	{
		const char *key = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		for (int i = foreach_current_index(lc) + 1; i < list_length(keys); i++)
			if (strcmp(key, list_nth(keys, i)) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("key \"%s\" would stand twice in an object of model \"%s\"",
								key, CormModelDisplayName(model)),
						 errhint("Choose another name with the prefetch option \"as\".")));
	}
}

/*
 * The JSON object of one row: its columns, the link's columns under the through
 * model's name, then what is loaded, in order of mention.  A to-one relation
 * that bears its column's name takes that column's place.
 */
static CormObject *
BuildObject(CormSelect *select, CormTable *table, const CormRequest *options,
			List *loads, CormFieldSet *fields, bool join)
{
	CormObject *object = palloc0(sizeof(CormObject));
	List	   *later = list_copy(loads);
	ListCell   *lc;

	check_stack_depth();
	object->presence = -1;
	CheckReadable(table->model, fields->columns, !join);

	foreach(lc, fields->columns)
	{
		const CormColumn *column = lfirst(lc);
		CormOutput *output = NULL;
		ListCell   *lc2;

		foreach(lc2, later)
		{
			CormLoadNode *node = lfirst(lc2);

			if (strcmp(node->name, column->name) == 0 &&
				strcmp(node->relation->name, column->name) == 0)
			{
				output = LoadOutput(select, table, node, join);
				later = foreach_delete_current(later, lc2);
				break;
			}
		}
		object->outputs = lappend(object->outputs,
								  output ? output : ColumnOutput(select, table, column));
	}

	if (table->link && fields->link_columns != NIL)
	{
		CormOutput *output = palloc0(sizeof(CormOutput));

		CheckLinkReadable(table->link->model, fields->link_columns);
		output->kind = CORM_OUT_OBJECT;
		output->name = table->link->model->name;
		output->object = palloc0(sizeof(CormObject));
		output->object->presence = -1;
		foreach(lc, fields->link_columns)
			output->object->outputs = lappend(output->object->outputs,
											  ColumnOutput(select, table->link, lfirst(lc)));
		object->outputs = lappend(object->outputs, output);
	}

	foreach(lc, table->annotations)
		object->outputs = lappend(object->outputs, NamedOutput(select, lfirst(lc)));
	foreach(lc, later)
		object->outputs = lappend(object->outputs,
								  LoadOutput(select, table, lfirst(lc), join));
	RefuseSameKey(object->outputs, table->model);
	return object;
}
