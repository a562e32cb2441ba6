/*-------------------------------------------------------------------------
 *
 * bulk_read.c
 *	  Many JSON objects as rows to write.
 *
 * What a member's name means is found out once, and its values are converted
 * by a function that is looked up once, to what value.c would make of them.
 * What takes more than that (a composite key, null for a relation, a name that
 * nobody knows) is left to data.c, row by row.
 *
 * Columns are kept for all rows until the statement runs; what else the reading
 * of a row takes goes with its end.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "bulk_read.h"
#include "data.h"
#include "jsonrows.h"
#include "natural_key.h"
#include "path.h"
#include "pathtext.h"
#include "value.h"

/* ---------- values ---------- */

/*
 * The text of a scalar, as the ->> operator gives it, until the next one.
 */
static char *
ScalarText(CormBulkReader *reader, const JsonbValue *value)
{
	if (value->type == jbvNumeric && reader->number)
		return unconstify(char *, reader->number);
	if (value->type == jbvNumeric)
		return DatumGetCString(DirectFunctionCall1(numeric_out,
												   NumericGetDatum(value->val.numeric)));
	if (value->type == jbvBool)
		return value->val.boolean ? "true" : "false";
	if (reader->terminated)
		return value->val.string.val;
	resetStringInfo(&reader->text);
	appendBinaryStringInfo(&reader->text, value->val.string.val, value->val.string.len);
	return reader->text.data;
}

/*
 * A value of the member's column, in the current context.
 */
static Datum
Convert(CormBulkReader *reader, CormBulkMember *member, JsonbValue *value, bool *isnull)
{
	const CormColumn *column = member->column->column;
	Datum		scalar;

	if (member->conversion == CORM_CONVERT_GENERAL ||
		(member->conversion != CORM_CONVERT_JSONB &&
		 (value->type == jbvBinary || (member->is_array && value->type != jbvString))))
		return CormValueFromJson(value, column->typid, column->typmod, isnull);

	*isnull = value->type == jbvNull;
	if (*isnull)
		return (Datum) 0;
	if (member->conversion == CORM_CONVERT_JSONB)
		return JsonbPGetDatum(JsonbValueToJsonb(value));
	if (member->conversion == CORM_CONVERT_TEXT && value->type == jbvString)
		return PointerGetDatum(cstring_to_text_with_len(value->val.string.val,
														value->val.string.len));
	if (member->conversion == CORM_CONVERT_BOOLEAN && value->type == jbvBool)
		return BoolGetDatum(value->val.boolean);
	if ((value->type != jbvNumeric || reader->number == NULL) &&
		CormScalarFromJson(value, column->typid, column->typmod, &scalar))
		return scalar;
	return InputFunctionCall(&member->input, ScalarText(reader, value), member->ioparam,
							 column->typmod);
}

static void
SetKept(CormBulkReader *reader, CormBulkColumn *column, int row, Datum value, bool isnull,
		int16 typlen, bool byval, const char *key)
{
	MemoryContext old = MemoryContextSwitchTo(reader->keep);

	if (!isnull)
		value = datumCopy(value, byval, typlen);
	CormBulkSet(column, row, value, isnull, key);
	MemoryContextSwitchTo(old);
}

/* ---------- rows ---------- */

static void
RowIsNoObject(const CormBulkReader *reader, const JsonbValue *value)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" must be a JSON object",
					CormBulkPlace(reader->bulk, reader->frame.row, NULL)),
			 errdetail("It is %s.", CormJsonKindName(value))));
}

static void
KeyIsNull(const CormBulkReader *reader, const CormBulkMember *member)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the key given for \"%s\" is null",
					CormBulkPlace(reader->bulk, reader->frame.row, member->name))));
}

static void
AddToRest(JsonbParseState **state, JsonbValue *name, JsonbValue *value)
{
	if (*state == NULL)
		(void) pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	(void) pushJsonbValue(state, WJB_KEY, name);
	(void) pushJsonbValue(state, WJB_VALUE, value);
}

/*
 * What was left for data.c, beside what is known of the row already.
 */
static void
ReadRest(CormBulkReader *reader, int row, JsonbParseState **state)
{
	JsonbValue *object = pushJsonbValue(state, WJB_END_OBJECT, NULL);
	JsonbValue *data = CormJsonbToValue(JsonbValueToJsonb(object));
	JsonbValue *link = NULL;
	List	   *assignments = NIL;
	int			known;
	ListCell   *lc;

	foreach(lc, reader->bulk->columns)
	{
		CormBulkColumn *column = lfirst(lc);

		if (column->given[row])
			CormAssign(&assignments, column->column, column->values[row],
					   column->nulls[row], column->key);
	}
	known = list_length(assignments);
	assignments = CormReadData(reader->bulk->model, reader->through, assignments, data, &link);
	for_each_from(lc, assignments, known)
	{
		CormAssignment *assignment = lfirst(lc);
		MemoryContext old = MemoryContextSwitchTo(reader->keep);
		CormBulkColumn *column = CormBulkColumnOf(reader->bulk, assignment->column);
		const char *key = pstrdup(assignment->key);
		int16		typlen;
		bool		byval;

		MemoryContextSwitchTo(old);
		get_typlenbyval(assignment->column->typid, &typlen, &byval);
		SetKept(reader, column, row, assignment->value, assignment->isnull, typlen, byval, key);
	}
	if (link)
	{
		MemoryContext old;

		/* for the error that says where */
		reader->frame.key = reader->link->name;
		(void) CormReadLinkValues(reader->through, link);
		old = MemoryContextSwitchTo(reader->keep);
		reader->links[row] = CormJsonbToValue(JsonbValueToJsonb(link));
		MemoryContextSwitchTo(old);
	}
}

/*
 * True when the value was all that had to be looked at.
 */
static bool
ReadSimple(CormBulkReader *reader, CormBulkMember *member, int row, JsonbValue *value)
{
	Datum		datum;
	bool		isnull;

	if (member->relation && CormJsonIsObject(value))
	{
		const CormRelation *relation = member->relation;
		MemoryContext old;

		if (relation->broken || relation->reverse || relation->to_many ||
			relation->fk->name == NULL || CormHoldsKey(CormRelationTarget(relation), value))
			return false;
		old = MemoryContextSwitchTo(reader->keep);
		CormNaturalKeyAdd(reader->natural, relation, row, value);
		MemoryContextSwitchTo(old);
		return true;
	}
	if (member->column == NULL)
		return false;
	if (member->of_key && value->type == jbvNull && member->relation == NULL)
		KeyIsNull(reader, member);
	if (member->of_key && (value->type == jbvNull || value->type == jbvBinary))
		return false;
	datum = Convert(reader, member, value, &isnull);
	SetKept(reader, member->column, row, datum, isnull, member->typlen, member->byval,
			member->name);
	return true;
}

pg_noreturn static void
RaiseUnknown(CormBulkReader *reader, const CormBulkMember *member)
{
	reader->frame.key = member->name;
	if (reader->tree)
		CormUnknownTreeMember(reader->bulk->model, reader->link, member->name);
	CormUnknownMember(reader->bulk->model, reader->link, member->name);
}

/*
 * Does the tree have the value?  A key that is null is none.
 */
static bool
IsTakenByTree(CormBulkReader *reader, const CormBulkMember *member, int row, JsonbValue *value)
{
	const CormRelation *relation = member->relation;
	MemoryContext old;
	bool		taken;

	if (reader->tree == NULL)
		return false;
	if (member->expected)
	{
		old = MemoryContextSwitchTo(reader->keep);
		reader->tree->expect(reader->tree->arg, row, member->expected, value);
		MemoryContextSwitchTo(old);
		return true;
	}
	if (relation == NULL)
		return member->of_key && value->type == jbvNull;
	if ((relation->reverse || relation->to_many) ? member->column != NULL :
		!CormJsonIsObject(value) && (relation->broken || relation->fk->to_primary_key ||
									 value->type == jbvNull || member->column != NULL))
		return false;
	old = MemoryContextSwitchTo(reader->keep);
	taken = reader->tree->take(reader->tree->arg, row, relation, value);
	MemoryContextSwitchTo(old);
	return taken;
}

/*
 * True when nothing of the member is left for data.c.
 */
static bool
ReadMember(CormBulkReader *reader, CormBulkMember *member, int row, JsonbValue *value)
{
	reader->frame.key = member->name;
	if (member->skipped)
		return true;
	if (member->unknown)
		RaiseUnknown(reader, member);
	return IsTakenByTree(reader, member, row, value) ||
		ReadSimple(reader, member, row, value);
}

static void
ReadRow(CormBulkReader *reader, int row, JsonbValue *object)
{
	JsonbIterator *it;
	JsonbParseState *rest = NULL;
	JsonbValue	name;
	JsonbValue	value;
	int			at = 0;
	const char *rest_key = NULL;	/* the only member of the rest */

	reader->frame.row = row;
	reader->frame.key = NULL;
	if (!CormJsonIsObject(object))
		RowIsNoObject(reader, object);
	it = JsonbIteratorInit(object->val.binary.data);
	(void) JsonbIteratorNext(&it, &name, true);
	while (JsonbIteratorNext(&it, &name, true) == WJB_KEY)
	{
		CormBulkMember *member = CormFindBulkMember(reader, name.val.string.val,
													name.val.string.len, &at);

		(void) JsonbIteratorNext(&it, &value, true);
		if (ReadMember(reader, member, row, &value))
			continue;
		rest_key = rest ? NULL : member->name;
		AddToRest(&rest, &name, &value);
	}
	reader->frame.key = rest_key;
	if (rest)
		ReadRest(reader, row, &rest);
}

/* ---------- rows in a text ---------- */

/*
 * Where the members stand, in the order of their first mention: of one that
 * stands there several times the last counts, as in jsonb.
 */
static int
PlaceMembers(CormBulkReader *reader, int row, const CormJsonRows *rows,
			 CormBulkMember **members)
{
	int			at = 0;
	int			n = 0;

	for (int i = 0; i < rows->nmembers; i++)
	{
		const CormJsonRowMember *given = &rows->members[i];
		CormBulkMember *member = CormFindBulkMember(reader, CormJsonRowText(rows, given->name),
										given->name_len, &at);

		CHECK_FOR_INTERRUPTS();
		if (member->unknown && !member->skipped)
			RaiseUnknown(reader, member);
		if (member->last_row != row)
		{
			member->last_row = row;
			member->last_place = n++;
		}
		members[member->last_place] = member;
		reader->places[member->last_place] = i;
	}
	return n;
}

/*
 * The value as jsonb has it, but for a number whose text is all that the column's
 * input function needs.
 */
static void
TakeValue(CormBulkReader *reader, const CormJsonRows *rows, const CormJsonRowMember *given,
		  const CormBulkMember *member, JsonbValue *value)
{
	reader->number = NULL;
	if (given->type == JSON_TOKEN_NUMBER && member->column && !member->is_array &&
		member->conversion != CORM_CONVERT_GENERAL && member->conversion != CORM_CONVERT_JSONB &&
		CormJsonNumberIsPlain(CormJsonRowText(rows, given->text)))
	{
		value->type = jbvNumeric;
		reader->number = CormJsonRowText(rows, given->text);
		return;
	}
	CormJsonRowValue(rows, given, value);
}

static void
ReadTextRow(CormBulkReader *reader, int row, const CormJsonRows *rows)
{
	CormBulkMember **members = palloc(Max(rows->nmembers, 1) * sizeof(CormBulkMember *));
	JsonbParseState *rest = NULL;
	const char *rest_key = NULL;	/* the only member of the rest */
	JsonbValue	value;
	int			n;

	reader->frame.row = row;
	reader->frame.key = NULL;
	if (!rows->is_object)
	{
		CormJsonRowValue(rows, &rows->members[0], &value);
		RowIsNoObject(reader, &value);
	}
	n = PlaceMembers(reader, row, rows, members);
	for (int i = 0; i < n; i++)
	{
		JsonbValue	name = {.type = jbvString};

		reader->frame.key = members[i]->name;
		TakeValue(reader, rows, &rows->members[reader->places[i]], members[i], &value);
		if (ReadMember(reader, members[i], row, &value))
			continue;
		name.val.string.val = members[i]->name;
		name.val.string.len = members[i]->len;
		rest_key = rest ? NULL : members[i]->name;
		AddToRest(&rest, &name, &value);
	}
	reader->frame.key = rest_key;
	if (rest)
		ReadRest(reader, row, &rest);
}

/* ---------- all rows ---------- */

static void
ReadTextRows(CormBulkReader *reader, text *document)
{
	CormJsonRows *rows = CormJsonRowsBegin(document, reader->bulk->n);

	reader->terminated = true;
	while (CormJsonRowsNext(rows))
	{
		CHECK_FOR_INTERRUPTS();
		if (reader->maxplaces < rows->nmembers)
		{
			reader->maxplaces = rows->nmembers;
			reader->places = palloc(reader->maxplaces * sizeof(int));
		}
		MemoryContextSwitchTo(reader->scratch);
		ReadTextRow(reader, rows->row, rows);
		MemoryContextSwitchTo(reader->keep);
		MemoryContextReset(reader->scratch);
	}
}

static void
ReadOne(CormBulkReader *reader, int row, JsonbValue *object)
{
	CHECK_FOR_INTERRUPTS();
	MemoryContextSwitchTo(reader->scratch);
	ReadRow(reader, row, object);
	MemoryContextSwitchTo(reader->keep);
	MemoryContextReset(reader->scratch);
}

static void
ReadJsonbRows(CormBulkReader *reader, JsonbValue *array)
{
	JsonbIterator *it = JsonbIteratorInit(array->val.binary.data);
	JsonbValue	element;

	(void) JsonbIteratorNext(&it, &element, true);
	for (int row = 0; JsonbIteratorNext(&it, &element, true) == WJB_ELEM; row++)
		ReadOne(reader, row, &element);
}

static void
BeginReading(CormBulkReader *reader)
{
	reader->keep = CurrentMemoryContext;
	reader->natural = CormNaturalKeysBegin(reader->bulk);
	reader->scratch = AllocSetContextCreate(CurrentMemoryContext, "corm bulk row",
											ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&reader->text);
	reader->passed_over.name = "";
	reader->passed_over.skipped = true;
	reader->passed_over.last_row = -1;
	if (reader->through && OidIsValid(reader->through->through))
		reader->link = CormModelByRelid(reader->through->through);
	CormRowFramePush(&reader->frame, "reading");
	CormRowFrameOf(&reader->frame, reader->bulk);
}

static void
EndReading(CormBulkReader *reader)
{
	CormRowFramePop(&reader->frame);
	MemoryContextDelete(reader->scratch);
	CormNaturalKeysLookUp(reader->natural);
}

void
CormBulkRead(CormBulk *bulk, const CormRelation *through, JsonbValue *array, List *only,
			 JsonbValue **links)
{
	CormBulkReader reader = {bulk, through, NULL, only, links};

	BeginReading(&reader);
	ReadJsonbRows(&reader, array);
	EndReading(&reader);
}

void
CormBulkReadText(CormBulk *bulk, const CormRelation *through, text *document, List *only,
				 JsonbValue **links)
{
	CormBulkReader reader = {bulk, through, NULL, only, links};

	BeginReading(&reader);
	ReadTextRows(&reader, document);
	EndReading(&reader);
}

void
CormBulkReadTree(CormBulk *bulk, const CormRelation *through, const CormTreeRows *rows,
				 JsonbValue **links)
{
	CormBulkReader reader = {bulk, through, NULL, NIL, links, rows};

	BeginReading(&reader);
	for (int row = 0; row < bulk->n; row++)
		if (rows->objects[row])
			ReadOne(&reader, row, rows->objects[row]);
	EndReading(&reader);
}

List *
CormColumnsNamed(const CormModel *model, List *names)
{
	List	   *columns = NIL;
	ListCell   *lc;

	foreach(lc, names)
	{
		const char *name = lfirst(lc);
		const CormColumn *column = CormFindColumn(model, name);
		const CormRelation *relation = column ? NULL : CormFindRelation(model, name);

		if (column)
			columns = list_append_unique_ptr(columns, unconstify(CormColumn *, column));
		else if (relation && !relation->broken && !relation->reverse && !relation->to_many &&
				 relation->fk->name != NULL)
			for (int i = 0; i < relation->fk->nkeys; i++)
				columns = list_append_unique_ptr(columns,
												 unconstify(CormColumn *,
															CormColumnByNumber(model, relation->fk->fk_attnums[i])));
		else
			CormUnknownMember(model, NULL, name);
	}
	return columns;
}
