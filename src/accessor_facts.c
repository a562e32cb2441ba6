/*-------------------------------------------------------------------------
 *
 * accessor_facts.c
 *	  Functions that stand for relations, as the catalogs have them.
 *
 * No table of corm's own knows which functions it has made: they are the
 * user's, and outlive the extension.  An accessor is a function in SQL that
 * takes one row of a table, returns a set of rows of a table, and whose body
 * begins with corm's label.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "accessor_facts.h"
#include "quote.h"

static List *FunctionsOfRows(Oid relid);
static List *AllFunctions(void);
static bool IsSetOfRowsInSql(Form_pg_proc form);
static CormAccessor *AccessorOf(HeapTuple tuple, const char *label);
static int	CompareAccessors(const ListCell *a, const ListCell *b);

List *
CormReadAccessors(Oid relid)
{
	List	   *functions = OidIsValid(relid) ? FunctionsOfRows(relid) :
		AllFunctions();
	List	   *accessors = NIL;
	StringInfoData label;
	ListCell   *lc;

	initStringInfo(&label);
	CormAppendLabel(&label, CORM_ACCESSOR_LABEL);
	foreach(lc, functions)
	{
		HeapTuple	tuple = SearchSysCache1(PROCOID,
											ObjectIdGetDatum(lfirst_oid(lc)));
		CormAccessor *accessor;

		if (!HeapTupleIsValid(tuple))
			continue;
		accessor = AccessorOf(tuple, label.data);
		ReleaseSysCache(tuple);
		if (accessor != NULL)
			accessors = lappend(accessors, accessor);
	}
	list_sort(accessors, CompareAccessors);
	return accessors;
}

CormAccessor *
CormFindAccessor(Oid relid, const char *name)
{
	ListCell   *lc;

	foreach(lc, CormReadAccessors(relid))
	{
		CormAccessor *accessor = lfirst(lc);

		if (accessor->source == relid && strcmp(accessor->name, name) == 0)
			return accessor;
	}
	return NULL;
}

Oid
CormRowFunction(Oid schema, const char *name, Oid relid)
{
	Oid			argument = get_rel_type_id(relid);

	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
						   CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(&argument, 1)),
						   ObjectIdGetDatum(schema));
}

bool
CormFunctionIsNeeded(Oid function)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	bool		needed;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(ProcedureRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(function));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2,
							  keys);
	needed = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return needed ||
		OidIsValid(getExtensionOfObject(ProcedureRelationId, function));
}

/* The functions that take or return rows of the table. */
static List *
FunctionsOfRows(Oid relid)
{
	Relation	depend;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	List	   *functions = NIL;
	Oid			type = get_rel_type_id(relid);

	if (!OidIsValid(type))
		return NIL;				/* the table is gone, and they are too */
	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(TypeRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(type));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2,
							  keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->classid == ProcedureRelationId)
			functions = list_append_unique_oid(functions, form->objid);
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return functions;
}

/* All that could be accessors as far as is cheap to see. */
static List *
AllFunctions(void)
{
	Relation	proc = table_open(ProcedureRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(proc, InvalidOid, false, NULL, 0,
										  NULL);
	HeapTuple	tuple;
	List	   *functions = NIL;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);

		if (IsSetOfRowsInSql(form))
			functions = lappend_oid(functions, form->oid);
	}
	systable_endscan(scan);
	table_close(proc, AccessShareLock);
	return functions;
}

static bool
IsSetOfRowsInSql(Form_pg_proc form)
{
	return form->prolang == SQLlanguageId &&
		form->prokind == PROKIND_FUNCTION && form->pronargs == 1 &&
		form->proretset;
}

/* NULL when it is none. */
static CormAccessor *
AccessorOf(HeapTuple tuple, const char *label)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	CormAccessor *accessor;
	Oid			source;
	Oid			target;
	char	   *body;
	bool		isnull;
	bool		configured;
	Datum		value;

	if (!IsSetOfRowsInSql(form))
		return NULL;
	source = get_typ_typrelid(form->proargtypes.values[0]);
	target = get_typ_typrelid(form->prorettype);
	value = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &isnull);
	if (!OidIsValid(source) || !OidIsValid(target) || isnull)
		return NULL;
	body = TextDatumGetCString(value);
	if (strncmp(body, label, strlen(label)) != 0)
		return NULL;
	(void) SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proconfig, &isnull);
	configured = !isnull;

	accessor = palloc0(sizeof(CormAccessor));
	accessor->function = form->oid;
	accessor->schema = form->pronamespace;
	accessor->name = pstrdup(NameStr(form->proname));
	accessor->source = source;
	accessor->target = target;
	accessor->body = body;
	accessor->inlinable = form->provolatile != PROVOLATILE_VOLATILE &&
		!form->proisstrict && !form->prosecdef && !configured;
	return accessor;
}

/* By name, then by OID for those that share it. */
static int
CompareAccessors(const ListCell *a, const ListCell *b)
{
	const CormAccessor *x = lfirst(a);
	const CormAccessor *y = lfirst(b);
	int			order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	return x->function < y->function ? -1 : x->function > y->function;
}
