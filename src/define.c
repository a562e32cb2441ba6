/*-------------------------------------------------------------------------
 *
 * define.c
 *	  Creating a model with its table, and dropping it.
 *
 * The columns of foreign keys are made with the table, so that they stand
 * where the field is written; the relations are then declared as if by
 * foreign_key and many_to_many, which find the columns there.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "catalog.h"
#include "ddl.h"
#include "define.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "relate.h"
#include "tablespec.h"

typedef struct NewModel
{
	char	   *name;
	Oid			schema;
	char	   *table;
	List	   *fields;			/* of CormFieldSpec * */
	List	   *columns;		/* of CormNewColumn * */
	List	   *primary_key;	/* of char * */
} NewModel;

static void ResolveNames(NewModel *new, const char *name,
						 const char *table_name);
static Oid	SchemaToCreateIn(void);
static void DecidePrimaryKey(NewModel *new);
static void DecideColumns(NewModel *new);
static void AddForeignKeyColumns(NewModel *new, CormFieldSpec *field);
static bool LeadsToItself(const NewModel *new, const CormFieldSpec *field);
static CormNewColumn *TargetColumn(NewModel *new, CormFieldSpec *field,
								   const CormModel *target, const char *name);
static CormNewColumn *ColumnNamed(List *columns, const char *name);
static void DeclareRelations(NewModel *new, Oid relid);

Oid
CormCreateModel(const char *name, char *fields, const char *table_name)
{
	NewModel	new = {0};
	Oid			relid;
	ListCell   *lc;

	ResolveNames(&new, name, table_name);
	new.fields = CormReadFields(fields);
	CormLockCatalog();
	CormCheckModelName(new.schema, new.name);
	relid = get_relname_relid(new.table, new.schema);
	if (OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation \"%s\" already exists", new.table),
				 CormCanBeModel(relid) ?
				 errhint("Make it a model: SELECT corm.register_model(%s, %s);",
						 quote_literal_cstr(quote_qualified_identifier(get_namespace_name(new.schema),
																	   new.table)),
						 quote_literal_cstr(CormQuoteNamePart(new.name))) :
				 errhint("Give the table another name with table_name.")));
	DecidePrimaryKey(&new);
	DecideColumns(&new);
	relid = CormCreateTable(new.schema, new.table, new.columns,
							new.primary_key, NIL, NULL);
	foreach(lc, new.fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (field->index)
			CormCreateIndex(relid, list_make1(field->name));
	}
	CormAddModel(relid, new.name, NIL);
	DeclareRelations(&new, relid);
	return relid;
}

void
CormDropModel(Oid relid, bool drop_table)
{
	CormRequireOwner(relid);
	CormLockCatalog();
	CormRequireModel(relid);
	CormForgetRelationsOf(relid);
	CormForgetModel(relid);
	if (drop_table)
		CormDropTable(relid);
}

/* A schema may come with the model's name, the table's, or both. */
static void
ResolveNames(NewModel *new, const char *name, const char *table_name)
{
	char	   *schema;
	char	   *table_schema = NULL;

	CormSplitName(name, &schema, &new->name);
	if (table_name != NULL)
		CormSplitName(table_name, &table_schema, &new->table);
	else
		new->table = CormPluralName(new->name);
	CormCheckNameLength("table", new->table,
						"Give the table another name with table_name.");
	if (schema != NULL && table_schema != NULL &&
		strcmp(schema, table_schema) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("model \"%s\" and table \"%s\" are in different schemas",
						name, table_name)));
	if (schema == NULL)
		schema = table_schema;
	new->schema = schema == NULL ? SchemaToCreateIn() :
		get_namespace_oid(schema, false);
	CormCheckModelSchema(new->schema, new->table);
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

static void
DecidePrimaryKey(NewModel *new)
{
	CormNewColumn *id;
	ListCell   *lc;

	foreach(lc, new->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (field->primary_key)
			new->primary_key = lappend(new->primary_key, field->name);
	}
	if (new->primary_key != NIL)
		return;
	foreach(lc, new->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (strcmp(field->name, "id") == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("field \"id\" clashes with the primary key that model \"%s\" gets when no field is one",
							new->name),
					 errhint("Make it the key: {\"id\": {\"type\": \"bigserial\", \"primary_key\": true}}.")));
	}
	id = palloc0(sizeof(CormNewColumn));
	id->name = "id";
	id->typid = INT8OID;
	id->typmod = -1;
	id->identity = true;
	new->columns = list_make1(id);
	new->primary_key = list_make1(id->name);
}

/* Plain fields are the columns they say; foreign keys may share those. */
static void
DecideColumns(NewModel *new)
{
	ListCell   *lc;

	foreach(lc, new->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (field->kind == CORM_FIELD_COLUMN)
			new->columns = lappend(new->columns, &field->column);
		else if (field->kind == CORM_FIELD_FOREIGN_KEY)
			AddForeignKeyColumns(new, field);
	}
}

static void
AddForeignKeyColumns(NewModel *new, CormFieldSpec *field)
{
	CormForeignKeySpec *fk = &field->foreign_key;
	CormModel  *target = LeadsToItself(new, field) ? NULL :
		CormModelByName(field->target);
	List	   *target_columns = fk->target_columns;
	List	   *columns;
	ListCell   *lc;
	ListCell   *lt;

	if (target_columns == NIL)
		target_columns = target == NULL ? new->primary_key :
			CormColumnNames(target->relid, target->nkey, target->key);
	columns = fk->columns != NIL ? fk->columns :
		CormDefaultColumns(field->name, target_columns);

	/* the declaration says what is wrong with lists that do not match */
	if (list_length(columns) != list_length(target_columns))
		return;
	fk->own_columns = true;
	forboth(lc, columns, lt, target_columns)
	{
		CormNewColumn *column;
		ListCell   *lf;
		bool		plain = false;

		foreach(lf, new->fields)
		{
			CormFieldSpec *other = lfirst(lf);

			plain = plain || (other->kind == CORM_FIELD_COLUMN &&
							  strcmp(other->name, lfirst(lc)) == 0);
		}
		if (plain || ColumnNamed(new->columns, lfirst(lc)) != NULL)
		{
			fk->own_columns = false;
			continue;
		}
		column = TargetColumn(new, field, target, lfirst(lt));
		column->name = lfirst(lc);
		column->not_null = !fk->nullable;
		new->columns = lappend(new->columns, column);
	}
}

static bool
LeadsToItself(const NewModel *new, const CormFieldSpec *field)
{
	char	   *schema;
	char	   *name;

	CormSplitName(field->target, &schema, &name);
	return strcmp(name, new->name) == 0 &&
		(schema == NULL || get_namespace_oid(schema, true) == new->schema);
}

/* A column of the type of one that is pointed to. */
static CormNewColumn *
TargetColumn(NewModel *new, CormFieldSpec *field, const CormModel *target,
			 const char *name)
{
	CormNewColumn *column = palloc0(sizeof(CormNewColumn));
	CormNewColumn *own = NULL;
	ListCell   *lc;

	if (target != NULL)
	{
		const CormColumn *there = CormRequireColumn(target, name);

		column->typid = there->typid;
		column->typmod = there->typmod;
		column->collation = there->collation;
		return column;
	}
	own = ColumnNamed(new->columns, name);
	foreach(lc, new->fields)
	{
		CormFieldSpec *other = lfirst(lc);

		if (other->kind == CORM_FIELD_COLUMN && strcmp(other->name, name) == 0)
			own = &other->column;
	}
	if (own == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("target column \"%s\" of field \"%s\" does not exist",
						name, field->name)));
	column->typid = own->typid;
	column->typmod = own->typmod;
	column->collation = own->collation;
	return column;
}

static CormNewColumn *
ColumnNamed(List *columns, const char *name)
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

/* In the order written. */
static void
DeclareRelations(NewModel *new, Oid relid)
{
	ListCell   *lc;

	foreach(lc, new->fields)
	{
		CormFieldSpec *field = lfirst(lc);
		CormModel  *source = CormRequireModel(relid);
		CormModel  *target;

		if (field->kind == CORM_FIELD_COLUMN)
			continue;
		target = LeadsToItself(new, field) ? source :
			CormModelByName(field->target);
		if (field->kind == CORM_FIELD_FOREIGN_KEY)
		{
			field->foreign_key.source = source;
			field->foreign_key.target = target;
			field->foreign_key.as_field = true;
			CormDeclareForeignKey(&field->foreign_key);
		}
		else
		{
			field->many_to_many.source = source;
			field->many_to_many.target = target;
			field->many_to_many.as_field = true;
			CormDeclareManyToMany(&field->many_to_many);
		}
	}
}
