/*-------------------------------------------------------------------------
 *
 * indexes.c
 *	  Indexes as lists of columns: keys, and what finds rows by them.
 *
 * Partial indexes and those over expressions cannot be had from a list of columns
 * and are left out, as are those that are not valid.
 *
 * Read as introspect.c reads: with the catalog snapshot, and without a lock.
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
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "document.h"
#include "indexes.h"
#include "typeorder.h"

/* Sees one index of a table; false ends the visit. */
typedef bool (*IndexVisitor) (void *arg, Form_pg_index index, HeapTuple tuple,
							  TupleDesc desc);

/* Columns, and whether an index was found that does something for them. */
typedef struct Question
{
	CormKey		columns;
	bool		found;
} Question;

static void VisitIndexes(Oid relid, IndexVisitor visit, void *arg);
static bool TakePrimaryKey(void *arg, Form_pg_index index, HeapTuple tuple,
						   TupleDesc desc);
static bool TakeUniqueKey(void *arg, Form_pg_index index, HeapTuple tuple,
						  TupleDesc desc);
static bool TakeIndex(void *arg, Form_pg_index index, HeapTuple tuple,
					  TupleDesc desc);
static bool IsAnswered(Oid relid, CormKey columns, IndexVisitor visit);
static bool AskUniqueWithin(void *arg, Form_pg_index index, HeapTuple tuple,
							TupleDesc desc);
static bool AskPlainUniqueWithin(void *arg, Form_pg_index index, HeapTuple tuple,
								 TupleDesc desc);
static bool AskUniqueOver(void *arg, Form_pg_index index, HeapTuple tuple,
						  TupleDesc desc);
static bool AskStart(void *arg, Form_pg_index index, HeapTuple tuple,
					 TupleDesc desc);
static bool IsComplete(Form_pg_index index, HeapTuple tuple);
static bool IsUniqueWithin(Form_pg_index index, CormKey columns);
static bool FindsByEquality(Oid index);
static CormKey KeyOfIndex(Form_pg_index index);
static CormIndex *ReadIndex(Form_pg_index index, HeapTuple tuple,
							TupleDesc desc);
static bool IsPlainIndex(Form_pg_index index, HeapTuple tuple,
						 TupleDesc desc);

CormKey
CormReadPrimaryKey(Oid relid)
{
	CormKey		key = {0, NULL};

	VisitIndexes(relid, TakePrimaryKey, &key);
	return key;
}

bool
CormHasUniqueKeyWithin(Oid relid, CormKey columns)
{
	return IsAnswered(relid, columns, AskUniqueWithin);
}

bool
CormHasUniqueKeyOver(Oid relid, CormKey columns)
{
	return IsAnswered(relid, columns, AskUniqueOver);
}

bool
CormTellsRowsApart(Oid relid, CormKey columns)
{
	/* an index of a parent knows nothing of its children's rows */
	return IsAnswered(relid, columns, AskPlainUniqueWithin) &&
		(get_rel_relkind(relid) != RELKIND_RELATION || !has_subclass(relid));
}

List *
CormReadUniqueKeys(Oid relid)
{
	List	   *keys = NIL;

	VisitIndexes(relid, TakeUniqueKey, &keys);
	return keys;
}

bool
CormHasIndexOn(Oid relid, CormKey columns)
{
	return IsAnswered(relid, columns, AskStart);
}

List *
CormReadIndexes(Oid relid)
{
	List	   *indexes = NIL;

	VisitIndexes(relid, TakeIndex, &indexes);
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

static void
VisitIndexes(Oid relid, IndexVisitor visit, void *arg)
{
	Relation	rel = table_open(IndexRelationId, AccessShareLock);
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, IndexIndrelidIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)) &&
		   visit(arg, (Form_pg_index) GETSTRUCT(tuple), tuple,
				 RelationGetDescr(rel)))
		;
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
}

/* A deferrable key serves no foreign key, but does name the row. */
static bool
TakePrimaryKey(void *arg, Form_pg_index index, HeapTuple tuple, TupleDesc desc)
{
	if (!index->indisprimary || !index->indisvalid)
		return true;
	*(CormKey *) arg = KeyOfIndex(index);
	return false;
}

static bool
TakeUniqueKey(void *arg, Form_pg_index index, HeapTuple tuple, TupleDesc desc)
{
	CormKey    *key = palloc(sizeof(CormKey));

	*key = KeyOfIndex(index);
	if (IsComplete(index, tuple) && IsUniqueWithin(index, *key) &&
		!CormKeyHas(*key, 0))
		*(List **) arg = lappend(*(List **) arg, key);
	return true;
}

static bool
TakeIndex(void *arg, Form_pg_index index, HeapTuple tuple, TupleDesc desc)
{
	if (IsComplete(index, tuple) &&
		heap_attisnull(tuple, Anum_pg_index_indexprs, NULL) &&
		!index->indisexclusion)
		*(List **) arg = lappend(*(List **) arg, ReadIndex(index, tuple, desc));
	return true;
}

static bool
IsAnswered(Oid relid, CormKey columns, IndexVisitor visit)
{
	Question	question = {columns, false};

	VisitIndexes(relid, visit, &question);
	return question.found;
}

static bool
AskUniqueWithin(void *arg, Form_pg_index index, HeapTuple tuple, TupleDesc desc)
{
	Question   *question = arg;

	question->found = IsComplete(index, tuple) &&
		IsUniqueWithin(index, question->columns);
	return !question->found;
}

/* The same, for values that are equal by the columns' own types and collations. */
static bool
AskPlainUniqueWithin(void *arg, Form_pg_index index, HeapTuple tuple, TupleDesc desc)
{
	Question   *question = arg;

	(void) AskUniqueWithin(arg, index, tuple, desc);
	question->found = question->found && IsPlainIndex(index, tuple, desc);
	return !question->found;
}

/* The same, with none of the columns left out: what ON CONFLICT can name. */
static bool
AskUniqueOver(void *arg, Form_pg_index index, HeapTuple tuple, TupleDesc desc)
{
	Question   *question = arg;
	CormKey		key = KeyOfIndex(index);

	question->found = IsComplete(index, tuple) &&
		IsUniqueWithin(index, question->columns);
	for (int i = 0; i < question->columns.n; i++)
		question->found = question->found &&
			CormKeyHas(key, question->columns.attnums[i]);
	return !question->found;
}

static bool
AskStart(void *arg, Form_pg_index index, HeapTuple tuple, TupleDesc desc)
{
	Question   *question = arg;
	CormKey		columns = question->columns;

	question->found = IsComplete(index, tuple) &&
		index->indnkeyatts >= columns.n && FindsByEquality(index->indexrelid);
	for (int i = 0; question->found && i < columns.n; i++)
		question->found = CormKeyHas(columns, index->indkey.values[i]);
	return !question->found;
}

/* Does the index hold every row? */
static bool
IsComplete(Form_pg_index index, HeapTuple tuple)
{
	return index->indisvalid && index->indislive &&
		heap_attisnull(tuple, Anum_pg_index_indpred, NULL);
}

/*
 * Columns behind INCLUDE come after the key columns, so counting only those
 * leaves them out; an expression counts as column 0, which no list contains.
 */
static bool
IsUniqueWithin(Form_pg_index index, CormKey columns)
{
	if (!index->indisunique || !index->indimmediate)
		return false;
	for (int i = 0; i < index->indnkeyatts; i++)
	{
		if (!CormKeyHas(columns, index->indkey.values[i]))
			return false;
	}
	return true;
}

/* At once: a BRIN index does not. */
static bool
FindsByEquality(Oid index)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(index));
	Oid			am = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		am = ((Form_pg_class) GETSTRUCT(tuple))->relam;
		ReleaseSysCache(tuple);
	}
	return am == BTREE_AM_OID || am == HASH_AM_OID;
}

static CormKey
KeyOfIndex(Form_pg_index index)
{
	CormKey		key;

	key.n = index->indnkeyatts;
	key.attnums = palloc(sizeof(AttrNumber) * key.n);
	for (int i = 0; i < key.n; i++)
		key.attnums[i] = index->indkey.values[i];
	return key;
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
	read->key = KeyOfIndex(index);
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
			classes->values[i] != CormTypeOrderClass(type))
			return false;
	}
	return true;
}
