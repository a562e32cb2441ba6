/*-------------------------------------------------------------------------
 *
 * lookup_match.c
 *	  Lookups that do more than compare: patterns, containment, search, and
 *	  operators by name.
 *
 * What a lookup means depends on the type it stands on: "contains" is part of a
 * text, element of an array, containment of ranges and of JSON.  Operators are
 * those of pg_catalog; only op(...) finds others, and these only where they
 * belong to the type: see CormFindOperator.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "document.h"
#include "lookup_match.h"
#include "operator.h"

pg_noreturn static void
NotOfType(const CormTest *test, Oid type, const char *takes)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" does not go with type %s", test->key, format_type_be(type)),
			 errdetail("The lookup takes %s.", takes)));
}

/* An operator of pg_catalog that is known to be there. */
static Oid
CatalogOperator(const char *name, Oid left, Oid right)
{
	Oid			op = OpernameGetOprid(list_make2(makeString("pg_catalog"),
												 makeString(unconstify(char *, name))),
									  left, right);

	if (!OidIsValid(op))
		elog(ERROR, "no operator pg_catalog.%s", name);
	return op;
}

/* ---------- text ---------- */

static bool
IsWithinDocument(const CormValue *value)
{
	return value->kind == CORM_VALUE_OPERATOR && strcmp(value->function, "#>") == 0;
}

static CormValue *
TextOf(CormValue *value)
{
	CormValue  *text;

	if (!IsWithinDocument(value))
		return CormCastValue(value, TEXTOID);
	text = palloc(sizeof(CormValue));
	*text = *value;
	text->function = "#>>";
	text->type = TEXTOID;
	text->collation = DEFAULT_COLLATION_OID;
	return text;
}

CormValue *
CormNullable(CormValue *value)
{
	return IsWithinDocument(value) ? TextOf(value) : value;
}

static CormValue *
TextParam(const CormTest *test, CormBind bind)
{
	if (test->value->type == jbvBinary)
		CormBadValue(test, "a text");
	return CormParamValue(test->select,
						  CormTestParamOfAny(test, bind, TEXTOID, TEXTOID, test->value));
}

static CormExpr *
MatchText(const CormTest *test, CormValue *value)
{
	CormValue  *text = TextOf(value);
	CormBind	bind = CORM_BIND_EXACT_TEXT;
	const char *name = "~~*";

	switch (test->lookup)
	{
		case CORM_LOOKUP_IEXACT:
			return CormMakeOperator(CormCallValue("lower", NULL, text, TEXTOID),
									CatalogOperator("=", TEXTOID, TEXTOID),
									CormCallValue("lower", NULL, TextParam(test, bind), TEXTOID));
		case CORM_LOOKUP_REGEX:
			name = "~";
			break;
		case CORM_LOOKUP_IREGEX:
			name = "~*";
			break;
		case CORM_LOOKUP_CONTAINS:
			name = "~~";
			/* FALLTHROUGH */
		case CORM_LOOKUP_ICONTAINS:
			bind = CORM_BIND_CONTAINS;
			break;
		case CORM_LOOKUP_STARTSWITH:
			name = "~~";
			/* FALLTHROUGH */
		case CORM_LOOKUP_ISTARTSWITH:
			bind = CORM_BIND_STARTS;
			break;
		case CORM_LOOKUP_ENDSWITH:
			name = "~~";
			/* FALLTHROUGH */
		case CORM_LOOKUP_IENDSWITH:
			bind = CORM_BIND_ENDS;
			break;
		default:
			elog(ERROR, "no lookup on text");
	}
	return CormMakeOperator(text, CatalogOperator(name, TEXTOID, TEXTOID),
							TextParam(test, bind));
}

/*
 * Full text search for all the words of a text, in the session's text search
 * configuration.  The words are plain words: nothing in them is an operator.
 */
static CormExpr *
Search(const CormTest *test, CormValue *value)
{
	CormValue  *document = getBaseType(value->type) == TSVECTOROID ? value :
		CormCallValue("to_tsvector", NULL, TextOf(value), TSVECTOROID);

	return CormMakeOperator(document, CatalogOperator("@@", TSVECTOROID, TSQUERYOID),
							CormOnceValue(CormCallValue("plainto_tsquery", NULL,
														TextParam(test, CORM_BIND_EXACT_TEXT),
														TSQUERYOID)));
}

/* ---------- arrays, ranges, JSON ---------- */

static const char *
ContainerOperator(CormLookup lookup)
{
	switch (lookup)
	{
		case CORM_LOOKUP_CONTAINS:
			return "@>";
		case CORM_LOOKUP_CONTAINED_BY:
			return "<@";
		case CORM_LOOKUP_OVERLAP:
			return "&&";
		case CORM_LOOKUP_FULLY_LT:
			return "<<";
		case CORM_LOOKUP_FULLY_GT:
			return ">>";
		case CORM_LOOKUP_NOT_LT:
			return "&>";
		case CORM_LOOKUP_NOT_GT:
			return "&<";
		case CORM_LOOKUP_ADJACENT_TO:
			return "-|-";
		default:
			return NULL;
	}
}

static CormExpr *
MatchArray(const CormTest *test, CormValue *value, Oid type)
{
	CormLookup	lookup = test->lookup;

	if (lookup != CORM_LOOKUP_CONTAINS && lookup != CORM_LOOKUP_CONTAINED_BY &&
		lookup != CORM_LOOKUP_OVERLAP)
		return NULL;
	if (!CormJsonIsArray(test->value))
		CormBadValue(test, "an array");
	return CormMakeOperator(value,
							CatalogOperator(ContainerOperator(lookup), ANYARRAYOID, ANYARRAYOID),
							CormParamValue(test->select,
										   CormTestParam(test, CORM_BIND_VALUE, type, type,
														 test->value)));
}

/*
 * Is a JSON value the text of a range?  Otherwise it is one of its elements.
 */
static bool
SpellsRange(const JsonbValue *value)
{
	const char *text = value->val.string.val;
	int			len;

	if (value->type != jbvString)
		return false;
	len = value->val.string.len;
	while (len > 0 && scanner_isspace(*text))
		text++, len--;
	while (len > 0 && scanner_isspace(text[len - 1]))
		len--;
	return len > 0 && (*text == '[' || *text == '(' || *text == '{' ||
					   (len == 5 && pg_strncasecmp(text, "empty", 5) == 0));
}

/* Among several ranges in braces, or a range alone? */
static bool
SpellsMultirange(const JsonbValue *value)
{
	return value->type == jbvString &&
		memchr(value->val.string.val, '{', value->val.string.len) != NULL;
}

static CormExpr *
MatchRange(const CormTest *test, CormValue *value, Oid type)
{
	bool		multi = type_is_multirange(type);
	Oid			range = multi ? get_multirange_range(type) : type;
	Oid			any = multi ? ANYMULTIRANGEOID : ANYRANGEOID;
	const char *name = ContainerOperator(test->lookup);
	Oid			element;

	if (test->lookup == CORM_LOOKUP_ISEMPTY)
	{
		(void) CormTestBoolean(test);
		return CormMakeOperator(CormCallValue("isempty", NULL, value, BOOLOID),
								CatalogOperator("=", BOOLOID, BOOLOID),
								CormParamValue(test->select,
											   CormTestParam(test, CORM_BIND_VALUE, BOOLOID, BOOLOID,
															 test->value)));
	}
	if (name == NULL)
		return NULL;
	element = get_range_subtype(range);
	if (test->lookup == CORM_LOOKUP_CONTAINS && !SpellsRange(test->value))
		return CormMakeOperator(value, CatalogOperator(name, any, ANYELEMENTOID),
								CormParamValue(test->select,
											   CormTestParam(test, CORM_BIND_VALUE, element, element,
															 test->value)));
	if (multi && !SpellsMultirange(test->value))
		type = range;
	return CormMakeOperator(value,
							CatalogOperator(name, any, type == range ? ANYRANGEOID : any),
							CormParamValue(test->select,
										   CormTestParam(test, CORM_BIND_VALUE, type, type,
														 test->value)));
}

/*
 * An array of keys, each a scalar: null is none.
 */
static CormValue *
KeysParam(const CormTest *test)
{
	ListCell   *lc;

	if (!CormJsonIsArray(test->value))
		CormBadValue(test, "an array of keys");
	foreach(lc, CormJsonElements(test->value))
	{
		const JsonbValue *key = lfirst(lc);

		if (key->type == jbvNull || key->type == jbvBinary)
			CormBadValue(test, "an array of keys");
	}
	return CormParamValue(test->select,
						  CormTestParam(test, CORM_BIND_ARRAY, TEXTARRAYOID, TEXTOID, test->value));
}

static CormExpr *
MatchJson(const CormTest *test, CormValue *value)
{
	CormValue  *document = CormCastValue(value, JSONBOID);
	const char *name = ContainerOperator(test->lookup);
	int			param;

	switch (test->lookup)
	{
		case CORM_LOOKUP_CONTAINS:
		case CORM_LOOKUP_CONTAINED_BY:
			param = CormTestParam(test, CORM_BIND_VALUE, JSONBOID, JSONBOID, test->value);
			return CormMakeOperator(document, CatalogOperator(name, JSONBOID, JSONBOID),
									CormParamValue(test->select, param));
		case CORM_LOOKUP_HAS_KEY:
			return CormMakeOperator(document, CatalogOperator("?", JSONBOID, TEXTOID),
									TextParam(test, CORM_BIND_EXACT_TEXT));
		case CORM_LOOKUP_HAS_KEYS:
		case CORM_LOOKUP_HAS_ANY_KEYS:
			return CormMakeOperator(document,
									CatalogOperator(test->lookup == CORM_LOOKUP_HAS_KEYS ? "?&" : "?|",
													JSONBOID, TEXTARRAYOID),
									KeysParam(test));
		default:
			return NULL;
	}
}

/* ---------- operators by name ---------- */

static CormExpr *
MatchOperator(const CormTest *test, CormValue *value)
{
	Oid			type = getBaseType(value->type);
	Oid			op = CormFindOperator(test->opname, type, InvalidOid, test->key);
	Oid			left;
	Oid			right;

	op_input_types(op, &left, &right);
	if (IsPolymorphicType(right) || right == RECORDOID)
		right = right == ANYELEMENTOID || right == ANYCOMPATIBLEOID ?
			(type_is_array(type) ? get_element_type(type) : type_is_range(type) ?
			 get_range_subtype(type) : type) : type;
	else if (left == right && IsBinaryCoercible(type, left))
		right = type;			/* its own input function knows its values */
	return CormMakeOperator(value, op,
							CormParamValue(test->select,
										   CormTestParam(test, CORM_BIND_VALUE, right, right,
														 test->value)));
}

CormExpr *
CormMatchField(const CormTest *test, CormValue *left, CormValue *right)
{
	Oid			op = CormFindOperator(test->opname, getBaseType(left->type),
									  getBaseType(right->type), test->key);

	return CormMakeOperator(left, op, CormCollateAs(right, left));
}

/* ---------- all of them ---------- */

CormExpr *
CormMatchValue(const CormTest *test, CormValue *value)
{
	Oid			type = getBaseType(value->type);
	CormExpr   *expr = NULL;

	if (test->lookup == CORM_LOOKUP_OP)
		return MatchOperator(test, value);
	if (test->lookup == CORM_LOOKUP_SEARCH)
		return Search(test, value);
	if (type_is_array(type))
		expr = MatchArray(test, value, type);
	else if (type_is_range(type) || type_is_multirange(type))
		expr = MatchRange(test, value, type);
	else if (type == JSONBOID || type == JSONOID)
		expr = MatchJson(test, value);
	if (expr)
		return expr;

	switch (test->lookup)
	{
		case CORM_LOOKUP_CONTAINED_BY:
			NotOfType(test, type, "arrays, ranges and jsonb");
		case CORM_LOOKUP_OVERLAP:
			NotOfType(test, type, "arrays and ranges");
		case CORM_LOOKUP_HAS_KEY:
		case CORM_LOOKUP_HAS_KEYS:
		case CORM_LOOKUP_HAS_ANY_KEYS:
			NotOfType(test, type, "jsonb");
		case CORM_LOOKUP_FULLY_LT:
		case CORM_LOOKUP_FULLY_GT:
		case CORM_LOOKUP_NOT_LT:
		case CORM_LOOKUP_NOT_GT:
		case CORM_LOOKUP_ADJACENT_TO:
		case CORM_LOOKUP_ISEMPTY:
			NotOfType(test, type, "ranges");
		default:
			return MatchText(test, value);
	}
}
