/*-------------------------------------------------------------------------
 *
 * ddl.h
 *	  DDL statements: their text, and running them as the caller.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DDL_H
#define CORM_DDL_H

#include "nodes/pg_list.h"

/* A column to be made. */
typedef struct CormNewColumn
{
	char	   *name;
	Oid			typid;
	int32		typmod;
	Oid			collation;		/* InvalidOid: the type's own */
	bool		not_null;
	bool		unique;
	char		identity;		/* ATTRIBUTE_IDENTITY_xxx, or '\0' */
	char	   *default_sql;	/* an expression, or NULL */
	char	   *generated_sql;	/* of a stored generated column, or NULL */
	bool		type_implied;	/* that of the column it points to */
} CormNewColumn;

/* A foreign key to be made. */
typedef struct CormNewForeignKey
{
	char	   *name;			/* NULL: the server chooses */
	List	   *columns;		/* of char * */
	Oid			target;
	List	   *target_columns; /* of char * */
	char		match_type;		/* FKCONSTR_MATCH_xxx */
	char		on_delete;		/* FKCONSTR_ACTION_xxx */
	char		on_update;
	List	   *delete_set_columns; /* of char *; NIL: all */
	bool		deferrable;
	bool		deferred;		/* initially; only if deferrable */
	bool		not_valid;
} CormNewForeignKey;

/* A function in SQL from rows of one type to sets of rows of another. */
typedef struct CormNewFunction
{
	Oid			schema;
	const char *name;
	Oid			argument;		/* types */
	Oid			result;
	int			rows;			/* that the planner expects of a call */
	const char *body;
	bool		replace;		/* the one that is there */
} CormNewFunction;

/* A trigger function in PL/pgSQL that runs with its owner's rights. */
typedef struct CormNewTriggerFunction
{
	Oid			schema;
	const char *name;
	const char *body;
	bool		stable;
	Oid			owner;			/* a role */
} CormNewTriggerFunction;

/* A trigger before each row, or after each statement. */
typedef struct CormNewTrigger
{
	Oid			relid;
	const char *name;
	int16		event;			/* TRIGGER_TYPE_INSERT ... */
	bool		each_row;
	const char *old_rows;		/* names of transition tables, or NULL */
	const char *new_rows;
	const char *condition;		/* an expression, or NULL */
	Oid			function;
} CormNewTrigger;

/*
 * Told of each statement that ran here: what it does, as "create table", and
 * its text without a semicolon.
 */
typedef void (*CormStatementRecorder) (const char *action,
									   const char *statement, void *arg);

/* From now on; NULL for none.  Whoever sets one takes it away, on error too. */
extern void CormRecordStatements(CormStatementRecorder recorder, void *arg);

/*
 * All of them run as the current user, and raise what the server raises.
 */

/*
 * Columns of CormNewColumn *, key of char *, unique constraints of List * of
 * char *, foreign keys of CormNewForeignKey *.
 */
extern Oid	CormCreateTable(Oid schema, const char *name, List *columns,
							List *primary_key, List *unique,
							List *foreign_keys, const char *check);

/* One ALTER TABLE: each part may be empty. */
extern void CormAlterTable(Oid relid, List *add_columns, List *set_not_null,
						   List *unique_columns,
						   const CormNewForeignKey *foreign_key);

/* Drop and make anew, in one statement, under the same name. */
extern void CormReplaceForeignKey(Oid relid, const char *constraint,
								  const CormNewForeignKey *foreign_key);

/* DEFERRABLE INITIALLY DEFERRED, or NOT DEFERRABLE. */
extern void CormSetDeferrable(Oid relid, const char *constraint,
							  bool deferrable);
extern void CormSetNullable(Oid relid, List *columns, bool nullable);
extern void CormCreateIndex(Oid relid, List *columns);

/* The statement that it runs. */
extern char *CormCreateIndexSql(Oid relid, List *columns);

/* "name type ..." as in CREATE TABLE, and its type alone. */
extern char *CormColumnSql(const CormNewColumn *column);
extern char *CormColumnTypeSql(const CormNewColumn *column);

/* "(a, b)" */
extern char *CormNamesSql(List *names);

extern void CormDropColumns(Oid relid, List *columns);
extern void CormDropTable(Oid relid);

extern void CormCreateRowFunction(const CormNewFunction *function);

/* Both replace what bears the name. */
extern void CormCreateTriggerFunction(const CormNewTriggerFunction *function);
extern void CormCreateTrigger(const CormNewTrigger *trigger);

extern void CormDropTrigger(Oid relid, const char *name);

extern void CormRenameFunction(Oid function, const char *name);
extern void CormMoveFunction(Oid function, Oid schema);
extern void CormDropFunction(Oid function);

/* "'value'::type", checked by the type when the statement runs. */
extern char *CormLiteralSql(const char *value, Oid typid);

/*
 * Text of a user as an expression in parentheses.  Raises 42601 unless it is
 * exactly one; "what" says what it was given for.
 */
extern char *CormExpressionSql(const char *what, const char *text);

/*
 * An expression that is true when the first columns are not greater than the
 * second, in the default order of their types.  Lists of CormNewColumn *.
 * Raises 42883 when a type has no order.
 */
extern char *CormNotGreaterSql(List *first, List *second);

/* FKCONSTR_ACTION_xxx of 'cascade' and the like; raises 22023. */
extern char CormReferentialAction(const char *argument, const char *word);

/* The way back: lower-case words. */
extern const char *CormReferentialActionWord(char action);

/* Is a statement of this module being run, by somebody up the stack? */
extern bool CormIsRunningDdl(void);

/*
 * The lock that DROP FUNCTION takes, without waiting for it; false when somebody
 * else has one.
 */
extern bool CormLockFunction(Oid function);

#endif							/* CORM_DDL_H */
