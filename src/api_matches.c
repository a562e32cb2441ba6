/*-------------------------------------------------------------------------
 *
 * api_matches.c
 *	  SQL entry point: whether a row passes a filter.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "instance.h"
#include "rowmatch.h"
#include "verb.h"

PG_FUNCTION_INFO_V1(corm_matches);

/*
 * The model of which the argument is a row.
 */
static const CormModel *
ArgModel(FunctionCallInfo fcinfo, int argument)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, argument);
	Oid			table = OidIsValid(type) ? CormTableOfRowType(type) : InvalidOid;
	CormModel  *model;

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a value of type %s is not a row of a table", format_type_be(type))));
	model = CormModelOfRows(table);
	if (model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("table %s is not a model", format_type_be(getBaseType(type))),
				 errhint("Register it: SELECT corm.register_model(%s).",
						 quote_literal_cstr(format_type_be_qualified(getBaseType(type))))));
	return model;
}

Datum
corm_matches(PG_FUNCTION_ARGS)
{
	const CormModel *model = ArgModel(fcinfo, 0);

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	CormCountCall();
	if (PG_ARGISNULL(1))
		PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(CormRowMatches(model, PG_GETARG_DATUM(0), PG_GETARG_JSONB_P(1)));
}
