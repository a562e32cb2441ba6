/*-------------------------------------------------------------------------
 *
 * deparse_accessor.c
 *	  Relations as bodies of SQL functions.
 *
 * The planner puts such a body in the place of its call if it is one SELECT of
 * whole rows, and plans it with the query around it if that SELECT is a plain
 * join.  So it is one wherever each target comes once by itself.  Where a pair
 * may be linked several times, or from either end, the links of one row are
 * made distinct below the join.
 *
 * The body is text, not parsed when it is created: a parsed one would keep the
 * target's columns from being added to or dropped.  It does not depend on the
 * search_path.  Aliases are fixed: t is the target, l a link, x a link below.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "cache.h"
#include "deparse_accessor.h"
#include "deparse_expr.h"
#include "quote.h"

/* How the columns of one side of a foreign key are written. */
typedef struct Side
{
	const CormModel *model;
	const char *prefix;			/* "$1", or an alias */
	bool		numbered;		/* k1, k2 ..: a subquery's columns */
} Side;

static void AppendLinks(StringInfo buf, const CormRelation *relation,
						const CormModel *through, const Side *owner);
static void AppendKeys(StringInfo buf, const CormForeignKey *fk,
					   const Side *referenced, const Side *referencing);
static char *ColumnText(const Side *side, const CormColumn *column, int n);

char *
CormDeparseAccessor(const CormRelation *relation, const char *label)
{
	Side		owner = {CormModelByRelid(relation->source), "$1"};
	Side		target = {CormModelByRelid(relation->target), "t"};
	StringInfoData buf;

	initStringInfo(&buf);
	CormAppendLabel(&buf, label);
	appendStringInfoString(&buf, "SELECT t.* FROM ");
	if (!OidIsValid(relation->through))
	{
		appendStringInfo(&buf, "%s AS t WHERE ",
						 CormQuoteTable(relation->target));
		if (relation->reverse)
			AppendKeys(&buf, relation->fk, &owner, &target);
		else
			AppendKeys(&buf, relation->fk, &target, &owner);
	}
	else
	{
		Side		link = {CormModelByRelid(relation->through), "l"};
		bool		plain = relation->pair_unique && !relation->symmetrical;

		link.numbered = !plain;
		if (plain)
			appendStringInfoString(&buf, CormQuoteTable(relation->through));
		else
			AppendLinks(&buf, relation, link.model, &owner);
		appendStringInfo(&buf, " AS l JOIN %s AS t ON ",
						 CormQuoteTable(relation->target));
		AppendKeys(&buf, relation->far_fk, &target, &link);
		if (plain)
		{
			appendStringInfoString(&buf, " WHERE ");
			AppendKeys(&buf, relation->fk, &owner, &link);
		}
	}
	return buf.data;
}

/* The far keys of the owner's links, each once. */
static void
AppendLinks(StringInfo buf, const CormRelation *relation,
			const CormModel *through, const Side *owner)
{
	Side		side = {through, "x"};

	for (int turn = 0; turn < (relation->symmetrical ? 2 : 1); turn++)
	{
		const CormForeignKey *near = turn == 0 ? relation->fk :
			relation->far_fk;
		const CormForeignKey *far = turn == 0 ? relation->far_fk :
			relation->fk;

		appendStringInfoString(buf, turn > 0 ? " UNION SELECT " :
							   relation->symmetrical ? "(SELECT " :
							   "(SELECT DISTINCT ");
		for (int i = 0; i < far->nkeys; i++)
			appendStringInfo(buf, "%s%s AS k%d", i > 0 ? ", " : "",
							 ColumnText(&side, CormColumnByNumber(through, far->fk_attnums[i]), 0),
							 i + 1);
		appendStringInfo(buf, " FROM %s AS x WHERE ",
						 CormQuoteTable(through->relid));
		AppendKeys(buf, near, owner, &side);
	}
	appendStringInfoChar(buf, ')');
}

/* As the server's referential checks compare them. */
static void
AppendKeys(StringInfo buf, const CormForeignKey *fk, const Side *referenced,
		   const Side *referencing)
{
	for (int i = 0; i < fk->nkeys; i++)
	{
		const CormColumn *left = CormColumnByNumber(referenced->model,
													fk->pk_attnums[i]);
		const CormColumn *right = CormColumnByNumber(referencing->model,
													 fk->fk_attnums[i]);
		char	   *text = ColumnText(referencing, right, i + 1);

		if (i > 0)
			appendStringInfoString(buf, " AND ");
		CormDeparseOperator(buf, ColumnText(referenced, left, i + 1),
							left->typid, fk->eq_ops[i],
							CormCollated(text, right->collation,
										 left->collation),
							right->typid);
	}
}

static char *
ColumnText(const Side *side, const CormColumn *column, int n)
{
	if (side->numbered)
		return psprintf("%s.k%d", side->prefix, n);
	return psprintf("%s.%s", side->prefix, quote_identifier(column->name));
}
