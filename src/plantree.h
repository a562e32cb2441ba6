/*-------------------------------------------------------------------------
 *
 * plantree.h
 *	  A request with every name resolved: what resolve builds, deparse prints
 *	  and exec runs.
 *
 * One CormSelect is one statement.  The root of a request is a select; every
 * related list or object that is loaded by a statement of its own is a
 * CormChild with a select below it.  The tree holds no values: a statement's
 * parameters say where in the request their value stands and how it becomes a
 * Datum (CormParam), so that the text depends on the shape alone.
 *
 * Tables are known by small numbers, printed as t1, t2 ..., unique within one
 * statement, so no name of a user ever serves as an alias.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PLANTREE_H
#define CORM_PLANTREE_H

#include "nodes/bitmapset.h"

#include "cache.h"
#include "request.h"

/* ---------- parameters ---------- */

typedef enum CormBind
{
	CORM_BIND_VALUE,			/* JSON value -> type */
	CORM_BIND_ARRAY,			/* JSON array -> array of element type, nulls
								 * left out */
	CORM_BIND_KEY,				/* a key (scalar, array, object) -> its part */
	CORM_BIND_KEY_ARRAY,		/* JSON array of keys -> array of their part */
	CORM_BIND_EXACT_TEXT,		/* JSON value as text */
	CORM_BIND_CONTAINS,			/* JSON value as text -> LIKE pattern */
	CORM_BIND_STARTS,
	CORM_BIND_ENDS,
	CORM_BIND_TEXTS,			/* a list of texts -> text[] */
	CORM_BIND_BIGINT,			/* the number itself */
	CORM_BIND_DATUM,			/* the Datum itself */
	CORM_BIND_RUNTIME			/* exec supplies it: keys of the parents */
} CormBind;

typedef struct CormParam
{
	CormBind	bind;
	Oid			typid;			/* type of $n */
	Oid			elemtype;		/* of an array's elements, else typid */
	JsonbValue *value;
	const CormModel *model;		/* for keys: whose key it is ... */
	int			part;			/* ... and which part */
	int64		number;			/* for CORM_BIND_BIGINT */
	Datum		datum;			/* for CORM_BIND_DATUM */
	List	   *texts;			/* for CORM_BIND_TEXTS: of char * */
	const char *path;			/* where in the request, for messages */
	bool		of_owner;		/* names the owner of a relation, not a filter */
	bool		any;			/* the tree is the same for any value of its kind:
								 * nothing in it was looked at */
} CormParam;

/* ---------- tables and columns ---------- */

typedef enum CormJoinKind
{
	CORM_JOIN_NONE,				/* first in its FROM list */
	CORM_JOIN_INNER,
	CORM_JOIN_LEFT
} CormJoinKind;

typedef struct CormTable
{
	int			alias;
	const CormModel *model;
	CormJoinKind join;
	List	   *on;				/* of CormExpr *, what joins it */
	const CormRelation *via;	/* step that led here, or NULL */
	int			via_alias;		/* ... from which table */

	/*
	 * What stands in FROM in place of the table itself.  Then only the columns
	 * in "used" are read, so that nobody needs a right on more than is asked
	 * for.
	 */
	const CormRelation *mirrored;	/* a symmetrical through table, read in
									 * both directions */
	const CormRelation *once;	/* its through table, one link of every pair */
	const CormRelation *several;	/* its through table, of whose links of a
									 * pair one is kept in the end */
	bool		asked;			/* a filter means any link of its pairs */
	struct CormSubquery *rows;	/* some of the table's rows */
	const CormRelation *closure;	/* what this self relation leads to in any
									 * number of steps from "via_alias" */
	int			row_param;		/* one row: the columns in "used", given as
								 * $n, $n+1 ... */
	Bitmapset  *used;

	List	   *annotations;	/* of CormNamedValue *, of its rows */

	/* the through table that leads here, and the relation it belongs to */
	struct CormTable *link;
	const CormRelation *link_relation;
	struct CormTable *beyond;	/* of such a through table that is LEFT JOINed:
								 * the target, joined to it first */
} CormTable;

typedef struct CormColumnRef
{
	CormTable  *table;
	const CormColumn *column;
} CormColumnRef;

/* ---------- values ---------- */

struct CormScope;
struct CormExpr;

typedef enum CormValueKind
{
	CORM_VALUE_COLUMN,
	CORM_VALUE_PARAM,			/* $n */
	CORM_VALUE_CAST,			/* arg::type */
	CORM_VALUE_CALL,			/* function(['unit',] arg) [+ added] */
	CORM_VALUE_OPERATOR,		/* arg operator $n */
	CORM_VALUE_EXPR,			/* a condition, as a boolean */
	CORM_VALUE_ONCE,			/* arg, the same for all rows, computed once; of
								 * the one row of a subquery, or NULL */
	CORM_VALUE_EXTREME,			/* the smallest or greatest of a subquery */
	CORM_VALUE_AGGREGATE,		/* an aggregate over a subquery */
	CORM_VALUE_NUMBERED			/* column "number" of the subquery in FROM */
} CormValueKind;

/* Something of a type, computed from one row of a statement. */
typedef struct CormValue
{
	CormValueKind kind;
	Oid			type;
	Oid			collation;		/* its own */
	Oid			collate;		/* compared by this one instead, if valid */
	CormColumnRef ref;			/* of COLUMN */
	struct CormValue *arg;
	int			param;			/* of PARAM and OPERATOR */
	const char *function;		/* of CALL and AGGREGATE, in pg_catalog; or the
								 * operator's name there */
	const char *unit;			/* of CALL: its first argument, a constant */
	int			added;
	struct CormExpr *expr;		/* of EXPR; of AGGREGATE: FILTER, or NULL */
	struct CormScope *scope;	/* of EXTREME and AGGREGATE; NULL: the
								 * statement's own rows.  Of ONCE, or NULL */
	bool		greatest;		/* of EXTREME, and with "first" */
	bool		first;			/* of AGGREGATE: the first of the array in
								 * order, NULLs left out */
	bool		distinct;		/* of AGGREGATE */
	int			number;			/* of NUMBERED */
} CormValue;

/* ---------- conditions ---------- */

typedef enum CormExprKind
{
	CORM_EXPR_CONST,			/* true or false */
	CORM_EXPR_AND,
	CORM_EXPR_OR,
	CORM_EXPR_NOT_TRUE,			/* complement, NULL counting as false */
	CORM_EXPR_EXISTS,
	CORM_EXPR_OPERATOR,			/* left op right */
	CORM_EXPR_ANY,				/* left op ANY ($n) */
	CORM_EXPR_KEYS,				/* the values are together one of the keys
								 * $n, $n+1 ... */
	CORM_EXPR_IS_NULL,
	CORM_EXPR_IS_TRUE			/* left, a boolean */
} CormExprKind;

typedef struct CormExpr
{
	CormExprKind kind;
	bool		truth;			/* of a constant */
	List	   *args;			/* of AND, OR, NOT_TRUE; of KEYS: CormExpr *,
								 * operators over a value and NULL */
	struct CormScope *scope;	/* of EXISTS */
	CormValue  *left;
	CormValue  *right;
	Oid			op;
	int			param;			/* n of $n */
	Oid			key_type;		/* of a part of KEYS: the key's */
} CormExpr;

/* FROM and WHERE of a statement or of a subquery. */
typedef struct CormScope
{
	int			depth;			/* how many subqueries it stands within */
	List	   *tables;			/* of CormTable * */
	List	   *where;			/* of CormExpr *, all must hold */
	struct CormGroups *groups;	/* in place of tables: the subquery q */
} CormScope;

typedef struct CormOrder
{
	CormValue  *value;
	bool		descending;
	CormNulls	nulls;
} CormOrder;

/* Rows of one model's table, all of them or a slice. */
typedef struct CormSubquery
{
	CormScope  *scope;
	CormTable  *base;
	List	   *order;			/* of CormOrder * */
	int			limit;			/* parameter number, 0: none */
	int			offset;
} CormSubquery;

/* ---------- the select list ---------- */

/* One column of the statement's result. */
typedef struct CormTarget
{
	CormValue  *value;
	Oid			cast;			/* cast to this type, or InvalidOid */
} CormTarget;

typedef enum CormOutputKind
{
	CORM_OUT_VALUE,
	CORM_OUT_OBJECT,			/* a to-one joined in, or a link's columns */
	CORM_OUT_CHILD				/* filled in from another statement */
} CormOutputKind;

struct CormObject;
struct CormChild;

/* One key of a JSON object. */
typedef struct CormOutput
{
	CormOutputKind kind;
	const char *name;
	Oid			type;			/* of VALUE */
	int			target;			/* of VALUE: index into targets */
	struct CormObject *object;
	struct CormChild *child;
} CormOutput;

typedef struct CormObject
{
	List	   *outputs;		/* of CormOutput * */
	int			presence;		/* target that is NULL when the object is not
								 * there; -1: it always is */
	bool		array;			/* printed as an array, without names */
} CormObject;

/*
 * One part of the key by which rows find their parent.  "op" is the foreign
 * key's own operator, referenced = referencing; "child_referenced" says on
 * which side of it the child's column stands.
 */
typedef struct CormKeyPart
{
	Oid			op;
	bool		child_referenced;
	Oid			collation;		/* of the referenced column */
	Oid			parent_type;	/* the operator's input type on either side, */
	Oid			child_type;		/* never polymorphic */
	int			child_target;	/* index into the child's targets */
} CormKeyPart;

/* What annotate computes for each row. */
typedef struct CormNamedValue
{
	const char *name;
	CormValue  *value;
} CormNamedValue;

/* Who finds rows by index scans instead of a statement (scan.h). */
typedef enum CormScanPurpose
{
	CORM_SCAN_FOR_PARENTS,
	CORM_SCAN_FOR_ROOTS,
	CORM_SCAN_FOR_COUNT,
	CORM_SCAN_FOR_ROWS
} CormScanPurpose;

#define CORM_SCAN_PURPOSES (CORM_SCAN_FOR_ROWS + 1)

/*
 * What it takes to read the rows of a select, as far as the select alone decides it:
 * found out when they are read, and kept for as long as the select is.
 */
typedef struct CormKept
{
	MemoryContext context;		/* of the select */
	bool		planned[CORM_SCAN_PURPOSES];	/* is it known how scans ... */
	struct CormScan *scans[CORM_SCAN_PURPOSES]; /* ... would do it, or NULL? */
	bool		lasting[2];		/* by statement, or by scan: may what a level has
								 * compiled ... */
	struct CormCompiled *compiled[2];	/* ... be kept?  It is, if not NULL */
} CormKept;

typedef struct CormSelect
{
	const char *label;			/* "Post", "Post.comments" */
	const CormModel *model;
	int			naliases;
	CormScope  *scope;
	CormTable  *base;			/* the model's table */
	CormTable  *link;			/* the through table, or NULL */
	bool		guarded;		/* an allow-list bounds what is asked */

	List	   *targets;		/* of CormTarget * */
	CormObject *object;
	List	   *children;		/* of CormChild *, in order of appearance */
	List	   *order;			/* of CormOrder * */
	List	   *params;			/* of CormParam *; $1 is the first */
	List	   *models;			/* of CormModel *, whose tables it names */

	int			limit;			/* parameter number, 0: none */
	int			offset;

	/*
	 * For each value of "distinct" the row that comes first in this order is
	 * kept: where a pair may be linked more than once (or is read from both
	 * ends) the one of lowest link key.
	 */
	List	   *distinct;		/* of CormValue * */
	List	   *distinct_order;	/* of CormOrder * */
	List	   *kept_where;		/* of CormExpr *, on the rows that are kept:
								 * their values are NUMBERED */

	/* of a child: how its rows find their parents */
	int			nkeys;
	CormKeyPart *keys;
	int			first_key_param;	/* arrays of the parents' keys */
	bool		keys_unnested;	/* joined by unnest() rather than = ANY */

	/*
	 * Of a child that is loaded recursively, and so is its own child too: the
	 * primary key, which tells its rows apart, with the rows on either side.
	 */
	CormKeyPart *identity;
	List	   *path;			/* of a flat one: CormOutput * of the key */

	CormKept   *kept;			/* NULL: nothing is */
} CormSelect;

typedef struct CormChild
{
	const char *name;			/* key in the parent's object */
	bool		to_many;
	bool		more;			/* print whether the list was cut */
	int64		limit;			/* with more: rows to print */
	int			index;			/* position among the select's children */
	CormSelect *select;
	int		   *parent_targets; /* by key part: index into parent's targets */
	bool		unjoined;		/* to be scanned, and else joined: its rows count as
								 * part of the parent's */

	bool		recursive;		/* and so on from each row that was loaded */
	bool		flat;			/* ... as one list */
	int64		depth;			/* ... levels to load, -1: all */
	int		   *identity_targets;	/* the parent's primary key, likewise */
} CormChild;

/* ---------- groups ---------- */

/* One value of each group, made of the rows in it. */
typedef struct CormGroupValue
{
	CormValue  *value;
	CormValue  *divisor;		/* what it is divided by, or NULL */
	bool		never_null;		/* 0, or false, where there is nothing */
	Oid			type;			/* what it is, or is cast to */
} CormGroupValue;

/*
 * The rows of a statement in groups: a subquery q, whose columns c1, c2 ... are
 * the values.  These are made of another q, the rows, whose columns are the
 * targets.
 */
typedef struct CormGroups
{
	CormSelect *rows;
	int			nkeys;			/* so many values come first that are the
								 * same in a group */
	List	   *values;			/* of CormGroupValue * */
} CormGroups;

#endif							/* CORM_PLANTREE_H */
