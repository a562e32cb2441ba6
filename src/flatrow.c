/*-------------------------------------------------------------------------
 *
 * flatrow.c
 *	  Running flat rows: each as JSON text or as a typed value.
 *
 * Values are written as to_json() writes them.  A key of several columns is an
 * array; where one of its parts is NULL there is no row that it could be the
 * key of, and it is null as a whole.
 *
 * Encoders are chosen when the statement starts, which must return what was
 * resolved: a typed value goes into the store as it is.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/tuptable.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "deparse.h"
#include "encode.h"
#include "exec.h"
#include "flatrow.h"
#include "level.h"

/* What stands before a value. */
typedef struct Label
{
	const char *text;
	int			len;
} Label;

typedef struct FlatReceiver
{
	DestReceiver pub;
	const CormFlat *flat;
	CormFlatShape shape;
	Tuplestorestate *store;
	TupleDesc	desc;
	bool		composite;		/* the typed value is */
	CormEncoder *encoders;		/* by target */
	Label	   *labels;			/* by column */
	StringInfoData text;
	CormTally	tally;
	MemoryContext context;		/* of all of this */
	MemoryContext scratch;		/* of one row */
} FlatReceiver;

/* ---------- JSON ---------- */

static void
AppendValue(FlatReceiver *receiver, const Label *label, TupleTableSlot *slot, int target)
{
	CormEncodeNext(&receiver->encoders[target], &receiver->text, label->text, label->len,
				   slot->tts_values[target], slot->tts_isnull[target]);
}

static void
AppendColumn(FlatReceiver *receiver, const Label *label, TupleTableSlot *slot,
			 const CormFlatColumn *column)
{
	static const Label comma = {",", 1};
	static const Label nothing = {"", 0};
	StringInfo	text = &receiver->text;

	if (column->nvalues == 1)
	{
		AppendValue(receiver, label, slot, column->targets[0]);
		return;
	}
	appendBinaryStringInfo(text, label->text, label->len);
	for (int i = 0; i < column->nvalues; i++)
		if (slot->tts_isnull[column->targets[i]])
		{
			appendBinaryStringInfo(text, "null", 4);
			return;
		}
	appendStringInfoChar(text, '[');
	for (int i = 0; i < column->nvalues; i++)
		AppendValue(receiver, i == 0 ? &nothing : &comma, slot, column->targets[i]);
	appendStringInfoChar(text, ']');
}

static Datum
JsonOfRow(FlatReceiver *receiver, TupleTableSlot *slot)
{
	StringInfo	text = &receiver->text;
	ListCell   *lc;

	resetStringInfo(text);
	foreach(lc, receiver->flat->columns)
		AppendColumn(receiver, &receiver->labels[foreach_current_index(lc)], slot, lfirst(lc));
	if (receiver->shape != CORM_FLAT_JSON)
		appendStringInfoChar(text, receiver->shape == CORM_FLAT_OBJECT ? '}' : ']');
	return PointerGetDatum(cstring_to_text_with_len(text->data, text->len));
}

/* ---------- typed values ---------- */

/*
 * A composite value goes into the store as a row; one that is NULL as a row of
 * NULLs, for a store has no other.
 */
static void
PutComposite(FlatReceiver *receiver, Datum value, bool isnull)
{
	HeapTupleHeader header;
	HeapTupleData tuple;

	if (isnull)
	{
		int			natts = receiver->desc->natts;
		Datum	   *values = palloc0(natts * sizeof(Datum));
		bool	   *nulls = palloc(natts * sizeof(bool));

		memset(nulls, true, natts * sizeof(bool));
		tuplestore_putvalues(receiver->store, receiver->desc, values, nulls);
		return;
	}
	header = DatumGetHeapTupleHeader(value);
	memset(&tuple, 0, sizeof(tuple));
	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_data = header;
	tuplestore_puttuple(receiver->store, &tuple);
}

/* ---------- receiving ---------- */

static Label
LabelOf(const FlatReceiver *receiver, const CormFlatColumn *column, bool first)
{
	StringInfoData text;
	Label		label;

	initStringInfo(&text);
	if (receiver->shape == CORM_FLAT_OBJECT)
	{
		appendStringInfoChar(&text, first ? '{' : ',');
		escape_json(&text, column->path);
		appendStringInfoChar(&text, ':');
	}
	else if (receiver->shape == CORM_FLAT_ARRAY)
		appendStringInfoChar(&text, first ? '[' : ',');
	label.text = text.data;
	label.len = text.len;
	return label;
}

static void
Startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	FlatReceiver *receiver = (FlatReceiver *) self;
	MemoryContext old = MemoryContextSwitchTo(receiver->context);
	List	   *columns = receiver->flat->columns;
	ListCell   *lc;

	CormCheckResult(receiver->flat->select, typeinfo);
	receiver->encoders = palloc0(typeinfo->natts * sizeof(CormEncoder));
	for (int i = 0; i < typeinfo->natts; i++)
		CormEncoderInit(&receiver->encoders[i], TupleDescAttr(typeinfo, i)->atttypid);
	receiver->composite = type_is_rowtype(TupleDescAttr(typeinfo, 0)->atttypid);

	receiver->labels = palloc(list_length(columns) * sizeof(Label));
	foreach(lc, columns)
		receiver->labels[foreach_current_index(lc)] =
			LabelOf(receiver, lfirst(lc), foreach_current_index(lc) == 0);
	MemoryContextSwitchTo(old);
}

static bool
Receive(TupleTableSlot *slot, DestReceiver *self)
{
	FlatReceiver *receiver = (FlatReceiver *) self;
	MemoryContext old = MemoryContextSwitchTo(receiver->scratch);
	Datum		value;
	bool		isnull = false;

	CormTallyRead(&receiver->tally);
	slot_getallattrs(slot);
	if (receiver->shape != CORM_FLAT_TYPED)
		value = JsonOfRow(receiver, slot);
	else
	{
		value = slot->tts_values[0];
		isnull = slot->tts_isnull[0];
	}
	if (receiver->shape == CORM_FLAT_TYPED && receiver->composite)
		PutComposite(receiver, value, isnull);
	else
		tuplestore_putvalues(receiver->store, receiver->desc, &value, &isnull);
	MemoryContextSwitchTo(old);
	MemoryContextReset(receiver->scratch);
	return true;
}

static void
DoNothing(DestReceiver *self)
{
}

void
CormRunFlat(const CormFlat *flat, CormFlatShape shape, Tuplestorestate *store, TupleDesc desc)
{
	FlatReceiver receiver = {
		{Receive, Startup, DoNothing, DoNothing, DestNone}, flat, shape, store, desc
	};
	char	   *sql;
	int64		rows;

	sql = CormDeparseRoots(flat->select, &rows);
	receiver.context = CurrentMemoryContext;
	receiver.scratch = AllocSetContextCreate(CurrentMemoryContext, "corm flat row",
											 ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&receiver.text);
	(void) CormExecuteUpTo(flat->select->label, sql, CormBindParams(flat->select), true, rows,
						   &receiver.pub);
	MemoryContextDelete(receiver.scratch);
}
