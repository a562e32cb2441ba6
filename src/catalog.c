/*-------------------------------------------------------------------------
 *
 * catalog.c
 *	  Rows of corm's own tables, corm.model and corm.relation.
 *
 * Reading uses the catalog snapshot: a row that another session committed is
 * seen even where the transaction's own snapshot is older, as with the system
 * catalogs.  What is cached from here would otherwise be wrong for as long as
 * the backend lives.
 *
 * Writing goes past the tables' privileges and triggers.  Callers therefore
 * check what the user may do and have checked that a name is free;
 * invalidation, index entries and CommandCounterIncrement are done here.
 *
 * Rows are written by two kinds of sessions.  Whoever defines something holds
 * CormLockCatalog(), which keeps out others that define, and before a row is
 * written locks the tables that it is about, as a reader would.  Whoever runs
 * DDL holds the lock of the table that it changed already, and adapts the rows
 * of that table only.  So no row is written by both at once, and since DDL
 * waits here neither for the lock of those who define nor for a row, corm adds
 * no deadlock to it.  A row that was read before its tables were locked may
 * have been changed meanwhile: each is looked up once more when it is written.
 *
 * The tables' OIDs are remembered until the cache hears of a change to them,
 * which DROP EXTENSION causes too.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog.h"
#include "catalog_row.h"

typedef struct CatalogTables
{
	bool		known;
	Oid			model;
	Oid			relation;
} CatalogTables;

typedef enum Writing
{
	ROW_UPDATE,
	ROW_DELETE
} Writing;

typedef void *(*RowReader) (HeapTuple tuple, TupleDesc desc);

static CatalogTables tables;
static Relation held[2];		/* of CormHoldCatalog() */

/* Up to this size a table is read as a whole. */
#define SMALL_TABLE_PAGES 4

static void LookUpTables(void);
static const char *FindTables(CatalogTables *found);
static bool WriteModelRow(const CormModelRow *row, Writing how, bool wait);
static bool WriteRelationRow(const CormRelationRow *row, Writing how,
							 bool wait);
static bool ClaimRow(Relation rel, const char *index, Oid value,
					 ItemPointerData tid, bool wait);
pg_noreturn static void RaiseModelChanged(void);
static List *ScanRows(Oid table, const char *index, ScanKey keys, int nkeys,
					  RowReader reader);
static List *ScanByOid(Oid table, const char *index, AttrNumber attnum,
					   Oid value, RowReader reader);
static void WriteTuple(Relation rel, ItemPointerData tid, HeapTuple tuple);
static void InsertTuple(Relation rel, HeapTuple tuple);
static void Written(Relation rel);

bool
CormIsCatalogTable(Oid relid)
{
	return tables.known &&
		(relid == tables.model || relid == tables.relation);
}

List *
CormCatalogTables(void)
{
	LookUpTables();
	return list_make2_oid(tables.model, tables.relation);
}

void
CormForgetCatalogTables(void)
{
	tables.known = false;
}

/*
 * The lock conflicts with itself, not with readers, nor with DDL and hand-made
 * changes.  Both tables, always in the same order: a model's name and its
 * relations are decided together.
 */
void
CormLockCatalog(void)
{
	LookUpTables();
	LockRelationOid(tables.model, ShareUpdateExclusiveLock);
	LockRelationOid(tables.relation, ShareUpdateExclusiveLock);
}

/*
 * Never waits for one of them while holding another: DDL takes them in any
 * order.
 */
void
CormLockTablesOf(const CormRelationRow *row)
{
	Oid			relids[3] = {row->source, row->target, row->through};
	int			n = OidIsValid(row->through) ? 3 : 2;
	int			first = 0;

	for (;;)
	{
		int			locked = 1;

		LockRelationOid(relids[first], AccessShareLock);
		while (locked < n &&
			   ConditionalLockRelationOid(relids[(first + locked) % n],
										  AccessShareLock))
			locked++;
		if (locked == n)
			return;
		for (int i = 0; i < locked; i++)
			UnlockRelationOid(relids[(first + i) % n], AccessShareLock);
		first = (first + locked) % n;
		CHECK_FOR_INTERRUPTS();
	}
}

bool
CormHoldCatalog(void)
{
	CatalogTables found;

	if (FindTables(&found) != NULL)
		return false;

	/* they may go while the lock is waited for */
	held[0] = try_table_open(found.model, AccessShareLock);
	if (held[0] == NULL)
		return false;
	held[1] = try_table_open(found.relation, AccessShareLock);
	if (held[1] == NULL)
	{
		table_close(held[0], AccessShareLock);
		return false;
	}
	tables = found;
	return true;
}

void
CormReleaseCatalog(void)
{
	table_close(held[1], AccessShareLock);
	table_close(held[0], AccessShareLock);
}

List *
CormReadModelRows(void)
{
	LookUpTables();
	return ScanRows(tables.model, "model_pkey", NULL, 0, CormModelOfTuple);
}

List *
CormReadModelRowsNamed(const char *name)
{
	ScanKeyData key;

	LookUpTables();
	ScanKeyInit(&key, Anum_model_name, BTEqualStrategyNumber, F_TEXTEQ,
				CStringGetTextDatum(name));
	return ScanRows(tables.model, "model_name_idx", &key, 1, CormModelOfTuple);
}

CormModelRow *
CormReadModelRow(Oid relid)
{
	List	   *rows;

	LookUpTables();
	rows = ScanByOid(tables.model, "model_pkey", Anum_model_table_name,
					 relid, CormModelOfTuple);
	return rows == NIL ? NULL : linitial(rows);
}

List *
CormReadRelationRows(void)
{
	LookUpTables();
	return ScanRows(tables.relation, "relation_pkey", NULL, 0,
					CormRelationOfTuple);
}

static int
CompareNames(const ListCell *a, const ListCell *b)
{
	return strcmp(((const CormRelationRow *) lfirst(a))->name,
				  ((const CormRelationRow *) lfirst(b))->name);
}

/* In the order of the primary key, whichever way they are found. */
List *
CormReadRelationRowsFrom(Oid source)
{
	List	   *rows;

	LookUpTables();
	rows = ScanByOid(tables.relation, "relation_pkey",
					 Anum_relation_source, source, CormRelationOfTuple);
	list_sort(rows, CompareNames);
	return rows;
}

List *
CormReadRelationRowsTo(Oid target)
{
	LookUpTables();
	return ScanByOid(tables.relation, "relation_target_idx",
					 Anum_relation_target, target, CormRelationOfTuple);
}

List *
CormReadRelationRowsThrough(Oid through)
{
	LookUpTables();
	return ScanByOid(tables.relation, "relation_through_idx",
					 Anum_relation_through, through, CormRelationOfTuple);
}

void
CormInsertModelRow(const CormModelRow *row)
{
	Relation	rel;

	LockRelationOid(row->relid, AccessShareLock);
	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(row->relid)))
		RaiseModelChanged();
	LookUpTables();
	rel = table_open(tables.model, RowExclusiveLock);
	InsertTuple(rel, CormTupleOfModel(row, RelationGetDescr(rel)));
}

void
CormUpdateModelRow(const CormModelRow *row)
{
	LockRelationOid(row->relid, AccessShareLock);
	if (!WriteModelRow(row, ROW_UPDATE, true))
		RaiseModelChanged();
}

void
CormDeleteModelRow(const CormModelRow *row)
{
	LockRelationOid(row->relid, AccessShareLock);
	if (!WriteModelRow(row, ROW_DELETE, true))
		RaiseModelChanged();
}

void
CormInsertRelationRow(const CormRelationRow *row)
{
	CormLockTablesOf(row);
	CormFollowInsertRelation(row);
}

void
CormUpdateRelationRow(const CormRelationRow *row)
{
	CormLockTablesOf(row);
	if (!WriteRelationRow(row, ROW_UPDATE, true))
		CormRaiseRelationChanged();
}

void
CormDeleteRelationRow(const CormRelationRow *row)
{
	CormLockTablesOf(row);
	if (!WriteRelationRow(row, ROW_DELETE, true))
		CormRaiseRelationChanged();
}

void
CormRaiseRelationChanged(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("a relation was changed by another session meanwhile"),
			 errhint("Run the call again.")));
}

bool
CormFollowUpdateModel(const CormModelRow *row)
{
	return WriteModelRow(row, ROW_UPDATE, false);
}

bool
CormFollowDeleteModel(const CormModelRow *row)
{
	return WriteModelRow(row, ROW_DELETE, false);
}

void
CormFollowInsertRelation(const CormRelationRow *row)
{
	Relation	rel;

	LookUpTables();
	rel = table_open(tables.relation, RowExclusiveLock);
	InsertTuple(rel, CormTupleOfRelation(row, RelationGetDescr(rel)));
}

bool
CormFollowUpdateRelation(const CormRelationRow *row)
{
	return WriteRelationRow(row, ROW_UPDATE, false);
}

bool
CormFollowDeleteRelation(const CormRelationRow *row)
{
	return WriteRelationRow(row, ROW_DELETE, false);
}

pg_noreturn static void
RaiseIncomplete(const char *missing)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("extension \"corm\" lacks its relation \"corm.%s\"", missing),
			 errhint("Run ALTER EXTENSION corm UPDATE.")));
}

/*
 * Fills "tables".  A function of a dropped extension can still run (a cached
 * plan, a pending portal), so a missing table is the user's error, not ours.
 */
static void
LookUpTables(void)
{
	CatalogTables found;
	const char *missing;

	if (tables.known)
		return;
	missing = FindTables(&found);
	if (missing != NULL && !OidIsValid(get_extension_oid("corm", true)))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("extension \"corm\" is not installed in this database"),
				 errhint("Run CREATE EXTENSION corm.")));
	if (missing != NULL)
		RaiseIncomplete(missing);
	tables = found;
}

/* Returns the name of the first one that is not there, NULL for success. */
static const char *
FindTables(CatalogTables *found)
{
	Oid			schema;

	if (tables.known)
	{
		*found = tables;
		return NULL;
	}
	schema = get_namespace_oid("corm", true);
	found->known = true;
	found->model = OidIsValid(schema) ? get_relname_relid("model", schema) : InvalidOid;
	if (!OidIsValid(found->model))
		return "model";
	found->relation = get_relname_relid("relation", schema);
	return OidIsValid(found->relation) ? NULL : "relation";
}

/* An index of one of them.  Most sessions need none. */
static Oid
IndexOf(Relation rel, const char *name)
{
	Oid			index = get_relname_relid(name, RelationGetNamespace(rel));

	if (!OidIsValid(index))
		RaiseIncomplete(name);
	return index;
}

static void
RaiseModelChanged(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("a model was changed by another session meanwhile"),
			 errhint("Run the call again.")));
}

/*
 * To know an index takes a new session longer than to read a few pages.  A
 * serializable transaction would lock the whole table by that.
 */
static bool
NeedsIndex(Relation rel)
{
	return IsolationIsSerializable() ||
		RelationGetNumberOfBlocks(rel) > SMALL_TABLE_PAGES;
}

/* All rows that the keys select, read while the scan's snapshot is alive. */
static List *
ScanRows(Oid table, const char *index, ScanKey keys, int nkeys, RowReader reader)
{
	Relation	rel = table_open(table, AccessShareLock);
	bool		by_index = nkeys == 0 || NeedsIndex(rel);
	SysScanDesc scan = systable_beginscan(rel, by_index ? IndexOf(rel, index) : InvalidOid,
										  by_index, NULL, nkeys, keys);
	List	   *rows = NIL;
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		rows = lappend(rows, reader(tuple, RelationGetDescr(rel)));
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return rows;
}

static List *
ScanByOid(Oid table, const char *index, AttrNumber attnum, Oid value, RowReader reader)
{
	ScanKeyData key;

	ScanKeyInit(&key, attnum, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(value));
	return ScanRows(table, index, &key, 1, reader);
}

/* False when ClaimRow() says so. */
static bool
WriteModelRow(const CormModelRow *row, Writing how, bool wait)
{
	Relation	rel;

	LookUpTables();
	rel = table_open(tables.model, RowExclusiveLock);
	if (!ClaimRow(rel, "model_pkey", row->relid, row->tid, wait))
		return false;
	WriteTuple(rel, row->tid, how == ROW_DELETE ? NULL :
			   CormTupleOfModel(row, RelationGetDescr(rel)));
	return true;
}

/* False when ClaimRow() says so. */
static bool
WriteRelationRow(const CormRelationRow *row, Writing how, bool wait)
{
	Relation	rel;

	LookUpTables();
	rel = table_open(tables.relation, RowExclusiveLock);
	if (!ClaimRow(rel, "relation_pkey", row->source, row->tid, wait))
		return false;
	WriteTuple(rel, row->tid, how == ROW_DELETE ? NULL :
			   CormTupleOfRelation(row, RelationGetDescr(rel)));
	return true;
}

/*
 * Locks the row version at tid, so that writing it cannot fail any more.
 * Returns false, and closes the table, if it is not the current one: another
 * session was faster, or, without wait, is about to be.  It is looked for by
 * the first column of the index, since its place may be another row's by now.
 */
static bool
ClaimRow(Relation rel, const char *index, Oid value, ItemPointerData tid, bool wait)
{
	TM_Result	result = TM_Deleted;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(value));
	scan = systable_beginscan(rel, IndexOf(rel, index), true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		HeapTupleData version;
		TM_FailureData failure;
		Buffer		buffer;

		if (!ItemPointerEquals(&tuple->t_self, &tid))
			continue;
		version.t_self = tid;
		result = heap_lock_tuple(rel, &version, GetCurrentCommandId(true),
								 LockTupleExclusive,
								 wait ? LockWaitBlock : LockWaitSkip, false,
								 &buffer, &failure);
		ReleaseBuffer(buffer);
		break;
	}
	systable_endscan(scan);
	if (result == TM_Ok)
		return true;
	table_close(rel, NoLock);
	return false;
}

/* Replaces the row version at tid; with NULL deletes it.  Closes the table. */
static void
WriteTuple(Relation rel, ItemPointerData tid, HeapTuple tuple)
{
	if (tuple == NULL)
		CatalogTupleDelete(rel, &tid);
	else
		CatalogTupleUpdate(rel, &tid, tuple);
	Written(rel);
}

static void
InsertTuple(Relation rel, HeapTuple tuple)
{
	CatalogTupleInsert(rel, tuple);
	Written(rel);
}

/* Closes the table; every session hears of the change, this one sees it. */
static void
Written(Relation rel)
{
	Oid			table = RelationGetRelid(rel);

	table_close(rel, NoLock);
	CacheInvalidateRelcacheByRelid(table);
	CommandCounterIncrement();
}
