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

static void
PushKey(JsonbParseState **state, const char *key)
{
	pushJsonbValue(state, WJB_KEY, CormStringToValue(key));
}

static void
PushWord(JsonbParseState **state, CormWord word, JsonbValue *value)
{
	PushKey(state, CormWordName(word));
	pushJsonbValue(state, WJB_VALUE, value);
}

/* An array of JsonbValue *. */
static void
PushArray(JsonbParseState **state, CormWord word, List *values)
{
	ListCell   *cell;

	PushKey(state, CormWordName(word));
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
	PushArray(state, word, values);
}

/* filter and exclude: one object as it is, several as an array. */
static void
PushConditions(JsonbParseState **state, CormWord word, List *conditions)
{
	if (list_length(conditions) == 1)
		PushWord(state, word, linitial(conditions));
	else
		PushArray(state, word, conditions);
}

static void
PushCount(JsonbParseState **state, CormWord word, int64 count)
{
	JsonbValue	value;

	value.type = jbvNumeric;
	value.val.numeric = int64_to_numeric(count);
	PushWord(state, word, &value);
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
		PushArray(state, word, values);
}

/* Everything but the root's words, which options of a load do not have. */
static void
PushOptions(JsonbParseState **state, const CormRequest *request)
{
	if (request->filters)
		PushConditions(state, CORM_WORD_FILTER, request->filters);
	if (request->has_exclude && request->excludes)
		PushConditions(state, CORM_WORD_EXCLUDE, request->excludes);
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
	if (request->limit >= 0)
		PushCount(state, CORM_WORD_LIMIT, request->limit);
	if (request->offset > 0)
		PushCount(state, CORM_WORD_OFFSET, request->offset);
}

static void
PushFlag(JsonbParseState **state, const char *key, bool set)
{
	JsonbValue	yes;

	if (!set)
		return;
	yes.type = jbvBool;
	yes.val.boolean = true;
	PushKey(state, key);
	pushJsonbValue(state, WJB_VALUE, &yes);
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
	{
		PushKey(&state, "as");
		pushJsonbValue(&state, WJB_VALUE, CormStringToValue(load->as));
	}
	PushFlag(&state, "more", load->more);
	PushFlag(&state, "recursive", load->recursive);
	PushFlag(&state, "flat", load->flat);
	if (load->depth >= 0)
	{
		JsonbValue	depth;

		depth.type = jbvNumeric;
		depth.val.numeric = int64_to_numeric(load->depth);
		PushKey(&state, "depth");
		pushJsonbValue(&state, WJB_VALUE, &depth);
	}
	options = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	if (options->val.object.nPairs == 0)
		return JsonbValueToJsonb(CormStringToValue(load->path));

	state = NULL;
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	PushKey(&state, load->path);
	pushJsonbValue(&state, WJB_VALUE,
				   CormJsonbToValue(JsonbValueToJsonb(options)));
	result = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(result);
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

	CormRequestCheck(request);

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	if (request->model)
		PushWord(&state, CORM_WORD_MODEL, CormStringToValue(request->model));
	if (request->relation)
	{
		PushWord(&state, CORM_WORD_PK, request->owner);
		PushWord(&state, CORM_WORD_RELATION,
				 CormStringToValue(request->relation));
	}
	PushOptions(&state, request);
	result = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(result);
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
