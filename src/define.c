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
#include "catalog/pg_class.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "catalog.h"
#include "ddl.h"
#include "define.h"
#include "model.h"
#include "naming.h"
#include "relate.h"

Oid
CormCreateModel(const char *name, char *fields, const char *table_name)
{
	CormModelSpec spec = {0};
	List	   *document = list_make1(&spec);
	Oid			relid;
	ListCell   *lc;

	spec.text = pstrdup(name);
	spec.table_text = table_name == NULL ? NULL : pstrdup(table_name);
	spec.relkind = RELKIND_RELATION;
	CormNameModel(&spec);
	spec.fields = CormReadFields(fields);
	CormLockCatalog();
	CormCheckModelName(spec.schema, spec.name);
	relid = get_relname_relid(spec.table, spec.schema);
	if (OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation \"%s\" already exists", spec.table),
				 CormCanBeModel(relid) ?
				 errhint("Make it a model: SELECT corm.register_model(%s, %s);",
						 quote_literal_cstr(quote_qualified_identifier(get_namespace_name(spec.schema),
																	   spec.table)),
						 quote_literal_cstr(CormQuoteNamePart(spec.name))) :
				 errhint("Give the table another name with table_name.")));
	CormPlanModels(document);
	CormMakeTable(&spec);

	/* in the order written */
	foreach(lc, spec.fields)
		CormDeclareField(document, &spec, lfirst(lc), false);
	return spec.relid;
}

void
CormMakeTable(CormModelSpec *spec)
{
	ListCell   *lc;

	spec->relid = CormCreateTable(spec->schema, spec->table, spec->columns,
								  spec->primary_key, spec->unique, NIL, NULL);
	foreach(lc, spec->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (field->index)
			CormCreateIndex(spec->relid, list_make1(field->name));
	}
	foreach(lc, spec->indexes)
		CormCreateIndex(spec->relid, lfirst(lc));
	CormAddModel(spec->relid, spec->name, NIL);
}

void
CormDeclareField(List *document, CormModelSpec *spec, CormFieldSpec *field,
				 bool exact)
{
	CormModel  *source = CormRequireModel(spec->relid);
	CormModel  *target = field->kind == CORM_FIELD_COLUMN ? NULL :
		CormFieldTarget(document, spec, field);

	switch (field->kind)
	{
		case CORM_FIELD_COLUMN:
			break;
		case CORM_FIELD_FOREIGN_KEY:
			field->foreign_key.source = source;
			field->foreign_key.target = target;
			field->foreign_key.as_field = true;
			field->foreign_key.exact = exact;
			CormDeclareForeignKey(&field->foreign_key);
			break;
		case CORM_FIELD_MANY_TO_MANY:
			field->many_to_many.source = source;
			field->many_to_many.target = target;
			field->many_to_many.as_field = true;
			CormDeclareManyToMany(&field->many_to_many);
			break;
		case CORM_FIELD_RELATION_ON:
			field->relation_on.source = source;
			field->relation_on.target = target;
			if (field->relation_on.columns == NIL && field->type != NULL)
				field->relation_on.columns = list_make1(field->name);
			CormDeclareRelationOn(&field->relation_on);
			break;
	}
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
