/*-------------------------------------------------------------------------
 *
 * tablespec.h
 *	  The fields of a new model, as its JSON describes them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_TABLESPEC_H
#define CORM_TABLESPEC_H

#include "ddl.h"
#include "relate.h"

typedef enum CormFieldKind
{
	CORM_FIELD_COLUMN,
	CORM_FIELD_FOREIGN_KEY,
	CORM_FIELD_MANY_TO_MANY
} CormFieldKind;

typedef struct CormFieldSpec
{
	char	   *name;
	CormFieldKind kind;

	/* a column */
	CormNewColumn column;
	bool		primary_key;
	bool		index;

	/* a relation; source and target models are not filled in */
	char	   *target;
	CormForeignKeySpec foreign_key;
	CormManyToManySpec many_to_many;
} CormFieldSpec;

/*
 * Reads the text of a JSON object into CormFieldSpec *, in the order
 * written, allocated in the current context.  Raises 22023 for what is no
 * description of a field, 42701 for a name given twice.
 */
extern List *CormReadFields(char *json);

#endif							/* CORM_TABLESPEC_H */
