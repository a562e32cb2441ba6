/*-------------------------------------------------------------------------
 *
 * api_flat.c
 *	  SQL entry points: flat rows and single values.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "flatrow.h"
#include "verb.h"

PG_FUNCTION_INFO_V1(corm_values);
PG_FUNCTION_INFO_V1(corm_values_list);
PG_FUNCTION_INFO_V1(corm_pluck);
PG_FUNCTION_INFO_V1(corm_pluck_typed);

static void
RefuseNullPath(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("a path must not be null")));
}

/*
 * The paths in a text[] argument; a NULL array holds none.
 */
static List *
ArgPaths(FunctionCallInfo fcinfo, int argument)
{
	List	   *paths = NIL;
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	if (PG_ARGISNULL(argument))
		return NIL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			RefuseNullPath();
		paths = lappend(paths, TextDatumGetCString(elements[i]));
	}
	return paths;
}

/*
 * The rows of the queryset in an argument, as the result of the function; none
 * for a NULL queryset.
 */
static Datum
ReturnFlat(FunctionCallInfo fcinfo, int argument, List *paths, CormFlatShape shape,
		   const CormFlatVerb *verb)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	CormFlat   *flat;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(argument))
		return (Datum) 0;
	CormCountCall();
	flat = CormResolveFlat(CormParseRequest(PG_GETARG_JSONB_P(argument)), paths, verb);
	CormRunFlat(flat, shape, rsinfo->setResult, rsinfo->setDesc);
	return (Datum) 0;
}

Datum
corm_values(PG_FUNCTION_ARGS)
{
	const CormFlatVerb verb = {"corm.values", true, InvalidOid};

	return ReturnFlat(fcinfo, 0, ArgPaths(fcinfo, 1), CORM_FLAT_OBJECT, &verb);
}

Datum
corm_values_list(PG_FUNCTION_ARGS)
{
	const CormFlatVerb verb = {"corm.values_list", false, InvalidOid};

	return ReturnFlat(fcinfo, 0, ArgPaths(fcinfo, 1), CORM_FLAT_ARRAY, &verb);
}

/*
 * The one path of corm.pluck.
 */
static List *
ArgPath(FunctionCallInfo fcinfo, int argument)
{
	if (PG_ARGISNULL(argument))
		RefuseNullPath();
	return list_make1(text_to_cstring(PG_GETARG_TEXT_PP(argument)));
}

Datum
corm_pluck(PG_FUNCTION_ARGS)
{
	const CormFlatVerb verb = {"corm.pluck", false, InvalidOid};

	return ReturnFlat(fcinfo, 0, ArgPath(fcinfo, 1), CORM_FLAT_JSON, &verb);
}

Datum
corm_pluck_typed(PG_FUNCTION_ARGS)
{
	CormFlatVerb verb = {"corm.pluck", false, get_fn_expr_argtype(fcinfo->flinfo, 0)};

	if (!OidIsValid(verb.type) || get_typtype(verb.type) == TYPTYPE_PSEUDO)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the prototype of corm.pluck must be of the type of its values"),
				 errhint("Write NULL::type_name.")));
	return ReturnFlat(fcinfo, 1, ArgPath(fcinfo, 2), CORM_FLAT_TYPED, &verb);
}
