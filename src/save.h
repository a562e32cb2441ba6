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
#include "introspect.h"
#include "link.h"

/* What is to become of a row. */
typedef enum CormSaveKind
{
	CORM_SAVE_ANY,				/* with a key updated, without one created */
	CORM_SAVE_CREATE,
	CORM_SAVE_CONNECT,			/* a row that is there, linked */
	CORM_SAVE_CONNECT_OR_CREATE,
	CORM_SAVE_UPDATE,
	CORM_SAVE_UPSERT,			/* updated, or created */
	CORM_SAVE_DISCONNECT,
	CORM_SAVE_DELETE
} CormSaveKind;

typedef enum CormSaveState
{
	CORM_SAVE_OPEN,				/* not known yet */
	CORM_SAVE_NEW,
	CORM_SAVE_THERE,
	CORM_SAVE_NOWHERE,			/* nothing is to be done, or a trigger has kept
								 * it from being written */
} CormSaveState;

typedef struct CormSaveRow
{
	CormSaveKind kind;
	CormSaveState state;
	int			parent;			/* row of the place above */
	int			same;			/* the first row here that is the same one */
	bool		by_parent;		/* it is the one row that its parent has */
	bool		related;		/* to its parent already */
	bool		passive;		/* found, and left as it is */
	JsonbValue	value;			/* an object, or a key */
	JsonbValue *lookup;			/* the members that it is looked up by, or NULL */
	const CormDocPath *at;		/* NULL: the whole document */
	const CormKey *by;			/* the columns it is looked up by, or NULL */
	Datum	   *by_values;
} CormSaveRow;

/* What a column must still be when the row is written. */
typedef struct CormSaveExpected
{
	int			row;
	const CormColumn *column;
	Datum		value;
	bool		isnull;
} CormSaveExpected;

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
	List	   *cleared;		/* of int, rows above: all others are taken off */
	bool		locked;			/* the rows that are there, and those of the list */
	CormKey		key;			/* of the model */
	List	   *unique_keys;	/* of CormKey *, once they are needed */
	const char *part;			/* of an object that is being read, or NULL */
	CormBulk   *bulk;			/* what they give, once it is read */
	JsonbValue **links;			/* by row: link values, or NULL */
	List	   *columns;		/* of CormSaveColumn * */
	List	   *expected;		/* of CormSaveExpected * */
	bool		written;

	/* of the roots: what is left to the end */
	List	   *deferred;
	List	   *constraints;	/* of CormForeignKey *, told to wait */
} CormSavePlace;

/* ---------- save_tree.c: from JSON to rows at places ---------- */

extern CormSavePlace *CormSaveMakePlace(CormSavePlace *above, const CormModel *model,
										const CormRelation *relation);

extern CormSaveRow *CormSaveAddRow(CormSavePlace *place, CormSaveKind kind, int parent,
								   const JsonbValue *value, const CormDocPath *at);

extern CormDocPath *CormSavePath(const CormDocPath *parent, const char *word, int index);

/* Adds a row that is an object, or the key of one that is there. */
extern void CormSaveAddPlain(CormSavePlace *place, int parent, JsonbValue *value,
							 const CormDocPath *at);

/*
 * Reads the rows of a place: the columns that they give, and rows for the places
 * below.  What the place above gives them must be known.
 */
extern void CormSaveRead(CormSavePlace *place);

/* Where a row stands: "[17].posts[2]"; "" for the whole document. */
extern char *CormSaveAt(const CormSavePlace *place, int row);

/* ---------- save_verb.c: objects of verbs ---------- */

typedef enum CormSaveVerb
{
	CORM_TREE_CREATE,
	CORM_TREE_CONNECT,
	CORM_TREE_CONNECT_OR_CREATE,
	CORM_TREE_UPDATE,
	CORM_TREE_UPSERT,
	CORM_TREE_DISCONNECT,
	CORM_TREE_DELETE,
	CORM_TREE_SET
} CormSaveVerb;

/* The verb of that name, -1 if there is none. */
extern int	CormSaveFindVerb(const char *name, int len);

/* Are all members of an object verbs? */
extern bool CormSaveHasVerbs(const JsonbValue *object);

/* Raises 22023 for an object that has another member, or none. */
pg_noreturn extern void CormSaveUnknownVerb(JsonbValue *object, const CormDocPath *at);

/* Adds what they say, for a row of the place above. */
extern void CormSaveAddVerbs(CormSavePlace *place, int parent, JsonbValue *object,
							 const CormDocPath *at);

/*
 * The verb of a relation that the row above holds itself.  False: "value" is now
 * what to write there, a key or null.
 */
extern bool CormSaveTakeVerb(CormSavePlace *place, int parent, JsonbValue *value,
							 const CormDocPath *at);

/* ---------- save_permit.c: what a queryset permits ---------- */

/*
 * Raises 42501 for a key of the tree, an object or an array of objects, that the
 * request does not permit.
 */
extern void CormSavePermit(const CormRequest *request, const CormSubject *subject,
						   JsonbValue *tree);

/* ---------- save_lookup.c: what rows are looked up by ---------- */

/*
 * Reads the rows that are named, not described: keys, or the columns of a unique
 * key, and link values with them.
 */
extern void CormSaveReadTargets(CormSavePlace *place);

/* Reads what rows are looked up by before they are created. */
extern void CormSaveReadLookups(CormSavePlace *place);

/* Says of each row that is read by what columns it is looked up. */
extern void CormSaveChooseKeys(CormSavePlace *place);

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

/* The same value as another type, by way of its text. */
extern Datum CormSaveConvert(Datum value, Oid from, Oid to);

/* Notes what the data itself says of columns that are wanted. */
extern void CormSaveNoteGiven(CormSavePlace *place, int row);

/* The same of what another bulk says in its row n. */
extern void CormSaveNoteGivenBy(CormSavePlace *place, int row, const CormBulk *bulk, int n);

/* ---------- save_find.c: which rows are there ---------- */

/*
 * Finds out of each row whether it is new or there.  Raises P0002 for a row that
 * is not related to its parent, 23503 for one to be linked that is not there.
 */
extern void CormSaveFind(CormSavePlace *place);

/* The same for some rows once more. */
extern void CormSaveFindAgain(CormSavePlace *place, int n, const int *rows);

/* ---------- save_same.c: the same row several times ---------- */

/* Lets the first of rows that are the same one have what all of them give. */
extern void CormSaveMerge(CormSavePlace *place);

/* ---------- save_off.c: taking rows off ---------- */

/*
 * Before rows are looked up: locks owners whose rows are to be those of the tree
 * alone, and all rows that are then to be locked in one order.
 */
extern void CormSaveLock(CormSavePlace *place);

/* Disconnects and deletes what is to be, and clears lists. */
extern void CormSaveTakeOff(CormSavePlace *place);

/* The pair of a row and its parent; false when there is none to link. */
extern bool CormSavePair(const CormSavePlace *place, int row, CormPair *pair);

/* The relation that leads to a place, as the link verbs take it. */
extern CormOwned CormSaveOwned(const CormSavePlace *place);

/* ---------- save_write.c: writing them ---------- */

extern void CormSaveWrite(CormSavePlace *place);

/* Links the rows of a place to those above, through their link table. */
extern void CormSaveLink(CormSavePlace *place);

/* Is it a row that is created unless a lookup finds it? */
extern bool CormSaveIsLookedUp(const CormSaveRow *row);

/* ---------- save_defer.c: foreign keys to rows that are still to come ---------- */

/* Before the rows of a place are written: leaves for later what must be. */
extern void CormSaveDefer(CormSavePlace *place);

/* When all is written: what was left. */
extern void CormSaveFinish(CormSavePlace *roots);

/* ---------- save.c ---------- */

/* Does the row above hold the relation itself? */
extern bool CormSaveIsHeld(const CormRelation *relation);

/* Writes a tree. */
extern void CormSaveRun(CormSavePlace *roots);

#endif							/* CORM_SAVE_H */
