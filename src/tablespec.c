/*-------------------------------------------------------------------------
 *
 * tablespec.c
 *	  The fields of a model, as its JSON describes them.
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

#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "nodes/value.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "compat.h"
#include "document.h"
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
	OPTION_DEFAULT,				/* not read with the others */
	OPTION_EXPRESSION			/* char *, of {"sql": "expression"} */
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
	{"type", OPTION_TEXT, FIELD(type)},
	{"nullable", OPTION_NULLABLE, FIELD(column.not_null)},
	{"default", OPTION_DEFAULT, 0},
	{"unique", OPTION_BOOL, FIELD(column.unique)},
	{"primary_key", OPTION_BOOL, FIELD(primary_key)},
	{"index", OPTION_BOOL, FIELD(index)},
	{"identity", OPTION_TEXT, FIELD(identity)},
	{"generated", OPTION_EXPRESSION, FIELD(column.generated_sql)},
	{"collation", OPTION_TEXT, FIELD(collation)},
	{NULL}
};

/* The last ones are about its column. */
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
	{"type", OPTION_TEXT, FIELD(type)},
	{"default", OPTION_DEFAULT, 0},
	{"primary_key", OPTION_BOOL, FIELD(primary_key)},
	{"identity", OPTION_TEXT, FIELD(identity)},
	{"generated", OPTION_EXPRESSION, FIELD(column.generated_sql)},
	{"collation", OPTION_TEXT, FIELD(collation)},
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

/* With a type it is a column as well, of its own name. */
static const Option relation_on_options[] = {
	{"relation_on", OPTION_TEXT, FIELD(target)},
	{"related_name", OPTION_TEXT, FIELD(relation_on.related_name)},
	{"columns", OPTION_NAMES, FIELD(relation_on.columns)},
	{"target_columns", OPTION_NAMES, FIELD(relation_on.target_columns)},
	{"to_many", OPTION_BOOL, FIELD(relation_on.to_many)},
	{"type", OPTION_TEXT, FIELD(type)},
	{"nullable", OPTION_NULLABLE, FIELD(column.not_null)},
	{"default", OPTION_DEFAULT, 0},
	{"unique", OPTION_BOOL, FIELD(column.unique)},
	{"primary_key", OPTION_BOOL, FIELD(primary_key)},
	{"index", OPTION_BOOL, FIELD(index)},
	{"identity", OPTION_TEXT, FIELD(identity)},
	{"generated", OPTION_EXPRESSION, FIELD(column.generated_sql)},
	{"collation", OPTION_TEXT, FIELD(collation)},
	{NULL}
};

/* A foreign key without a name of its own. */
static const Option constraint_options[] = {
	{"target", OPTION_TEXT, FIELD(target)},
	{"columns", OPTION_NAMES, FIELD(foreign_key.columns)},
	{"target_columns", OPTION_NAMES, FIELD(foreign_key.target_columns)},
	{"on_delete", OPTION_ACTION, FIELD(foreign_key.on_delete)},
	{"on_update", OPTION_ACTION, FIELD(foreign_key.on_update)},
	{"is_deferrable", OPTION_BOOL, FIELD(foreign_key.deferrable)},
	{"validate", OPTION_BOOL, FIELD(foreign_key.validate)},
	{NULL}
};

/* By CormFieldKind. */
static const Option *const kinds[] = {
	column_options, foreign_key_options, many_to_many_options,
	relation_on_options
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
static CormFieldSpec *NewField(char *name);
static void ReadObject(CormFieldSpec *field, const Option *options,
					   JsonbContainer *object);
static void SetColumn(CormFieldSpec *field);
static const Option *KindOf(CormFieldSpec *field, JsonbContainer *object);
static void ReadOption(CormFieldSpec *field, const Option *options,
					   const char *name, JsonbValue *value);
static void ReadNames(CormFieldSpec *field, const Option *option,
					  JsonbValue *value);
static void SetType(CormFieldSpec *field, const char *type);
static Oid	CollationNamed(char *text);
static void ReadDefault(CormFieldSpec *field, JsonbValue *value);
static char *ReadExpression(const CormFieldSpec *field, const char *option,
							JsonbValue *value, const char *expected);
pg_noreturn static void RaiseBadOption(const CormFieldSpec *field,
									   const char *option,
									   const char *expected);
static char *TextOf(const JsonbValue *string);

List *
CormReadFields(char *json)
{
	Jsonb	   *whole = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
														   CStringGetDatum(json)));
	List	   *names;
	List	   *descriptions;
	List	   *fields = NIL;
	ListCell   *ln;
	ListCell   *ld;

	if (!JB_ROOT_IS_OBJECT(whole))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fields must be a JSON object"),
				 errhint("Write {\"title\": \"text\", \"author\": {\"foreign_key\": \"Person\"}}.")));
	CormReadPairs(json, &names, &descriptions);
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

CormFieldSpec *
CormReadConstraint(char *name, char *json)
{
	CormFieldSpec *field = NewField(name);
	Jsonb	   *jsonb = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
														   CStringGetDatum(json)));

	field->kind = CORM_FIELD_FOREIGN_KEY;
	if (JB_ROOT_IS_OBJECT(jsonb))
		ReadObject(field, constraint_options, &jsonb->root);
	if (field->target == NULL || field->foreign_key.columns == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an element of \"%s\" must be an object with \"columns\" and \"target\"",
						name)));
	return field;
}

void
CormReadPairs(char *json, List **names, List **values)
{
	MemoryContext caller = CurrentMemoryContext;
	Oid			types[1] = {JSONOID};
	Datum		args[1];
	MemoryContext spi;

	*names = NIL;
	*values = NIL;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to the SPI manager");
	args[0] = CStringGetTextDatum(json);
	if (SPI_execute_with_args("SELECT e.key, e.value FROM pg_catalog.json_each($1) AS e",
							  1, types, args, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not take a JSON object apart");
	spi = MemoryContextSwitchTo(caller);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;

		*names = lappend(*names, SPI_getvalue(tuple, desc, 1));
		*values = lappend(*values, SPI_getvalue(tuple, desc, 2));
	}
	MemoryContextSwitchTo(spi);
	SPI_finish();
}

static CormFieldSpec *
NewField(char *name)
{
	CormFieldSpec *field = palloc0(sizeof(CormFieldSpec));

	field->name = name;
	CormInitForeignKeySpec(&field->foreign_key);
	field->foreign_key.name = name;
	field->many_to_many.name = name;
	field->relation_on.name = name;
	field->column.name = name;
	return field;
}

static CormFieldSpec *
ReadField(char *name, char *description)
{
	CormFieldSpec *field = NewField(name);
	Jsonb	   *jsonb = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
														   CStringGetDatum(description)));
	JsonbValue	scalar;

	if (JB_ROOT_IS_OBJECT(jsonb))
		ReadObject(field, KindOf(field, &jsonb->root), &jsonb->root);
	else if (JsonbExtractScalar(&jsonb->root, &scalar) &&
			 scalar.type == jbvString)
		field->type = TextOf(&scalar);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("field \"%s\" must be a type name or a JSON object",
						name)));
	SetColumn(field);
	if (name[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("field name must not be empty")));
	if (field->kind == CORM_FIELD_COLUMN)
		CormCheckNameLength("column", name, NULL);
	return field;
}

static void
ReadObject(CormFieldSpec *field, const Option *options,
		   JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	item;
	char	   *key = NULL;

	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			key = TextOf(&item);
		else if (token == WJB_VALUE)
			ReadOption(field, options, key, &item);
	}
}

/* What was read as words, as the server knows it. */
static void
SetColumn(CormFieldSpec *field)
{
	CormNewColumn *column = &field->column;

	if (field->type != NULL)
		SetType(field, field->type);
	if (field->identity != NULL)
	{
		if (pg_strcasecmp(field->identity, "always") == 0)
			column->identity = ATTRIBUTE_IDENTITY_ALWAYS;
		else if (pg_strcasecmp(field->identity, "by default") == 0)
			column->identity = ATTRIBUTE_IDENTITY_BY_DEFAULT;
		else
			RaiseBadOption(field, "identity", "\"always\" or \"by default\"");
	}
	if (field->collation != NULL)
		column->collation = CollationNamed(field->collation);
	if (field->primary_key)
	{
		column->not_null = true;
		field->foreign_key.nullable = false;
	}
	if (OidIsValid(column->typid))
		CormSetDefault(field, column);
	else if (field->kind == CORM_FIELD_RELATION_ON &&
			 (CormSaysColumn(field) || field->primary_key ||
			  column->not_null || column->unique || field->index))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("field \"%s\" describes a column but has no \"type\"",
						field->name),
				 errhint("With a \"type\" it is a column of its name as well; without, its columns are fields of their own.")));
}

bool
CormSaysColumn(const CormFieldSpec *field)
{
	const CormNewColumn *column = &field->column;

	return field->type != NULL || field->default_text != NULL || column->default_sql != NULL ||
		column->generated_sql != NULL || column->identity != '\0' ||
		OidIsValid(column->collation);
}

static const Option *
KindOf(CormFieldSpec *field, JsonbContainer *object)
{
	const Option *options = NULL;

	for (int i = 0; i < lengthof(kinds); i++)
	{
		const char *word = kinds[i][0].name;
		JsonbValue	value;

		if (getKeyJsonValueFromContainer(object, word, strlen(word),
										 &value) == NULL)
			continue;
		if (options != NULL && !(options == column_options &&
								 kinds[i] != many_to_many_options))
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
				 errmsg("field \"%s\" needs one of \"type\", \"foreign_key\", \"many_to_many\" and \"relation_on\"",
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
			ReadDefault(field, value);
			break;
		case OPTION_EXPRESSION:
			*(char **) place = ReadExpression(field, name, value,
											  "an object {\"sql\": \"expression\"}");
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
		field->column.identity = ATTRIBUTE_IDENTITY_BY_DEFAULT;
		return;
	}
	parseTypeString(type, &field->column.typid, &field->column.typmod, false);
}

/* Like other names of corm: case is kept, quotes protect a dot. */
static Oid
CollationNamed(char *text)
{
	char	   *schema;
	char	   *name;

	CormSplitName(text, &schema, &name);
	return get_collation_oid(schema == NULL ? list_make1(makeString(name)) :
							 list_make2(makeString(schema), makeString(name)),
							 false);
}

/* A scalar is a value of the type; SQL has to be asked for. */
static void
ReadDefault(CormFieldSpec *field, JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			field->default_text = TextOf(value);
			break;
		case jbvBool:
			field->default_text = value->val.boolean ? "true" : "false";
			break;
		case jbvNumeric:
			field->default_text =
				DatumGetCString(DirectFunctionCall1(numeric_out,
													NumericGetDatum(value->val.numeric)));
			break;
		default:
			field->column.default_sql =
				ReadExpression(field, "default", value,
							   "a scalar, or an object {\"sql\": \"expression\"}");
	}
}

void
CormSetDefault(CormFieldSpec *field, CormNewColumn *column)
{
	column->default_sql = field->default_text == NULL ?
		field->column.default_sql :
		CormLiteralSql(field->default_text, column->typid);
}

static char *
ReadExpression(const CormFieldSpec *field, const char *option,
			   JsonbValue *value, const char *expected)
{
	JsonbValue	sql;

	if (!CormJsonIsObject(value) ||
		JsonContainerSize(value->val.binary.data) != 1 ||
		getKeyJsonValueFromContainer(value->val.binary.data, "sql", 3,
									 &sql) == NULL ||
		sql.type != jbvString)
		RaiseBadOption(field, option, expected);
	return CormExpressionSql(option, TextOf(&sql));
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
