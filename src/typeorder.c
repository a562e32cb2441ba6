/*-------------------------------------------------------------------------
 *
 * typeorder.c
 *	  The order of a type: its default operator class of btree.
 *
 * The server's type cache knows it, but learns it the long way: it reads all classes
 * of btree for each type, which takes a new session longer than to read the definition
 * of a table.  The classes of the types that nearly every key and every column has
 * come with the server, cannot be dropped, and leave no place for another default:
 * they are known from the start.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "catalog/pg_am.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "typeorder.h"

typedef struct KnownOrder
{
	Oid			type;
	Oid			opclass;
	CormTypeOrder order;
} KnownOrder;

static const KnownOrder known[] = {
	{INT8OID, INT8_BTREE_OPS_OID, {INTEGER_BTREE_FAM_OID, INT8OID}},
	{INT4OID, INT4_BTREE_OPS_OID, {INTEGER_BTREE_FAM_OID, INT4OID}},
	{INT2OID, INT2_BTREE_OPS_OID, {INTEGER_BTREE_FAM_OID, INT2OID}},
	{TEXTOID, TEXT_BTREE_OPS_OID, {TEXT_BTREE_FAM_OID, TEXTOID}},
	{VARCHAROID, TEXT_BTREE_OPS_OID, {TEXT_BTREE_FAM_OID, TEXTOID}},
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

CormTypeOrder
CormTypeOrderOf(Oid type)
{
	const KnownOrder *found = Known(type);
	TypeCacheEntry *entry;

	if (found)
		return found->order;
	entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	return (CormTypeOrder) {entry->btree_opf, entry->btree_opintype};
}

Oid
CormTypeOrderClass(Oid type)
{
	const KnownOrder *found = Known(type);

	return found ? found->opclass : GetDefaultOpClass(type, BTREE_AM_OID);
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

	return found ? get_opfamily_proc(found->order.family, found->order.intype, found->order.intype,
									 BTORDER_PROC) :
		lookup_type_cache(type, TYPECACHE_CMP_PROC)->cmp_proc;
}

Oid
CormTypeEquality(Oid type)
{
	return Known(type) ? CormTypeOrderOperator(type, BTEqualStrategyNumber) :
		lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr;
}
