/*-------------------------------------------------------------------------
 *
 * tablespec.c
 *	  The fields of a new model, as its JSON describes them.
 *
 * The object is walked as json, which keeps the order of its keys (and is
 * what tells a key that is there twice); each field's description is then
 * read as jsonb, where order means nothing.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "compat.h"
#include "error.h"
#include "naming.h"
#include "tablespec.h"

typedef enum OptionType
{
	OPTION_TEXT,				/* char * */
	OPTION_NAMES,				/* List * of char * */
	OPTION_BOOL,				/* bool */
	OPTION_NULLABLE,			/* bool, the opposite of the JSON value */
	OPTION_ACTION,				/* char, FKCONSTR_ACTION_xxx */
	OPTION_DEFAULT				/* not read with the others */
} OptionType;

typedef struct Option
{
	const char *name;
	OptionType	type;
	size_t		offset;			/* in CormFieldSpec */
} Option;

#define FIELD(member) offsetof(CormFieldSpec, member)

/* Each list starts with the word that tells its kind from the others. */
static const Option column_options[] = {
	{"type", OPTION_TEXT, FIELD(target)},
	{"nullable", OPTION_NULLABLE, FIELD(column.not_null)},
	{"default", OPTION_DEFAULT, 0},
	{"unique", OPTION_BOOL, FIELD(column.unique)},
	{"primary_key", OPTION_BOOL, FIELD(primary_key)},
	{"index", OPTION_BOOL, FIELD(index)},
	{NULL}
};

static const Option foreign_key_options[] = {
	{"foreign_key", OPTION_TEXT, FIELD(target)},
	{"related_name", OPTION_TEXT, FIELD(foreign_key.related_name)},
	{"columns", OPTION_NAMES, FIELD(foreign_key.columns)},
	{"target_columns", OPTION_NAMES, FIELD(foreign_key.target_columns)},
	{"nullable", OPTION_BOOL, FIELD(foreign_key.nullable)},
	{"one_to_one", OPTION_BOOL, FIELD(foreign_key.one_to_one)},
	{"on_delete", OPTION_ACTION, FIELD(foreign_key.on_delete)},
	{"on_update", OPTION_ACTION, FIELD(foreign_key.on_update)},
	{"is_deferrable", OPTION_BOOL, FIELD(foreign_key.deferrable)},
	{"index", OPTION_BOOL, FIELD(foreign_key.index)},
	{"validate", OPTION_BOOL, FIELD(foreign_key.validate)},
	{"skip_reverse", OPTION_BOOL, FIELD(foreign_key.skip_reverse)},
	{NULL}
};

static const Option many_to_many_options[] = {
	{"many_to_many", OPTION_TEXT, FIELD(target)},
	{"through", OPTION_TEXT, FIELD(many_to_many.through)},
	{"related_name", OPTION_TEXT, FIELD(many_to_many.related_name)},
	{"through_relation_name", OPTION_TEXT,
	FIELD(many_to_many.through_relation_name)},
	{"through_reverse_relation_name", OPTION_TEXT,
	FIELD(many_to_many.through_reverse_relation_name)},
	{"symmetrical", OPTION_BOOL, FIELD(many_to_many.symmetrical)},
	{"skip_reverse", OPTION_BOOL, FIELD(many_to_many.skip_reverse)},
	{NULL}
};

/* Types that are not, and the integer each stands for. */
static const struct
{
	const char *name;
	Oid			typid;
}			serials[] =
{
	{"smallserial", INT2OID}, {"serial2", INT2OID},
	{"serial", INT4OID}, {"serial4", INT4OID},
	{"bigserial", INT8OID}, {"serial8", INT8OID}
};

static CormFieldSpec *ReadField(char *name, char *description);
static void ReadObject(CormFieldSpec *field, JsonbContainer *object);
static const Option *KindOf(CormFieldSpec *field, JsonbContainer *object);
static void ReadOption(CormFieldSpec *field, const Option *options,
					   const char *name, JsonbValue *value);
static void ReadNames(CormFieldSpec *field, const Option *option,
					  JsonbValue *value);
static void SetType(CormFieldSpec *field, const char *type);
static void SetDefault(CormFieldSpec *field, JsonbValue *value);
pg_noreturn static void RaiseBadOption(const CormFieldSpec *field,
									   const char *option,
									   const char *expected);
static char *TextOf(const JsonbValue *string);

List *
CormReadFields(char *json)
{
	Jsonb	   *whole = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
														   CStringGetDatum(json)));
	MemoryContext caller = CurrentMemoryContext;
	Oid			types[1] = {JSONOID};
	Datum		values[1];
	List	   *names = NIL;
	List	   *descriptions = NIL;
	List	   *fields = NIL;
	ListCell   *ln;
	ListCell   *ld;
	MemoryContext spi;

	if (!JB_ROOT_IS_OBJECT(whole))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fields must be a JSON object"),
				 errhint("Write {\"title\": \"text\", \"author\": {\"foreign_key\": \"Person\"}}.")));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to the SPI manager");
	values[0] = CStringGetTextDatum(json);
	if (SPI_execute_with_args("SELECT e.key, e.value FROM pg_catalog.json_each($1) AS e",
							  1, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the fields");
	spi = MemoryContextSwitchTo(caller);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;

		names = lappend(names, SPI_getvalue(tuple, desc, 1));
		descriptions = lappend(descriptions, SPI_getvalue(tuple, desc, 2));
	}
	MemoryContextSwitchTo(spi);
	SPI_finish();

	forboth(ln, names, ld, descriptions)
	{
		CormFieldSpec *field = ReadField(lfirst(ln), lfirst(ld));
		ListCell   *lf;

		foreach(lf, fields)
		{
			if (strcmp(((CormFieldSpec *) lfirst(lf))->name, field->name) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_DUPLICATE_COLUMN),
						 errmsg("field \"%s\" is given twice", field->name)));
		}
		fields = lappend(fields, field);
	}
	return fields;
}

static CormFieldSpec *
ReadField(char *name, char *description)
{
	CormFieldSpec *field = palloc0(sizeof(CormFieldSpec));
	Jsonb	   *jsonb = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
														   CStringGetDatum(description)));
	JsonbValue	scalar;

	field->name = name;
	CormInitForeignKeySpec(&field->foreign_key);
	field->foreign_key.name = name;
	field->many_to_many.name = name;
	field->column.name = name;
	if (JB_ROOT_IS_OBJECT(jsonb))
		ReadObject(field, &jsonb->root);
	else if (JsonbExtractScalar(&jsonb->root, &scalar) &&
			 scalar.type == jbvString)
		SetType(field, TextOf(&scalar));
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("field \"%s\" must be a type name or a JSON object",
						name)));
	if (name[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("field name must not be empty")));
	if (field->kind == CORM_FIELD_COLUMN)
		CormCheckNameLength("column", name, NULL);
	if (field->primary_key)
		field->column.not_null = true;
	return field;
}

static void
ReadObject(CormFieldSpec *field, JsonbContainer *object)
{
	const Option *options = KindOf(field, object);
	JsonbValue	default_value = {0};
	bool		has_default = false;
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	item;
	char	   *key = NULL;

	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			key = TextOf(&item);
		else if (token == WJB_VALUE && strcmp(key, "default") == 0 &&
				 field->kind == CORM_FIELD_COLUMN)
		{
			default_value = item;
			has_default = true;
		}
		else if (token == WJB_VALUE)
			ReadOption(field, options, key, &item);
	}
	if (field->kind == CORM_FIELD_COLUMN)
		SetType(field, field->target);
	if (has_default)
		SetDefault(field, &default_value);
}

static const Option *
KindOf(CormFieldSpec *field, JsonbContainer *object)
{
	static const Option *const kinds[] = {
		column_options, foreign_key_options, many_to_many_options
	};
	const Option *options = NULL;

	for (int i = 0; i < lengthof(kinds); i++)
	{
		const char *word = kinds[i][0].name;
		JsonbValue	value;

		if (getKeyJsonValueFromContainer(object, word, strlen(word),
										 &value) == NULL)
			continue;
		if (options != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("field \"%s\" cannot have both \"%s\" and \"%s\"",
							field->name, options[0].name, word)));
		if (value.type != jbvString)
			RaiseBadOption(field, word, "a string");
		options = kinds[i];
		field->kind = (CormFieldKind) i;
	}
	if (options == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("field \"%s\" needs one of \"type\", \"foreign_key\" and \"many_to_many\"",
						field->name)));
	return options;
}

static void
ReadOption(CormFieldSpec *field, const Option *options, const char *name,
		   JsonbValue *value)
{
	const Option *option = options;
	void	   *place;

	while (option->name != NULL && strcmp(option->name, name) != 0)
		option++;
	if (option->name == NULL)
	{
		List	   *known = NIL;
		const char *near;

		for (option = options; option->name != NULL; option++)
			known = lappend(known, unconstify(char *, option->name));
		near = CormClosest(name, known);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown option \"%s\" of field \"%s\"", name,
						field->name),
				 errdetail("Its options are: %s.", CormJoinNames(known)),
				 near != NULL ?
				 errhint("Perhaps you meant the option \"%s\".", near) : 0));
	}
	if (value->type == jbvNull)
		return;					/* as if it were not there */
	place = (char *) field + option->offset;
	switch (option->type)
	{
		case OPTION_TEXT:
			if (value->type != jbvString)
				RaiseBadOption(field, name, "a string");
			*(char **) place = TextOf(value);
			break;
		case OPTION_NAMES:
			ReadNames(field, option, value);
			break;
		case OPTION_BOOL:
		case OPTION_NULLABLE:
			if (value->type != jbvBool)
				RaiseBadOption(field, name, "true or false");
			*(bool *) place = value->val.boolean ==
				(option->type == OPTION_BOOL);
			break;
		case OPTION_ACTION:
			if (value->type != jbvString)
				RaiseBadOption(field, name, "a string");
			*(char *) place = CormReferentialAction(name, TextOf(value));
			break;
		case OPTION_DEFAULT:
			break;
	}
}

static void
ReadNames(CormFieldSpec *field, const Option *option, JsonbValue *value)
{
	List	  **place = (List **) ((char *) field + option->offset);
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	item;

	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		RaiseBadOption(field, option->name, "an array of strings");
	it = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM)
			continue;
		if (item.type != jbvString)
			RaiseBadOption(field, option->name, "an array of strings");
		*place = lappend(*place, TextOf(&item));
	}
}

/* By the server's own parser, save for the serial types, which are no types. */
static void
SetType(CormFieldSpec *field, const char *type)
{
	for (int i = 0; i < lengthof(serials); i++)
	{
		if (pg_strcasecmp(type, serials[i].name) != 0)
			continue;
		field->column.typid = serials[i].typid;
		field->column.typmod = -1;
		field->column.identity = true;
		return;
	}
	parseTypeString(type, &field->column.typid, &field->column.typmod, false);
}

/* A scalar is a value of the type; SQL has to be asked for. */
static void
SetDefault(CormFieldSpec *field, JsonbValue *value)
{
	Oid			typid = field->column.typid;
	char	   *text;

	switch (value->type)
	{
		case jbvNull:
			return;
		case jbvString:
			text = TextOf(value);
			break;
		case jbvBool:
			text = value->val.boolean ? "true" : "false";
			break;
		case jbvNumeric:
			text = DatumGetCString(DirectFunctionCall1(numeric_out,
													   NumericGetDatum(value->val.numeric)));
			break;
		default:
			{
				JsonbContainer *object = value->val.binary.data;
				JsonbValue	sql;

				if (!JsonContainerIsObject(object) ||
					JsonContainerSize(object) != 1 ||
					getKeyJsonValueFromContainer(object, "sql", 3, &sql) == NULL ||
					sql.type != jbvString)
					RaiseBadOption(field, "default",
								   "a scalar, or an object {\"sql\": \"expression\"}");
				field->column.default_sql = CormExpressionSql(TextOf(&sql));
				return;
			}
	}
	field->column.default_sql = CormLiteralSql(text, typid);
}

static void
RaiseBadOption(const CormFieldSpec *field, const char *option,
			   const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("option \"%s\" of field \"%s\" must be %s", option,
					field->name, expected)));
}

static char *
TextOf(const JsonbValue *string)
{
	return pnstrdup(string->val.string.val, string->val.string.len);
}
