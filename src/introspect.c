/*-------------------------------------------------------------------------
 *
 * introspect.c
 *	  What the system catalogs say about tables, keys and foreign keys.
 *
 * Everything is read by syscache or by a catalog scan, so with the catalog
 * snapshot and without locking the table in question: it may be changed or
 * dropped by others at any time, and its absence is an ordinary answer.
 * Whoever keeps a result must watch for invalidations.
 *
 * Results are allocated in the current context.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/reltrigger.h"
#include "utils/syscache.h"

#include "compat.h"
#include "introspect.h"
#include "typeorder.h"

static int	CompareTables(const ListCell *a, const ListCell *b);
static List *ReadForeignKeys(Oid relid, bool inherited);
static SysScanDesc BeginConstraintScan(Relation rel, Oid relid);
static CormForeignKey *ReadForeignKey(HeapTuple tuple);
static HeapTuple CopyConstraint(Oid relid, const char *name);

/* Read as a whole: no index has the schema first. */
List *
CormTablesOfSchema(Oid schema)
{
	Relation	rel = table_open(RelationRelationId, AccessShareLock);
	List	   *tables = NIL;
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_class_relnamespace, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(schema));
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_class class = (Form_pg_class) GETSTRUCT(tuple);
		CormTableInfo *table;

		CHECK_FOR_INTERRUPTS();
		if (class->relkind != RELKIND_RELATION &&
			class->relkind != RELKIND_PARTITIONED_TABLE &&
			class->relkind != RELKIND_VIEW &&
			class->relkind != RELKIND_MATVIEW &&
			class->relkind != RELKIND_FOREIGN_TABLE)
			continue;
		table = palloc(sizeof(CormTableInfo));
		table->relid = class->oid;
		table->name = pstrdup(NameStr(class->relname));
		table->relkind = class->relkind;
		table->partition = class->relispartition;
		tables = lappend(tables, table);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	list_sort(tables, CompareTables);
	return tables;
}

static int
CompareTables(const ListCell *a, const ListCell *b)
{
	return strcmp(((CormTableInfo *) lfirst(a))->name,
				  ((CormTableInfo *) lfirst(b))->name);
}

char
CormTableKind(Oid relid)
{
	return get_rel_relkind(relid);
}

/* The row of pg_class, zeroes when there is none. */
static FormData_pg_class
ClassRow(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	FormData_pg_class row = {0};

	if (HeapTupleIsValid(tuple))
	{
		row = *(Form_pg_class) GETSTRUCT(tuple);
		ReleaseSysCache(tuple);
	}
	return row;
}

bool
CormHasUserTriggers(Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	bool		found = false;

	for (int i = 0; rel->trigdesc && i < rel->trigdesc->numtriggers; i++)
		found |= !rel->trigdesc->triggers[i].tgisinternal;
	table_close(rel, NoLock);
	return found;
}

Oid
CormTableOwner(Oid relid)
{
	return ClassRow(relid).relowner;
}

Oid
CormTypeOfTable(Oid relid)
{
	return ClassRow(relid).reloftype;
}

CormColumn *
CormReadColumns(Oid relid, int *n)
{
	Relation	rel = table_open(AttributeRelationId, AccessShareLock);
	CormColumn *columns = NULL;
	int			allocated = 0;
	SysScanDesc scan;
	ScanKeyData keys[2];
	HeapTuple	tuple;

	*n = 0;
	ScanKeyInit(&keys[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	ScanKeyInit(&keys[1], Anum_pg_attribute_attnum, BTGreaterStrategyNumber,
				F_INT2GT, Int16GetDatum(0));
	scan = systable_beginscan(rel, AttributeRelidNumIndexId, true, NULL, 2,
							  keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_attribute att = (Form_pg_attribute) GETSTRUCT(tuple);
		CormColumn *column;

		if (att->attisdropped)
			continue;
		if (*n == allocated)
		{
			allocated = Max(8, allocated * 2);
			columns = columns == NULL ?
				palloc(sizeof(CormColumn) * allocated) :
				repalloc(columns, sizeof(CormColumn) * allocated);
		}
		column = &columns[(*n)++];
		column->attnum = att->attnum;
		column->name = pstrdup(NameStr(att->attname));
		column->typid = att->atttypid;
		column->typmod = att->atttypmod;
		column->collation = att->attcollation;
		column->not_null = att->attnotnull;
		column->has_default = att->atthasdef || att->attidentity != '\0';
		column->generated = att->attgenerated;
		column->identity = att->attidentity;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return columns;
}

List *
CormReadForeignKeys(Oid relid)
{
	return ReadForeignKeys(relid, false);
}

/* Those of its own, or those that a partitioned table hands down. */
static List *
ReadForeignKeys(Oid relid, bool inherited)
{
	Relation	rel = table_open(ConstraintRelationId, AccessShareLock);
	SysScanDesc scan = BeginConstraintScan(rel, relid);
	List	   *fks = NIL;
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint con = (Form_pg_constraint) GETSTRUCT(tuple);

		if (con->contype == CONSTRAINT_FOREIGN &&
			OidIsValid(con->conparentid) == inherited &&
			!CormIsPeriodConstraint(con))
			fks = lappend(fks, ReadForeignKey(tuple));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return fks;
}

/*
 * A constraint that others are made of leads to the same table as they do, if
 * they are those of partitions that hold it.
 */
static bool
IsOfReferencingPartition(Form_pg_constraint con)
{
	HeapTuple	tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(con->conparentid));
	bool		same = HeapTupleIsValid(tuple) &&
		((Form_pg_constraint) GETSTRUCT(tuple))->confrelid == con->confrelid;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return same;
}

List *
CormReadReferences(Oid relid, bool handed_down)
{
	Relation	rel = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	List	   *fks = NIL;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_constraint_confrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint con = (Form_pg_constraint) GETSTRUCT(tuple);

		if (con->contype == CONSTRAINT_FOREIGN && !CormIsPeriodConstraint(con) &&
			(!OidIsValid(con->conparentid) ||
			 (handed_down && !IsOfReferencingPartition(con))))
			fks = lappend(fks, ReadForeignKey(tuple));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return fks;
}

CormForeignKey *
CormFindForeignKey(Oid referencing, Oid referenced, const char *name,
				   List *columns)
{
	List	   *fks = CormReadForeignKeys(referencing);
	CormForeignKey *by_columns = NULL;
	bool		ambiguous = false;
	ListCell   *lc;

	foreach(lc, fks)
	{
		CormForeignKey *fk = lfirst(lc);

		if (fk->referenced != referenced)
			continue;
		if (name != NULL && strcmp(fk->name, name) == 0)
			return fk;
		if (!CormHasColumns(fk, columns))
			continue;
		ambiguous = by_columns != NULL;
		by_columns = fk;
	}
	if (by_columns != NULL || name == NULL)
		return ambiguous ? NULL : by_columns;

	/* a model's own may have become its parent's when it was attached */
	foreach(lc, ReadForeignKeys(referencing, true))
	{
		CormForeignKey *fk = lfirst(lc);

		if (fk->referenced == referenced && strcmp(fk->name, name) == 0)
			return fk;
	}
	return NULL;
}

bool
CormHasColumns(const CormForeignKey *fk, List *columns)
{
	if (list_length(columns) != fk->nkeys)
		return false;
	for (int i = 0; i < fk->nkeys; i++)
	{
		char	   *name = get_attname(fk->referencing, fk->fk_attnums[i],
									   true);
		bool		found = false;
		ListCell   *lc;

		foreach(lc, columns)
			found = found || (name && strcmp(name, lfirst(lc)) == 0);
		if (!found)
			return false;
	}
	return true;
}

void
CormAlignForeignKey(CormForeignKey *fk, CormKey primary_key)
{
	AttrNumber *fk_attnums = palloc(sizeof(AttrNumber) * fk->nkeys);
	AttrNumber *pk_attnums = palloc(sizeof(AttrNumber) * fk->nkeys);
	Oid		   *eq_ops = palloc(sizeof(Oid) * fk->nkeys);

	fk->to_primary_key = false;
	if (primary_key.n != fk->nkeys)
		return;
	for (int i = 0; i < fk->nkeys; i++)
	{
		int			from = 0;

		while (from < fk->nkeys &&
			   fk->pk_attnums[from] != primary_key.attnums[i])
			from++;
		if (from == fk->nkeys)
			return;
		fk_attnums[i] = fk->fk_attnums[from];
		pk_attnums[i] = fk->pk_attnums[from];
		eq_ops[i] = fk->eq_ops[from];
	}
	fk->fk_attnums = fk_attnums;
	fk->pk_attnums = pk_attnums;
	fk->eq_ops = eq_ops;
	fk->to_primary_key = true;
}

Oid
CormEqualityBetween(Oid left, Oid right)
{
	CormTypeOrder l = CormTypeOrderOf(getBaseType(left));
	CormTypeOrder r = CormTypeOrderOf(getBaseType(right));

	if (!OidIsValid(l.family) || l.family != r.family)
		return InvalidOid;

	/* the types of one polymorphic operator class are not one another's equal */
	if (IsPolymorphicType(l.intype) &&
		getBaseType(left) != getBaseType(right))
		return InvalidOid;
	return get_opfamily_member(l.family, l.intype, r.intype, BTEqualStrategyNumber);
}

Oid
CormForeignKeyTable(Oid constraint)
{
	HeapTuple	tuple = SearchSysCache1(CONSTROID,
										ObjectIdGetDatum(constraint));
	Oid			relid = InvalidOid;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	if (((Form_pg_constraint) GETSTRUCT(tuple))->contype == CONSTRAINT_FOREIGN)
		relid = ((Form_pg_constraint) GETSTRUCT(tuple))->conrelid;
	ReleaseSysCache(tuple);
	return relid;
}

Oid
CormConstraintOid(Oid relid, const char *name)
{
	return get_relation_constraint_oid(relid, name, true);
}

CormKey
CormReadDeleteSetColumns(Oid relid, const char *name)
{
	HeapTuple	tuple = CopyConstraint(relid, name);
	CormKey		key = {0, NULL};
	AttrNumber	conkey[INDEX_MAX_KEYS];
	AttrNumber	confkey[INDEX_MAX_KEYS];
	int			nkeys;

	if (tuple == NULL)
		return key;
	key.attnums = palloc(sizeof(AttrNumber) * INDEX_MAX_KEYS);
	DeconstructFkConstraintRow(tuple, &nkeys, conkey, confkey, NULL, NULL,
							   NULL, &key.n, key.attnums);
	return key;
}

bool
CormIsDeferrable(Oid relid, const char *name, bool *deferred)
{
	HeapTuple	tuple = CopyConstraint(relid, name);
	Form_pg_constraint con;

	if (deferred != NULL)
		*deferred = false;
	if (tuple == NULL)
		return false;
	con = (Form_pg_constraint) GETSTRUCT(tuple);
	if (deferred != NULL)
		*deferred = con->condeferred;
	return con->condeferrable;
}

bool
CormKeyHas(CormKey key, AttrNumber attnum)
{
	for (int i = 0; i < key.n; i++)
	{
		if (key.attnums[i] == attnum)
			return true;
	}
	return false;
}

bool
CormAllNotNull(Oid relid, CormKey columns)
{
	int			n;
	CormColumn *all = CormReadColumns(relid, &n);

	for (int i = 0; i < n; i++)
	{
		if (CormKeyHas(columns, all[i].attnum) && !all[i].not_null)
			return false;
	}
	return true;
}

List *
CormColumnNames(Oid relid, int n, const AttrNumber *attnums)
{
	List	   *names = NIL;

	for (int i = 0; i < n; i++)
	{
		char	   *name = get_attname(relid, attnums[i], true);

		names = lappend(names, name != NULL ? name : pstrdup("?"));
	}
	return names;
}

bool
CormMayRead(Oid relid)
{
	return pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck_all(relid, GetUserId(), ACL_SELECT,
								  ACLMASK_ANY) == ACLCHECK_OK;
}

bool
CormMaySee(Oid relid)
{
	return CormOwnsTable(relid, GetUserId()) ||
		pg_class_aclcheck(relid, GetUserId(), ACL_ALL_RIGHTS_RELATION) == ACLCHECK_OK ||
		pg_attribute_aclcheck_all(relid, GetUserId(), ACL_ALL_RIGHTS_COLUMN,
								  ACLMASK_ANY) == ACLCHECK_OK;
}

bool
CormMayReference(Oid relid, CormKey columns)
{
	if (pg_class_aclcheck(relid, GetUserId(), ACL_REFERENCES) == ACLCHECK_OK)
		return true;
	for (int i = 0; i < columns.n; i++)
	{
		if (pg_attribute_aclcheck(relid, columns.attnums[i], GetUserId(),
								  ACL_REFERENCES) != ACLCHECK_OK)
			return false;
	}
	return columns.n > 0;
}

static SysScanDesc
BeginConstraintScan(Relation rel, Oid relid)
{
	ScanKeyData key;

	ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	return systable_beginscan(rel, ConstraintRelidTypidNameIndexId, true, NULL,
							  1, &key);
}

static CormForeignKey *
ReadForeignKey(HeapTuple tuple)
{
	Form_pg_constraint con = (Form_pg_constraint) GETSTRUCT(tuple);
	CormForeignKey *fk = palloc0(sizeof(CormForeignKey));

	fk->name = pstrdup(NameStr(con->conname));
	fk->referencing = con->conrelid;
	fk->referenced = con->confrelid;
	fk->fk_attnums = palloc0(sizeof(AttrNumber) * INDEX_MAX_KEYS);
	fk->pk_attnums = palloc0(sizeof(AttrNumber) * INDEX_MAX_KEYS);
	fk->eq_ops = palloc0(sizeof(Oid) * INDEX_MAX_KEYS);
	DeconstructFkConstraintRow(tuple, &fk->nkeys, fk->fk_attnums,
							   fk->pk_attnums, fk->eq_ops, NULL, NULL, NULL,
							   NULL);
	fk->validated = con->convalidated;
	fk->match_type = con->confmatchtype;
	fk->on_delete = con->confdeltype;
	fk->on_update = con->confupdtype;
	return fk;
}

/* NULL when the table has no constraint of that name. */
static HeapTuple
CopyConstraint(Oid relid, const char *name)
{
	Oid			oid = CormConstraintOid(relid, name);

	return OidIsValid(oid) ?
		SearchSysCacheCopy1(CONSTROID, ObjectIdGetDatum(oid)) : NULL;
}

List *
CormParentTables(Oid relid)
{
	List	   *parents = NIL;
	Relation	inherits = table_open(InheritsRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(inherits, InheritsRelidSeqnoIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		parents = lappend_oid(parents, ((Form_pg_inherits) GETSTRUCT(tuple))->inhparent);
	systable_endscan(scan);
	table_close(inherits, AccessShareLock);
	return parents;
}

List *
CormUsableSchemas(void)
{
	Relation	rel = table_open(NamespaceRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, NULL, 0, NULL);
	List	   *names = NIL;
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_namespace namespace = (Form_pg_namespace) GETSTRUCT(tuple);

		if (CormSchemaAclCheck(namespace->oid, GetUserId(), ACL_USAGE) == ACLCHECK_OK)
			names = lappend(names, pstrdup(NameStr(namespace->nspname)));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return names;
}

void
CormRequireSchemaUsage(Oid schema)
{
	if (CormSchemaAclCheck(schema, GetUserId(), ACL_USAGE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, get_namespace_name(schema));
}
