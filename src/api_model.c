/*-------------------------------------------------------------------------
 *
 * api_model.c
 *	  SQL entry points: defining models and relations.
 *
 * Functions here are not STRICT, so that a NULL in the place of a required
 * argument is an error and not a silent no-op.  NULL for an argument that has
 * a default stands for the default.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"

#include "api_model.h"
#include "ddl.h"
#include "define.h"
#include "model.h"
#include "relate.h"

PG_FUNCTION_INFO_V1(corm_invalidate);
PG_FUNCTION_INFO_V1(corm_create_model);
PG_FUNCTION_INFO_V1(corm_register_model);
PG_FUNCTION_INFO_V1(corm_rename_model);
PG_FUNCTION_INFO_V1(corm_drop_model);
PG_FUNCTION_INFO_V1(corm_foreign_key);
PG_FUNCTION_INFO_V1(corm_many_to_many);
PG_FUNCTION_INFO_V1(corm_relation_on);
PG_FUNCTION_INFO_V1(corm_alter_relation);
PG_FUNCTION_INFO_V1(corm_rename_relation);
PG_FUNCTION_INFO_V1(corm_drop_relation);
PG_FUNCTION_INFO_V1(corm_version);

static Oid	RequiredModel(FunctionCallInfo fcinfo);
static char *OptionalText(FunctionCallInfo fcinfo, int n);
static const bool *OptionalBoolPointer(FunctionCallInfo fcinfo, int n);
static char OptionalAction(FunctionCallInfo fcinfo, int n,
						   const char *argument, char otherwise);
pg_noreturn static void RaiseNull(const char *argument);

/* Statement trigger on corm's tables, for changes made by hand. */
Datum
corm_invalidate(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"corm._invalidate\" was not called as a trigger")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	return PointerGetDatum(NULL);
}

Datum
corm_create_model(PG_FUNCTION_ARGS)
{
	char	   *name = CormRequiredText(fcinfo, 0, "name");
	char	   *fields = CormRequiredText(fcinfo, 1, "fields");
	char	   *table_name = OptionalText(fcinfo, 2);

	CormBeginDefinition("corm.create_model()");
	PG_RETURN_OID(CormCreateModel(name, fields, table_name));
}

Datum
corm_register_model(PG_FUNCTION_ARGS)
{
	char	   *name = OptionalText(fcinfo, 1);
	List	   *key = CormOptionalNames(fcinfo, 2, "key");
	char	   *registered;

	if (PG_ARGISNULL(0))
		RaiseNull("table_name");
	CormBeginDefinition("corm.register_model()");
	registered = CormRegisterTable(PG_GETARG_OID(0), name, key);

	/* NULL leaves a key as it is, an empty list is none */
	if (!PG_ARGISNULL(2) && key == NIL)
		CormForgetKey(PG_GETARG_OID(0));
	PG_RETURN_TEXT_P(cstring_to_text(registered));
}

Datum
corm_rename_model(PG_FUNCTION_ARGS)
{
	char	   *new_name = CormRequiredText(fcinfo, 1, "new_name");
	Oid			relid = RequiredModel(fcinfo);

	CormBeginDefinition("corm.rename_model()");
	CormRenameModel(relid, new_name);
	PG_RETURN_VOID();
}

Datum
corm_drop_model(PG_FUNCTION_ARGS)
{
	Oid			relid = RequiredModel(fcinfo);

	CormBeginDefinition("corm.drop_model()");
	CormDropModel(relid, CormOptionalBool(fcinfo, 1, false));
	PG_RETURN_VOID();
}

Datum
corm_foreign_key(PG_FUNCTION_ARGS)
{
	CormForeignKeySpec spec;
	char	   *model = CormRequiredText(fcinfo, 0, "model");
	char	   *name = CormRequiredText(fcinfo, 1, "name");
	char	   *target = CormRequiredText(fcinfo, 2, "target");

	CormInitForeignKeySpec(&spec);
	spec.name = name;
	spec.related_name = OptionalText(fcinfo, 3);
	spec.columns = CormOptionalNames(fcinfo, 4, "columns");
	spec.target_columns = CormOptionalNames(fcinfo, 5, "target_columns");
	spec.nullable = CormOptionalBool(fcinfo, 6, spec.nullable);
	spec.one_to_one = CormOptionalBool(fcinfo, 7, spec.one_to_one);
	spec.on_delete = OptionalAction(fcinfo, 8, "on_delete", spec.on_delete);
	spec.on_update = OptionalAction(fcinfo, 9, "on_update", spec.on_update);
	spec.deferrable = CormOptionalBool(fcinfo, 10, spec.deferrable);
	spec.index = CormOptionalBool(fcinfo, 11, spec.index);
	spec.validate = CormOptionalBool(fcinfo, 12, spec.validate);
	spec.skip_reverse = CormOptionalBool(fcinfo, 13, spec.skip_reverse);
	CormBeginDefinition("corm.foreign_key()");
	spec.source = CormModelByName(model);
	spec.target = CormModelByName(target);
	CormDeclareForeignKey(&spec);
	PG_RETURN_VOID();
}

Datum
corm_many_to_many(PG_FUNCTION_ARGS)
{
	CormManyToManySpec spec = {0};
	char	   *model = CormRequiredText(fcinfo, 0, "model");
	char	   *name = CormRequiredText(fcinfo, 1, "name");
	char	   *target = CormRequiredText(fcinfo, 2, "target");

	spec.name = name;
	spec.through = OptionalText(fcinfo, 3);
	spec.related_name = OptionalText(fcinfo, 4);
	spec.through_relation_name = OptionalText(fcinfo, 5);
	spec.through_reverse_relation_name = OptionalText(fcinfo, 6);
	spec.symmetrical = CormOptionalBool(fcinfo, 7, false);
	spec.skip_reverse = CormOptionalBool(fcinfo, 8, false);
	CormBeginDefinition("corm.many_to_many()");
	spec.source = CormModelByName(model);
	spec.target = CormModelByName(target);
	PG_RETURN_OID(CormDeclareManyToMany(&spec));
}

Datum
corm_relation_on(PG_FUNCTION_ARGS)
{
	CormRelationOnSpec spec = {0};
	char	   *model = CormRequiredText(fcinfo, 0, "model");
	char	   *name = CormRequiredText(fcinfo, 1, "name");
	char	   *target = CormRequiredText(fcinfo, 2, "target");

	spec.name = name;
	spec.columns = CormOptionalNames(fcinfo, 3, "columns");
	spec.target_columns = CormOptionalNames(fcinfo, 4, "target_columns");
	spec.to_many = CormOptionalBool(fcinfo, 5, false);
	spec.related_name = OptionalText(fcinfo, 6);
	CormBeginDefinition("corm.relation_on()");
	spec.source = CormModelByName(model);
	spec.target = CormModelByName(target);
	CormDeclareRelationOn(&spec);
	PG_RETURN_VOID();
}

Datum
corm_alter_relation(PG_FUNCTION_ARGS)
{
	CormAlterSpec spec = {0};
	char	   *name = CormRequiredText(fcinfo, 1, "name");
	Oid			relid = RequiredModel(fcinfo);

	spec.related_name = OptionalText(fcinfo, 2);
	spec.on_delete = OptionalAction(fcinfo, 3, "on_delete", 0);
	spec.on_update = OptionalAction(fcinfo, 4, "on_update", 0);
	spec.nullable = OptionalBoolPointer(fcinfo, 5);
	spec.deferrable = OptionalBoolPointer(fcinfo, 6);
	spec.skip_reverse = OptionalBoolPointer(fcinfo, 7);
	CormBeginDefinition("corm.alter_relation()");
	CormAlterRelation(relid, name, &spec);
	PG_RETURN_VOID();
}

Datum
corm_rename_relation(PG_FUNCTION_ARGS)
{
	char	   *name = CormRequiredText(fcinfo, 1, "name");
	char	   *new_name = CormRequiredText(fcinfo, 2, "new_name");
	Oid			relid = RequiredModel(fcinfo);

	CormBeginDefinition("corm.rename_relation()");
	CormRenameRelation(relid, name, new_name);
	PG_RETURN_VOID();
}

Datum
corm_drop_relation(PG_FUNCTION_ARGS)
{
	char	   *name = CormRequiredText(fcinfo, 1, "name");
	Oid			relid = RequiredModel(fcinfo);

	CormBeginDefinition("corm.drop_relation()");
	CormDropRelation(relid, name, CormOptionalBool(fcinfo, 2, false),
					 CormOptionalBool(fcinfo, 3, false));
	PG_RETURN_VOID();
}

Datum
corm_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(CORM_VERSION));
}

void
CormBeginDefinition(const char *function)
{
	PreventCommandIfReadOnly(function);
	if (creating_extension)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("models and relations cannot be defined in an extension's script")));
}

char *
CormRequiredText(FunctionCallInfo fcinfo, int n, const char *argument)
{
	if (PG_ARGISNULL(n))
		RaiseNull(argument);
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* The table of the model that the first argument names. */
static Oid
RequiredModel(FunctionCallInfo fcinfo)
{
	return CormModelByName(CormRequiredText(fcinfo, 0, "model"))->relid;
}

static char *
OptionalText(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

bool
CormOptionalBool(FunctionCallInfo fcinfo, int n, bool otherwise)
{
	return PG_ARGISNULL(n) ? otherwise : PG_GETARG_BOOL(n);
}

/* NULL for NULL. */
static const bool *
OptionalBoolPointer(FunctionCallInfo fcinfo, int n)
{
	bool	   *value;

	if (PG_ARGISNULL(n))
		return NULL;
	value = palloc(sizeof(bool));
	*value = PG_GETARG_BOOL(n);
	return value;
}

static char
OptionalAction(FunctionCallInfo fcinfo, int n, const char *argument,
			   char otherwise)
{
	return PG_ARGISNULL(n) ? otherwise :
		CormReferentialAction(argument, text_to_cstring(PG_GETARG_TEXT_PP(n)));
}

List *
CormOptionalNames(FunctionCallInfo fcinfo, int n, const char *argument)
{
	ArrayType  *array;
	Datum	   *elements;
	bool	   *nulls;
	int			nelements;
	List	   *names = NIL;

	if (PG_ARGISNULL(n))
		return NIL;
	array = PG_GETARG_ARRAYTYPE_P(n);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("argument \"%s\" must be a one-dimensional array",
						argument)));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &nelements);
	for (int i = 0; i < nelements; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not contain NULL",
							argument)));
		names = lappend(names, TextDatumGetCString(elements[i]));
	}
	return names;
}

static void
RaiseNull(const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("argument \"%s\" must not be NULL", argument)));
}
