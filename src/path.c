/*-------------------------------------------------------------------------
 *
 * path.c
 *	  Paths: what the names in them mean.
 *
 * A path is read from left to right: relations lead from model to model, then
 * comes a column, the key or nothing, and what is left over belongs to whoever
 * asked: transforms, an aggregate, a lookup.  Reading joins nothing.
 *
 * Names come from the cache.  What is said about a model in a hint is only what
 * the current role may read.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "error.h"
#include "path.h"
#include "pathtext.h"

/* ---------- steps ---------- */

/*
 * Takes the double quotes off a quoted name of "len" bytes.  Returns NULL when
 * the text is no quoted name from end to end.
 */
static char *
Unquote(const char *text, int len)
{
	char	   *name;
	char	   *to;

	if (len < 3 || text[0] != '"' || text[len - 1] != '"')
		return NULL;
	name = to = palloc(len + 1);
	for (int i = 1; i < len - 1; i++)
	{
		if (text[i] == '"')
		{
			if (text[i + 1] != '"' || i + 1 >= len - 1)
				return NULL;
			i++;
		}
		*to++ = text[i];
	}
	*to = '\0';
	return name;
}

/*
 * The name that the first "len" bytes of a path spell.
 */
static char *
StepName(const char *path, int len)
{
	char	   *name = Unquote(path, len);

	return name ? name : pnstrdup(path, len);
}

/*
 * The length of the longest step shorter than "limit": the last "__" before
 * it that stands outside double quotes.  0 when there is none.
 */
static int
ShorterStep(const char *path, int limit)
{
	bool		quoted = false;
	int			found = 0;

	for (int i = 0; i < limit && path[i] != '\0'; i++)
	{
		if (path[i] == '"')
			quoted = !quoted;
		else if (!quoted && i > 0 && path[i] == '_' && path[i + 1] == '_' &&
				 path[i + 2] != '\0')
			found = i;
	}
	return found;
}

/*
 * A to-one relation may bear the name of the one column it consists of; any
 * other column of a relation's name makes that name ambiguous.
 */
static bool
IsOwnColumn(const CormRelation *relation, const CormColumn *column)
{
	return relation->fk != NULL && !relation->reverse &&
		relation->through == InvalidOid && relation->fk->nkeys == 1 &&
		relation->fk->fk_attnums[0] == column->attnum;
}

static void
RefuseShadowed(const CormModel *model, const CormRelation *relation)
{
	char	   *display = CormModelDisplayName(model);

	ereport(ERROR,
			(errcode(ERRCODE_AMBIGUOUS_COLUMN),
			 errmsg("\"%s\" is both a column and a relation of model \"%s\"",
					relation->name, display),
			 errhint("Rename the relation: SELECT corm.rename_relation(%s, %s, 'new_name');",
					 quote_literal_cstr(display),
					 quote_literal_cstr(relation->name))));
}

/*
 * Reads the next step of a path from a model: a column, then a relation, the
 * longest name first, then "pk".  "reached_by" is the many-to-many relation
 * that led to the model, whose through model's name is a step too.
 */
CormStep
CormNextStep(const CormModel *model, const CormRelation *reached_by,
			 const char *path)
{
	CormStep	step = {CORM_STEP_OTHER, NULL, NULL, path};
	int			len = strlen(path);

	if (len == 0)
	{
		step.kind = CORM_STEP_END;
		return step;
	}

	for (; len > 0; len = ShorterStep(path, len))
	{
		char	   *name = StepName(path, len);
		const char *rest = path[len] ? path + len + 2 : path + len;
		const CormColumn *column = CormFindColumn(model, name);
		const CormRelation *relation = CormFindRelation(model, name);

		CHECK_FOR_INTERRUPTS();
		if (column && relation && relation->broken == NULL &&
			!IsOwnColumn(relation, column))
			RefuseShadowed(model, relation);
		step.rest = rest;
		step.column = column;
		step.relation = relation;
		if (column && (relation == NULL || *rest == '\0'))
		{
			step.kind = CORM_STEP_COLUMN;
			return step;
		}
		if (relation)
		{
			step.kind = CORM_STEP_RELATION;
			CormRequireWhole(model, relation);
			return step;
		}
		if (reached_by && OidIsValid(reached_by->through))
		{
			const CormModel *through = CormModelByRelid(reached_by->through);

			if (through && strcmp(through->name, name) == 0)
			{
				step.kind = CORM_STEP_THROUGH;
				return step;
			}
		}

		/* a long path has many names to try, each nearly as long as itself */
		pfree(name);
	}

	step.column = NULL;
	step.relation = NULL;
	step.rest = path;
	if (strcmp(path, "pk") == 0 || strncmp(path, "pk__", 4) == 0)
	{
		step.kind = CORM_STEP_PK;
		step.rest = path[2] ? path + 4 : path + 2;
	}
	return step;
}

/* ---------- what may be said about a model ---------- */

bool
CormRoleMayRead(const CormModel *model, AttrNumber attnum)
{
	return pg_class_aclcheck(model->relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck(model->relid, attnum, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
}

/*
 * Names of a model's columns and relations that the role may know of.
 */
static void
VisibleNames(const CormModel *model, List **columns, List **relations)
{
	ListCell   *lc;

	*columns = *relations = NIL;
	for (int i = 0; i < model->ncolumns; i++)
		if (CormRoleMayRead(model, model->columns[i].attnum))
			*columns = lappend(*columns, model->columns[i].name);
	foreach(lc, CormRelationsOf(model))
	{
		CormRelation *relation = lfirst(lc);

		if (relation->broken == NULL &&
			pg_class_aclcheck_ext(relation->target, GetUserId(), ACL_SELECT,
								  &(bool) {false}) == ACLCHECK_OK)
			*relations = lappend(*relations, relation->name);
	}
}

/*
 * "rest" is what no name was found at the start of; the message names its
 * first step.
 */
void
CormUnknownName(const CormModel *model, const char *rest, const char *path)
{
	List	   *columns;
	List	   *relations;
	const char *close;
	StringInfoData hint;
	char	   *name;
	int			len = strlen(rest);

	for (int shorter = len; shorter > 0; shorter = ShorterStep(rest, shorter))
		len = shorter;
	name = StepName(rest, len);

	VisibleNames(model, &columns, &relations);
	close = CormClosest(name, list_concat_copy(columns, relations));
	initStringInfo(&hint);
	if (close)
		appendStringInfo(&hint, "Perhaps you meant \"%s\". ", close);
	appendStringInfo(&hint, "Columns: %s. Relations: %s.",
					 CormJoinNames(columns), CormJoinNames(relations));

	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("model \"%s\" has no column or relation \"%s\"",
					CormModelDisplayName(model), name),
			 strcmp(name, path) == 0 ? 0 :
			 errdetail("The path is \"%s\".", path),
			 errhint("%s", hint.data)));
}

/*
 * The relation of that name, which is no path.
 */
const CormRelation *
CormRequireRelation(const CormModel *model, const char *name)
{
	const CormRelation *relation = CormFindRelation(model, name);
	List	   *columns;
	List	   *relations;
	const char *close;

	if (relation)
	{
		CormRequireWhole(model, relation);
		return relation;
	}
	VisibleNames(model, &columns, &relations);
	close = CormClosest(name, relations);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("model \"%s\" has no relation \"%s\"",
					CormModelDisplayName(model), name),
			 close ?
			 errhint("Perhaps you meant \"%s\". Relations: %s.", close,
					 CormJoinNames(relations)) :
			 errhint("Relations: %s.", CormJoinNames(relations))));
}

/*
 * The path goes on where it has come to its end: a column is no way anywhere.
 * "step" is what was read, "rest" what follows it.
 */
void
CormNothingFollows(const CormModel *model, const CormStep *step, const char *path)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("\"%s\" of model \"%s\" is a column, \"%s\" cannot follow it",
					step->kind == CORM_STEP_COLUMN ? step->column->name : "pk",
					CormModelDisplayName(model), step->rest),
			 errdetail("The path is \"%s\".", path)));
}

/*
 * Refuses a relation whose constraint or table has gone.
 */
void
CormRequireWhole(const CormModel *model, const CormRelation *relation)
{
	if (relation->broken)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("relation \"%s\" of model \"%s\" cannot be used: %s",
						relation->name, CormModelDisplayName(model),
						relation->broken),
				 errhint("Declare it again after SELECT corm.drop_relation(%s, %s);",
						 quote_literal_cstr(CormModelDisplayName(model)),
						 quote_literal_cstr(relation->name))));
}

void
CormRequireKey(const CormModel *model, const char *why)
{
	if (model->nkey == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				 errmsg("model \"%s\" has no primary key, which %s",
						CormModelDisplayName(model), why),
				 errhint("Give table \"%s\" a primary key, or a view's model its key.",
						 get_rel_name(model->relid))));
}

const CormModel *
CormRelationTarget(const CormRelation *relation)
{
	const CormModel *model = CormModelByRelid(relation->target);

	if (model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the target of relation \"%s\" is no longer a model",
						relation->name)));
	return model;
}

/* ---------- whole paths ---------- */

/*
 * The annotation whose name the path starts with, the longest one.
 */
static CormValue *
FindAnnotation(List *annotations, const char *path, const char **rest)
{
	for (int len = strlen(path); len > 0 && annotations != NIL; len = ShorterStep(path, len))
	{
		char	   *name = StepName(path, len);
		ListCell   *lc;

		CHECK_FOR_INTERRUPTS();
		foreach(lc, annotations)
		{
			const CormNamedValue *annotation = lfirst(lc);

			if (strcmp(annotation->name, name) == 0)
			{
				*rest = path[len] ? path + len + 2 : path + len;
				return annotation->value;
			}
		}
		pfree(name);
	}
	return NULL;
}

static CormPathStep *
AddStep(CormPath *path, const CormRelation *relation, const CormModel *model)
{
	CormPathStep *step = palloc0(sizeof(CormPathStep));

	step->relation = relation;
	step->model = path->model = model;
	path->steps = lappend(path->steps, step);
	return step;
}

/*
 * A relation of a model with itself can be followed in any number of steps.
 */
static bool
TakeClosure(CormPathStep *step, const char **rest)
{
	const CormRelation *relation = step->relation;
	const char *after = *rest;
	bool		quoted;

	if (relation == NULL || relation->source != relation->target)
		return false;
	if (strcmp(CormTakeWord(&after, &quoted),
			   relation->to_many ? "descendants" : "ancestors") != 0 || quoted)
		return false;
	step->closure = true;
	*rest = after;
	return true;
}

CormPath *
CormReadPath(const CormModel *model, const CormRelation *reached_by,
			 List *annotations, const char *text)
{
	CormPath   *path = palloc0(sizeof(CormPath));
	CormPathStep *last = NULL;

	path->text = path->rest = path->behind = text;
	path->model = model;
	path->annotation = FindAnnotation(annotations, text, &path->rest);
	if (path->annotation)
	{
		path->end = CORM_END_ANNOTATION;
		return path;
	}

	for (;;)
	{
		CormStep	step = CormNextStep(path->model, reached_by, path->rest);

		switch (step.kind)
		{
			case CORM_STEP_COLUMN:
				path->end = CORM_END_COLUMN;
				path->column = step.column;
				path->relation = step.relation;
				path->rest = step.rest;
				return path;
			case CORM_STEP_PK:
				path->end = CORM_END_KEY;
				path->rest = step.rest;
				return path;
			case CORM_STEP_RELATION:
				last = AddStep(path, step.relation, CormRelationTarget(step.relation));
				path->to_many |= step.relation->to_many;
				reached_by = OidIsValid(step.relation->through) ? step.relation : NULL;
				break;
			case CORM_STEP_THROUGH:
				last = AddStep(path, NULL, CormModelByRelid(reached_by->through));
				reached_by = NULL;
				break;
			case CORM_STEP_END:
			case CORM_STEP_OTHER:
				if (last == NULL)
					CormUnknownName(path->model, path->rest, text);
				if (last->relation == NULL && step.kind == CORM_STEP_END)
					ereport(ERROR,
							(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							 errmsg("\"%s\" needs a column of the through model \"%s\"",
									text, CormModelDisplayName(path->model))));
				if (step.kind == CORM_STEP_OTHER && !last->closure &&
					TakeClosure(last, &path->rest))
				{
					path->behind = path->rest;
					path->to_many = true;
					reached_by = NULL;
					continue;
				}
				if (last->relation == NULL)
					CormUnknownName(path->model, path->rest, text);
				path->end = CORM_END_RELATION;
				return path;
		}
		path->rest = path->behind = step.rest;
	}
}

char *
CormPathStepsText(const CormPath *path)
{
	if (path->steps == NIL)
		return "";
	return *path->behind == '\0' ? pstrdup(path->text) :
		CormPathBefore(path->text, path->behind);
}

void
CormNothingFollowsValue(const char *rest, const char *path)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("\"%s\" cannot follow a value in \"%s\"", rest, path)));
}

void
CormUnknownRest(const CormPath *path)
{
	CormStep	step = {CORM_STEP_PK, path->column, NULL, path->rest};

	if (path->end == CORM_END_RELATION)
		CormUnknownName(path->model, path->rest, path->text);
	if (path->end == CORM_END_ANNOTATION)
		CormNothingFollowsValue(path->rest, path->text);
	if (path->end == CORM_END_COLUMN)
		step.kind = CORM_STEP_COLUMN;
	CormNothingFollows(path->model, &step, path->text);
}

/*
 * The length of the word that a rest starts with.
 */
static int
WordLength(const char *rest)
{
	bool		inside = false;
	int			len = 0;

	for (; rest[len] != '\0'; len++)
	{
		if (rest[len] == '"')
			inside = !inside;
		else if (!inside && len > 0 && rest[len] == '_' && rest[len + 1] == '_' &&
				 rest[len + 2] != '\0')
			break;
	}
	return len;
}

char *
CormPeekWord(const char *rest, bool *quoted)
{
	int			len = WordLength(rest);

	if (quoted)
		*quoted = Unquote(rest, len) != NULL;
	return StepName(rest, len);
}

char *
CormTakeWord(const char **rest, bool *quoted)
{
	int			len = WordLength(*rest);
	char	   *word = CormPeekWord(*rest, quoted);

	*rest += (*rest)[len] ? len + 2 : len;
	return word;
}
