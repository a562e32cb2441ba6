/*-------------------------------------------------------------------------
 *
 * check_table.c
 *	  What the indexes of a model's table lack.
 *
 * Every foreign key counts, whether a relation is made of it or not: what is
 * deleted or loaded on its other end looks for rows by its columns.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "check_table.h"
#include "ddl.h"
#include "error.h"
#include "indexes.h"
#include "introspect.h"
#include "quote.h"
#include "tablefacts.h"

static bool IsServed(const CormForeignKey *fk, List *fks);
static void CheckIndex(CormReport *report, const CormInvalidIndex *index,
					   Oid table);

void
CormCheckTable(CormReport *report, Oid relid)
{
	char	   *table = psprintf("table %s", CormQuoteTable(relid));
	List	   *fks = CormReadForeignKeys(relid);
	ListCell   *lc;

	foreach(lc, fks)
	{
		CormForeignKey *fk = lfirst(lc);
		List	   *columns;

		if (IsServed(fk, fks))
			continue;
		columns = CormColumnNames(relid, fk->nkeys, fk->fk_attnums);
		CormReportProblem(report, CORM_CHECK_WARNING, table,
						  psprintf("no index serves foreign key \"%s\" (%s)",
								   fk->name, CormJoinNames(columns)),
						  psprintf("%s;", CormCreateIndexSql(relid, columns)));
	}
	foreach(lc, CormReadInvalidIndexes(relid))
		CheckIndex(report, lfirst(lc), relid);
}

/* By an index, or by the one that an earlier key over the same columns will get. */
static bool
IsServed(const CormForeignKey *fk, List *fks)
{
	CormKey		key = {fk->nkeys, fk->fk_attnums};
	ListCell   *lc;

	if (CormHasIndexOn(fk->referencing, key))
		return true;
	foreach(lc, fks)
	{
		CormForeignKey *other = lfirst(lc);
		int			same = 0;

		if (other == fk)
			break;
		for (int i = 0; i < other->nkeys; i++)
			same += CormKeyHas(key, other->fk_attnums[i]);
		if (same == fk->nkeys && same == other->nkeys)
			return true;
	}
	return false;
}

/*
 * One made of the partitions' indexes becomes valid with the last of them, which
 * is what making it anew sees to.
 */
static void
CheckIndex(CormReport *report, const CormInvalidIndex *index, Oid table)
{
	char	   *fix;

	if (!index->partitioned)
		fix = psprintf("REINDEX INDEX %s;", CormQuoteTable(index->relid));
	else if (index->constraint == NULL)
		return;
	else
		fix = psprintf("ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %s %s (%s);",
					   CormQuoteTable(table), quote_identifier(index->constraint),
					   quote_identifier(index->constraint),
					   index->primary ? "PRIMARY KEY" : "UNIQUE",
					   CormQuoteNames(index->columns));
	CormReportProblem(report, CORM_CHECK_WARNING,
					  psprintf("table %s", CormQuoteTable(table)),
					  psprintf("index \"%s\" is not valid: unless it is being built right now, it neither finds rows nor keeps them unique",
							   get_rel_name(index->relid)), fix);
}
