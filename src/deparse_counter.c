/*-------------------------------------------------------------------------
 *
 * deparse_counter.c
 *	  Counter caches: bodies of their trigger functions, statements that count.
 *
 * What is counted are the rows that hold the foreign key: children, or links of
 * a through table.  A statement that changes some of them changes the counters
 * of their owners by what comes and goes, owner by owner in the order of the
 * keys: whoever writes several owners at once meets others in the same order,
 * and each UPDATE finds its row by the key, however many there are.
 *
 * Differences will do where each child counts for itself.  Where several links
 * can make one pair, or either end may be the owner, what one link adds depends
 * on the others: then the owners of the changed links are locked, and counted
 * anew by a statement of their own, which sees what was committed until then.
 * Their rows are written even if the number stays the same, so that a
 * transaction with an older snapshot fails instead of counting by it.
 *
 * A row that is new, or whose key is, starts with what it owns already, as far
 * as the statement could see when it began: what that adds itself comes by the
 * differences.  This is nothing, unless the constraint may be checked later, or
 * was never checked.
 *
 * Values are cast to the type of the owner's key, and compared by its equality.
 * The text does not depend on the search_path; what is not written with a schema
 * is in pg_catalog, which the functions have alone in theirs.  Aliases are
 * fixed: p is the owner, n and o are rows after and before, c is what changed
 * or is counted; k1, k2 .. are its key, f1, f2 .. the key at the far end.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "cache.h"
#include "catalog.h"
#include "deparse_counter.h"
#include "deparse_expr.h"
#include "introspect.h"
#include "quote.h"

static void AppendGuard(StringInfo buf, const CormRelation *relation);
static bool ByDifference(const CormRelation *relation);
static bool MayStartWithSome(const CormRelation *relation);
static void AppendBranch(StringInfo buf, const CormRelation *relation,
						 const char *column, bool before, bool after);
static void AppendChanges(StringInfo buf, const CormRelation *relation,
						  bool before, bool after);
static void AppendChangesOf(StringInfo buf, const CormRelation *relation,
							const char *table, const char *alias, int d);
static void AppendRowsOf(StringInfo buf, const CormForeignKey *near,
						 const CormForeignKey *far, const char *table,
						 const char *alias, int d);
static void AppendLoop(StringInfo buf, const CormRelation *relation,
					   const char *column);
static void AppendCount(StringInfo buf, const CormRelation *relation,
						const char *owner);
static void AppendOwned(StringInfo buf, const CormForeignKey *near,
						const CormForeignKey *far, const char *owner);
static void AppendOwner(StringInfo buf, const CormRelation *relation);
static void AppendSame(StringInfo buf, const CormRelation *relation,
					   const char *prefix);
static void AppendNumbered(StringInfo buf, int n, const char *prefix);
static void AppendNotNull(StringInfo buf, const CormForeignKey *fk,
						  const char *alias, bool *first);
static char *KeyText(const CormForeignKey *fk, int i, const char *alias);
static const CormColumn *OwnerColumn(const CormForeignKey *fk, int i);
static const CormColumn *OwnedColumn(const CormForeignKey *fk, int i);
static const CormColumn *ColumnOf(Oid relid, AttrNumber attnum);

char *
CormDeparseCounterChanged(const CormRelation *relation, const char *column)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, CORM_COUNTER_LABEL);
	appendStringInfoString(&buf,
						   "DECLARE\n\tchanged record;\nBEGIN\n");
	AppendGuard(&buf, relation);
	appendStringInfoString(&buf, "\tIF TG_OP = 'INSERT' THEN\n");
	AppendBranch(&buf, relation, column, false, true);
	appendStringInfoString(&buf, "\tELSIF TG_OP = 'UPDATE' THEN\n");
	AppendBranch(&buf, relation, column, true, true);
	appendStringInfoString(&buf, "\tELSIF TG_OP = 'DELETE' THEN\n");
	AppendBranch(&buf, relation, column, true, false);
	appendStringInfoString(&buf, "\tELSE\n\t\tFOR changed IN\n\t\t\t");
	appendStringInfoString(&buf, CormDeparseCounterWrong(relation, column));
	appendStringInfoString(&buf, "\n\t\tLOOP\n");
	AppendLoop(&buf, relation, column);
	appendStringInfoString(&buf,
						   "\t\tEND LOOP;\n\tEND IF;\n\tRETURN NULL;\nEND\n");
	return buf.data;
}

bool
CormIsCounterOf(const char *body, Oid relid, const char *column)
{
	return strstr(body, psprintf("UPDATE %s AS p SET %s = ",
								 CormQuoteTable(relid),
								 quote_identifier(column))) != NULL;
}

char *
CormDeparseCounterStart(const CormRelation *relation, const char *column)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, CORM_COUNTER_LABEL);
	appendStringInfoString(&buf, "BEGIN\n");
	if (MayStartWithSome(relation))
		AppendGuard(&buf, relation);
	appendStringInfo(&buf, "\tNEW.%s := ", quote_identifier(column));
	if (MayStartWithSome(relation))
		AppendCount(&buf, relation, "NEW");
	else
		appendStringInfoChar(&buf, '0');
	appendStringInfoString(&buf, ";\n\tRETURN NEW;\nEND\n");
	return buf.data;
}

char *
CormDeparseCounterIdle(void)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, CORM_COUNTER_LABEL);
	appendStringInfoString(&buf, "BEGIN\n"
						   "\tIF TG_LEVEL = 'ROW' THEN\n\t\tRETURN NEW;\n"
						   "\tEND IF;\n\tRETURN NULL;\nEND\n");
	return buf.data;
}

char *
CormDeparseCounterKey(const CormRelation *relation)
{
	StringInfoData buf;
	const CormForeignKey *fk = relation->fk;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '(');
	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormColumn *column = OwnerColumn(fk, i);
		char	   *name = pstrdup(quote_identifier(column->name));

		if (i > 0)
			appendStringInfoString(&buf, " AND ");
		CormDeparseOperator(&buf, psprintf("OLD.%s", name), column->typid,
							CormEqualityBetween(column->typid, column->typid),
							psprintf("NEW.%s", name), column->typid);
	}
	appendStringInfoString(&buf, ") IS NOT TRUE");
	return buf.data;
}

char *
CormDeparseCounterFill(const CormRelation *relation, const char *column)
{
	StringInfoData buf;
	const char *name = quote_identifier(column);

	initStringInfo(&buf);
	CormAppendLabel(&buf, CORM_COUNTER_LABEL);
	appendStringInfoString(&buf, "UPDATE ");
	AppendOwner(&buf, relation);
	appendStringInfo(&buf, " SET %s = ", name);
	AppendCount(&buf, relation, "p");
	appendStringInfo(&buf, " WHERE p.%s IS DISTINCT FROM ", name);
	AppendCount(&buf, relation, "p");
	return buf.data;
}

char *
CormDeparseCounterWrong(const CormRelation *relation, const char *column)
{
	StringInfoData buf;
	const CormForeignKey *fk = relation->fk;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "SELECT ");
	for (int i = 0; i < fk->nkeys; i++)
		appendStringInfo(&buf, "%sp.%s AS k%d", i > 0 ? ", " : "",
						 quote_identifier(OwnerColumn(fk, i)->name), i + 1);
	appendStringInfoString(&buf, " FROM ");
	AppendOwner(&buf, relation);
	appendStringInfo(&buf, " WHERE p.%s IS DISTINCT FROM ",
					 quote_identifier(column));
	AppendCount(&buf, relation, "p");
	appendStringInfoString(&buf, " ORDER BY ");
	for (int i = 0; i < fk->nkeys; i++)
		appendStringInfo(&buf, "%s%d", i > 0 ? ", " : "", i + 1);
	return buf.data;
}

char *
CormDeparseCounterLock(const CormRelation *relation)
{
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, CORM_COUNTER_LABEL);
	appendStringInfoString(&buf, "SELECT FROM ");
	AppendOwner(&buf, relation);
	appendStringInfoString(&buf, " WHERE ");
	AppendSame(&buf, relation, "$");
	appendStringInfoString(&buf, " FOR NO KEY UPDATE");
	return buf.data;
}

char *
CormDeparseCounterRecount(const CormRelation *relation, const char *column)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, CormDeparseCounterFill(relation, column));
	appendStringInfoString(&buf, " AND ");
	AppendSame(&buf, relation, "$");
	return buf.data;
}

/*
 * Whoever owns a table decides what its name, its columns' types and its triggers
 * are, so that must be who the function runs as.
 */
static void
AppendGuard(StringInfo buf, const CormRelation *relation)
{
	const char *owner = CormQuoteTable(relation->source);
	const char *owned = CormQuoteTable(relation->fk->referencing);

	appendStringInfo(buf,
					 "\tIF EXISTS (SELECT FROM pg_class AS c WHERE c.oid IN"
					 " (to_regclass(%s), coalesce(to_regclass(%s), TG_RELID))"
					 " AND pg_get_userbyid(c.relowner) <> current_user) THEN\n",
					 quote_literal_cstr(owner), quote_literal_cstr(owned));
	appendStringInfo(buf,
					 "\t\tRAISE insufficient_privilege USING MESSAGE = %s,\n"
					 "\t\t\tHINT = 'Both tables and the function must have one owner.';\n"
					 "\tEND IF;\n",
					 quote_literal_cstr(psprintf("table %s or %s does not belong to the owner of the counter cache between them",
												 owner, owned)));
}

/* Does each row that holds the key count as one, whatever others say? */
static bool
ByDifference(const CormRelation *relation)
{
	return relation->far_fk == NULL ||
		(relation->pair_unique && !relation->symmetrical);
}

/*
 * May rows point to an owner that is not there yet?  For what is counted from
 * either end, either key may.
 */
static bool
MayStartWithSome(const CormRelation *relation)
{
	const CormForeignKey *keys[2] = {relation->fk, relation->far_fk};
	int			n = relation->symmetrical ? 2 : 1;

	for (int i = 0; i < n; i++)
	{
		if (!keys[i]->validated ||
			CormIsDeferrable(keys[i]->referencing, keys[i]->name, NULL))
			return true;
	}
	return false;
}

/* What one kind of statement does. */
static void
AppendBranch(StringInfo buf, const CormRelation *relation, const char *column,
			 bool before, bool after)
{
	bool		difference = ByDifference(relation);

	appendStringInfoString(buf, "\t\tFOR changed IN\n\t\t\t");
	AppendChanges(buf, relation, before, after);
	appendStringInfoString(buf, "\n\t\tLOOP\n");
	if (!difference)
		AppendLoop(buf, relation, column);
	else
	{
		const char *name = quote_identifier(column);

		appendStringInfoString(buf, "\t\t\tUPDATE ");
		AppendOwner(buf, relation);
		appendStringInfo(buf, " SET %s = p.%s + changed.d WHERE ", name, name);
		AppendSame(buf, relation, "changed.k");
		appendStringInfoString(buf, ";\n");
	}
	appendStringInfoString(buf, "\t\tEND LOOP;\n");
}

/*
 * The owners that gain or lose something, in order.  Where pairs are what
 * counts, those of pairs that gain or lose a link.
 */
static void
AppendChanges(StringInfo buf, const CormRelation *relation, bool before,
			  bool after)
{
	int			n = relation->fk->nkeys;
	int			far = relation->far_fk == NULL ? 0 : relation->far_fk->nkeys;
	bool		difference = ByDifference(relation);

	appendStringInfo(buf, "SELECT %s", difference ? "" : "DISTINCT ");
	AppendNumbered(buf, n, "c.k");
	if (difference)
		appendStringInfoString(buf, ", sum(c.d) AS d");
	appendStringInfoString(buf, " FROM (");
	if (after)
		AppendChangesOf(buf, relation, CORM_NEW_ROWS, "n", 1);
	if (after && before)
		appendStringInfoString(buf, "\n\t\t\t\tUNION ALL ");
	if (before)
		AppendChangesOf(buf, relation, CORM_OLD_ROWS, "o", -1);
	appendStringInfoString(buf, ") AS c\n\t\t\tGROUP BY ");
	AppendNumbered(buf, n, "c.k");
	if (!difference)
	{
		appendStringInfoString(buf, ", ");
		AppendNumbered(buf, far, "c.f");
	}
	appendStringInfoString(buf, " HAVING sum(c.d) <> 0 ORDER BY ");
	AppendNumbered(buf, n, "c.k");
}

static void
AppendChangesOf(StringInfo buf, const CormRelation *relation,
				const char *table, const char *alias, int d)
{
	AppendRowsOf(buf, relation->fk, relation->far_fk, table, alias, d);
	if (!relation->symmetrical)
		return;
	appendStringInfoString(buf, "\n\t\t\t\tUNION ALL ");
	AppendRowsOf(buf, relation->far_fk, relation->fk, table, alias, d);
}

/* A key of which a part is NULL owns nothing, and is owned by nobody. */
static void
AppendRowsOf(StringInfo buf, const CormForeignKey *near,
			 const CormForeignKey *far, const char *table, const char *alias,
			 int d)
{
	bool		first = true;

	appendStringInfoString(buf, "SELECT ");
	for (int i = 0; i < near->nkeys; i++)
		appendStringInfo(buf, "%s AS k%d, ", KeyText(near, i, alias), i + 1);
	for (int i = 0; far != NULL && i < far->nkeys; i++)
		appendStringInfo(buf, "%s AS f%d, ", KeyText(far, i, alias), i + 1);
	appendStringInfo(buf, "%d AS d FROM %s AS %s", d, table, alias);
	AppendNotNull(buf, near, alias, &first);
	if (far != NULL)
		AppendNotNull(buf, far, alias, &first);
}

/*
 * Counts anew for one owner.  The lock comes first, by a statement of its own:
 * one that counts sees only what was there when it began.
 */
static void
AppendLoop(StringInfo buf, const CormRelation *relation, const char *column)
{
	appendStringInfoString(buf, "\t\t\tPERFORM FROM ");
	AppendOwner(buf, relation);
	appendStringInfoString(buf, " WHERE ");
	AppendSame(buf, relation, "changed.k");
	appendStringInfoString(buf, " FOR NO KEY UPDATE;\n\t\t\tUPDATE ");
	AppendOwner(buf, relation);
	appendStringInfo(buf, " SET %s = ", quote_identifier(column));
	AppendCount(buf, relation, "p");
	appendStringInfoString(buf, " WHERE ");
	AppendSame(buf, relation, "changed.k");
	appendStringInfoString(buf, ";\n");
}

/* How many rows an owner has. */
static void
AppendCount(StringInfo buf, const CormRelation *relation, const char *owner)
{
	if (ByDifference(relation))
	{
		bool		first = false;

		appendStringInfo(buf, "(SELECT count(*) FROM %s AS c WHERE ",
						 CormQuoteTable(relation->fk->referencing));
		AppendOwned(buf, relation->fk, NULL, owner);
		if (relation->far_fk != NULL)
			AppendNotNull(buf, relation->far_fk, "c", &first);
	}
	else
	{
		appendStringInfoString(buf, "(SELECT count(*) FROM (SELECT DISTINCT ");
		AppendOwned(buf, relation->fk, relation->far_fk, owner);
		if (relation->symmetrical)
		{
			appendStringInfoString(buf, " UNION SELECT ");
			AppendOwned(buf, relation->far_fk, relation->fk, owner);
		}
		appendStringInfoString(buf, ") AS c");
	}
	appendStringInfoChar(buf, ')');
}

/* The condition; with a far key, that key of the rows for which it is true. */
static void
AppendOwned(StringInfo buf, const CormForeignKey *near,
			const CormForeignKey *far, const char *owner)
{
	bool		first = false;

	if (far != NULL)
	{
		for (int i = 0; i < far->nkeys; i++)
			appendStringInfo(buf, "%s%s", i > 0 ? ", " : "",
							 KeyText(far, i, "c"));
		appendStringInfo(buf, " FROM %s AS c WHERE ",
						 CormQuoteTable(near->referencing));
	}
	for (int i = 0; i < near->nkeys; i++)
	{
		const CormColumn *left = OwnerColumn(near, i);
		const CormColumn *right = OwnedColumn(near, i);
		char	   *left_text = psprintf("%s.%s", owner,
										 quote_identifier(left->name));
		char	   *right_text = psprintf("c.%s",
										  quote_identifier(right->name));

		if (i > 0)
			appendStringInfoString(buf, " AND ");
		CormDeparseOperator(buf, left_text, left->typid, near->eq_ops[i],
							CormCollated(right_text, right->collation,
										 left->collation),
							right->typid);
	}
	if (far != NULL)
		AppendNotNull(buf, far, "c", &first);
}

static void
AppendOwner(StringInfo buf, const CormRelation *relation)
{
	appendStringInfo(buf, "%s AS p", CormQuoteTable(relation->source));
}

/* The owner with the key prefix1, prefix2 .., of the owner's own types. */
static void
AppendSame(StringInfo buf, const CormRelation *relation, const char *prefix)
{
	const CormForeignKey *fk = relation->fk;

	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormColumn *column = OwnerColumn(fk, i);
		char	   *value = psprintf("%s%d", prefix, i + 1);

		/* a variable has a collation of its own */
		if (OidIsValid(column->collation) &&
			column->collation != DEFAULT_COLLATION_OID)
			value = psprintf("(%s COLLATE %s)", value,
							 CormQuoteCollation(column->collation));
		if (i > 0)
			appendStringInfoString(buf, " AND ");
		CormDeparseOperator(buf, psprintf("p.%s",
										  quote_identifier(column->name)),
							column->typid,
							CormEqualityBetween(column->typid, column->typid),
							value, column->typid);
	}
}

static void
AppendNumbered(StringInfo buf, int n, const char *prefix)
{
	for (int i = 0; i < n; i++)
		appendStringInfo(buf, "%s%s%d", i > 0 ? ", " : "", prefix, i + 1);
}

/* Conditions behind others, or the first ones. */
static void
AppendNotNull(StringInfo buf, const CormForeignKey *fk, const char *alias,
			  bool *first)
{
	for (int i = 0; i < fk->nkeys; i++)
	{
		appendStringInfo(buf, " %s %s.%s IS NOT NULL",
						 *first ? "WHERE" : "AND", alias,
						 quote_identifier(OwnedColumn(fk, i)->name));
		*first = false;
	}
}

/* Part of a key as it stands in the row that holds it, like the owner's. */
static char *
KeyText(const CormForeignKey *fk, int i, const char *alias)
{
	const CormColumn *owner = OwnerColumn(fk, i);
	const CormColumn *owned = OwnedColumn(fk, i);
	char	   *text = psprintf("%s.%s", alias, quote_identifier(owned->name));

	if (owned->typid != owner->typid)
		text = psprintf("CAST(%s AS %s)", text, CormQuoteType(owner->typid));
	return CormCollated(text, owned->collation, owner->collation);
}

static const CormColumn *
OwnerColumn(const CormForeignKey *fk, int i)
{
	return ColumnOf(fk->referenced, fk->pk_attnums[i]);
}

static const CormColumn *
OwnedColumn(const CormForeignKey *fk, int i)
{
	return ColumnOf(fk->referencing, fk->fk_attnums[i]);
}

/* Nothing is locked while a problem is looked for, or numbers are compared. */
static const CormColumn *
ColumnOf(Oid relid, AttrNumber attnum)
{
	const CormModel *model = CormModelByRelid(relid);
	const CormColumn *column = model == NULL ? NULL :
		CormColumnByNumber(model, attnum);

	if (column == NULL)
		CormRaiseRelationChanged();
	return column;
}
