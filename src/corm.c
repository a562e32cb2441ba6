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

#include "fmgr.h"
#include "utils/builtins.h"

#include "cache.h"
#include "compat.h"

CORM_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	CormCacheInit();
}
