/*-------------------------------------------------------------------------
 *
 * orderkey.h
 *	  Orders as syntax: paths with a direction.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ORDERKEY_H
#define CORM_ORDERKEY_H

#include "document.h"

typedef enum CormNulls
{
	CORM_NULLS_DEFAULT,
	CORM_NULLS_FIRST,
	CORM_NULLS_LAST
} CormNulls;

typedef struct CormOrderKey
{
	char	   *path;
	bool		descending;
	CormNulls	nulls;
} CormOrderKey;

/* Reads a string or an array of strings: a list of CormOrderKey *. */
extern List *CormParseOrder(JsonbValue *value, const CormDocPath *at);

#endif							/* CORM_ORDERKEY_H */
