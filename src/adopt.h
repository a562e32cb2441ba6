/*-------------------------------------------------------------------------
 *
 * adopt.h
 *	  Making models and relations of a schema that is there.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ADOPT_H
#define CORM_ADOPT_H

#include "adoption.h"

/*
 * Adopts the tables of a schema: those of "only" (of char *; NIL: all) but not
 * those of "except_tables".  Returns what was decided, of CormAdoptRow *, in
 * order.  A dry run decides the same and writes nothing.  Otherwise takes the
 * catalog's lock and a share lock on every table adopted.  Raises 3F000, 42809
 * and 42501 for the schema, 42P01 for a table that it has not.
 */
extern List *CormAdopt(const char *schema, List *only, List *except_tables,
					   bool dry_run);

#endif							/* CORM_ADOPT_H */
