/*-------------------------------------------------------------------------
 *
 * api_views.c
 *	  SQL entry points: the rows behind corm.models, relations and columns.
 *
 * Rows come from the cache, as every other part of corm sees them.  A model
 * whose table is gone has no row; a relation that cannot be followed has one,
 * with NULL for what is unknown.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "cache.h"
#include "ddl.h"
#include "introspect.h"

PG_FUNCTION_INFO_V1(corm_models);
PG_FUNCTION_INFO_V1(corm_relations);
PG_FUNCTION_INFO_V1(corm_columns);

#define MODEL_COLUMNS 4
#define RELATION_COLUMNS 13
#define COLUMN_COLUMNS 6

static const char *const kind_words[] = {
	[CORM_FOREIGN_KEY] = "foreign_key",
	[CORM_ONE_TO_ONE] = "one_to_one",
	[CORM_REVERSE_FOREIGN_KEY] = "reverse_foreign_key",
	[CORM_REVERSE_ONE_TO_ONE] = "reverse_one_to_one",
	[CORM_MANY_TO_MANY] = "many_to_many"
};

static void PutRelation(ReturnSetInfo *rsinfo, const CormModel *model,
						const CormRelation *relation);
static void PutRow(ReturnSetInfo *rsinfo, const Datum *values,
				   const bool *given, int n);
static void SetText(Datum *values, bool *given, int n, const char *value);
static void SetNames(Datum *values, bool *given, int n, List *names);
static void SetBool(Datum *values, bool *given, int n, bool value);
static const char *DisplayName(Oid relid);

Datum
corm_models(PG_FUNCTION_ARGS)
{
	ListCell   *lc;

	InitMaterializedSRF(fcinfo, 0);
	foreach(lc, CormAllModels())
	{
		CormModel  *model = lfirst(lc);
		Datum		values[MODEL_COLUMNS] = {0};
		bool		given[MODEL_COLUMNS] = {0};

		SetText(values, given, 0, CormModelDisplayName(model));
		SetText(values, given, 1,
				get_namespace_name(get_rel_namespace(model->relid)));
		values[2] = ObjectIdGetDatum(model->relid);
		given[2] = true;
		SetNames(values, given, 3,
				 CormColumnNames(model->relid, model->nkey, model->key));
		PutRow((ReturnSetInfo *) fcinfo->resultinfo, values, given,
			   MODEL_COLUMNS);
	}
	PG_RETURN_VOID();
}

Datum
corm_relations(PG_FUNCTION_ARGS)
{
	ListCell   *lm;
	ListCell   *lr;

	InitMaterializedSRF(fcinfo, 0);
	foreach(lm, CormAllModels())
	{
		CormModel  *model = lfirst(lm);

		foreach(lr, CormRelationsOf(model))
			PutRelation((ReturnSetInfo *) fcinfo->resultinfo, model,
						lfirst(lr));
	}
	PG_RETURN_VOID();
}

Datum
corm_columns(PG_FUNCTION_ARGS)
{
	ListCell   *lc;

	InitMaterializedSRF(fcinfo, 0);
	foreach(lc, CormAllModels())
	{
		CormModel  *model = lfirst(lc);
		CormKey		key = {model->nkey, model->key};

		for (int i = 0; i < model->ncolumns; i++)
		{
			const CormColumn *column = &model->columns[i];
			Datum		values[COLUMN_COLUMNS] = {0};
			bool		given[COLUMN_COLUMNS] = {0};

			SetText(values, given, 0, CormModelDisplayName(model));
			SetText(values, given, 1, column->name);
			SetText(values, given, 2,
					format_type_with_typemod(column->typid, column->typmod));
			SetBool(values, given, 3, !column->not_null);
			SetBool(values, given, 4, column->has_default);
			SetBool(values, given, 5, CormKeyHas(key, column->attnum));
			PutRow((ReturnSetInfo *) fcinfo->resultinfo, values, given,
				   COLUMN_COLUMNS);
		}
	}
	PG_RETURN_VOID();
}

/*
 * Columns are those of the model and of the target that are compared with
 * each other; of a many-to-many relation those of the through table, which
 * point to the one and to the other.
 */
static void
PutRelation(ReturnSetInfo *rsinfo, const CormModel *model,
			const CormRelation *relation)
{
	Datum		values[RELATION_COLUMNS] = {0};
	bool		given[RELATION_COLUMNS] = {0};
	const CormForeignKey *fk = relation->broken == NULL ? relation->fk : NULL;

	SetText(values, given, 0, CormModelDisplayName(model));
	SetText(values, given, 1, relation->name);
	SetText(values, given, 2, kind_words[relation->kind]);
	SetText(values, given, 3, DisplayName(relation->target));
	if (OidIsValid(relation->through))
		SetText(values, given, 8, DisplayName(relation->through));
	SetText(values, given, 9, relation->inverse);
	if (fk != NULL)
	{
		List	   *own = CormColumnNames(fk->referencing, fk->nkeys,
										  fk->fk_attnums);
		List	   *other = CormColumnNames(fk->referenced, fk->nkeys,
											fk->pk_attnums);

		if (OidIsValid(relation->through))
			other = CormColumnNames(relation->through,
									relation->far_fk->nkeys,
									relation->far_fk->fk_attnums);
		SetBool(values, given, 4, relation->to_many);
		SetBool(values, given, 5, relation->nullable);
		SetNames(values, given, 6,
				 relation->reverse && !OidIsValid(relation->through) ?
				 other : own);
		SetNames(values, given, 7,
				 relation->reverse && !OidIsValid(relation->through) ?
				 own : other);
		if (fk->name != NULL)
		{
			SetText(values, given, 10, CormReferentialActionWord(fk->on_delete));
			SetText(values, given, 11, CormReferentialActionWord(fk->on_update));
			SetText(values, given, 12, fk->name);
		}
	}
	PutRow(rsinfo, values, given, RELATION_COLUMNS);
}

static void
PutRow(ReturnSetInfo *rsinfo, const Datum *values, const bool *given, int n)
{
	bool		nulls[RELATION_COLUMNS];

	for (int i = 0; i < n; i++)
		nulls[i] = !given[i];
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc,
						 unconstify(Datum *, values), nulls);
}

static void
SetText(Datum *values, bool *given, int n, const char *value)
{
	given[n] = value != NULL;
	if (value != NULL)
		values[n] = CStringGetTextDatum(value);
}

/* An empty array, not NULL, where there are none. */
static void
SetNames(Datum *values, bool *given, int n, List *names)
{
	Datum	   *elements = palloc(sizeof(Datum) * (list_length(names) + 1));
	ListCell   *lc;

	foreach(lc, names)
		elements[foreach_current_index(lc)] =
			CStringGetTextDatum((char *) lfirst(lc));
	values[n] = PointerGetDatum(construct_array(elements, list_length(names),
												TEXTOID, -1, false,
												TYPALIGN_INT));
	given[n] = true;
}

static void
SetBool(Datum *values, bool *given, int n, bool value)
{
	values[n] = BoolGetDatum(value);
	given[n] = true;
}

/* NULL for what is no model any more. */
static const char *
DisplayName(Oid relid)
{
	CormModel  *model = CormModelByRelid(relid);

	return model == NULL ? NULL : CormModelDisplayName(model);
}
