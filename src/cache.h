/*-------------------------------------------------------------------------
 *
 * cache.h
 *	  The models and relations of this database, as one backend knows them.
 *
 * A CormModel joins what corm's catalog stores (names, which table is a
 * through table) with what the live system catalogs say (columns, keys,
 * foreign keys).  Models are loaded one by one, on first use.
 *
 * Everything returned from here is read-only and stays valid until the end of
 * the transaction, even when an invalidation arrives in between: the next
 * lookup then builds a new entry and the old one is kept until the
 * transaction ends.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CACHE_H
#define CORM_CACHE_H

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
	char		identity;		/* as pg_attribute.attidentity */
	char		generated;		/* as pg_attribute.attgenerated */
} CormColumn;

/*
 * One foreign key constraint, read live.  eq_ops[i] is the constraint's own
 * operator: referenced column = referencing column (pg_constraint.conpfeqop).
 */
typedef struct CormForeignKey
{
	char	   *name;			/* of the constraint */
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
	bool		reverse;		/* declared from the other end */

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
	List	   *relations;		/* of CormRelation *, by name */
} CormModel;

extern void CormCacheInit(void);

/*
 * The model that a user's text names ("Post", "blog.Post").  Raises 42704
 * with near names when there is none, 42P09 when two tables of one schema
 * claim it, 42501 when its schema may not be used.
 */
extern CormModel *CormModelByName(const char *name);

/* The same, but NULL when no model of that name is in reach. */
extern CormModel *CormModelByNameIfAny(const char *name);

/* The model of a table, or NULL when the table is none. */
extern CormModel *CormModelByRelid(Oid relid);

/*
 * How to write the model's name in a call: bare where the search_path leads
 * to it, else schema.Model, quoted as needed.  Allocated in the current
 * context.
 */
extern char *CormModelDisplayName(const CormModel *model);

/* Like it, but always with its schema: for names that travel in a value. */
extern char *CormModelQualifiedName(const CormModel *model);

/*
 * Changes whenever what was read from here may have become outdated.  Whoever
 * locks what the answers are about, and finds the number unchanged afterwards,
 * may rely on them as long as the locks are held.
 */
extern uint64 CormCacheGeneration(void);

extern const CormRelation *CormFindRelation(const CormModel *model,
											const char *name);
extern const CormColumn *CormFindColumn(const CormModel *model,
										const char *name);
extern const CormColumn *CormColumnByNumber(const CormModel *model,
											AttrNumber attnum);

/* Extra columns of a through model: all but its key and its two foreign keys. */
extern List *CormLinkColumns(const CormRelation *relation); /* CormColumn * */

#endif							/* CORM_CACHE_H */
