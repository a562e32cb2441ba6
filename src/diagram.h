/*-------------------------------------------------------------------------
 *
 * diagram.h
 *	  Models and relations as a diagram: what is drawn.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DIAGRAM_H
#define CORM_DIAGRAM_H

#include "graph.h"

/* How many rows of one end belong to a row of the other. */
typedef enum CormEnd
{
	CORM_END_ONE,
	CORM_END_ONE_OR_NONE,
	CORM_END_MANY
} CormEnd;

/* A column as it is shown. */
typedef struct CormDrawnColumn
{
	AttrNumber	attnum;
	char	   *name;
	char	   *type;			/* in few words */
	bool		is_key;
	bool		is_foreign_key;
} CormDrawnColumn;

typedef struct CormDrawnModel
{
	const CormModel *model;
	int			number;			/* its place in the order */
	char	   *schema;
	char	   *name;			/* as it is written in a call */
	List	   *columns;		/* of CormDrawnColumn * */
} CormDrawnModel;

typedef struct CormEdge
{
	const CormDrawnModel *from; /* the model with the foreign key */
	const CormDrawnModel *to;
	CormEnd		from_end;
	CormEnd		to_end;
	AttrNumber	from_column;	/* the first that is compared; 0 for a link */
	AttrNumber	to_column;
	bool		constraint;		/* is there one? */
	char	   *label;			/* names of the relation in both directions */
	char	   *columns;		/* of the link, with the name of its model, or NULL */
} CormEdge;

typedef struct CormDiagram
{
	List	   *models;			/* of CormDrawnModel *, by schema and name */
	List	   *edges;			/* of CormEdge *, by "from" and "to" */
} CormDiagram;

/*
 * These models (of const CormModel *) and their direct neighbours; NIL: all
 * whose schemas the user may use.
 */
extern CormDiagram *CormDraw(List *models);

#endif							/* CORM_DIAGRAM_H */
