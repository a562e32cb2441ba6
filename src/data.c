/*-------------------------------------------------------------------------
 *
 * data.c
 *	  Data to write: what a JSON object sets which column to.
 *
 * A member of the object names a column, a to-one relation (its value is then a
 * key, a row that holds one, or null), "pk", or the through model of the
 * relation that the row is reached by.  A relation sets the columns of its
 * foreign key; whether the row it points to exists is for the constraint to
 * say.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/typcache.h"

#include "data.h"
#include "deparse.h"
#include "error.h"
#include "exec.h"
#include "introspect.h"
#include "lookup_key.h"
#include "permit.h"
#include "scope.h"
#include "value.h"

/* ---------- assignments ---------- */

bool
CormSameValue(const CormColumn *column, Datum a, Datum b)
{
	TypeCacheEntry *type = lookup_type_cache(column->typid, TYPECACHE_EQ_OPR_FINFO);

	if (OidIsValid(type->eq_opr))
		return DatumGetBool(FunctionCall2Coll(&type->eq_opr_finfo, column->collation, a, b));
	return datumIsEqual(a, b, type->typbyval, type->typlen);
}

void
CormAssign(List **assignments, const CormColumn *column, Datum value,
		   bool isnull, const char *key)
{
	CormAssignment *assignment;
	ListCell   *lc;

	foreach(lc, *assignments)
	{
		assignment = lfirst(lc);
		if (assignment->column->attnum != column->attnum)
			continue;
		if (assignment->isnull != isnull ||
			(!isnull && !CormSameValue(column, assignment->value, value)))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" and \"%s\" give column \"%s\" different values",
							assignment->key, key, column->name)));
		return;
	}
	assignment = palloc(sizeof(CormAssignment));
	assignment->column = column;
	assignment->value = value;
	assignment->isnull = isnull;
	assignment->key = key;
	*assignments = lappend(*assignments, assignment);
}

static void
AssignJson(List **assignments, const CormModel *model, const CormColumn *column,
		   const JsonbValue *json, const char *key)
{
	CormErrorFrame frame;
	Datum		value;
	bool		isnull;

	CormErrorPush(&frame, "writing", model->name, key);
	value = CormValueFromJson(json, column->typid, column->typmod, &isnull);
	CormErrorPop(&frame);
	CormAssign(assignments, column, value, isnull, key);
}

/* ---------- keys ---------- */

Datum *
CormKeyValues(const CormModel *model, const JsonbValue *key, const char *path)
{
	Datum	   *values = palloc(Max(model->nkey, 1) * sizeof(Datum));
	CormErrorFrame frame;

	CormRequireKey(model, "a row is named by");
	CormErrorPush(&frame, "reading", path, NULL);
	for (int i = 0; i < model->nkey; i++)
	{
		const CormColumn *column = CormColumnByNumber(model, model->key[i]);

		values[i] = CormKeyFromJson(CormKeyPartOf(model, key, i, path, false),
									column->typid, column->typmod);
	}
	CormErrorPop(&frame);
	return values;
}

static CormSelect *
SelectReferenced(const CormModel *referenced, const CormForeignKey *fk,
				 const CormModel *referencing, JsonbValue *key, const char *path)
{
	CormSelect *select = palloc0(sizeof(CormSelect));
	CormTest	test = {select, path, CORM_LOOKUP_EXACT, key};

	select->label = CormModelDisplayName(referenced);
	select->model = referenced;
	select->scope = CormMakeScope();
	select->base = CormAddTable(select, select->scope, referenced, CORM_JOIN_NONE);
	select->scope->where = list_make1(CormTestKey(&test, select->base));
	for (int i = 0; i < fk->nkeys; i++)
	{
		CormValue  *value = CormColumnValueOf(select->base, fk->pk_attnums[i]);
		Oid			type = CormColumnByNumber(referencing, fk->fk_attnums[i])->typid;

		/* one target for each, even if two are the same column */
		CormTarget *target = palloc0(sizeof(CormTarget));

		target->value = value;
		target->cast = value->type == type ? InvalidOid : type;
		select->targets = lappend(select->targets, target);
	}
	return select;
}

/*
 * A foreign key that references other columns than the primary key: the row
 * itself says what they are.
 */
static Datum *
LookUpReferenced(const CormModel *referenced, const CormForeignKey *fk,
				 const CormModel *referencing, JsonbValue *key, const char *path,
				 bool missing_ok)
{
	CormSelect *select = SelectReferenced(referenced, fk, referencing, key, path);
	Datum	   *values = palloc(fk->nkeys * sizeof(Datum));
	bool	   *nulls = palloc(fk->nkeys * sizeof(bool));

	if (!CormFetchRow(select->label, CormDeparseSelect(select, true), CormBindParams(select),
					  fk->nkeys, values, nulls))
	{
		if (missing_ok)
			return NULL;
		ereport(ERROR,
				(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
				 errmsg("the %s given for \"%s\" does not exist", select->label, path)));
	}
	for (int i = 0; i < fk->nkeys; i++)
	{
		if (!nulls[i])
			continue;
		if (missing_ok)
			return NULL;
		ereport(ERROR,
				(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
				 errmsg("the %s given for \"%s\" cannot be referenced", select->label, path),
				 errdetail("Its column \"%s\" is null.",
						   CormColumnByNumber(referenced, fk->pk_attnums[i])->name)));
	}
	return values;
}

Datum *
CormReferencingValues(const CormModel *referenced, const CormForeignKey *fk,
					  const CormModel *referencing, JsonbValue *key, const char *path,
					  bool missing_ok)
{
	Datum	   *values;
	CormErrorFrame frame;

	CormRequireKey(referenced, "a row is named by");
	if (!fk->to_primary_key)
		return LookUpReferenced(referenced, fk, referencing, key, path, missing_ok);

	values = palloc(fk->nkeys * sizeof(Datum));
	CormErrorPush(&frame, "reading", path, NULL);
	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormColumn *column = CormColumnByNumber(referencing, fk->fk_attnums[i]);
		int			part = CormKeyPosition(referenced, fk->pk_attnums[i]);

		values[i] = CormKeyFromJson(CormKeyPartOf(referenced, key, part, path, false),
									column->typid, column->typmod);
	}
	CormErrorPop(&frame);
	return values;
}

bool
CormMayDetach(const CormModel *model, const CormColumn *column)
{
	for (int k = 0; k < model->nkey; k++)
		if (model->key[k] == column->attnum)
			return false;
	return !column->not_null && !column->generated;
}

List *
CormDetachColumns(const CormModel *model, const CormForeignKey *fk)
{
	List	   *columns = NIL;

	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormColumn *column = CormColumnByNumber(model, fk->fk_attnums[i]);

		if (CormMayDetach(model, column))
			columns = lappend(columns, unconstify(CormColumn *, column));
	}
	if (fk->match_type == FKCONSTR_MATCH_FULL && list_length(columns) < fk->nkeys)
		return NIL;
	return columns;
}

/* ---------- objects ---------- */

static bool
IsAssigned(List *assignments, const CormColumn *column)
{
	ListCell   *lc;

	foreach(lc, assignments)
		if (((CormAssignment *) lfirst(lc))->column->attnum == column->attnum)
			return true;
	return false;
}

/*
 * A relation that is to hold no row.  One NULL is enough for that, unless all
 * must match: a column that belongs to another relation or was given a value by
 * itself keeps it, as long as another column can be the NULL.
 */
static void
AssignNoRow(List **assignments, const CormModel *model, const CormRelation *relation,
			const char *key)
{
	const CormForeignKey *fk = relation->fk;
	List	   *columns = CormDetachColumns(model, fk);
	List	   *free_columns = NIL;
	ListCell   *lc;

	/* all of them: PostgreSQL then says which of them cannot be NULL */
	for (int i = 0; columns == NIL && i < fk->nkeys; i++)
		CormAssign(assignments, CormColumnByNumber(model, fk->fk_attnums[i]),
				   (Datum) 0, true, key);
	foreach(lc, columns)
		if (!IsAssigned(*assignments, lfirst(lc)))
			free_columns = lappend(free_columns, lfirst(lc));
	if (free_columns != NIL && fk->match_type != FKCONSTR_MATCH_FULL)
		columns = free_columns;
	foreach(lc, columns)
		CormAssign(assignments, lfirst(lc), (Datum) 0, true, key);
}

void
CormRequireWritable(const CormModel *model, const CormRelation *relation)
{
	if (relation->fk->name != NULL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("relation \"%s\" of model \"%s\" can only be read",
					relation->name, CormModelDisplayName(model)),
			 errdetail("It has no foreign key."),
			 errhint("Write the columns that it compares: %s.",
					 CormJoinNames(CormColumnNames(relation->fk->referencing,
												   relation->fk->nkeys,
												   relation->fk->fk_attnums)))));
}

static void
AssignRelation(List **assignments, const CormModel *model, const CormRelation *relation,
			   JsonbValue *value, const char *key)
{
	const CormForeignKey *fk = relation->fk;
	Datum	   *values;

	CormRequireWhole(model, relation);
	CormRequireWritable(model, relation);
	if (relation->to_many || relation->reverse)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" of model \"%s\" is not held by the row itself",
						relation->name, CormModelDisplayName(model)),
				 errhint("Write the row first, then link: corm.add(corm.relation(%s, key, %s), target).",
						 quote_literal_cstr(CormModelDisplayName(model)),
						 quote_literal_cstr(relation->name))));

	if (value->type == jbvNull)
	{
		AssignNoRow(assignments, model, relation, key);
		return;
	}
	values = CormReferencingValues(CormRelationTarget(relation), fk, model, value, key, false);
	for (int i = 0; i < fk->nkeys; i++)
		CormAssign(assignments, CormColumnByNumber(model, fk->fk_attnums[i]),
				   values[i], false, key);
}

/* A relation may bear the name of its column. */
static List *
AddName(List *names, char *name)
{
	return CormListHasName(names, name) ? names : lappend(names, name);
}

/*
 * A hint does not tell of a relation whose columns the role may not read.
 */
static bool
MayReadKey(const CormModel *model, const CormForeignKey *fk)
{
	for (int i = 0; i < fk->nkeys; i++)
		if (!CormRoleMayRead(model, fk->fk_attnums[i]))
			return false;
	return true;
}

/*
 * The same for one that other rows hold.
 */
static bool
MayReadLink(const CormRelation *relation)
{
	const CormModel *holder = CormModelByRelid(relation->fk->referencing);

	return holder && MayReadKey(holder, relation->fk);
}

pg_noreturn static void
UnknownMember(const CormModel *model, const CormModel *link, const char *key, bool of_tree)
{
	List	   *known = NIL;
	const char *close;
	ListCell   *lc;

	for (int i = 0; i < model->ncolumns; i++)
		if (CormRoleMayRead(model, model->columns[i].attnum))
			known = lappend(known, model->columns[i].name);
	foreach(lc, CormRelationsOf(model))
	{
		CormRelation *relation = lfirst(lc);

		if (relation->broken || relation->fk->name == NULL)
			continue;
		if (relation->to_many || relation->reverse ? of_tree && MayReadLink(relation) :
			MayReadKey(model, relation->fk))
			known = AddName(known, relation->name);
	}
	if (link)
		known = AddName(known, link->name);
	close = CormClosest(key, known);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 of_tree ?
			 errmsg("model \"%s\" has no column or relation \"%s\"",
					CormModelDisplayName(model), key) :
			 errmsg("model \"%s\" has no column or to-one relation \"%s\"",
					CormModelDisplayName(model), key),
			 close ?
			 errhint("Perhaps you meant \"%s\". Known are: %s.", close, CormJoinNames(known)) :
			 errhint("Known are: %s.", CormJoinNames(known))));
}

void
CormUnknownMember(const CormModel *model, const CormModel *link, const char *key)
{
	UnknownMember(model, link, key, false);
}

void
CormUnknownTreeMember(const CormModel *model, const CormModel *link, const char *key)
{
	UnknownMember(model, link, key, true);
}

/*
 * The through model of the relation by which rows are reached, or NULL.
 */
static const CormModel *
LinkModel(const CormRelation *through)
{
	return through && OidIsValid(through->through) ? CormModelByRelid(through->through) : NULL;
}

void
CormPermitData(const CormRequest *request, const CormSubject *subject, JsonbValue *data)
{
	const CormModel *link = LinkModel(subject->relation);

	/* as in CormReadData, whose name the key is in the first place */
	if (link && (CormFindColumn(subject->model, link->name) ||
				 CormFindRelation(subject->model, link->name)))
		link = NULL;
	CormCheckPermit(request, data, link ? link->name : NULL);
}

void
CormPermitLinkValues(const CormRequest *request, const CormSubject *subject, JsonbValue *values)
{
	const CormModel *link = LinkModel(subject->relation);

	if (link && values)
		CormCheckPermitBehind(request, values, link->name);
}

List *
CormReadData(const CormModel *model, const CormRelation *through, List *assignments,
			 JsonbValue *data, JsonbValue **link_values)
{
	const CormModel *link = LinkModel(through);
	List	   *nulls = NIL;		/* relation, key, relation, key ... */
	JsonbValue	no_row = {.type = jbvNull};
	JsonbIterator *it;
	char	   *key;
	JsonbValue *value;

	if (!CormJsonIsObject(data))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the data of a row must be a JSON object"),
				 errdetail("It is %s.", CormJsonKindName(data))));
	*link_values = NULL;
	it = CormBeginPairs(data);
	while (CormNextPair(&it, &key, &value))
	{
		const CormColumn *column = CormFindColumn(model, key);
		const CormRelation *relation = CormFindRelation(model, key);

		if (relation && column == NULL && value->type == jbvNull)
			nulls = lappend(lappend(nulls, unconstify(CormRelation *, relation)), key);
		else if (relation && (column == NULL || CormJsonIsObject(value)))
			AssignRelation(&assignments, model, relation, value, key);
		else if (column)
			AssignJson(&assignments, model, column, value, key);
		else if (link && strcmp(link->name, key) == 0)
			*link_values = value;
		else if (strcmp(key, "pk") == 0)
		{
			CormRequireKey(model, "\"pk\" stands for");
			for (int i = 0; i < model->nkey; i++)
				AssignJson(&assignments, model, CormColumnByNumber(model, model->key[i]),
						   CormKeyPartOf(model, value, i, key, false), key);
		}
		else
			CormUnknownMember(model, link, key);
	}

	/* when it is known what the others need */
	for (int i = 0; i < list_length(nulls); i += 2)
		AssignRelation(&assignments, model, list_nth(nulls, i), &no_row, list_nth(nulls, i + 1));
	return assignments;
}

static void
UnknownLinkColumn(const CormModel *link, List *columns, const char *key)
{
	List	   *names = NIL;
	const char *close;
	ListCell   *lc;

	foreach(lc, columns)
		names = lappend(names, ((CormColumn *) lfirst(lc))->name);
	close = CormClosest(key, names);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("through model \"%s\" has no extra column \"%s\"",
					CormModelDisplayName(link), key),
			 close ?
			 errhint("Perhaps you meant \"%s\". Its extra columns: %s.",
					 close, CormJoinNames(names)) :
			 errhint("Its extra columns: %s.", CormJoinNames(names))));
}

List *
CormReadLinkValues(const CormRelation *relation, JsonbValue *values)
{
	const CormModel *link = CormModelByRelid(relation->through);
	List	   *columns = CormLinkColumns(relation);
	List	   *assignments = NIL;
	JsonbIterator *it;
	char	   *key;
	JsonbValue *value;

	if (values == NULL || values->type == jbvNull)
		return NIL;
	if (!CormJsonIsObject(values))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the values of a link must be a JSON object"),
				 errdetail("Those for \"%s\" are %s.", link->name, CormJsonKindName(values))));
	it = CormBeginPairs(values);
	while (CormNextPair(&it, &key, &value))
	{
		const CormColumn *column = CormFindColumn(link, key);

		if (column == NULL || !list_member_ptr(columns, column))
			UnknownLinkColumn(link, columns, key);
		AssignJson(&assignments, link, column, value, key);
	}
	return assignments;
}
