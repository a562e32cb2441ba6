/*-------------------------------------------------------------------------
 *
 * recount.c
 *	  Counting the rows of counter caches anew.
 *
 * Writers of what is counted change the counter in their own transaction, so
 * that in any snapshot both fit each other, and a number that is wrong there is
 * wrong for good.  Its row is locked first.  Whoever has changed the counter
 * then is through, and whoever is about to waits; so a count of what is committed
 * by now is right, and nobody who writes other rows is kept waiting.
 *
 * The statements' text is generated, so they are run by SPI as they are, without
 * kept plans: who counts anew does so once in a while.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "cache.h"
#include "deparse_counter.h"
#include "error.h"
#include "recount.h"

static int	BeginCount(CormErrorFrame *frame, const CormRelation *relation);
static void EndCount(CormErrorFrame *frame, int nest_level);
static SPIPlanPtr Prepare(const char *sql, TupleDesc keys);
static void Check(int result);

void
CormCountAll(const CormRelation *relation, const char *column)
{
	CormErrorFrame frame;
	int			nest_level = BeginCount(&frame, relation);

	Check(SPI_execute(CormDeparseCounterFill(relation, column), false, 0));
	EndCount(&frame, nest_level);
}

int64
CormRecountWrong(const CormRelation *relation, const char *column)
{
	CormErrorFrame frame;
	int			nest_level = BeginCount(&frame, relation);
	SPITupleTable *wrong;
	int			nkeys = relation->fk->nkeys;
	Datum	   *values = palloc(sizeof(Datum) * nkeys);
	char	   *nulls = palloc(nkeys);
	SPIPlanPtr	lock;
	SPIPlanPtr	recount;
	int64		changed = 0;

	Check(SPI_execute(CormDeparseCounterWrong(relation, column), false, 0));
	wrong = SPI_tuptable;
	lock = Prepare(CormDeparseCounterLock(relation), wrong->tupdesc);
	recount = Prepare(CormDeparseCounterRecount(relation, column),
					  wrong->tupdesc);
	for (uint64 i = 0; i < wrong->numvals; i++)
	{
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		for (int k = 0; k < nkeys; k++)
		{
			values[k] = SPI_getbinval(wrong->vals[i], wrong->tupdesc, k + 1,
									  &isnull);
			nulls[k] = isnull ? 'n' : ' ';
		}
		Check(SPI_execute_plan(lock, values, nulls, false, 0));
		SPI_freetuptable(SPI_tuptable);
		Check(SPI_execute_plan(recount, values, nulls, false, 0));
		changed += SPI_processed;
	}
	EndCount(&frame, nest_level);
	return changed;
}

static int
BeginCount(CormErrorFrame *frame, const CormRelation *relation)
{
	int			nest_level = NewGUCNestLevel();

	CormErrorPush(frame, "counting",
				  CormModelDisplayName(CormModelByRelid(relation->source)),
				  relation->name);
	(void) set_config_option("row_security", "off", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to the SPI manager");
	return nest_level;
}

static void
EndCount(CormErrorFrame *frame, int nest_level)
{
	SPI_finish();
	AtEOXact_GUC(true, nest_level);
	CormErrorPop(frame);
}

/* With parameters like the columns of a result. */
static SPIPlanPtr
Prepare(const char *sql, TupleDesc keys)
{
	Oid		   *types = palloc(sizeof(Oid) * keys->natts);
	SPIPlanPtr	plan;

	for (int i = 0; i < keys->natts; i++)
		types[i] = SPI_gettypeid(keys, i + 1);
	plan = SPI_prepare(sql, keys->natts, types);
	if (plan == NULL)
		elog(ERROR, "could not prepare a statement: %s",
			 SPI_result_code_string(SPI_result));
	return plan;
}

static void
Check(int result)
{
	if (result < 0)
		elog(ERROR, "could not run a statement: %s",
			 SPI_result_code_string(result));
}
