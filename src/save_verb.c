/*-------------------------------------------------------------------------
 *
 * save_verb.c
 *	  Objects of verbs in a tree: {"create": [..], "connect": [..], ..}.
 *
 * An object all of whose members are verbs says what to do with a relation, verb
 * by verb, whatever columns the related model has.  Verbs of one object are not
 * carried out in turn but as for all rows of the place: what goes goes first.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "error.h"
#include "natural_key.h"
#include "save.h"

/* In the order of CormSaveVerb. */
static const char *const verb_names[] = {
	"create", "connect", "connect_or_create", "update", "upsert", "disconnect", "delete", "set"
};

int
CormSaveFindVerb(const char *name, int len)
{
	for (int i = 0; i < lengthof(verb_names); i++)
		if (strlen(verb_names[i]) == len && memcmp(verb_names[i], name, len) == 0)
			return i;
	return -1;
}

bool
CormSaveHasVerbs(const JsonbValue *object)
{
	JsonbIterator *it = JsonbIteratorInit(object->val.binary.data);
	JsonbValue	name;
	JsonbValue	value;
	bool		some = false;

	(void) JsonbIteratorNext(&it, &name, true);
	while (JsonbIteratorNext(&it, &name, true) == WJB_KEY)
	{
		if (CormSaveFindVerb(name.val.string.val, name.val.string.len) < 0)
			return false;
		(void) JsonbIteratorNext(&it, &value, true);
		some = true;
	}
	return some;
}

void
CormSaveUnknownVerb(JsonbValue *object, const CormDocPath *at)
{
	JsonbIterator *it = CormBeginPairs(object);
	List	   *known = NIL;
	char	   *key;
	JsonbValue *value;
	const char *close;

	while (CormNextPair(&it, &key, &value))
		if (CormSaveFindVerb(key, strlen(key)) < 0)
			break;
	if (JsonContainerSize(object->val.binary.data) == 0)
		CormRaiseEmpty(at);
	for (int i = 0; i < lengthof(verb_names); i++)
		known = lappend(known, unconstify(char *, verb_names[i]));
	close = CormClosest(key, known);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" has an unknown verb \"%s\"", CormDocPathText(at), key),
			 errdetail("The relation leads to several rows: it takes an array of them, or an object of verbs."),
			 close ? errhint("Perhaps you meant \"%s\". Known are: %s.", close, CormJoinNames(known)) :
			 errhint("Known are: %s.", CormJoinNames(known))));
}

/* ---------- rows of a verb ---------- */

static void
RequireObject(const JsonbValue *value, const CormDocPath *at)
{
	if (!CormJsonIsObject(value))
		CormRaiseWrongValue(at, "an object", value);
}

/*
 * "lookup" and "defaults" of an object that has nothing else.
 */
static void
AddLookup(CormSavePlace *place, CormSaveKind kind, int parent, JsonbValue *value,
		  const CormDocPath *at)
{
	JsonbValue *lookup = NULL;
	JsonbValue *defaults = NULL;
	JsonbIterator *it;
	char	   *key;
	JsonbValue *member;
	CormSaveRow *row;

	RequireObject(value, at);
	it = CormBeginPairs(value);
	while (CormNextPair(&it, &key, &member))
	{
		CormDocPath here = {at, key};

		if (strcmp(key, "lookup") == 0)
			lookup = member;
		else if (strcmp(key, "defaults") == 0)
			defaults = member;
		else
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" has an unknown key \"%s\"", CormDocPathText(at), key),
					 errhint("Known are: lookup, defaults.")));
		RequireObject(member, &here);
	}
	if (lookup == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" has no key \"lookup\"", CormDocPathText(at)),
				 errhint("Write {\"lookup\": {..}, \"defaults\": {..}}; the lookup holds the columns of a unique key: %s.",
						 CormUniqueKeysText(place->model))));
	if (defaults == NULL)
	{
		JsonbParseState *state = NULL;

		(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		defaults = CormJsonbToValue(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
	}
	row = CormSaveAddRow(place, kind, parent, defaults, at);
	row->lookup = lookup;
}

static void
AddTarget(CormSavePlace *place, CormSaveKind kind, int parent, JsonbValue *value,
		  const CormDocPath *at)
{
	if (value->type == jbvNull)
		CormRaiseWrongValue(at, "a key or an object", value);
	(void) CormSaveAddRow(place, kind, parent, value, at);
}

/*
 * Has the object nothing but a key, and maybe link values?  Then it is the row
 * that it names.
 */
static bool
NamesRow(const CormSavePlace *place, const JsonbValue *value)
{
	const CormRelation *relation = place->relation;
	const CormModel *link = OidIsValid(relation->through) ?
		CormModelByRelid(relation->through) : NULL;
	int			others = 0;

	if (!CormJsonIsObject(value) || !CormHoldsKey(place->model, value))
		return false;
	if (CormJsonMember(value, "pk"))
		others++;
	for (int i = 0; i < place->model->nkey; i++)
		if (CormJsonMember(value, CormColumnByNumber(place->model, place->model->key[i])->name))
			others++;
	if (link && CormJsonMember(value, link->name))
		others++;
	return others == JsonContainerSize(value->val.binary.data);
}

static void
AddElement(CormSavePlace *place, CormSaveVerb verb, int parent, JsonbValue *value,
		   const CormDocPath *at)
{
	bool		to_many = place->relation->to_many;

	switch (verb)
	{
		case CORM_TREE_CREATE:
			RequireObject(value, at);
			(void) CormSaveAddRow(place, CORM_SAVE_CREATE, parent, value, at);
			break;
		case CORM_TREE_CONNECT:
			AddTarget(place, CORM_SAVE_CONNECT, parent, value, at);
			break;
		case CORM_TREE_CONNECT_OR_CREATE:
			AddLookup(place, CORM_SAVE_CONNECT_OR_CREATE, parent, value, at);
			break;
		case CORM_TREE_UPDATE:
			RequireObject(value, at);
			CormSaveAddRow(place, CORM_SAVE_UPDATE, parent, value, at)->by_parent = !to_many;
			break;
		case CORM_TREE_UPSERT:
			if (to_many)
			{
				AddLookup(place, CORM_SAVE_UPSERT, parent, value, at);
				break;
			}
			RequireObject(value, at);
			CormSaveAddRow(place, CORM_SAVE_UPSERT, parent, value, at)->by_parent = true;
			break;
		case CORM_TREE_DISCONNECT:
			AddTarget(place, CORM_SAVE_DISCONNECT, parent, value, at);
			break;
		case CORM_TREE_DELETE:
			AddTarget(place, CORM_SAVE_DELETE, parent, value, at);
			break;
		case CORM_TREE_SET:
			if (NamesRow(place, value))
				AddTarget(place, CORM_SAVE_CONNECT, parent, value, at);
			else
				CormSaveAddPlain(place, parent, value, at);
			break;
	}
}

static void
AddList(CormSavePlace *place, CormSaveVerb verb, int parent, JsonbValue *value, const CormDocPath *at)
{
	ListCell   *lc;

	if (verb == CORM_TREE_SET)
	{
		if (!CormJsonIsArray(value))
			CormRaiseWrongValue(at, "an array of objects and keys", value);
		place->cleared = lappend_int(place->cleared, parent);
	}
	if (!CormJsonIsArray(value))
	{
		AddElement(place, verb, parent, value, at);
		return;
	}
	foreach(lc, CormJsonElements(value))
		AddElement(place, verb, parent, lfirst(lc),
				   CormSavePath(at, NULL, foreach_current_index(lc)));
}

/* ---------- one row ---------- */

static void
RequireOneVerb(const JsonbValue *object, const CormDocPath *at)
{
	if (JsonContainerSize(object->val.binary.data) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" takes one verb, not %u", CormDocPathText(at),
						(unsigned) JsonContainerSize(object->val.binary.data)),
				 errdetail("The relation holds one row.")));
}

/*
 * "disconnect" and "delete" of the row that is there, whichever it is: true, or
 * false for nothing.
 */
static bool
ReadFlag(const JsonbValue *value, const CormDocPath *at)
{
	if (value->type != jbvBool)
		CormRaiseWrongValue(at, "true or false", value);
	return value->val.boolean;
}

static void
DeleteRelated(CormSavePlace *place, int parent, const JsonbValue *value, const CormDocPath *at)
{
	if (ReadFlag(value, at))
		CormSaveAddRow(place, CORM_SAVE_DELETE, parent, value, at)->by_parent = true;
}

static void
AddVerbOfOne(CormSavePlace *place, CormSaveVerb verb, int parent, JsonbValue *value,
			 const CormDocPath *at)
{
	if (verb == CORM_TREE_DELETE)
		DeleteRelated(place, parent, value, at);
	else if (verb == CORM_TREE_DISCONNECT ? ReadFlag(value, at) :
			 verb == CORM_TREE_SET && value->type == jbvNull)
		place->cleared = lappend_int(place->cleared, parent);
	else if (verb != CORM_TREE_DISCONNECT)
		AddElement(place, verb, parent, value, at);
}

/* ---------- verbs ---------- */

void
CormSaveAddVerbs(CormSavePlace *place, int parent, JsonbValue *object, const CormDocPath *at)
{
	JsonbIterator *it;
	char	   *key;
	JsonbValue *value;

	if (!place->relation->to_many)
		RequireOneVerb(object, at);
	it = CormBeginPairs(object);
	while (CormNextPair(&it, &key, &value))
	{
		CormSaveVerb verb = CormSaveFindVerb(key, strlen(key));
		CormDocPath *here = CormSavePath(at, key, 0);

		if (place->relation->to_many)
			AddList(place, verb, parent, value, here);
		else
			AddVerbOfOne(place, verb, parent, value, here);
	}
}

bool
CormSaveTakeVerb(CormSavePlace *place, int parent, JsonbValue *value, const CormDocPath *at)
{
	JsonbIterator *it;
	char	   *key;
	JsonbValue *argument;
	CormDocPath *here;

	RequireOneVerb(value, at);
	it = CormBeginPairs(value);
	(void) CormNextPair(&it, &key, &argument);
	here = CormSavePath(at, key, 0);
	switch ((CormSaveVerb) CormSaveFindVerb(key, strlen(key)))
	{
		case CORM_TREE_DISCONNECT:
			if (!ReadFlag(argument, here))
				return true;
			*value = *CormNullValue();
			return false;
		case CORM_TREE_CONNECT:
			if (argument->type == jbvNull)
				CormRaiseWrongValue(here, "a key or an object", argument);
			if (!place->relation->fk->to_primary_key)
				break;
			*value = *argument;
			return false;
		case CORM_TREE_SET:
			if (argument->type != jbvNull &&
				((CormJsonIsObject(argument) && !NamesRow(place, argument)) ||
				 !place->relation->fk->to_primary_key))
				break;
			*value = *argument;
			return false;
		case CORM_TREE_DELETE:
			DeleteRelated(place, parent, argument, here);
			return true;
		default:
			break;
	}
	AddElement(place, CormSaveFindVerb(key, strlen(key)), parent, argument, here);
	return true;
}
