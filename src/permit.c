/*-------------------------------------------------------------------------
 *
 * permit.c
 *	  Permits: which keys data may set.
 *
 * A permit is a list of keys as data spells them: "views" permits that key and
 * "views__add" another one.  What a queryset permits is what all its permits
 * have: its own, those of the base that an allow-list was put on, and those of
 * the queryset that it is a relation of, where a key is relation__key.
 *
 * Like request.c, to which this belongs, it reads no catalog.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "document.h"
#include "error.h"
#include "pathtext.h"
#include "permit.h"

void
CormAddPermit(CormRequest *request, List *names)
{
	List	   *both = request->permit_given ? CormCommonNames(request->permit, names) : names;
	ListCell   *lc;

	request->permit_given = true;
	request->permit = NIL;
	foreach(lc, both)
		if (!CormListHasName(request->permit, lfirst(lc)))
			request->permit = lappend(request->permit, lfirst(lc));
}

bool
CormHasPermit(const CormRequest *request)
{
	check_stack_depth();
	return request->permit_given || (request->base && CormHasPermit(request->base)) ||
		(request->of && CormHasPermit(request->of));
}

pg_noreturn static void
RaiseNotPermitted(const char *key, List *permitted)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("the queryset does not permit data to set \"%s\"", key),
			 errdetail("It permits: %s.", CormJoinNames(permitted))));
}

void
CormPermitKey(const CormRequest *request, const char *key)
{
	check_stack_depth();
	if (request->permit_given && !CormListHasName(request->permit, key))
		RaiseNotPermitted(key, request->permit);
	if (request->base)
		CormPermitKey(request->base, key);
	else if (request->of)
		CormPermitKey(request->of, CormPathJoin(request->relation, key));
}

void
CormCheckPermitBehind(const CormRequest *request, JsonbValue *data, const char *behind)
{
	JsonbIterator *it;
	char	   *key;
	JsonbValue *value;

	if (!CormJsonIsObject(data))
		return;					/* which is an error of its own */
	it = CormBeginPairs(data);
	while (CormNextPair(&it, &key, &value))
		CormPermitKey(request, CormPathJoin(behind, key));
}

void
CormCheckPermit(const CormRequest *request, JsonbValue *data, const char *nested)
{
	JsonbIterator *it;
	char	   *key;
	JsonbValue *value;

	if (!CormJsonIsObject(data))
		return;
	it = CormBeginPairs(data);
	while (CormNextPair(&it, &key, &value))
	{
		if (nested && strcmp(key, nested) == 0)
			CormCheckPermitBehind(request, value, nested);
		else
			CormPermitKey(request, key);
	}
}
