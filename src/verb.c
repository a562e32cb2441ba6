/*-------------------------------------------------------------------------
 *
 * verb.c
 *	  What each reading verb asks of a queryset.
 *
 * One table says it, for the entry points that run the verbs and for those that
 * show what they would run.  What a verb makes of the rows that it gets is the
 * entry points' business.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "deparse.h"
#include "error.h"
#include "order.h"
#include "page.h"
#include "verb.h"

typedef struct Verb
{
	const char *name;
	CormPurpose purpose;
	char	   *(*deparse) (const CormSelect *select);
	int64		rows;			/* it reads at most so many; 0: all */
	bool		reversed;		/* it reads from the end of the order */
	void		(*refuse) (const CormRequest *request);
} Verb;

static char *DeparseRows(const CormSelect *select);
static void RefuseForRows(const CormRequest *request);
static void RefuseSliceForLast(const CormRequest *request);

static const Verb verbs[] = {
	[CORM_VERB_ALL] = {"all", CORM_FOR_DOCUMENTS, DeparseRows},
	[CORM_VERB_LIST] = {"list", CORM_FOR_DOCUMENTS, DeparseRows},
	[CORM_VERB_ROWS] = {"rows", CORM_FOR_ROWS, DeparseRows, 0, false, RefuseForRows},
	/* the one, and a second that should not be there */
	[CORM_VERB_GET] = {"get", CORM_FOR_DOCUMENTS, DeparseRows, 2},
	[CORM_VERB_GET_OR_NONE] = {"get_or_none", CORM_FOR_DOCUMENTS, DeparseRows, 2},
	[CORM_VERB_FIRST] = {"first", CORM_FOR_DOCUMENTS, DeparseRows, 1},
	[CORM_VERB_LAST] = {"last", CORM_FOR_DOCUMENTS, DeparseRows, 1, true, RefuseSliceForLast},
	[CORM_VERB_COUNT] = {"count", CORM_FOR_COUNTING, CormDeparseCount},
	[CORM_VERB_EXISTS] = {"exists", CORM_FOR_COUNTING, CormDeparseExists},
	/* the first page */
	[CORM_VERB_PAGE] = {"page", CORM_FOR_DOCUMENTS, DeparseRows},
};

static uint64 calls;

static char *
DeparseRows(const CormSelect *select)
{
	return CormDeparseSelect(select, true);
}

static void
RefuseForRows(const CormRequest *request)
{
	const char *what = NULL;

	if (request->loads != NIL)
		what = "select_related or prefetch_related";
	else if (request->fields_given || request->exclude_fields != NIL)
		what = "fields or exclude_fields";
	else if (request->annotations != NIL)
		what = "annotate";
	if (what)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("corm.rows does not go with %s", what),
				 errdetail("A typed row has exactly the columns of its table."),
				 errhint("corm.all returns documents.")));
}

/*
 * The last row of a slice is not the first row of the reverse order.
 */
static void
RefuseSliceForLast(const CormRequest *request)
{
	if (request->limit >= 0 || request->offset > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("last does not go with limit or offset"),
				 errhint("Turn the order around and take corm.first().")));
}

CormVerb
CormVerbNamed(const char *name)
{
	List	   *names = NIL;

	for (int i = 0; i < lengthof(verbs); i++)
	{
		if (strcmp(name, verbs[i].name) == 0)
			return (CormVerb) i;
		names = lappend(names, unconstify(char *, verbs[i].name));
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown verb \"%s\"", name),
			 errhint("The verbs are %s.", CormJoinNames(names))));
}

CormSelect *
CormVerbSelect(CormVerb verb, CormRequest *request, const CormModel *fallback)
{
	const Verb *v = &verbs[verb];
	CormSelect *select;

	if (verb == CORM_VERB_PAGE)
		return CormResolvePage(request, fallback, NULL, NULL, CORM_PAGE_SIZE)->select;
	if (v->refuse)
		v->refuse(request);
	if (v->rows > 0 && (request->limit < 0 || request->limit > v->rows))
		request->limit = v->rows;
	select = CormResolve(request, v->purpose, fallback);
	if (v->reversed)
		CormReverseOrder(select);
	return select;
}

char *
CormVerbStatement(CormVerb verb, const CormSelect *select)
{
	return verbs[verb].deparse(select);
}

bool
CormVerbLoads(CormVerb verb)
{
	return verbs[verb].purpose == CORM_FOR_DOCUMENTS;
}

void
CormCountCall(void)
{
	calls++;
}

uint64
CormCallsCounted(void)
{
	return calls;
}
