/*-------------------------------------------------------------------------
 *
 * catalog_row.h
 *	  Rows of corm's own tables: as tuples, and as structures.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_CATALOG_ROW_H
#define CORM_CATALOG_ROW_H

#include "access/htup_details.h"
#include "nodes/pg_list.h"
#include "storage/itemptr.h"

typedef struct CormModelRow
{
	ItemPointerData tid;		/* set by readers, used by update and delete */
	Oid			relid;
	char	   *name;
	List	   *key;			/* of char *; NIL: none given */
} CormModelRow;

/* A counter cache of one direction of a relation; both are NULL for none. */
typedef struct CormCounterNames
{
	char	   *column;
	char	   *name;			/* its functions and triggers begin with it */
} CormCounterNames;

typedef struct CormRelationRow
{
	ItemPointerData tid;		/* set by readers, used by update and delete */
	Oid			source;
	char	   *name;
	Oid			target;
	char	   *reverse_name;	/* NULL: no way back */
	char	   *constraint_name;	/* NULL: a relation without a constraint */
	List	   *columns;		/* of char * */
	Oid			through;		/* InvalidOid: a foreign key of source */
	char	   *far_constraint_name;	/* with through only */
	List	   *far_columns;	/* with through only */
	bool		symmetrical;
	bool		adopted;
	List	   *target_columns; /* without a constraint only */
	bool		to_many;		/* without a constraint only */
	CormCounterNames counter;	/* on the source */
	CormCounterNames reverse_counter;	/* on the target */
} CormRelationRow;

/* columns of corm.model */
#define Anum_model_table_name	1
#define Anum_model_name			2
#define Anum_model_key			3
#define Natts_model				3

/* columns of corm.relation */
#define Anum_relation_source				1
#define Anum_relation_name					2
#define Anum_relation_target				3
#define Anum_relation_reverse_name			4
#define Anum_relation_constraint_name		5
#define Anum_relation_columns				6
#define Anum_relation_through				7
#define Anum_relation_far_constraint_name	8
#define Anum_relation_far_columns			9
#define Anum_relation_symmetrical			10
#define Anum_relation_adopted				11
#define Anum_relation_target_columns		12
#define Anum_relation_to_many				13
#define Anum_relation_counter_column		14
#define Anum_relation_counter_name			15
#define Anum_relation_reverse_counter_column	16
#define Anum_relation_reverse_counter_name	17
#define Natts_relation						17

/*
 * A CormModelRow * and a CormRelationRow *, of one type for whoever scans
 * either table.  Allocated in the current context.
 */
extern void *CormModelOfTuple(HeapTuple tuple, TupleDesc desc);
extern void *CormRelationOfTuple(HeapTuple tuple, TupleDesc desc);

extern HeapTuple CormTupleOfModel(const CormModelRow *row, TupleDesc desc);
extern HeapTuple CormTupleOfRelation(const CormRelationRow *row,
									 TupleDesc desc);

#endif							/* CORM_CATALOG_ROW_H */
