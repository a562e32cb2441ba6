/*-------------------------------------------------------------------------
 *
 * relate_call.h
 *	  Declarations of relations as text.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_RELATE_CALL_H
#define CORM_RELATE_CALL_H

#include "catalog.h"

/*
 * The call that declares the relation, independent of the search_path, ending
 * in a semicolon.  Where the relation is there it changes nothing; where tables
 * and constraints are the same it makes the same names, and no objects.  NULL
 * when the relation cannot be followed any more: a table, model, column or
 * constraint of it is gone.  The row need not be stored.
 */
extern char *CormRelationCall(const CormRelationRow *row);

/*
 * Likewise as the field of a document that corm.define() reads, "name": {...}.
 * The columns of a foreign key are left out where they have their default name.
 */
extern char *CormRelationField(const CormRelationRow *row);

#endif							/* CORM_RELATE_CALL_H */
