/*-------------------------------------------------------------------------
 *
 * counter_facts.c
 *	  Functions and triggers of counter caches, as the catalogs have them.
 *
 * They are the user's, and outlive the extension.  A function of a counter
 * cache is a trigger function in PL/pgSQL whose body begins with corm's label.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "counter_facts.h"
#include "deparse_counter.h"
#include "quote.h"

static CormCounterFunction *FunctionByOid(Oid function);
static CormCounterFunction *FunctionOf(HeapTuple tuple);
static bool HasFixedPath(HeapTuple tuple);
static CormCounterTrigger *TriggerByOid(Relation rel, Oid trigger,
										Oid function);
static int	CompareFunctions(const ListCell *a, const ListCell *b);
static int	CompareTriggers(const ListCell *a, const ListCell *b);

CormCounterFunction *
CormFindCounterFunction(Oid schema, const char *name, bool *taken)
{
	Oid			function;
	CormCounterFunction *found;

	function = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
							   CStringGetDatum(name),
							   PointerGetDatum(buildoidvector(NULL, 0)),
							   ObjectIdGetDatum(schema));
	found = OidIsValid(function) ? FunctionByOid(function) : NULL;
	if (taken != NULL)
		*taken = OidIsValid(function) && found == NULL;
	return found;
}

CormCounterFunction *
CormFunctionOfTrigger(Oid relid, const char *name)
{
	Relation	rel = table_open(TriggerRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	CormCounterFunction *found = NULL;

	ScanKeyInit(&keys[0], Anum_pg_trigger_tgrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	ScanKeyInit(&keys[1], Anum_pg_trigger_tgname, BTEqualStrategyNumber,
				F_NAMEEQ, CStringGetDatum(name));
	scan = systable_beginscan(rel, TriggerRelidNameIndexId, true, NULL, 2,
							  keys);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		found = FunctionByOid(((Form_pg_trigger) GETSTRUCT(tuple))->tgfoid);
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
}

List *
CormReadCounterFunctions(void)
{
	Relation	proc = table_open(ProcedureRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(proc, InvalidOid, false, NULL, 0,
										  NULL);
	HeapTuple	tuple;
	List	   *functions = NIL;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CormCounterFunction *function = FunctionOf(tuple);

		if (function != NULL)
			functions = lappend(functions, function);
	}
	systable_endscan(scan);
	table_close(proc, AccessShareLock);
	list_sort(functions, CompareFunctions);
	return functions;
}

List *
CormReadTriggersOf(Oid function)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	Relation	triggers = table_open(TriggerRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	List	   *found = NIL;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(ProcedureRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(function));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2,
							  keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);
		CormCounterTrigger *trigger = NULL;

		if (form->classid == TriggerRelationId)
			trigger = TriggerByOid(triggers, form->objid, function);
		if (trigger != NULL)
			found = lappend(found, trigger);
	}
	systable_endscan(scan);
	table_close(triggers, AccessShareLock);
	table_close(depend, AccessShareLock);
	list_sort(found, CompareTriggers);
	return found;
}

void
CormSetFunctionBody(Oid function, const char *body)
{
	Relation	rel = table_open(ProcedureRelationId, RowExclusiveLock);
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Datum		values[Natts_pg_proc] = {0};
	bool		nulls[Natts_pg_proc] = {0};
	bool		replaces[Natts_pg_proc] = {0};

	if (HeapTupleIsValid(tuple))
	{
		HeapTuple	changed;

		values[Anum_pg_proc_prosrc - 1] = CStringGetTextDatum(body);
		replaces[Anum_pg_proc_prosrc - 1] = true;
		changed = heap_modify_tuple(tuple, RelationGetDescr(rel), values,
									nulls, replaces);
		CatalogTupleUpdate(rel, &tuple->t_self, changed);
		ReleaseSysCache(tuple);
		CommandCounterIncrement();
	}
	table_close(rel, RowExclusiveLock);
}

static CormCounterFunction *
FunctionByOid(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	CormCounterFunction *found;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	found = FunctionOf(tuple);
	ReleaseSysCache(tuple);
	return found;
}

/* NULL when it is none of a counter cache. */
static CormCounterFunction *
FunctionOf(HeapTuple tuple)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	CormCounterFunction *function;
	StringInfoData label;
	bool		isnull;
	Datum		value;
	char	   *body;

	if (form->prorettype != TRIGGEROID || form->pronargs != 0 ||
		form->prokind != PROKIND_FUNCTION)
		return NULL;
	value = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &isnull);
	if (isnull)
		return NULL;
	body = TextDatumGetCString(value);
	initStringInfo(&label);
	CormAppendLabel(&label, CORM_COUNTER_LABEL);
	if (strncmp(body, label.data, label.len) != 0)
		return NULL;

	function = palloc0(sizeof(CormCounterFunction));
	function->function = form->oid;
	function->schema = form->pronamespace;
	function->name = pstrdup(NameStr(form->proname));
	function->owner = form->proowner;
	function->body = body;
	function->safe = form->prosecdef && HasFixedPath(tuple);
	return function;
}

static bool
HasFixedPath(HeapTuple tuple)
{
	bool		isnull;
	Datum		value = SysCacheGetAttr(PROCOID, tuple,
										Anum_pg_proc_proconfig, &isnull);
	Datum	   *settings;
	int			n;
	bool		path = false;
	bool		security = false;

	if (isnull)
		return false;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false,
					  TYPALIGN_INT, &settings, NULL, &n);
	for (int i = 0; i < n; i++)
	{
		char	   *setting = TextDatumGetCString(settings[i]);

		path |= strcmp(setting, "search_path=pg_catalog, pg_temp") == 0;
		security |= strcmp(setting, "row_security=off") == 0;
	}
	return path && security;
}

/* NULL when it depends on the function for another reason. */
static CormCounterTrigger *
TriggerByOid(Relation rel, Oid trigger, Oid function)
{
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	CormCounterTrigger *found = NULL;

	ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(trigger));
	scan = systable_beginscan(rel, TriggerOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);

		if (form->tgfoid == function)
		{
			found = palloc0(sizeof(CormCounterTrigger));
			found->relid = form->tgrelid;
			found->name = pstrdup(NameStr(form->tgname));
			found->enabled = form->tgenabled == TRIGGER_FIRES_ON_ORIGIN ||
				form->tgenabled == TRIGGER_FIRES_ALWAYS;
			found->handed_down = OidIsValid(form->tgparentid);
		}
	}
	systable_endscan(scan);
	return found;
}

/* By name, then by OID for those that share it. */
static int
CompareFunctions(const ListCell *a, const ListCell *b)
{
	const CormCounterFunction *x = lfirst(a);
	const CormCounterFunction *y = lfirst(b);
	int			order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	return x->function < y->function ? -1 : x->function > y->function;
}

static int
CompareTriggers(const ListCell *a, const ListCell *b)
{
	const CormCounterTrigger *x = lfirst(a);
	const CormCounterTrigger *y = lfirst(b);
	int			order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	return x->relid < y->relid ? -1 : x->relid > y->relid;
}
