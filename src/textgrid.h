/*-------------------------------------------------------------------------
 *
 * textgrid.h
 *	  Text in aligned columns, as psql prints it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_TEXTGRID_H
#define CORM_TEXTGRID_H

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

typedef struct CormGrid
{
	int			ncolumns;
	const char *const *titles;
	List	   *rows;			/* of const char ** */
} CormGrid;

extern void CormGridBegin(CormGrid *grid, int ncolumns,
						  const char *const *titles);

/* One cell for each column; NULL leaves it empty.  The array is copied. */
extern void CormGridRow(CormGrid *grid, const char *const *cells);

/* Titles, a rule and the rows, each line ended. */
extern void CormGridAppend(StringInfo buf, const CormGrid *grid);

#endif							/* CORM_TEXTGRID_H */
