/*-------------------------------------------------------------------------
 *
 * coldefault.h
 *	  Defaults and generation expressions of columns, as what they mean.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_COLDEFAULT_H
#define CORM_COLDEFAULT_H

#include "nodes/nodes.h"

#include "ddl.h"
#include "graph.h"

/* What a column has for values that nobody gives; at most one of them. */
typedef struct CormColumnDefault
{
	char		identity;		/* ATTRIBUTE_IDENTITY_xxx, or '\0'; a NOT NULL
								 * serial counts as one by default */
	Node	   *value;			/* default expression, or NULL */
	Node	   *generated;		/* generation expression, or NULL */
} CormColumnDefault;

/* Of a column that is there. */
extern CormColumnDefault CormReadDefault(Oid relid, const CormColumn *column);

/* Of one that is described, if it were a column of the table. */
extern CormColumnDefault CormParseDefault(Oid relid,
										  const CormNewColumn *column);

/* Do two expressions (or NULLs) of a table's columns mean the same? */
extern bool CormSameExpression(Oid relid, Node *a, Node *b);

/* As the server prints it, with every name in full. */
extern char *CormExpressionText(Oid relid, Node *expression);

/*
 * The text of the value that a column's default is, if that is a constant that
 * JSON can write and that makes the same default when it is read again; else
 * NULL.  *quoted: as a string.
 */
extern char *CormDefaultScalar(const CormColumn *column, Node *expression,
							   bool *quoted);

/*
 * Between the two the server prints names in full and values in one style,
 * whatever the session's settings: the first returns what the second takes.
 */
extern int	CormBeginPortableText(void);
extern void CormEndPortableText(int level);

#endif							/* CORM_COLDEFAULT_H */
