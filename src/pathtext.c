/*-------------------------------------------------------------------------
 *
 * pathtext.c
 *	  Taking paths apart by their "__", and putting them together.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "pathtext.h"

#define SEPARATOR "__"

/*
 * Steps through the places where a step may end.  Returns the next "__" that
 * stands outside of double quotes and within the path, or NULL; "from" is the
 * place to go on at, and "quoted" what is known there.
 */
static const char *
NextSeparator(const char *path, const char **from, bool *quoted)
{
	for (const char *p = *from; *p != '\0'; p++)
	{
		if (*p == '"')
			*quoted = !*quoted;
		else if (!*quoted && p > path &&
				 strncmp(p, SEPARATOR, strlen(SEPARATOR)) == 0 &&
				 p[strlen(SEPARATOR)] != '\0')
		{
			*from = p + 1;
			return p;
		}
	}
	return NULL;
}

/* Returns a pointer into the path, NULL if the path has one step. */
const char *
CormPathLastStep(const char *path)
{
	const char *from = path;
	bool		quoted = false;
	const char *last = NULL;
	const char *separator;

	while ((separator = NextSeparator(path, &from, &quoted)) != NULL)
		last = separator + strlen(SEPARATOR);
	return last;
}

/* Returns a copy of what precedes a step that CormPathLastStep() found. */
char *
CormPathBefore(const char *path, const char *step)
{
	return pnstrdup(path, step - strlen(SEPARATOR) - path);
}

/* Returns a path of its own. */
char *
CormPathJoin(const char *before, const char *after)
{
	if (*before == '\0')
		return pstrdup(after);
	return psprintf("%s" SEPARATOR "%s", before, after);
}

bool
CormPathStartsWith(const char *path, const char *steps)
{
	int			length = strlen(steps);

	return strncmp(path, steps, length) == 0 &&
		(path[length] == '\0' ||
		 strncmp(path + length, SEPARATOR, strlen(SEPARATOR)) == 0);
}

/* Returns copies of the paths to the steps before the last one. */
List *
CormPathLeads(const char *path)
{
	const char *from = path;
	bool		quoted = false;
	List	   *leads = NIL;
	const char *separator;

	while ((separator = NextSeparator(path, &from, &quoted)) != NULL)
	{
		leads = lappend(leads, pnstrdup(path, separator - path));
		from = separator + strlen(SEPARATOR);
	}
	return leads;
}

/*
 * Underscores in pairs or at an end would be read as a separator, a minus in
 * front of a path reverses an order.
 */
char *
CormPathQuote(const char *name)
{
	StringInfoData quoted;
	int			length = strlen(name);

	if (length > 0 && strstr(name, "__") == NULL && strpbrk(name, "\" ") == NULL &&
		name[0] != '-' && name[0] != '_' && name[length - 1] != '_')
		return pstrdup(name);
	initStringInfo(&quoted);
	appendStringInfoChar(&quoted, '"');
	for (const char *c = name; *c; c++)
	{
		if (*c == '"')
			appendStringInfoChar(&quoted, '"');
		appendStringInfoChar(&quoted, *c);
	}
	appendStringInfoChar(&quoted, '"');
	return quoted.data;
}

/* How many steps a path has; a quoted name is one. */
int
CormPathSteps(const char *path)
{
	int			steps = *path == '\0' ? 0 : 1;
	bool		quoted = false;

	for (const char *c = path; *c; c++)
	{
		if (*c == '"')
			quoted = !quoted;
		else if (!quoted && c[0] == '_' && c[1] == '_' && c > path && c[2] != '\0')
		{
			steps++;
			c++;
		}
	}
	return steps;
}
