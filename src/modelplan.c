/*-------------------------------------------------------------------------
 *
 * modelplan.c
 *	  From the description of models to the columns of their tables.
 *
 * Plain fields are the columns they say.  A foreign key brings its columns
 * along, unless another field describes them, and they have the types of the
 * columns they point to: those may belong to a table that is there, or to a model
 * of the same document, where they may be columns of a foreign key themselves.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "document.h"
#include "error.h"
#include "indexes.h"
#include "introspect.h"
#include "model.h"
#include "modelspec.h"
#include "naming.h"

/* More steps than a chain of columns that point to each other can have. */
#define MAX_STEPS 100

static Oid	SchemaToCreateIn(void);
static List *PlanKey(List *document, CormModelSpec *spec);
static void AddDefaultKey(CormModelSpec *spec);
static List *TargetKey(List *document, CormModelSpec *spec,
					   const CormFieldSpec *field);
static void PlanColumns(List *document, CormModelSpec *spec);
static void AddForeignKeyColumns(List *document, CormModelSpec *spec,
								 CormFieldSpec *field);
static CormNewColumn *OwnColumnNamed(const CormModelSpec *spec,
									 const char *name);
static bool IsNotNull(const CormModelSpec *spec,
					  const CormNewColumn *column);
static bool IsColumn(const CormFieldSpec *field);
static CormNewColumn *TargetColumn(List *document, CormModelSpec *spec,
								   const CormFieldSpec *field,
								   const char *name, int steps);
static CormNewColumn *ColumnOfSpec(List *document, CormModelSpec *spec,
								   const char *name, int steps);
static CormNewColumn *ColumnLike(const CormColumn *there);
pg_noreturn static void RaiseCircle(const CormModelSpec *spec);

/* A schema may come with the model's name, the table's, or both. */
void
CormNameModel(CormModelSpec *spec)
{
	char	   *schema;
	char	   *table_schema = NULL;

	CormSplitName(spec->text, &schema, &spec->name);
	if (spec->table_text != NULL)
		CormSplitName(spec->table_text, &table_schema, &spec->table);
	else
		spec->table = CormPluralName(spec->name);
	CormCheckNameLength("table", spec->table,
						"Give the table another name with table_name.");
	if (schema != NULL && table_schema != NULL &&
		strcmp(schema, table_schema) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("model \"%s\" and table \"%s\" are in different schemas",
						spec->text, spec->table_text)));
	if (schema == NULL)
		schema = table_schema;
	spec->schema = schema == NULL ? SchemaToCreateIn() :
		get_namespace_oid(schema, false);
	CormCheckModelSchema(spec->schema, spec->table);
}

void
CormPlanModels(List *document)
{
	ListCell   *lc;

	foreach(lc, document)
		PlanKey(document, lfirst(lc));
	foreach(lc, document)
		PlanColumns(document, lfirst(lc));
}

CormModelSpec *
CormSpecNamed(List *document, const CormModelSpec *from, const char *text)
{
	char	   *schema;
	char	   *name;
	Oid			schema_oid = from->schema;
	ListCell   *lc;

	CormSplitName(text, &schema, &name);
	if (schema != NULL)
		schema_oid = get_namespace_oid(schema, true);
	foreach(lc, document)
	{
		CormModelSpec *spec = lfirst(lc);

		if (strcmp(spec->name, name) == 0 && spec->schema == schema_oid)
			return spec;
	}
	foreach(lc, document)
	{
		if (strcmp(((CormModelSpec *) lfirst(lc))->text, text) == 0)
			return lfirst(lc);
	}
	return NULL;
}

CormModel *
CormFieldTarget(List *document, const CormModelSpec *spec,
				const CormFieldSpec *field)
{
	CormModelSpec *target = CormSpecNamed(document, spec, field->target);
	CormModel  *model;
	List	   *names = NIL;
	const char *near;
	ListCell   *lc;

	if (target != NULL)
		return CormRequireModel(target->relid);
	model = list_length(document) == 1 ? CormModelByName(field->target) :
		CormModelByNameIfAny(field->target);
	if (model != NULL)
		return model;
	foreach(lc, document)
		names = lappend(names, ((CormModelSpec *) lfirst(lc))->text);
	near = CormClosest(field->target, names);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("model \"%s\", where field \"%s\" of model \"%s\" leads to, does not exist",
					field->target, field->name, spec->text),
			 errdetail("The document has: %s.", CormJoinNames(names)),
			 near != NULL ?
			 errhint("Perhaps you meant the model \"%s\".", near) : 0));
}

/* The columns of a foreign key, of char *, as they are or will be. */
static List *
FieldColumns(List *document, CormModelSpec *spec, const CormFieldSpec *field)
{
	const CormForeignKeySpec *fk = &field->foreign_key;

	if (fk->columns != NIL)
		return fk->columns;
	return CormDefaultColumns(field->name, fk->target_columns != NIL ?
							  fk->target_columns :
							  TargetKey(document, spec, field));
}

CormNewColumn *
CormColumnNamed(List *columns, const char *name)
{
	ListCell   *lc;

	foreach(lc, columns)
	{
		CormNewColumn *column = lfirst(lc);

		if (strcmp(column->name, name) == 0)
			return column;
	}
	return NULL;
}

/* As for CREATE TABLE, but never the temporary one. */
static Oid
SchemaToCreateIn(void)
{
	ListCell   *lc;

	foreach(lc, fetch_search_path(false))
	{
		if (!isAnyTempNamespace(lfirst_oid(lc)))
			return lfirst_oid(lc);
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_SCHEMA),
			 errmsg("no schema has been selected to create in")));
}

/*
 * What the document says the key is.  A table that is to be made gets one if
 * nothing is said, a table that is there is left as it is.
 */
static List *
PlanKey(List *document, CormModelSpec *spec)
{
	List	   *marked = NIL;
	ListCell   *lc;

	if (spec->key_planned)
		return spec->primary_key;
	if (spec->in_planning)
		RaiseCircle(spec);
	spec->in_planning = true;
	foreach(lc, spec->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (!field->primary_key)
			continue;
		marked = list_concat(marked,
							 field->kind == CORM_FIELD_FOREIGN_KEY ?
							 list_copy(FieldColumns(document, spec, field)) :
							 list_make1(field->name));
	}
	if (marked != NIL && spec->has_key)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the primary key of model \"%s\" is given twice",
						spec->text),
				 errdetail("Fields say they are key columns, and so does the list \"primary_key\".")));
	if (marked != NIL)
	{
		spec->primary_key = marked;
		spec->has_key = true;
	}
	else if (!spec->has_key && !OidIsValid(spec->relid))
		AddDefaultKey(spec);
	spec->in_planning = false;
	spec->key_planned = true;
	return spec->primary_key;
}

static void
AddDefaultKey(CormModelSpec *spec)
{
	CormNewColumn *id;
	ListCell   *lc;

	foreach(lc, spec->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (strcmp(field->name, "id") == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("field \"id\" clashes with the primary key that model \"%s\" gets when no field is one",
							spec->name),
					 errhint("Make it the key: {\"id\": {\"type\": \"bigserial\", \"primary_key\": true}}.")));
	}
	id = palloc0(sizeof(CormNewColumn));
	id->name = "id";
	id->typid = INT8OID;
	id->typmod = -1;
	id->identity = ATTRIBUTE_IDENTITY_BY_DEFAULT;
	spec->columns = list_make1(id);
	spec->primary_key = list_make1(id->name);
}

/* The key columns of the model that a field leads to. */
static List *
TargetKey(List *document, CormModelSpec *spec, const CormFieldSpec *field)
{
	CormModelSpec *target = CormSpecNamed(document, spec, field->target);
	const CormModel *model;

	if (target != NULL && !OidIsValid(target->relid))
		return PlanKey(document, target);
	if (target != NULL)
	{
		CormKey		key = CormReadPrimaryKey(target->relid);

		return CormColumnNames(target->relid, key.n, key.attnums);
	}
	model = CormFieldTarget(document, spec, field);
	return CormColumnNames(model->relid, model->nkey, model->key);
}

/* Plain fields are the columns they say; foreign keys may share those. */
static void
PlanColumns(List *document, CormModelSpec *spec)
{
	ListCell   *lc;

	foreach(lc, spec->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (IsColumn(field))
			spec->columns = lappend(spec->columns, &field->column);
		else if (field->kind == CORM_FIELD_FOREIGN_KEY)
			AddForeignKeyColumns(document, spec, field);
	}
}

static void
AddForeignKeyColumns(List *document, CormModelSpec *spec,
					 CormFieldSpec *field)
{
	CormForeignKeySpec *fk = &field->foreign_key;
	List	   *target_columns = fk->target_columns != NIL ?
		fk->target_columns : TargetKey(document, spec, field);
	List	   *columns = FieldColumns(document, spec, field);
	ListCell   *lc;
	ListCell   *lt;
	bool		may_be_null = false;

	/* the declaration says what is wrong with lists that do not match */
	if (list_length(columns) != list_length(target_columns))
		return;
	fk->own_columns = true;
	forboth(lc, columns, lt, target_columns)
	{
		CormNewColumn *column;

		column = OwnColumnNamed(spec, lfirst(lc));
		if (column == NULL)
			column = CormColumnNamed(spec->columns, lfirst(lc));
		if (CormSaysColumn(field) &&
			(column != NULL || list_length(columns) > 1))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("field \"%s\" describes a column that is not its alone",
							field->name),
					 errdetail("Its columns are: %s.", CormJoinNames(columns)),
					 errhint("Make the columns fields of their own, and describe them there.")));
		if (column != NULL)
		{
			fk->own_columns = false;
			column->not_null = column->not_null || !fk->nullable;
			may_be_null = may_be_null || !IsNotNull(spec, column);
			continue;
		}
		column = TargetColumn(document, spec, field, lfirst(lt), 0);
		column->name = lfirst(lc);
		column->not_null = !fk->nullable;
		may_be_null = may_be_null || !IsNotNull(spec, column);
		if (list_length(columns) == 1)
		{
			column->identity = field->column.identity;
			column->generated_sql = field->column.generated_sql;
			CormSetDefault(field, column);
		}
		spec->columns = lappend(spec->columns, column);
	}
	fk->nullable = may_be_null;
}

static bool
IsNotNull(const CormModelSpec *spec, const CormNewColumn *column)
{
	return column->not_null || column->identity != '\0' ||
		CormListHasName(spec->primary_key, column->name);
}

/* The column that a plain field of that name describes, or NULL. */
static CormNewColumn *
OwnColumnNamed(const CormModelSpec *spec, const char *name)
{
	ListCell   *lc;

	foreach(lc, spec->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (IsColumn(field) && strcmp(field->name, name) == 0)
			return &field->column;
	}
	return NULL;
}

static bool
IsColumn(const CormFieldSpec *field)
{
	return field->kind == CORM_FIELD_COLUMN ||
		(field->kind == CORM_FIELD_RELATION_ON && field->type != NULL);
}

/*
 * A column of a foreign key that has the type of one that it points to, unless
 * the field has a type of its own.
 */
static CormNewColumn *
TargetColumn(List *document, CormModelSpec *spec, const CormFieldSpec *field,
			 const char *name, int steps)
{
	CormModelSpec *target = CormSpecNamed(document, spec, field->target);
	CormNewColumn *column = palloc0(sizeof(CormNewColumn));
	CormNewColumn *there = NULL;

	if (field->type != NULL)
		*column = field->column;
	else
	{
		if (steps > MAX_STEPS)
			RaiseCircle(spec);
		if (target == NULL)
			there = ColumnLike(CormRequireColumn(CormFieldTarget(document, spec,
																 field),
												 name));
		else
			there = ColumnOfSpec(document, target, name, steps);
		if (there == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("target column \"%s\" of field \"%s\" does not exist",
							name, field->name)));
		column->typid = there->typid;
		column->typmod = there->typmod;
		column->collation = there->collation;
		column->type_implied = true;
	}
	column->unique = false;
	if (OidIsValid(field->column.collation))
		column->collation = field->column.collation;
	return column;
}

/* A column that a model of the document has or will have, or NULL. */
static CormNewColumn *
ColumnOfSpec(List *document, CormModelSpec *spec, const char *name, int steps)
{
	CormNewColumn *column;
	ListCell   *lc;

	if (OidIsValid(spec->relid))
	{
		int			n;
		CormColumn *columns = CormReadColumns(spec->relid, &n);

		for (int i = 0; i < n; i++)
		{
			if (strcmp(columns[i].name, name) == 0)
				return ColumnLike(&columns[i]);
		}
	}
	column = OwnColumnNamed(spec, name);
	if (column == NULL)
		column = CormColumnNamed(spec->columns, name);
	if (column != NULL)
		return column;
	foreach(lc, spec->fields)
	{
		CormFieldSpec *field = lfirst(lc);
		List	   *columns;
		List	   *target_columns;
		ListCell   *lf;
		ListCell   *lt;

		if (field->kind != CORM_FIELD_FOREIGN_KEY)
			continue;
		columns = FieldColumns(document, spec, field);
		target_columns = field->foreign_key.target_columns != NIL ?
			field->foreign_key.target_columns :
			TargetKey(document, spec, field);
		forboth(lf, columns, lt, target_columns)
		{
			if (strcmp(lfirst(lf), name) == 0)
				return TargetColumn(document, spec, field, lfirst(lt),
									steps + 1);
		}
	}
	return NULL;
}

static CormNewColumn *
ColumnLike(const CormColumn *there)
{
	CormNewColumn *column = palloc0(sizeof(CormNewColumn));

	column->name = there->name;
	column->typid = there->typid;
	column->typmod = there->typmod;
	column->collation = there->collation;
	return column;
}

static void
RaiseCircle(const CormModelSpec *spec)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_FOREIGN_KEY),
			 errmsg("the key columns of model \"%s\" point to each other in a circle",
					spec->text),
			 errdetail("Nothing says of which type they are."),
			 errhint("Give one of them a \"type\".")));
}
