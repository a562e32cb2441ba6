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

#include "allow.h"
#include "document.h"
#include "filter.h"
#include "merge.h"
#include "permit.h"
#include "request.h"

static void SayWord(CormRequest *request, CormWord word, JsonbValue *value,
					const CormDocPath *at);
static CormRequest *ParseObject(JsonbValue *object, const CormDocPath *at);
static void ParseLoads(CormRequest *request, bool select, JsonbValue *value,
					   const CormDocPath *at);
static void ParseLoadObject(CormRequest *request, JsonbValue *value,
							const CormDocPath *at);
static void ParseLoadOptions(CormLoad *load, List *guards, JsonbValue *value,
							 const CormDocPath *at);

/*
 * Conditions
 */

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
	CormAllowFilter(request->guards, condition);
	request->where =
		CormBothConditions(request->where,
						   CormMakeCondition(CORM_COND_NOT,
											 list_make1(condition)));

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
	CormCondition *condition;

	if (value->type == jbvNull)
		return;
	condition = CormParseFilter(value, at, &request->filters);
	CormAllowFilter(request->guards, condition);
	request->where = CormBothConditions(request->where, condition);
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

static CormLoadForm
FormOfLoad(const CormLoad *load)
{
	if (!load->recursive)
		return CORM_LOAD_PLAIN;
	return load->flat ? CORM_LOAD_FLAT_TREE : CORM_LOAD_TREE;
}

static void
AddLoad(CormRequest *request, CormLoad *load)
{
	CormAllowLoad(request->guards, load->path, FormOfLoad(load));
	request->loads = lappend(request->loads, load);
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
			AddLoad(request, MakeLoad(CormReadName(item, here), select));
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
			ParseLoadOptions(load, CormGuardsBehind(request->guards, path),
							 options, &here);
		AddLoad(request, load);
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
ParseLoadOptions(CormLoad *load, List *guards, JsonbValue *value,
				 const CormDocPath *at)
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
	options->guards = guards;
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
	if (request->distinct_given)
		CormAllowDistinct(request->guards, request->distinct);
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
		case CORM_WORD_BASE:
			request->base = null ? NULL : ParseObject(value, at);
			break;
		case CORM_WORD_ALLOW:
			request->allow = null ? NULL : value;
			break;
		case CORM_WORD_PERMIT:
			if (!null)
				CormAddPermit(request, CormReadNames(NIL, value, at));
			break;
		case CORM_WORD_FILTER:
			AddFilter(request, value, at);
			break;
		case CORM_WORD_EXCLUDE:
			AddExclude(request, value, at);
			break;
		case CORM_WORD_ORDER_BY:
			request->order_by = CormParseOrder(value, at);
			CormAllowOrder(request->guards, request->order_by);
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
			CormAllowFields(request->guards, request->fields);
			break;
		case CORM_WORD_EXCLUDE_FIELDS:
			request->exclude_fields =
				CormReadNames(request->exclude_fields, value, at);
			break;
		case CORM_WORD_ANNOTATE:
			request->annotations =
				CormParseAnnotations(request->annotations, value, at);
			CormAllowAnnotations(request->guards, request->annotations);
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

/* Words that say whose rows are asked for are within base. */
pg_noreturn static void
RaiseOutsideBase(const CormDocPath *at)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("queryset option \"%s\" does not go with \"base\"",
					CormDocPathText(at)),
			 errdetail("Which rows a queryset with an allow-list starts from stands in its base.")));
}

/*
 * Says one more word (see request.h).  "value" is kept where it stands and
 * must outlive the request.
 */
void
CormRequestSay(CormRequest *request, CormWord word, JsonbValue *value)
{
	CormDocPath at = {NULL, CormWordName(word), 0};

	if (request->said == NULL || word == CORM_WORD_PERMIT)
		SayWord(request, word, value, &at);
	else if (word < CORM_WORD_FILTER)
		RaiseOutsideBase(&at);
	else
	{
		SayWord(request->said, word, value, &at);
		CormMergeRequest(request);
	}
}

/* Returns how many rows the request takes at most, -1 for all. */
int64
CormRequestLimit(const CormRequest *request)
{
	return CormSmallerLimit(request->limit, request->max_limit);
}

/* A filter that verbs take beside a queryset; NULL adds nothing. */
void
CormRequestAddFilter(CormRequest *request, Jsonb *filter)
{
	if (filter)
		CormRequestSay(request, CORM_WORD_FILTER, CormJsonbToValue(filter));
}

static const char *const relation_detail =
	"A relation starts at one row of a model, or at the rows of a queryset.";
static const char *const allow_detail =
	"An allow-list bounds what is said about the queryset that is its base.";

/* Raises unless the word has another one beside it that it needs. */
static void
RequireWord(CormWord word, CormWord needed, bool there, const char *detail)
{
	if (!there)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"%s\" needs \"%s\"",
						CormWordName(word), CormWordName(needed)),
				 errdetail("%s", detail)));
}

/* Raises when the words of the request contradict each other. */
void
CormRequestCheck(const CormRequest *request)
{
	if (request->of)
	{
		RequireWord(CORM_WORD_OF, CORM_WORD_RELATION,
					request->relation != NULL, relation_detail);
		if (request->model || request->owner)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("queryset option \"of\" does not go with \"%s\"",
							request->model ? "model" : "pk"),
					 errdetail("%s", relation_detail)));
	}
	else if (request->relation)
	{
		RequireWord(CORM_WORD_RELATION, CORM_WORD_PK,
					request->owner != NULL, relation_detail);
		RequireWord(CORM_WORD_RELATION, CORM_WORD_MODEL,
					request->model != NULL, relation_detail);
	}
	if (request->owner && request->relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"pk\" needs \"relation\""),
				 errhint("To read one row, write {\"filter\": {\"pk\": ...}}.")));
}

/* What is said from here on is said under allow-lists. */
static void
BeginGuarded(CormRequest *request, List *guards)
{
	request->guards = guards;
	request->said = CormMakeRequest();
	request->said->guards = guards;
	CormMergeRequest(request);
}

/* Makes an empty request go on from its base. */
static void
BeginAllowed(CormRequest *request, CormRequest *base, JsonbValue *allow,
			 const CormDocPath *at)
{
	request->base = base;
	request->allow = allow;
	request->model = base->model;
	request->owner = base->owner;
	request->relation = base->relation;
	request->of = base->of;
	BeginGuarded(request, CormAddGuard(base->guards, allow, at));
}

/* Makes a request go on under the allow-lists of the queryset it is of. */
static void
BeginRelated(CormRequest *request)
{
	if (request->of->guards && request->relation)
	{
		CormAllowLoad(request->of->guards, request->relation, CORM_LOAD_PLAIN);
		BeginGuarded(request, CormGuardsBehind(request->of->guards,
											   request->relation));
	}
}

/* A word that is read before the others; it may be left out. */
static void
SayFirst(CormRequest *request, CormWord word, JsonbValue *object,
		 const CormDocPath *at)
{
	CormDocPath here = {at, CormWordName(word), 0};
	JsonbValue *value = CormJsonMember(object, here.word);

	if (value)
		SayWord(request, word, value, &here);
}

/* Reads the words that decide what the others may say. */
static void
BeginObject(CormRequest *request, JsonbValue *object, const CormDocPath *at)
{
	CormDocPath list = {at, CormWordName(CORM_WORD_ALLOW), 0};

	SayFirst(request, CORM_WORD_BASE, object, at);
	SayFirst(request, CORM_WORD_ALLOW, object, at);
	if (request->base || request->allow)
	{
		RequireWord(CORM_WORD_BASE, CORM_WORD_ALLOW,
					request->allow != NULL, allow_detail);
		RequireWord(CORM_WORD_ALLOW, CORM_WORD_BASE,
					request->base != NULL, allow_detail);
		BeginAllowed(request, request->base, request->allow, &list);
		return;
	}
	SayFirst(request, CORM_WORD_OF, object, at);
	if (request->of)
	{
		SayFirst(request, CORM_WORD_RELATION, object, at);
		BeginRelated(request);
	}
}

/* Has the word been read when the object was begun? */
static bool
WasReadFirst(const CormRequest *request, CormWord word)
{
	if (word == CORM_WORD_BASE || word == CORM_WORD_ALLOW)
		return true;
	return request->base == NULL &&
		(word == CORM_WORD_OF || (word == CORM_WORD_RELATION && request->of));
}

/* Says a word of an object that was begun. */
static void
SayRest(CormRequest *request, CormWord word, JsonbValue *value,
		const CormDocPath *at)
{
	if (WasReadFirst(request, word))
		return;
	if (word == CORM_WORD_PERMIT)
		SayWord(request, word, value, at);
	else if (word >= CORM_WORD_FILTER)
		SayWord(request->said ? request->said : request, word, value, at);
	else if (request->base == NULL)
		SayWord(request, word, value, at);
	else if (value->type != jbvNull)
		RaiseOutsideBase(at);
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
	BeginObject(request, object, at);
	it = CormBeginPairs(object);
	while (CormNextPair(&it, &key, &value))
	{
		CormDocPath here = {at, key, 0};
		int			word = CormFindWord(key);

		if (word < 0)
			CormRaiseUnknownWord(&here, false);
		SayRest(request, word, value, &here);
	}
	if (request->said)
		CormMergeRequest(request);
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
	BeginRelated(request);
	return request;
}

/* Puts an allow-list on what is said from here on. */
CormRequest *
CormAllowRequest(CormRequest *base, JsonbValue *allow)
{
	CormRequest *request = CormMakeRequest();
	CormDocPath at = {NULL, CormWordName(CORM_WORD_ALLOW), 0};

	BeginAllowed(request, base, allow, &at);
	return request;
}
