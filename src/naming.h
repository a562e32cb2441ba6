/*-------------------------------------------------------------------------
 *
 * naming.h
 *	  How names are read, and how names that nobody gave are made.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_NAMING_H
#define CORM_NAMING_H

/*
 * Splits what a user wrote at the first dot outside double quotes.  *schema
 * is NULL without a dot.  Quotes are removed, a doubled one stands for
 * itself, case is kept.  Raises 42602 for an empty part or a quote that is
 * left open.
 */
extern void CormSplitName(const char *text, char **schema, char **name);

/* The way back: one part that CormSplitName() reads as "name". */
extern char *CormQuoteNamePart(const char *name);

/* lower(name), as SQL says it in this database */
extern char *CormLowerName(const char *name);

/* lower(name) and an "s": default table names and reverse names */
extern char *CormPluralName(const char *name);

/*
 * Joins up to three parts with "_", leaving NULL parts out.  "kind" ("table",
 * "column") names what is being named: raises 42622 when the name would be
 * cut, with "hint" as its HINT.
 */
extern char *CormGeneratedName(const char *kind, const char *part1,
							   const char *part2, const char *part3,
							   const char *hint);

/* Raises 42622 when the server would cut this name of a table or column. */
extern void CormCheckNameLength(const char *kind, const char *name,
								const char *hint);

#endif							/* CORM_NAMING_H */
