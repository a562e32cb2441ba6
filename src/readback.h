/*-------------------------------------------------------------------------
 *
 * readback.h
 *	  The rows that a call has written, as they are now.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_READBACK_H
#define CORM_READBACK_H

#include "assemble.h"
#include "bulk.h"
#include "treecache.h"

/*
 * Reads the rows with these keys among those that a tree of documents asks for: "make"
 * makes it, of a source to keep it by, or of NULL.  A key is a Datum for each of the
 * model's key columns, of their types, or NULL.  The sink is told of each key in turn,
 * with NULL when there is no row to be seen.
 */
extern void CormReadBack(const CormTreeSource *source, CormTreeMaker make, void *make_arg,
						 const CormModel *model, int n, Datum **keys,
						 CormRowSink sink, void *arg);

#endif							/* CORM_READBACK_H */
