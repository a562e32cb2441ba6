/*-------------------------------------------------------------------------
 *
 * forgotten.h
 *	  Relations that were forgotten in this transaction.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_FORGOTTEN_H
#define CORM_FORGOTTEN_H

#include "catalog.h"

extern void CormForgottenInit(void);

/* A relation whose row was deleted because a foreign key of it has gone. */
extern void CormRememberForgotten(const CormRelationRow *row);

extern bool CormAnythingForgotten(void);

/*
 * Brings back those whose foreign keys are there again and whose names are
 * free, with a notice for each.  Call as those of event.h.
 */
extern void CormRestoreForgotten(void);

/*
 * The call that declares the relation of a row, or NULL when a model of it is
 * gone.
 */
extern char *CormDeclarationOf(const CormRelationRow *row);

#endif							/* CORM_FORGOTTEN_H */
