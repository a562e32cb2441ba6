/*-------------------------------------------------------------------------
 *
 * deparse_change.c
 *	  SQL text of statements that change or delete the rows of a queryset.
 *
 * The assumptions of deparse.c hold here too.  Functions and operators that
 * compute values are those of pg_catalog.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "deparse.h"
#include "deparse_change.h"
#include "deparse_expr.h"
#include "quote.h"

static void
DeparseChange(StringInfo buf, const CormWrite *write, const CormChange *change)
{
	char	   *name = psprintf("%s", quote_identifier(change->column->name));
	char	   *column = psprintf("t%d.%s", write->table->alias, name);

	appendStringInfo(buf, "%s = ", name);
	switch (change->kind)
	{
		case CORM_CHANGE_VALUE:
			appendStringInfo(buf, "$%d", change->param);
			break;
		case CORM_CHANGE_PATH:
			appendStringInfoString(buf, change->scope ? "(SELECT " : "");
			CormDeparseValue(buf, write->select, change->value);
			if (change->scope)
			{
				CormDeparseScope(buf, write->select, change->scope);
				appendStringInfoChar(buf, ')');
			}
			break;
		case CORM_CHANGE_OPERATOR:
			appendStringInfo(buf, "%s OPERATOR(pg_catalog.%s) $%d", column, change->function,
							 change->param);
			break;
		case CORM_CHANGE_BEFORE:
			appendStringInfo(buf, "$%d OPERATOR(pg_catalog.%s) %s", change->param,
							 change->function, column);
			break;
		case CORM_CHANGE_CALL:
			appendStringInfo(buf, "pg_catalog.%s(%s, $%d)", change->function, column,
							 change->param);
			break;
		case CORM_CHANGE_CALL_BEFORE:
			appendStringInfo(buf, "pg_catalog.%s($%d, %s)", change->function, change->param,
							 column);
			break;
		case CORM_CHANGE_PLACE:
			appendStringInfo(buf, "pg_catalog.jsonb_set(%s, $%d, $%d)", column, change->place,
							 change->param);
			break;
	}
}

static void
DeparseWhere(StringInfo buf, const CormSelect *select)
{
	if (select->scope->where == NIL)
		return;
	appendStringInfoString(buf, " WHERE ");
	CormDeparseList(buf, select, select->scope->where, " AND ");
}

static void
DeparseStatement(StringInfo buf, const CormWrite *write)
{
	ListCell   *lc;

	appendStringInfo(buf, "%s%s AS t%d", write->changes == NIL ? "DELETE FROM " : "UPDATE ",
					 CormQuoteTable(write->table->model->relid), write->table->alias);
	foreach(lc, write->changes)
	{
		appendStringInfoString(buf, foreach_current_index(lc) ? ", " : " SET ");
		DeparseChange(buf, write, lfirst(lc));
	}
	DeparseWhere(buf, write->select);
}

char *
CormDeparseChange(const CormWrite *write)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, write->select->label);
	if (write->beside)
	{
		appendStringInfoString(&buf, "WITH l AS (");
		DeparseStatement(&buf, write->beside);
		appendStringInfoString(&buf, ") ");
	}
	DeparseStatement(&buf, write);
	if (write->returning && write->returning->targets != NIL)
	{
		appendStringInfoString(&buf, " RETURNING ");
		CormDeparseTargets(&buf, write->returning);
	}
	return buf.data;
}
