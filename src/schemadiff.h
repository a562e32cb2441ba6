/*-------------------------------------------------------------------------
 *
 * schemadiff.h
 *	  Where tables differ from what a document says of them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SCHEMADIFF_H
#define CORM_SCHEMADIFF_H

#include "lib/stringinfo.h"

#include "modelspec.h"

typedef struct CormDifferences
{
	StringInfoData detail;		/* one line for each */
	StringInfoData hint;		/* the statements that would end them */
} CormDifferences;

extern void CormBeginDifferences(CormDifferences *differences);

/* Adds one: the statement may be NULL; both are formatted by the caller. */
extern void CormAddDifference(CormDifferences *differences, const char *object,
							  const char *detail, const char *statement);

/*
 * Adds those of a planned model whose table is there.  What the document does
 * not mention is none, nor is what the table lacks and can be added.
 */
extern void CormCompareTable(const CormModelSpec *spec,
							 CormDifferences *differences);

/* Raises 42710 if there are any. */
extern void CormRaiseDifferences(const CormDifferences *differences);

#endif							/* CORM_SCHEMADIFF_H */
