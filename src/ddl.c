/*-------------------------------------------------------------------------
 *
 * ddl.c
 *	  DDL statements: their text, and running them as the caller.
 *
 * Statements go through SPI, so privileges, event triggers, logging and
 * replication see what they would see had the user typed them.  Every table
 * and type is written with its schema and every identifier quoted, so the
 * text means the same under any search_path.  Constraints and indexes are left
 * unnamed: the server picks a free name by its own rules.
 *
 * A table may be renamed by others between the lookup of its name and the
 * statement.  Nothing is locked against that, since the statements take
 * stronger locks than a lookup needs and raising a lock invites deadlocks;
 * callers check afterwards that the object they wanted is there.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "ddl.h"
#include "introspect.h"
#include "quote.h"
#include "typeorder.h"

static const struct
{
	char		action;
	const char *word;
}			actions[] =
{
	{FKCONSTR_ACTION_NOACTION, "no action"},
	{FKCONSTR_ACTION_RESTRICT, "restrict"},
	{FKCONSTR_ACTION_CASCADE, "cascade"},
	{FKCONSTR_ACTION_SETNULL, "set null"},
	{FKCONSTR_ACTION_SETDEFAULT, "set default"}
};

static bool running;			/* a statement of this module */
static CormStatementRecorder recorder;
static void *recorder_arg;

static void Run(const char *action, const char *statement);
static StringInfo BeginAlter(Oid relid);
static void AppendPart(StringInfo sql, const char *part);
static void AppendNames(StringInfo buf, List *names);
static void AppendColumn(StringInfo buf, const CormNewColumn *column);
static void AppendForeignKey(StringInfo buf, const CormNewForeignKey *fk);
static void AppendComparison(StringInfo buf, const CormNewColumn *left,
							 const CormNewColumn *right, int strategy);
static bool IsBareExpression(const SelectStmt *select);

void
CormRecordStatements(CormStatementRecorder new_recorder, void *arg)
{
	recorder = new_recorder;
	recorder_arg = arg;
}

Oid
CormCreateTable(Oid schema, const char *name, List *columns,
				List *primary_key, List *unique, List *foreign_keys,
				const char *check)
{
	StringInfoData sql;
	ListCell   *lc;
	Oid			relid;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE TABLE %s (",
					 quote_qualified_identifier(get_namespace_name(schema),
												name));
	foreach(lc, columns)
	{
		AppendPart(&sql, "");
		AppendColumn(&sql, lfirst(lc));
	}
	if (primary_key != NIL)
	{
		AppendPart(&sql, "PRIMARY KEY ");
		AppendNames(&sql, primary_key);
	}
	foreach(lc, unique)
	{
		AppendPart(&sql, "UNIQUE ");
		AppendNames(&sql, lfirst(lc));
	}
	foreach(lc, foreign_keys)
	{
		AppendPart(&sql, "");
		AppendForeignKey(&sql, lfirst(lc));
	}
	if (check != NULL)
	{
		AppendPart(&sql, "CHECK ");
		appendStringInfo(&sql, "(%s)", check);
	}
	appendStringInfoChar(&sql, ')');
	Run("create table", sql.data);

	relid = get_relname_relid(name, schema);
	if (!OidIsValid(relid))
		elog(ERROR, "table \"%s\" is not there after its creation", name);
	return relid;
}

void
CormAlterTable(Oid relid, List *add_columns, List *set_not_null,
			   List *unique_columns, const CormNewForeignKey *foreign_key)
{
	StringInfo	sql = BeginAlter(relid);
	int			empty = sql->len;
	ListCell   *lc;

	foreach(lc, add_columns)
	{
		AppendPart(sql, "ADD COLUMN ");
		AppendColumn(sql, lfirst(lc));
	}
	foreach(lc, set_not_null)
	{
		AppendPart(sql, "ALTER COLUMN ");
		appendStringInfo(sql, "%s SET NOT NULL",
						 quote_identifier(lfirst(lc)));
	}
	if (unique_columns != NIL)
	{
		AppendPart(sql, "ADD UNIQUE ");
		AppendNames(sql, unique_columns);
	}
	if (foreign_key != NULL)
	{
		AppendPart(sql, "ADD ");
		AppendForeignKey(sql, foreign_key);
	}
	if (sql->len > empty)
		Run(add_columns != NIL ? "add column" :
			foreign_key != NULL || unique_columns != NIL ? "add constraint" :
			"set not null", sql->data);
}

void
CormReplaceForeignKey(Oid relid, const char *constraint,
					  const CormNewForeignKey *foreign_key)
{
	StringInfo	sql = BeginAlter(relid);

	AppendPart(sql, "DROP CONSTRAINT ");
	appendStringInfoString(sql, quote_identifier(constraint));
	AppendPart(sql, "ADD ");
	AppendForeignKey(sql, foreign_key);
	Run("replace constraint", sql->data);
}

void
CormSetDeferrable(Oid relid, const char *constraint, bool deferrable)
{
	StringInfo	sql = BeginAlter(relid);

	AppendPart(sql, "ALTER CONSTRAINT ");
	appendStringInfo(sql, "%s %s", quote_identifier(constraint),
					 deferrable ? "DEFERRABLE INITIALLY DEFERRED" :
					 "NOT DEFERRABLE");
	Run("alter constraint", sql->data);
}

void
CormSetNullable(Oid relid, List *columns, bool nullable)
{
	StringInfo	sql = BeginAlter(relid);
	ListCell   *lc;

	foreach(lc, columns)
	{
		AppendPart(sql, "ALTER COLUMN ");
		appendStringInfo(sql, "%s %s NOT NULL", quote_identifier(lfirst(lc)),
						 nullable ? "DROP" : "SET");
	}
	Run(nullable ? "drop not null" : "set not null", sql->data);
}

void
CormCreateIndex(Oid relid, List *columns)
{
	Run("create index", CormCreateIndexSql(relid, columns));
}

char *
CormCreateIndexSql(Oid relid, List *columns)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE INDEX ON %s ", CormQuoteTable(relid));
	AppendNames(&sql, columns);
	return sql.data;
}

char *
CormColumnSql(const CormNewColumn *column)
{
	StringInfoData sql;

	initStringInfo(&sql);
	AppendColumn(&sql, column);
	return sql.data;
}

char *
CormColumnTypeSql(const CormNewColumn *column)
{
	char	   *type = format_type_extended(column->typid, column->typmod,
											FORMAT_TYPE_TYPEMOD_GIVEN |
											FORMAT_TYPE_FORCE_QUALIFY);

	if (!OidIsValid(column->collation) ||
		column->collation == get_typcollation(column->typid))
		return type;
	return psprintf("%s COLLATE %s", type,
					CormQuoteCollation(column->collation));
}

char *
CormNamesSql(List *names)
{
	StringInfoData sql;

	initStringInfo(&sql);
	AppendNames(&sql, names);
	return sql.data;
}

void
CormDropColumns(Oid relid, List *columns)
{
	StringInfo	sql = BeginAlter(relid);
	ListCell   *lc;

	foreach(lc, columns)
	{
		AppendPart(sql, "DROP COLUMN ");
		appendStringInfoString(sql, quote_identifier(lfirst(lc)));
	}
	Run("drop column", sql->data);
}

void
CormDropTable(Oid relid)
{
	const char *kind = "TABLE";

	switch (CormTableKind(relid))
	{
		case RELKIND_VIEW:
			kind = "VIEW";
			break;
		case RELKIND_MATVIEW:
			kind = "MATERIALIZED VIEW";
			break;
		case RELKIND_FOREIGN_TABLE:
			kind = "FOREIGN TABLE";
			break;
	}
	Run("drop table", psprintf("DROP %s %s", kind, CormQuoteTable(relid)));
}

void
CormCreateRowFunction(const CormNewFunction *function)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE %sFUNCTION %s(%s) RETURNS SETOF %s",
					 function->replace ? "OR REPLACE " : "",
					 quote_qualified_identifier(get_namespace_name(function->schema),
												function->name),
					 CormQuoteType(function->argument),
					 CormQuoteType(function->result));
	appendStringInfo(&sql, " LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS %d AS %s",
					 function->rows, quote_literal_cstr(function->body));
	Run("create function", sql.data);
}

void
CormCreateTriggerFunction(const CormNewTriggerFunction *function)
{
	char	   *name = quote_qualified_identifier(get_namespace_name(function->schema),
												  function->name);

	Run("create function",
		psprintf("CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql %s SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = off AS %s",
				 name, function->stable ? "STABLE" : "VOLATILE",
				 quote_literal_cstr(function->body)));

	/* others could make triggers of it, on tables of their own */
	Run("revoke", psprintf("REVOKE ALL ON FUNCTION %s() FROM PUBLIC", name));
	if (function->owner != GetUserId())
		Run("set owner",
			psprintf("ALTER FUNCTION %s() OWNER TO %s", name,
					 quote_identifier(GetUserNameFromId(function->owner,
														false))));
}

void
CormCreateTrigger(const CormNewTrigger *trigger)
{
	StringInfoData sql;
	int16		event = trigger->event;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE OR REPLACE TRIGGER %s %s %s ON %s",
					 quote_identifier(trigger->name),
					 trigger->each_row ? "BEFORE" : "AFTER",
					 event == TRIGGER_TYPE_INSERT ? "INSERT" :
					 event == TRIGGER_TYPE_UPDATE ? "UPDATE" :
					 event == TRIGGER_TYPE_DELETE ? "DELETE" : "TRUNCATE",
					 CormQuoteTable(trigger->relid));
	if (trigger->old_rows != NULL || trigger->new_rows != NULL)
		appendStringInfoString(&sql, " REFERENCING");
	if (trigger->old_rows != NULL)
		appendStringInfo(&sql, " OLD TABLE AS %s", trigger->old_rows);
	if (trigger->new_rows != NULL)
		appendStringInfo(&sql, " NEW TABLE AS %s", trigger->new_rows);
	appendStringInfo(&sql, " FOR EACH %s",
					 trigger->each_row ? "ROW" : "STATEMENT");
	if (trigger->condition != NULL)
		appendStringInfo(&sql, " WHEN (%s)", trigger->condition);
	appendStringInfo(&sql, " EXECUTE FUNCTION %s()",
					 quote_qualified_identifier(get_namespace_name(get_func_namespace(trigger->function)),
												get_func_name(trigger->function)));
	Run("create trigger", sql.data);
}

void
CormDropTrigger(Oid relid, const char *name)
{
	Run("drop trigger", psprintf("DROP TRIGGER %s ON %s",
								 quote_identifier(name),
								 CormQuoteTable(relid)));
}

void
CormRenameFunction(Oid function, const char *name)
{
	Run("rename function",
		psprintf("ALTER FUNCTION %s RENAME TO %s",
				 format_procedure_qualified(function),
				 quote_identifier(name)));
}

void
CormMoveFunction(Oid function, Oid schema)
{
	Run("move function",
		psprintf("ALTER FUNCTION %s SET SCHEMA %s",
				 format_procedure_qualified(function),
				 quote_identifier(get_namespace_name(schema))));
}

void
CormDropFunction(Oid function)
{
	Run("drop function",
		psprintf("DROP FUNCTION %s", format_procedure_qualified(function)));
}

/*
 * The cast carries no length: one would cut the value to it, where leaving it
 * out lets the column refuse what does not fit.
 */
char *
CormLiteralSql(const char *value, Oid typid)
{
	return psprintf("CAST(%s AS %s)", quote_literal_cstr(value),
					CormQuoteType(typid));
}

/*
 * The text is parsed alone, so it can neither close a parenthesis that it did
 * not open nor start another statement; the line break ends a comment it may
 * end with.
 */
char *
CormExpressionSql(const char *what, const char *text)
{
	List	   *statements = raw_parser(text, RAW_PARSE_PLPGSQL_EXPR);
	Node	   *statement = list_length(statements) == 1 ?
		linitial_node(RawStmt, statements)->stmt : NULL;

	if (statement == NULL || !IsA(statement, SelectStmt) ||
		!IsBareExpression((SelectStmt *) statement))
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("%s is not a single SQL expression: %s", what, text),
				 errhint("Write one expression, such as now() or gen_random_uuid().")));
	return psprintf(strstr(text, "--") != NULL ? "(%s\n)" : "(%s)", text);
}

/* Lexicographic order, spelled out: a row comparison finds its operators by
 * search_path. */
char *
CormNotGreaterSql(List *first, List *second)
{
	StringInfoData sql;
	int			n = list_length(first);

	initStringInfo(&sql);
	for (int i = 0; i < n; i++)
	{
		bool		last = i == n - 1;

		if (!last)
			appendStringInfoChar(&sql, '(');
		AppendComparison(&sql, list_nth(first, i), list_nth(second, i),
						 last ? BTLessEqualStrategyNumber :
						 BTLessStrategyNumber);
		if (last)
			break;
		appendStringInfoString(&sql, " OR (");
		AppendComparison(&sql, list_nth(first, i), list_nth(second, i),
						 BTEqualStrategyNumber);
		appendStringInfoString(&sql, " AND ");
	}
	for (int i = 0; i < n - 1; i++)
		appendStringInfoString(&sql, "))");
	return sql.data;
}

char
CormReferentialAction(const char *argument, const char *word)
{
	for (int i = 0; i < lengthof(actions); i++)
	{
		if (pg_strcasecmp(word, actions[i].word) == 0)
			return actions[i].action;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for argument \"%s\": \"%s\"", argument,
					word),
			 errhint("Use no action, restrict, cascade, set null or set default.")));
}

const char *
CormReferentialActionWord(char action)
{
	for (int i = 0; i < lengthof(actions); i++)
	{
		if (action == actions[i].action)
			return actions[i].word;
	}
	elog(ERROR, "unrecognized referential action \"%c\"", action);
}

bool
CormIsRunningDdl(void)
{
	return running;
}

/*
 * The server's own errors pass through unchanged, their CONTEXT shows the
 * statement.
 */
static void
Run(const char *action, const char *statement)
{
	bool		outer = running;
	int			result = 0;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to the SPI manager");
	running = true;
	PG_TRY();
	{
		result = SPI_execute(statement, false, 0);
	}
	PG_FINALLY();
	{
		running = outer;
	}
	PG_END_TRY();
	if (result < 0)
		elog(ERROR, "could not run a statement: %s",
			 SPI_result_code_string(result));
	SPI_finish();
	if (recorder != NULL)
		recorder(action, statement, recorder_arg);
}

static StringInfo
BeginAlter(Oid relid)
{
	StringInfo	sql = makeStringInfo();

	appendStringInfo(sql, "ALTER TABLE %s ", CormQuoteTable(relid));
	return sql;
}

/* Continues a list: parts are separated, unless this is the first one. */
static void
AppendPart(StringInfo sql, const char *part)
{
	char		last = sql->data[sql->len - 1];

	if (last != '(' && last != ' ')
		appendStringInfoString(sql, ", ");
	appendStringInfoString(sql, part);
}

static void
AppendNames(StringInfo buf, List *names)
{
	appendStringInfo(buf, "(%s)", CormQuoteNames(names));
}

static void
AppendColumn(StringInfo buf, const CormNewColumn *column)
{
	appendStringInfo(buf, "%s %s", quote_identifier(column->name),
					 CormColumnTypeSql(column));
	if (column->identity != '\0')
		appendStringInfo(buf, " GENERATED %s AS IDENTITY",
						 column->identity == ATTRIBUTE_IDENTITY_ALWAYS ?
						 "ALWAYS" : "BY DEFAULT");
	if (column->generated_sql != NULL)
		appendStringInfo(buf, " GENERATED ALWAYS AS %s STORED",
						 column->generated_sql);
	if (column->default_sql != NULL)
		appendStringInfo(buf, " DEFAULT %s", column->default_sql);
	if (column->not_null)
		appendStringInfoString(buf, " NOT NULL");
	if (column->unique)
		appendStringInfoString(buf, " UNIQUE");
}

static void
AppendForeignKey(StringInfo buf, const CormNewForeignKey *fk)
{
	if (fk->name != NULL)
		appendStringInfo(buf, "CONSTRAINT %s ", quote_identifier(fk->name));
	appendStringInfoString(buf, "FOREIGN KEY ");
	AppendNames(buf, fk->columns);
	appendStringInfo(buf, " REFERENCES %s ", CormQuoteTable(fk->target));
	AppendNames(buf, fk->target_columns);
	if (fk->match_type == FKCONSTR_MATCH_FULL)
		appendStringInfoString(buf, " MATCH FULL");
	if (fk->on_update != FKCONSTR_ACTION_NOACTION)
		appendStringInfo(buf, " ON UPDATE %s",
						 CormReferentialActionWord(fk->on_update));
	if (fk->on_delete != FKCONSTR_ACTION_NOACTION)
		appendStringInfo(buf, " ON DELETE %s",
						 CormReferentialActionWord(fk->on_delete));
	if (fk->delete_set_columns != NIL)
	{
		appendStringInfoChar(buf, ' ');
		AppendNames(buf, fk->delete_set_columns);
	}
	if (fk->deferrable)
		appendStringInfoString(buf, " DEFERRABLE");
	if (fk->deferrable && fk->deferred)
		appendStringInfoString(buf, " INITIALLY DEFERRED");
	if (fk->not_valid)
		appendStringInfoString(buf, " NOT VALID");
}

static void
AppendComparison(StringInfo buf, const CormNewColumn *left,
				 const CormNewColumn *right, int strategy)
{
	Oid			operator = CormTypeOrderOperator(left->typid, strategy);

	if (!OidIsValid(operator))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s has no default order",
						format_type_be(left->typid)),
				 errhint("Make the link table yourself and name it with through.")));
	generate_operator_clause(buf, quote_identifier(left->name), left->typid,
							 operator, quote_identifier(right->name),
							 right->typid);
}

/* SELECT <one expression>, and nothing more */
static bool
IsBareExpression(const SelectStmt *select)
{
	ResTarget  *target;

	if (list_length(select->targetList) != 1 || select->op != SETOP_NONE ||
		select->distinctClause || select->intoClause || select->fromClause ||
		select->whereClause || select->groupClause || select->havingClause ||
		select->windowClause || select->valuesLists || select->sortClause ||
		select->limitOffset || select->limitCount || select->lockingClause ||
		select->withClause)
		return false;
	target = linitial_node(ResTarget, select->targetList);
	return target->name == NULL && target->indirection == NIL;
}

/* ---------- locks ---------- */

bool
CormLockFunction(Oid function)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, ProcedureRelationId, function, 0);
	if (LockAcquire(&tag, AccessExclusiveLock, false, true) ==
		LOCKACQUIRE_NOT_AVAIL)
		return false;
	AcceptInvalidationMessages();
	return true;
}
