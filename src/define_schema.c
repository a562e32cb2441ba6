/*-------------------------------------------------------------------------
 *
 * define_schema.c
 *	  Making a database what a document of models says.
 *
 * Tables come first, so that relations may lead anywhere: then constraints that
 * bear no name, foreign keys, relations without a constraint, and many-to-many
 * relations, whose through models may have needed the foreign keys, and last the
 * counter caches.  What is there is compared before anything is made.
 *
 * The steps that are reported are the statements that ran, as ddl.c saw them
 * pass, and between them the calls that stand for rows of corm's own tables.  A
 * dry run is a run in a subtransaction that is rolled back: nothing else would
 * tell what a run does.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"

#include "catalog.h"
#include "counter.h"
#include "counter_create.h"
#include "ddl.h"
#include "define.h"
#include "define_schema.h"
#include "document.h"
#include "error.h"
#include "indexes.h"
#include "introspect.h"
#include "model.h"
#include "modelspec.h"
#include "naming.h"
#include "quote.h"
#include "relate_call.h"
#include "schemadiff.h"

/* What is being done, and what was done so far. */
typedef struct Run
{
	List	   *document;		/* of CormModelSpec * */
	MemoryContext result;		/* where the steps are kept */
	List	   *steps;
	const char *object;			/* that the next statements are for */
} Run;

static void DoRun(Run *run, char *json);
static void Locate(CormModelSpec *spec, CormDifferences *differences);
static void CompareName(const CormModelSpec *spec,
						CormDifferences *differences);
static void CheckTable(const CormModelSpec *spec);
static void CheckKind(const CormModelSpec *spec);
static void CompareViewKey(const CormModelSpec *spec,
						   CormDifferences *differences);
static void CheckDistinct(List *document);
static void ResolveFields(Run *run);
static void KeepColumns(const CormModelSpec *spec, CormFieldSpec *field);
static void MakeModel(Run *run, CormModelSpec *spec);
static void CompleteTable(Run *run, CormModelSpec *spec);
static void AddIndex(Run *run, CormModelSpec *spec, List *columns);
static void AddConstraint(Run *run, CormModelSpec *spec,
						  CormFieldSpec *field);
static void Declare(Run *run, CormModelSpec *spec, CormFieldSpec *field);
static void MakeCounter(Run *run, CormModelSpec *spec,
						CormCounterSpec *counter);
static void AddMissingIndex(CormModelSpec *spec, CormFieldSpec *field,
							const CormRelationRow *row);
static CormRelationRow *DeclaredBefore(const CormModelSpec *spec,
									   const char *name);
static void Record(const char *action, const char *statement, void *arg);
static void RecordCall(Run *run, const char *action, const char *object,
					   const char *call);

List *
CormDefineSchema(char *json, bool dry_run)
{
	Run			run = {0};
	ResourceOwner owner = CurrentResourceOwner;

	run.result = CurrentMemoryContext;
	if (dry_run)
	{
		BeginInternalSubTransaction(NULL);
		MemoryContextSwitchTo(run.result);
	}
	PG_TRY();
	{
		CormRecordStatements(Record, &run);
		DoRun(&run, json);
		CormRecordStatements(NULL, NULL);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		CormRecordStatements(NULL, NULL);
		if (!dry_run)
			PG_RE_THROW();

		/* whoever catches the error must not find our subtransaction open */
		MemoryContextSwitchTo(run.result);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(run.result);
		CurrentResourceOwner = owner;
		ReThrowError(error);
	}
	PG_END_TRY();
	if (dry_run)
	{
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(run.result);
		CurrentResourceOwner = owner;
	}
	return run.steps;
}

static void
DoRun(Run *run, char *json)
{
	static const CormFieldKind order[] = {
		CORM_FIELD_FOREIGN_KEY, CORM_FIELD_RELATION_ON, CORM_FIELD_MANY_TO_MANY
	};
	CormDifferences differences;
	ListCell   *lm;
	ListCell   *lf;

	run->document = CormReadDocument(json);
	CormLockCatalog();
	CormBeginDifferences(&differences);
	foreach(lm, run->document)
		Locate(lfirst(lm), &differences);
	CheckDistinct(run->document);
	ResolveFields(run);
	CormPlanModels(run->document);
	foreach(lm, run->document)
	{
		CormModelSpec *spec = lfirst(lm);

		CHECK_FOR_INTERRUPTS();
		if (OidIsValid(spec->relid) && spec->relkind == RELKIND_RELATION)
			CormCompareTable(spec, &differences);
	}
	CormRaiseDifferences(&differences);

	foreach(lm, run->document)
		MakeModel(run, lfirst(lm));
	foreach(lm, run->document)
	{
		CormModelSpec *spec = lfirst(lm);

		foreach(lf, spec->foreign_keys)
			AddConstraint(run, spec, lfirst(lf));
	}
	for (int i = 0; i < lengthof(order); i++)
	{
		foreach(lm, run->document)
		{
			CormModelSpec *spec = lfirst(lm);

			foreach(lf, spec->fields)
			{
				CormFieldSpec *field = lfirst(lf);

				CHECK_FOR_INTERRUPTS();
				if (field->kind == order[i])
					Declare(run, spec, field);
			}
		}
	}
	foreach(lm, run->document)
	{
		CormModelSpec *spec = lfirst(lm);

		foreach(lf, spec->counter_caches)
			MakeCounter(run, spec, lfirst(lf));
	}
}

/* The model or table that is meant, if it is there. */
static void
Locate(CormModelSpec *spec, CormDifferences *differences)
{
	CormModel  *model = CormModelByNameIfAny(spec->text);

	if (model != NULL)
	{
		spec->relid = model->relid;
		spec->name = model->name;
		spec->schema = get_rel_namespace(model->relid);
		spec->table = get_rel_name(model->relid);
		CompareName(spec, differences);
	}
	else
	{
		CormNameModel(spec);
		spec->relid = get_relname_relid(spec->table, spec->schema);
		if (OidIsValid(spec->relid))
			CheckTable(spec);
	}
	CheckKind(spec);
	if (model != NULL)
		CompareViewKey(spec, differences);
}

/* The table that is the model must be the one that is said. */
static void
CompareName(const CormModelSpec *spec, CormDifferences *differences)
{
	char	   *schema;
	char	   *table;

	if (spec->table_text == NULL)
		return;
	CormSplitName(spec->table_text, &schema, &table);
	if (strcmp(table, spec->table) != 0)
		CormAddDifference(differences, spec->text,
						  psprintf("table is %s, the document says %s",
								   spec->table, table),
						  psprintf("ALTER TABLE %s RENAME TO %s",
								   CormQuoteTable(spec->relid),
								   quote_identifier(table)));
	else if (schema != NULL &&
			 strcmp(schema, get_namespace_name(spec->schema)) != 0)
		CormAddDifference(differences, spec->text,
						  psprintf("table is in schema %s, the document says %s",
								   get_namespace_name(spec->schema), schema),
						  psprintf("ALTER TABLE %s SET SCHEMA %s",
								   CormQuoteTable(spec->relid),
								   quote_identifier(schema)));
}

/* What has the table's name can become the model. */
static void
CheckTable(const CormModelSpec *spec)
{
	CormModelRow *row = CormReadModelRow(spec->relid);

	if (row != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("table \"%s\" of model \"%s\" is the model \"%s\" already",
						spec->table, spec->text, row->name),
				 errhint("Rename it: SELECT corm.rename_model(%s, %s);",
						 quote_literal_cstr(CormModelDisplayName(CormRequireModel(row->relid))),
						 quote_literal_cstr(CormQuoteNamePart(spec->name)))));
	if (!CormCanBeModel(spec->relid))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\", which is to be the table of model \"%s\", is none",
						spec->table, spec->text),
				 errhint("Name another table with \"table\".")));
}

static void
CheckKind(const CormModelSpec *spec)
{
	char		is = OidIsValid(spec->relid) ? CormTableKind(spec->relid) :
		RELKIND_RELATION;

	/* partitions are the table's own affair */
	if (is == RELKIND_PARTITIONED_TABLE)
		is = RELKIND_RELATION;
	if (is == spec->relkind)
		return;
	if (!OidIsValid(spec->relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("%s \"%s\" of model \"%s\" does not exist",
						CormKindWord(spec->relkind), spec->table, spec->text),
				 errdetail("Only tables are made from a document."),
				 errhint("Create the %s first.", CormKindWord(spec->relkind))));
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("\"%s\" of model \"%s\" is a %s, the document says %s",
					spec->table, spec->text, CormKindWord(is),
					CormKindWord(spec->relkind)),
			 is == RELKIND_RELATION ?
			 errhint("Leave \"kind\" out.") :
			 errhint("Write {\"kind\": \"%s\"}, without columns.",
					 CormKindWord(is))));
}

/* Only said, not changed: what relations lead to it may count on it. */
static void
CompareViewKey(const CormModelSpec *spec, CormDifferences *differences)
{
	CormModelRow *row = CormReadModelRow(spec->relid);
	CormModelRow wanted;

	if (row == NULL || spec->key == NIL || CormSameNames(row->key, spec->key))
		return;
	wanted = *row;
	wanted.key = spec->key;
	CormAddDifference(differences, spec->text,
					  psprintf("key is %s, the document says %s",
							   CormJoinNames(row->key),
							   CormJoinNames(spec->key)),
					  pnstrdup(CormRegisterCall(&wanted),
							   strlen(CormRegisterCall(&wanted)) - 1));
}

/* Raises when two entries are one model, or one table. */
static void
CheckDistinct(List *document)
{
	ListCell   *la;
	ListCell   *lb;

	foreach(la, document)
	{
		CormModelSpec *a = lfirst(la);

		for_each_cell(lb, document, lnext(document, la))
		{
			CormModelSpec *b = lfirst(lb);

			if (a->schema != b->schema)
				continue;
			if (strcmp(a->name, b->name) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_DUPLICATE_OBJECT),
						 errmsg("model \"%s\" is given twice", b->text)));
			if (strcmp(a->table, b->table) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_DUPLICATE_TABLE),
						 errmsg("models \"%s\" and \"%s\" have one table, \"%s\"",
								a->text, b->text, a->table)));
		}
	}
}

/* A model that is nowhere is missed before anything is made. */
static void
ResolveFields(Run *run)
{
	ListCell   *lm;
	ListCell   *lf;

	foreach(lm, run->document)
	{
		CormModelSpec *spec = lfirst(lm);
		List	   *fields = list_concat_copy(spec->fields,
											  spec->foreign_keys);

		foreach(lf, fields)
		{
			CormFieldSpec *field = lfirst(lf);

			if (field->kind != CORM_FIELD_COLUMN &&
				CormSpecNamed(run->document, spec, field->target) == NULL)
				(void) CormFieldTarget(run->document, spec, field);
			if (field->kind == CORM_FIELD_FOREIGN_KEY)
				KeepColumns(spec, field);
		}
	}
}

/*
 * A relation that is there keeps its columns where the document names none: they
 * may have been renamed.
 */
static void
KeepColumns(const CormModelSpec *spec, CormFieldSpec *field)
{
	CormForeignKeySpec *fk = &field->foreign_key;
	const CormRelation *relation;

	if (fk->columns != NIL || fk->target_columns != NIL ||
		!OidIsValid(spec->relid) || CormModelByRelid(spec->relid) == NULL)
		return;
	relation = CormFindRelation(CormModelByRelid(spec->relid), field->name);
	if (relation != NULL && relation->broken == NULL && !relation->reverse &&
		!OidIsValid(relation->through) && relation->fk->to_primary_key)
		fk->columns = CormColumnNames(spec->relid, relation->fk->nkeys,
									  relation->fk->fk_attnums);
}

static void
MakeModel(Run *run, CormModelSpec *spec)
{
	bool		new = !OidIsValid(spec->relid);

	run->object = spec->text;
	if (new)
	{
		CormCheckModelName(spec->schema, spec->name);
		CormMakeTable(spec);
	}
	if (new || CormReadModelRow(spec->relid) == NULL)
	{
		if (!new)
			CormRegisterTable(spec->relid, CormQuoteNamePart(spec->name),
							  spec->key);
		RecordCall(run, "register", spec->text,
				   CormRegisterCall(CormReadModelRow(spec->relid)));
	}
	if (!new && spec->relkind == RELKIND_RELATION)
		CompleteTable(run, spec);
}

/* The columns, unique constraints and indexes that a table lacks. */
static void
CompleteTable(Run *run, CormModelSpec *spec)
{
	ListCell   *lc;

	foreach(lc, spec->columns)
	{
		CormNewColumn *column = lfirst(lc);
		const CormModel *model;

		if (get_attnum(spec->relid, column->name) > 0)
			continue;
		model = CormRequireModel(spec->relid);
		if (CormFindRelation(model, column->name) != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_OBJECT),
					 errmsg("new column \"%s\" clashes with relation \"%s\" of model \"%s\"",
							column->name, column->name, spec->text),
					 errhint("Rename the relation: SELECT corm.rename_relation(%s, %s, %s);",
							 quote_literal_cstr(CormModelDisplayName(model)),
							 quote_literal_cstr(column->name),
							 quote_literal_cstr(CormFreeName(model, column->name)))));
		run->object = psprintf("%s.%s", spec->text, column->name);
		CormAlterTable(spec->relid, list_make1(column), NIL, NIL, NULL);
	}
	run->object = spec->text;
	foreach(lc, spec->unique)
	{
		if (!CormHasUniqueOver(spec->relid, lfirst(lc)))
			CormAlterTable(spec->relid, NIL, NIL, lfirst(lc), NULL);
	}
	foreach(lc, spec->fields)
	{
		CormFieldSpec *field = lfirst(lc);

		if (field->index)
			AddIndex(run, spec, list_make1(field->name));
	}
	foreach(lc, spec->indexes)
		AddIndex(run, spec, lfirst(lc));
}

static void
AddIndex(Run *run, CormModelSpec *spec, List *columns)
{
	run->object = list_length(columns) == 1 ?
		psprintf("%s.%s", spec->text, (char *) linitial(columns)) :
		spec->text;
	if (!CormHasIndexExactlyOn(spec->relid, columns))
		CormCreateIndex(spec->relid, columns);
}

/* A foreign key that no relation is named after. */
static void
AddConstraint(Run *run, CormModelSpec *spec, CormFieldSpec *field)
{
	CormForeignKeySpec *fk = &field->foreign_key;

	run->object = psprintf("%s (%s)", spec->text, CormJoinNames(fk->columns));
	fk->source = CormRequireModel(spec->relid);
	fk->target = CormFieldTarget(run->document, spec, field);
	fk->exact = true;
	CormRequireConstraint(fk);
}

static void
Declare(Run *run, CormModelSpec *spec, CormFieldSpec *field)
{
	CormRelationRow *before = DeclaredBefore(spec, field->name);
	CormRelationRow *row;
	bool		made;

	run->object = psprintf("%s.%s", spec->text, field->name);
	if (field->kind == CORM_FIELD_MANY_TO_MANY &&
		field->many_to_many.through != NULL)
	{
		CormModelSpec *through = CormSpecNamed(run->document, spec,
											   field->many_to_many.through);

		if (through != NULL)
			field->many_to_many.through =
				CormModelQualifiedName(CormRequireModel(through->relid));
	}
	if (before != NULL && field->kind == CORM_FIELD_FOREIGN_KEY)
		AddMissingIndex(spec, field, before);
	CormDeclareField(run->document, spec, field, true);
	if (before != NULL)
		return;
	row = DeclaredBefore(spec, field->name);
	if (row == NULL)
		elog(ERROR, "relation \"%s\" is not there after its declaration",
			 field->name);
	made = field->kind == CORM_FIELD_MANY_TO_MANY &&
		field->many_to_many.through == NULL;
	if (made)
		RecordCall(run, "register", run->object,
				   CormRegisterCall(CormReadModelRow(row->through)));
	RecordCall(run, field->kind == CORM_FIELD_FOREIGN_KEY ? "foreign key" :
			   field->kind == CORM_FIELD_MANY_TO_MANY ? "many to many" :
			   "relation on", run->object, CormRelationCall(row));
}

/* One that is there in good order takes no steps. */
static void
MakeCounter(Run *run, CormModelSpec *spec, CormCounterSpec *counter)
{
	int			before = list_length(run->steps);
	ListCell   *lc;

	run->object = psprintf("%s.%s", spec->text, counter->relation);
	CormCreateCounter(spec->relid, counter->relation, counter->column);
	if (list_length(run->steps) == before)
		return;
	foreach(lc, CormCountersOf(CormRequireModel(spec->relid)))
	{
		CormCounter *made = lfirst(lc);

		if (strcmp(made->relation->name, counter->relation) == 0)
			RecordCall(run, "counter cache", run->object,
					   CormCounterCall(made));
	}
}

/* An index is added to a relation that is there; anything else must agree. */
static void
AddMissingIndex(CormModelSpec *spec, CormFieldSpec *field,
				const CormRelationRow *row)
{
	CormForeignKey *fk = OidIsValid(row->through) ||
		row->constraint_name == NULL ? NULL :
		CormFindForeignKey(row->source, row->target, row->constraint_name,
						   row->columns);

	if (fk == NULL || !field->foreign_key.index ||
		CormHasIndexOn(row->source, (CormKey) {fk->nkeys, fk->fk_attnums}))
		return;
	CormCreateIndex(spec->relid, CormColumnNames(row->source, fk->nkeys,
												 fk->fk_attnums));
}

/* A relation in good order that starts here under this name, or NULL. */
static CormRelationRow *
DeclaredBefore(const CormModelSpec *spec, const char *name)
{
	const CormRelation *relation =
		CormFindRelation(CormRequireModel(spec->relid), name);
	CormRelationRow *row;

	if (relation == NULL || relation->broken != NULL)
		return NULL;
	row = CormRelationRowNamed(spec->relid, name);
	return row != NULL && row->source == spec->relid &&
		strcmp(row->name, name) == 0 ? row : NULL;
}

/* CormStatementRecorder */
static void
Record(const char *action, const char *statement, void *arg)
{
	Run		   *run = arg;

	RecordCall(run, action, run->object, psprintf("%s;", statement));
}

static void
RecordCall(Run *run, const char *action, const char *object, const char *call)
{
	MemoryContext before = MemoryContextSwitchTo(run->result);
	CormDefineStep *step = palloc(sizeof(CormDefineStep));

	step->action = pstrdup(action);
	step->object = pstrdup(object);
	step->sql = pstrdup(call);
	run->steps = lappend(run->steps, step);
	MemoryContextSwitchTo(before);
}
