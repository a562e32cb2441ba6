/*-------------------------------------------------------------------------
 *
 * accessor_create.h
 *	  Making the functions that stand for a model's relations.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ACCESSOR_CREATE_H
#define CORM_ACCESSOR_CREATE_H

#include "nodes/pg_list.h"

/*
 * Makes those that are not there, and makes anew those that do not fit.
 * Returns their signatures, of char *, by name.  Takes the catalog's lock;
 * raises 42501 unless the current user owns the table, 42723 for a function of
 * the user's own in the place of one, and what CREATE FUNCTION raises.
 */
extern List *CormCreateAccessors(Oid relid);

/*
 * Drops all that take rows of the table, whatever relations there are now.
 * Returns the signatures they had.
 */
extern List *CormDropAccessors(Oid relid);

#endif							/* CORM_ACCESSOR_CREATE_H */
