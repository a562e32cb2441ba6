/*-------------------------------------------------------------------------
 *
 * graph.c
 *	  The models and relations of a database, as structures.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "graph.h"

const CormColumn *
CormFindColumn(const CormModel *model, const char *name)
{
	for (int i = 0; i < model->ncolumns; i++)
	{
		if (strcmp(model->columns[i].name, name) == 0)
			return &model->columns[i];
	}
	return NULL;
}

const CormColumn *
CormColumnByNumber(const CormModel *model, AttrNumber attnum)
{
	/* its place, unless columns before it were dropped */
	if (attnum > 0 && attnum <= model->ncolumns && model->columns[attnum - 1].attnum == attnum)
		return &model->columns[attnum - 1];
	for (int i = 0; i < model->ncolumns; i++)
	{
		if (model->columns[i].attnum == attnum)
			return &model->columns[i];
	}
	return NULL;
}

int
CormKeyPosition(const CormModel *model, AttrNumber attnum)
{
	for (int i = 0; i < model->nkey; i++)
		if (model->key[i] == attnum)
			return i;
	elog(ERROR, "column %d is no part of the key of \"%s\"", attnum, model->name);
}
