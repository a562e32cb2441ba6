/*-------------------------------------------------------------------------
 *
 * lookup.c
 *	  Lookups: what stands at the end of a filter's key, and a test made of it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "error.h"
#include "lookup.h"

/* In CormLookup's order. */
static const char *const lookup_names[] = {
	"exact", "iexact", "contains", "icontains", "startswith", "istartswith",
	"endswith", "iendswith", "in", "not_in", "gt", "gte", "lt", "lte", "ne",
	"range", "isnull", "regex", "iregex", "search", "contained_by", "overlap",
	"has_key", "has_keys", "has_any_keys", "fully_lt", "fully_gt", "not_lt",
	"not_gt", "adjacent_to", "isempty"
};

/*
 * Cuts "F" off the end of a lookup.
 */
static const char *
CutField(const char *text, bool *of_field)
{
	int			len = strlen(text);

	*of_field = true;
	if (strcmp(text, "F") == 0)
		return "";
	if (len > 3 && strcmp(text + len - 3, "__F") == 0)
		return pnstrdup(text, len - 3);
	*of_field = false;
	return text;
}

bool
CormReadLookup(const char *text, CormTest *test)
{
	int			len;

	text = CutField(text, &test->of_field);
	len = strlen(text);
	if (len == 0)
	{
		test->lookup = CORM_LOOKUP_EXACT;
		return true;
	}
	for (int i = 0; i < lengthof(lookup_names); i++)
		if (strcmp(text, lookup_names[i]) == 0)
		{
			test->lookup = (CormLookup) i;
			return true;
		}
	if (len > 4 && strncmp(text, "op(", 3) == 0 && text[len - 1] == ')')
	{
		test->lookup = CORM_LOOKUP_OP;
		test->opname = pnstrdup(text + 3, len - 4);
		return true;
	}
	return false;
}

void
CormUnknownLookup(const char *lookup, const char *key, List *transforms)
{
	List	   *known = list_copy(transforms);
	const char *close;
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < lengthof(lookup_names); i++)
	{
		known = lappend(known, unconstify(char *, lookup_names[i]));
		appendStringInfo(&names, "%s, ", lookup_names[i]);
	}
	close = CormClosest(lookup, known);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown lookup \"%s\" in \"%s\"", lookup, key),
			 transforms == NIL ?
			 errdetail("The lookups are %sand op(<operator>).", names.data) :
			 errdetail("The lookups are %sand op(<operator>). The type also has %s.",
					   names.data, CormJoinNames(transforms)),
			 close ? errhint("Perhaps you meant \"%s\".", close) : 0));
}

void
CormBadValue(const CormTest *test, const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" needs %s", test->key, expected)));
}

bool
CormTestBoolean(const CormTest *test)
{
	if (test->value->type != jbvBool)
		CormBadValue(test, "true or false");
	return test->value->val.boolean;
}

int
CormTestParam(const CormTest *test, CormBind bind, Oid type, Oid elemtype,
			  JsonbValue *value)
{
	CormParam  *param = palloc0(sizeof(CormParam));

	param->bind = bind;
	param->typid = type;
	param->elemtype = elemtype;
	param->value = value;
	param->path = test->key;
	param->of_owner = test->of_owner;
	return CormAddParam(test->select, param);
}

int
CormTestParamOfAny(const CormTest *test, CormBind bind, Oid type, Oid elemtype,
				   JsonbValue *value)
{
	int			n = CormTestParam(test, bind, type, elemtype, value);

	((CormParam *) llast(test->select->params))->any = true;
	return n;
}
