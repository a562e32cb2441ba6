/*-------------------------------------------------------------------------
 *
 * grouping.c
 *	  Groups of rows: what aggregate and group_by ask for, and the plan tree of
 *	  it.
 *
 * Three queries in one statement.  The innermost gives the rows of the request,
 * each once, with what is taken of them; it alone reads tables, so limit and
 * offset cut the rows before they are grouped.  Around it stands the one that
 * groups them.  The outermost knows the groups' values by number only, and is
 * where having, order_by and the limit on groups apply.
 *
 * A key over several related rows puts a row into several groups.  Then the
 * innermost query joins the related rows and keeps each row once for each value
 * of the keys; a slice of the rows has to be taken before that, in a subquery
 * of its own.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "aggregate.h"
#include "allow.h"
#include "annotate.h"
#include "error.h"
#include "grouping.h"
#include "limits.h"
#include "lookup_value.h"
#include "order.h"
#include "pathtext.h"
#include "resolve.h"
#include "summary.h"
#include "transform.h"

/* What having and order_by may name: columns of the groups. */
typedef struct GroupName
{
	const char *name;
	List	   *values;			/* of CormValue *; several of a composite key */
} GroupName;

/* Groups on the way to their plan tree. */
typedef struct Maker
{
	CormPlace	rows;			/* what is grouped */
	CormGroups *groups;
	CormSelect *select;			/* the outermost query */
	List	   *names;			/* of GroupName * */
	const char *option;			/* being read, for messages */
} Maker;

/* ---------- syntax ---------- */

static List *
AddKey(List *keys, char *name, char *path, const CormDocPath *at)
{
	CormAnnotation *key;
	ListCell   *lc;

	foreach(lc, keys)
		if (strcmp(((CormAnnotation *) lfirst(lc))->name, name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("value of \"%s\" has \"%s\" twice", CormDocPathText(at), name)));
	CHECK_FOR_INTERRUPTS();
	key = palloc0(sizeof(CormAnnotation));
	key->name = name;
	key->path = path;
	return lappend(keys, key);
}

List *
CormParseGroupKeys(JsonbValue *by, const CormDocPath *at)
{
	List	   *keys = NIL;
	JsonbIterator *it;
	JsonbValue *value;
	char	   *name;
	ListCell   *lc;

	if (by->type == jbvString)
	{
		name = CormReadName(by, at);
		return AddKey(NIL, name, name, at);
	}
	if (CormJsonIsArray(by))
	{
		foreach(lc, CormJsonElements(by))
		{
			CormDocPath here = {at, NULL, foreach_current_index(lc)};

			name = CormReadName(lfirst(lc), &here);
			keys = AddKey(keys, name, name, at);
		}
		return keys;
	}
	if (!CormJsonIsObject(by))
		CormRaiseWrongValue(at, "a path, a list of paths, or an object of names and paths", by);
	it = CormBeginPairs(by);
	while (CormNextPair(&it, &name, &value))
	{
		CormDocPath here = {at, name, 0};

		if (CormIsBlank(name))
			CormRaiseEmptyKey(at);
		keys = AddKey(keys, name, CormReadName(value, &here), at);
	}
	return keys;
}

/* ---------- values of the groups ---------- */

static void
RefuseTakenName(const Maker *maker, const char *name)
{
	ListCell   *lc;

	foreach(lc, maker->names)
		if (strcmp(((GroupName *) lfirst(lc))->name, name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" names both a key and an aggregate", name),
					 errhint("Give one of them another name.")));
}

static CormOutput *
ValueOutput(const char *name, const CormValue *value)
{
	CormOutput *output = palloc0(sizeof(CormOutput));

	output->kind = CORM_OUT_VALUE;
	output->name = name;
	output->type = value->type;
	output->target = value->number - 1;
	return output;
}

/*
 * Prints what a name stands for; a key of several columns as an array, or null
 * where there is none.
 */
static void
AddOutput(Maker *maker, const GroupName *named)
{
	CormOutput *output;
	ListCell   *lc;

	if (list_length(named->values) == 1)
		output = ValueOutput(named->name, linitial(named->values));
	else
	{
		output = palloc0(sizeof(CormOutput));
		output->kind = CORM_OUT_OBJECT;
		output->name = named->name;
		output->object = palloc0(sizeof(CormObject));
		output->object->array = true;
		foreach(lc, named->values)
			output->object->outputs = lappend(output->object->outputs,
											  ValueOutput(NULL, lfirst(lc)));
		output->object->presence = ((CormValue *) linitial(named->values))->number - 1;
	}
	maker->select->object->outputs = lappend(maker->select->object->outputs, output);
}

/*
 * Names values (CormGroupValue *) that each group has.
 */
static void
AddName(Maker *maker, const char *name, List *values)
{
	GroupName  *named = palloc0(sizeof(GroupName));
	ListCell   *lc;

	CHECK_FOR_INTERRUPTS();
	RefuseTakenName(maker, name);
	named->name = name;
	foreach(lc, values)
	{
		const CormGroupValue *value = lfirst(lc);
		CormValue  *numbered;

		maker->groups->values = lappend(maker->groups->values, lfirst(lc));
		numbered = CormNumberedValue(list_length(maker->groups->values), value->type,
									 value->value->collation);
		named->values = lappend(named->values, numbered);
		(void) CormAddValueTarget(maker->select, numbered, InvalidOid);
	}
	maker->names = lappend(maker->names, named);
	AddOutput(maker, named);
}

/*
 * The values of a key in each row.  A reference of which only some columns are
 * there leads nowhere, so where there are several they are the related row's.
 */
static List *
KeyValues(const CormPlace *rows, const char *path)
{
	List	   *values = CormPathValues(rows, path, CORM_WALK_JOIN);

	if (list_length(values) > 1 && CormReadPathAt(rows, path)->end == CORM_END_RELATION)
		return CormPathValues(rows, CormPathJoin(path, "pk"), CORM_WALK_JOIN);
	return values;
}

/*
 * One key.  Returns the values that it stands for in each row.
 */
static List *
AddGroupKey(Maker *maker, const CormAnnotation *key)
{
	CormErrorFrame frame;
	List	   *values;
	List	   *grouped = NIL;
	ListCell   *lc;

	CormErrorPush(&frame, "reading", "by", key->name);
	values = KeyValues(&maker->rows, key->path);
	foreach(lc, values)
	{
		CormValue  *value = lfirst(lc);
		CormGroupValue *result = palloc0(sizeof(CormGroupValue));

		if (!CormHasOrder(value->type))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_FUNCTION),
					 errmsg("rows cannot be grouped by \"%s\": type %s has no order",
							key->path, format_type_be(value->type))));
		result->value = CormGroupInput(&maker->rows, value);
		result->type = value->type;
		grouped = lappend(grouped, result);
	}
	maker->groups->nkeys += list_length(grouped);
	AddName(maker, key->name, grouped);
	CormErrorPop(&frame);
	return values;
}

/* ---------- names ---------- */

static bool
StartsWithName(const char *path, const char *name, const char **rest)
{
	int			len = strlen(name);

	if (strncmp(path, name, len) != 0)
		return false;
	if (path[len] == '\0')
		*rest = path + len;
	else if (path[len] == '_' && path[len + 1] == '_' && path[len + 2] != '\0')
		*rest = path + len + 2;
	else
		return false;
	return true;
}

pg_noreturn static void
RaiseUnknownName(const Maker *maker, const char *path)
{
	char	   *name = CormPeekWord(path, NULL);
	List	   *known = NIL;
	const char *close;
	ListCell   *lc;

	foreach(lc, maker->names)
		known = lappend(known, unconstify(char *, ((GroupName *) lfirst(lc))->name));
	close = CormClosest(name, known);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("the groups have no \"%s\"", name),
			 strcmp(name, path) == 0 ? errdetail("It stands in \"%s\".", maker->option) :
			 errdetail("It stands in \"%s\", in \"%s\".", maker->option, path),
			 close ?
			 errhint("Perhaps you meant \"%s\". Keys and aggregates: %s.", close,
					 CormJoinNames(known)) :
			 errhint("Keys and aggregates: %s.", CormJoinNames(known))));
}

/*
 * The name that a path starts with, the longest one, as it was given or in
 * double quotes.
 */
static const GroupName *
TakeName(const Maker *maker, const char **path)
{
	const GroupName *found = NULL;
	const char *after = *path;
	const char *rest = NULL;
	bool		quoted;
	char	   *word = CormTakeWord(&after, &quoted);
	ListCell   *lc;

	foreach(lc, maker->names)
	{
		const GroupName *named = lfirst(lc);
		const char *here;

		CHECK_FOR_INTERRUPTS();
		if (quoted && strcmp(word, named->name) == 0)
			here = after;
		else if (!StartsWithName(*path, named->name, &here))
			continue;
		if (rest == NULL || here > rest)
		{
			found = named;
			rest = here;
		}
	}
	if (found == NULL)
		RaiseUnknownName(maker, *path);
	*path = rest;
	return found;
}

/*
 * The one value that a path starts with, transforms included.
 */
static CormValue *
TakeValue(const Maker *maker, const char **rest, bool before_lookup)
{
	const char *path = *rest;
	const GroupName *named = TakeName(maker, rest);

	if (list_length(named->values) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is a key of several columns, where one value is needed", path)));
	return CormTransform(maker->rows.select, linitial(named->values), rest, path, before_lookup);
}

/* ---------- having ---------- */

/*
 * What the path in the value of a test that ends in F stands for.
 */
static CormValue *
FieldValue(const Maker *maker, const CormTest *test)
{
	CormDocPath at = {NULL, test->key, 0};
	const char *path = CormReadName(test->value, &at);
	const char *rest = path;
	CormValue  *value = TakeValue(maker, &rest, false);

	if (*rest != '\0')
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("\"%s\" cannot follow a value in \"%s\"", rest, path)));
	return value;
}

static CormExpr *
ResolveTest(const Maker *maker, const CormCondition *condition)
{
	CormTest	test = {maker->rows.select, condition->key, CORM_LOOKUP_EXACT, condition->value};
	const char *rest = condition->key;
	CormValue  *value = TakeValue(maker, &rest, true);

	if (!CormReadLookup(rest, &test))
		CormUnknownLookup(rest, test.key, NIL);
	if (test.of_field)
		test.field = FieldValue(maker, &test);
	return CormTestValue(&test, value);
}

static CormExpr *
ResolveHaving(const Maker *maker, const CormCondition *condition)
{
	CormExpr   *expr;
	ListCell   *lc;

	check_stack_depth();
	if (condition->kind == CORM_COND_TEST)
		return ResolveTest(maker, condition);
	if (condition->kind == CORM_COND_NOT)
		return CormNotTrue(ResolveHaving(maker, linitial(condition->args)));
	if (condition->args == NIL)
		return CormMakeConst(condition->kind != CORM_COND_OR);
	expr = CormMakeExpr(condition->kind == CORM_COND_OR ? CORM_EXPR_OR : CORM_EXPR_AND);
	foreach(lc, condition->args)
		expr->args = lappend(expr->args, ResolveHaving(maker, lfirst(lc)));
	return expr;
}

/* ---------- order ---------- */

static void
AddOrder(Maker *maker, CormValue *value, const CormOrderKey *key)
{
	CormOrder  *order = palloc0(sizeof(CormOrder));

	order->value = value;
	order->descending = key->descending;
	order->nulls = key->nulls;
	maker->select->order = lappend(maker->select->order, order);
}

static void
OrderBy(Maker *maker, const CormOrderKey *key)
{
	const char *rest = key->path;
	const GroupName *named = TakeName(maker, &rest);
	CormValue  *value = linitial(named->values);
	ListCell   *lc;

	if (*rest == '\0')
	{
		foreach(lc, named->values)
			AddOrder(maker, lfirst(lc), key);
		return;
	}
	if (list_length(named->values) == 1)
		value = CormTransform(maker->rows.select, value, &rest, key->path, false);
	if (*rest != '\0')
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("\"%s\" cannot follow a value in \"%s\"", rest, key->path)));
	AddOrder(maker, value, key);
}

/*
 * The keys decide between equals; they tell all groups apart.
 */
static void
ResolveGroupOrder(Maker *maker, List *order_by)
{
	const CormOrderKey ascending = {NULL, false, CORM_NULLS_DEFAULT};
	ListCell   *lc;

	foreach(lc, order_by)
	{
		CHECK_FOR_INTERRUPTS();
		OrderBy(maker, lfirst(lc));
	}
	foreach(lc, maker->select->targets)
		if (foreach_current_index(lc) < maker->groups->nkeys)
			AddOrder(maker, ((CormTarget *) lfirst(lc))->value, &ascending);
}

/* ---------- the rows ---------- */

/*
 * Does a key lead to several related rows, so that a row stands in several
 * groups?
 */
static bool
SpreadsRows(const CormPlace *rows, List *by)
{
	ListCell   *lc;

	foreach(lc, by)
	{
		CormPath   *path = CormReadPathAt(rows, ((CormAnnotation *) lfirst(lc))->path);
		const char *transforms;

		CHECK_FOR_INTERRUPTS();
		if (path->to_many && CormTakeAggregate(path, &transforms) == CORM_AGGREGATE_NONE)
			return true;
	}
	return false;
}

static CormPlace
PlaceOf(CormSelect *select)
{
	CormPlace	place = {select, select->scope, select->base};

	return place;
}

/*
 * The same rows as a table that others can be joined to.
 */
static CormSelect *
JoinableRows(const CormRequest *request, const char *label)
{
	CormSubject subject = CormResolveSubject(request, NULL);
	CormSelect *select = CormMakeSelect(subject.model, label);
	CormPlace	place;

	if (request->distinct_given)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("distinct does not go with grouping by several related rows")));
	select->base = CormAddRows(select, select->scope, request, &subject, CORM_JOIN_NONE);
	place = PlaceOf(select);
	if (select->base->rows)
		CormAnnotate(&place, request->annotations);
	return select;
}

/*
 * The statement whose rows are grouped; "spread" says that keys will be joined
 * to them.
 */
static CormSelect *
SelectRows(const CormRequest *request, List *by, bool *spread)
{
	CormSelect *select = CormResolve(request, CORM_FOR_GROUPING, NULL);
	CormPlace	place = PlaceOf(select);

	*spread = SpreadsRows(&place, by);
	if (*spread)
		CormRequireKey(select->model, "grouping by several related rows needs");
	if (*spread && (select->limit || select->offset || select->distinct != NIL))
		return JoinableRows(request, select->label);
	return select;
}

/*
 * Keeps each row once for each value of the keys.
 */
static void
KeepOnce(CormSelect *select, List *values)
{
	for (int i = 0; i < select->model->nkey; i++)
		select->distinct = lappend(select->distinct,
								   CormColumnValueOf(select->base, select->model->key[i]));
	select->distinct = list_concat(select->distinct, values);
}

/* ---------- all of it ---------- */

static void
CheckAllowed(const CormRequest *request, const CormGrouping *grouping)
{
	CormRequest *words = CormMakeRequest();

	CormAllowAnnotations(request->guards, grouping->by);
	CormAllowAnnotations(request->guards, grouping->aggregates);
	words->annotations = list_concat_copy(grouping->by, grouping->aggregates);
	words->where = grouping->having;
	words->order_by = grouping->order_by;
	CormCheckLimits(words);
}

static CormSelect *
ResolveOnce(const CormRequest *request, const CormGrouping *grouping)
{
	bool		spread;
	CormSelect *rows = SelectRows(request, grouping->by, &spread);
	CormSelect *select = CormMakeSelect(rows->model, rows->label);
	Maker		maker = {PlaceOf(rows), palloc0(sizeof(CormGroups)), select, NIL, "having"};
	List	   *values = NIL;
	ListCell   *lc;

	maker.groups->rows = rows;
	select->scope->groups = maker.groups;
	select->object = palloc0(sizeof(CormObject));
	select->object->presence = -1;

	foreach(lc, grouping->by)
		values = list_concat(values, AddGroupKey(&maker, lfirst(lc)));
	if (spread)
		KeepOnce(rows, values);
	foreach(lc, grouping->aggregates)
	{
		const CormAnnotation *annotation = lfirst(lc);

		AddName(&maker, annotation->name,
				list_make1(CormSummarize(&maker.rows, annotation)));
	}

	/* DISTINCT ON takes a select list that is not empty */
	if (rows->distinct != NIL && rows->targets == NIL)
		(void) CormGroupInput(&maker.rows, linitial(rows->distinct));

	if (grouping->having)
		select->scope->where = list_make1(ResolveHaving(&maker, grouping->having));
	maker.option = "order_by";
	ResolveGroupOrder(&maker, grouping->order_by);
	if (grouping->limit >= 0)
		select->limit = CormAddBigint(rows, grouping->limit);
	select->params = rows->params;
	return select;
}

/*
 * As in CormResolve, tables are locked as they are met, and an allow-list's
 * max_limit does not count.
 */
CormSelect *
CormResolveGroups(const CormRequest *request, const CormGrouping *grouping)
{
	CormRequest uncapped = *request;

	uncapped.max_limit = -1;
	CheckAllowed(request, grouping);
	for (int attempt = 1;; attempt++)
	{
		uint64		generation = CormCacheGeneration();
		CormSelect *select = ResolveOnce(&uncapped, grouping);

		if (generation == CormCacheGeneration() || attempt >= CORM_PATIENCE)
			return select;
		CHECK_FOR_INTERRUPTS();
	}
}
