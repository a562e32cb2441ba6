/*-------------------------------------------------------------------------
 *
 * operator.h
 *	  Operators that a client names.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_OPERATOR_H
#define CORM_OPERATOR_H

#include "postgres_ext.h"

/*
 * The boolean operator of that name that takes "left" on its left, and "right"
 * on its right unless that is InvalidOid.  Only operators that belong to the
 * type count: of pg_catalog, of the type's own schema, or of an extension.  The
 * one that takes the type on both sides comes first.  Raises 42883 when there
 * is none, 42725 when there are several; "key" is for the message.
 */
extern Oid	CormFindOperator(const char *name, Oid left, Oid right, const char *key);

#endif							/* CORM_OPERATOR_H */
