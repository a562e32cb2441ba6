/*-------------------------------------------------------------------------
 *
 * merge.h
 *	  What a queryset under allow-lists asks for in the end.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_MERGE_H
#define CORM_MERGE_H

#include "words.h"

/*
 * Sets the words of a request that has "said": those of its base, those said
 * since, and what its allow-lists imply.  May be repeated.
 */
extern void CormMergeRequest(CormRequest *request);

#endif							/* CORM_MERGE_H */
