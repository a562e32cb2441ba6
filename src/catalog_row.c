/*-------------------------------------------------------------------------
 *
 * catalog_row.c
 *	  Rows of corm's own tables: as tuples, and as structures.
 *
 * The only file that knows what is in the columns of these tables.  A row may
 * have been made by hand: what it lacks is NULL, NIL or InvalidOid.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "catalog_row.h"

static Oid	OidAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc);
static bool BoolAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc);
static char *TextAttribute(HeapTuple tuple, AttrNumber attnum, TupleDesc desc);
static List *NamesAttribute(HeapTuple tuple, AttrNumber attnum,
							TupleDesc desc);
static void SetText(Datum *values, bool *nulls, AttrNumber attnum,
					const char *value);
static void SetNames(Datum *values, bool *nulls, AttrNumber attnum,
					 List *names);

void *
CormModelOfTuple(HeapTuple tuple, TupleDesc desc)
{
	CormModelRow *row = palloc0(sizeof(CormModelRow));

	row->tid = tuple->t_self;
	row->relid = OidAttribute(tuple, Anum_model_table_name, desc);
	row->name = TextAttribute(tuple, Anum_model_name, desc);
	row->key = NamesAttribute(tuple, Anum_model_key, desc);
	return row;
}

void *
CormRelationOfTuple(HeapTuple tuple, TupleDesc desc)
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
	row->counter.column = TextAttribute(tuple, Anum_relation_counter_column,
										desc);
	row->counter.name = TextAttribute(tuple, Anum_relation_counter_name, desc);
	row->reverse_counter.column =
		TextAttribute(tuple, Anum_relation_reverse_counter_column, desc);
	row->reverse_counter.name =
		TextAttribute(tuple, Anum_relation_reverse_counter_name, desc);
	return row;
}

HeapTuple
CormTupleOfModel(const CormModelRow *row, TupleDesc desc)
{
	Datum		values[Natts_model] = {0};
	bool		nulls[Natts_model] = {0};

	values[Anum_model_table_name - 1] = ObjectIdGetDatum(row->relid);
	SetText(values, nulls, Anum_model_name, row->name);
	SetNames(values, nulls, Anum_model_key, row->key);
	return heap_form_tuple(desc, values, nulls);
}

HeapTuple
CormTupleOfRelation(const CormRelationRow *row, TupleDesc desc)
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
	SetText(values, nulls, Anum_relation_counter_column, row->counter.column);
	SetText(values, nulls, Anum_relation_counter_name, row->counter.name);
	SetText(values, nulls, Anum_relation_reverse_counter_column,
			row->reverse_counter.column);
	SetText(values, nulls, Anum_relation_reverse_counter_name,
			row->reverse_counter.name);
	return heap_form_tuple(desc, values, nulls);
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
