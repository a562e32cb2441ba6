/*-------------------------------------------------------------------------
 *
 * quote.c
 *	  Names as they stand in generated SQL: always with their schema, so that
 *	  no text depends on the search_path.
 *
 * Every function returns a palloc'd string and raises an internal error when
 * the object has gone.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "quote.h"

char *
CormQuoteTable(Oid relid)
{
	char	   *name = get_rel_name(relid);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("the table of a model has been dropped meanwhile")));
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  name);
}

/*
 * With the typmod said to be given, if only as none, character and bit are
 * printed by names that do not mean a length of 1.
 */
char *
CormQuoteType(Oid typid)
{
	return format_type_extended(typid, -1,
								FORMAT_TYPE_FORCE_QUALIFY | FORMAT_TYPE_TYPEMOD_GIVEN);
}

char *
CormQuoteCollation(Oid collation)
{
	HeapTuple	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	Form_pg_collation form;
	char	   *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for collation %u", collation);
	form = (Form_pg_collation) GETSTRUCT(tuple);
	name = quote_qualified_identifier(get_namespace_name(form->collnamespace),
									  NameStr(form->collname));
	ReleaseSysCache(tuple);
	return name;
}

char *
CormQuoteOperator(Oid op)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(op));
	Form_pg_operator form;
	char	   *text;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", op);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	text = psprintf("OPERATOR(%s.%s)",
					quote_identifier(get_namespace_name(form->oprnamespace)),
					NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return text;
}

char *
CormQuoteNames(List *names)
{
	StringInfoData text;
	ListCell   *lc;

	initStringInfo(&text);
	foreach(lc, names)
		appendStringInfo(&text, "%s%s", foreach_current_index(lc) > 0 ? ", " : "",
						 quote_identifier(lfirst(lc)));
	return text.data;
}

/*
 * A name in a label is a user's: nothing in it may end the comment or open one
 * inside it.
 */
void
CormAppendLabel(StringInfo buf, const char *label)
{
	appendStringInfoString(buf, "/* corm ");
	for (const char *c = label; *c; c++)
		appendStringInfoChar(buf, *c == '*' || *c == '/' ? '_' : *c);
	appendStringInfoString(buf, " */ ");
}
