/*-------------------------------------------------------------------------
 *
 * api_write.c
 *	  SQL entry points: create, add, remove, set, clear, toggle.
 *
 * Arguments are checked here and handed down.  A NULL queryset, owner, target
 * or data is an error (22004): what a write should do with it is anybody's
 * guess.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "api_write.h"
#include "assemble.h"
#include "data.h"
#include "deparse_write.h"
#include "document.h"
#include "error.h"
#include "exec.h"
#include "resolve.h"
#include "rowset.h"
#include "scope.h"
#include "target.h"
#include "verb.h"

PG_FUNCTION_INFO_V1(corm_create);
PG_FUNCTION_INFO_V1(corm_add);
PG_FUNCTION_INFO_V1(corm_remove);
PG_FUNCTION_INFO_V1(corm_set);
PG_FUNCTION_INFO_V1(corm_clear);
PG_FUNCTION_INFO_V1(corm_toggle);

/* ---------- arguments ---------- */

void
CormRefuseNull(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s must not be null", what)));
}

CormRequest *
CormArgWriteRequest(FunctionCallInfo fcinfo)
{
	CormRequest *request;

	if (PG_ARGISNULL(0))
		CormRefuseNull("the queryset to write");
	CormCountCall();
	request = CormParseRequest(PG_GETARG_JSONB_P(0));
	if (request->of)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the relation of a queryset cannot be written"),
				 errhint("Name one owner: corm.relation(model, key, relation).")));
	if (request->relation && (request->owner == NULL || request->owner->type == jbvNull))
		CormRefuseNull("the owner of the relation");
	return request;
}

void
CormRefusePart(const CormRequest *request, const char *verb, bool filter_ok)
{
	const char *what = NULL;

	if (!filter_ok && request->where)
		what = request->has_filter ? "a filter" : "exclude";
	else if (request->order_by != NIL)
		what = "order_by";
	else if (request->limit >= 0)
		what = "limit";
	else if (request->offset >= 0)
		what = "offset";
	else if (request->distinct_given)
		what = "distinct";
	else if (request->annotations != NIL)
		what = "annotate";
	if (what)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s does not go with %s", verb, what)));
}

CormOwned
CormOwnedOf(const CormRequest *request)
{
	CormOwned	owned;

	owned.subject = CormResolveSubject(request, NULL);
	owned.owner = request->owner;
	owned.label = NULL;
	if (owned.subject.relation == NULL)
		return owned;
	CormRequireWritable(owned.subject.owner, owned.subject.relation);
	owned.label = psprintf("%s.%s", CormModelDisplayName(owned.subject.owner),
						   owned.subject.relation->name);
	return owned;
}

void
CormRefuseModel(const char *verb)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s needs the relation of an owner", verb),
			 errhint("Write corm.relation(model, key, relation).")));
}

static CormOwned
ArgOwned(FunctionCallInfo fcinfo, CormRequest **request, const char *verb, bool filter_ok)
{
	CormOwned	owned;

	*request = CormArgWriteRequest(fcinfo);
	CormRefusePart(*request, verb, filter_ok);
	owned = CormOwnedOf(*request);
	if (owned.subject.relation == NULL)
		CormRefuseModel(verb);
	return owned;
}

static JsonbValue *
ArgJson(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : CormJsonbToValue(PG_GETARG_JSONB_P(n));
}

/*
 * The targets in argument 1.
 */
static List *
ArgTargets(FunctionCallInfo fcinfo, const CormModel *model)
{
	if (PG_ARGISNULL(1))
		CormRefuseNull("the target");
	return CormReadTargets(model, PG_GETARG_DATUM(1),
						   get_fn_expr_argtype(fcinfo->flinfo, 1));
}

/*
 * NULL, be it SQL's or JSON's.
 */
static bool
ArgIsNothing(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ||
		(get_fn_expr_argtype(fcinfo->flinfo, n) == JSONBOID &&
		 ArgJson(fcinfo, n)->type == jbvNull);
}

static void
RefuseThrough(const CormOwned *owned, const JsonbValue *through)
{
	if (through && through->type != jbvNull && !OidIsValid(owned->subject.relation->through))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" has no through model to take link values",
						owned->label)));
}

static void
RefuseDeleteChildren(const CormOwned *owned, bool delete_children)
{
	if (delete_children &&
		!CormHasChildren(owned->subject.relation))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" has no children to delete", owned->label),
				 errdetail("Children are rows that hold a foreign key to the owner.")));
}

static void
RefuseSeveral(const CormOwned *owned, List *targets)
{
	if (!owned->subject.relation->to_many && list_length(targets) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" holds one row, not %d",
						owned->label, list_length(targets))));
}

/*
 * Link values that are given for all targets, and those that a target brings.
 */
static void
PermitLinkValues(const CormRequest *request, const CormOwned *owned, List *targets,
				 JsonbValue *through)
{
	const CormModel *link;
	CormRowFrame frame;
	ListCell   *lc;

	if (!OidIsValid(owned->subject.relation->through))
		return;
	CormPermitLinkValues(request, &owned->subject, through);
	link = CormModelByRelid(owned->subject.relation->through);
	CormRowFramePush(&frame, "reading");
	foreach(lc, targets)
	{
		if (list_length(targets) > 1)
			frame.row = foreach_current_index(lc);
		if (link && CormJsonIsObject(lfirst(lc)))
			CormPermitLinkValues(request, &owned->subject,
								 CormJsonMember(lfirst(lc), link->name));
	}
	CormRowFramePop(&frame);
}

/* ---------- add, remove, set, clear, toggle ---------- */

/*
 * corm.add(q, target, through)
 */
Datum
corm_add(PG_FUNCTION_ARGS)
{
	CormRequest *request;
	CormOwned	owned = ArgOwned(fcinfo, &request, "add", false);
	List	   *targets = ArgTargets(fcinfo, owned.subject.model);
	JsonbValue *through = ArgJson(fcinfo, 2);

	RefuseThrough(&owned, through);
	PermitLinkValues(request, &owned, targets, through);
	RefuseSeveral(&owned, targets);
	if (targets == NIL)
		PG_RETURN_INT64(0);
	if (OidIsValid(owned.subject.relation->through))
		PG_RETURN_INT64(CormLinkAdd(&owned, targets, through));
	if (!owned.subject.relation->reverse)
		PG_RETURN_INT64(CormReferenceSet(&owned, targets));
	if (!owned.subject.relation->to_many)
		PG_RETURN_INT64(CormChildReplace(&owned, targets));
	PG_RETURN_INT64(CormChildrenAdd(&owned, targets));
}

static int64
RemoveTargets(const CormOwned *owned, List *targets, bool all, bool delete_children)
{
	if (!all && targets == NIL)
		return 0;
	if (OidIsValid(owned->subject.relation->through))
		return CormLinkRemove(owned, targets, all);
	if (owned->subject.relation->reverse)
		return CormChildrenRemove(owned, targets, all, delete_children);
	RefuseSeveral(owned, targets);
	return CormReferenceRemove(owned, targets, all);
}

/*
 * corm.remove(q, target, delete_children)
 */
Datum
corm_remove(PG_FUNCTION_ARGS)
{
	CormRequest *request;
	CormOwned	owned = ArgOwned(fcinfo, &request, "remove", true);
	List	   *targets = ArgTargets(fcinfo, owned.subject.model);
	bool		delete_children = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);

	RefuseDeleteChildren(&owned, delete_children);
	if (request->where && targets != NIL)
	{
		CormFilterByKeys(request, targets);
		targets = CormReadKeys(request);
	}
	PG_RETURN_INT64(RemoveTargets(&owned, targets, false, delete_children));
}

/*
 * corm.clear(q, delete_children)
 */
Datum
corm_clear(PG_FUNCTION_ARGS)
{
	CormRequest *request;
	CormOwned	owned = ArgOwned(fcinfo, &request, "clear", true);
	bool		delete_children = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);

	RefuseDeleteChildren(&owned, delete_children);
	if (request->where)
		PG_RETURN_INT64(RemoveTargets(&owned, CormReadKeys(request), false,
									  delete_children));
	PG_RETURN_INT64(RemoveTargets(&owned, NIL, true, delete_children));
}

/*
 * corm.set(q, targets, through, delete_children).  NULL takes off what a to-one
 * relation holds.
 */
Datum
corm_set(PG_FUNCTION_ARGS)
{
	CormRequest *request;
	CormOwned	owned = ArgOwned(fcinfo, &request, "set", false);
	const CormRelation *relation = owned.subject.relation;
	List	   *targets = NIL;
	JsonbValue *through = ArgJson(fcinfo, 2);
	bool		delete_children = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);

	RefuseThrough(&owned, through);
	RefuseDeleteChildren(&owned, delete_children);
	if (relation->to_many || !ArgIsNothing(fcinfo, 1))
		targets = ArgTargets(fcinfo, owned.subject.model);
	PermitLinkValues(request, &owned, targets, through);
	RefuseSeveral(&owned, targets);
	if (OidIsValid(relation->through))
		PG_RETURN_INT64(CormLinkSet(&owned, targets, through));
	if (relation->reverse)
		PG_RETURN_INT64(CormChildrenSet(&owned, targets, delete_children));
	PG_RETURN_INT64(CormReferenceSet(&owned, targets));
}

/*
 * corm.toggle(q, target)
 */
Datum
corm_toggle(PG_FUNCTION_ARGS)
{
	CormRequest *request;
	CormOwned	owned = ArgOwned(fcinfo, &request, "toggle", false);
	List	   *targets = ArgTargets(fcinfo, owned.subject.model);

	if (list_length(targets) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("toggle takes one target, not %d", list_length(targets)),
				 errhint("corm.add() and corm.remove() take any number.")));
	PermitLinkValues(request, &owned, targets, NULL);
	if (OidIsValid(owned.subject.relation->through))
		PG_RETURN_BOOL(CormLinkToggle(&owned, targets));
	if (owned.subject.relation->reverse)
		PG_RETURN_BOOL(CormChildToggle(&owned, targets));
	PG_RETURN_BOOL(CormReferenceToggle(&owned, targets));
}

/* ---------- create ---------- */

static void
KeepDocument(void *arg, StringInfo document)
{
	StringInfo	kept = arg;

	appendBinaryStringInfo(kept, document->data, document->len);
}

List *
CormAssignOwner(const CormOwned *owned)
{
	const CormRelation *relation = owned->subject.relation;
	const CormModel *model = owned->subject.model;
	List	   *assignments = NIL;
	Datum	   *values;

	if (relation == NULL || !CormHasChildren(relation))
		return NIL;
	values = CormReferencingValues(owned->subject.owner, relation->fk, model,
								   owned->owner, owned->label, false);
	for (int i = 0; i < relation->fk->nkeys; i++)
		CormAssign(&assignments, CormColumnByNumber(model, relation->fk->fk_attnums[i]),
				   values[i], false, relation->name);
	return assignments;
}

/*
 * Inserts one row and appends its document, which stays empty when a trigger
 * has suppressed the row.
 */
static void
InsertRow(const CormModel *model, List *assignments, CormRequest *request, StringInfo document)
{
	CormSelect *returning = CormResolveReturning(request, model);
	CormValues	values = {NIL};
	List	   *assigned = NIL;
	char	   *sql;
	ListCell   *lc;

	foreach(lc, assignments)
	{
		CormAssignment *assignment = lfirst(lc);

		assigned = lappend(assigned, CormPlainValue(&values, assignment->column,
													assignment->value, assignment->isnull));
	}
	sql = CormDeparseInsert(model, returning->label, assigned, returning);
	if (returning->targets == NIL)
	{
		if (CormExecute(returning->label, sql, CormValueParams(&values), false, NULL) > 0)
			appendStringInfoString(document, "{}");
		return;
	}
	CormRunReturning(CormRunBegin(returning, 0), sql, CormValueParams(&values),
							KeepDocument, document);
}

/*
 * Inserts a row and returns its key, or NULL when a trigger has suppressed it.
 */
static JsonbValue *
InsertForKey(const CormModel *model, List *assignments)
{
	CormRequest *only_key = CormMakeRequest();
	StringInfoData document;

	CormRequireKey(model, "creating through this relation needs");
	only_key->fields_given = true;
	only_key->fields = list_make1("pk");
	initStringInfo(&document);
	InsertRow(model, assignments, only_key, &document);
	if (document.len == 0)
		return NULL;
	return CormParseDocument(&document);
}

/*
 * The row as the relation now shows it, link values included.
 */
static void
ReadCreated(CormRequest *request, JsonbValue *key, StringInfo document)
{
	CormFilterByKeys(request, list_make1(key));
	CormRunPush(CormRunBegin(CormResolve(request, CORM_FOR_DOCUMENTS, NULL), 0),
				KeepDocument, document);
}

/*
 * Creates a row and links it to the owner of the relation it is created
 * through, if any.
 */
static void
CreateLinked(CormRequest *request, const CormOwned *owned, List *assignments,
			  JsonbValue *link_values, StringInfo document)
{
	const CormRelation *relation = owned->subject.relation;
	const CormModel *model = owned->subject.model;
	JsonbValue *key;

	if (relation == NULL || CormHasChildren(relation))
	{
		InsertRow(model, assignments, request, document);
		return;
	}

	key = InsertForKey(model, assignments);
	if (key == NULL)
		return;
	if (OidIsValid(relation->through))
		(void) CormLinkAdd(owned, list_make1(key), link_values);
	else
		(void) CormReferenceSet(owned, list_make1(key));
	ReadCreated(request, key, document);
}

/*
 * corm.create(q, data)
 */
Datum
corm_create(PG_FUNCTION_ARGS)
{
	CormRequest *request = CormArgWriteRequest(fcinfo);
	CormOwned	owned;
	JsonbValue *data = ArgJson(fcinfo, 1);
	JsonbValue *link_values;
	List	   *assignments;
	StringInfoData document;

	CormRefusePart(request, "create", false);
	if (data == NULL)
		CormRefuseNull("the data to create a row from");
	owned = CormOwnedOf(request);
	CormPermitData(request, &owned.subject, data);
	assignments = CormReadData(owned.subject.model, owned.subject.relation,
							   CormAssignOwner(&owned), data, &link_values);

	initStringInfo(&document);
	CreateLinked(request, &owned, assignments, link_values, &document);
	if (document.len == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(document.data, document.len)));
}
