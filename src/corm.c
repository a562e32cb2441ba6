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
#include "compat.h"
#include "encode.h"
#include "limits.h"
#include "plancache.h"

CORM_MODULE_MAGIC;

void		_PG_init(void);

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
	DefineCustomIntVariable("corm.max_depth",
							"Number of levels of related rows that one queryset may load.",
							"A path a__b__c has three, a recursive one no more than it spells out. 0 means no limit.",
							&corm_max_depth, 20, 0, INT_MAX,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("corm.max_nodes",
							"Number of parts that one queryset may have.",
							"Conditions, relations to load, order keys, fields and annotations count. 0 means no limit.",
							&corm_max_nodes, 10000, 0, INT_MAX / 2,
							PGC_USERSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("corm");
}

void
_PG_init(void)
{
	DefineSettings();
	CormCacheInit();
}
