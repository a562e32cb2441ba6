/*-------------------------------------------------------------------------
 *
 * naming.c
 *	  How names are read, and how names that nobody gave are made.
 *
 * Names of models and relations are corm's own and of any length; names of
 * tables and columns are the server's and must fit.  The server would cut a
 * longer one with a notice, so that two names could become one: here that is
 * an error.  Names of constraints and indexes are left to the server, which
 * shortens them without making two of them equal.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "lib/stringinfo.h"
#include "utils/formatting.h"

#include "naming.h"

void
CormSplitName(const char *text, char **schema, char **name)
{
	StringInfoData part;
	bool		quoted = false;

	*schema = NULL;
	initStringInfo(&part);
	for (const char *c = text; *c != '\0'; c++)
	{
		if (quoted && c[0] == '"' && c[1] == '"')
		{
			appendStringInfoChar(&part, '"');
			c++;
		}
		else if (*c == '"')
			quoted = !quoted;
		else if (*c == '.' && !quoted && *schema == NULL)
		{
			*schema = pstrdup(part.data);
			resetStringInfo(&part);
		}
		else
			appendStringInfoChar(&part, *c);
	}
	*name = part.data;
	if (quoted || part.len == 0 || (*schema != NULL && **schema == '\0'))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("invalid name: \"%s\"", text),
				 errhint("Write Name or schema.Name; double quotes around a part protect a dot in it.")));
}

char *
CormQuoteNamePart(const char *name)
{
	StringInfoData quoted;

	if (strpbrk(name, ".\"") == NULL)
		return pstrdup(name);
	initStringInfo(&quoted);
	appendStringInfoChar(&quoted, '"');
	for (const char *c = name; *c != '\0'; c++)
	{
		if (*c == '"')
			appendStringInfoChar(&quoted, '"');
		appendStringInfoChar(&quoted, *c);
	}
	appendStringInfoChar(&quoted, '"');
	return quoted.data;
}

/*
 * By the database's own collation: whoever looks for the generated name finds
 * it with lower() in SQL, and letters beyond ASCII follow too.
 */
char *
CormLowerName(const char *name)
{
	return str_tolower(name, strlen(name), DEFAULT_COLLATION_OID);
}

char *
CormPluralName(const char *name)
{
	return psprintf("%ss", CormLowerName(name));
}

char *
CormGeneratedName(const char *kind, const char *part1, const char *part2,
				  const char *part3, const char *hint)
{
	StringInfoData name;

	initStringInfo(&name);
	appendStringInfoString(&name, part1);
	if (part2 != NULL)
		appendStringInfo(&name, "_%s", part2);
	if (part3 != NULL)
		appendStringInfo(&name, "_%s", part3);
	CormCheckNameLength(kind, name.data, hint);
	return name.data;
}

void
CormCheckNameLength(const char *kind, const char *name, const char *hint)
{
	if (strlen(name) < NAMEDATALEN)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_NAME_TOO_LONG),
			 errmsg("%s name \"%s\" is too long", kind, name),
			 errdetail("It has %zu bytes, names may have %d.", strlen(name),
					   NAMEDATALEN - 1),
			 hint != NULL ? errhint("%s", hint) : 0));
}
