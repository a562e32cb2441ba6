/*-------------------------------------------------------------------------
 *
 * bulk_member.h
 *	  Names in the objects of many rows, and how their values are made.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_BULK_MEMBER_H
#define CORM_BULK_MEMBER_H

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "bulk.h"
#include "error.h"
#include "natural_key.h"

/* Rows of a tree: objects with related rows in them. */
typedef struct CormTreeRows
{
	JsonbValue **objects;		/* by row; NULL: there is nothing to read */

	/*
	 * Takes what an object holds of a relation that is not a mere column of it:
	 * any value for one that leads to rows which point here, or are linked, an
	 * object for the row that is pointed to, or its key where that is not what
	 * the foreign key holds.  False: the value, which may now
	 * be another one, is to be read like others.
	 */
	bool		(*take) (void *arg, int row, const CormRelation *relation, JsonbValue *value);

	/* Takes the value of a member column__expect. */
	void		(*expect) (void *arg, int row, const CormColumn *column, JsonbValue *value);
	void	   *arg;
} CormTreeRows;

/* How a column's values are made. */
typedef enum CormConversion
{
	CORM_CONVERT_GENERAL,			/* as value.c does it */
	CORM_CONVERT_INPUT,				/* a scalar, by the type's input function */
	CORM_CONVERT_TEXT,				/* the same, but a string as it is */
	CORM_CONVERT_BOOLEAN,			/* ... but true and false as they are */
	CORM_CONVERT_JSONB
} CormConversion;

/* A name in the objects, and what is known of it. */
typedef struct CormBulkMember
{
	char	   *name;
	int			len;
	bool		skipped;
	bool		unknown;
	const CormRelation *relation;	/* of that name */
	CormBulkColumn *column;		/* takes the value of a scalar, or NULL */
	bool		of_key;			/* ... which is then a key, never null */
	const CormColumn *expected;	/* that a tree says the value of, or NULL */
	CormConversion conversion;
	bool		is_array;
	FmgrInfo	input;
	Oid			ioparam;
	int16		typlen;
	bool		byval;
	int			last_row;		/* that had it in its text, and its place there */
	int			last_place;
} CormBulkMember;

typedef struct CormBulkReader
{
	CormBulk   *bulk;
	const CormRelation *through;
	const CormModel *link;		/* its through model, or NULL */
	List	   *only;
	JsonbValue **links;
	const CormTreeRows *tree;	/* or NULL */
	List	   *members;		/* of CormBulkMember * */
	CormBulkMember		passed_over;	/* stands for names that are not remembered */
	CormNaturalKeys *natural;
	MemoryContext keep;
	MemoryContext scratch;		/* of one row */
	StringInfoData text;
	const char *number;			/* text of the number at hand, or NULL */
	bool		terminated;		/* strings have a NUL behind them */
	int		   *places;			/* of the members in a row's text, each once */
	int			maxplaces;
	CormRowFrame frame;
} CormBulkReader;

/*
 * What is known of a name, found out when it comes first.  "at" is where to look,
 * as names come in the same order in most objects.
 */
extern CormBulkMember *CormFindBulkMember(CormBulkReader *reader, const char *name, int len,
										  int *at);

#endif							/* CORM_BULK_MEMBER_H */
