/*-------------------------------------------------------------------------
 *
 * transform.c
 *	  Values made of values: parts of dates, places within JSON, lengths.
 *
 * What is printed into a statement is a constant of the tables below.  Keys
 * within documents are the client's, so they travel as a parameter.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "lookup.h"
#include "path.h"
#include "transform.h"

typedef struct DatePart
{
	const char *name;
	const char *unit;			/* of extract() */
	int			added;
	bool		of_time;		/* a time has it, */
	bool		of_date;		/* ... a date has it, */
	bool		of_interval;	/* ... an interval has it */
	Oid			type;
} DatePart;

/*
 * What is infinite of an infinite date, and all parts of an interval, which may
 * be that or very long, are of type numeric.
 */
static const DatePart date_parts[] = {
	{"year", "year", 0, false, true, true, NUMERICOID},
	{"iso_year", "isoyear", 0, false, true, false, NUMERICOID},
	{"quarter", "quarter", 0, false, true, true, INT4OID},
	{"month", "month", 0, false, true, true, INT4OID},
	{"week", "week", 0, false, true, false, INT4OID},
	{"day", "day", 0, false, true, true, INT4OID},
	{"day_of_year", "doy", 0, false, true, false, INT4OID},
	{"week_day", "dow", 1, false, true, false, INT4OID},
	{"iso_week_day", "isodow", 0, false, true, false, INT4OID},
	{"hour", "hour", 0, true, false, true, INT4OID},
	{"minute", "minute", 0, true, false, true, INT4OID},
	{"second", "second", 0, true, false, true, NUMERICOID},
	{"epoch", "epoch", 0, true, true, true, NUMERICOID}
};

static const char *const trunc_units[] = {
	"year", "quarter", "month", "week", "day", "hour", "minute", "second"
};

/* ---------- dates and times ---------- */

static bool
HasDate(Oid type)
{
	return type == DATEOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID;
}

static bool
HasTime(Oid type)
{
	return type == TIMEOID || type == TIMETZOID || type == TIMESTAMPOID ||
		type == TIMESTAMPTZOID;
}

static bool
HasPart(Oid type, const DatePart *part)
{
	return (part->of_date && HasDate(type)) || (part->of_time && HasTime(type)) ||
		(part->of_interval && type == INTERVALOID);
}

static CormValue *
TakePart(CormValue *value, Oid type, const char *word)
{
	for (int i = 0; i < lengthof(date_parts); i++)
	{
		const DatePart *part = &date_parts[i];
		CormValue  *result;

		if (strcmp(word, part->name) != 0 || !HasPart(type, part))
			continue;
		result = CormCallValue("extract", part->unit, value, NUMERICOID);
		result->added = part->added;
		return type == INTERVALOID ? result : CormCastValue(result, part->type);
	}
	return NULL;
}

/*
 * The beginning of the year, the month ... that a time lies in.
 */
static CormValue *
TakeTrunc(CormValue *value, Oid type, const char *word)
{
	const char *unit = word + strlen("trunc_");

	if (strncmp(word, "trunc_", strlen("trunc_")) != 0)
		return NULL;
	for (int i = 0; i < lengthof(trunc_units); i++)
	{
		if (strcmp(unit, trunc_units[i]) != 0)
			continue;
		if (type == DATEOID && i < 5)
			return CormCastValue(CormCallValue("date_trunc", unit,
											   CormCastValue(value, TIMESTAMPOID), TIMESTAMPOID),
								 DATEOID);
		if (type == TIMESTAMPOID || type == TIMESTAMPTZOID)
			return CormCallValue("date_trunc", unit, value, type);
	}
	return NULL;
}

static CormValue *
TakeDate(CormValue *value, Oid type, const char *word)
{
	CormValue  *result = TakePart(value, type, word);

	if (result == NULL)
		result = TakeTrunc(value, type, word);
	if (result == NULL && strcmp(word, "date") == 0 && HasDate(type))
		result = CormCastValue(value, DATEOID);
	if (result == NULL && strcmp(word, "time") == 0 && HasDate(type) && HasTime(type))
		result = CormCastValue(value, TIMEOID);
	return result;
}

/* ---------- documents ---------- */

/*
 * Keys up to the lookup that ends them.  A key that is called like a lookup, or
 * a quantifier, stands in double quotes if it is the last one.
 */
static CormValue *
TakeKeys(CormSelect *select, CormValue *value, const char **rest, const char *path,
		 bool before_lookup)
{
	List	   *keys = NIL;
	CormValue  *result;

	while (**rest != '\0')
	{
		CormTest	test = {NULL};

		/* each key takes a look at all that follows */
		CHECK_FOR_INTERRUPTS();
		if (before_lookup && (CormReadLookup(*rest, &test) || CormIsQuantifier(*rest)))
			break;
		keys = lappend(keys, CormTakeWord(rest, NULL));
	}
	if (keys == NIL)
		return NULL;

	result = palloc0(sizeof(CormValue));
	result->kind = CORM_VALUE_OPERATOR;
	result->type = JSONBOID;
	result->function = "#>";
	result->arg = CormCastValue(value, JSONBOID);
	result->param = CormAddTexts(select, keys);
	return result;
}

/* ---------- all of them ---------- */

CormValue *
CormTransform(CormSelect *select, CormValue *value, const char **rest,
			  const char *path, bool before_lookup)
{
	while (**rest != '\0')
	{
		Oid			type = getBaseType(value->type);
		const char *after = *rest;
		CormValue  *result = NULL;
		char	   *word;

		if (type == JSONBOID || type == JSONOID)
		{
			result = TakeKeys(select, value, rest, path, before_lookup);
			return result ? result : value;
		}
		word = CormTakeWord(&after, NULL);
		if (HasDate(type) || HasTime(type) || type == INTERVALOID)
			result = TakeDate(value, type, word);
		else if (type_is_array(type) && strcmp(word, "len") == 0)
			result = CormCallValue("cardinality", NULL, value, INT4OID);
		if (result == NULL)
			return value;
		value = result;
		*rest = after;
	}
	return value;
}

List *
CormTransformsOf(Oid type)
{
	List	   *names = NIL;

	type = getBaseType(type);
	for (int i = 0; i < lengthof(date_parts); i++)
		if (HasPart(type, &date_parts[i]))
			names = lappend(names, unconstify(char *, date_parts[i].name));
	if (HasDate(type))
		names = lappend(names, "trunc_<unit>");
	if (type == TIMESTAMPOID || type == TIMESTAMPTZOID)
		names = list_concat(names, list_make2("date", "time"));
	if (type_is_array(type))
		names = lappend(names, "len");
	return names;
}

void
CormRefuseTransform(const char *rest, Oid type, const char *path)
{
	char	   *word = CormPeekWord(rest, NULL);
	bool		known = strncmp(word, "trunc_", strlen("trunc_")) == 0 ||
		strcmp(word, "date") == 0 || strcmp(word, "time") == 0 || strcmp(word, "len") == 0;

	for (int i = 0; i < lengthof(date_parts); i++)
		known = known || strcmp(word, date_parts[i].name) == 0;
	if (known)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\": type %s has no \"%s\"", path, format_type_be(type), word)));
}
