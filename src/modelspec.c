/*-------------------------------------------------------------------------
 *
 * modelspec.c
 *	  Reading the document of corm.define().
 *
 * A document is an object of models, a model an object of the options listed
 * below.  Both are walked as json, which keeps their order; a value is then
 * read as jsonb.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "utils/builtins.h"

#include "document.h"
#include "error.h"
#include "model.h"
#include "modelspec.h"

static const char *const options[] = {
	"table", "kind", "key", "fields", "primary_key", "unique", "indexes",
	"foreign_keys", "counter_caches"
};

static const char kinds[] = {
	RELKIND_RELATION, RELKIND_VIEW, RELKIND_MATVIEW, RELKIND_FOREIGN_TABLE
};

static CormModelSpec *ReadModel(char *name, char *json);
static void ReadOption(CormModelSpec *spec, const char *option, char *json,
					   const CormDocPath *model);
pg_noreturn static void RaiseUnknownOption(const CormModelSpec *spec,
										   const char *option);
static char ReadKind(const CormModelSpec *spec, const JsonbValue *value,
					 const CormDocPath *at);
static List *ReadNameLists(JsonbValue *value, const CormDocPath *at);
static List *ReadNameList(JsonbValue *value, const CormDocPath *at);
static List *ReadConstraints(JsonbValue *value, const CormDocPath *at);
static List *ReadCounters(JsonbValue *object, const CormDocPath *at);
static void CheckView(const CormModelSpec *spec);

List *
CormReadDocument(char *json)
{
	Jsonb	   *whole = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
														   CStringGetDatum(json)));
	List	   *document = NIL;
	List	   *names;
	List	   *models;
	ListCell   *ln;
	ListCell   *lm;

	if (!JB_ROOT_IS_OBJECT(whole))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("schema must be a JSON object"),
				 errhint("Write {\"Post\": {\"table\": \"posts\", \"fields\": {\"title\": \"text\"}}}.")));
	CormReadPairs(json, &names, &models);
	forboth(ln, names, lm, models)
		document = lappend(document, ReadModel(lfirst(ln), lfirst(lm)));
	return document;
}

static CormModelSpec *
ReadModel(char *name, char *json)
{
	CormModelSpec *spec = palloc0(sizeof(CormModelSpec));
	CormDocPath at = {NULL, name, 0};
	JsonbValue *value =
		CormJsonbToValue(DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
															CStringGetDatum(json))));
	List	   *names;
	List	   *values;
	ListCell   *ln;
	ListCell   *lv;

	spec->text = name;
	spec->relkind = RELKIND_RELATION;
	if (!CormJsonIsObject(value))
		CormRaiseWrongValue(&at, "an object", value);
	CormReadPairs(json, &names, &values);
	forboth(ln, names, lv, values)
		ReadOption(spec, lfirst(ln), lfirst(lv), &at);
	CheckView(spec);
	return spec;
}

static void
ReadOption(CormModelSpec *spec, const char *option, char *json,
		   const CormDocPath *model)
{
	CormDocPath at = {model, option, 0};
	JsonbValue *value;
	bool		known = false;

	value = CormJsonbToValue(DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
																CStringGetDatum(json))));
	for (int i = 0; i < lengthof(options) && !known; i++)
		known = strcmp(option, options[i]) == 0;
	if (!known)
		RaiseUnknownOption(spec, option);
	if (value->type == jbvNull)
		return;					/* as if it were not there */
	if (strcmp(option, "table") == 0)
		spec->table_text = CormReadName(value, &at);
	else if (strcmp(option, "kind") == 0)
		spec->relkind = ReadKind(spec, value, &at);
	else if (strcmp(option, "key") == 0)
		spec->key = ReadNameList(value, &at);
	else if (strcmp(option, "fields") == 0)
	{
		if (!CormJsonIsObject(value))
			CormRaiseWrongValue(&at, "an object", value);
		spec->fields = CormReadFields(json);
	}
	else if (strcmp(option, "primary_key") == 0)
	{
		spec->primary_key = ReadNameList(value, &at);
		spec->has_key = true;
	}
	else if (strcmp(option, "unique") == 0)
		spec->unique = ReadNameLists(value, &at);
	else if (strcmp(option, "indexes") == 0)
		spec->indexes = ReadNameLists(value, &at);
	else if (strcmp(option, "foreign_keys") == 0)
		spec->foreign_keys = ReadConstraints(value, &at);
	else if (strcmp(option, "counter_caches") == 0)
	{
		if (!CormJsonIsObject(value))
			CormRaiseWrongValue(&at, "an object", value);
		spec->counter_caches = ReadCounters(value, &at);
	}
}

static void
RaiseUnknownOption(const CormModelSpec *spec, const char *option)
{
	List	   *known = NIL;
	const char *near;

	for (int i = 0; i < lengthof(options); i++)
		known = lappend(known, unconstify(char *, options[i]));
	near = CormClosest(option, known);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown option \"%s\" of model \"%s\"", option,
					spec->text),
			 errdetail("Its options are: %s.", CormJoinNames(known)),
			 near != NULL ?
			 errhint("Perhaps you meant the option \"%s\".", near) :
			 errhint("Columns and relations stand in \"fields\".")));
}

static char
ReadKind(const CormModelSpec *spec, const JsonbValue *value,
		 const CormDocPath *at)
{
	char	   *word = CormReadName(value, at);

	for (int i = 0; i < lengthof(kinds); i++)
	{
		if (strcmp(word, CormKindWord(kinds[i])) == 0)
			return kinds[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown kind \"%s\" of model \"%s\"", word, spec->text),
			 errhint("The kinds are table, view, materialized view and foreign table.")));
}

static List *
ReadNameLists(JsonbValue *value, const CormDocPath *at)
{
	List	   *lists = NIL;
	ListCell   *lc;

	foreach(lc, CormReadList(value, false, "an array of arrays of strings",
							 at))
	{
		CormDocPath here = {at, NULL, foreach_current_index(lc)};
		List	   *names = ReadNameList(lfirst(lc), &here);

		if (names == NIL)
			CormRaiseWrongValue(&here, "an array of column names",
								lfirst(lc));
		lists = lappend(lists, names);
	}
	return lists;
}

/* Raises 42701 for a name given twice. */
static List *
ReadNameList(JsonbValue *value, const CormDocPath *at)
{
	List	   *names = NIL;
	ListCell   *lc;

	foreach(lc, CormReadList(value, false, "an array of strings", at))
	{
		CormDocPath here = {at, NULL, foreach_current_index(lc)};

		names = lappend(names, CormReadName(lfirst(lc), &here));
	}
	CormCheckDuplicates(names);
	return names;
}

static List *
ReadConstraints(JsonbValue *value, const CormDocPath *at)
{
	List	   *constraints = NIL;
	ListCell   *lc;

	foreach(lc, CormReadList(value, false, "an array of objects", at))
	{
		Jsonb	   *element = JsonbValueToJsonb(lfirst(lc));
		char	   *json = JsonbToCString(NULL, &element->root,
										  VARSIZE(element));

		constraints = lappend(constraints,
							  CormReadConstraint("foreign_keys", json));
	}
	return constraints;
}

static List *
ReadCounters(JsonbValue *object, const CormDocPath *at)
{
	JsonbIterator *it = CormBeginPairs(object);
	List	   *counters = NIL;
	char	   *relation;
	JsonbValue *column;

	while (CormNextPair(&it, &relation, &column))
	{
		CormDocPath here = {at, relation, 0};
		CormCounterSpec *counter = palloc(sizeof(CormCounterSpec));

		counter->relation = relation;
		counter->column = CormReadName(column, &here);
		counters = lappend(counters, counter);
	}
	return counters;
}

/* What has no columns of its own to make has no fields that make them. */
static void
CheckView(const CormModelSpec *spec)
{
	ListCell   *lc;
	const char *what = NULL;

	if (spec->relkind == RELKIND_RELATION)
	{
		if (spec->key != NIL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("model \"%s\" is a table, whose key cannot be given by \"key\"",
							spec->text),
					 errhint("Use \"primary_key\", or say which \"kind\" it is of: view, materialized view or foreign table.")));
		return;
	}
	if (spec->has_key)
		what = "primary_key";
	else if (spec->unique != NIL)
		what = "unique";
	else if (spec->indexes != NIL)
		what = "indexes";
	else if (spec->foreign_keys != NIL)
		what = "foreign_keys";
	else if (spec->counter_caches != NIL)
		what = "counter_caches";
	foreach(lc, spec->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (field->kind != CORM_FIELD_RELATION_ON || field->type != NULL)
			what = field->name;
	}
	if (what != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("model \"%s\" is a %s and cannot have \"%s\"",
						spec->text, CormKindWord(spec->relkind), what),
				 errhint("Its fields are relations without a constraint: {\"relation_on\": \"Target\", \"columns\": [..]}.")));
}
