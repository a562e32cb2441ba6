/*-------------------------------------------------------------------------
 *
 * orderkey.c
 *	  Reading orders: "-path nulls last".
 *
 * Like request.c, to which this belongs, it reads no catalog.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "parser/scansup.h"

#include "orderkey.h"

/*
 * Cuts the last word off *end if it is the given one and stands outside of
 * double quotes: moves *end back over it and the space before it.
 */
static bool
CutLastWord(const char *start, const char **end, const char *word)
{
	int			length = strlen(word);
	const char *from = *end - length;
	bool		quoted = false;

	if (from < start || pg_strncasecmp(from, word, length) != 0 ||
		(from > start && !scanner_isspace(from[-1])))
		return false;
	for (const char *p = start; p < from; p++)
	{
		if (*p == '"')
			quoted = !quoted;
	}
	if (quoted)
		return false;

	while (from > start && scanner_isspace(from[-1]))
		from--;
	*end = from;
	return true;
}

/* Reads "-path nulls last". */
static CormOrderKey *
ParseOrderKey(const char *text, const CormDocPath *at)
{
	CormOrderKey *key = palloc0(sizeof(CormOrderKey));
	const char *start = text;
	const char *end = text + strlen(text);
	const char *before;

	while (scanner_isspace(*start))
		start++;
	while (end > start && scanner_isspace(end[-1]))
		end--;
	if (*start == '-')
	{
		key->descending = true;
		start++;
		while (scanner_isspace(*start))
			start++;
	}

	before = end;
	if (CutLastWord(start, &end, "first") && CutLastWord(start, &end, "nulls"))
		key->nulls = CORM_NULLS_FIRST;
	else
	{
		end = before;
		if (CutLastWord(start, &end, "last") &&
			CutLastWord(start, &end, "nulls"))
			key->nulls = CORM_NULLS_LAST;
		else
			end = before;
	}
	if (end <= start)
		CormRaiseEmpty(at);

	before = end;
	if ((CutLastWord(start, &before, "asc") ||
		 CutLastWord(start, &before, "desc")) && before > start)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("queryset option \"%s\" does not take \"%s\"",
						CormDocPathText(at), text),
				 errhint("Write \"path\" for ascending and \"-path\" for descending order.")));

	key->path = pnstrdup(start, end - start);
	return key;
}

List *
CormParseOrder(JsonbValue *value, const CormDocPath *at)
{
	List	   *keys = NIL;
	ListCell   *cell;

	foreach(cell, CormReadList(value, true, "a string or an array of strings",
							at))
	{
		CormDocPath element = {at, NULL, foreach_current_index(cell)};
		const CormDocPath *here = CormJsonIsArray(value) ? &element : at;

		keys = lappend(keys,
					   ParseOrderKey(CormReadName(lfirst(cell), here), here));
	}
	return keys;
}
