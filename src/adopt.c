/*-------------------------------------------------------------------------
 *
 * adopt.c
 *	  Making models and relations of a schema that is there.
 *
 * Everything is decided from what the catalogs say (adopt_survey) before a row
 * is written, so that a dry run tells exactly what a run does, and that names do
 * not depend on the order in which tables are looked at (adopt_names).
 *
 * A name that cannot be given is never replaced by another one: the report says
 * why, and holds the statement that gives a free one.  What is adopted already,
 * be it without a way back, is not reported again; what could not be is, each
 * time.
 *
 * Nothing but corm's own rows is written: no table changes.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "adopt.h"
#include "adopt_link.h"
#include "adoption.h"
#include "document.h"
#include "error.h"
#include "indexes.h"
#include "model.h"
#include "naming.h"
#include "quote.h"
#include "relate.h"

/* A foreign key that could become a relation. */
typedef struct Candidate
{
	CormSurveyKey *key;
	char	   *name;
	char	   *reverse_name;	/* NULL: the user may not name a way back */
} Candidate;

static Oid	FindSchema(const char *name);
static void ChooseTables(CormAdoption *adoption, List *only,
						 List *except_tables);
static void CheckTableNames(const CormAdoption *adoption, List *names);
static void JudgeTable(CormAdoption *adoption, CormSurveyTable *table);
static const char *WhyNot(const CormSurveyTable *table, char **fix);
static bool IsNameTaken(const CormSurveyTable *table);
static char *KeyInWords(const CormSurveyTable *table, char **fix);
static void TakeNames(CormAdoption *adoption);
static void JudgeKeys(CormAdoption *adoption);
static bool CanFollow(CormAdoption *adoption, const CormSurveyKey *key);
static void ReportNoModel(CormAdoption *adoption, const CormSurveyKey *key);
static void JudgeCandidate(CormAdoption *adoption, const Candidate *candidate);
static void RefuseCandidate(CormAdoption *adoption, const Candidate *candidate,
							const char *why);
static void Apply(const CormAdoption *adoption);
static int	CompareRows(const ListCell *a, const ListCell *b);
static char *AdoptCall(Oid schema, const char *table);
static char *CallAs(const char *role, const CormSurveyTable *table);

List *
CormAdopt(const char *schema, List *only, List *except_tables, bool dry_run)
{
	CormAdoption adoption = {0};

	adoption.schema = FindSchema(schema);
	if (!dry_run)
		CormLockCatalog();
	adoption.survey = CormSurveySchema(adoption.schema);
	adoption.names = CormMakeNames();
	adoption.lock = !dry_run;
	ChooseTables(&adoption, only, except_tables);
	JudgeKeys(&adoption);
	CormAdoptLinks(&adoption);
	if (!dry_run)
		Apply(&adoption);
	list_sort(adoption.report, CompareRows);
	return adoption.report;
}

static Oid
FindSchema(const char *name)
{
	Oid			schema = get_namespace_oid(name, true);

	if (!OidIsValid(schema))
	{
		const char *near = CormClosest(name, CormUsableSchemas());

		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("schema \"%s\" does not exist", name),
				 near != NULL ?
				 errhint("Perhaps you meant the schema \"%s\".", near) : 0));
	}
	CormRequireSchemaUsage(schema);
	if (!CormIsModelSchema(schema))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("schema \"%s\" cannot be adopted", name),
				 errdetail("Tables of the system, of extension corm and temporary ones cannot be models.")));
	return schema;
}

static void
ChooseTables(CormAdoption *adoption, List *only, List *except_tables)
{
	ListCell   *lc;

	CheckTableNames(adoption, only);
	CheckTableNames(adoption, except_tables);
	foreach(lc, adoption->survey->of_schema)
	{
		CormSurveyTable *table = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		if ((only != NIL && !CormListHasName(only, table->name)) ||
			CormListHasName(except_tables, table->name))
			continue;

		/* rows of a partition are rows of the table it is part of */
		if (table->partition && !table->registered && only == NIL)
			continue;
		if (table->registered)
			table->chosen = true;
		else
			JudgeTable(adoption, table);
	}
}

static void
CheckTableNames(const CormAdoption *adoption, List *names)
{
	List	   *there = NIL;
	List	   *seen = NIL;
	ListCell   *lc;

	foreach(lc, adoption->survey->of_schema)
	{
		CormSurveyTable *table = lfirst(lc);

		there = lappend(there, table->name);
		if (names != NIL && CormMaySee(table->relid))
			seen = lappend(seen, table->name);
	}
	foreach(lc, names)
	{
		const char *near;

		if (CormListHasName(there, lfirst(lc)))
			continue;
		near = CormClosest(lfirst(lc), seen);
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s\" of schema \"%s\" does not exist",
						(char *) lfirst(lc),
						get_namespace_name(adoption->schema)),
				 near != NULL ?
				 errhint("Perhaps you meant the table \"%s\".", near) : 0));
	}
}

static void
JudgeTable(CormAdoption *adoption, CormSurveyTable *table)
{
	const char *why;
	char	   *detail;
	char	   *fix = NULL;

	if (!CormMaySee(table->relid))
		return;
	if (adoption->lock)
	{
		/* it may have gone since the catalog was read */
		LockRelationOid(table->relid, AccessShareLock);
		if (CormTableKind(table->relid) != table->relkind)
			return;
	}
	why = WhyNot(table, &fix);
	if (why != NULL)
	{
		CormAdoptReport(adoption, CORM_ADOPT_SKIPPED, table, NULL, NULL, why,
						fix);
		return;
	}
	if (IsNameTaken(table))
	{
		int			n = 2;
		CormSurveyTable other = *table;

		for (other.name = psprintf("%s_%d", table->name, n); IsNameTaken(&other);)
			other.name = psprintf("%s_%d", table->name, ++n);
		CormAdoptReport(adoption, CORM_ADOPT_COLLISION, table, NULL, NULL,
						psprintf("table %s: a model of the schema has the name",
								 CormQuoteTable(table->relid)),
						psprintf("SELECT corm.register_model(%s, %s);",
								 quote_literal_cstr(CormQuoteTable(table->relid)),
								 quote_literal_cstr(CormQuoteNamePart(other.name))));
		return;
	}
	table->model = table->name;
	table->chosen = true;
	detail = KeyInWords(table, &fix);
	CormAdoptReport(adoption, CORM_ADOPT_MODEL, table, NULL, NULL,
					psprintf("%s %s: %s", CormKindWord(table->relkind),
							 CormQuoteTable(table->relid), detail), fix);
}

/* Why the table is left out, or NULL. */
static const char *
WhyNot(const CormSurveyTable *table, char **fix)
{
	char	   *quoted = CormQuoteTable(table->relid);
	Oid			extension = getExtensionOfObject(RelationRelationId,
												 table->relid);

	*fix = NULL;
	if (table->partition)
	{
		Oid			parent = get_partition_parent(table->relid, true);

		*fix = AdoptCall(get_rel_namespace(parent), get_rel_name(parent));
		return psprintf("partition %s is part of %s", quoted,
						CormQuoteTable(parent));
	}
	if (OidIsValid(extension))
		return psprintf("%s %s belongs to extension \"%s\"",
						CormKindWord(table->relkind), quoted,
						get_extension_name(extension));
	if (table->relkind == RELKIND_VIEW || table->relkind == RELKIND_MATVIEW)
	{
		*fix = psprintf("SELECT corm.register_model(%s);",
						quote_literal_cstr(quoted));
		return psprintf("%s %s: register it yourself, with the columns that identify a row as key",
						CormKindWord(table->relkind), quoted);
	}
	if (!CormOwnsTable(table->relid, GetUserId()))
	{
		char	   *owner = GetUserNameFromId(CormTableOwner(table->relid),
											  false);

		*fix = CallAs(owner, table);
		return psprintf("%s %s belongs to role \"%s\", who can adopt it",
						CormKindWord(table->relkind), quoted, owner);
	}
	if (!CormMayRead(table->relid))
	{
		*fix = CormAdoptGrantCall("SELECT", table);
		return psprintf("%s %s: its owner has no right to read it",
						CormKindWord(table->relkind), quoted);
	}
	return NULL;
}

static bool
IsNameTaken(const CormSurveyTable *table)
{
	ListCell   *lc;

	foreach(lc, CormReadModelRowsNamed(table->name))
	{
		CormModelRow *row = lfirst(lc);

		if (get_rel_namespace(row->relid) == table->schema)
			return true;
	}
	return false;
}

/* What is known to identify a row, and if nothing does, what would. */
static char *
KeyInWords(const CormSurveyTable *table, char **fix)
{
	CormKey		key = CormReadPrimaryKey(table->relid);

	*fix = NULL;
	if (key.n > 0)
		return psprintf("primary key (%s)",
						CormJoinNames(CormColumnNames(table->relid, key.n,
													  key.attnums)));
	if (table->relkind == RELKIND_FOREIGN_TABLE)
		return pstrdup("no key until it is registered with one");
	*fix = CormAdoptKeyCall(table);
	return pstrdup("no primary key: rows can be read, not written one by one");
}

/* What stands on the models already. */
static void
TakeNames(CormAdoption *adoption)
{
	ListCell   *lt;
	ListCell   *lr;

	foreach(lt, adoption->survey->models)
	{
		CormSurveyTable *table = lfirst(lt);

		for (int i = 0; i < table->ncolumns; i++)
			CormNameOfColumn(adoption->names, table->relid,
							 table->columns[i].name);
		foreach(lr, table->relations_from)
			CormNameOfRelation(adoption->names, table->relid,
							   ((CormRelationRow *) lfirst(lr))->name);
		foreach(lr, table->relations_to)
		{
			CormRelationRow *row = lfirst(lr);

			if (row->reverse_name != NULL)
				CormNameOfRelation(adoption->names, table->relid,
								   row->reverse_name);
		}
	}
}

static void
JudgeKeys(CormAdoption *adoption)
{
	List	   *keys = CormSurveyKeys(adoption->survey);
	List	   *candidates = NIL;
	ListCell   *lc;

	TakeNames(adoption);
	foreach(lc, keys)
	{
		CormSurveyKey *key = lfirst(lc);
		CormKey		columns = {key->fk->nkeys, key->fk->pk_attnums};
		Candidate  *candidate;

		if (key->adopted || !CanFollow(adoption, key))
			continue;
		candidate = palloc0(sizeof(Candidate));
		candidate->key = key;
		candidate->name = CormAdoptForwardName(key);
		CormWantName(adoption->names, key->source->relid, candidate->name);
		candidates = lappend(candidates, candidate);
		if (!CormMayReference(key->target->relid, columns))
			continue;
		candidate->reverse_name = key->siblings == 1 ? key->source->name :
			psprintf("%s_by_%s", key->source->name, candidate->name);
		CormWantName(adoption->names, key->target->relid,
					 candidate->reverse_name);
	}
	foreach(lc, candidates)
		JudgeCandidate(adoption, lfirst(lc));
}

/* Both ends must be models, and the first one the user's. */
static bool
CanFollow(CormAdoption *adoption, const CormSurveyKey *key)
{
	const CormForeignKey *fk = key->fk;
	bool		owned = CormOwnsTable(key->source->relid, GetUserId());

	if (key->target != NULL && owned)
		return true;
	if (owned)
		ReportNoModel(adoption, key);
	else if (key->target != NULL && CormMaySee(key->source->relid))
	{
		char	   *owner = GetUserNameFromId(CormTableOwner(key->source->relid),
											  false);

		CormAdoptReport(adoption, CORM_ADOPT_SKIPPED, key->source, NULL,
						key->target,
						psprintf("foreign key (%s): the table belongs to role \"%s\", who can adopt it",
								 CormAdoptColumns(fk), owner),
						CallAs(owner, key->source));
	}
	return false;
}

/* A partition never will be one: its rows are its parent's. */
static void
ReportNoModel(CormAdoption *adoption, const CormSurveyKey *key)
{
	Oid			relid = key->fk->referenced;
	char	   *fix = NULL;

	if (!get_rel_relispartition(relid))
		fix = AdoptCall(get_rel_namespace(relid), get_rel_name(relid));
	CormAdoptReport(adoption, CORM_ADOPT_SKIPPED, key->source, NULL, NULL,
					psprintf("foreign key (%s) leads to %s, which is no model",
							 CormAdoptColumns(key->fk), CormQuoteTable(relid)),
					fix);
}

static void
JudgeCandidate(CormAdoption *adoption, const Candidate *candidate)
{
	const CormSurveyKey *key = candidate->key;
	const CormForeignKey *fk = key->fk;
	const char *own = fk->nkeys == 1 ?
		get_attname(fk->referencing, fk->fk_attnums[0], false) : NULL;
	char	   *why = CormNameRefused(adoption->names, key->source->relid,
									  candidate->name, own);
	char	   *why_not_back = candidate->reverse_name == NULL ? NULL :
		CormNameRefused(adoption->names, key->target->relid,
						candidate->reverse_name, NULL);
	CormRelationRow *row;

	if (why != NULL)
	{
		RefuseCandidate(adoption, candidate, why);
		return;
	}
	row = palloc0(sizeof(CormRelationRow));
	row->source = key->source->relid;
	row->name = candidate->name;
	row->target = key->target->relid;
	row->reverse_name = why_not_back != NULL ? NULL : candidate->reverse_name;
	row->constraint_name = fk->name;
	row->columns = CormColumnNames(fk->referencing, fk->nkeys, fk->fk_attnums);
	row->adopted = true;
	adoption->relations = lappend(adoption->relations, row);
	CormAdoptReport(adoption, CORM_ADOPT_RELATION, key->source, row->name,
					key->target,
					psprintf("%s (%s), %s", key->unique ? "one-to-one" :
							 "foreign key", CormAdoptColumns(fk),
							 CormAdoptWayBack(row->reverse_name)), NULL);
	if (candidate->reverse_name == NULL)
		CormAdoptReport(adoption, CORM_ADOPT_SKIPPED, key->source, row->name,
						key->target,
						"no way back: it takes REFERENCES on the target to name one",
						CormAdoptGrantCall("REFERENCES", key->target));
	if (why_not_back != NULL)
	{
		char	   *free = CormInventName(adoption->names, key->target->relid,
										  psprintf("%s_by_%s", key->source->name,
												   row->name));

		CormAdoptReport(adoption, CORM_ADOPT_COLLISION, key->source, row->name,
						key->target,
						psprintf("the way back cannot be called \"%s\": %s",
								 candidate->reverse_name, why_not_back),
						psprintf("SELECT corm.alter_relation(%s, %s, related_name => %s);",
								 quote_literal_cstr(CormModelDisplayName(CormAdoptAsModel(key->source))),
								 quote_literal_cstr(row->name),
								 quote_literal_cstr(free)));
	}
}

/* The relation can be declared by hand, under other names. */
static void
RefuseCandidate(CormAdoption *adoption, const Candidate *candidate,
				const char *why)
{
	const CormSurveyKey *key = candidate->key;
	const CormForeignKey *fk = key->fk;
	CormKey		columns = {fk->nkeys, fk->fk_attnums};
	CormSuggestion call;
	char	   *name = CormInventName(adoption->names, key->source->relid,
									  psprintf("%s_%s", candidate->name,
											   key->target->name));

	CormBeginSuggestion(&call, false, "foreign_key",
						CormAdoptAsModel(key->source), name,
						CormAdoptAsModel(key->target));
	if (candidate->reverse_name == NULL)
		CormSuggestBool(&call, "skip_reverse", true);
	else
		CormSuggestText(&call, "related_name",
						CormInventName(adoption->names, key->target->relid,
									   psprintf("%s_by_%s", key->source->name,
												name)));
	CormSuggestNames(&call, "columns",
					 CormColumnNames(fk->referencing, fk->nkeys,
									 fk->fk_attnums));
	CormSuggestNames(&call, "target_columns",
					 CormColumnNames(fk->referenced, fk->nkeys,
									 fk->pk_attnums));
	if (!CormHasIndexOn(key->source->relid, columns))
		CormSuggestBool(&call, "index", false);
	CormAdoptReport(adoption, CORM_ADOPT_COLLISION, key->source, NULL,
					key->target,
					psprintf("foreign key (%s) cannot be called \"%s\": %s",
							 CormAdoptColumns(fk), candidate->name, why),
					CormEndSuggestion(&call));
}

static void
Apply(const CormAdoption *adoption)
{
	ListCell   *lc;

	foreach(lc, adoption->survey->of_schema)
	{
		CormSurveyTable *table = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		if (table->chosen && !table->registered)
			CormAddModel(table->relid, table->model, NIL);
	}
	foreach(lc, adoption->relations)
	{
		CHECK_FOR_INTERRUPTS();
		CormAddRelation(lfirst(lc));
	}
}

/* By kind, then by name; NULL comes first. */
static int
CompareRows(const ListCell *a, const ListCell *b)
{
	const CormAdoptRow *x = lfirst(a);
	const CormAdoptRow *y = lfirst(b);
	const char *of_x[] = {x->model, x->relation, x->target, x->detail};
	const char *of_y[] = {y->model, y->relation, y->target, y->detail};

	if (x->action != y->action)
		return x->action < y->action ? -1 : 1;
	for (int i = 0; i < lengthof(of_x); i++)
	{
		int			order = strcmp(of_x[i] ? of_x[i] : "",
								   of_y[i] ? of_y[i] : "");

		if (order != 0)
			return order;
	}
	return 0;
}

static char *
AdoptCall(Oid schema, const char *table)
{
	return psprintf("SELECT * FROM corm.adopt(%s, ARRAY[%s]);",
					quote_literal_cstr(get_namespace_name(schema)),
					quote_literal_cstr(table));
}

static char *
CallAs(const char *role, const CormSurveyTable *table)
{
	return psprintf("SET ROLE %s; %s RESET ROLE;", quote_identifier(role),
					AdoptCall(table->schema, table->name));
}
