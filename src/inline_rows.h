/*-------------------------------------------------------------------------
 *
 * inline_rows.h
 *	  corm.rows as part of the query that it stands in.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_INLINE_ROWS_H
#define CORM_INLINE_ROWS_H

#include "nodes/supportnodes.h"

extern bool corm_inline_rows;

/*
 * Puts the statement of a call whose arguments are constants in its place in
 * FROM.  Whatever does not allow that leaves the call as it is; raises what the
 * call itself would raise about the queryset.
 */
extern void CormInlineRows(SupportRequestSimplify *request);

#endif							/* CORM_INLINE_ROWS_H */
