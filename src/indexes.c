/*-------------------------------------------------------------------------
 *
 * indexes.c
 *	  Indexes as lists of columns.
 *
 * Partial indexes and those over expressions cannot be had from a list of columns
 * and are left out, as are those that are not valid.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "commands/defrem.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "document.h"
#include "indexes.h"

static CormIndex *ReadIndex(Form_pg_index index, HeapTuple tuple,
							TupleDesc desc);
static bool IsPlainIndex(Form_pg_index index, HeapTuple tuple,
						 TupleDesc desc);

List *
CormReadIndexes(Oid relid)
{
	Relation	rel = table_open(IndexRelationId, AccessShareLock);
	List	   *indexes = NIL;
	SysScanDesc scan;
	ScanKeyData scankey;
	HeapTuple	tuple;

	ScanKeyInit(&scankey, Anum_pg_index_indrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, IndexIndrelidIndexId, true, NULL, 1,
							  &scankey);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);

		if (index->indisvalid && index->indislive &&
			heap_attisnull(tuple, Anum_pg_index_indpred, NULL) &&
			heap_attisnull(tuple, Anum_pg_index_indexprs, NULL) &&
			!index->indisexclusion)
			indexes = lappend(indexes, ReadIndex(index, tuple,
												 RelationGetDescr(rel)));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return indexes;
}

bool
CormHasUniqueOver(Oid relid, List *columns)
{
	ListCell   *lc;

	foreach(lc, CormReadIndexes(relid))
	{
		CormIndex  *index = lfirst(lc);
		List	   *names = CormColumnNames(relid, index->key.n,
											index->key.attnums);

		if (index->unique && CormSameNameSet(names, columns))
			return true;
	}
	return false;
}

bool
CormHasIndexExactlyOn(Oid relid, List *columns)
{
	ListCell   *lc;

	foreach(lc, CormReadIndexes(relid))
	{
		CormIndex  *index = lfirst(lc);

		if (index->plain &&
			CormSameNames(columns, CormColumnNames(relid, index->key.n,
											   index->key.attnums)))
			return true;
	}
	return false;
}

static CormIndex *
ReadIndex(Form_pg_index index, HeapTuple tuple, TupleDesc desc)
{
	CormIndex  *read = palloc0(sizeof(CormIndex));
	char	   *name = get_rel_name(index->indexrelid);

	read->name = name != NULL ? name : pstrdup("?");
	read->primary = index->indisprimary;
	read->unique = index->indisunique && index->indimmediate &&
		!index->indnullsnotdistinct;
	read->plain = IsPlainIndex(index, tuple, desc);
	read->key.n = index->indnkeyatts;
	read->key.attnums = palloc(sizeof(AttrNumber) * read->key.n);
	for (int i = 0; i < read->key.n; i++)
		read->key.attnums[i] = index->indkey.values[i];
	return read;
}

/* Is it what CREATE INDEX makes of a list of columns? */
static bool
IsPlainIndex(Form_pg_index index, HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;
	oidvector  *classes =
		(oidvector *) DatumGetPointer(heap_getattr(tuple, Anum_pg_index_indclass,
												   desc, &isnull));
	oidvector  *collations =
		(oidvector *) DatumGetPointer(heap_getattr(tuple, Anum_pg_index_indcollation,
												   desc, &isnull));
	int2vector *options =
		(int2vector *) DatumGetPointer(heap_getattr(tuple, Anum_pg_index_indoption,
													desc, &isnull));

	if (index->indnatts != index->indnkeyatts)
		return false;
	for (int i = 0; i < index->indnkeyatts; i++)
	{
		Oid			type;
		Oid			collation;
		int32		typmod;

		if (index->indkey.values[i] <= 0)
			return false;
		get_atttypetypmodcoll(index->indrelid, index->indkey.values[i], &type,
							  &typmod, &collation);

		/* no class of another access method is a default one of btree */
		if (options->values[i] != 0 || collations->values[i] != collation ||
			classes->values[i] != GetDefaultOpClass(type, BTREE_AM_OID))
			return false;
	}
	return true;
}
