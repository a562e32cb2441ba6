/*-------------------------------------------------------------------------
 *
 * exec.h
 *	  Runs single statements through SPI.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_EXEC_H
#define CORM_EXEC_H

#include "nodes/params.h"
#include "tcop/dest.h"
#include "utils/portal.h"

#include "plantree.h"

/* A receiver that shows each row to a function, with all its values read. */
typedef struct CormTaker
{
	DestReceiver pub;
	void		(*take) (void *arg, TupleTableSlot *slot);
	void	   *arg;
} CormTaker;

extern CormTaker CormMakeTaker(void (*take) (void *arg, TupleTableSlot *slot), void *arg);

/* Values of a select's parameters; those of the parents' keys stay unset. */
extern ParamListInfo CormBindParams(const CormSelect *select);

/*
 * Runs one statement under its kept plan; rows go to "dest", which may be NULL.
 * Returns the number of rows processed.
 */
extern uint64 CormExecute(const char *label, const char *sql, ParamListInfo params,
						  bool read_only, DestReceiver *dest);

/* The same for a statement that is stopped after "rows" rows; -1: it is not. */
extern uint64 CormExecuteUpTo(const char *label, const char *sql, ParamListInfo params,
							  bool read_only, int64 rows, DestReceiver *dest);

/*
 * The same for a statement that only reads, with "nkeys" keys of parents among
 * its parameters: how it is planned depends on their number.
 */
extern uint64 CormExecuteByKeys(const char *label, const char *sql, ParamListInfo params,
								int nkeys, DestReceiver *dest);

/*
 * The same for a statement that writes or locks "nrows" rows, given as arrays.
 * For few of them it is planned once: that their number is less than a plan for
 * any arrays takes it for must not have it planned each time.
 */
extern uint64 CormExecuteForAny(const char *label, const char *sql, ParamListInfo params,
								int nrows, DestReceiver *dest);

/* Runs a statement of one row and one column of a type passed by value. */
extern Datum CormExecuteScalar(const char *label, const char *sql,
							   ParamListInfo params, bool read_only);

/*
 * Runs a query of at most one row and copies its columns into the current
 * context.  False when there is no row.
 */
extern bool CormFetchRow(const char *label, const char *sql, ParamListInfo params,
						 int n, Datum *values, bool *nulls);

/* The same for a query that only reads, under the active snapshot. */
extern bool CormReadRow(const char *label, const char *sql, ParamListInfo params,
						int n, Datum *values, bool *nulls);

/* Parameters collected one by one, for statements that are not selects. */
typedef struct CormValues
{
	List	   *values;			/* of ParamExternData * */
} CormValues;

/* Returns the parameter's number. */
extern int	CormAddValue(CormValues *values, Oid type, Datum value, bool isnull);
extern ParamListInfo CormValueParams(const CormValues *values);

/* Opens a read-only portal on a query; the caller drops it. */
extern Portal CormOpenPortal(const char *label, const char *sql, ParamListInfo params);

/* Are the plans of statements shown?  They are then to be as they are written. */
extern bool CormPlansAreShown(void);

/* How many statements this backend has run. */
extern uint64 CormStatementsCounted(void);

/* Takes a line; it is not valid afterwards. */
typedef void (*CormLineSink) (void *arg, const char *line);

/*
 * The level's label as a line, then the plan of its statement, which is not
 * run.  The keys of the parents are taken as unknown.
 */
extern void CormExplain(const CormSelect *select, const char *sql,
						CormLineSink sink, void *arg);

/*
 * Calls "run" and shows in the same way every statement that it runs, with what
 * EXPLAIN ANALYZE measured.  Each runs twice.
 */
extern void CormExplainRun(void (*run) (void *), void *run_arg,
						   CormLineSink sink, void *arg);

#endif							/* CORM_EXEC_H */
