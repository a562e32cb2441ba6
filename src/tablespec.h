/*-------------------------------------------------------------------------
 *
 * tablespec.h
 *	  The fields of a model, as its JSON describes them.
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
	CORM_FIELD_MANY_TO_MANY,
	CORM_FIELD_RELATION_ON
} CormFieldKind;

typedef struct CormFieldSpec
{
	char	   *name;
	CormFieldKind kind;

	/*
	 * A column, or what is said of the column of a relation; its type may then
	 * be missing, which leaves the default as the text of a value.
	 */
	char	   *type;			/* NULL: none given */
	CormNewColumn column;
	char	   *default_text;
	bool		primary_key;
	bool		index;
	char	   *identity;		/* the words given for it */
	char	   *collation;

	/* a relation; source and target models are not filled in */
	char	   *target;
	CormForeignKeySpec foreign_key;
	CormManyToManySpec many_to_many;
	CormRelationOnSpec relation_on;
} CormFieldSpec;

/*
 * Reads the text of a JSON object into CormFieldSpec *, in the order
 * written, allocated in the current context.  Raises 22023 for what is no
 * description of a field, 42701 for a name given twice.
 */
extern List *CormReadFields(char *json);

/*
 * Reads one foreign key that bears no name, an object with "target": source and
 * name are left out.  "name" stands for it in errors.
 */
extern CormFieldSpec *CormReadConstraint(char *name, char *json);

/*
 * The pairs of a JSON object in the order written, as lists of char *: names and
 * the texts of their values.
 */
extern void CormReadPairs(char *json, List **names, List **values);

/* Does the field of a relation say anything of the relation's column? */
extern bool CormSaysColumn(const CormFieldSpec *field);

/* Gives the column the default that was read, once its type is known. */
extern void CormSetDefault(CormFieldSpec *field, CormNewColumn *column);

#endif							/* CORM_TABLESPEC_H */
