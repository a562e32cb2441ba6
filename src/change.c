/*-------------------------------------------------------------------------
 *
 * change.c
 *	  Statements that change or delete the rows of a queryset.
 *
 * A member of an update's data whose name is no column, relation or link is a
 * column with a word behind it that says what its value does: "views__add".
 * Such changes are made of the row as the statement finds it, so that two
 * sessions that count one row up count twice.
 *
 * Columns of the link, in the data of an update through a many-to-many relation,
 * are written by a statement of their own; if both tables are, it stands in the
 * other's WITH clause, where it sees the same rows.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/value.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "allow.h"
#include "change.h"
#include "error.h"
#include "exec.h"
#include "isolate.h"
#include "limits.h"
#include "pathtext.h"
#include "pathvalue.h"
#include "resolve.h"
#include "scope.h"
#include "value.h"

/* What the word behind a column says. */
typedef enum Operation
{
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_APPEND,
	OP_PREPEND,
	OP_REMOVE,
	OP_SET,
	OP_F,
	OP_EXPECT
} Operation;

/* Spelled as in Operation's order. */
static const char *const operations[] = {
	"add", "sub", "mul", "append", "prepend", "remove", "set", "F", "expect"
};

static const char *const arithmetic[] = {"+", "-", "*"};

typedef struct CormComputed
{
	const CormColumn *column;
	Operation	operation;
	List	   *place;			/* of SET: char *, keys within the document */
	char	   *key;			/* as written */
	JsonbValue *value;
} CormComputed;

/* ---------- reading data ---------- */

static int
FindOperation(const char *word)
{
	for (int i = 0; i < lengthof(operations); i++)
		if (strcmp(word, operations[i]) == 0)
			return i;
	return -1;
}

pg_noreturn static void
RaiseUnknownOperation(const CormColumn *column, const char *key, List *words)
{
	List	   *known = NIL;
	const char *close;

	for (int i = 0; i < lengthof(operations); i++)
		known = lappend(known, unconstify(char *, operations[i]));
	close = CormClosest(llast(words), known);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" says nothing that an update does to column \"%s\"", key,
					column->name),
			 close ?
			 errhint("Perhaps you meant \"%s\". Known are: %s.", close, CormJoinNames(known)) :
			 errhint("Known are: %s.", CormJoinNames(known))));
}

/*
 * Is the member that of the link, under the through model's name?
 */
static bool
IsLink(const CormSubject *subject, const char *key)
{
	const CormRelation *relation = subject->relation;
	const CormModel *link = relation && OidIsValid(relation->through) ?
		CormModelByRelid(relation->through) : NULL;

	return link && strcmp(link->name, key) == 0;
}

/*
 * The member as a column and what becomes of it, or NULL when it is something
 * else.
 */
static CormComputed *
ReadComputed(const CormSubject *subject, char *key, JsonbValue *value)
{
	const CormModel *model = subject->model;
	CormComputed *computed;
	CormStep	step;
	int			operation;
	List	   *words = NIL;

	if (CormPathLastStep(key) == NULL || CormFindColumn(model, key) ||
		CormFindRelation(model, key) || IsLink(subject, key))
		return NULL;
	step = CormNextStep(model, NULL, key);
	if (step.kind != CORM_STEP_COLUMN || *step.rest == '\0')
		return NULL;
	while (*step.rest != '\0')
		words = lappend(words, CormTakeWord(&step.rest, NULL));
	operation = FindOperation(llast(words));
	if (operation < 0 || (operation != OP_SET && list_length(words) > 1))
		RaiseUnknownOperation(step.column, key, words);
	words = list_truncate(words, list_length(words) - 1);

	computed = palloc(sizeof(CormComputed));
	computed->column = step.column;
	computed->operation = operation;
	computed->place = words;
	computed->key = key;
	computed->value = value;
	return computed;
}

static void
PushMember(JsonbParseState **state, const char *key, JsonbValue *value)
{
	(void) pushJsonbValue(state, WJB_KEY, CormStringToValue(key));
	(void) pushJsonbValue(state, WJB_VALUE, value);
}

static JsonbValue *
EndObject(JsonbParseState **state)
{
	return CormJsonbToValue(JsonbValueToJsonb(pushJsonbValue(state, WJB_END_OBJECT, NULL)));
}

static void
RefuseTwice(const CormColumn *column, const char *one, const char *other)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" and \"%s\" give column \"%s\" different values",
					one, other, column->name)));
}

static void
CheckOnce(const CormUpdateData *data)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, data->computed)
	{
		const CormComputed *computed = lfirst(lc);

		foreach(lc2, data->assignments)
		{
			const CormAssignment *assignment = lfirst(lc2);

			if (assignment->column->attnum == computed->column->attnum)
				RefuseTwice(computed->column, assignment->key, computed->key);
		}
		for (int i = foreach_current_index(lc) + 1; i < list_length(data->computed); i++)
		{
			const CormComputed *other = list_nth(data->computed, i);

			if (other->column->attnum == computed->column->attnum)
				RefuseTwice(computed->column, computed->key, other->key);
		}
	}
}

static List *
LinkAssignments(const CormSubject *subject, JsonbValue *values)
{
	if (values == NULL)
		return NIL;
	if (subject->owner == NULL)
		elog(ERROR, "link values without a relation");
	return CormReadLinkValues(subject->relation, values);
}

CormUpdateData *
CormReadUpdateData(const CormSubject *subject, JsonbValue *object)
{
	CormUpdateData *data = palloc0(sizeof(CormUpdateData));
	JsonbParseState *plain = NULL;
	JsonbParseState *expected = NULL;
	JsonbIterator *it;
	JsonbValue *value;
	JsonbValue *link_values;
	char	   *key;

	if (!CormJsonIsObject(object))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the data of an update must be a JSON object"),
				 errdetail("It is %s.", CormJsonKindName(object))));
	(void) pushJsonbValue(&plain, WJB_BEGIN_OBJECT, NULL);
	it = CormBeginPairs(object);
	while (CormNextPair(&it, &key, &value))
	{
		CormComputed *computed = ReadComputed(subject, key, value);

		if (computed == NULL)
			PushMember(&plain, key, value);
		else if (computed->operation != OP_EXPECT)
			data->computed = lappend(data->computed, computed);
		else
		{
			if (expected == NULL)
				(void) pushJsonbValue(&expected, WJB_BEGIN_OBJECT, NULL);
			PushMember(&expected, CormPathQuote(computed->column->name), value);
		}
	}
	data->assignments = CormReadData(subject->model, subject->relation, NIL,
									 EndObject(&plain), &link_values);
	data->link_assignments = LinkAssignments(subject, link_values);
	if (expected)
		data->expected = EndObject(&expected);
	CheckOnce(data);
	return data;
}

bool
CormChangesRows(const CormUpdateData *data)
{
	return data->assignments != NIL || data->computed != NIL;
}

/* ---------- changes ---------- */

static CormChange *
MakeChange(CormChangeKind kind, const CormColumn *column)
{
	CormChange *change = palloc0(sizeof(CormChange));

	change->kind = kind;
	change->column = column;
	return change;
}

/* Returns n of $n. */
static int
AddValue(CormWrite *write, Oid type, Datum value, bool isnull)
{
	int			param = CormAddDatum(write->select, type, value);

	if (isnull)
		write->nulls = bms_add_member(write->nulls, param);
	return param;
}

static void
AddAssignments(CormWrite *write, List *assignments)
{
	ListCell   *lc;

	foreach(lc, assignments)
	{
		const CormAssignment *assignment = lfirst(lc);
		CormChange *change = MakeChange(CORM_CHANGE_VALUE, assignment->column);

		change->param = AddValue(write, assignment->column->typid, assignment->value,
								 assignment->isnull);
		write->changes = lappend(write->changes, change);
	}
}

static int
AddOperand(CormWrite *write, const CormComputed *computed, Oid type)
{
	CormErrorFrame frame;
	Datum		value;
	bool		isnull;

	CormErrorPush(&frame, "writing", write->table->model->name, computed->key);
	value = CormValueFromJson(computed->value, type, -1, &isnull);
	CormErrorPop(&frame);
	return AddValue(write, type, value, isnull);
}

pg_noreturn static void
RaiseNoOperation(const CormComputed *computed, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" does not go with type %s of column \"%s\"", computed->key,
					format_type_be(computed->column->typid), computed->column->name),
			 errdetail("It is for %s.", what)));
}

/*
 * What is added to a value: one of its own type, but days or a time span to a
 * date or time.
 */
static Oid
OperandType(const CormComputed *computed, Oid type)
{
	char		category;
	bool		preferred;

	get_type_category_preferred(type, &category, &preferred);
	if (computed->operation == OP_MUL)
		return category == TYPCATEGORY_TIMESPAN ? FLOAT8OID : type;
	if (category != TYPCATEGORY_DATETIME)
		return type;
	return type == DATEOID && computed->value->type == jbvNumeric ? INT4OID : INTERVALOID;
}

static CormChange *
ChangeByArithmetic(CormWrite *write, const CormComputed *computed, Oid type)
{
	CormChange *change = MakeChange(CORM_CHANGE_OPERATOR, computed->column);
	Oid			operand = OperandType(computed, type);

	change->function = arithmetic[computed->operation];
	if (!OidIsValid(OpernameGetOprid(list_make2(makeString("pg_catalog"),
												makeString(unconstify(char *, change->function))),
									 type, operand)))
		RaiseNoOperation(computed, computed->operation == OP_MUL ?
						 "numbers and time spans" : "numbers, dates, times and time spans");
	change->param = AddOperand(write, computed, operand);
	return change;
}

/*
 * Arrays take an element, or a JSON array of them; text takes text; a document
 * takes what || makes of it.
 */
static CormChange *
ChangeByAppending(CormWrite *write, const CormComputed *computed, Oid type)
{
	Oid			element = get_element_type(type);
	bool		before = computed->operation == OP_PREPEND;
	bool		several = CormJsonIsArray(computed->value);
	CormChange *change;

	if (!OidIsValid(element))
	{
		change = MakeChange(before ? CORM_CHANGE_BEFORE : CORM_CHANGE_OPERATOR, computed->column);
		if (type != TEXTOID && type != VARCHAROID && type != JSONBOID)
			RaiseNoOperation(computed, "arrays, text and jsonb");
		change->function = "||";
		change->param = AddOperand(write, computed, type == JSONBOID ? JSONBOID : TEXTOID);
		return change;
	}
	change = MakeChange(before ? CORM_CHANGE_CALL_BEFORE : CORM_CHANGE_CALL, computed->column);
	change->function = several ? "array_cat" : before ? "array_prepend" : "array_append";
	change->param = AddOperand(write, computed, several ? type : element);
	return change;
}

static CormChange *
ChangeByRemoving(CormWrite *write, const CormComputed *computed, Oid type)
{
	Oid			element = get_element_type(type);
	CormChange *change;

	if (OidIsValid(element))
	{
		change = MakeChange(CORM_CHANGE_CALL, computed->column);
		change->function = "array_remove";
		change->param = AddOperand(write, computed, element);
		return change;
	}
	if (type != JSONBOID)
		RaiseNoOperation(computed, "arrays and jsonb");
	change = MakeChange(CORM_CHANGE_OPERATOR, computed->column);
	change->function = "-";
	change->param = AddOperand(write, computed, CormJsonIsArray(computed->value) ?
							   TEXTARRAYOID : TEXTOID);
	return change;
}

static CormChange *
ChangePlace(CormWrite *write, const CormComputed *computed, Oid type)
{
	CormChange *change = MakeChange(CORM_CHANGE_PLACE, computed->column);

	if (type != JSONBOID)
		RaiseNoOperation(computed, "jsonb");
	if (computed->place == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" names no place within the document", computed->key),
				 errhint("Write %s__key__set, or the column's name to replace all of it.",
						 computed->column->name)));
	change->place = CormAddTexts(write->select, computed->place);
	change->param = AddValue(write, JSONBOID,
							 JsonbPGetDatum(JsonbValueToJsonb(computed->value)), false);
	return change;
}

/*
 * Another value of the row, of what it refers to, or made of related rows.
 */
static CormChange *
ChangeByPath(CormWrite *write, const CormComputed *computed, const CormRequest *request)
{
	CormChange *change = MakeChange(CORM_CHANGE_PATH, computed->column);
	CormDocPath at = {NULL, computed->key, 0};
	char	   *path = CormReadName(computed->value, &at);
	CormPlace	place = {write->select, CormMakeScope(), write->table};
	CormErrorFrame frame;

	CormAllowPaths(request->guards, list_make1(path));
	CormErrorPush(&frame, "writing", write->table->model->name, computed->key);
	place.scope->depth = 1;
	change->value = CormPathValue(&place, path, CORM_WALK_TO_ONE);
	if (write->table->link && CormValueNeeds(change->value, list_make1(write->table->link)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is a value of the link, not of the row", path)));
	CormErrorPop(&frame);
	if (place.scope->tables != NIL)
	{
		change->scope = place.scope;
		CormJoinPlainly(place.scope);
	}
	return change;
}

static CormChange *
Change(CormWrite *write, const CormComputed *computed, const CormRequest *request)
{
	Oid			type = getBaseType(computed->column->typid);

	switch (computed->operation)
	{
		case OP_ADD:
		case OP_SUB:
		case OP_MUL:
			return ChangeByArithmetic(write, computed, type);
		case OP_APPEND:
		case OP_PREPEND:
			return ChangeByAppending(write, computed, type);
		case OP_REMOVE:
			return ChangeByRemoving(write, computed, type);
		case OP_SET:
			return ChangePlace(write, computed, type);
		case OP_F:
			return ChangeByPath(write, computed, request);
		case OP_EXPECT:
			break;
	}
	elog(ERROR, "unexpected operation %d", (int) computed->operation);
}

/* ---------- statements ---------- */

static CormExpr *
SameColumn(CormTable *one, AttrNumber mine, CormTable *other, AttrNumber theirs)
{
	const CormColumn *column = CormColumnByNumber(one->model, mine);

	return CormMakeOperator(CormColumnValueOf(one, mine), CormEqualityOperator(column),
							CormColumnValueOf(other, theirs));
}

static CormExpr *
SamePair(CormTable *stored, CormTable *seen, const CormRelation *relation, bool turned)
{
	List	   *exprs = NIL;

	for (int i = 0; i < relation->fk->nkeys; i++)
	{
		AttrNumber	near = relation->fk->fk_attnums[i];
		AttrNumber	far = relation->far_fk->fk_attnums[i];

		exprs = lappend(exprs, SameColumn(stored, near, seen, turned ? far : near));
		exprs = lappend(exprs, SameColumn(stored, far, seen, turned ? near : far));
	}
	return CormAllOf(exprs);
}

/*
 * A link table that is read in both directions cannot be written: the links as
 * they are stored, of the same pair and, where a pair has several, the same key.
 */
static CormTable *
StoredLinks(CormSelect *select, const CormRelation *relation)
{
	CormTable  *seen = select->link;
	CormTable  *stored = CormAddTable(select, select->scope, seen->model, CORM_JOIN_NONE);
	CormExpr   *either = CormMakeExpr(CORM_EXPR_OR);

	either->args = list_make2(SamePair(stored, seen, relation, false),
							  SamePair(stored, seen, relation, true));
	select->scope->where = lappend(select->scope->where, either);
	for (int i = 0; i < seen->model->nkey; i++)
	{
		AttrNumber	part = seen->model->key[i];
		bool		of_pair = false;

		for (int k = 0; k < relation->fk->nkeys; k++)
			of_pair |= part == relation->fk->fk_attnums[k] ||
				part == relation->far_fk->fk_attnums[k];
		if (!of_pair)
			select->scope->where = lappend(select->scope->where,
										   SameColumn(stored, part, seen, part));
	}
	return stored;
}

static CormWrite *
MakeWrite(const CormRequest *request, const CormSubject *subject, bool of_link)
{
	CormWrite  *write = palloc0(sizeof(CormWrite));

	write->select = CormSelectRows(request, subject);
	write->table = of_link ? write->select->link : write->select->base;
	return write;
}

/*
 * The same for two statements in one text: parameters and tables are numbered on.
 */
static CormWrite *
MakeWriteBeside(const CormWrite *first, const CormRequest *request, const CormSubject *subject)
{
	CormWrite  *write = palloc0(sizeof(CormWrite));

	write->select = CormMakeSelect(subject->model, first->select->label);
	write->select->params = list_copy(first->select->params);
	write->select->naliases = first->select->naliases;
	write->nulls = bms_copy(first->nulls);
	CormAddSource(write->select, request, subject);
	write->table = write->select->base;
	return write;
}

static CormWrite *
ResolveLinkUpdate(const CormRequest *request, const CormSubject *subject, List *assignments)
{
	CormWrite  *write;

	if (request->of)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("link values need the relation of one owner"),
				 errhint("Write corm.relation(model, key, relation).")));
	write = MakeWrite(request, subject, true);
	if (write->table->mirrored)
		write->table = StoredLinks(write->select, subject->relation);
	AddAssignments(write, assignments);
	CormIsolateTable(write->select, write->table);
	return write;
}

static CormWrite *
ResolveOnce(const CormRequest *request, const CormUpdateData *data)
{
	CormSubject subject = CormResolveSubject(request, NULL);
	CormWrite  *link = NULL;
	CormWrite  *write;
	ListCell   *lc;

	if (data && data->link_assignments != NIL)
	{
		link = ResolveLinkUpdate(request, &subject, data->link_assignments);
		if (!CormChangesRows(data))
			return link;
	}
	write = link ? MakeWriteBeside(link, request, &subject) : MakeWrite(request, &subject, false);
	write->beside = link;
	if (data)
	{
		AddAssignments(write, data->assignments);
		foreach(lc, data->computed)
			write->changes = lappend(write->changes, Change(write, lfirst(lc), request));
	}
	CormIsolateTable(write->select, write->table);
	return write;
}

CormWrite *
CormResolveWrite(const CormRequest *request, const CormUpdateData *data)
{
	CormCheckLimits(request);
	for (int attempt = 1;; attempt++)
	{
		uint64		generation = CormCacheGeneration();
		CormWrite  *write = ResolveOnce(request, data);

		if (generation == CormCacheGeneration() || attempt >= CORM_PATIENCE)
			return write;
		CHECK_FOR_INTERRUPTS();
	}
}

void
CormWriteReturning(CormWrite *write, const CormRequest *request)
{
	write->returning = CormResolveReturning(request, write->table->model);
	write->returning->label = write->select->label;

	/* both are about the one written row */
	write->returning->base->alias = write->table->alias;
}

ParamListInfo
CormWriteParams(const CormWrite *write)
{
	ParamListInfo params = CormBindParams(write->select);
	int			param = -1;

	while ((param = bms_next_member(write->nulls, param)) >= 0)
	{
		params->params[param - 1].value = (Datum) 0;
		params->params[param - 1].isnull = true;
	}
	return params;
}
