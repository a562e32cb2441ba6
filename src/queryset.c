/*-------------------------------------------------------------------------
 *
 * queryset.c
 *	  The value type corm.queryset: its text form and its canonical form.
 *
 * Canonical form is made in one way only, by reading a document into a request
 * and writing the request back.  Writing is the inverse of CormParseRequest:
 * what is written reads as an equal request, and writing that again gives the
 * same bytes.
 *
 * Values inside filters are copied as they are: {"id": 1} and {"id": "1"} are
 * not the same question.
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
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "document.h"
#include "queryset.h"

static Jsonb *LoadToJsonb(const CormLoad *load);
static JsonbValue *RequestToValue(const CormRequest *request);

static void
PushKey(JsonbParseState **state, const char *key)
{
	pushJsonbValue(state, WJB_KEY, CormStringToValue(key));
}

static void
PushPair(JsonbParseState **state, const char *key, JsonbValue *value)
{
	PushKey(state, key);
	pushJsonbValue(state, WJB_VALUE, value);
}

static void
PushWord(JsonbParseState **state, CormWord word, JsonbValue *value)
{
	PushPair(state, CormWordName(word), value);
}

/* A pair that says nothing unless it is true. */
static void
PushTrue(JsonbParseState **state, const char *key, bool yes)
{
	JsonbValue	value;

	value.type = jbvBool;
	value.val.boolean = true;
	if (yes)
		PushPair(state, key, &value);
}

/* An array of JsonbValue *. */
static void
PushArray(JsonbParseState **state, const char *key, List *values)
{
	ListCell   *cell;

	PushKey(state, key);
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	foreach(cell, values)
		pushJsonbValue(state, WJB_ELEM, lfirst(cell));
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

/* An array of strings out of a list of char *. */
static void
PushNames(JsonbParseState **state, CormWord word, List *names)
{
	List	   *values = NIL;
	ListCell   *cell;

	foreach(cell, names)
		values = lappend(values, CormStringToValue(lfirst(cell)));
	PushArray(state, CormWordName(word), values);
}

/* filter and exclude: one object as it is, several as an array. */
static void
PushConditions(JsonbParseState **state, const char *key, List *conditions)
{
	if (list_length(conditions) == 1)
		PushPair(state, key, linitial(conditions));
	else
		PushArray(state, key, conditions);
}

static void
PushCount(JsonbParseState **state, const char *key, int64 count)
{
	JsonbValue	value;

	value.type = jbvNumeric;
	value.val.numeric = int64_to_numeric(count);
	PushPair(state, key, &value);
}

static void
PushOrder(JsonbParseState **state, List *keys)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, keys)
	{
		CormOrderKey *key = lfirst(cell);

		names = lappend(names,
						psprintf("%s%s%s", key->descending ? "-" : "",
								 key->path,
								 key->nulls == CORM_NULLS_FIRST ? " nulls first" :
								 key->nulls == CORM_NULLS_LAST ? " nulls last" :
								 ""));
	}
	PushNames(state, CORM_WORD_ORDER_BY, names);
}

/* One of the two lists of loads: each load once, where it came first. */
static void
PushLoads(JsonbParseState **state, CormWord word, List *loads, bool select)
{
	List	   *written = NIL;
	List	   *values = NIL;
	ListCell   *cell;

	foreach(cell, loads)
	{
		CormLoad   *load = lfirst(cell);
		Jsonb	   *json;
		ListCell   *other;

		if (load->select != select)
			continue;
		CHECK_FOR_INTERRUPTS();
		json = LoadToJsonb(load);
		foreach(other, written)
		{
			if (compareJsonbContainers(&((Jsonb *) lfirst(other))->root,
									   &json->root) == 0)
				break;
		}
		if (other)
			continue;
		written = lappend(written, json);
		values = lappend(values, CormJsonbToValue(json));
	}
	if (values)
		PushArray(state, CormWordName(word), values);
}

/* An aggregate: a path alone, or an object. */
static void
PushSpec(JsonbParseState **state, const CormAnnotation *annotation)
{
	if (annotation->function == CORM_AGGREGATE_NONE)
	{
		pushJsonbValue(state, WJB_VALUE, CormStringToValue(annotation->path));
		return;
	}
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	PushPair(state, CormAggregateName(annotation->function),
			 CormStringToValue(annotation->path));
	if (annotation->filters)
		PushConditions(state, "filter", annotation->filters);
	PushTrue(state, "distinct", annotation->distinct);
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static void
PushAnnotations(JsonbParseState **state, List *annotations)
{
	ListCell   *cell;

	PushKey(state, CormWordName(CORM_WORD_ANNOTATE));
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	foreach(cell, annotations)
	{
		const CormAnnotation *annotation = lfirst(cell);

		PushKey(state, annotation->name);
		PushSpec(state, annotation);
	}
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

/* Everything but the root's words, which options of a load do not have. */
static void
PushOptions(JsonbParseState **state, const CormRequest *request)
{
	if (request->filters)
		PushConditions(state, CormWordName(CORM_WORD_FILTER),
					   request->filters);
	if (request->has_exclude && request->excludes)
		PushConditions(state, CormWordName(CORM_WORD_EXCLUDE),
					   request->excludes);
	else if (request->has_exclude)
	{
		/* the complement of everything is a condition of its own */
		PushKey(state, CormWordName(CORM_WORD_EXCLUDE));
		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		pushJsonbValue(state, WJB_END_OBJECT, NULL);
	}
	if (request->order_by)
		PushOrder(state, request->order_by);
	PushLoads(state, CORM_WORD_SELECT_RELATED, request->loads, true);
	PushLoads(state, CORM_WORD_PREFETCH_RELATED, request->loads, false);
	if (request->fields_given)	/* an empty list means no column */
		PushNames(state, CORM_WORD_FIELDS, request->fields);
	if (request->exclude_fields)
		PushNames(state, CORM_WORD_EXCLUDE_FIELDS, request->exclude_fields);
	if (request->annotations)
		PushAnnotations(state, request->annotations);
	if (request->distinct_given)	/* an empty list means what is printed */
		PushNames(state, CORM_WORD_DISTINCT, request->distinct);
	if (request->limit >= 0)
		PushCount(state, CormWordName(CORM_WORD_LIMIT), request->limit);
	if (request->offset > 0)
		PushCount(state, CormWordName(CORM_WORD_OFFSET), request->offset);
}

/* A path alone, or {path: options} if there are any. */
static Jsonb *
LoadToJsonb(const CormLoad *load)
{
	JsonbParseState *state = NULL;
	JsonbValue *options;
	JsonbValue *result;

	check_stack_depth();
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	if (load->options)
		PushOptions(&state, load->options);
	if (load->as)
		PushPair(&state, CormOptionName(CORM_OPTION_AS),
				 CormStringToValue(load->as));
	PushTrue(&state, CormOptionName(CORM_OPTION_MORE), load->more);
	PushTrue(&state, CormOptionName(CORM_OPTION_RECURSIVE), load->recursive);
	if (load->depth >= 0)
		PushCount(&state, CormOptionName(CORM_OPTION_DEPTH), load->depth);
	PushTrue(&state, CormOptionName(CORM_OPTION_FLAT), load->flat);
	options = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	if (options->val.object.nPairs == 0)
		return JsonbValueToJsonb(CormStringToValue(load->path));

	state = NULL;
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	PushPair(&state, load->path,
			 CormJsonbToValue(JsonbValueToJsonb(options)));
	result = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(result);
}

/* The words that say which rows a request starts from. */
static void
PushSubject(JsonbParseState **state, const CormRequest *request)
{
	if (request->base)
	{
		PushWord(state, CORM_WORD_BASE, RequestToValue(request->base));
		PushWord(state, CORM_WORD_ALLOW, request->allow);
		return;
	}
	if (request->model)
		PushWord(state, CORM_WORD_MODEL, CormStringToValue(request->model));
	if (request->of)
		PushWord(state, CORM_WORD_OF, RequestToValue(request->of));
	else if (request->relation)
		PushWord(state, CORM_WORD_PK, request->owner);
	if (request->relation)
		PushWord(state, CORM_WORD_RELATION,
				 CormStringToValue(request->relation));
}

/*
 * Writes a request as a queryset in canonical form.  Returns a datum of its
 * own, allocated in the current context.  Raises what CormRequestCheck raises.
 */
Jsonb *
CormQuerysetFromRequest(const CormRequest *request)
{
	JsonbParseState *state = NULL;
	JsonbValue *result;

	check_stack_depth();
	CormRequestCheck(request);

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	PushSubject(&state, request);
	if (request->permit_given)	/* an empty list permits nothing */
		PushNames(&state, CORM_WORD_PERMIT, request->permit);
	PushOptions(&state, request->said ? request->said : request);
	if (request->base && request->said->offset == 0 &&
		request->base->offset > 0)
		PushCount(&state, CormWordName(CORM_WORD_OFFSET), 0);
	result = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(result);
}

/* A queryset within another. */
static JsonbValue *
RequestToValue(const CormRequest *request)
{
	return CormJsonbToValue(CormQuerysetFromRequest(request));
}

/*
 * Returns the canonical form of a JSON queryset, allocated in the current
 * context.  Raises what CormParseRequest raises.
 */
Jsonb *
CormQuerysetFromJsonb(Jsonb *json)
{
	return CormQuerysetFromRequest(CormParseRequest(json));
}

/*
 * Returns the queryset that a text spells: JSON if its first character that is
 * not white space is a brace, else the name of a model, whose surrounding white
 * space does not count.  Raises 22P02 for broken JSON and what CormParseRequest
 * raises.
 */
Jsonb *
CormQuerysetFromText(const char *text)
{
	CormRequest *request;
	const char *end = text + strlen(text);

	while (scanner_isspace(*text))
		text++;
	if (*text == '{')
		return CormQuerysetFromJsonb(DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
																		CStringGetDatum(text))));

	while (end > text && scanner_isspace(end[-1]))
		end--;
	request = CormMakeRequest();
	CormRequestSay(request, CORM_WORD_MODEL,
				   CormStringToValue(pnstrdup(text, end - text)));
	return CormQuerysetFromRequest(request);
}
