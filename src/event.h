/*-------------------------------------------------------------------------
 *
 * event.h
 *	  Keeping corm's rows in step with DDL.
 *
 * For event triggers: nothing here raises an error of its own, waits for a
 * declaration or DDL of another session, or asks who runs the DDL.  Call between CormHoldCatalog()
 * and CormReleaseCatalog().
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_EVENT_H
#define CORM_EVENT_H

#include "nodes/pg_list.h"

/* A column or constraint that was dropped, of a table that is still there. */
typedef struct CormDroppedPart
{
	Oid			relid;
	char	   *name;
	bool		is_column;
} CormDroppedPart;

/*
 * Forgets what was dropped: tables, a list of Oid, and parts of others, of
 * CormDroppedPart *.  A notice names each relation that went with a part.
 */
extern void CormFollowDrop(List *tables, List *parts);

/*
 * A column of the table, and of those that inherit it, has another name now;
 * with of_type relid is a composite type's, and tables made OF it count too.
 */
extern void CormFollowColumnRename(Oid relid, bool of_type, const char *from,
								   const char *to);

extern void CormFollowConstraintRename(Oid constraint, const char *from,
									   const char *to);

#endif							/* CORM_EVENT_H */
