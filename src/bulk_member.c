/*-------------------------------------------------------------------------
 *
 * bulk_member.c
 *	  Names in the objects of many rows, and how their values are made.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "bulk_member.h"
#include "data.h"
#include "path.h"
#include "pathtext.h"
#include "typefacts.h"

static bool
Takes(const CormBulkReader *reader, const CormColumn *column)
{
	return reader->only == NIL ||
		list_member_ptr(reader->only, unconstify(CormColumn *, column));
}

/*
 * The column that a to-one relation's key goes to, when it is as simple as that.
 */
static const CormColumn *
ColumnOfRelation(const CormModel *model, const CormRelation *relation)
{
	const CormModel *target;

	if (relation->broken || relation->reverse || relation->to_many ||
		relation->fk->name == NULL || relation->fk->nkeys != 1 || !relation->fk->to_primary_key)
		return NULL;
	target = CormRelationTarget(relation);
	if (target->nkey != 1)
		return NULL;
	return CormColumnByNumber(model, relation->fk->fk_attnums[0]);
}

static void
ChooseConversion(CormBulkMember *member, const CormColumn *column)
{
	const CormTypeFacts *type = CormTypeFactsOf(column->typid);

	member->typlen = type->typlen;
	member->byval = type->byval;
	member->is_array = type->is_array;
	if (column->typid == JSONBOID)
		member->conversion = CORM_CONVERT_JSONB;
	else if (type->typtype == TYPTYPE_DOMAIN || type->typtype == TYPTYPE_COMPOSITE ||
			 column->typid == JSONOID)
		member->conversion = CORM_CONVERT_GENERAL;
	else
	{
		member->conversion = column->typid == TEXTOID ? CORM_CONVERT_TEXT :
			column->typid == BOOLOID ? CORM_CONVERT_BOOLEAN : CORM_CONVERT_INPUT;
		member->ioparam = type->ioparam;
		fmgr_info_copy(&member->input, unconstify(FmgrInfo *, &type->input),
					   CurrentMemoryContext);
	}
}

static bool
IsTaken(const CormBulkReader *reader, const CormColumn *column, const CormRelation *relation,
		const char *name)
{
	const CormModel *model = reader->bulk->model;

	if (reader->only == NIL || strcmp(name, "pk") == 0)
		return true;
	if (column && Takes(reader, column))
		return true;
	if (relation == NULL || relation->broken || relation->reverse || relation->to_many)
		return false;
	for (int i = 0; i < relation->fk->nkeys; i++)
		if (!Takes(reader, CormColumnByNumber(model, relation->fk->fk_attnums[i])))
			return false;
	return true;
}

/*
 * The column of "column__expect", or NULL.
 */
static const CormColumn *
ExpectedColumn(const CormBulkReader *reader, const char *name)
{
	const CormModel *model = reader->bulk->model;
	const char *last = CormPathLastStep(name);
	const char *before;
	const CormColumn *column;

	if (reader->tree == NULL || last == NULL || strcmp(last, "expect") != 0)
		return NULL;
	before = CormPathBefore(name, last);
	column = CormFindColumn(model, before);
	return column ? column : CormFindColumn(model, CormTakeWord(&before, NULL));
}

static CormBulkMember *
MakeMember(CormBulkReader *reader, const char *name, int len)
{
	const CormModel *model = reader->bulk->model;
	CormBulkMember *member = palloc0(sizeof(CormBulkMember));
	const CormColumn *column;

	member->name = pnstrdup(name, len);
	member->len = len;
	member->last_row = -1;
	column = CormFindColumn(model, member->name);
	member->relation = CormFindRelation(model, member->name);
	member->skipped = !IsTaken(reader, column, member->relation, member->name);
	member->unknown = column == NULL && member->relation == NULL &&
		strcmp(member->name, "pk") != 0 &&
		(reader->link == NULL || strcmp(member->name, reader->link->name) != 0);
	if (column == NULL && member->relation)
	{
		column = ColumnOfRelation(model, member->relation);
		member->of_key = true;
	}
	else if (column == NULL && member->unknown &&
			 (member->expected = ExpectedColumn(reader, member->name)) != NULL)
		member->unknown = false;
	else if (column == NULL && strcmp(member->name, "pk") == 0 && model->nkey == 1)
	{
		column = CormColumnByNumber(model, model->key[0]);
		member->of_key = true;
	}
	if (column && !member->skipped)
	{
		ChooseConversion(member, column);
		member->column = CormBulkColumnOf(reader->bulk, column);
	}
	return member;
}

/*
 * Of names that mean nothing only so many are remembered: somebody may have a
 * new one in each row, and each is looked for among all.
 */
#define REMEMBERED_NAMES 1000

/*
 * In like objects each member follows the same one: jsonb keeps them in an order,
 * and what writes JSON does too.  "at" is where to look first.
 */
CormBulkMember *
CormFindBulkMember(CormBulkReader *reader, const char *name, int len, int *at)
{
	int			n = list_length(reader->members);
	MemoryContext old;
	CormBulkMember *member;

	for (int i = 0; i < n; i++)
	{
		int			place = (*at + i) % n;

		member = list_nth(reader->members, place);
		if (member->len == len && memcmp(member->name, name, len) == 0)
		{
			*at = place + 1;
			return member;
		}
	}
	*at = 0;
	old = MemoryContextSwitchTo(reader->keep);
	member = MakeMember(reader, name, len);
	if (member->unknown && member->skipped && n >= REMEMBERED_NAMES)
	{
		pfree(member->name);
		pfree(member);
		member = &reader->passed_over;
	}
	else
		reader->members = lappend(reader->members, member);
	MemoryContextSwitchTo(old);
	return member;
}
