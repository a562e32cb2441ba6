/*-------------------------------------------------------------------------
 *
 * schemadiff.c
 *	  Where tables differ from what a document says of them.
 *
 * All differences of all tables are gathered before any is reported, each with
 * the statement that would make the table what the document says.  Relations are
 * not compared here: declaring one again does that.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_attribute.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "coldefault.h"
#include "document.h"
#include "error.h"
#include "indexes.h"
#include "introspect.h"
#include "quote.h"
#include "schemadiff.h"

/* One column, as described and as it is. */
typedef struct Comparison
{
	const CormModelSpec *spec;
	const CormNewColumn *wanted;
	const CormColumn *is;
	CormDifferences *differences;
} Comparison;

static void Differ(const Comparison *comparison, const char *what,
				   const char *is, const char *wanted, const char *change);
static void CompareTypeOf(const Comparison *comparison);
static void CompareNullability(const Comparison *comparison, CormKey key);
static void CompareDefault(const Comparison *comparison);
static void CompareIdentity(const Comparison *comparison, char is,
							char wanted);
static void CompareGenerated(const Comparison *comparison, Node *is,
							 Node *wanted);
static void CompareValue(const Comparison *comparison, Node *is, Node *wanted);
static void CompareKey(const CormModelSpec *spec,
					   CormDifferences *differences);
static void CompareUnique(const CormModelSpec *spec, List *columns,
						  CormDifferences *differences);
static const char *TypeText(Oid typid, int32 typmod, Oid collation);
static const char *IdentityWords(char identity);

void
CormBeginDifferences(CormDifferences *differences)
{
	initStringInfo(&differences->detail);
	initStringInfo(&differences->hint);
}

void
CormAddDifference(CormDifferences *differences, const char *object,
				  const char *detail, const char *statement)
{
	appendStringInfo(&differences->detail, "%s%s: %s.",
					 differences->detail.len > 0 ? "\n" : "", object, detail);
	if (statement != NULL)
		appendStringInfo(&differences->hint, "%s%s;",
						 differences->hint.len > 0 ? "\n" : "", statement);
}

void
CormRaiseDifferences(const CormDifferences *differences)
{
	if (differences->detail.len == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("the document differs from the tables that are there"),
			 errdetail("%s", differences->detail.data),
			 differences->hint.len > 0 ?
			 errhint("Change the document, or the tables:\n%s",
					 differences->hint.data) :
			 errhint("Change the document.")));
}

void
CormCompareTable(const CormModelSpec *spec, CormDifferences *differences)
{
	CormKey		key = CormReadPrimaryKey(spec->relid);
	int			n;
	CormColumn *columns = CormReadColumns(spec->relid, &n);
	ListCell   *lc;

	for (int i = 0; i < n; i++)
	{
		Comparison	comparison = {spec, CormColumnNamed(spec->columns,
														columns[i].name),
		&columns[i], differences};

		if (comparison.wanted == NULL)
			continue;

		/* what is to be made anew differs in no more ways */
		if (comparison.wanted->generated_sql != NULL &&
			columns[i].generated == '\0')
		{
			CompareDefault(&comparison);
			continue;
		}
		CompareTypeOf(&comparison);

		/* an identity column cannot be null, before or after the change */
		if (!columns[i].not_null)
			CompareNullability(&comparison, key);
		CompareDefault(&comparison);
		if (columns[i].not_null)
			CompareNullability(&comparison, key);
		if (comparison.wanted->unique)
			CompareUnique(spec, list_make1(comparison.wanted->name),
						  differences);
	}
	if (spec->has_key)
		CompareKey(spec, differences);
	foreach(lc, spec->unique)
		CompareUnique(spec, lfirst(lc), differences);
}

/* "change" is what follows ALTER TABLE; NULL: nothing that could be said. */
static void
Differ(const Comparison *comparison, const char *what, const char *is,
	   const char *wanted, const char *change)
{
	CormAddDifference(comparison->differences,
					  psprintf("%s.%s", comparison->spec->text,
							   comparison->is->name),
					  psprintf("%s is %s, the document says %s", what, is,
							   wanted),
					  change == NULL ? NULL :
					  psprintf("ALTER TABLE %s %s",
							   CormQuoteTable(comparison->spec->relid),
							   change));
}

static void
CompareTypeOf(const Comparison *comparison)
{
	const CormNewColumn *wanted = comparison->wanted;
	const CormColumn *is = comparison->is;
	Oid			collation = OidIsValid(wanted->collation) ?
		wanted->collation : get_typcollation(wanted->typid);

	if (wanted->type_implied ||
		(wanted->typid == is->typid && wanted->typmod == is->typmod &&
		 collation == is->collation))
		return;
	Differ(comparison, "type",
		   TypeText(is->typid, is->typmod, is->collation),
		   TypeText(wanted->typid, wanted->typmod, collation),
		   psprintf("ALTER COLUMN %s TYPE %s%s", quote_identifier(is->name),
					CormColumnTypeSql(wanted),
					can_coerce_type(1, &is->typid, &wanted->typid,
									COERCION_ASSIGNMENT) ? "" :
					psprintf(" USING CAST(%s AS %s)",
							 quote_identifier(is->name),
							 CormQuoteType(wanted->typid))));
}

static void
CompareNullability(const Comparison *comparison, CormKey key)
{
	const CormNewColumn *wanted = comparison->wanted;
	const CormColumn *is = comparison->is;
	bool		not_null = wanted->not_null || wanted->identity != '\0' ||
		CormListHasName(comparison->spec->primary_key, wanted->name);

	/* what the key implies is a matter of the key */
	if (not_null == is->not_null ||
		(is->not_null && CormKeyHas(key, is->attnum)))
		return;
	Differ(comparison, "nullable", is->not_null ? "false" : "true",
		   not_null ? "false" : "true",
		   psprintf("ALTER COLUMN %s %s NOT NULL", quote_identifier(is->name),
					not_null ? "SET" : "DROP"));
}

static void
CompareDefault(const Comparison *comparison)
{
	Oid			relid = comparison->spec->relid;
	CormColumnDefault is = CormReadDefault(relid, comparison->is);
	CormColumnDefault wanted = CormParseDefault(relid, comparison->wanted);

	if (wanted.generated != NULL && is.generated == NULL)
	{
		is.identity = '\0';
		is.value = NULL;
	}
	if (is.identity != wanted.identity)
		CompareIdentity(comparison, is.identity, wanted.identity);
	if (!CormSameExpression(relid, is.generated, wanted.generated))
		CompareGenerated(comparison, is.generated, wanted.generated);
	if (!CormSameExpression(relid, is.value, wanted.value))
		CompareValue(comparison, is.value, wanted.value);
}

static void
CompareIdentity(const Comparison *comparison, char is, char wanted)
{
	bool		serial = is != comparison->is->identity;
	StringInfoData change;
	char	   *alter = psprintf("ALTER COLUMN %s",
								 quote_identifier(comparison->is->name));

	initStringInfo(&change);
	if (serial)
		appendStringInfo(&change, "%s DROP DEFAULT%s", alter,
						 wanted != '\0' ? ", " : "");
	if (wanted == '\0' && !serial)
		appendStringInfo(&change, "%s DROP IDENTITY", alter);
	else if (wanted != '\0')
		appendStringInfo(&change,
						 is != '\0' && !serial ? "%s SET GENERATED %s" :
						 "%s ADD GENERATED %s AS IDENTITY", alter,
						 wanted == ATTRIBUTE_IDENTITY_ALWAYS ? "ALWAYS" :
						 "BY DEFAULT");
	Differ(comparison, "identity", IdentityWords(is), IdentityWords(wanted),
		   change.data);
}

/*
 * The server cannot turn a column into a generated one.  Its values are kept
 * under another name then; those of another expression need not be.
 */
static void
CompareGenerated(const Comparison *comparison, Node *is, Node *wanted)
{
	Oid			relid = comparison->spec->relid;
	const char *name = quote_identifier(comparison->is->name);
	char	   *change;

	if (wanted == NULL)
		change = psprintf("ALTER COLUMN %s DROP EXPRESSION", name);
	else if (is != NULL)
		change = psprintf("DROP COLUMN %s, ADD COLUMN %s", name,
						  CormColumnSql(comparison->wanted));
	else
		change = psprintf("RENAME COLUMN %s TO %s; ALTER TABLE %s ADD COLUMN %s",
						  name,
						  quote_identifier(psprintf("%s_before",
													comparison->is->name)),
						  CormQuoteTable(relid),
						  CormColumnSql(comparison->wanted));
	Differ(comparison, "generated",
		   is == NULL ? "none" : CormExpressionText(relid, is),
		   wanted == NULL ? "none" : CormExpressionText(relid, wanted),
		   change);
}

static void
CompareValue(const Comparison *comparison, Node *is, Node *wanted)
{
	Oid			relid = comparison->spec->relid;
	char	   *text = wanted == NULL ? NULL :
		CormExpressionText(relid, wanted);
	char	   *change = psprintf("ALTER COLUMN %s %s%s",
								  quote_identifier(comparison->is->name),
								  text == NULL ? "DROP DEFAULT" :
								  "SET DEFAULT ", text == NULL ? "" : text);

	Differ(comparison, "default",
		   is == NULL ? "none" : CormExpressionText(relid, is),
		   text == NULL ? "none" : text, change);
}

static void
CompareKey(const CormModelSpec *spec, CormDifferences *differences)
{
	CormKey		key = CormReadPrimaryKey(spec->relid);
	List	   *is = CormColumnNames(spec->relid, key.n, key.attnums);
	StringInfoData change;
	ListCell   *lc;

	if (CormSameNames(is, spec->primary_key))
		return;
	initStringInfo(&change);
	appendStringInfo(&change, "ALTER TABLE %s ", CormQuoteTable(spec->relid));
	foreach(lc, CormReadIndexes(spec->relid))
	{
		CormIndex  *index = lfirst(lc);

		if (index->primary)
			appendStringInfo(&change, "DROP CONSTRAINT %s%s",
							 quote_identifier(index->name),
							 spec->primary_key != NIL ? ", " : "");
	}
	if (spec->primary_key != NIL)
		appendStringInfo(&change, "ADD PRIMARY KEY %s",
						 CormNamesSql(spec->primary_key));
	CormAddDifference(differences, spec->text,
					  psprintf("primary_key is %s, the document says %s",
							   CormJoinNames(is),
							   CormJoinNames(spec->primary_key)),
					  change.data);
}

/* One that concerns a column still to come is added with it. */
static void
CompareUnique(const CormModelSpec *spec, List *columns,
			  CormDifferences *differences)
{
	ListCell   *lc;

	foreach(lc, columns)
	{
		if (get_attnum(spec->relid, lfirst(lc)) == InvalidAttrNumber)
			return;
	}
	if (CormHasUniqueOver(spec->relid, columns))
		return;
	CormAddDifference(differences, spec->text,
					  psprintf("%s is not unique, the document says it is",
							   CormJoinNames(columns)),
					  psprintf("ALTER TABLE %s ADD UNIQUE %s",
							   CormQuoteTable(spec->relid),
							   CormNamesSql(columns)));
}

static const char *
TypeText(Oid typid, int32 typmod, Oid collation)
{
	char	   *type = format_type_with_typemod(typid, typmod);

	if (collation == get_typcollation(typid))
		return type;
	return psprintf("%s collate %s", type, CormQuoteCollation(collation));
}

static const char *
IdentityWords(char identity)
{
	switch (identity)
	{
		case ATTRIBUTE_IDENTITY_ALWAYS:
			return "always";
		case ATTRIBUTE_IDENTITY_BY_DEFAULT:
			return "by default";
		default:
			return "none";
	}
}
