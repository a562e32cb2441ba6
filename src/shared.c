/*-------------------------------------------------------------------------
 *
 * shared.c
 *	  Columns that a foreign key shares with another one, or with its row's key.
 *
 * Such a column has one value.  Who sets one relation does not mean to change the
 * row's key, or what another relation holds.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "document.h"
#include "path.h"
#include "pathtext.h"
#include "shared.h"

bool
CormHasForeignColumn(const CormForeignKey *fk, AttrNumber attnum)
{
	for (int i = 0; i < fk->nkeys; i++)
		if (fk->fk_attnums[i] == attnum)
			return true;
	return false;
}

bool
CormSharesColumn(const CormForeignKey *fk, const CormForeignKey *other)
{
	int			shared = 0;

	for (int i = 0; i < fk->nkeys; i++)
		shared += CormHasForeignColumn(other, fk->fk_attnums[i]);
	return shared > 0 && (shared < fk->nkeys || shared < other->nkeys);
}

bool
CormHoldsReference(const CormRelation *relation)
{
	return relation->broken == NULL && !relation->reverse && !relation->to_many &&
		relation->fk->name != NULL;
}

/* ---------- data of an update ---------- */

static bool
IsAssigned(List *assignments, AttrNumber attnum)
{
	ListCell   *lc;

	foreach(lc, assignments)
		if (((CormAssignment *) lfirst(lc))->column->attnum == attnum)
			return true;
	return false;
}

static void
PushTest(JsonbParseState **state, const CormColumn *column, const char *lookup,
		 JsonbValue *value)
{
	(void) pushJsonbValue(state, WJB_KEY,
						  CormStringToValue(psprintf("%s__%s", CormPathQuote(column->name),
													 lookup)));
	(void) pushJsonbValue(state, WJB_VALUE, value);
}

/*
 * The rows whose column has another value than it is going to have, as long as
 * the other relation, if there is one, holds a row; NULL when nobody may look.
 */
static JsonbValue *
OtherValue(const CormModel *model, const CormAssignment *assignment,
		   const CormRelation *other)
{
	const CormColumn *column = assignment->column;
	JsonbParseState *state = NULL;
	JsonbValue	filled = {.type = jbvBool, .val.boolean = false};
	Oid			output;
	bool		varlena;

	if (!CormRoleMayRead(model, column->attnum))
		return NULL;
	getTypeOutputInfo(column->typid, &output, &varlena);
	(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	PushTest(&state, column, "ne",
			 CormStringToValue(OidOutputFunctionCall(output, assignment->value)));
	for (int i = 0; other && i < other->fk->nkeys; i++)
	{
		if (!CormRoleMayRead(model, other->fk->fk_attnums[i]))
			return NULL;
		PushTest(&state, CormColumnByNumber(model, other->fk->fk_attnums[i]), "isnull", &filled);
	}
	return CormJsonbToValue(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
}

static void
AddShared(List **list, const CormModel *model, const CormAssignment *assignment,
		  const CormRelation *other)
{
	JsonbValue *filter = OtherValue(model, assignment, other);
	CormShared *shared;

	if (filter == NULL)
		return;
	shared = palloc(sizeof(CormShared));
	shared->key = assignment->key;
	shared->column = assignment->column;
	shared->other = other;
	shared->filter = filter;
	*list = lappend(*list, shared);
}

/*
 * Does the data name the other relation, or the columns that it has for itself?
 */
static bool
IsSpokenOf(const CormRelation *other, const CormRelation *set, const JsonbValue *data,
		   List *assignments)
{
	int			own = 0;

	if (CormJsonMember(data, other->name))
		return true;
	for (int i = 0; i < other->fk->nkeys; i++)
	{
		if (CormHasForeignColumn(set->fk, other->fk->fk_attnums[i]))
			continue;
		if (!IsAssigned(assignments, other->fk->fk_attnums[i]))
			return false;
		own++;
	}
	return own > 0;
}

/*
 * A relation that is wholly part of the key cannot be set without changing it:
 * that is what is wanted then.
 */
static bool
IsPartOfKey(const CormModel *model, const CormForeignKey *fk)
{
	int			shared = 0;

	for (int i = 0; i < model->nkey; i++)
		shared += CormHasForeignColumn(fk, model->key[i]);
	return shared == fk->nkeys;
}

List *
CormFindShared(const CormModel *model, const JsonbValue *data, List *assignments)
{
	List	   *list = NIL;
	ListCell   *lc;
	ListCell   *lr;

	foreach(lc, assignments)
	{
		const CormAssignment *assignment = lfirst(lc);
		AttrNumber	attnum = assignment->column->attnum;
		const CormRelation *relation = CormFindRelation(model, assignment->key);
		bool		key_stays;

		if (assignment->isnull || relation == NULL ||
			CormJsonMember(data, assignment->column->name))
			continue;
		key_stays = CormJsonMember(data, "pk") == NULL && !IsPartOfKey(model, relation->fk);
		for (int i = 0; i < model->nkey; i++)
			if (key_stays && model->key[i] == attnum)
				AddShared(&list, model, assignment, NULL);
		foreach(lr, CormRelationsOf(model))
		{
			const CormRelation *other = lfirst(lr);

			if (CormHoldsReference(other) && CormHasForeignColumn(other->fk, attnum) &&
				CormSharesColumn(relation->fk, other->fk) &&
				!IsSpokenOf(other, relation, data, assignments))
				AddShared(&list, model, assignment, other);
		}
	}
	return list;
}
