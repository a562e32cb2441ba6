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

#include "condition.h"
#include "error.h"
#include "fields.h"
#include "limits.h"
#include "lookup.h"
#include "order.h"
#include "resolve.h"
#include "scope.h"
#include "value.h"

static CormObject *BuildObject(CormSelect *select, CormTable *table,
							   const CormRequest *options, List *loads,
							   CormFieldSet *fields, bool join);

/* ---------- the rows ---------- */

CormSubject
CormResolveSubject(const CormRequest *request, const CormModel *fallback)
{
	CormSubject subject = {NULL, NULL, fallback};

	if (request->model)
		subject.model = CormModelByName(request->model);
	else if (fallback == NULL || request->relation)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the queryset names no model"),
				 errhint("Write the name itself, or {\"model\": \"Name\", ...}.")));

	if (request->relation)
	{
		subject.owner = subject.model;
		subject.relation = CormRequireRelation(subject.owner, request->relation);
		subject.model = CormRelationTarget(subject.relation);
	}
	return subject;
}

/*
 * A pair that may be linked more than once, or is read from both ends, would
 * bring its target more than once: keep the link of lowest key.
 */
static void
KeepOneLink(CormSelect *select, const CormRelation *relation)
{
	const CormModel *through = select->link->model;

	if (relation->pair_unique && !relation->symmetrical)
		return;
	CormRequireKey(select->model, "a relation with several links of one pair needs");
	for (int i = 0; i < select->model->nkey; i++)
		select->distinct = lappend(select->distinct,
								   CormColumnValueOf(select->base, select->model->key[i]));
	for (int i = 0; i < through->nkey; i++)
	{
		CormOrder  *order = palloc0(sizeof(CormOrder));

		order->value = CormColumnValueOf(select->link, through->key[i]);
		select->distinct_order = lappend(select->distinct_order, order);
	}
}

/*
 * The tables of a relation's rows: the target, behind its through table.
 */
static void
AddRelationTables(CormSelect *select, const CormRelation *relation)
{
	if (OidIsValid(relation->through))
	{
		select->link = CormAddLink(select, select->scope, relation);
		select->base = CormAddLinkTarget(select, select->scope, select->link, relation);
		KeepOneLink(select, relation);
	}
	else
		select->base = CormAddTable(select, select->scope, select->model, CORM_JOIN_NONE);
}

static CormSelect *
MakeSelect(const CormModel *model, const char *label)
{
	CormSelect *select = palloc0(sizeof(CormSelect));

	select->model = model;
	select->label = label;
	select->scope = CormMakeScope();
	return select;
}

static void
AddCondition(CormSelect *select, const CormRequest *request)
{
	if (request && request->where)
		select->scope->where = lappend(select->scope->where,
									   CormResolveCondition(select, select->scope,
															select->base, request->where));
}

static void
AddLimit(CormSelect *select, const CormRequest *request)
{
	if (request->limit >= 0)
		select->limit = CormAddBigint(select, request->limit);
	if (request->offset > 0)
		select->offset = CormAddBigint(select, request->offset);
}

static CormSelect *
ResolveOnce(const CormRequest *request, CormPurpose purpose,
			const CormModel *fallback)
{
	CormSubject subject = CormResolveSubject(request, fallback);
	char	   *label = CormModelDisplayName(subject.owner ? subject.owner : subject.model);
	CormSelect *select;

	if (subject.relation)
		label = psprintf("%s.%s", label, subject.relation->name);
	select = MakeSelect(subject.model, label);

	if (subject.relation == NULL)
		select->base = CormAddTable(select, select->scope, subject.model, CORM_JOIN_NONE);
	else
	{
		AddRelationTables(select, subject.relation);
		if (request->owner == NULL || request->owner->type == jbvNull)
			select->scope->where = list_make1(CormMakeConst(false));
		else
			select->scope->where =
				CormOwnerExprs(select, subject.owner,
							   select->link ? select->link : select->base,
							   subject.relation->fk,
							   select->link != NULL || subject.relation->reverse,
							   request->owner);
	}
	AddCondition(select, request);

	switch (purpose)
	{
		case CORM_FOR_DOCUMENTS:
			select->object = BuildObject(select, select->base, request,
										 CormResolveLoads(subject.model, request->loads),
										 CormResolveFields(select->base, request), true);
			CormResolveOrder(select, request->order_by, true);
			break;
		case CORM_FOR_ROWS:
			for (int i = 0; i < subject.model->ncolumns; i++)
				(void) CormAddTarget(select,
									 CormRef(select->base, subject.model->columns[i].attnum),
									 InvalidOid);
			CormResolveOrder(select, request->order_by, request->order_by != NIL);
			break;
		case CORM_FOR_COUNTING:
			break;
	}
	AddLimit(select, request);
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
	CormCheckLimits(request);
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
	CormSelect *select = MakeSelect(model, CormModelDisplayName(model));

	CormCheckLimits(request);
	select->base = CormAddTable(select, select->scope, model, CORM_JOIN_NONE);
	select->object = BuildObject(select, select->base, request,
								 CormResolveLoads(model, request->loads),
								 CormResolveFields(select->base, request), false);
	return select;
}

/* ---------- children ---------- */

/*
 * The type that one side of a key is compared as: the operator's input type,
 * or the column's own base type where that is polymorphic.
 */
static Oid
ComparedType(Oid input, const CormColumn *column)
{
	return IsPolymorphicType(input) || input == RECORDOID ?
		getBaseType(column->typid) : input;
}

static int
KeyTarget(CormSelect *select, CormColumnRef ref, Oid type)
{
	return CormAddTarget(select, ref, ref.column->typid == type ? InvalidOid : type);
}

/*
 * The parameter for one part of all parents' keys.
 */
static void
AddKeyParam(CormSelect *child, Oid type)
{
	CormParam  *param = palloc0(sizeof(CormParam));

	param->bind = CORM_BIND_RUNTIME;
	param->elemtype = type;
	if (CormTravelsAsText(type))
	{
		param->elemtype = TEXTOID;
		child->keys_unnested = true;
	}
	param->typid = get_array_type(param->elemtype);
	(void) CormAddParam(child, param);
}

/*
 * Sets up how a child's rows find their parents.  "referenced" and
 * "referencing" are the tables on the two sides of the foreign key; one of them
 * is the parent's.
 */
static void
AddKeys(CormSelect *parent, CormTable *parent_table, CormSelect *child,
		CormTable *child_table, const CormForeignKey *fk, bool child_referenced)
{
	child->nkeys = fk->nkeys;
	child->keys = palloc0(fk->nkeys * sizeof(CormKeyPart));
	child->keys_unnested = fk->nkeys > 1;
	child->first_key_param = list_length(child->params) + 1;

	for (int i = 0; i < fk->nkeys; i++)
	{
		CormKeyPart *key = &child->keys[i];
		CormColumnRef mine = CormRef(child_table, child_referenced ?
									 fk->pk_attnums[i] : fk->fk_attnums[i]);
		CormColumnRef theirs = CormRef(parent_table, child_referenced ?
									   fk->fk_attnums[i] : fk->pk_attnums[i]);
		Oid			left;
		Oid			right;

		op_input_types(fk->eq_ops[i], &left, &right);
		key->op = fk->eq_ops[i];
		key->child_referenced = child_referenced;
		key->collation = (child_referenced ? mine : theirs).column->collation;
		key->child_type = ComparedType(child_referenced ? left : right, mine.column);
		key->parent_type = ComparedType(child_referenced ? right : left, theirs.column);
		key->child_target = KeyTarget(child, mine, key->child_type);
		key->parent_target = KeyTarget(parent, theirs, key->parent_type);

		AddKeyParam(child, key->parent_type);
		if (!child_referenced && !OidIsValid(get_commutator(key->op)))
			child->keys_unnested = true;
	}
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
	CormSelect *select = MakeSelect(CormRelationTarget(relation),
									psprintf("%s.%s", parent->label, relation->name));

	child->name = node->name;
	child->to_many = relation->to_many;
	child->select = select;
	child->index = list_length(parent->children);
	parent->children = lappend(parent->children, child);

	CormErrorPush(&frame, "loading", select->label, NULL);
	AddRelationTables(select, relation);
	AddKeys(parent, parent_table, select,
			select->link ? select->link : select->base, relation->fk,
			select->link == NULL && !relation->reverse);

	AddCondition(select, node->options);
	select->object = BuildObject(select, select->base, node->options, node->loads,
								 CormResolveFields(select->base, node->options), true);
	CormResolveOrder(select, node->options ? node->options->order_by : NIL, true);
	child->limit = -1;
	child->more = node->more && relation->to_many;
	if (node->options)
	{
		CormRequest limits = *node->options;

		child->limit = limits.limit;
		if (child->more && limits.limit >= 0 && limits.limit < PG_INT64_MAX)
			limits.limit++;		/* one more row tells */
		AddLimit(select, &limits);
	}
	CormErrorPop(&frame);
	return child;
}

CormChild *
CormResolveLoader(const CormModel *model, const CormRelation *relation,
				  const CormRequest *options)
{
	CormSelect *root = MakeSelect(model, CormModelDisplayName(model));
	CormTable  *table = CormAddTable(root, root->scope, model, CORM_JOIN_NONE);
	CormChild  *keys = palloc0(sizeof(CormChild));
	CormLoadNode node = {0};
	CormOutput *output = palloc0(sizeof(CormOutput));

	CormCheckLimits(options);
	CormRequireKey(model, "loading by key needs");
	keys->name = "pk";
	keys->select = root;
	root->base = table;
	root->nkeys = model->nkey;
	root->keys = palloc0(model->nkey * sizeof(CormKeyPart));
	root->keys_unnested = model->nkey > 1;
	root->first_key_param = 1;
	for (int i = 0; i < model->nkey; i++)
	{
		CormColumnRef ref = CormRef(table, model->key[i]);
		CormKeyPart *key = &root->keys[i];
		Oid			left;
		Oid			right;

		key->op = CormEqualityOperator(ref.column);
		op_input_types(key->op, &left, &right);
		key->child_referenced = true;
		key->collation = ref.column->collation;
		key->child_type = ComparedType(left, ref.column);
		key->parent_type = ComparedType(right, ref.column);
		key->child_target = KeyTarget(root, ref, key->child_type);
		AddKeyParam(root, key->parent_type);
	}

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
 * May the relation be joined into its parent's statement?  Only where nothing
 * restricts it.
 */
static bool
IsPlainToOne(const CormLoadNode *node)
{
	return !node->relation->to_many &&
		(node->options == NULL ||
		 (node->options->where == NULL && node->options->limit < 0 &&
		  node->options->offset < 0));
}

static CormOutput *
LoadOutput(CormSelect *select, CormTable *table, const CormLoadNode *node, bool join)
{
	CormOutput *output = palloc0(sizeof(CormOutput));
	const CormRelation *relation = node->relation;

	output->name = node->name;
	if (join && IsPlainToOne(node))
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

		keys = lappend(keys, unconstify(char *, output->name));
		if (output->kind == CORM_OUT_CHILD && output->child->more)
			keys = lappend(keys, psprintf("%s__more", output->name));
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

	foreach(lc, later)
		object->outputs = lappend(object->outputs,
								  LoadOutput(select, table, lfirst(lc), join));
	RefuseSameKey(object->outputs, table->model);
	return object;
}
