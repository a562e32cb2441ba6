/*-------------------------------------------------------------------------
 *
 * request.c
 *	  Reading a queryset object into a CormRequest.
 *
 * The reader is pure: no catalog access, no SPI, no setting is consulted, so
 * that the SQL functions above it can be IMMUTABLE.  Names are kept as
 * written; whether a path leads anywhere is found out when a verb runs.
 *
 * A queryset is data from a client, so every value is checked and every
 * recursion is bounded by the stack depth.  Which part of the object is being
 * read is tracked in a chain of DocPath on the C stack, rendered only when
 * something is wrong.
 *
 * No value ever changes the meaning of the object: what a value must be
 * follows from the words and keys above it alone.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/string.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "error.h"
#include "request.h"

/* A place in the object: a word or key, or an element of an array. */
typedef struct DocPath
{
	const struct DocPath *parent;
	const char *word;			/* NULL: an array element */
	int			index;			/* of the element */
} DocPath;

/* Spelled as in CormWord's order. */
static const char *const word_names[] = {
	"model", "pk", "relation", "filter", "exclude", "order_by",
	"select_related", "prefetch_related", "fields", "exclude_fields",
	"limit", "offset"
};

/* Words that a prefetch option object has beside those of a queryset. */
static const char *const option_as = "as";
static const char *const option_more = "more";

static void SayWord(CormRequest *request, CormWord word, JsonbValue *value,
					const DocPath *at);
static CormCondition *ParseFilter(JsonbValue *value, const DocPath *at,
								  List **elements);
static CormCondition *ParseScope(JsonbValue *value, const DocPath *at);
static List *ParseGroup(JsonbValue *value, const DocPath *at);
static void ParseLoads(CormRequest *request, bool select, JsonbValue *value,
					   const DocPath *at);
static void ParseLoadObject(CormRequest *request, JsonbValue *value,
							const DocPath *at);
static void ParseLoadOptions(CormLoad *load, JsonbValue *value,
							 const DocPath *at);

/*
 * Messages
 */

static void
AppendDocPath(StringInfo text, const DocPath *at)
{
	if (at->parent)
		AppendDocPath(text, at->parent);
	if (at->word)
		appendStringInfo(text, "%s%s", at->parent ? "." : "", at->word);
	else
		appendStringInfo(text, "[%d]", at->index);
}

static char *
DocPathText(const DocPath *at)
{
	StringInfoData text;

	initStringInfo(&text);
	AppendDocPath(&text, at);
	return text.data;
}

static const char *
ValueKindName(const JsonbValue *value)
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
			return "true or false";
		case jbvBinary:
			return JsonContainerIsArray(value->val.binary.data) ?
				"an array" : "an object";
		default:
			return "a value";
	}
}

static void pg_attribute_noreturn()
RaiseWrongValue(const DocPath *at, const char *expected,
				const JsonbValue *value)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("queryset option \"%s\" must be %s",
					DocPathText(at), expected),
			 errdetail("It is %s.", ValueKindName(value))));
}

static void pg_attribute_noreturn()
RaiseEmpty(const DocPath *at)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("queryset option \"%s\" must not be empty",
					DocPathText(at))));
}

/* The words that may stand in an object: of a prefetch's options, or a root. */
static List *
KnownWords(bool options)
{
	List	   *known = NIL;

	for (int i = 0; i < lengthof(word_names); i++)
	{
		if (!options || i > CORM_WORD_RELATION)
			known = lappend(known, unconstify(char *, word_names[i]));
	}
	if (options)
	{
		known = lappend(known, unconstify(char *, option_as));
		known = lappend(known, unconstify(char *, option_more));
	}
	return known;
}

static void pg_attribute_noreturn()
RaiseUnknownWord(const DocPath *at, bool options)
{
	List	   *known = KnownWords(options);
	const char *meant = CormClosest(at->word, known);

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized queryset option \"%s\"", DocPathText(at)),
			 errdetail("The options are: %s.", CormJoinNames(known)),
			 meant ? errhint("Perhaps you meant \"%s\".", meant) : 0));
}

/*
 * Values
 */

const char *
CormWordName(CormWord word)
{
	Assert((int) word < lengthof(word_names));
	return word_names[word];
}

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
CormStringToValue(const char *string)
{
	JsonbValue *value = palloc(sizeof(JsonbValue));

	value->type = jbvString;
	value->val.string.val = unconstify(char *, string);
	value->val.string.len = strlen(string);
	return value;
}

static bool
IsObject(const JsonbValue *value)
{
	return value->type == jbvBinary &&
		JsonContainerIsObject(value->val.binary.data);
}

static bool
IsArray(const JsonbValue *value)
{
	return value->type == jbvBinary &&
		JsonContainerIsArray(value->val.binary.data) &&
		!JsonContainerIsScalar(value->val.binary.data);
}

static bool
IsBlank(const char *text)
{
	while (scanner_isspace(*text))
		text++;
	return *text == '\0';
}

/* A string that names something, as a C string of its own. */
static char *
ParseName(const JsonbValue *value, const DocPath *at)
{
	char	   *text;

	if (value->type != jbvString)
		RaiseWrongValue(at, "a string", value);
	text = pnstrdup(value->val.string.val, value->val.string.len);
	if (IsBlank(text))
		RaiseEmpty(at);
	return text;
}

static bool
ParseBoolean(const JsonbValue *value, const DocPath *at)
{
	if (value->type == jbvNull)
		return false;
	if (value->type != jbvBool)
		RaiseWrongValue(at, "true or false", value);
	return value->val.boolean;
}

/* A whole number that is not negative, or -1 for null. */
static int64
ParseCount(const JsonbValue *value, const DocPath *at)
{
	Datum		number;
	Datum		biggest = NumericGetDatum(int64_to_numeric(PG_INT64_MAX));
	Datum		smallest = NumericGetDatum(int64_to_numeric(0));

	if (value->type == jbvNull)
		return -1;
	if (value->type != jbvNumeric)
		RaiseWrongValue(at, "a whole number", value);

	number = NumericGetDatum(value->val.numeric);
	if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, number,
										  DirectFunctionCall2(numeric_trunc,
															  number,
															  Int32GetDatum(0)))) != 0 ||
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, number, smallest)) < 0 ||
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, number, biggest)) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"%s\" must be a whole number from 0 to " INT64_FORMAT,
						DocPathText(at), PG_INT64_MAX),
				 errdetail("It is %s.",
						   DatumGetCString(DirectFunctionCall1(numeric_out,
															   number)))));
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, number));
}

/*
 * The elements of an array (JsonbValue *), or, if "single" allows it, a string
 * as the only element; null is an empty list.
 */
static List *
ParseList(JsonbValue *value, bool single, const char *expected,
		  const DocPath *at)
{
	List	   *elements = NIL;
	JsonbIterator *it;
	JsonbValue	element;
	JsonbIteratorToken token;

	if (value->type == jbvNull)
		return NIL;
	if (single && value->type == jbvString)
		return list_make1(value);
	if (!IsArray(value))
		RaiseWrongValue(at, expected, value);

	it = JsonbIteratorInit(value->val.binary.data);
	token = JsonbIteratorNext(&it, &element, true);
	Assert(token == WJB_BEGIN_ARRAY);
	while ((token = JsonbIteratorNext(&it, &element, true)) == WJB_ELEM)
	{
		JsonbValue *copy = palloc(sizeof(JsonbValue));

		CHECK_FOR_INTERRUPTS();
		*copy = element;
		elements = lappend(elements, copy);
	}
	Assert(token == WJB_END_ARRAY);
	return elements;
}

/* A list of names: char *, each once, in order of first mention. */
static List *
ParseNames(List *names, JsonbValue *value, const DocPath *at)
{
	ListCell   *cell;

	foreach(cell, ParseList(value, false, "an array of strings", at))
	{
		DocPath		here = {at, NULL, foreach_current_index(cell)};
		char	   *name = ParseName(lfirst(cell), &here);
		ListCell   *other;

		foreach(other, names)
		{
			if (strcmp(lfirst(other), name) == 0)
				break;
		}
		if (other == NULL)
			names = lappend(names, name);
	}
	return names;
}

/*
 * Steps through the pairs of an object: false after the last.  The value is a
 * new one, the key a C string.
 */
static bool
NextPair(JsonbIterator **it, char **key, JsonbValue **value)
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

static JsonbIterator *
BeginPairs(JsonbValue *object)
{
	JsonbIterator *it = JsonbIteratorInit(object->val.binary.data);
	JsonbValue	ignored;

	if (JsonbIteratorNext(&it, &ignored, true) != WJB_BEGIN_OBJECT)
		elog(ERROR, "not a jsonb object");
	return it;
}

/*
 * Conditions
 */

static CormCondition *
MakeCondition(CormConditionKind kind, List *args)
{
	CormCondition *condition = palloc0(sizeof(CormCondition));

	condition->kind = kind;
	condition->args = args;
	return condition;
}

/* True for a condition that lets no row pass, whatever the rows are. */
static bool
IsImpossible(const CormCondition *condition)
{
	ListCell   *cell;

	check_stack_depth();
	switch (condition->kind)
	{
		case CORM_COND_TEST:
			return false;
		case CORM_COND_NOT:
			return CormConditionIsTrivial(linitial(condition->args));
		case CORM_COND_OR:
			foreach(cell, condition->args)
			{
				if (!IsImpossible(lfirst(cell)))
					return false;
			}
			return true;
		case CORM_COND_SCOPE:
		case CORM_COND_AND:
			foreach(cell, condition->args)
			{
				if (IsImpossible(lfirst(cell)))
					return true;
			}
			return false;
	}
	return false;
}

bool
CormConditionIsTrivial(const CormCondition *condition)
{
	ListCell   *cell;

	if (condition == NULL)
		return true;

	check_stack_depth();
	switch (condition->kind)
	{
		case CORM_COND_TEST:
			return false;
		case CORM_COND_NOT:
			return IsImpossible(linitial(condition->args));
		case CORM_COND_OR:
			foreach(cell, condition->args)
			{
				if (CormConditionIsTrivial(lfirst(cell)))
					return true;
			}
			return false;
		case CORM_COND_SCOPE:
		case CORM_COND_AND:
			foreach(cell, condition->args)
			{
				if (!CormConditionIsTrivial(lfirst(cell)))
					return false;
			}
			return true;
	}
	return false;
}

/*
 * Reads a filter: an object, or an array of objects that are independent of
 * each other.  Adds to "elements", if given, the objects as written
 * (JsonbValue *), those that let every row pass left out.
 */
static CormCondition *
ParseFilter(JsonbValue *value, const DocPath *at, List **elements)
{
	List	   *args = NIL;
	ListCell   *cell;

	check_stack_depth();
	if (IsObject(value))
	{
		CormCondition *scope = ParseScope(value, at);

		if (elements && !CormConditionIsTrivial(scope))
			*elements = lappend(*elements, value);
		return scope;
	}

	foreach(cell, ParseList(value, false, "an object or an array of objects",
							at))
	{
		DocPath		here = {at, NULL, foreach_current_index(cell)};
		CormCondition *scope = ParseScope(lfirst(cell), &here);

		args = lappend(args, scope);
		if (elements && !CormConditionIsTrivial(scope))
			*elements = lappend(*elements, lfirst(cell));
	}
	return MakeCondition(CORM_COND_AND, args);
}

/* Reads one filter object. */
static CormCondition *
ParseScope(JsonbValue *value, const DocPath *at)
{
	List	   *args = NIL;
	JsonbIterator *it;
	char	   *key;
	JsonbValue *item;

	check_stack_depth();
	if (!IsObject(value))
		RaiseWrongValue(at, "an object", value);

	it = BeginPairs(value);
	while (NextPair(&it, &key, &item))
	{
		DocPath		here = {at, key, 0};
		CormCondition *arg;

		if (strcmp(key, "AND") == 0)
			arg = MakeCondition(CORM_COND_AND, ParseGroup(item, &here));
		else if (strcmp(key, "OR") == 0)
			arg = MakeCondition(CORM_COND_OR, ParseGroup(item, &here));
		else if (strcmp(key, "NOT") == 0)
		{
			if (item->type == jbvNull)
				RaiseWrongValue(&here, "an object or an array of objects",
								item);
			arg = MakeCondition(CORM_COND_NOT,
								list_make1(ParseFilter(item, &here, NULL)));
		}
		else
		{
			if (IsBlank(key))
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("queryset option \"%s\" has an empty key",
								DocPathText(at))));
			arg = MakeCondition(CORM_COND_TEST, NIL);
			arg->key = key;
			arg->value = item;
		}
		args = lappend(args, arg);
	}
	return MakeCondition(CORM_COND_SCOPE, args);
}

/* The independent scopes of AND and OR. */
static List *
ParseGroup(JsonbValue *value, const DocPath *at)
{
	List	   *args = NIL;
	ListCell   *cell;

	if (value->type == jbvNull)
		RaiseWrongValue(at, "an array of objects", value);
	foreach(cell, ParseList(value, false, "an array of objects", at))
	{
		DocPath		here = {at, NULL, foreach_current_index(cell)};

		args = lappend(args, ParseScope(lfirst(cell), &here));
	}
	return args;
}

CormCondition *
CormParseFilterValue(JsonbValue *value, const char *key)
{
	DocPath		at = {NULL, key, 0};

	if (value->type == jbvNull)
		RaiseWrongValue(&at, "an object or an array of objects", value);
	return ParseFilter(value, &at, NULL);
}

/* Adds an independent condition to the request. */
static void
AddCondition(CormRequest *request, CormCondition *condition)
{
	if (CormConditionIsTrivial(condition))
		return;
	if (request->where == NULL)
		request->where = condition;
	else
		request->where = MakeCondition(CORM_COND_AND,
									   list_make2(request->where, condition));
}

/*
 * exclude: the request passes what the filter does not.  A second one becomes
 * a negated filter, so that both stay independent.
 */
static void
AddExclude(CormRequest *request, JsonbValue *value, const DocPath *at)
{
	List	   *elements = NIL;
	CormCondition *condition;

	if (value->type == jbvNull)
		return;
	condition = ParseFilter(value, at, &elements);
	AddCondition(request,
				 MakeCondition(CORM_COND_NOT, list_make1(condition)));

	if (!request->has_exclude)
	{
		request->has_exclude = true;
		request->excludes = elements;
	}
	else
	{
		JsonbParseState *state = NULL;
		JsonbValue *negated;

		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		pushJsonbValue(&state, WJB_KEY, CormStringToValue("NOT"));
		pushJsonbValue(&state, WJB_VALUE, value);
		negated = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
		request->filters =
			lappend(request->filters,
					CormJsonbToValue(JsonbValueToJsonb(negated)));
		request->has_filter = true;
	}
}

static void
AddFilter(CormRequest *request, JsonbValue *value, const DocPath *at)
{
	if (value->type == jbvNull)
		return;
	AddCondition(request, ParseFilter(value, at, &request->filters));
	request->has_filter = request->filters != NIL;
}

/*
 * Orders
 */

/*
 * Cuts the last word off *end if it is the given one and stands outside of
 * double quotes: moves *end back over it and the space before it.
 */
static bool
CutLastWord(const char *start, const char **end, const char *word)
{
	int			length = strlen(word);
	const char *from = *end - length;
	bool		quoted = false;

	if (from < start || pg_strncasecmp(from, word, length) != 0 ||
		(from > start && !scanner_isspace(from[-1])))
		return false;
	for (const char *p = start; p < from; p++)
	{
		if (*p == '"')
			quoted = !quoted;
	}
	if (quoted)
		return false;

	while (from > start && scanner_isspace(from[-1]))
		from--;
	*end = from;
	return true;
}

/* Reads "-path nulls last". */
static CormOrderKey *
ParseOrderKey(const char *text, const DocPath *at)
{
	CormOrderKey *key = palloc0(sizeof(CormOrderKey));
	const char *start = text;
	const char *end = text + strlen(text);
	const char *before;

	while (scanner_isspace(*start))
		start++;
	while (end > start && scanner_isspace(end[-1]))
		end--;
	if (*start == '-')
	{
		key->descending = true;
		start++;
		while (scanner_isspace(*start))
			start++;
	}

	before = end;
	if (CutLastWord(start, &end, "first") && CutLastWord(start, &end, "nulls"))
		key->nulls = CORM_NULLS_FIRST;
	else
	{
		end = before;
		if (CutLastWord(start, &end, "last") &&
			CutLastWord(start, &end, "nulls"))
			key->nulls = CORM_NULLS_LAST;
		else
			end = before;
	}
	if (end <= start)
		RaiseEmpty(at);

	before = end;
	if ((CutLastWord(start, &before, "asc") ||
		 CutLastWord(start, &before, "desc")) && before > start)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"%s\" does not take \"%s\"",
						DocPathText(at), text),
				 errhint("Write \"path\" for ascending and \"-path\" for descending order.")));

	key->path = pnstrdup(start, end - start);
	return key;
}

static List *
ParseOrder(JsonbValue *value, const DocPath *at)
{
	List	   *keys = NIL;
	ListCell   *cell;

	foreach(cell, ParseList(value, true, "a string or an array of strings",
							at))
	{
		DocPath		here = {at, NULL, foreach_current_index(cell)};

		keys = lappend(keys,
					   ParseOrderKey(ParseName(lfirst(cell), &here), &here));
	}
	return keys;
}

/*
 * Loads
 */

static CormLoad *
MakeLoad(char *path, bool select)
{
	CormLoad   *load = palloc0(sizeof(CormLoad));

	load->path = path;
	load->select = select;
	return load;
}

/*
 * Reads select_related (paths only) or prefetch_related (paths, or objects of
 * path and options) and appends to the request's loads.
 */
static void
ParseLoads(CormRequest *request, bool select, JsonbValue *value,
		   const DocPath *at)
{
	ListCell   *cell;

	if (!select && IsObject(value))
	{
		ParseLoadObject(request, value, at);
		return;
	}

	foreach(cell, ParseList(value, true,
							select ? "a string or an array of strings" :
							"a string, an object or an array of these",
							at))
	{
		DocPath		here = {at, NULL, foreach_current_index(cell)};
		JsonbValue *item = lfirst(cell);

		if (!select && IsObject(item))
			ParseLoadObject(request, item, at);
		else if (select || item->type == jbvString)
			request->loads = lappend(request->loads,
									 MakeLoad(ParseName(item, &here), select));
		else
			RaiseWrongValue(&here, "a string or an object", item);
	}
}

/* An object of path and options, each of which is one load. */
static void
ParseLoadObject(CormRequest *request, JsonbValue *value, const DocPath *at)
{
	JsonbIterator *it = BeginPairs(value);
	char	   *path;
	JsonbValue *options;

	while (NextPair(&it, &path, &options))
	{
		DocPath		here = {at, path, 0};
		CormLoad   *load = MakeLoad(path, false);

		if (IsBlank(path))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("queryset option \"%s\" has an empty key",
							DocPathText(at))));
		if (options->type != jbvNull)
			ParseLoadOptions(load, options, &here);
		request->loads = lappend(request->loads, load);
	}
}

/* The options of one load: a queryset's words but for those of its root. */
static void
ParseLoadOptions(CormLoad *load, JsonbValue *value, const DocPath *at)
{
	CormRequest *options = CormMakeRequest();
	bool		any = false;
	JsonbIterator *it;
	char	   *key;
	JsonbValue *item;

	check_stack_depth();
	if (!IsObject(value))
		RaiseWrongValue(at, "an object", value);

	it = BeginPairs(value);
	while (NextPair(&it, &key, &item))
	{
		DocPath		here = {at, key, 0};
		int			word;

		if (strcmp(key, option_as) == 0)
		{
			if (item->type != jbvNull)
				load->as = ParseName(item, &here);
			continue;
		}
		if (strcmp(key, option_more) == 0)
		{
			load->more = ParseBoolean(item, &here);
			continue;
		}
		for (word = CORM_WORD_FILTER; word < lengthof(word_names); word++)
		{
			if (strcmp(key, word_names[word]) == 0)
				break;
		}
		if (word >= lengthof(word_names))
			RaiseUnknownWord(&here, true);
		SayWord(options, word, item, &here);
		any = true;
	}
	if (any)
		load->options = options;
}

/*
 * Requests
 */

/* Returns an empty request, allocated in the current context. */
CormRequest *
CormMakeRequest(void)
{
	CormRequest *request = palloc0(sizeof(CormRequest));

	request->limit = -1;
	request->offset = -1;
	return request;
}

static void
SayWord(CormRequest *request, CormWord word, JsonbValue *value,
		const DocPath *at)
{
	bool		null = value->type == jbvNull;

	switch (word)
	{
		case CORM_WORD_MODEL:
			request->model = null ? NULL : ParseName(value, at);
			break;
		case CORM_WORD_PK:
			request->owner = value;
			break;
		case CORM_WORD_RELATION:
			request->relation = null ? NULL : ParseName(value, at);
			break;
		case CORM_WORD_FILTER:
			AddFilter(request, value, at);
			break;
		case CORM_WORD_EXCLUDE:
			AddExclude(request, value, at);
			break;
		case CORM_WORD_ORDER_BY:
			request->order_by = ParseOrder(value, at);
			break;
		case CORM_WORD_SELECT_RELATED:
			ParseLoads(request, true, value, at);
			break;
		case CORM_WORD_PREFETCH_RELATED:
			ParseLoads(request, false, value, at);
			break;
		case CORM_WORD_FIELDS:
			request->fields_given = !null;
			request->fields = ParseNames(NIL, value, at);
			break;
		case CORM_WORD_EXCLUDE_FIELDS:
			request->exclude_fields =
				ParseNames(request->exclude_fields, value, at);
			break;
		case CORM_WORD_LIMIT:
			request->limit = ParseCount(value, at);
			break;
		case CORM_WORD_OFFSET:
			request->offset = ParseCount(value, at);
			break;
	}
}

/*
 * Says one more word (see request.h).  "value" is kept where it stands and
 * must outlive the request.
 */
void
CormRequestSay(CormRequest *request, CormWord word, JsonbValue *value)
{
	DocPath		at = {NULL, CormWordName(word), 0};

	SayWord(request, word, value, &at);
}

/* A filter that verbs take beside a queryset; NULL adds nothing. */
void
CormRequestAddFilter(CormRequest *request, Jsonb *filter)
{
	if (filter)
		CormRequestSay(request, CORM_WORD_FILTER, CormJsonbToValue(filter));
}

/* Raises when the words of the request contradict each other. */
void
CormRequestCheck(const CormRequest *request)
{
	if (request->relation && request->owner == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"relation\" needs \"pk\""),
				 errdetail("A relation starts at one row of a model.")));
	if (request->relation && request->model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"relation\" needs \"model\""),
				 errdetail("A relation starts at one row of a model.")));
	if (request->owner && request->relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"pk\" needs \"relation\""),
				 errhint("To read one row, write {\"filter\": {\"pk\": ...}}.")));
}

/*
 * Reads a queryset (see request.h).  The result lives in the current context
 * and points into "queryset".
 */
CormRequest *
CormParseRequest(Jsonb *queryset)
{
	CormRequest *request = CormMakeRequest();
	JsonbValue *root = CormJsonbToValue(queryset);
	JsonbIterator *it;
	char	   *key;
	JsonbValue *value;

	if (!IsObject(root))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a queryset must be a JSON object"),
				 errdetail("It is %s.", ValueKindName(root))));

	it = BeginPairs(root);
	while (NextPair(&it, &key, &value))
	{
		DocPath		at = {NULL, key, 0};
		int			word;

		for (word = 0; word < lengthof(word_names); word++)
		{
			if (strcmp(key, word_names[word]) == 0)
				break;
		}
		if (word == lengthof(word_names))
			RaiseUnknownWord(&at, false);
		SayWord(request, word, value, &at);
	}
	CormRequestCheck(request);
	return request;
}
