/*-------------------------------------------------------------------------
 *
 * operator.c
 *	  Operators that a client names.
 *
 * An operator is looked for by its type, not by the search_path: whoever may
 * create an operator somewhere must not decide what a filter means.  Operators
 * that may be found are those of pg_catalog, those in the schema of the type
 * they take (its author's), and those that belong to an extension.
 *
 * Parsing the statement asks for USAGE on the operator's schema, but the plan of
 * one that was kept for another role does not ask again.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "introspect.h"
#include "operator.h"

/*
 * How well an operand of a type fits an operator's input type: 3 exactly, 2 as
 * the type that its kind prefers, 1 as it is, 0 not at all.
 */
static int
Fit(Oid type, Oid input)
{
	if (type == input)
		return 3;
	switch (input)
	{
		case ANYOID:
		case ANYELEMENTOID:
		case ANYCOMPATIBLEOID:
			return 1;
		case ANYARRAYOID:
		case ANYCOMPATIBLEARRAYOID:
			return type_is_array(type) ? 1 : 0;
		case ANYNONARRAYOID:
			return type_is_array(type) ? 0 : 1;
		case ANYENUMOID:
			return type_is_enum(type) ? 1 : 0;
		case ANYRANGEOID:
		case ANYCOMPATIBLERANGEOID:
			return type_is_range(type) ? 1 : 0;
		case ANYMULTIRANGEOID:
		case ANYCOMPATIBLEMULTIRANGEOID:
			return type_is_multirange(type) ? 1 : 0;
		default:
			if (!IsBinaryCoercible(type, input))
				return 0;
			return IsPreferredType(TypeCategory(input), input) ? 2 : 1;
	}
}

static Oid
TypeSchema(Oid type)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Oid			schema;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	schema = ((Form_pg_type) GETSTRUCT(tuple))->typnamespace;
	ReleaseSysCache(tuple);
	return schema;
}

static bool
BelongsToType(const FormData_pg_operator *op, Oid type)
{
	return op->oprnamespace == PG_CATALOG_NAMESPACE ||
		op->oprnamespace == TypeSchema(type) ||
		OidIsValid(getExtensionOfObject(OperatorRelationId, op->oid));
}

/*
 * 0 for an operator that will not do; else the better the higher.
 */
static int
Score(const FormData_pg_operator *op, Oid left, Oid right)
{
	int			fits;
	int			score;

	if (op->oprkind != 'b' || op->oprresult != BOOLOID || !OidIsValid(op->oprcode))
		return 0;
	fits = Fit(left, op->oprleft);
	if (fits == 0 || !BelongsToType(op, left))
		return 0;
	score = 8 * fits;
	if (OidIsValid(right))
	{
		fits = Fit(right, op->oprright);
		if (fits == 0)
			return 0;
		score += 2 * fits;
	}
	else if (op->oprright == op->oprleft)
		score += 2;
	return op->oprnamespace == PG_CATALOG_NAMESPACE ? score + 1 : score;
}

Oid
CormFindOperator(const char *name, Oid left, Oid right, const char *key)
{
	CatCList   *list = SearchSysCacheList1(OPERNAMENSP, CStringGetDatum(name));
	int			best = 0;
	int			ties = 0;
	Oid			found = InvalidOid;
	Oid			schema = InvalidOid;

	for (int i = 0; i < list->n_members; i++)
	{
		Form_pg_operator op = (Form_pg_operator) GETSTRUCT(&list->members[i]->tuple);
		int			score = Score(op, left, right);

		if (score > best)
		{
			best = score;
			ties = 1;
			found = op->oid;
			schema = op->oprnamespace;
		}
		else if (score > 0 && score == best)
			ties++;
	}
	ReleaseSysCacheList(list);

	if (ties == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("\"%s\": type %s has no operator \"%s\" that is true or false",
						key, format_type_be(left), name)));
	if (ties > 1)
		ereport(ERROR,
				(errcode(ERRCODE_AMBIGUOUS_FUNCTION),
				 errmsg("\"%s\": type %s has several operators \"%s\"",
						key, format_type_be(left), name)));
	CormRequireSchemaUsage(schema);
	return found;
}
