/*-------------------------------------------------------------------------
 *
 * typeorder.c
 *	  The order of a type: its default operator class of btree, and operators.
 *
 * The server's type cache knows it, but learns it the long way: it reads all classes
 * of btree for each type, which takes a new session longer than to read the definition
 * of a table.  The classes of the types that nearly every key and every column has
 * come with the server, cannot be dropped, and leave no place for another default:
 * they are known from the start, and so are their operators of equality.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/nbtree.h"
#include "catalog/pg_am.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "typeorder.h"

typedef struct KnownOrder
{
	Oid			type;
	Oid			opclass;		/* InvalidOid: not known */
	CormTypeOrder order;
	RegProcedure compare;
	Oid			equal;			/* its own commutator */
	RegProcedure equality;		/* what that calls */
} KnownOrder;

/* The server's headers name some of its objects only; all numbers are as fixed. */
#define INT2_EQUAL_OPERATOR 94
#define INT8_EQUAL_OPERATOR 410
#define TIMESTAMPTZ_EQUAL_OPERATOR 1320
#define DATETIME_BTREE_FAM_OID 434

static const KnownOrder known[] = {
	{INT8OID, INT8_BTREE_OPS_OID, {INTEGER_BTREE_FAM_OID, INT8OID},
	F_BTINT8CMP, INT8_EQUAL_OPERATOR, F_INT8EQ},
	{INT4OID, INT4_BTREE_OPS_OID, {INTEGER_BTREE_FAM_OID, INT4OID},
	F_BTINT4CMP, Int4EqualOperator, F_INT4EQ},
	{INT2OID, INT2_BTREE_OPS_OID, {INTEGER_BTREE_FAM_OID, INT2OID},
	F_BTINT2CMP, INT2_EQUAL_OPERATOR, F_INT2EQ},
	{TEXTOID, TEXT_BTREE_OPS_OID, {TEXT_BTREE_FAM_OID, TEXTOID},
	F_BTTEXTCMP, TextEqualOperator, F_TEXTEQ},
	{VARCHAROID, TEXT_BTREE_OPS_OID, {TEXT_BTREE_FAM_OID, TEXTOID},
	F_BTTEXTCMP, TextEqualOperator, F_TEXTEQ},
	{BOOLOID, InvalidOid, {BOOL_BTREE_FAM_OID, BOOLOID},
	F_BTBOOLCMP, BooleanEqualOperator, F_BOOLEQ},
	{TIMESTAMPTZOID, TIMESTAMPTZ_BTREE_OPS_OID, {DATETIME_BTREE_FAM_OID, TIMESTAMPTZOID},
	F_TIMESTAMPTZ_CMP, TIMESTAMPTZ_EQUAL_OPERATOR, F_TIMESTAMPTZ_EQ},
};

/* NULL: it is to be looked up. */
static const KnownOrder *
Known(Oid type)
{
	for (int i = 0; i < (int) lengthof(known); i++)
		if (known[i].type == type)
			return &known[i];
	return NULL;
}

/* By an operator; NULL: it is to be looked up. */
static const KnownOrder *
KnownByEquality(Oid op)
{
	for (int i = 0; i < (int) lengthof(known); i++)
		if (known[i].equal == op)
			return &known[i];
	return NULL;
}

/* For a build with assertions: is it what the server itself says? */
static bool pg_attribute_unused()
AsTypeCache(const KnownOrder *found)
{
	const TypeCacheEntry *entry = lookup_type_cache(found->type, TYPECACHE_BTREE_OPFAMILY |
													TYPECACHE_EQ_OPR | TYPECACHE_CMP_PROC);

	return entry->btree_opf == found->order.family && entry->btree_opintype == found->order.intype &&
		entry->eq_opr == found->equal && entry->cmp_proc == found->compare &&
		get_opcode(found->equal) == found->equality && get_commutator(found->equal) == found->equal &&
		(!OidIsValid(found->opclass) || found->opclass == GetDefaultOpClass(found->type, BTREE_AM_OID));
}

CormTypeOrder
CormTypeOrderOf(Oid type)
{
	const KnownOrder *found = Known(type);
	TypeCacheEntry *entry;

	Assert(!found || AsTypeCache(found));
	if (found)
		return found->order;
	entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	return (CormTypeOrder) {entry->btree_opf, entry->btree_opintype};
}

bool
CormTypeHasOrder(Oid type)
{
	return Known(type) || OidIsValid(lookup_type_cache(type, TYPECACHE_LT_OPR)->lt_opr);
}

Oid
CormTypeOrderClass(Oid type)
{
	const KnownOrder *found = Known(type);

	return found && OidIsValid(found->opclass) ? found->opclass :
		GetDefaultOpClass(type, BTREE_AM_OID);
}

Oid
CormTypeOrderOperator(Oid type, int strategy)
{
	CormTypeOrder order = CormTypeOrderOf(type);

	return OidIsValid(order.family) ?
		get_opfamily_member(order.family, order.intype, order.intype, strategy) : InvalidOid;
}

Oid
CormTypeOrderFunction(Oid type)
{
	const KnownOrder *found = Known(type);

	return found ? found->compare : lookup_type_cache(type, TYPECACHE_CMP_PROC)->cmp_proc;
}

Oid
CormTypeEquality(Oid type)
{
	const KnownOrder *found = Known(type);

	Assert(!found || AsTypeCache(found));
	return found ? found->equal : lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr;
}

CormOperator
CormOperatorOf(Oid op)
{
	const KnownOrder *found = KnownByEquality(op);
	CormOperator operator;
	HeapTuple	tuple;
	Form_pg_operator form;

	if (found)
		return (CormOperator) {found->order.intype, found->order.intype, op, found->equality};
	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(op));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", op);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	operator = (CormOperator) {form->oprleft, form->oprright, form->oprcom, form->oprcode};
	ReleaseSysCache(tuple);
	return operator;
}

bool
CormIsEqualityIn(Oid family, Oid op)
{
	const KnownOrder *found = KnownByEquality(op);

	return (found && found->order.family == family) ||
		get_op_opfamily_strategy(op, family) == BTEqualStrategyNumber;
}
