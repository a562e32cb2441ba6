/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  The only place that looks at the server's version.
 *
 * One entry per server API that changed, named after the newest spelling,
 * with the major version that changed it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_COMPAT_H
#define CORM_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "corm needs PostgreSQL 15 or newer"
#endif

/* 18: the module block carries name and version. */
#if PG_VERSION_NUM >= 180000
#define CORM_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "corm", .version = CORM_VERSION)
#else
#define CORM_MODULE_MAGIC PG_MODULE_MAGIC
#endif

#endif							/* CORM_COMPAT_H */
