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

#include "filter.h"
#include "document.h"
#include "request.h"

static void SayWord(CormRequest *request, CormWord word, JsonbValue *value,
					const CormDocPath *at);
static CormRequest *ParseObject(JsonbValue *object, const CormDocPath *at);
static void ParseLoads(CormRequest *request, bool select, JsonbValue *value,
					   const CormDocPath *at);
static void ParseLoadObject(CormRequest *request, JsonbValue *value,
							const CormDocPath *at);
static void ParseLoadOptions(CormLoad *load, JsonbValue *value,
							 const CormDocPath *at);

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

/* An option that is about the load itself. */
static void
SayLoadOption(CormLoad *load, CormOption option, JsonbValue *value,
			  const CormDocPath *at)
{
	switch (option)
	{
		case CORM_OPTION_AS:
			if (value->type != jbvNull)
				load->as = CormReadName(value, at);
			break;
		case CORM_OPTION_MORE:
			load->more = CormReadBoolean(value, at);
			break;
		case CORM_OPTION_RECURSIVE:
			load->recursive = CormReadBoolean(value, at);
			break;
		case CORM_OPTION_DEPTH:
			load->depth = CormReadCount(value, at);
			if (load->depth == 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("value of \"%s\" must be at least 1",
								CormDocPathText(at)),
						 errdetail("It is the number of levels to load.")));
			break;
		case CORM_OPTION_FLAT:
			load->flat = CormReadBoolean(value, at);
			break;
	}
}

/* depth and flat say how a tree is loaded. */
static void
CheckRecursion(const CormLoad *load, const CormDocPath *at)
{
	const char *option = load->flat ? "flat" : "depth";
	CormDocPath here = {at, option, 0};

	if (!load->recursive && (load->flat || load->depth >= 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"%s\" needs \"recursive\"",
						CormDocPathText(&here)),
				 errhint("Write {\"recursive\": true, \"%s\": ...}.", option)));
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
		int			option = CormFindOption(key);
		int			word = CormFindWord(key);

		if (option >= 0)
			SayLoadOption(load, option, item, &here);
		else if (word < CORM_WORD_FILTER)
			CormRaiseUnknownWord(&here, true);
		else
		{
			SayWord(options, word, item, &here);
			any = true;
		}
	}
	CheckRecursion(load, at);
	if (any)
		load->options = options;
}

/*
 * Requests
 */

/* distinct: paths, or a boolean for what is printed as a whole. */
static void
SayDistinct(CormRequest *request, JsonbValue *value, const CormDocPath *at)
{
	request->distinct = NIL;
	if (value->type == jbvBool)
		request->distinct_given = value->val.boolean;
	else if (value->type == jbvNull || CormJsonIsArray(value))
	{
		request->distinct_given = value->type != jbvNull;
		request->distinct = CormReadNames(NIL, value, at);
	}
	else
		CormRaiseWrongValue(at, "an array of strings, true or false", value);
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
		case CORM_WORD_OF:
			request->of = null ? NULL : ParseObject(value, at);
			break;
		case CORM_WORD_FILTER:
			AddFilter(request, value, at);
			break;
		case CORM_WORD_EXCLUDE:
			AddExclude(request, value, at);
			break;
		case CORM_WORD_ORDER_BY:
			request->order_by = CormParseOrder(value, at);
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
		case CORM_WORD_ANNOTATE:
			request->annotations =
				CormParseAnnotations(request->annotations, value, at);
			break;
		case CORM_WORD_DISTINCT:
			SayDistinct(request, value, at);
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

/* Raises unless the word has another one beside it, which it makes no sense without. */
static void
RequireWord(CormWord word, CormWord needed, bool there)
{
	if (!there)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"%s\" needs \"%s\"",
						CormWordName(word), CormWordName(needed)),
				 errdetail("A relation starts at one row of a model, or at the rows of a queryset.")));
}

/* Raises when the words of the request contradict each other. */
void
CormRequestCheck(const CormRequest *request)
{
	if (request->of)
	{
		RequireWord(CORM_WORD_OF, CORM_WORD_RELATION, request->relation);
		if (request->model || request->owner)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("queryset option \"of\" does not go with \"%s\"",
							request->model ? "model" : "pk"),
					 errdetail("A relation starts at one row of a model, or at the rows of a queryset.")));
	}
	else if (request->relation)
	{
		RequireWord(CORM_WORD_RELATION, CORM_WORD_PK, request->owner);
		RequireWord(CORM_WORD_RELATION, CORM_WORD_MODEL, request->model);
	}
	if (request->owner && request->relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"pk\" needs \"relation\""),
				 errhint("To read one row, write {\"filter\": {\"pk\": ...}}.")));
}

/* Reads a queryset object, which stands "at" a place if it is within another. */
static CormRequest *
ParseObject(JsonbValue *object, const CormDocPath *at)
{
	CormRequest *request = CormMakeRequest();
	JsonbIterator *it;
	char	   *key;
	JsonbValue *value;

	check_stack_depth();
	if (!CormJsonIsObject(object))
		CormRaiseWrongValue(at, "an object", object);

	request->source = object->val.binary.data;
	it = CormBeginPairs(object);
	while (CormNextPair(&it, &key, &value))
	{
		CormDocPath here = {at, key, 0};
		int			word = CormFindWord(key);

		if (word < 0)
			CormRaiseUnknownWord(&here, false);
		SayWord(request, word, value, &here);
	}
	CormRequestCheck(request);
	return request;
}

/*
 * Reads a queryset (see request.h).  The result lives in the current context
 * and points into "queryset".
 */
CormRequest *
CormParseRequest(Jsonb *queryset)
{
	JsonbValue *root = CormJsonbToValue(queryset);

	if (!CormJsonIsObject(root))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a queryset must be a JSON object"),
				 errdetail("It is %s.", CormJsonKindName(root))));
	return ParseObject(root, NULL);
}

/*
 * The rows related to the rows of a queryset, which must outlive the result.
 * Nothing is asked of them yet.
 */
CormRequest *
CormRelationRequest(CormRequest *of, JsonbValue *relation)
{
	CormRequest *request = CormMakeRequest();

	request->of = of;
	CormRequestSay(request, CORM_WORD_RELATION, relation);
	return request;
}
