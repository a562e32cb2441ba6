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
#include "natural_key.h"
#include "path.h"
#include "pathtext.h"
#include "value.h"

/* How a column's values are made. */
typedef enum Conversion
{
	CONVERT_GENERAL,			/* as value.c does it */
	CONVERT_INPUT,				/* a scalar, by the type's input function */
	CONVERT_TEXT,				/* the same, but a string as it is */
	CONVERT_BOOLEAN,			/* ... but true and false as they are */
	CONVERT_JSONB
} Conversion;

/* A name in the objects, and what is known of it. */
typedef struct Member
{
	char	   *name;
	int			len;
	bool		skipped;
	bool		unknown;
	const CormRelation *relation;	/* of that name */
	CormBulkColumn *column;		/* takes the value of a scalar, or NULL */
	bool		of_key;			/* ... which is then a key, never null */
	const CormColumn *expected;	/* that a tree says the value of, or NULL */
	Conversion	conversion;
	bool		is_array;
	FmgrInfo	input;
	Oid			ioparam;
	int16		typlen;
	bool		byval;
} Member;

typedef struct Reader
{
	CormBulk   *bulk;
	const CormRelation *through;
	const CormModel *link;		/* its through model, or NULL */
	List	   *only;
	JsonbValue **links;
	const CormTreeRows *tree;	/* or NULL */
	List	   *members;		/* of Member * */
	CormNaturalKeys *natural;
	MemoryContext keep;
	MemoryContext scratch;		/* of one row */
	StringInfoData text;
	CormRowFrame frame;
} Reader;

/* ---------- names ---------- */

static bool
Takes(const Reader *reader, const CormColumn *column)
{
	return reader->only == NIL ||
		list_member_ptr(reader->only, unconstify(CormColumn *, column));
}

/*
 * The column that a to-one relation's key goes to, when it is as simple as that.
 */
static const CormColumn *
ColumnOfRelation(const CormModel *model, const CormRelation *relation)
{
	const CormModel *target;

	if (relation->broken || relation->reverse || relation->to_many ||
		relation->fk->name == NULL || relation->fk->nkeys != 1 || !relation->fk->to_primary_key)
		return NULL;
	target = CormRelationTarget(relation);
	if (target->nkey != 1)
		return NULL;
	return CormColumnByNumber(model, relation->fk->fk_attnums[0]);
}

static void
ChooseConversion(Member *member, const CormColumn *column)
{
	char		typtype = get_typtype(column->typid);
	Oid			function;

	get_typlenbyval(column->typid, &member->typlen, &member->byval);
	member->is_array = type_is_array(column->typid);
	if (column->typid == JSONBOID)
		member->conversion = CONVERT_JSONB;
	else if (typtype == TYPTYPE_DOMAIN || typtype == TYPTYPE_COMPOSITE ||
			 column->typid == JSONOID)
		member->conversion = CONVERT_GENERAL;
	else
	{
		member->conversion = column->typid == TEXTOID ? CONVERT_TEXT :
			column->typid == BOOLOID ? CONVERT_BOOLEAN : CONVERT_INPUT;
		getTypeInputInfo(column->typid, &function, &member->ioparam);
		fmgr_info(function, &member->input);
	}
}

static bool
IsTaken(const Reader *reader, const CormColumn *column, const CormRelation *relation,
		const char *name)
{
	const CormModel *model = reader->bulk->model;

	if (reader->only == NIL || strcmp(name, "pk") == 0)
		return true;
	if (column && Takes(reader, column))
		return true;
	if (relation == NULL || relation->broken || relation->reverse || relation->to_many)
		return false;
	for (int i = 0; i < relation->fk->nkeys; i++)
		if (!Takes(reader, CormColumnByNumber(model, relation->fk->fk_attnums[i])))
			return false;
	return true;
}

/*
 * The column of "column__expect", or NULL.
 */
static const CormColumn *
ExpectedColumn(const Reader *reader, const char *name)
{
	const CormModel *model = reader->bulk->model;
	const char *last = CormPathLastStep(name);
	const char *before;
	const CormColumn *column;

	if (reader->tree == NULL || last == NULL || strcmp(last, "expect") != 0)
		return NULL;
	before = CormPathBefore(name, last);
	column = CormFindColumn(model, before);
	return column ? column : CormFindColumn(model, CormTakeWord(&before, NULL));
}

static Member *
MakeMember(Reader *reader, const char *name, int len)
{
	const CormModel *model = reader->bulk->model;
	Member	   *member = palloc0(sizeof(Member));
	const CormColumn *column;

	member->name = pnstrdup(name, len);
	member->len = len;
	column = CormFindColumn(model, member->name);
	member->relation = CormFindRelation(model, member->name);
	member->skipped = !IsTaken(reader, column, member->relation, member->name);
	member->unknown = column == NULL && member->relation == NULL &&
		strcmp(member->name, "pk") != 0 &&
		(reader->link == NULL || strcmp(member->name, reader->link->name) != 0);
	if (column == NULL && member->relation)
	{
		column = ColumnOfRelation(model, member->relation);
		member->of_key = true;
	}
	else if (column == NULL && member->unknown &&
			 (member->expected = ExpectedColumn(reader, member->name)) != NULL)
		member->unknown = false;
	else if (column == NULL && strcmp(member->name, "pk") == 0 && model->nkey == 1)
	{
		column = CormColumnByNumber(model, model->key[0]);
		member->of_key = true;
	}
	if (column && !member->skipped)
	{
		ChooseConversion(member, column);
		member->column = CormBulkColumnOf(reader->bulk, column);
	}
	reader->members = lappend(reader->members, member);
	return member;
}

/*
 * jsonb keeps members in one order, so that in like objects each follows the
 * same one.  "at" is where to look first.
 */
static Member *
FindMember(Reader *reader, const JsonbValue *name, int *at)
{
	int			n = list_length(reader->members);
	MemoryContext old;
	Member	   *member;

	for (int i = 0; i < n; i++)
	{
		int			place = (*at + i) % n;

		member = list_nth(reader->members, place);
		if (member->len == name->val.string.len &&
			memcmp(member->name, name->val.string.val, member->len) == 0)
		{
			*at = place + 1;
			return member;
		}
	}
	old = MemoryContextSwitchTo(reader->keep);
	member = MakeMember(reader, name->val.string.val, name->val.string.len);
	MemoryContextSwitchTo(old);
	*at = 0;
	return member;
}

/* ---------- values ---------- */

/*
 * The text of a scalar, as the ->> operator gives it, until the next one.
 */
static char *
ScalarText(Reader *reader, const JsonbValue *value)
{
	if (value->type == jbvNumeric)
		return DatumGetCString(DirectFunctionCall1(numeric_out,
												   NumericGetDatum(value->val.numeric)));
	if (value->type == jbvBool)
		return value->val.boolean ? "true" : "false";
	resetStringInfo(&reader->text);
	appendBinaryStringInfo(&reader->text, value->val.string.val, value->val.string.len);
	return reader->text.data;
}

/*
 * A value of the member's column, in the current context.
 */
static Datum
Convert(Reader *reader, Member *member, JsonbValue *value, bool *isnull)
{
	const CormColumn *column = member->column->column;

	if (member->conversion == CONVERT_GENERAL ||
		(member->conversion != CONVERT_JSONB &&
		 (value->type == jbvBinary || (member->is_array && value->type != jbvString))))
		return CormValueFromJson(value, column->typid, column->typmod, isnull);

	*isnull = value->type == jbvNull;
	if (*isnull)
		return (Datum) 0;
	if (member->conversion == CONVERT_JSONB)
		return JsonbPGetDatum(JsonbValueToJsonb(value));
	if (member->conversion == CONVERT_TEXT && value->type == jbvString)
		return PointerGetDatum(cstring_to_text_with_len(value->val.string.val,
														value->val.string.len));
	if (member->conversion == CONVERT_BOOLEAN && value->type == jbvBool)
		return BoolGetDatum(value->val.boolean);
	return InputFunctionCall(&member->input, ScalarText(reader, value), member->ioparam,
							 column->typmod);
}

static void
SetKept(Reader *reader, CormBulkColumn *column, int row, Datum value, bool isnull,
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
RowIsNoObject(const Reader *reader, const JsonbValue *value)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" must be a JSON object",
					CormBulkPlace(reader->bulk, reader->frame.row, NULL)),
			 errdetail("It is %s.", CormJsonKindName(value))));
}

static void
KeyIsNull(const Reader *reader, const Member *member)
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
ReadRest(Reader *reader, int row, JsonbParseState **state)
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
ReadSimple(Reader *reader, Member *member, int row, JsonbValue *value)
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

/*
 * Does the tree have the value?  A key that is null is none.
 */
static bool
IsTakenByTree(Reader *reader, const Member *member, int row, JsonbValue *value)
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

static void
ReadRow(Reader *reader, int row, JsonbValue *object)
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
		Member	   *member = FindMember(reader, &name, &at);

		(void) JsonbIteratorNext(&it, &value, true);
		reader->frame.key = member->name;
		if (member->skipped)
			continue;
		if (member->unknown && reader->tree)
			CormUnknownTreeMember(reader->bulk->model, reader->link, member->name);
		if (member->unknown)
			CormUnknownMember(reader->bulk->model, reader->link, member->name);
		if (IsTakenByTree(reader, member, row, &value))
			continue;
		if (ReadSimple(reader, member, row, &value))
			continue;
		rest_key = rest ? NULL : member->name;
		AddToRest(&rest, &name, &value);
	}
	reader->frame.key = rest_key;
	if (rest)
		ReadRest(reader, row, &rest);
}

static void
BeginReading(Reader *reader)
{
	reader->keep = CurrentMemoryContext;
	reader->natural = CormNaturalKeysBegin(reader->bulk);
	reader->scratch = AllocSetContextCreate(CurrentMemoryContext, "corm bulk row",
											ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&reader->text);
	if (reader->through && OidIsValid(reader->through->through))
		reader->link = CormModelByRelid(reader->through->through);
	CormRowFramePush(&reader->frame, "reading");
	reader->frame.bulk = reader->bulk;
}

static void
ReadOne(Reader *reader, int row, JsonbValue *object)
{
	CHECK_FOR_INTERRUPTS();
	MemoryContextSwitchTo(reader->scratch);
	ReadRow(reader, row, object);
	MemoryContextSwitchTo(reader->keep);
	MemoryContextReset(reader->scratch);
}

static void
EndReading(Reader *reader)
{
	CormRowFramePop(&reader->frame);
	MemoryContextDelete(reader->scratch);
	CormNaturalKeysLookUp(reader->natural);
}

void
CormBulkRead(CormBulk *bulk, const CormRelation *through, JsonbValue *array, List *only,
			 JsonbValue **links)
{
	Reader		reader = {bulk, through, NULL, only, links};
	JsonbIterator *it = JsonbIteratorInit(array->val.binary.data);
	JsonbValue	element;

	BeginReading(&reader);
	(void) JsonbIteratorNext(&it, &element, true);
	for (int row = 0; JsonbIteratorNext(&it, &element, true) == WJB_ELEM; row++)
		ReadOne(&reader, row, &element);
	EndReading(&reader);
}

void
CormBulkReadTree(CormBulk *bulk, const CormRelation *through, const CormTreeRows *rows,
				 JsonbValue **links)
{
	Reader		reader = {bulk, through, NULL, NIL, links, rows};

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
