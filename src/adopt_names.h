/*-------------------------------------------------------------------------
 *
 * adopt_names.h
 *	  Which names are taken on which table while a schema is adopted.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ADOPT_NAMES_H
#define CORM_ADOPT_NAMES_H

typedef struct CormNames CormNames;

/* In the current context, as all that is made here. */
extern CormNames *CormMakeNames(void);

/* Said of what is there already. */
extern void CormNameOfColumn(CormNames *names, Oid relid, const char *name);
extern void CormNameOfRelation(CormNames *names, Oid relid, const char *name);

/* Said of what is to come, by each that would like to have the name. */
extern void CormWantName(CormNames *names, Oid relid, const char *name);

/*
 * Why one who wants the name cannot have it, in words, or NULL.  A column that
 * may share its name with the relation is passed as "but_column".
 */
extern char *CormNameRefused(CormNames *names, Oid relid, const char *name,
							 const char *but_column);

/* A name made of "base" that nobody has or wants; from now on it is taken. */
extern char *CormInventName(CormNames *names, Oid relid, const char *base);

#endif							/* CORM_ADOPT_NAMES_H */
