/*-------------------------------------------------------------------------
 *
 * catalog.c
 *	  Rows of corm's own tables, corm.model and corm.relation.
 *
 * The only file that knows the columns of these tables.
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
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog.h"
#include "compat.h"

/* columns of corm.model */
#define Anum_model_table_name	1
#define Anum_model_name			2
#define Anum_model_key			3
#define Natts_model				3

/* columns of corm.relation */
#define Anum_relation_source				1
#define Anum_relation_name					2
#define Anum_relation_target				3
#define Anum_relation_reverse_name			4
#define Anum_relation_constraint_name		5
#define Anum_relation_columns				6
#define Anum_relation_through				7
#define Anum_relation_far_constraint_name	8
#define Anum_relation_far_columns			9
#define Anum_relation_symmetrical			10
#define Anum_relation_adopted				11
#define Anum_relation_target_columns		12
#define Anum_relation_to_many				13
#define Natts_relation						13

typedef struct CatalogTables
{
	bool		known;
	Oid			model;
	Oid			model_pkey;
	Oid			model_name_idx;
	Oid			relation;
	Oid			relation_pkey;
	Oid			relation_target_idx;
	Oid			relation_through_idx;
} CatalogTables;

typedef enum Writing
{
	ROW_UPDATE,
	ROW_DELETE
} Writing;

typedef void *(*RowReader) (HeapTuple tuple, TupleDesc desc);

static CatalogTables tables;
static Relation held[2];		/* of CormHoldCatalog() */

static void LookUpTables(void);
static const char *FindTables(CatalogTables *found);
static bool WriteModelRow(const CormModelRow *row, Writing how, bool wait);
static bool WriteRelationRow(const CormRelationRow *row, Writing how,
							 bool wait);
static bool ClaimRow(Relation rel, Oid index, Oid value, ItemPointerData tid,
					 bool wait);
pg_noreturn static void RaiseModelChanged(void);
static List *ScanRows(Oid table, Oid index, ScanKey keys, int nkeys,
					  RowReader reader);
static List *ScanByOid(Oid table, Oid index, AttrNumber attnum, Oid value,
					   RowReader reader);
static void *ReadModel(HeapTuple tuple, TupleDesc desc);
static void *ReadRelation(HeapTuple tuple, TupleDesc desc);
static HeapTuple FormModel(const CormModelRow *row, TupleDesc desc);
static HeapTuple FormRelation(const CormRelationRow *row, TupleDesc desc);
static void WriteTuple(Relation rel, ItemPointerData tid, HeapTuple tuple);
static void InsertTuple(Relation rel, HeapTuple tuple);
static void Written(Relation rel);
static Oid	OidAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc);
static bool BoolAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc);
static char *TextAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc);
static List *NamesAttribute(HeapTuple tuple, AttrNumber attnum,
							TupleDesc desc);
static void SetText(Datum *values, bool *nulls, AttrNumber attnum,
					const char *value);
static void SetNames(Datum *values, bool *nulls, AttrNumber attnum,
					 List *names);

bool
CormIsCatalogTable(Oid relid)
{
	return tables.known &&
		(relid == tables.model || relid == tables.relation);
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

void
CormLockTablesOf(const CormRelationRow *row)
{
	LockRelationOid(row->source, AccessShareLock);
	if (row->target != row->source)
		LockRelationOid(row->target, AccessShareLock);
	if (OidIsValid(row->through))
		LockRelationOid(row->through, AccessShareLock);
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
	return ScanRows(tables.model, tables.model_pkey, NULL, 0, ReadModel);
}

List *
CormReadModelRowsNamed(const char *name)
{
	ScanKeyData key;

	LookUpTables();
	ScanKeyInit(&key, Anum_model_name, BTEqualStrategyNumber, F_TEXTEQ,
				CStringGetTextDatum(name));
	return ScanRows(tables.model, tables.model_name_idx, &key, 1, ReadModel);
}

CormModelRow *
CormReadModelRow(Oid relid)
{
	List	   *rows;

	LookUpTables();
	rows = ScanByOid(tables.model, tables.model_pkey, Anum_model_table_name,
					 relid, ReadModel);
	return rows == NIL ? NULL : linitial(rows);
}

List *
CormReadRelationRows(void)
{
	LookUpTables();
	return ScanRows(tables.relation, tables.relation_pkey, NULL, 0,
					ReadRelation);
}

List *
CormReadRelationRowsFrom(Oid source)
{
	LookUpTables();
	return ScanByOid(tables.relation, tables.relation_pkey,
					 Anum_relation_source, source, ReadRelation);
}

List *
CormReadRelationRowsTo(Oid target)
{
	LookUpTables();
	return ScanByOid(tables.relation, tables.relation_target_idx,
					 Anum_relation_target, target, ReadRelation);
}

List *
CormReadRelationRowsThrough(Oid through)
{
	LookUpTables();
	return ScanByOid(tables.relation, tables.relation_through_idx,
					 Anum_relation_through, through, ReadRelation);
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
	InsertTuple(rel, FormModel(row, RelationGetDescr(rel)));
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
	InsertTuple(rel, FormRelation(row, RelationGetDescr(rel)));
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
	if (!OidIsValid(get_extension_oid("corm", true)))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("extension \"corm\" is not installed in this database"),
				 errhint("Run CREATE EXTENSION corm.")));
	missing = FindTables(&found);
	if (missing != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("extension \"corm\" lacks its relation \"corm.%s\"",
						missing),
				 errhint("Run ALTER EXTENSION corm UPDATE.")));
	tables = found;
}

/* Returns the name of the first one that is not there, NULL for success. */
static const char *
FindTables(CatalogTables *found)
{
	Oid			schema;
	struct
	{
		const char *name;
		Oid		   *oid;
	}			members[] = {
		{"model", &found->model},
		{"model_pkey", &found->model_pkey},
		{"model_name_idx", &found->model_name_idx},
		{"relation", &found->relation},
		{"relation_pkey", &found->relation_pkey},
		{"relation_target_idx", &found->relation_target_idx},
		{"relation_through_idx", &found->relation_through_idx}
	};

	if (tables.known)
	{
		*found = tables;
		return NULL;
	}
	schema = get_namespace_oid("corm", true);
	for (int i = 0; i < lengthof(members); i++)
	{
		*members[i].oid = OidIsValid(schema) ?
			get_relname_relid(members[i].name, schema) : InvalidOid;
		if (!OidIsValid(*members[i].oid))
			return members[i].name;
	}
	found->known = true;
	return NULL;
}

static void
RaiseModelChanged(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("a model was changed by another session meanwhile"),
			 errhint("Run the call again.")));
}

/* All rows that the keys select, read while the scan's snapshot is alive. */
static List *
ScanRows(Oid table, Oid index, ScanKey keys, int nkeys, RowReader reader)
{
	Relation	rel = table_open(table, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, index, true, NULL, nkeys, keys);
	List	   *rows = NIL;
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		rows = lappend(rows, reader(tuple, RelationGetDescr(rel)));
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return rows;
}

static List *
ScanByOid(Oid table, Oid index, AttrNumber attnum, Oid value, RowReader reader)
{
	ScanKeyData key;

	ScanKeyInit(&key, attnum, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(value));
	return ScanRows(table, index, &key, 1, reader);
}

static void *
ReadModel(HeapTuple tuple, TupleDesc desc)
{
	CormModelRow *row = palloc0(sizeof(CormModelRow));

	row->tid = tuple->t_self;
	row->relid = OidAttribute(tuple, Anum_model_table_name, desc);
	row->name = TextAttribute(tuple, Anum_model_name, desc);
	row->key = NamesAttribute(tuple, Anum_model_key, desc);
	return row;
}

static void *
ReadRelation(HeapTuple tuple, TupleDesc desc)
{
	CormRelationRow *row = palloc0(sizeof(CormRelationRow));

	row->tid = tuple->t_self;
	row->source = OidAttribute(tuple, Anum_relation_source, desc);
	row->name = TextAttribute(tuple, Anum_relation_name, desc);
	row->target = OidAttribute(tuple, Anum_relation_target, desc);
	row->reverse_name = TextAttribute(tuple, Anum_relation_reverse_name, desc);
	row->constraint_name = TextAttribute(tuple, Anum_relation_constraint_name,
										 desc);
	row->columns = NamesAttribute(tuple, Anum_relation_columns, desc);
	row->through = OidAttribute(tuple, Anum_relation_through, desc);
	row->far_constraint_name =
		TextAttribute(tuple, Anum_relation_far_constraint_name, desc);
	row->far_columns = NamesAttribute(tuple, Anum_relation_far_columns, desc);
	row->symmetrical = BoolAttribute(tuple, Anum_relation_symmetrical, desc);
	row->adopted = BoolAttribute(tuple, Anum_relation_adopted, desc);
	row->target_columns = NamesAttribute(tuple, Anum_relation_target_columns,
										 desc);
	row->to_many = BoolAttribute(tuple, Anum_relation_to_many, desc);
	return row;
}

static HeapTuple
FormModel(const CormModelRow *row, TupleDesc desc)
{
	Datum		values[Natts_model] = {0};
	bool		nulls[Natts_model] = {0};

	values[Anum_model_table_name - 1] = ObjectIdGetDatum(row->relid);
	SetText(values, nulls, Anum_model_name, row->name);
	SetNames(values, nulls, Anum_model_key, row->key);
	return heap_form_tuple(desc, values, nulls);
}

static HeapTuple
FormRelation(const CormRelationRow *row, TupleDesc desc)
{
	Datum		values[Natts_relation] = {0};
	bool		nulls[Natts_relation] = {0};

	values[Anum_relation_source - 1] = ObjectIdGetDatum(row->source);
	SetText(values, nulls, Anum_relation_name, row->name);
	values[Anum_relation_target - 1] = ObjectIdGetDatum(row->target);
	SetText(values, nulls, Anum_relation_reverse_name, row->reverse_name);
	SetText(values, nulls, Anum_relation_constraint_name,
			row->constraint_name);
	SetNames(values, nulls, Anum_relation_columns, row->columns);
	values[Anum_relation_through - 1] = ObjectIdGetDatum(row->through);
	nulls[Anum_relation_through - 1] = !OidIsValid(row->through);
	SetText(values, nulls, Anum_relation_far_constraint_name,
			row->far_constraint_name);
	SetNames(values, nulls, Anum_relation_far_columns, row->far_columns);
	values[Anum_relation_symmetrical - 1] = BoolGetDatum(row->symmetrical);
	values[Anum_relation_adopted - 1] = BoolGetDatum(row->adopted);
	SetNames(values, nulls, Anum_relation_target_columns, row->target_columns);
	values[Anum_relation_to_many - 1] = BoolGetDatum(row->to_many);
	return heap_form_tuple(desc, values, nulls);
}

/* False when ClaimRow() says so. */
static bool
WriteModelRow(const CormModelRow *row, Writing how, bool wait)
{
	Relation	rel;

	LookUpTables();
	rel = table_open(tables.model, RowExclusiveLock);
	if (!ClaimRow(rel, tables.model_pkey, row->relid, row->tid, wait))
		return false;
	WriteTuple(rel, row->tid, how == ROW_DELETE ? NULL :
			   FormModel(row, RelationGetDescr(rel)));
	return true;
}

/* False when ClaimRow() says so. */
static bool
WriteRelationRow(const CormRelationRow *row, Writing how, bool wait)
{
	Relation	rel;

	LookUpTables();
	rel = table_open(tables.relation, RowExclusiveLock);
	if (!ClaimRow(rel, tables.relation_pkey, row->source, row->tid, wait))
		return false;
	WriteTuple(rel, row->tid, how == ROW_DELETE ? NULL :
			   FormRelation(row, RelationGetDescr(rel)));
	return true;
}

/*
 * Locks the row version at tid, so that writing it cannot fail any more.
 * Returns false, and closes the table, if it is not the current one: another
 * session was faster, or, without wait, is about to be.  It is looked for by
 * the first column of the index, since its place may be another row's by now.
 */
static bool
ClaimRow(Relation rel, Oid index, Oid value, ItemPointerData tid, bool wait)
{
	TM_Result	result = TM_Deleted;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(value));
	scan = systable_beginscan(rel, index, true, NULL, 1, &key);
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

/* InvalidOid for NULL. */
static Oid
OidAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attnum, desc, &isnull);

	return isnull ? InvalidOid : DatumGetObjectId(value);
}

static bool
BoolAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attnum, desc, &isnull);

	return !isnull && DatumGetBool(value);
}

/* NULL for NULL. */
static char *
TextAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attnum, desc, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* NIL for NULL; elements that are NULL (a hand-made row) are left out. */
static List *
NamesAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attnum, desc, &isnull);
	Datum	   *elements;
	bool	   *element_nulls;
	int			nelements;
	List	   *names = NIL;

	if (isnull)
		return NIL;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &element_nulls, &nelements);
	for (int i = 0; i < nelements; i++)
	{
		if (!element_nulls[i])
			names = lappend(names, TextDatumGetCString(elements[i]));
	}
	return names;
}

static void
SetText(Datum *values, bool *nulls, AttrNumber attnum, const char *value)
{
	nulls[attnum - 1] = value == NULL;
	values[attnum - 1] = value ? CStringGetTextDatum(value) : (Datum) 0;
}

static void
SetNames(Datum *values, bool *nulls, AttrNumber attnum, List *names)
{
	Datum	   *elements = palloc(sizeof(Datum) * (list_length(names) + 1));
	ListCell   *lc;

	nulls[attnum - 1] = names == NIL;
	if (names == NIL)
		return;
	foreach(lc, names)
		elements[foreach_current_index(lc)] =
			CStringGetTextDatum((char *) lfirst(lc));
	values[attnum - 1] =
		PointerGetDatum(construct_array(elements, list_length(names), TEXTOID,
										-1, false, TYPALIGN_INT));
}
