/*-------------------------------------------------------------------------
 *
 * model.c
 *	  Registering and renaming models, and checks that concern one model.
 *
 * A model is a table with a name in corm.model.  Its owner decides about it:
 * the checks here are the ones that ALTER TABLE would make.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "catalog.h"
#include "compat.h"
#include "error.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "quote.h"

static char *RegisterAgain(CormModelRow *row, const char *name, List *key);
static void CheckTable(Oid relid);
static void CheckKey(Oid relid, List *key);
static char *NameInSchema(const char *text, Oid relid);
static CormModelRow *RequireRow(Oid relid);
pg_noreturn static void RaiseNoModel(Oid relid);

char *
CormRegisterTable(Oid relid, const char *name, List *key)
{
	CormModelRow *row;
	char	   *model;

	CheckTable(relid);
	CormRequireOwner(relid);
	CormLockCatalog();

	/* it may have gone or changed hands while waiting */
	LockRelationOid(relid, AccessShareLock);
	CheckTable(relid);
	CormRequireOwner(relid);
	row = CormReadModelRow(relid);
	CheckKey(relid, key);
	if (row != NULL)
		return RegisterAgain(row, name, key);
	model = name != NULL ? NameInSchema(name, relid) : get_rel_name(relid);
	CormCheckModelName(get_rel_namespace(relid), model);
	CormAddModel(relid, model, key);
	return model;
}

/*
 * The key may be new.  So may the name, if another table of the schema bears
 * it too: rename_model could not tell the two apart.
 */
static char *
RegisterAgain(CormModelRow *row, const char *name, List *key)
{
	char	   *model = name != NULL ? NameInSchema(name, row->relid) :
		row->name;
	bool		renamed = strcmp(row->name, model) != 0;

	if (renamed && !CormModelIsAmbiguous(row))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("table \"%s\" is the model \"%s\" already",
						get_rel_name(row->relid), row->name),
				 errhint("Rename it: SELECT corm.rename_model(%s, %s);",
						 quote_literal_cstr(CormModelDisplayName(CormRequireModel(row->relid))),
						 quote_literal_cstr(CormQuoteNamePart(model)))));
	if (renamed)
		CormCheckModelName(get_rel_namespace(row->relid), model);
	row->name = model;
	if (key != NIL)
		row->key = key;
	CormUpdateModelRow(row);
	return model;
}

char *
CormRegisterCall(const CormModelRow *row)
{
	StringInfoData call;
	List	   *key = row->key;
	ListCell   *lc;

	/* half a key is none */
	foreach(lc, row->key)
	{
		if (get_attnum(row->relid, lfirst(lc)) <= 0)
			key = NIL;
	}
	initStringInfo(&call);
	appendStringInfo(&call, "SELECT corm.register_model(%s, %s",
					 quote_literal_cstr(CormQuoteTable(row->relid)),
					 quote_literal_cstr(CormQuoteNamePart(row->name)));
	foreach(lc, key)
		appendStringInfo(&call, "%s%s",
						 foreach_current_index(lc) == 0 ? ", key => ARRAY[" : ", ",
						 quote_literal_cstr(lfirst(lc)));
	appendStringInfoString(&call, key == NIL ? ");" : "]);");
	return call.data;
}

bool
CormModelIsAmbiguous(const CormModelRow *row)
{
	ListCell   *lc;

	foreach(lc, CormReadModelRowsNamed(row->name))
	{
		CormModelRow *other = lfirst(lc);

		if (other->relid != row->relid &&
			get_rel_namespace(other->relid) == get_rel_namespace(row->relid))
			return true;
	}
	return false;
}

void
CormForgetKey(Oid relid)
{
	CormModelRow *row = RequireRow(relid);

	if (row->key == NIL)
		return;
	row->key = NIL;
	CormUpdateModelRow(row);
}

void
CormRenameModel(Oid relid, const char *new_name)
{
	CormModelRow *row;
	char	   *name;

	CormRequireOwner(relid);
	name = NameInSchema(new_name, relid);
	CormLockCatalog();
	row = RequireRow(relid);
	if (strcmp(row->name, name) == 0)
		return;
	CormCheckModelName(get_rel_namespace(relid), name);
	row->name = name;
	CormUpdateModelRow(row);
}

void
CormForgetModel(Oid relid)
{
	CormModelRow *row = CormReadModelRow(relid);

	if (row != NULL)
		CormDeleteModelRow(row);
}

bool
CormIsModelSchema(Oid schema)
{
	return !isAnyTempNamespace(schema) && !IsCatalogNamespace(schema) &&
		!IsToastNamespace(schema) &&
		schema != get_namespace_oid("information_schema", true) &&
		schema != get_namespace_oid("corm", true);
}

void
CormCheckModelSchema(Oid schema, const char *table)
{
	if (CormIsModelSchema(schema))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("table \"%s\" cannot be a model", table),
			 isAnyTempNamespace(schema) ?
			 errdetail("Temporary tables cannot be models.") :
			 errdetail("Tables of the system and of extension corm cannot be models.")));
}

bool
CormCanBeModel(Oid relid)
{
	switch (CormTableKind(relid))
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_VIEW:
		case RELKIND_MATVIEW:
		case RELKIND_FOREIGN_TABLE:
			return true;
		default:
			return false;
	}
}

void
CormCheckModelName(Oid schema, const char *name)
{
	ListCell   *lc;

	foreach(lc, CormReadModelRowsNamed(name))
	{
		CormModelRow *row = lfirst(lc);

		if (get_rel_namespace(row->relid) != schema)
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("model \"%s\" already exists in schema \"%s\"", name,
						get_namespace_name(schema)),
				 errdetail("It is the table \"%s\".",
						   get_rel_name(row->relid))));
	}
}

void
CormAddModel(Oid relid, const char *name, List *key)
{
	CormModelRow row = {0};

	row.relid = relid;
	row.name = unconstify(char *, name);
	row.key = key;
	CormInsertModelRow(&row);
}

CormModel *
CormRequireModel(Oid relid)
{
	CormModel  *model = CormModelByRelid(relid);

	if (model == NULL)
		RaiseNoModel(relid);
	return model;
}

Oid
CormTableByName(const char *text)
{
	char	   *schema;
	char	   *name;
	List	   *path;
	Oid			relid = InvalidOid;
	ListCell   *lc;

	CormSplitName(text, &schema, &name);
	if (schema != NULL)
	{
		Oid			schema_oid = get_namespace_oid(schema, true);

		if (!OidIsValid(schema_oid))
			return InvalidOid;
		if (CormSchemaAclCheck(schema_oid, GetUserId(), ACL_USAGE) != ACLCHECK_OK)
			aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, schema);
		return get_relname_relid(name, schema_oid);
	}
	path = fetch_search_path(false);
	foreach(lc, path)
	{
		if (isAnyTempNamespace(lfirst_oid(lc)))
			continue;
		relid = get_relname_relid(name, lfirst_oid(lc));
		if (OidIsValid(relid))
			break;
	}
	list_free(path);
	return relid;
}

void
CormRequireOwner(Oid relid)
{
	if (!CormOwnsTable(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER,
					   get_relkind_objtype(CormTableKind(relid)),
					   get_rel_name(relid));
}

const CormColumn *
CormRequireColumn(const CormModel *model, const char *name)
{
	const CormColumn *column = CormFindColumn(model, name);
	List	   *names = NIL;
	const char *near;

	if (column != NULL)
		return column;
	for (int i = 0; i < model->ncolumns; i++)
		names = lappend(names, model->columns[i].name);
	near = CormClosest(name, names);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column \"%s\" of model \"%s\" does not exist", name,
					model->name),
			 errdetail("Its columns are: %s.", CormJoinNames(names)),
			 near != NULL ?
			 errhint("Perhaps you meant the column \"%s\".", near) : 0));
}

CormKey
CormKeyOfNames(const CormModel *model, List *names)
{
	CormKey		key;
	ListCell   *lc;

	key.n = list_length(names);
	key.attnums = palloc(sizeof(AttrNumber) * (key.n + 1));
	foreach(lc, names)
		key.attnums[foreach_current_index(lc)] =
			CormRequireColumn(model, lfirst(lc))->attnum;
	return key;
}

void
CormCheckDuplicates(List *columns)
{
	ListCell   *a;
	ListCell   *b;

	foreach(a, columns)
	{
		for_each_cell(b, columns, lnext(columns, a))
		{
			if (strcmp(lfirst(a), lfirst(b)) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_DUPLICATE_COLUMN),
						 errmsg("column \"%s\" is named twice",
								(char *) lfirst(a))));
		}
	}
}

const char *
CormKindWord(char relkind)
{
	switch (relkind)
	{
		case RELKIND_VIEW:
			return "view";
		case RELKIND_MATVIEW:
			return "materialized view";
		case RELKIND_FOREIGN_TABLE:
			return "foreign table";
		case RELKIND_PARTITIONED_TABLE:
			return "partitioned table";
		default:
			return "table";
	}
}

/* Raises unless the table can be a model. */
static void
CheckTable(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class class;
	char	   *name;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table with OID %u does not exist", relid)));
	class = (Form_pg_class) GETSTRUCT(tuple);
	name = pstrdup(NameStr(class->relname));
	CormCheckModelSchema(class->relnamespace, name);
	if (class->relispartition)
	{
		Oid			parent = get_partition_parent(relid, true);

		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("partition \"%s\" cannot be a model", name),
				 errhint("Register the partitioned table \"%s\".",
						 get_rel_name(parent))));
	}
	if (!CormCanBeModel(relid))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" cannot be a model", name),
				 errdetail_relkind_not_supported(class->relkind)));
	ReleaseSysCache(tuple);
}

/* Only what has no primary key may be told its key. */
static void
CheckKey(Oid relid, List *key)
{
	char		relkind = CormTableKind(relid);
	int			ncolumns;
	CormColumn *columns = CormReadColumns(relid, &ncolumns);
	List	   *names = NIL;
	ListCell   *lc;

	if (key == NIL)
		return;
	if (relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is a table, whose key cannot be given",
						get_rel_name(relid)),
				 errdetail("A table's model uses its primary key."),
				 errhint("Add a primary key with ALTER TABLE.")));
	CormCheckDuplicates(key);
	for (int i = 0; i < ncolumns; i++)
		names = lappend(names, columns[i].name);
	foreach(lc, key)
	{
		const char *near;

		if (get_attnum(relid, lfirst(lc)) > 0)
			continue;
		near = CormClosest(lfirst(lc), names);
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("key column \"%s\" of %s \"%s\" does not exist",
						(char *) lfirst(lc), CormKindWord(relkind),
						get_rel_name(relid)),
				 errdetail("Its columns are: %s.", CormJoinNames(names)),
				 near != NULL ?
				 errhint("Perhaps you meant the column \"%s\".", near) : 0));
	}
}

/* The bare model name; a schema that comes with it must be the table's. */
static char *
NameInSchema(const char *text, Oid relid)
{
	char	   *schema;
	char	   *name;
	char	   *own = get_namespace_name(get_rel_namespace(relid));

	CormSplitName(text, &schema, &name);
	if (schema != NULL && strcmp(schema, own) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("model name \"%s\" does not fit table \"%s\" of schema \"%s\"",
						text, get_rel_name(relid), own),
				 errdetail("A model is in the schema of its table.")));
	return name;
}

static CormModelRow *
RequireRow(Oid relid)
{
	CormModelRow *row = CormReadModelRow(relid);

	if (row == NULL)
		RaiseNoModel(relid);
	return row;
}

/* It was one when its name was looked up, before the catalog was locked. */
static void
RaiseNoModel(Oid relid)
{
	char	   *name = get_rel_name(relid);

	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 name != NULL ?
			 errmsg("table \"%s\" is not a model any more", name) :
			 errmsg("the table of the model does not exist any more")));
}
