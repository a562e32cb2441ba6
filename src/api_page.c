/*-------------------------------------------------------------------------
 *
 * api_page.c
 *	  SQL entry point: pages of a queryset.
 *
 * One row more than the page shows is read, which says whether the rows go on,
 * and then left out.  Whether there are any on the other side of the page takes
 * a statement of its own, under the same snapshot; it is run where a cursor says
 * that there may be some.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "assemble.h"
#include "deparse.h"
#include "exec.h"
#include "page.h"
#include "request.h"
#include "verb.h"

PG_FUNCTION_INFO_V1(corm_page);

/* The values of the order in one row. */
typedef struct Edge
{
	MemoryContext context;
	Datum	   *values;
	bool	   *nulls;
} Edge;

/* A page while its rows come in. */
typedef struct PageReader
{
	const CormPage *page;
	MemoryContext context;
	int64		n;				/* rows to show, so far */
	bool		more;			/* there was another one */
	Edge		first;
	Edge		last;
	List	   *documents;		/* of char *, as they came */
} PageReader;

/* ---------- reading rows ---------- */

static void
InitEdge(Edge *edge, int nkeys)
{
	edge->context = AllocSetContextCreate(CurrentMemoryContext, "corm page edge",
										  ALLOCSET_SMALL_SIZES);
	edge->values = palloc(nkeys * sizeof(Datum));
	edge->nulls = palloc(nkeys * sizeof(bool));
}

/*
 * A copy with nothing stored elsewhere: it is looked at when the statement is
 * done.
 */
static Datum
CopyValue(Datum value, Oid type)
{
	int16		len;
	bool		byval;

	get_typlenbyval(type, &len, &byval);
	return len == -1 ? PointerGetDatum(PG_DETOAST_DATUM_COPY(value)) :
		datumCopy(value, byval, len);
}

static void
KeepEdge(Edge *edge, const CormPage *page, TupleTableSlot *slot, const int *columns)
{
	MemoryContext old;

	MemoryContextReset(edge->context);
	old = MemoryContextSwitchTo(edge->context);
	for (int i = 0; i < page->nkeys; i++)
	{
		const CormPageKey *key = &page->keys[i];
		int			column = columns[key->target];

		edge->nulls[i] = slot->tts_isnull[column];
		if (!edge->nulls[i])
			edge->values[i] = CopyValue(slot->tts_values[column], key->type);
	}
	MemoryContextSwitchTo(old);
}

static bool
ObserveRow(void *arg, TupleTableSlot *slot, const int *columns)
{
	PageReader *reader = arg;

	if (reader->n >= reader->page->size)
	{
		reader->more = true;
		return false;
	}
	slot_getallattrs(slot);
	if (reader->n++ == 0)
		KeepEdge(&reader->first, reader->page, slot, columns);
	KeepEdge(&reader->last, reader->page, slot, columns);
	return true;
}

static void
KeepDocument(void *arg, StringInfo document)
{
	PageReader *reader = arg;
	MemoryContext old = MemoryContextSwitchTo(reader->context);

	reader->documents = lappend(reader->documents, pnstrdup(document->data, document->len));
	MemoryContextSwitchTo(old);
}

static void
ReadPage(PageReader *reader, const CormPage *page)
{
	CormRun    *run = CormRunBegin(page->select, CORM_RUN_READ_ONLY);

	memset(reader, 0, sizeof(*reader));
	reader->page = page;
	reader->context = CurrentMemoryContext;
	InitEdge(&reader->first, page->nkeys);
	InitEdge(&reader->last, page->nkeys);
	CormRunObserve(run, ObserveRow, reader);
	CormRunPush(run, KeepDocument, reader);
}

/* ---------- what is beside the page ---------- */

static bool
IsThere(const CormSelect *select)
{
	return CormExecute(select->label, CormDeparseSelect(select, true),
					   CormBindParams(select), true, NULL) > 0;
}

static bool
HasNext(const PageReader *reader)
{
	const CormPage *page = reader->page;

	if (reader->more && !page->backward)
		return true;
	return page->before && IsThere(CormNearestBehind(page, page->before));
}

/*
 * Rows that an offset skips are ahead of the first page, even if it skips all.
 */
static bool
HasPrevious(const PageReader *reader)
{
	const CormPage *page = reader->page;

	if (page->backward)
		return reader->more;
	if (page->after)
		return IsThere(CormNearestAhead(page, page->after));
	return page->skipped > 0 &&
		(reader->n > 0 || reader->more || IsThere(CormNearestAhead(page, NULL)));
}

static int64
CountAll(const CormRequest *request)
{
	CormRequest whole = *request;
	CormSelect *select;

	whole.limit = whole.offset = -1;
	select = CormVerbSelect(CORM_VERB_COUNT, &whole, NULL);
	return DatumGetInt64(CormExecuteScalar(select->label,
										   CormVerbStatement(CORM_VERB_COUNT, select),
										   CormBindParams(select), true));
}

/* ---------- the page as JSON ---------- */

static void
AppendItems(StringInfo buf, const PageReader *reader)
{
	int			n = list_length(reader->documents);

	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoChar(buf, ',');
		appendStringInfoString(buf, list_nth(reader->documents,
											 reader->page->backward ? n - 1 - i : i));
	}
}

/*
 * A cursor has no character that JSON escapes.
 */
static void
AppendCursor(StringInfo buf, const PageReader *reader, const Edge *edge)
{
	if (reader->n == 0)
		appendStringInfoString(buf, "null");
	else
		appendStringInfo(buf, "\"%s\"",
						 CormPageCursor(reader->page, edge->values, edge->nulls));
}

static void
AppendPage(StringInfo buf, const PageReader *reader)
{
	bool		backward = reader->page->backward;

	appendStringInfoString(buf, "{\"items\":[");
	AppendItems(buf, reader);
	appendStringInfo(buf, "],\"has_next\":%s,\"has_previous\":%s,\"start\":",
					 HasNext(reader) ? "true" : "false",
					 HasPrevious(reader) ? "true" : "false");
	AppendCursor(buf, reader, backward ? &reader->last : &reader->first);
	appendStringInfoString(buf, ",\"end\":");
	AppendCursor(buf, reader, backward ? &reader->first : &reader->last);
}

static int
SizeArgument(FunctionCallInfo fcinfo, int argument)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"page_size\" must not be null")));
	if (PG_GETARG_INT32(argument) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"page_size\" must be at least 1")));
	return PG_GETARG_INT32(argument);
}

static char *
CursorArgument(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

Datum
corm_page(PG_FUNCTION_ARGS)
{
	int			size = SizeArgument(fcinfo, 3);
	bool		total = !PG_ARGISNULL(4) && PG_GETARG_BOOL(4);
	int64		count = 0;
	StringInfoData buf;

	initStringInfo(&buf);
	if (PG_ARGISNULL(0))
		appendStringInfoString(&buf, "{\"items\":[],\"has_next\":false,\"has_previous\":false,"
							   "\"start\":null,\"end\":null");
	else
	{
		CormRequest *request = CormParseRequest(PG_GETARG_JSONB_P(0));
		PageReader	reader;

		CormCountCall();
		ReadPage(&reader, CormResolvePage(request, NULL, CursorArgument(fcinfo, 1),
										  CursorArgument(fcinfo, 2), size));
		AppendPage(&buf, &reader);
		if (total)
			count = CountAll(request);
	}
	if (total)
		appendStringInfo(&buf, ",\"total\":" INT64_FORMAT, count);
	appendStringInfoChar(&buf, '}');
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf.data, buf.len));
}
