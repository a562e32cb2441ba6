/*-------------------------------------------------------------------------
 *
 * upsert.h
 *	  Rows that are found, or created when they are not there.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_UPSERT_H
#define CORM_UPSERT_H

#include "data.h"
#include "link.h"
#include "request.h"

typedef enum CormUpsertVerb
{
	CORM_GET_OR_CREATE,
	CORM_UPDATE_OR_CREATE,
	CORM_CONNECT_OR_CREATE
} CormUpsertVerb;

typedef struct CormUpsert
{
	CormUpsertVerb verb;
	CormRequest *request;
	CormOwned	owned;
	Jsonb	   *lookup;			/* a filter, not empty */
	JsonbValue *defaults;		/* an object, or NULL */
	List	   *assigned;		/* what the owner gives a new row */
} CormUpsert;

/*
 * Finds the row or creates it.  Its document is appended to "document", which
 * stays empty when a trigger has suppressed the row.  Returns whether it was
 * created.
 *
 * Raises P0003 when several rows match, 23505 when a row with one of the new
 * row's unique keys is there and does not match, and above READ COMMITTED 40001
 * when one is there that the transaction does not see.
 */
extern bool CormUpsertRun(const CormUpsert *upsert, StringInfo document);

#endif							/* CORM_UPSERT_H */
