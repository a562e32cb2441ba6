/*-------------------------------------------------------------------------
 *
 * forgotten.c
 *	  Relations that were forgotten in this transaction.
 *
 * Migration tools drop a foreign key and add it again a moment later, with
 * another action for instance.  The relation shall survive that, so it is kept
 * in mind until the transaction ends.
 *
 * What a subtransaction has forgotten is of no interest once that is rolled
 * back, since the row is there again; what it has brought back is forgotten
 * again.  Each entry therefore notes the subtransaction of both.  Columns are
 * kept by number as well: they may be renamed while there is no foreign key.
 *
 * Other sessions see the old row until the transaction ends, so nobody takes
 * its names meanwhile.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "cache.h"
#include "ddl.h"
#include "forgotten.h"
#include "introspect.h"
#include "relate.h"

typedef struct Forgotten
{
	CormRelationRow row;
	List	   *attnums;		/* of row.columns; 0: the column is gone */
	List	   *far_attnums;	/* of row.far_columns */
	SubTransactionId forgotten_in;
	SubTransactionId restored_in;	/* invalid: it is not there */
} Forgotten;

static List *forgotten;			/* in TopTransactionContext */

static void TransactionEnded(XactEvent event, void *arg);
static void SubtransactionEnded(SubXactEvent event, SubTransactionId mine,
								SubTransactionId parent, void *arg);
static bool FitsKey(const CormModel *source, List *columns,
					const CormModel *target);
static List *CopyNames(List *names);
static CormCounterNames CopyCounter(const CormCounterNames *names);
static List *NumbersOf(Oid relid, List *names);
static List *CurrentNames(Oid relid, List *names, List *attnums);
static bool Restore(Forgotten *entry);
static bool FindKey(Oid referencing, Oid referenced, char **name,
					List *columns);
static bool NamesAreFree(const CormRelationRow *row);
static bool IsDeclared(const CormRelationRow *row);

void
CormForgottenInit(void)
{
	RegisterXactCallback(TransactionEnded, NULL);
	RegisterSubXactCallback(SubtransactionEnded, NULL);
}

void
CormRememberForgotten(const CormRelationRow *row)
{
	Oid			holder = OidIsValid(row->through) ? row->through : row->source;
	MemoryContext caller = MemoryContextSwitchTo(TopTransactionContext);
	Forgotten  *entry = palloc0(sizeof(Forgotten));

	entry->row = *row;
	entry->row.name = pstrdup(row->name);
	if (row->reverse_name != NULL)
		entry->row.reverse_name = pstrdup(row->reverse_name);
	entry->row.constraint_name = pstrdup(row->constraint_name);
	if (row->far_constraint_name != NULL)
		entry->row.far_constraint_name = pstrdup(row->far_constraint_name);
	entry->row.columns = CopyNames(row->columns);
	entry->row.far_columns = CopyNames(row->far_columns);
	entry->row.counter = CopyCounter(&row->counter);
	entry->row.reverse_counter = CopyCounter(&row->reverse_counter);
	entry->attnums = NumbersOf(holder, row->columns);
	entry->far_attnums = NumbersOf(holder, row->far_columns);
	entry->forgotten_in = GetCurrentSubTransactionId();
	entry->restored_in = InvalidSubTransactionId;
	forgotten = lappend(forgotten, entry);
	MemoryContextSwitchTo(caller);
}

bool
CormAnythingForgotten(void)
{
	return forgotten != NIL;
}

/*
 * Not in the middle of a definition, which has looked at the names and decided
 * already.
 */
void
CormRestoreForgotten(void)
{
	ListCell   *lc;

	if (CormIsRunningDdl())
		return;
	foreach(lc, forgotten)
	{
		Forgotten  *entry = lfirst(lc);

		if (entry->restored_in == InvalidSubTransactionId && Restore(entry))
			entry->restored_in = GetCurrentSubTransactionId();
	}
}

char *
CormDeclarationOf(const CormRelationRow *row)
{
	bool		is_link = OidIsValid(row->through);
	CormModel  *source = CormModelByRelid(row->source);
	CormModel  *target = CormModelByRelid(row->target);
	CormModel  *through = is_link ? CormModelByRelid(row->through) : NULL;
	CormSuggestion suggestion;

	if (source == NULL || target == NULL || (is_link && through == NULL))
		return NULL;
	CormBeginSuggestion(&suggestion, false,
						is_link ? "many_to_many" :
						row->constraint_name == NULL ? "relation_on" :
						"foreign_key", source, row->name, target);
	if (is_link)
		CormSuggestText(&suggestion, "through", CormModelDisplayName(through));
	CormSuggestText(&suggestion, "related_name", row->reverse_name);
	if (is_link)
	{
		/* any column of a key will do; a row made by hand may have none */
		CormSuggestText(&suggestion, "through_relation_name",
						row->columns != NIL ? linitial(row->columns) : NULL);
		CormSuggestText(&suggestion, "through_reverse_relation_name",
						row->far_columns != NIL ? linitial(row->far_columns) : NULL);
	}
	else
		CormSuggestNames(&suggestion, "columns", row->columns);
	if (row->target_columns != NIL)
		CormSuggestNames(&suggestion, "target_columns", row->target_columns);
	else if (!is_link && !FitsKey(source, row->columns, target))
		CormSuggestNames(&suggestion, "target_columns", list_make1("..."));
	if (row->to_many)
		CormSuggestBool(&suggestion, "to_many", true);
	if (row->symmetrical)
		CormSuggestBool(&suggestion, "symmetrical", true);
	else if (row->reverse_name == NULL && row->constraint_name != NULL)
		CormSuggestBool(&suggestion, "skip_reverse", true);
	return CormEndSuggestion(&suggestion);
}

/*
 * Could the columns point to the target's key?  What they did point to went
 * with the constraint.  Columns and keys that are gone may be anything.
 */
static bool
FitsKey(const CormModel *source, List *columns, const CormModel *target)
{
	ListCell   *lc;

	if (target->nkey == 0)
		return true;
	if (target->nkey != list_length(columns))
		return false;
	foreach(lc, columns)
	{
		const CormColumn *column = CormFindColumn(source, lfirst(lc));
		const CormColumn *key =
			CormColumnByNumber(target, target->key[foreach_current_index(lc)]);

		if (column != NULL &&
			!OidIsValid(CormEqualityBetween(key->typid, column->typid)))
			return false;
	}
	return true;
}

static void
TransactionEnded(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			forgotten = NIL;
			break;
		default:
			break;
	}
}

static void
SubtransactionEnded(SubXactEvent event, SubTransactionId mine,
					SubTransactionId parent, void *arg)
{
	ListCell   *lc;

	if (event != SUBXACT_EVENT_COMMIT_SUB && event != SUBXACT_EVENT_ABORT_SUB)
		return;
	foreach(lc, forgotten)
	{
		Forgotten  *entry = lfirst(lc);
		bool		aborted = event == SUBXACT_EVENT_ABORT_SUB;

		if (entry->restored_in == mine)
			entry->restored_in = aborted ? InvalidSubTransactionId : parent;
		if (entry->forgotten_in != mine)
			continue;
		entry->forgotten_in = parent;
		if (aborted)
			forgotten = foreach_delete_current(forgotten, lc);
	}
}

static List *
CopyNames(List *names)
{
	List	   *copy = NIL;
	ListCell   *lc;

	foreach(lc, names)
		copy = lappend(copy, pstrdup(lfirst(lc)));
	return copy;
}

static CormCounterNames
CopyCounter(const CormCounterNames *names)
{
	CormCounterNames copy = {NULL};

	if (names->column != NULL)
		copy.column = pstrdup(names->column);
	if (names->name != NULL)
		copy.name = pstrdup(names->name);
	return copy;
}

static List *
NumbersOf(Oid relid, List *names)
{
	List	   *attnums = NIL;
	ListCell   *lc;

	foreach(lc, names)
		attnums = lappend_int(attnums, get_attnum(relid, lfirst(lc)));
	return attnums;
}

/* A column that is gone may come back under its name. */
static List *
CurrentNames(Oid relid, List *names, List *attnums)
{
	List	   *current = NIL;
	ListCell   *ln;
	ListCell   *la;

	forboth(ln, names, la, attnums)
	{
		char	   *name = lfirst_int(la) > 0 ?
			get_attname(relid, lfirst_int(la), true) : NULL;

		current = lappend(current, name != NULL ? name : lfirst(ln));
	}
	return current;
}

static bool
Restore(Forgotten *entry)
{
	CormRelationRow row = entry->row;
	bool		is_link = OidIsValid(row.through);
	Oid			holder = is_link ? row.through : row.source;

	row.columns = CurrentNames(holder, row.columns, entry->attnums);
	row.far_columns = CurrentNames(holder, row.far_columns,
								   entry->far_attnums);
	if (!FindKey(holder, is_link ? row.source : row.target,
				 &row.constraint_name, row.columns) ||
		(is_link && !FindKey(holder, row.target, &row.far_constraint_name,
							 row.far_columns)) ||
		!NamesAreFree(&row) || IsDeclared(&row))
		return false;
	CormFollowInsertRelation(&row);
	ereport(NOTICE,
			(errmsg("relation \"%s\" of model \"%s\" is back, since its foreign key is",
					row.name, CormModelByRelid(row.source)->name)));
	return true;
}

/* Sets *name to that of the foreign key with these columns, if there is one. */
static bool
FindKey(Oid referencing, Oid referenced, char **name, List *columns)
{
	CormForeignKey *fk = CormFindForeignKey(referencing, referenced, *name,
											columns);

	/* the old name may be another one's now */
	if (fk == NULL || !CormHasColumns(fk, columns))
		fk = CormFindForeignKey(referencing, referenced, NULL, columns);
	if (fk == NULL)
		return false;
	*name = fk->name;
	return true;
}

/* Also false when a model of the relation is none any more. */
static bool
NamesAreFree(const CormRelationRow *row)
{
	CormModel  *source = CormModelByRelid(row->source);
	CormModel  *target = CormModelByRelid(row->target);
	const char *own = !OidIsValid(row->through) &&
		list_length(row->columns) == 1 ? linitial(row->columns) : NULL;

	return source != NULL && target != NULL &&
		(!OidIsValid(row->through) || CormModelByRelid(row->through) != NULL) &&
		CormNameClash(source, row->name, own) == NULL &&
		(row->reverse_name == NULL ||
		 CormNameClash(target, row->reverse_name, NULL) == NULL);
}

/* Has the foreign key been declared under another name meanwhile? */
static bool
IsDeclared(const CormRelationRow *row)
{
	ListCell   *lc;

	foreach(lc, CormReadRelationRowsFrom(row->source))
	{
		CormRelationRow *other = lfirst(lc);

		if (other->target == row->target && other->through == row->through &&
			CormSameText(other->constraint_name, row->constraint_name) &&
			CormSameText(other->far_constraint_name, row->far_constraint_name))
			return true;
	}
	return false;
}
