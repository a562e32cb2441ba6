/*-------------------------------------------------------------------------
 *
 * corm.c
 *	  Module start-up.
 *
 * Loading the library defines settings and registers callbacks; it reads no
 * catalog and prepares nothing, so a session that never calls corm pays
 * nothing for it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <limits.h>

#include "fmgr.h"
#include "utils/guc.h"

#include "assemble.h"
#include "cache.h"
#include "childkey.h"
#include "compat.h"
#include "encode.h"
#include "forgotten.h"
#include "inline_rows.h"
#include "level.h"
#include "limits.h"
#include "plancache.h"
#include "resolve.h"
#include "rowcache.h"
#include "scan.h"

CORM_MODULE_MAGIC;

void		_PG_init(void);

static const struct config_enum_entry slice_strategies[] = {
	{"auto", CORM_SLICE_AUTO, false},
	{"lateral", CORM_SLICE_LATERAL, false},
	{"window", CORM_SLICE_WINDOW, false},
	{NULL, 0, false}
};

static const struct config_enum_entry to_one_strategies[] = {
	{"auto", CORM_TO_ONE_AUTO, false},
	{"join", CORM_TO_ONE_JOIN, false},
	{"separate", CORM_TO_ONE_SEPARATE, false},
	{NULL, 0, false}
};

static const struct config_enum_entry key_strategies[] = {
	{"auto", CORM_KEY_AUTO, false},
	{"array", CORM_KEY_ARRAY, false},
	{"join", CORM_KEY_JOIN, false},
	{NULL, 0, false}
};

/*
 * Choices that are corm's own business: they are settings so that anybody can
 * prove that they change no result.
 */
static void
DefineStrategies(void)
{
	DefineCustomEnumVariable("corm.slice_strategy",
							 "How a limit for each parent is fetched.",
							 "Parent by parent (lateral), or all lists at once (window); the documents are the same. Where rows are linked several times all lists are read in any case.",
							 &corm_slice_strategy, CORM_SLICE_AUTO, slice_strategies,
							 PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("corm.direct_scan",
							 "Reads rows by index scans of its own where that is all it takes.",
							 "Otherwise, and where it takes more, by a statement for each level; the documents are the same.",
							 &corm_direct_scan, true,
							 PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomEnumVariable("corm.to_one_strategy",
							 "How a to-one relation is loaded.",
							 "Joined into its parent's statement, or by a separate one; the documents are the same. Left to itself it is joined unless index scans find it. One that is filtered or loaded recursively has a separate one in any case.",
							 &corm_to_one_strategy, CORM_TO_ONE_AUTO, to_one_strategies,
							 PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomEnumVariable("corm.key_strategy",
							 "How rows are found by the keys of their parents.",
							 "By comparison with an array, or by a join with its elements; the documents are the same. Keys of several columns are joined in any case.",
							 &corm_key_strategy, CORM_KEY_AUTO, key_strategies,
							 PGC_USERSET, 0, NULL, NULL, NULL);
}

static void
DefineSettings(void)
{
	DefineCustomIntVariable("corm.batch_size",
							"Number of rows whose related rows are fetched together.",
							"Each level of related rows is fetched by one statement per batch.",
							&corm_batch_size, 1000, 1, 1000000,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("corm.bigint_as_string",
							 "Prints bigint and numeric values of documents as JSON strings.",
							 "For clients whose numbers are floating point.",
							 &corm_bigint_as_string, false,
							 PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("corm.plan_cache_size",
							"Number of plans that a session keeps.",
							NULL,
							&corm_plan_cache_size, 256, 1, INT_MAX / 2,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("corm.row_cache_size",
							"Memory for the texts of rows that a session prints again and again.",
							"Rows that others name, as authors and categories, are kept as text until their page changes. 0 keeps none.",
							&corm_row_cache_size, 8192, 0, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable("corm.max_depth",
							"Number of levels of related rows that one queryset may load.",
							"A path a__b__c has three, a recursive one no more than it spells out. Other paths may have as many steps. 0 means no limit.",
							&corm_max_depth, 20, 0, INT_MAX,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("corm.max_nodes",
							"Number of parts that one queryset may have.",
							"Conditions, relations to load, order keys, fields and annotations count. 0 means no limit.",
							&corm_max_nodes, 10000, 0, INT_MAX / 2,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("corm.max_rows",
							"Number of rows that one call may read for its documents.",
							"Rows of all levels count, and a row of a recursive load as often as it is printed. A call that needs more fails. 0 means no limit.",
							&corm_max_rows, 10000000, 0, INT_MAX,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("corm.inline_rows",
							 "Plans corm.rows as part of the query it stands in.",
							 "If its queryset is known then. Only PostgreSQL 15 does so.",
							 &corm_inline_rows, false,
							 PGC_USERSET, 0, NULL, NULL, NULL);
	DefineStrategies();
	MarkGUCPrefixReserved("corm");
}

/*
 * A call takes some hundred kilobytes, a bit more than what the C library gives
 * back to the system as soon as it is free; the next call would get them anew,
 * page by page.  GNU's raises that limit to twice the size of the largest chunk
 * that was freed.
 */
static void
KeepFreedMemory(void)
{
	pfree(palloc(256 * 1024));
}

void
_PG_init(void)
{
	KeepFreedMemory();
	DefineSettings();
	CormCacheInit();
	CormForgottenInit();
}
