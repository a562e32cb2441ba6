/*-------------------------------------------------------------------------
 *
 * define.h
 *	  Creating a model with its table, and dropping it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DEFINE_H
#define CORM_DEFINE_H

/*
 * Both take the catalog's lock and check the caller's rights and the names,
 * which are read as CormSplitName() does.
 */

/* "fields" is the text of a JSON object.  Returns the new table. */
extern Oid	CormCreateModel(const char *name, char *fields,
							const char *table_name);

/* Forgets the relations that touch the model, too. */
extern void CormDropModel(Oid relid, bool drop_table);

#endif							/* CORM_DEFINE_H */
