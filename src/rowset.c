/*-------------------------------------------------------------------------
 *
 * rowset.c
 *	  Keys and values of many rows as parameters of one statement.
 *
 * Values travel as one array per column, or as an array of their texts, cast
 * back in the statement, where CormTravelsAsText() says so.
 *
 * Everything is allocated in the current memory context.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/typcache.h"

#include "rowset.h"
#include "typefacts.h"
#include "typeorder.h"
#include "value.h"

static CormColumnValue *
MakeColumnValue(const CormColumn *column, int param)
{
	CormColumnValue *value = palloc0(sizeof(CormColumnValue));

	value->column = column;
	value->param = param;
	return value;
}

CormColumnValue *
CormPlainValue(CormValues *values, const CormColumn *column, Datum value, bool isnull)
{
	return MakeColumnValue(column, CormAddValue(values, column->typid, value, isnull));
}

CormColumnValue *
CormArrayValue(CormValues *values, const CormColumn *column,
			   int n, const Datum *datums, const bool *nulls)
{
	Oid			element = column->typid;
	bool		as_text = CormTravelsAsText(element);
	Datum	   *elements = palloc(Max(n, 1) * sizeof(Datum));
	bool	   *isnull = palloc0(Max(n, 1) * sizeof(bool));
	int			dims[1] = {n};
	int			lower[1] = {1};
	const CormTypeFacts *type;
	CormColumnValue *value;
	ArrayType  *array;

	memcpy(elements, datums, n * sizeof(Datum));
	if (nulls)
		memcpy(isnull, nulls, n * sizeof(bool));
	if (as_text)
	{
		CormExactTexts(element, n, elements, isnull);
		element = TEXTOID;
	}
	type = CormTypeFactsOf(element);
	array = construct_md_array(elements, isnull, 1, dims, lower, element,
							   type->typlen, type->byval, type->align);
	value = MakeColumnValue(column, CormAddValue(values, type->array,
												 PointerGetDatum(array), false));
	value->as_text = as_text;
	return value;
}

List *
CormPlainValues(CormValues *values, const CormModel *model, int n,
				const AttrNumber *attnums, const Datum *datums)
{
	List	   *list = NIL;

	for (int i = 0; i < n; i++)
		list = lappend(list, CormPlainValue(values, CormColumnByNumber(model, attnums[i]),
											datums[i], false));
	return list;
}

/*
 * "least": so many elements at least, the last one several times.
 */
static List *
ArrayValues(CormValues *values, const CormModel *model, int n, const AttrNumber *attnums,
			List *keys, int least)
{
	List	   *list = NIL;
	int			nkeys = list_length(keys);
	int			length = nkeys == 0 ? 0 : Max(nkeys, least);
	Datum	   *datums = palloc(Max(length, 1) * sizeof(Datum));

	for (int i = 0; i < n; i++)
	{
		for (int k = 0; k < length; k++)
			datums[k] = ((Datum *) list_nth(keys, Min(k, nkeys - 1)))[i];
		list = lappend(list, CormArrayValue(values, CormColumnByNumber(model, attnums[i]),
											length, datums, NULL));
	}
	return list;
}

List *
CormArrayValues(CormValues *values, const CormModel *model, int n,
				const AttrNumber *attnums, List *keys)
{
	return ArrayValues(values, model, n, attnums, keys, 0);
}

List *
CormKeyArrays(CormValues *values, const CormModel *model, int n,
			  const AttrNumber *attnums, List *keys)
{
	return ArrayValues(values, model, n, attnums, keys, n == 1 ? CORM_LEAST_KEYS : 0);
}

/*
 * The function that orders the values of a column, for as long as the type's
 * cache entry lives: to the end of the session.
 */
static FmgrInfo *
OrderOf(const CormColumn *column)
{
	TypeCacheEntry *type = lookup_type_cache(column->typid, TYPECACHE_CMP_PROC_FINFO);

	if (!OidIsValid(type->cmp_proc))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("column \"%s\" of type %s has no order",
						column->name, format_type_be(column->typid))));
	return &type->cmp_proc_finfo;
}

int
CormAddPlaces(CormValues *values, int n)
{
	Datum	   *places = palloc(Max(n, 1) * sizeof(Datum));

	for (int i = 0; i < n; i++)
		places[i] = Int32GetDatum(i);
	return CormAddValue(values, INT4ARRAYOID,
						PointerGetDatum(construct_array(places, n, INT4OID, sizeof(int32), true,
														TYPALIGN_INT)), false);
}

void
CormNotePlace(void *found, TupleTableSlot *slot)
{
	((bool *) found)[DatumGetInt32(slot->tts_values[0])] = true;
}

CormKeyOrder
CormKeyOrderOf(const CormModel *model, int n, const AttrNumber *attnums)
{
	CormKeyOrder order;

	order.n = n;
	for (int i = 0; i < n; i++)
	{
		const CormColumn *column = CormColumnByNumber(model, attnums[i]);

		order.integers[i] = CormIntegerLength(column->typid);
		order.functions[i] = order.integers[i] ? NULL : OrderOf(column);
		order.collations[i] = column->collation;
	}
	return order;
}

int
CormCompareByOrder(const CormKeyOrder *by, const Datum *a, const Datum *b)
{
	for (int i = 0; i < by->n; i++)
	{
		int			order = by->integers[i] ? CormCompareIntegers(a[i], b[i], by->integers[i]) :
			DatumGetInt32(FunctionCall2Coll(by->functions[i], by->collations[i], a[i], b[i]));

		if (order != 0)
			return order;
	}
	return 0;
}

int
CormCompareKeys(const CormModel *model, int n, const AttrNumber *attnums,
				const Datum *a, const Datum *b)
{
	CormKeyOrder order = CormKeyOrderOf(model, n, attnums);

	return CormCompareByOrder(&order, a, b);
}

static int
CompareListed(const void *a, const void *b, void *arg)
{
	return CormCompareByOrder(arg, *(Datum *const *) a, *(Datum *const *) b);
}

List *
CormSortKeys(const CormModel *model, int n, const AttrNumber *attnums, List *keys)
{
	int			count = list_length(keys);
	CormKeyOrder order = CormKeyOrderOf(model, count > 1 ? n : 0, attnums);
	Datum	  **sorted = palloc(Max(count, 1) * sizeof(Datum *));
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, keys)
		sorted[foreach_current_index(lc)] = lfirst(lc);
	qsort_arg(sorted, count, sizeof(Datum *), CompareListed, &order);
	for (int i = 0; i < count; i++)
		if (i == 0 || CompareListed(&sorted[i - 1], &sorted[i], &order) != 0)
			result = lappend(result, sorted[i]);
	return result;
}

uint32
CormHashKey(const CormModel *model, int n, const AttrNumber *attnums, const Datum *values)
{
	uint32		hash = 0;

	for (int i = 0; i < n; i++)
	{
		const CormColumn *column = CormColumnByNumber(model, attnums[i]);
		TypeCacheEntry *type = lookup_type_cache(column->typid, TYPECACHE_HASH_PROC_FINFO);

		if (OidIsValid(type->hash_proc))
			hash = hash_combine(hash, DatumGetUInt32(FunctionCall1Coll(&type->hash_proc_finfo,
																	   column->collation,
																	   values[i])));
	}
	return hash;
}
