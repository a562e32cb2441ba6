/*-------------------------------------------------------------------------
 *
 * relate.h
 *	  Declaring, changing and forgetting relations.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_RELATE_H
#define CORM_RELATE_H

#include "lib/stringinfo.h"

#include "cache.h"
#include "catalog.h"
#include "compat.h"

/* The arguments of foreign_key. */
typedef struct CormForeignKeySpec
{
	CormModel  *source;
	char	   *name;
	CormModel  *target;
	char	   *related_name;	/* NULL: the default */
	List	   *columns;		/* of char *; NIL: the default */
	List	   *target_columns; /* of char *; NIL: the primary key */
	bool		nullable;
	bool		one_to_one;
	char		on_delete;		/* FKCONSTR_ACTION_xxx */
	char		on_update;
	bool		deferrable;
	bool		index;
	bool		validate;
	bool		skip_reverse;
	bool		own_columns;	/* those that are there were made for it */
	bool		as_field;		/* declared by a field of create_model */
	bool		exact;			/* says what the options are, defaults too */
} CormForeignKeySpec;

/* The arguments of many_to_many. */
typedef struct CormManyToManySpec
{
	CormModel  *source;
	char	   *name;
	CormModel  *target;
	char	   *through;		/* NULL: make a link table */
	char	   *related_name;	/* NULL: the default */
	char	   *through_relation_name;	/* NULL: find it */
	char	   *through_reverse_relation_name;	/* NULL: find it */
	bool		symmetrical;
	bool		skip_reverse;
	bool		as_field;		/* declared by a field of create_model */
	bool		through_is_model;	/* not only from now on; filled in */
} CormManyToManySpec;

/* The arguments of relation_on. */
typedef struct CormRelationOnSpec
{
	CormModel  *source;
	char	   *name;
	CormModel  *target;
	List	   *columns;		/* of char * */
	List	   *target_columns; /* of char *; NIL: the key, of a to-one */
	bool		to_many;
	char	   *related_name;	/* NULL: no way back */
} CormRelationOnSpec;

/* The arguments of alter_relation; NULL and 0 leave things as they are. */
typedef struct CormAlterSpec
{
	char	   *related_name;
	char		on_delete;
	char		on_update;
	const bool *nullable;
	const bool *deferrable;
	const bool *skip_reverse;
} CormAlterSpec;

/* What foreign_key does when nothing else is said. */
extern void CormInitForeignKeySpec(CormForeignKeySpec *spec);

/*
 * All of them take the catalog's lock, check the caller's rights and names,
 * run DDL and write the catalog.
 */
extern void CormDeclareForeignKey(CormForeignKeySpec *spec);
extern Oid	CormDeclareManyToMany(CormManyToManySpec *spec);

/* The constraint alone, as it is or made: nothing is named after it. */
extern void CormRequireConstraint(CormForeignKeySpec *spec);

extern void CormDeclareRelationOn(CormRelationOnSpec *spec);
extern void CormAlterRelation(Oid relid, const char *name,
							  const CormAlterSpec *spec);
extern void CormRenameRelation(Oid relid, const char *name,
							   const char *new_name);
extern void CormDropRelation(Oid relid, const char *name, bool drop_column,
							 bool drop_through);

/* Forgets every relation that starts, ends or passes there. */
extern void CormForgetRelationsOf(Oid relid);

/*
 * The columns that a foreign key of that name to these columns of the target
 * gets when none are named: char *, one per target column.  Raises 42622.
 */
extern List *CormDefaultColumns(const char *relation, List *target_columns);

/* Shared by the files of this module; not for others. */

/*
 * The catalog row of a relation by either of its names, or NULL.  A way back
 * from a table that is gone does not count.
 */
extern CormRelationRow *CormRelationRowNamed(Oid relid, const char *name);

/*
 * The same, or 42704 or 42501 raised, under the catalog's lock.  The owner of
 * the table with the foreign key may change it; with either_end the owner of the
 * model that the name stands on will do.
 */
extern CormRelationRow *CormLockRelationRow(Oid relid, const char *name,
											bool either_end);

/* Raises 42704, with near names. */
pg_noreturn extern void CormRaiseNoRelation(const CormModel *model,
											const char *name);

/*
 * The row of a relation declared before under this name, or NULL.  One that
 * nothing can be done with any more is deleted on the way.
 */
extern CormRelationRow *CormEarlierDeclaration(Oid source, const char *name);

/* What a row has become, as its source has it; NULL when it is not there. */
extern const CormRelation *CormRelationOfRow(const CormModel *source,
											 const CormRelationRow *row);

/*
 * What bears the name on the model already, in words, or NULL.  A column
 * that may share its name with the relation is passed as "but_column".
 */
extern char *CormNameClash(const CormModel *model, const char *name,
						   const char *but_column);

/* A name made of "base" that is free on the model. */
extern char *CormFreeName(const CormModel *model, const char *base);

/*
 * Is what the row relies on there: its foreign keys, or without a constraint
 * its columns?  Names by which the keys are not found first any more are
 * replaced in *row; *changed, unless NULL, says whether some were.
 */
extern bool CormRefreshRelationRow(CormRelationRow *row, bool *changed);

/* Does so, and writes the row if it has changed. */
extern void CormRenewRelationRow(CormRelationRow *row);

/* Are columns of all these names (char *) there? */
extern bool CormTableHasColumns(Oid relid, List *columns);

/*
 * Writes a new relation down.  Raises 40001 when DDL of another session has
 * taken away what was found for it.
 */
extern void CormAddRelation(const CormRelationRow *row);

/* Raises 42710: declared before, with another value of an option. */
pg_noreturn extern void CormRaiseDiffers(const CormModel *source,
										 const char *name, const char *what,
										 const char *is);

/* Raises 42501 unless the current user may add a reverse name there. */
extern void CormRequireReference(const CormModel *target, int n,
								 const AttrNumber *attnums);

/* Raises 22023 when a way back is both named and refused. */
extern void CormCheckReverseOptions(const char *related_name,
									bool skip_reverse);

/* Raises 42830 when no way back can be named: a row would be found twice. */
extern void CormRequireWayBack(const CormRelationRow *row);

/* Raises for an empty name. */
extern void CormCheckRelationName(const char *name);

/*
 * A declaration as text: as a call of the function, or as a field of
 * create_model, whose model is gone by the time a hint is read.  What is kept
 * for later names models with their schemas, whatever the search_path.  NULL
 * and NIL leave an argument out.
 */
typedef enum CormSuggestionForm
{
	CORM_SUGGEST_CALL,
	CORM_SUGGEST_FIELD,
	CORM_SUGGEST_QUALIFIED_CALL,
	CORM_SUGGEST_QUALIFIED_FIELD
} CormSuggestionForm;

typedef struct CormSuggestion
{
	StringInfoData text;
	bool		as_field;
} CormSuggestion;

extern void CormBeginSuggestion(CormSuggestion *suggestion,
								CormSuggestionForm form,
								const char *function, const CormModel *source,
								const char *name, const CormModel *target);
extern void CormSuggestText(CormSuggestion *suggestion, const char *argument,
							const char *value);
extern void CormSuggestNames(CormSuggestion *suggestion, const char *argument,
							 List *names);
extern void CormSuggestBool(CormSuggestion *suggestion, const char *argument,
							bool value);
extern char *CormEndSuggestion(CormSuggestion *suggestion);

/* The whole declaration, with every option that is not the default. */
extern char *CormForeignKeyText(const CormForeignKeySpec *spec,
								CormSuggestionForm form);
extern char *CormManyToManyText(const CormManyToManySpec *spec,
								CormSuggestionForm form);
extern char *CormRelationOnText(const CormRelationOnSpec *spec,
								CormSuggestionForm form);

/*
 * Does this name a foreign key of the through model?  A forward relation over
 * it does, a column in it, or the constraint's own name.
 */
extern bool CormThroughKeyIsNamed(const CormModel *through,
								  const CormForeignKey *fk, const char *name);

extern bool CormSameText(const char *a, const char *b);

#endif							/* CORM_RELATE_H */
