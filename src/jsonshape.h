/*-------------------------------------------------------------------------
 *
 * jsonshape.h
 *	  A JSON value as a row of nodes, to be compared with others of its shape.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_JSONSHAPE_H
#define CORM_JSONSHAPE_H

#include "utils/jsonb.h"

/* A key or a value; those within an array or object follow it. */
typedef struct CormShapeNode
{
	uint32		kind;			/* what it is, of an array or object with its size */
	int			len;			/* of its bytes, if it has some */
	const char *data;
} CormShapeNode;

/*
 * Appends the nodes of a value, which they point into; false when there are more
 * than "most" in all.
 */
extern bool CormShapeAdd(const Jsonb *json, CormShapeNode *nodes, int *n, int most);

/* Bytes that are compared like a key. */
extern CormShapeNode CormShapeBytes(const char *bytes, int len);

/* Of what two rows of nodes have in common if no value but their kind matters. */
extern uint32 CormShapeHash(const CormShapeNode *nodes, int n);

/* The same, but for bytes of values where "free" says so? */
extern bool CormShapesMatch(const CormShapeNode *a, const CormShapeNode *b, int n,
							const bool *free);

/* Which of the nodes a value is that was read from there; -1: none, or who knows. */
extern int	CormShapeFind(const CormShapeNode *nodes, int n, const JsonbValue *value);

/* Lets a value that is like the node be the node. */
extern void CormShapeRead(const CormShapeNode *node, JsonbValue *value);

/* How many nodes an array or object has within it, and itself; 1 of others. */
extern int	CormShapeSpan(const CormShapeNode *nodes);

#endif							/* CORM_JSONSHAPE_H */
