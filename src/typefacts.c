/*-------------------------------------------------------------------------
 *
 * typefacts.c
 *	  What the catalogs say of a type, for those who handle its values.
 *
 * One who reads a few values of a few types would ask the catalogs' caches more often
 * than the types' functions.  Of types that come with the server nothing can change:
 * what is known of them is kept to the end of the session.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "typefacts.h"

/* Types whose numbers differ by this share a place, which the last one has. */
#define PLACES 64

static CormTypeFacts kept[PLACES];

static void
Read(CormTypeFacts *facts, Oid typid, MemoryContext context)
{
	Oid			input;

	facts->typid = InvalidOid;	/* should it fail half-way */
	facts->typtype = get_typtype(typid);
	facts->is_array = type_is_array(typid);
	facts->is_row = type_is_rowtype(typid);
	facts->array = get_array_type(typid);
	get_typlenbyvalalign(typid, &facts->typlen, &facts->byval, &facts->align);
	getTypeInputInfo(typid, &input, &facts->ioparam);
	fmgr_info_cxt(input, &facts->input, context);
	facts->typid = typid;
}

const CormTypeFacts *
CormTypeFactsOf(Oid typid)
{
	CormTypeFacts *facts = &kept[typid % PLACES];

	if (typid >= FirstNormalObjectId)
	{
		facts = palloc(sizeof(CormTypeFacts));
		Read(facts, typid, CurrentMemoryContext);
	}
	else if (facts->typid != typid)
		Read(facts, typid, TopMemoryContext);
	return facts;
}

Datum
CormTypeInput(const CormTypeFacts *facts, char *text, int32 typmod)
{
	FmgrInfo	input;

	fmgr_info_copy(&input, unconstify(FmgrInfo *, &facts->input), CurrentMemoryContext);
	return InputFunctionCall(&input, text, facts->ioparam, typmod);
}
