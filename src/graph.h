/*-------------------------------------------------------------------------
 *
 * graph.h
 *	  The models and relations of a database, as structures.
 *
 * A CormModel joins what corm's catalog stores (names, which table is a
 * through table) with what the live system catalogs say (columns, keys,
 * foreign keys).
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_GRAPH_H
#define CORM_GRAPH_H

#include "access/attnum.h"
#include "nodes/pg_list.h"

typedef enum CormRelationKind
{
	CORM_FOREIGN_KEY,
	CORM_ONE_TO_ONE,
	CORM_REVERSE_FOREIGN_KEY,
	CORM_REVERSE_ONE_TO_ONE,
	CORM_MANY_TO_MANY
} CormRelationKind;

/* One live column of a model's table. */
typedef struct CormColumn
{
	AttrNumber	attnum;
	char	   *name;
	Oid			typid;
	int32		typmod;
	Oid			collation;
	bool		not_null;
	bool		has_default;	/* default, identity or generated */
	char		generated;		/* as pg_attribute.attgenerated */
	char		identity;		/* as pg_attribute.attidentity */
} CormColumn;

/*
 * One foreign key constraint, read live, or what a relation without a constraint
 * has in its place.  eq_ops[i] is the constraint's own operator: referenced
 * column = referencing column (pg_constraint.conpfeqop).
 */
typedef struct CormForeignKey
{
	char	   *name;			/* of the constraint; NULL: there is none */
	Oid			referencing;	/* the table that holds the columns */
	Oid			referenced;		/* the table they point to */
	int			nkeys;
	AttrNumber *fk_attnums;		/* in referencing */
	AttrNumber *pk_attnums;		/* in referenced */
	Oid		   *eq_ops;
	bool		to_primary_key; /* pk_attnums are the target's key columns */
	bool		validated;
	char		match_type;		/* FKCONSTR_MATCH_xxx */
	char		on_delete;		/* FKCONSTR_ACTION_xxx */
	char		on_update;
} CormForeignKey;

/* A named step from one model to another, seen from its start. */
typedef struct CormRelation
{
	char	   *name;
	CormRelationKind kind;
	Oid			source;			/* the model it starts from */
	Oid			target;			/* the model it leads to */
	char	   *inverse;		/* name of the way back, or NULL */
	bool		to_many;
	bool		nullable;		/* a to-one that may be absent */
	bool		reverse;		/* against its foreign key; of a many-to-many,
								 * declared from the other end */

	/*
	 * The foreign key walked first: for a many-to-many the one of the through
	 * table that points to source.  The far one then points to target.
	 */
	CormForeignKey *fk;
	CormForeignKey *far_fk;		/* many-to-many only */
	Oid			through;		/* many-to-many only */
	bool		symmetrical;
	bool		pair_unique;	/* a unique, valid, immediate, full key lies
								 * within the pair's columns of through */
	bool		pair_arbiter;	/* ... and one has all of the pair's columns,
								 * so that ON CONFLICT can name it */

	/*
	 * What the rest is read from, when somebody asks for the relation; NULL: it
	 * was (CormFindRelation, CormRelationsOf).
	 */
	const struct CormRelationRow *unread;

	/*
	 * NULL in good order.  Otherwise what keeps the relation from being used
	 * (its constraint or table is gone): an errmsg text; everything but name,
	 * kind and source may then be unset.
	 */
	char	   *broken;
} CormRelation;

typedef struct CormModel
{
	Oid			relid;
	char	   *name;			/* as registered, without schema */
	char		relkind;
	int			ncolumns;
	CormColumn *columns;		/* live ones, in attnum order */
	int			nkey;			/* 0: the table has no key */
	AttrNumber *key;			/* primary key columns, in key order */
	List	   *relations;		/* of CormRelation *, by name; ask
								 * CormRelationsOf(), most are not read yet */
} CormModel;

/* All of these return NULL when there is none. */
extern const CormColumn *CormFindColumn(const CormModel *model,
										const char *name);
extern const CormColumn *CormColumnByNumber(const CormModel *model,
											AttrNumber attnum);

/* The place of a column in the model's key; an internal error when it has none. */
extern int	CormKeyPosition(const CormModel *model, AttrNumber attnum);

#endif							/* CORM_GRAPH_H */
