/*-------------------------------------------------------------------------
 *
 * relate.c
 *	  What declaring, changing and forgetting relations have in common.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/objectaddress.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "accessor.h"
#include "counter.h"
#include "introspect.h"
#include "model.h"
#include "naming.h"
#include "relate.h"

static void AppendArgument(CormSuggestion *suggestion, const char *argument);
static void AppendValue(CormSuggestion *suggestion, const char *value);
static void ForgetAll(List *rows);
static bool RefreshKey(Oid referencing, Oid referenced, char **name,
					   List **columns, bool *changed);

void
CormForgetRelationsOf(Oid relid)
{
	/* read anew each time: one row may be found by several of its tables */
	ForgetAll(CormReadRelationRowsFrom(relid));
	ForgetAll(CormReadRelationRowsTo(relid));
	ForgetAll(CormReadRelationRowsThrough(relid));
}

void
CormAddRelation(const CormRelationRow *row)
{
	CormRelationRow now = *row;

	/* what was found without a lock may have gone while waiting for it */
	CormLockTablesOf(row);
	if (!CormRefreshRelationRow(&now, NULL))
		CormRaiseRelationChanged();
	CormInsertRelationRow(&now);
}

bool
CormRefreshRelationRow(CormRelationRow *row, bool *changed)
{
	Oid			holder = OidIsValid(row->through) ? row->through : row->source;
	bool		stale = false;
	bool		good;

	if (row->constraint_name == NULL)
		good = CormTableHasColumns(row->source, row->columns) &&
			CormTableHasColumns(row->target, row->target_columns);
	else if (OidIsValid(row->through))
		good = RefreshKey(holder, row->source, &row->constraint_name,
						  &row->columns, &stale) &&
			RefreshKey(holder, row->target, &row->far_constraint_name,
					   &row->far_columns, &stale);
	else
		good = RefreshKey(holder, row->target, &row->constraint_name,
						  &row->columns, &stale);
	if (changed != NULL)
		*changed = stale;
	return good;
}

/* False when the foreign key is gone; *changed is set, never reset. */
static bool
RefreshKey(Oid referencing, Oid referenced, char **name, List **columns,
		   bool *changed)
{
	CormForeignKey *fk = CormFindForeignKey(referencing, referenced, *name,
											*columns);

	if (fk == NULL)
		return false;
	if (!CormSameText(fk->name, *name))
	{
		*name = fk->name;
		*changed = true;
	}
	if (!CormHasColumns(fk, *columns))
	{
		*columns = CormColumnNames(referencing, fk->nkeys, fk->fk_attnums);
		*changed = true;
	}
	return true;
}

bool
CormTableHasColumns(Oid relid, List *columns)
{
	ListCell   *lc;

	foreach(lc, columns)
	{
		if (get_attnum(relid, lfirst(lc)) <= 0)
			return false;
	}
	return true;
}

List *
CormDefaultColumns(const char *relation, List *target_columns)
{
	List	   *columns = NIL;
	ListCell   *lc;

	foreach(lc, target_columns)
		columns = lappend(columns,
						  CormGeneratedName("column", relation, lfirst(lc),
											NULL,
											"Name the columns of the foreign key with columns."));
	return columns;
}

CormRelationRow *
CormRelationRowNamed(Oid relid, const char *name)
{
	ListCell   *lc;

	foreach(lc, CormReadRelationRowsFrom(relid))
	{
		CormRelationRow *row = lfirst(lc);

		if (strcmp(row->name, name) == 0)
			return row;
	}
	foreach(lc, CormReadRelationRowsTo(relid))
	{
		CormRelationRow *row = lfirst(lc);

		if (row->reverse_name != NULL &&
			strcmp(row->reverse_name, name) == 0 &&
			CormTableKind(row->source) != '\0')
			return row;
	}
	return NULL;
}

CormRelationRow *
CormEarlierDeclaration(Oid source, const char *name)
{
	CormModel  *model = CormModelByRelid(source);
	const CormRelation *relation = CormFindRelation(model, name);
	CormRelationRow *row;

	row = relation == NULL ? NULL : CormRelationRowNamed(source, name);
	if (row == NULL || row->source != source || strcmp(row->name, name) != 0)
		return NULL;
	if (relation->broken == NULL)
		return row;
	CormDeleteRelationRow(row);
	return NULL;
}

const CormRelation *
CormRelationOfRow(const CormModel *source, const CormRelationRow *row)
{
	ListCell   *lc;

	/* a hand-made row may have given one name to both directions */
	foreach(lc, CormRelationsOf(source))
	{
		const CormRelation *relation = lfirst(lc);

		if (strcmp(relation->name, row->name) == 0 &&
			relation->target == row->target &&
			relation->through == row->through &&
			relation->reverse == row->to_many)
			return relation;
	}
	return NULL;
}

void
CormRenewRelationRow(CormRelationRow *row)
{
	bool		changed;

	if (CormRefreshRelationRow(row, &changed) && changed)
		CormUpdateRelationRow(row);
}

char *
CormNameClash(const CormModel *model, const char *name, const char *but_column)
{
	const CormRelation *relation = CormFindRelation(model, name);

	if (relation != NULL)
		return psprintf("%s \"%s\"",
						relation->reverse ? "reverse relation" : "relation",
						name);
	if (CormFindColumn(model, name) != NULL &&
		(but_column == NULL || strcmp(but_column, name) != 0))
		return psprintf("column \"%s\"", name);
	return NULL;
}

char *
CormFreeName(const CormModel *model, const char *base)
{
	char	   *name = pstrdup(base);

	for (int i = 2; CormNameClash(model, name, NULL) != NULL; i++)
		name = psprintf("%s_%d", base, i);
	return name;
}

void
CormRaiseDiffers(const CormModel *source, const char *name, const char *what,
				 const char *is)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("relation \"%s\" of model \"%s\" already exists with other options",
					name, source->name),
			 errdetail("Existing value of \"%s\": %s.", what, is),
			 errhint("Change it with corm.alter_relation, or forget it first: SELECT corm.drop_relation(%s, %s);",
					 quote_literal_cstr(CormModelDisplayName(source)),
					 quote_literal_cstr(name))));
}

void
CormRequireReference(const CormModel *target, int n, const AttrNumber *attnums)
{
	CormKey		key;

	key.n = n;
	key.attnums = unconstify(AttrNumber *, attnums);
	if (!CormMayReference(target->relid, key))
		aclcheck_error(ACLCHECK_NO_PRIV,
					   get_relkind_objtype(target->relkind),
					   get_rel_name(target->relid));
}

void
CormCheckReverseOptions(const char *related_name, bool skip_reverse)
{
	if (related_name != NULL && skip_reverse)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("related_name and skip_reverse exclude each other")));
}

void
CormCheckRelationName(const char *name)
{
	if (name[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("relation name must not be empty")));
}

void
CormBeginSuggestion(CormSuggestion *suggestion, CormSuggestionForm form,
					const char *function, const CormModel *source,
					const char *name, const CormModel *target)
{
	StringInfo	text = &suggestion->text;
	char	   *(*name_of) (const CormModel *) =
		form == CORM_SUGGEST_QUALIFIED_CALL ||
		form == CORM_SUGGEST_QUALIFIED_FIELD ?
		CormModelQualifiedName : CormModelDisplayName;

	suggestion->as_field = form == CORM_SUGGEST_FIELD ||
		form == CORM_SUGGEST_QUALIFIED_FIELD;
	initStringInfo(text);
	if (suggestion->as_field)
	{
		escape_json(text, name);
		appendStringInfo(text, ": {\"%s\": ", function);
		escape_json(text, name_of(target));
	}
	else
		appendStringInfo(text, "SELECT corm.%s(%s, %s, %s", function,
						 quote_literal_cstr(name_of(source)),
						 quote_literal_cstr(name),
						 quote_literal_cstr(name_of(target)));
}

void
CormSuggestText(CormSuggestion *suggestion, const char *argument,
				const char *value)
{
	if (value == NULL)
		return;
	AppendArgument(suggestion, argument);
	AppendValue(suggestion, value);
}

void
CormSuggestNames(CormSuggestion *suggestion, const char *argument, List *names)
{
	ListCell   *lc;

	if (names == NIL)
		return;
	AppendArgument(suggestion, argument);
	appendStringInfoString(&suggestion->text,
						   suggestion->as_field ? "[" : "ARRAY[");
	foreach(lc, names)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(&suggestion->text, ", ");
		AppendValue(suggestion, lfirst(lc));
	}
	appendStringInfoChar(&suggestion->text, ']');
}

void
CormSuggestBool(CormSuggestion *suggestion, const char *argument, bool value)
{
	AppendArgument(suggestion, argument);
	appendStringInfoString(&suggestion->text, value ? "true" : "false");
}

char *
CormEndSuggestion(CormSuggestion *suggestion)
{
	appendStringInfoString(&suggestion->text,
						   suggestion->as_field ? "}" : ");");
	return suggestion->text.data;
}

bool
CormThroughKeyIsNamed(const CormModel *through, const CormForeignKey *fk,
					  const char *name)
{
	const CormRelation *relation = CormFindRelation(through, name);
	const CormColumn *column = CormFindColumn(through, name);
	CormKey		key = {fk->nkeys, fk->fk_attnums};

	if (relation != NULL && !relation->reverse && relation->fk != NULL &&
		!OidIsValid(relation->through) &&
		CormSameText(relation->fk->name, fk->name))
		return true;
	return strcmp(fk->name, name) == 0 ||
		(column != NULL && CormKeyHas(key, column->attnum));
}

bool
CormSameText(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static void
AppendArgument(CormSuggestion *suggestion, const char *argument)
{
	appendStringInfo(&suggestion->text,
					 suggestion->as_field ? ", \"%s\": " : ", %s => ",
					 argument);
}

static void
AppendValue(CormSuggestion *suggestion, const char *value)
{
	if (suggestion->as_field)
		escape_json(&suggestion->text, value);
	else
		appendStringInfoString(&suggestion->text, quote_literal_cstr(value));
}

static void
ForgetAll(List *rows)
{
	ListCell   *lc;

	foreach(lc, rows)
	{
		CormDropAccessorsOfRow(lfirst(lc));
		CormDropCountersOfRow(lfirst(lc));
		CormDeleteRelationRow(lfirst(lc));
	}
}

/* In whatever order the columns are stored. */
