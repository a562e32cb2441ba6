/*-------------------------------------------------------------------------
 *
 * define.h
 *	  Creating a model with its table, and dropping it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEFINE_H
#define CORM_DEFINE_H

#include "modelspec.h"

/*
 * Both take the catalog's lock and check the caller's rights and the names,
 * which are read as CormSplitName() does.
 */

/* "fields" is the text of a JSON object.  Returns the new table. */
extern Oid	CormCreateModel(const char *name, char *fields,
							const char *table_name);

/* Forgets the relations that touch the model, too. */
extern void CormDropModel(Oid relid, bool drop_table);

/* Shared by the files of this module; not for others. */

/* Makes the table of a model that was planned, and names it. */
extern void CormMakeTable(CormModelSpec *spec);

/*
 * Declares the relation of a field, whose tables are there.  With "exact",
 * options left out are said to have their defaults, whoever made the
 * constraint.
 */
extern void CormDeclareField(List *document, CormModelSpec *spec,
							 CormFieldSpec *field, bool exact);

#endif							/* CORM_DEFINE_H */
