/*-------------------------------------------------------------------------
 *
 * save.h
 *	  A tree of rows to write: places, and the rows at them.
 *
 * A place is where rows of one model stand in the tree, however many rows stand
 * there: the roots, their posts, the categories of these posts.  Whatever is
 * done is done for all rows of a place together.
 *
 * Everything lives in the memory context that the root was made in.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SAVE_H
#define CORM_SAVE_H

#include "bulk.h"
#include "document.h"
#include "link.h"

/* What is to become of a row. */
typedef enum CormSaveKind
{
	CORM_SAVE_ANY,				/* with a key updated, without one created */
	CORM_SAVE_CONNECT			/* a row that is there, linked */
} CormSaveKind;

typedef enum CormSaveState
{
	CORM_SAVE_OPEN,				/* not known yet */
	CORM_SAVE_NEW,
	CORM_SAVE_THERE,
	CORM_SAVE_LOST				/* a trigger has kept it from being written */
} CormSaveState;

typedef struct CormSaveRow
{
	CormSaveKind kind;
	CormSaveState state;
	int			parent;			/* row of the place above */
	int			same;			/* the first row here that is the same one */
	bool		keyed;			/* its key is given */
	bool		related;		/* to its parent already */
	JsonbValue	value;			/* an object, or a key */
	const CormDocPath *at;		/* NULL: the whole document */
} CormSaveRow;

/* Values of a column of the rows at a place, which other tables want as a type. */
typedef struct CormSaveColumn
{
	const CormColumn *column;
	Oid			type;
	bool		of_old;			/* only of rows that are there already */
	Datum	   *values;			/* by row */
	bool	   *nulls;
	int16		typlen;
	bool		byval;
} CormSaveColumn;

typedef struct CormSavePlace
{
	struct CormSavePlace *above;	/* NULL: roots */
	const CormRelation *relation;	/* that leads here from above; NULL: roots */
	const CormModel *model;
	const char *label;			/* "Post", "Post.comments" */
	List	   *below;			/* of CormSavePlace *, in order of mention */
	int			n;
	int			size;
	bool		returned;		/* its keys are asked for, to read the rows */
	CormSaveRow *rows;
	CormBulk   *bulk;			/* what they give, once it is read */
	JsonbValue **links;			/* by row: link values, or NULL */
	List	   *columns;		/* of CormSaveColumn * */
} CormSavePlace;

/* ---------- save_tree.c: from JSON to rows at places ---------- */

extern CormSavePlace *CormSaveMakePlace(CormSavePlace *above, const CormModel *model,
										const CormRelation *relation);

extern CormSaveRow *CormSaveAddRow(CormSavePlace *place, CormSaveKind kind, int parent,
								   const JsonbValue *value, const CormDocPath *at);

/* What a document has for a relation of one row: rows of the place below. */
extern void CormSaveAddRelated(CormSavePlace *place, int row, const CormRelation *relation,
							   JsonbValue *value);

/*
 * Reads the rows of a place: the columns that they give, and rows for the places
 * below.  What the place above gives them must be known.
 */
extern void CormSaveRead(CormSavePlace *place);

/* Where a row stands: "[17].posts[2]"; "" for the whole document. */
extern char *CormSaveAt(const CormSavePlace *place, int row);

/* ---------- save_value.c: values that rows have for one another ---------- */

/* Says that somebody wants the columns, each as the type of "as" beside it. */
extern void CormSaveWant(CormSavePlace *place, int n, const AttrNumber *attnums,
						 const CormModel *holder, const AttrNumber *as, bool of_old);

/*
 * The values of a row for a foreign key's columns in "holder"; false when one of
 * them is null, or the row was not written.
 */
extern bool CormSaveValues(const CormSavePlace *place, int row, int n,
						   const AttrNumber *attnums, const CormModel *holder,
						   const AttrNumber *as, Datum *values);

/* Notes a value, in the place's memory; isnull too. */
extern void CormSaveNote(CormSavePlace *place, CormSaveColumn *column, int row,
						 Datum value, bool isnull);

/* Notes what the data itself says of columns that are wanted. */
extern void CormSaveNoteGiven(CormSavePlace *place, int row);

/* ---------- save_find.c: which rows are there ---------- */

/*
 * Finds out of each row whether it is new or there.  Raises P0002 for a row that
 * is not related to its parent, 23503 for one to be linked that is not there.
 */
extern void CormSaveFind(CormSavePlace *place);

/* The pair of a row and its parent; false when there is none to link. */
extern bool CormSavePair(const CormSavePlace *place, int row, CormPair *pair);

/* The relation that leads to a place, as the link verbs take it. */
extern CormOwned CormSaveOwned(const CormSavePlace *place);

/* ---------- save_write.c: writing them ---------- */

extern void CormSaveWrite(CormSavePlace *place);

/* Links the rows of a place to those above, through their link table. */
extern void CormSaveLink(CormSavePlace *place);

/* ---------- save.c ---------- */

/* Writes the rows of a place and all below it. */
extern void CormSaveRun(CormSavePlace *place);

#endif							/* CORM_SAVE_H */
