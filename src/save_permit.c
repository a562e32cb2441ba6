/*-------------------------------------------------------------------------
 *
 * save_permit.c
 *	  What a queryset permits a tree to set.
 *
 * A member of a row below is <relation>__<key>, at any depth.  A key or null in
 * place of a row, and a row without members, is the relation itself.  The verbs
 * that link rows which are there, take rows off or delete them are keys of their
 * own, <relation>__<verb>; those that only write rows are not.
 *
 * The tree is read as far as that takes; what is wrong with it otherwise is for
 * its reader to say.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "path.h"
#include "pathtext.h"
#include "permit.h"
#include "save.h"

/* Where a tree is being looked at. */
typedef struct Look
{
	const CormRequest *request;
	const CormModel *model;
	const CormModel *link;		/* through which the rows are reached, or NULL */
	const char *path;			/* of relations, "" for the roots */
	const CormDocPath *at;		/* NULL: the whole document */
} Look;

static void PermitObject(const Look *look, JsonbValue *object);

static void
SayWhere(void *arg)
{
	const CormDocPath *at = arg;

	if (at)
		errcontext("reading %s", CormDocPathText(at));
}

static void
PermitKey(const Look *look, const char *key)
{
	ErrorContextCallback callback = {error_context_stack, SayWhere,
		unconstify(CormDocPath *, look->at)
	};

	error_context_stack = &callback;
	CormPermitKey(look->request, key);
	error_context_stack = callback.previous;
}

static void
PermitMember(const Look *look, const char *key)
{
	PermitKey(look, CormPathJoin(look->path, key));
}

/*
 * Link values, in an object under the through model's name.
 */
static void
PermitLinkValues(const Look *look, JsonbValue *values)
{
	CormDocPath at = {look->at, look->link->name};
	Look		here = *look;
	JsonbIterator *it;
	char	   *key;
	JsonbValue *value;

	if (!CormJsonIsObject(values))
		return;
	here.path = CormPathJoin(look->path, look->link->name);
	it = CormBeginPairs(values);
	while (CormNextPair(&it, &key, &value))
	{
		CormDocPath member = {&at, key};

		here.at = &member;
		PermitMember(&here, key);
	}
}

/* ---------- rows below ---------- */

static void
PermitElement(const Look *look, JsonbValue *value)
{
	if (CormJsonIsObject(value) && JsonContainerSize(value->val.binary.data) > 0)
		PermitObject(look, value);
	else
		PermitKey(look, look->path);
}

/*
 * A row that is named: its own members are none that are set.
 */
static void
PermitTarget(const Look *look, JsonbValue *value)
{
	JsonbValue *values;

	if (look->link == NULL || !CormJsonIsObject(value))
		return;
	values = CormJsonMember(value, look->link->name);
	if (values)
		PermitLinkValues(look, values);
}

static void
PermitLookup(const Look *look, JsonbValue *value)
{
	static const char *const parts[] = {"lookup", "defaults"};

	for (int i = 0; i < lengthof(parts) && CormJsonIsObject(value); i++)
	{
		JsonbValue *part = CormJsonMember(value, parts[i]);
		CormDocPath at = {look->at, parts[i]};
		Look		here = *look;

		here.at = &at;
		if (part && CormJsonIsObject(part))
			PermitObject(&here, part);
	}
}

static void
PermitOne(const Look *look, CormSaveVerb verb, bool to_many, JsonbValue *value)
{
	switch (verb)
	{
		case CORM_TREE_CONNECT_OR_CREATE:
			PermitLookup(look, value);
			break;
		case CORM_TREE_UPSERT:
			if (to_many)
				PermitLookup(look, value);
			else
				PermitElement(look, value);
			break;
		case CORM_TREE_CREATE:
		case CORM_TREE_UPDATE:
			PermitElement(look, value);
			break;
		case CORM_TREE_SET:
			if (CormJsonIsObject(value))
				PermitElement(look, value);
			break;
		case CORM_TREE_CONNECT:
			PermitTarget(look, value);
			break;
		case CORM_TREE_DISCONNECT:
		case CORM_TREE_DELETE:
			break;
	}
}

static void
PermitList(const Look *look, void (*permit) (const Look *, CormSaveVerb, bool, JsonbValue *),
		   CormSaveVerb verb, JsonbValue *array)
{
	ListCell   *lc;

	foreach(lc, CormJsonElements(array))
	{
		CormDocPath at = {look->at, NULL, foreach_current_index(lc)};
		Look		here = *look;

		here.at = &at;
		permit(&here, verb, true, lfirst(lc));
	}
}

static void
PermitPlain(const Look *look, CormSaveVerb verb, bool to_many, JsonbValue *value)
{
	PermitElement(look, value);
}

static void
PermitVerbs(const Look *look, bool to_many, JsonbValue *object)
{
	JsonbIterator *it = CormBeginPairs(object);
	char	   *key;
	JsonbValue *value;

	while (CormNextPair(&it, &key, &value))
	{
		CormSaveVerb verb = CormSaveFindVerb(key, strlen(key));
		CormDocPath at = {look->at, key};
		Look		here = *look;

		here.at = &at;
		if (verb != CORM_TREE_CREATE && verb != CORM_TREE_UPDATE && verb != CORM_TREE_UPSERT)
			PermitMember(&here, key);
		if (to_many && CormJsonIsArray(value))
			PermitList(&here, PermitOne, verb, value);
		else
			PermitOne(&here, verb, to_many, value);
	}
}

static void
PermitRelated(const Look *look, const CormRelation *relation, JsonbValue *value)
{
	if (CormJsonIsObject(value) && CormSaveHasVerbs(value))
		PermitVerbs(look, relation->to_many, value);
	else if (relation->to_many && CormJsonIsArray(value))
		PermitList(look, PermitPlain, CORM_TREE_SET, value);
	else
		PermitElement(look, value);
}

/* ---------- objects ---------- */

static void
PermitObject(const Look *look, JsonbValue *object)
{
	JsonbIterator *it = CormBeginPairs(object);
	char	   *key;
	JsonbValue *value;

	check_stack_depth();
	while (CormNextPair(&it, &key, &value))
	{
		const CormColumn *column = CormFindColumn(look->model, key);
		const CormRelation *relation = CormFindRelation(look->model, key);
		CormDocPath at = {look->at, key};
		Look		here = *look;

		here.at = &at;
		if (relation && !relation->broken &&
			(CormSaveIsHeld(relation) ? CormJsonIsObject(value) : column == NULL))
		{
			here.model = CormRelationTarget(relation);
			here.link = OidIsValid(relation->through) ? CormModelByRelid(relation->through) : NULL;
			here.path = CormPathJoin(look->path, key);
			PermitRelated(&here, relation, value);
		}
		else if (look->link && column == NULL && relation == NULL &&
				 strcmp(look->link->name, key) == 0)
			PermitLinkValues(look, value);
		else
			PermitMember(&here, key);
	}
}

void
CormSavePermit(const CormRequest *request, const CormSubject *subject, JsonbValue *tree)
{
	Look		look = {request, subject->model, NULL, ""};
	ListCell   *lc;

	if (!CormHasPermit(request))
		return;
	if (subject->relation && OidIsValid(subject->relation->through))
		look.link = CormModelByRelid(subject->relation->through);
	if (CormJsonIsObject(tree))
		PermitObject(&look, tree);
	if (!CormJsonIsArray(tree))
		return;
	foreach(lc, CormJsonElements(tree))
	{
		CormDocPath at = {NULL, NULL, foreach_current_index(lc)};

		look.at = &at;
		if (CormJsonIsObject(lfirst(lc)))
			PermitObject(&look, lfirst(lc));
	}
}
