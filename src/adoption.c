/*-------------------------------------------------------------------------
 *
 * adoption.c
 *	  What the parts of adopting a schema share: the report, and wording.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "adoption.h"
#include "error.h"

void
CormAdoptReport(CormAdoption *adoption, CormAdoptAction action,
				const CormSurveyTable *model, const char *relation,
				const CormSurveyTable *target, const char *detail,
				const char *fix)
{
	CormAdoptRow *row = palloc0(sizeof(CormAdoptRow));

	row->action = action;
	row->model = CormAdoptDisplayName(model);
	row->relation = relation == NULL ? NULL : pstrdup(relation);
	row->target = target == NULL ? NULL : CormAdoptDisplayName(target);
	row->detail = pstrdup(detail);
	row->fix = fix == NULL ? NULL : pstrdup(fix);
	adoption->report = lappend(adoption->report, row);
}

/* What is no model is called by its table's name. */
char *
CormAdoptDisplayName(const CormSurveyTable *table)
{
	return CormDisplayNameIn(table->model != NULL ? table->model : table->name,
							 table->schema);
}

/* As far as the text of a call needs one. */
CormModel *
CormAdoptAsModel(const CormSurveyTable *table)
{
	CormModel  *model = palloc0(sizeof(CormModel));

	model->relid = table->relid;
	model->name = table->model;
	model->relkind = table->relkind;
	return model;
}

char *
CormAdoptColumns(const CormForeignKey *fk)
{
	return CormJoinNames(CormColumnNames(fk->referencing, fk->nkeys,
										 fk->fk_attnums));
}

/*
 * The one column's name without what points to the target's key, or "_id"; a
 * column that is nothing but the key's name says nothing about the relation.
 */
char *
CormAdoptForwardName(const CormSurveyKey *key)
{
	const CormForeignKey *fk = key->fk;
	char	   *column;
	char	   *pk_column;
	const char *suffixes[2];

	if (fk->nkeys > 1)
		return key->target->name;
	column = get_attname(fk->referencing, fk->fk_attnums[0], false);
	pk_column = get_attname(fk->referenced, fk->pk_attnums[0], false);
	suffixes[0] = psprintf("_%s", pk_column);
	suffixes[1] = "_id";
	for (int i = 0; i < lengthof(suffixes); i++)
	{
		int			length = strlen(column) - strlen(suffixes[i]);

		if (length > 0 && pg_strcasecmp(column + length, suffixes[i]) == 0)
			return pnstrdup(column, length);
	}
	if (strcmp(column, pk_column) == 0)
		return key->target->name;
	return column;
}

char *
CormAdoptWayBack(const char *name)
{
	return name == NULL ? pstrdup("no way back") :
		psprintf("way back \"%s\"", name);
}
