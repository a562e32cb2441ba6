/*-------------------------------------------------------------------------
 *
 * coldefault.c
 *	  Defaults and generation expressions of columns, as what they mean.
 *
 * Two defaults are the same if the server prints them alike.  It does not do so
 * for 0 and '0'::bigint as defaults of a bigint column; therefore constants under
 * the casts that an assignment adds are compared by their text.
 *
 * Nothing is evaluated here: a default may call functions of whoever owns the
 * table, and the reader may be a superuser.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "coldefault.h"

static Node *StoredExpression(Oid relid, AttrNumber attnum);
static bool IsOwnSequence(Oid relid, AttrNumber attnum, Node *expression);
static Node *ParseExpression(Oid relid, const CormNewColumn *column,
							 const char *sql, bool generated);
static Const *ConstantOf(Node *expression);
static char *ConstantText(const Const *constant);
static bool IsReadAs(const Const *constant, Oid type);

CormColumnDefault
CormReadDefault(Oid relid, const CormColumn *column)
{
	CormColumnDefault found = {0};
	Node	   *expression;

	found.identity = column->identity;
	if (!column->has_default || column->identity != '\0')
		return found;
	expression = StoredExpression(relid, column->attnum);
	if (column->generated != '\0')
		found.generated = expression;
	else if (column->not_null &&
			 IsOwnSequence(relid, column->attnum, expression))
		found.identity = ATTRIBUTE_IDENTITY_BY_DEFAULT;
	else
		found.value = expression;
	return found;
}

CormColumnDefault
CormParseDefault(Oid relid, const CormNewColumn *column)
{
	CormColumnDefault parsed = {0};

	parsed.identity = column->identity;
	if (column->generated_sql != NULL)
		parsed.generated = ParseExpression(relid, column,
										   column->generated_sql, true);
	if (column->default_sql != NULL)
		parsed.value = ParseExpression(relid, column, column->default_sql,
									   false);
	return parsed;
}

bool
CormSameExpression(Oid relid, Node *a, Node *b)
{
	char	   *left;
	char	   *right;

	if (a == NULL || b == NULL)
		return a == b;
	left = ConstantText(ConstantOf(a));
	right = ConstantText(ConstantOf(b));
	if (left != NULL && right != NULL)
		return strcmp(left, right) == 0;
	return strcmp(CormExpressionText(relid, a),
				  CormExpressionText(relid, b)) == 0;
}

char *
CormExpressionText(Oid relid, Node *expression)
{
	int			level = CormBeginPortableText();
	char	   *text = deparse_expression(expression,
										  deparse_context_for(get_rel_name(relid),
															  relid),
										  false, false);

	CormEndPortableText(level);
	return text;
}

char *
CormDefaultScalar(const CormColumn *column, Node *expression, bool *quoted)
{
	Const	   *constant = ConstantOf(expression);
	char	   *text = ConstantText(constant);

	if (text == NULL || !IsReadAs(constant, column->typid))
		return NULL;
	switch (column->typid)
	{
		case BOOLOID:
			*quoted = false;
			break;
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			/* NaN and infinity are no numbers of JSON */
			*quoted = strspn(text, "-0123456789.") != strlen(text);
			break;
		default:
			*quoted = true;
	}
	return text;
}

int
CormBeginPortableText(void)
{
	static const char *const settings[][2] = {
		{"search_path", "pg_catalog"},
		{"datestyle", "ISO"},
		{"intervalstyle", "postgres"},
		{"timezone", "UTC"},
		{"extra_float_digits", "1"},
		{"bytea_output", "hex"}
	};
	int			level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1], PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
								 false);
	return level;
}

void
CormEndPortableText(int level)
{
	AtEOXact_GUC(true, level);
}

/* NULL when it has gone meanwhile. */
static Node *
StoredExpression(Oid relid, AttrNumber attnum)
{
	Relation	rel = table_open(relid, AccessShareLock);
	TupleConstr *constr = RelationGetDescr(rel)->constr;
	Node	   *expression = NULL;

	for (int i = 0; constr != NULL && i < constr->num_defval; i++)
	{
		if (constr->defval[i].adnum == attnum)
			expression = stringToNode(constr->defval[i].adbin);
	}
	table_close(rel, AccessShareLock);
	return expression;
}

/* nextval() of the sequence that serial has made for the column */
static bool
IsOwnSequence(Oid relid, AttrNumber attnum, Node *expression)
{
	Node	   *node = expression;
	Const	   *sequence;
	Oid			table;
	int32		column;

	/* the casts that an assignment to a smaller integer adds */
	while (node != NULL && IsA(node, FuncExpr) &&
		   ((FuncExpr *) node)->funcid != F_NEXTVAL &&
		   ((FuncExpr *) node)->funcformat == COERCE_IMPLICIT_CAST)
		node = linitial(((FuncExpr *) node)->args);
	if (node == NULL || !IsA(node, FuncExpr) ||
		((FuncExpr *) node)->funcid != F_NEXTVAL ||
		!IsA(linitial(((FuncExpr *) node)->args), Const))
		return false;
	sequence = linitial(((FuncExpr *) node)->args);
	return !sequence->constisnull &&
		sequenceIsOwned(DatumGetObjectId(sequence->constvalue),
						DEPENDENCY_AUTO, &table, &column) &&
		table == relid && column == attnum;
}

/* As CREATE TABLE would store it. */
static Node *
ParseExpression(Oid relid, const CormNewColumn *column, const char *sql,
				bool generated)
{
	List	   *statements = raw_parser(sql, RAW_PARSE_PLPGSQL_EXPR);
	SelectStmt *select = (SelectStmt *) linitial_node(RawStmt, statements)->stmt;
	ResTarget  *target = linitial_node(ResTarget, select->targetList);
	ParseState *pstate = make_parsestate(NULL);
	Relation	rel = table_open(relid, AccessShareLock);
	Node	   *expression;

	addNSItemToQuery(pstate,
					 addRangeTableEntryForRelation(pstate, rel,
												   AccessShareLock, NULL,
												   false, true),
					 false, true, true);
	expression = cookDefault(pstate, target->val, column->typid,
							 column->typmod, column->name,
							 generated ? ATTRIBUTE_GENERATED_STORED : '\0');
	free_parsestate(pstate);
	table_close(rel, AccessShareLock);
	return expression;
}

/*
 * The constant below casts that were not written, or NULL.  A cast that was
 * written may change the value, as one to a shorter text does.
 */
static Const *
ConstantOf(Node *expression)
{
	while (expression != NULL)
	{
		if (IsA(expression, Const))
			return (Const *) expression;
		if (IsA(expression, RelabelType) &&
			((RelabelType *) expression)->relabelformat == COERCE_IMPLICIT_CAST)
			expression = (Node *) ((RelabelType *) expression)->arg;
		else if (IsA(expression, FuncExpr) &&
				 ((FuncExpr *) expression)->funcformat == COERCE_IMPLICIT_CAST)
			expression = linitial(((FuncExpr *) expression)->args);
		else
			return NULL;
	}
	return NULL;
}

/* NULL for what is no constant, is null, or has no text that says it all. */
static char *
ConstantText(const Const *constant)
{
	Oid			output;
	bool		varlena;
	char	   *text;
	int			level;

	if (constant == NULL || constant->constisnull)
		return NULL;
	switch (constant->consttype)
	{
		case BOOLOID:
			return DatumGetBool(constant->constvalue) ? "true" : "false";
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			break;
		default:
			if (get_typtype(constant->consttype) != TYPTYPE_ENUM)
				return NULL;
	}
	getTypeOutputInfo(constant->consttype, &output, &varlena);
	level = CormBeginPortableText();
	text = OidOutputFunctionCall(output, constant->constvalue);
	CormEndPortableText(level);
	return text;
}

/*
 * Is the constant's text as a literal of the type the same value, and one that
 * prints alike?
 */
static bool
IsReadAs(const Const *constant, Oid type)
{
	int64		value;

	if (constant->consttype == type)
		return true;
	if (constant->consttype == INT8OID)
		return type == NUMERICOID;
	if (constant->consttype != INT4OID)
		return false;
	value = DatumGetInt32(constant->constvalue);
	return type == INT8OID || type == NUMERICOID ||
		(type == INT2OID && value >= PG_INT16_MIN && value <= PG_INT16_MAX);
}
