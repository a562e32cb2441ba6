/*-------------------------------------------------------------------------
 *
 * document.c
 *	  Reading JSON documents whose errors say where in the document they are.
 *
 * What is read is a client's, so nothing is assumed about it.  Readers carry
 * the place they are at as a chain of CormDocPath on the C stack, which is
 * rendered only when something is wrong.
 *
 * Containers inside a document are used where they stand (jbvBinary): results
 * point into the document unless said otherwise.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "document.h"

/*
 * Messages
 */

static void
AppendDocPath(StringInfo text, const CormDocPath *at)
{
	if (at->parent)
		AppendDocPath(text, at->parent);
	if (at->word)
		appendStringInfo(text, "%s%s", at->parent ? "." : "", at->word);
	else
		appendStringInfo(text, "[%d]", at->index);
}

/* Returns "prefetch_related.posts.limit", "filter.OR[1]". */
char *
CormDocPathText(const CormDocPath *at)
{
	StringInfoData text;

	initStringInfo(&text);
	AppendDocPath(&text, at);
	return text.data;
}

/* What kind of JSON value it is, to end a sentence with. */
const char *
CormJsonKindName(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return "null";
		case jbvString:
			return "a string";
		case jbvNumeric:
			return "a number";
		case jbvBool:
			return "a boolean";
		case jbvBinary:
			return CormJsonIsArray(value) ? "an array" : "an object";
		default:
			return "a value";
	}
}

void
CormRaiseWrongValue(const CormDocPath *at, const char *expected,
					const JsonbValue *value)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("value of \"%s\" must be %s",
					CormDocPathText(at), expected),
			 errdetail("It is %s.", CormJsonKindName(value))));
}

void
CormRaiseEmpty(const CormDocPath *at)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("value of \"%s\" must not be empty",
					CormDocPathText(at))));
}

void
CormRaiseEmptyKey(const CormDocPath *at)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("object \"%s\" has an empty key",
					CormDocPathText(at))));
}

/*
 * Values
 */

/*
 * Returns what the datum holds.  A scalar's text and a container point into
 * the datum, which must outlive the result.
 */
JsonbValue *
CormJsonbToValue(Jsonb *json)
{
	JsonbValue *value = palloc(sizeof(JsonbValue));

	if (!JsonbExtractScalar(&json->root, value))
		JsonbToJsonbValue(json, value);
	return value;
}

JsonbValue *
CormNullValue(void)
{
	JsonbValue *value = palloc(sizeof(JsonbValue));

	value->type = jbvNull;
	return value;
}

/* Returns a JSON string around a C string, which is not copied. */
JsonbValue *
CormStringToValue(const char *string)
{
	JsonbValue *value = palloc(sizeof(JsonbValue));

	value->type = jbvString;
	value->val.string.val = unconstify(char *, string);
	value->val.string.len = strlen(string);
	return value;
}

bool
CormJsonIsObject(const JsonbValue *value)
{
	return value->type == jbvBinary &&
		JsonContainerIsObject(value->val.binary.data);
}

bool
CormJsonIsArray(const JsonbValue *value)
{
	return value->type == jbvBinary &&
		JsonContainerIsArray(value->val.binary.data) &&
		!JsonContainerIsScalar(value->val.binary.data);
}

List *
CormJsonElements(const JsonbValue *array)
{
	List	   *elements = NIL;
	JsonbIterator *it = JsonbIteratorInit(array->val.binary.data);
	JsonbValue	element;

	(void) JsonbIteratorNext(&it, &element, true);
	while (JsonbIteratorNext(&it, &element, true) == WJB_ELEM)
	{
		JsonbValue *copy = palloc(sizeof(JsonbValue));

		CHECK_FOR_INTERRUPTS();
		*copy = element;
		elements = lappend(elements, copy);
	}
	return elements;
}

JsonbValue *
CormJsonMember(const JsonbValue *object, const char *name)
{
	return getKeyJsonValueFromContainer(object->val.binary.data, name,
										strlen(name), NULL);
}

/* Nothing but white space? */
bool
CormIsBlank(const char *text)
{
	while (scanner_isspace(*text))
		text++;
	return *text == '\0';
}

/* A string that names something, as a C string of its own. */
char *
CormReadName(const JsonbValue *value, const CormDocPath *at)
{
	char	   *text;

	if (value->type != jbvString)
		CormRaiseWrongValue(at, "a string", value);
	text = pnstrdup(value->val.string.val, value->val.string.len);
	if (CormIsBlank(text))
		CormRaiseEmpty(at);
	return text;
}

/* A boolean; null is false. */
bool
CormReadBoolean(const JsonbValue *value, const CormDocPath *at)
{
	if (value->type == jbvNull)
		return false;
	if (value->type != jbvBool)
		CormRaiseWrongValue(at, "true or false", value);
	return value->val.boolean;
}

/* A whole number that is not negative, or -1 for null. */
int64
CormReadCount(const JsonbValue *value, const CormDocPath *at)
{
	Datum		number;
	Datum		whole;
	Datum		biggest = NumericGetDatum(int64_to_numeric(PG_INT64_MAX));
	Datum		smallest = NumericGetDatum(int64_to_numeric(0));

	if (value->type == jbvNull)
		return -1;
	if (value->type != jbvNumeric)
		CormRaiseWrongValue(at, "a whole number", value);

	number = NumericGetDatum(value->val.numeric);
	whole = DirectFunctionCall2(numeric_trunc, number, Int32GetDatum(0));
	if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, number, whole)) != 0 ||
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, number, smallest)) < 0 ||
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, number, biggest)) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("value of \"%s\" must be a whole number from 0 to " INT64_FORMAT,
						CormDocPathText(at), PG_INT64_MAX)));
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, number));
}

/*
 * The elements of an array (JsonbValue *), or, if "single" allows it, a string
 * as the only element; null is an empty list.
 */
List *
CormReadList(JsonbValue *value, bool single, const char *expected,
			 const CormDocPath *at)
{
	if (value->type == jbvNull)
		return NIL;
	if (single && value->type == jbvString)
		return list_make1(value);
	if (!CormJsonIsArray(value))
		CormRaiseWrongValue(at, expected, value);

	return CormJsonElements(value);
}

/* Is the name in a list of char *? */
bool
CormListHasName(List *names, const char *name)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (strcmp(lfirst(cell), name) == 0)
			return true;
	}
	return false;
}

/* The names of the first list that the other one has too. */
List *
CormCommonNames(List *names, List *others)
{
	List	   *common = NIL;
	ListCell   *cell;

	foreach(cell, names)
	{
		if (CormListHasName(others, lfirst(cell)))
			common = lappend(common, lfirst(cell));
	}
	return common;
}

bool
CormSameNames(List *a, List *b)
{
	ListCell   *la;
	ListCell   *lb;

	if (list_length(a) != list_length(b))
		return false;
	forboth(la, a, lb, b)
	{
		if (strcmp(lfirst(la), lfirst(lb)) != 0)
			return false;
	}
	return true;
}

bool
CormSameNameSet(List *a, List *b)
{
	return list_length(a) == list_length(b) &&
		list_length(CormCommonNames(a, b)) == list_length(a);
}

/* A list of names: char *, each once, in order of first mention. */
List *
CormReadNames(List *names, JsonbValue *value, const CormDocPath *at)
{
	ListCell   *cell;

	foreach(cell, CormReadList(value, false, "an array of strings", at))
	{
		CormDocPath here = {at, NULL, foreach_current_index(cell)};
		char	   *name = CormReadName(lfirst(cell), &here);

		CHECK_FOR_INTERRUPTS();
		if (!CormListHasName(names, name))
			names = lappend(names, name);
	}
	return names;
}

/*
 * Steps through the pairs of an object: false after the last.  The value is a
 * new one, the key a C string.
 */
bool
CormNextPair(JsonbIterator **it, char **key, JsonbValue **value)
{
	JsonbValue	read;

	if (JsonbIteratorNext(it, &read, true) != WJB_KEY)
		return false;
	CHECK_FOR_INTERRUPTS();
	*key = pnstrdup(read.val.string.val, read.val.string.len);
	*value = palloc(sizeof(JsonbValue));
	if (JsonbIteratorNext(it, *value, true) != WJB_VALUE)
		elog(ERROR, "key without a value in a jsonb object");
	return true;
}

/* Starts stepping through the pairs of an object: see CormNextPair. */
JsonbIterator *
CormBeginPairs(JsonbValue *object)
{
	JsonbIterator *it = JsonbIteratorInit(object->val.binary.data);
	JsonbValue	ignored;

	if (JsonbIteratorNext(&it, &ignored, true) != WJB_BEGIN_OBJECT)
		elog(ERROR, "not a jsonb object");
	return it;
}

/*
 * Looks at values
 */

#define MOST_LOOKS 64

/* Compared with, never followed: what they point to may be gone. */
static const void *noted[MOST_LOOKS];
static int nnoted;				/* more than there are: some were not noted */

void
CormNoteLook(const void *bytes)
{
	if (nnoted < MOST_LOOKS)
		noted[nnoted] = bytes;
	if (nnoted <= MOST_LOOKS)
		nnoted++;
}

void
CormStartLooking(void)
{
	nnoted = 0;
}

bool
CormLooks(const void *const **looks, int *n)
{
	*looks = noted;
	*n = Min(nnoted, MOST_LOOKS);
	return nnoted <= MOST_LOOKS;
}
