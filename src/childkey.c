/*-------------------------------------------------------------------------
 *
 * childkey.c
 *	  How the rows of a child statement find their parents.
 *
 * A child's statement gets the keys of all parents as arrays, one per column of
 * the foreign key.  Values are compared by the constraint's own operators, which
 * may take different types on their two sides: both sides are cast to what the
 * operator takes.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "childkey.h"
#include "lookup.h"
#include "scope.h"
#include "typeorder.h"
#include "value.h"

int			corm_key_strategy = CORM_KEY_AUTO;

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

bool
CormJoinsKeys(int nkeys)
{
	return nkeys > 1 || corm_key_strategy == CORM_KEY_JOIN;
}

/*
 * The parameter for one part of all parents' keys.
 */
void
CormAddKeyParam(CormSelect *child, Oid type)
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
 * Sets up how a child's rows find their parents, which are of the model
 * "parent".  "child_referenced" says on which side of the foreign key the
 * child's table is.
 */
void
CormAddChildKeys(const CormModel *parent, CormSelect *child, CormTable *child_table,
				 const CormForeignKey *fk, bool child_referenced)
{
	child->nkeys = fk->nkeys;
	child->keys = palloc0(fk->nkeys * sizeof(CormKeyPart));
	child->keys_unnested = CormJoinsKeys(fk->nkeys);
	child->first_key_param = list_length(child->params) + 1;

	for (int i = 0; i < fk->nkeys; i++)
	{
		CormKeyPart *key = &child->keys[i];
		CormColumnRef mine = CormRef(child_table, child_referenced ?
									 fk->pk_attnums[i] : fk->fk_attnums[i]);
		const CormColumn *theirs = CormColumnByNumber(parent, child_referenced ?
													  fk->fk_attnums[i] : fk->pk_attnums[i]);
		CormOperator op = CormOperatorOf(fk->eq_ops[i]);

		key->op = fk->eq_ops[i];
		key->child_referenced = child_referenced;
		key->collation = (child_referenced ? mine.column : theirs)->collation;
		key->child_type = ComparedType(child_referenced ? op.left : op.right, mine.column);
		key->parent_type = ComparedType(child_referenced ? op.right : op.left, theirs);
		key->child_target = KeyTarget(child, mine, key->child_type);

		CormAddKeyParam(child, key->parent_type);
		if (!child_referenced && !OidIsValid(op.commutator))
			child->keys_unnested = true;
	}
}

/*
 * How the rows of a table are told apart: by its primary key.
 */
CormKeyPart *
CormPrimaryKeyParts(CormSelect *select, CormTable *table)
{
	const CormModel *model = table->model;
	CormKeyPart *parts = palloc0(model->nkey * sizeof(CormKeyPart));

	for (int i = 0; i < model->nkey; i++)
	{
		CormColumnRef ref = CormRef(table, model->key[i]);
		CormOperator op;

		parts[i].op = CormEqualityOperator(ref.column);
		op = CormOperatorOf(parts[i].op);
		parts[i].child_referenced = true;
		parts[i].collation = ref.column->collation;
		parts[i].child_type = ComparedType(op.left, ref.column);
		parts[i].parent_type = ComparedType(op.right, ref.column);
		parts[i].child_target = KeyTarget(select, ref, parts[i].child_type);
	}
	return parts;
}

/*
 * Puts a child below a select, with what is needed of the parent's rows to find
 * its own.
 */
void
CormAttachChild(CormSelect *parent, CormTable *table, CormChild *child,
			const CormRelation *relation)
{
	const CormSelect *select = child->select;
	const CormForeignKey *fk = relation->fk;

	child->index = list_length(parent->children);
	parent->children = lappend(parent->children, child);
	child->parent_targets = palloc(fk->nkeys * sizeof(int));
	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormKeyPart *key = &select->keys[i];

		child->parent_targets[i] =
			KeyTarget(parent, CormRef(table, key->child_referenced ?
									  fk->fk_attnums[i] : fk->pk_attnums[i]),
					  key->parent_type);
	}

	if (!child->recursive)
		return;
	child->identity_targets = palloc(table->model->nkey * sizeof(int));
	for (int i = 0; i < table->model->nkey; i++)
		child->identity_targets[i] =
			KeyTarget(parent, CormRef(table, table->model->key[i]),
					  select->identity[i].child_type);
}
