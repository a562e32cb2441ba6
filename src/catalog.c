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
 * check what the user may do, hold CormLockCatalog() and have checked that a
 * name is free; invalidation, index entries and CommandCounterIncrement are
 * done here.
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
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "catalog.h"

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

typedef void *(*RowReader) (HeapTuple tuple, TupleDesc desc);

static CatalogTables tables;

static void LookUpTables(void);
static Oid	LookUpMember(const char *name, Oid schema);
static List *ScanRows(Oid table, Oid index, ScanKey keys, int nkeys,
					  RowReader reader);
static List *ScanByOid(Oid table, Oid index, AttrNumber attnum, Oid value,
					   RowReader reader);
static void *ReadModel(HeapTuple tuple, TupleDesc desc);
static void *ReadRelation(HeapTuple tuple, TupleDesc desc);
static HeapTuple FormModel(const CormModelRow *row, TupleDesc desc);
static HeapTuple FormRelation(const CormRelationRow *row, TupleDesc desc);
static void InsertTuple(Oid table, HeapTuple tuple);
static void UpdateTuple(Oid table, ItemPointerData tid, HeapTuple tuple);
static void DeleteTuple(Oid table, ItemPointerData tid);
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
 * The lock conflicts with itself and with hand-made changes, not with
 * readers.  Both tables, always in the same order: a model's name and its
 * relations are decided together.
 */
void
CormLockCatalog(void)
{
	LookUpTables();
	LockRelationOid(tables.model, ShareRowExclusiveLock);
	LockRelationOid(tables.relation, ShareRowExclusiveLock);
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

	LookUpTables();
	rel = table_open(tables.model, AccessShareLock);
	InsertTuple(tables.model, FormModel(row, RelationGetDescr(rel)));
	table_close(rel, AccessShareLock);
}

void
CormUpdateModelRow(const CormModelRow *row)
{
	Relation	rel;

	LookUpTables();
	rel = table_open(tables.model, AccessShareLock);
	UpdateTuple(tables.model, row->tid, FormModel(row, RelationGetDescr(rel)));
	table_close(rel, AccessShareLock);
}

void
CormDeleteModelRow(const CormModelRow *row)
{
	LookUpTables();
	DeleteTuple(tables.model, row->tid);
}

void
CormInsertRelationRow(const CormRelationRow *row)
{
	Relation	rel;

	LookUpTables();
	rel = table_open(tables.relation, AccessShareLock);
	InsertTuple(tables.relation, FormRelation(row, RelationGetDescr(rel)));
	table_close(rel, AccessShareLock);
}

void
CormUpdateRelationRow(const CormRelationRow *row)
{
	Relation	rel;

	LookUpTables();
	rel = table_open(tables.relation, AccessShareLock);
	UpdateTuple(tables.relation, row->tid,
				FormRelation(row, RelationGetDescr(rel)));
	table_close(rel, AccessShareLock);
}

void
CormDeleteRelationRow(const CormRelationRow *row)
{
	LookUpTables();
	DeleteTuple(tables.relation, row->tid);
}

/*
 * Fills "tables".  A function of a dropped extension can still run (a cached
 * plan, a pending portal), so a missing table is the user's error, not ours.
 */
static void
LookUpTables(void)
{
	CatalogTables found;
	Oid			schema;

	if (tables.known)
		return;
	if (!OidIsValid(get_extension_oid("corm", true)))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("extension \"corm\" is not installed in this database"),
				 errhint("Run CREATE EXTENSION corm.")));
	schema = get_namespace_oid("corm", false);
	found.model = LookUpMember("model", schema);
	found.model_pkey = LookUpMember("model_pkey", schema);
	found.model_name_idx = LookUpMember("model_name_idx", schema);
	found.relation = LookUpMember("relation", schema);
	found.relation_pkey = LookUpMember("relation_pkey", schema);
	found.relation_target_idx = LookUpMember("relation_target_idx", schema);
	found.relation_through_idx = LookUpMember("relation_through_idx", schema);
	found.known = true;
	tables = found;
}

static Oid
LookUpMember(const char *name, Oid schema)
{
	Oid			oid = get_relname_relid(name, schema);

	if (!OidIsValid(oid))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("extension \"corm\" lacks its relation \"corm.%s\"",
						name),
				 errhint("Run ALTER EXTENSION corm UPDATE.")));
	return oid;
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

static void
InsertTuple(Oid table, HeapTuple tuple)
{
	Relation	rel = table_open(table, RowExclusiveLock);

	CatalogTupleInsert(rel, tuple);
	table_close(rel, NoLock);
	CacheInvalidateRelcacheByRelid(table);
	CommandCounterIncrement();
}

static void
UpdateTuple(Oid table, ItemPointerData tid, HeapTuple tuple)
{
	Relation	rel = table_open(table, RowExclusiveLock);

	CatalogTupleUpdate(rel, &tid, tuple);
	table_close(rel, NoLock);
	CacheInvalidateRelcacheByRelid(table);
	CommandCounterIncrement();
}

static void
DeleteTuple(Oid table, ItemPointerData tid)
{
	Relation	rel = table_open(table, RowExclusiveLock);

	CatalogTupleDelete(rel, &tid);
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
