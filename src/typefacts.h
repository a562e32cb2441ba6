/*-------------------------------------------------------------------------
 *
 * typefacts.h
 *	  What the catalogs say of a type, for those who handle its values.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_TYPEFACTS_H
#define CORM_TYPEFACTS_H

#include "fmgr.h"

typedef struct CormTypeFacts
{
	Oid			typid;
	char		typtype;
	bool		byval;
	int16		typlen;
	char		align;
	bool		is_array;
	bool		is_row;			/* a composite, or a domain over one */
	Oid			array;			/* of such values; InvalidOid: there is none */
	Oid			ioparam;
	FmgrInfo	input;			/* to be copied, not called */
} CormTypeFacts;

/*
 * Good until it is asked again, at most as long as the current memory context is
 * there.  Raises an internal error when there is no such type.
 */
extern const CormTypeFacts *CormTypeFactsOf(Oid typid);

/* A value of the type from its text, in the current context. */
extern Datum CormTypeInput(const CormTypeFacts *facts, char *text, int32 typmod);

#endif							/* CORM_TYPEFACTS_H */
