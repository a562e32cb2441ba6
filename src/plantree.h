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
	CORM_BIND_BIGINT,			/* the number itself */
	CORM_BIND_RUNTIME			/* exec supplies it: keys of the parents */
} CormBind;

typedef struct CormParam
{
	CormBind	bind;
	Oid			typid;			/* type of $n */
	Oid			elemtype;		/* of an array's elements, else typid */
	JsonbValue *value;
	const CormModel *model;		/* for keys: whose key it is ... */
	int			part;			/* ... and which part, or CORM_WHOLE_KEY */
	int64		number;			/* for CORM_BIND_BIGINT */
	const char *path;			/* where in the request, for messages */
	bool		of_owner;		/* names the owner of a relation, not a filter */
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
	const CormRelation *via;	/* to-one step that led here, or NULL */
	int			via_alias;		/* ... from which table */

	/*
	 * The through table of a symmetrical relation is read in both directions;
	 * then only the columns in "used" are, so that nobody needs a right on
	 * more than is asked for.
	 */
	const CormRelation *mirrored;
	Bitmapset  *used;

	/* the through table that leads here, and the relation it belongs to */
	struct CormTable *link;
	const CormRelation *link_relation;
} CormTable;

typedef struct CormColumnRef
{
	CormTable  *table;
	const CormColumn *column;
} CormColumnRef;

/* ---------- conditions ---------- */

typedef enum CormExprKind
{
	CORM_EXPR_CONST,			/* true or false */
	CORM_EXPR_AND,
	CORM_EXPR_OR,
	CORM_EXPR_NOT_TRUE,			/* complement, NULL counting as false */
	CORM_EXPR_EXISTS,
	CORM_EXPR_EQUAL_COLUMNS,	/* left op right */
	CORM_EXPR_COMPARE,			/* left op $n */
	CORM_EXPR_COMPARE_FLIPPED,	/* $n op left */
	CORM_EXPR_ANY,				/* left op ANY ($n) */
	CORM_EXPR_IS_NULL,
	CORM_EXPR_TEXT_MATCH,		/* left::text op $n */
	CORM_EXPR_TEXT_IEXACT		/* lower(left::text) = lower($n) */
} CormExprKind;

struct CormScope;

typedef struct CormExpr
{
	CormExprKind kind;
	bool		truth;			/* of a constant */
	List	   *args;			/* of AND, OR, NOT_TRUE */
	struct CormScope *scope;	/* of EXISTS */
	CormColumnRef left;
	CormColumnRef right;
	Oid			op;
	Oid			collation;		/* of COMPARE_FLIPPED and ANY, where it is not
								 * the column's */
	const char *opname;			/* of TEXT_MATCH, in pg_catalog */
	int			param;			/* n of $n */
} CormExpr;

/* FROM and WHERE of a statement or of a subquery. */
typedef struct CormScope
{
	List	   *tables;			/* of CormTable * */
	List	   *where;			/* of CormExpr *, all must hold */
} CormScope;

/* ---------- the select list ---------- */

/* One column of the statement's result. */
typedef struct CormTarget
{
	CormColumnRef ref;
	Oid			cast;			/* cast to this type, or InvalidOid */
} CormTarget;

typedef struct CormOrder
{
	CormColumnRef ref;
	CormScope  *subquery;		/* smallest / greatest of a to-many path */
	bool		greatest;		/* ... which, also when the order is reversed */
	bool		descending;
	CormNulls	nulls;
} CormOrder;

typedef enum CormOutputKind
{
	CORM_OUT_COLUMN,
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
	const CormColumn *column;	/* of COLUMN */
	int			target;			/* of COLUMN: index into targets */
	struct CormObject *object;
	struct CormChild *child;
} CormOutput;

typedef struct CormObject
{
	List	   *outputs;		/* of CormOutput * */
	int			presence;		/* target that is NULL when the object is not
								 * there; -1: it always is */
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

typedef struct CormSelect
{
	const char *label;			/* "Post", "Post.comments" */
	const CormModel *model;
	int			naliases;
	CormScope  *scope;
	CormTable  *base;			/* the model's table */
	CormTable  *link;			/* the through table, or NULL */

	List	   *targets;		/* of CormTarget * */
	CormObject *object;
	List	   *children;		/* of CormChild *, in order of appearance */
	List	   *order;			/* of CormOrder * */
	List	   *params;			/* of CormParam *; $1 is the first */

	int			limit;			/* parameter number, 0: none */
	int			offset;

	/*
	 * Where a pair may be linked more than once (or read from both ends), the
	 * row of lowest link key is kept for each value of "distinct".
	 */
	List	   *distinct;		/* of CormColumnRef */
	List	   *distinct_order;

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

	bool		recursive;		/* and so on from each row that was loaded */
	bool		flat;			/* ... as one list */
	int64		depth;			/* ... levels to load, -1: all */
	int		   *identity_targets;	/* the parent's primary key, likewise */
} CormChild;

#endif							/* CORM_PLANTREE_H */
