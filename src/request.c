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
 * read is tracked in a chain of CormDocPath on the C stack, rendered only when
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

#include "miscadmin.h"
#include "parser/scansup.h"

#include "filter.h"
#include "document.h"
#include "error.h"
#include "request.h"

/* Spelled as in CormWord's order. */
static const char *const word_names[] = {
	"model", "pk", "relation", "filter", "exclude", "order_by",
	"select_related", "prefetch_related", "fields", "exclude_fields",
	"limit", "offset"
};

/* Words that a prefetch option object has beside those of a queryset. */
static const char *const option_as = "as";
static const char *const option_more = "more";
static const char *const option_recursive = "recursive";
static const char *const option_flat = "flat";
static const char *const option_depth = "depth";

static void SayWord(CormRequest *request, CormWord word, JsonbValue *value,
					const CormDocPath *at);
static void ParseLoads(CormRequest *request, bool select, JsonbValue *value,
					   const CormDocPath *at);
static void ParseLoadObject(CormRequest *request, JsonbValue *value,
							const CormDocPath *at);
static void ParseLoadOptions(CormLoad *load, JsonbValue *value,
							 const CormDocPath *at);

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
		known = lappend(known, unconstify(char *, option_recursive));
		known = lappend(known, unconstify(char *, option_flat));
		known = lappend(known, unconstify(char *, option_depth));
	}
	return known;
}

pg_noreturn static void
RaiseUnknownWord(const CormDocPath *at, bool options)
{
	List	   *known = KnownWords(options);
	const char *meant = NULL;

	/* a word that is right in the other place is no spelling mistake */
	if (!CormListHasName(KnownWords(!options), at->word))
		meant = CormClosest(at->word, known);

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized queryset option \"%s\"", CormDocPathText(at)),
			 errdetail("The options are: %s.", CormJoinNames(known)),
			 meant ? errhint("Perhaps you meant \"%s\".", meant) : 0));
}

/* How the word is spelled in a queryset object. */
const char *
CormWordName(CormWord word)
{
	Assert((int) word < lengthof(word_names));
	return word_names[word];
}

/*
 * Conditions
 */

/* Adds an independent condition to the request. */
static void
AddCondition(CormRequest *request, CormCondition *condition)
{
	if (CormConditionIsTrivial(condition))
		return;
	if (request->where == NULL)
		request->where = condition;
	else
		request->where = CormMakeCondition(CORM_COND_AND,
									   list_make2(request->where, condition));
}

/*
 * exclude: the request passes what the filter does not.  A second one becomes
 * a negated filter, so that both stay independent.
 */
static void
AddExclude(CormRequest *request, JsonbValue *value, const CormDocPath *at)
{
	List	   *elements = NIL;
	CormCondition *condition;

	if (value->type == jbvNull)
		return;
	condition = CormParseFilter(value, at, &elements);
	AddCondition(request,
				 CormMakeCondition(CORM_COND_NOT, list_make1(condition)));

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
AddFilter(CormRequest *request, JsonbValue *value, const CormDocPath *at)
{
	if (value->type == jbvNull)
		return;
	AddCondition(request, CormParseFilter(value, at, &request->filters));
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
ParseOrderKey(const char *text, const CormDocPath *at)
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
		CormRaiseEmpty(at);

	before = end;
	if ((CutLastWord(start, &before, "asc") ||
		 CutLastWord(start, &before, "desc")) && before > start)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"%s\" does not take \"%s\"",
						CormDocPathText(at), text),
				 errhint("Write \"path\" for ascending and \"-path\" for descending order.")));

	key->path = pnstrdup(start, end - start);
	return key;
}

static List *
ParseOrder(JsonbValue *value, const CormDocPath *at)
{
	List	   *keys = NIL;
	ListCell   *cell;

	foreach(cell, CormReadList(value, true, "a string or an array of strings",
							at))
	{
		CormDocPath element = {at, NULL, foreach_current_index(cell)};
		const CormDocPath *here = CormJsonIsArray(value) ? &element : at;

		keys = lappend(keys,
					   ParseOrderKey(CormReadName(lfirst(cell), here), here));
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
	load->depth = -1;
	return load;
}

/*
 * Reads select_related (paths only) or prefetch_related (paths, or objects of
 * path and options) and appends to the request's loads.
 */
static void
ParseLoads(CormRequest *request, bool select, JsonbValue *value,
		   const CormDocPath *at)
{
	ListCell   *cell;

	if (!select && CormJsonIsObject(value))
	{
		ParseLoadObject(request, value, at);
		return;
	}

	foreach(cell, CormReadList(value, true,
							select ? "a string or an array of strings" :
							"a string, an object or an array of these",
							at))
	{
		CormDocPath element = {at, NULL, foreach_current_index(cell)};
		const CormDocPath *here = CormJsonIsArray(value) ? &element : at;
		JsonbValue *item = lfirst(cell);

		if (!select && CormJsonIsObject(item))
			ParseLoadObject(request, item, at);
		else if (select || item->type == jbvString)
			request->loads = lappend(request->loads,
									 MakeLoad(CormReadName(item, here), select));
		else
			CormRaiseWrongValue(here, "a string or an object", item);
	}
}

/* An object of path and options, each of which is one load. */
static void
ParseLoadObject(CormRequest *request, JsonbValue *value, const CormDocPath *at)
{
	JsonbIterator *it = CormBeginPairs(value);
	char	   *path;
	JsonbValue *options;

	while (CormNextPair(&it, &path, &options))
	{
		CormDocPath here = {at, path, 0};
		CormLoad   *load = MakeLoad(path, false);

		if (CormIsBlank(path))
			CormRaiseEmptyKey(at);
		if (options->type != jbvNull)
			ParseLoadOptions(load, options, &here);
		request->loads = lappend(request->loads, load);
	}
}

/* The options of one load: a queryset's words but for those of its root. */
static void
ParseLoadOptions(CormLoad *load, JsonbValue *value, const CormDocPath *at)
{
	CormRequest *options = CormMakeRequest();
	bool		any = false;
	JsonbIterator *it;
	char	   *key;
	JsonbValue *item;

	check_stack_depth();
	if (!CormJsonIsObject(value))
		CormRaiseWrongValue(at, "an object", value);

	options->source = value->val.binary.data;
	it = CormBeginPairs(value);
	while (CormNextPair(&it, &key, &item))
	{
		CormDocPath here = {at, key, 0};
		int			word;

		if (strcmp(key, option_as) == 0)
		{
			if (item->type != jbvNull)
				load->as = CormReadName(item, &here);
			continue;
		}
		if (strcmp(key, option_more) == 0)
		{
			load->more = CormReadBoolean(item, &here);
			continue;
		}
		if (strcmp(key, option_recursive) == 0 || strcmp(key, option_flat) == 0)
		{
			*(*key == 'r' ? &load->recursive : &load->flat) = CormReadBoolean(item, &here);
			continue;
		}
		if (strcmp(key, option_depth) == 0)
		{
			load->depth = CormReadCount(item, &here);
			if (load->depth == 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("value of \"%s\" must be a whole number from 1 to " INT64_FORMAT,
								CormDocPathText(&here), PG_INT64_MAX)));
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
		const CormDocPath *at)
{
	bool		null = value->type == jbvNull;

	switch (word)
	{
		case CORM_WORD_MODEL:
			request->model = null ? NULL : CormReadName(value, at);
			break;
		case CORM_WORD_PK:
			request->owner = value;
			break;
		case CORM_WORD_RELATION:
			request->relation = null ? NULL : CormReadName(value, at);
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
			request->fields = CormReadNames(NIL, value, at);
			break;
		case CORM_WORD_EXCLUDE_FIELDS:
			request->exclude_fields =
				CormReadNames(request->exclude_fields, value, at);
			break;
		case CORM_WORD_LIMIT:
			request->limit = CormReadCount(value, at);
			break;
		case CORM_WORD_OFFSET:
			request->offset = CormReadCount(value, at);
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
	CormDocPath at = {NULL, CormWordName(word), 0};

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

	if (!CormJsonIsObject(root))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a queryset must be a JSON object"),
				 errdetail("It is %s.", CormJsonKindName(root))));

	request->source = root->val.binary.data;
	it = CormBeginPairs(root);
	while (CormNextPair(&it, &key, &value))
	{
		CormDocPath at = {NULL, key, 0};
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
