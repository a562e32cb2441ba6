/*-------------------------------------------------------------------------
 *
 * pretty.h
 *	  Statements as people like to read them.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_PRETTY_H
#define CORM_PRETTY_H

#include "lib/stringinfo.h"
#include "nodes/params.h"

#include "plantree.h"

/* Appends a finished statement with each outer clause on a line of its own. */
extern void CormPrettyStatement(StringInfo buf, const char *sql);

/*
 * Appends a comment line for each parameter: its value, or what will stand
 * there.  No value can end its comment.
 */
extern void CormPrettyParams(StringInfo buf, const CormSelect *select,
							 ParamListInfo params);

#endif							/* CORM_PRETTY_H */
