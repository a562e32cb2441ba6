/*-------------------------------------------------------------------------
 *
 * api_save.c
 *	  SQL entry point: save.
 *
 * Arguments are checked here and handed down, as api_write.c does it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "api_write.h"
#include "pathtext.h"
#include "readback.h"
#include "resolve.h"
#include "save.h"
#include "scope.h"

PG_FUNCTION_INFO_V1(corm_save);

/* ---------- the tree ---------- */

static void
AddRoot(CormSavePlace *roots, const JsonbValue *value, const CormDocPath *at)
{
	if (CormJsonIsObject(value))
		(void) CormSaveAddRow(roots, CORM_SAVE_ANY, 0, value, at);
	else if (at)
		CormRaiseWrongValue(at, "an object", value);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the tree to save must be a JSON object, or an array of objects"),
				 errdetail("It is %s.", CormJsonKindName(value))));
}

static void
AddRoots(CormSavePlace *roots, JsonbValue *tree)
{
	ListCell   *lc;

	if (!CormJsonIsArray(tree))
	{
		AddRoot(roots, tree, NULL);
		return;
	}
	foreach(lc, CormJsonElements(tree))
	{
		CormDocPath *at = palloc0(sizeof(CormDocPath));

		at->index = foreach_current_index(lc);
		AddRoot(roots, lfirst(lc), at);
	}
}

/*
 * Through a relation the roots stand below its owner.  Returns the place to
 * begin with; *roots is that of the tree's own rows.
 */
static CormSavePlace *
MakeRoots(const CormOwned *owned, CormSavePlace **roots)
{
	CormSavePlace *owner;

	if (owned->subject.relation == NULL)
		return *roots = CormSaveMakePlace(NULL, owned->subject.model, NULL);
	owner = CormSaveMakePlace(NULL, owned->subject.owner, NULL);
	(void) CormSaveAddRow(owner, CORM_SAVE_CONNECT, 0, owned->owner, NULL);
	*roots = CormSaveMakePlace(owner, owned->subject.model, owned->subject.relation);
	return owner;
}

/* ---------- what comes back ---------- */

/*
 * Has the tree nothing but keys of rows that are pointed to?
 */
static bool
IsKeysAlone(const CormSavePlace *place)
{
	for (int row = 0; row < place->n; row++)
		if (place->rows[row].kind != CORM_SAVE_CONNECT)
			return false;
	return CormSaveIsHeld(place->relation) && place->n > 0;
}

/*
 * Every relation that the tree has rows for is loaded, unless the queryset says
 * itself how.  Returns the loads, of CormLoad *.
 */
static List *
LoadsBelow(const CormSavePlace *place)
{
	List	   *loads = NIL;
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, place->below)
	{
		const CormSavePlace *below = lfirst(lc);
		CormLoad   *load;

		if (IsKeysAlone(below))
			continue;
		load = palloc0(sizeof(CormLoad));
		load->path = CormPathQuote(below->relation->name);
		load->depth = -1;
		load->by_the_way = true;
		load->options = CormMakeRequest();
		load->options->loads = LoadsBelow(below);
		loads = lappend(loads, load);
	}
	return loads;
}

/* The same, where they are needed for longer. */
static List *
CopyLoads(List *loads)
{
	List	   *copies = NIL;
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, loads)
	{
		CormLoad   *copy = memcpy(palloc(sizeof(CormLoad)), lfirst(lc), sizeof(CormLoad));

		copy->path = pstrdup(copy->path);
		copy->options = CormMakeRequest();
		copy->options->loads = CopyLoads(((CormLoad *) lfirst(lc))->options->loads);
		copies = lappend(copies, copy);
	}
	return copies;
}

/* What tells them from other ones. */
static void
SpellLoads(List *loads, StringInfo words)
{
	ListCell   *lc;

	foreach(lc, loads)
	{
		const CormLoad *load = lfirst(lc);

		/* with the 0 at its end, that no path has within it */
		appendBinaryStringInfo(words, load->path, strlen(load->path) + 1);
		SpellLoads(load->options->loads, words);
		appendStringInfoChar(words, '\0');
	}
}

/* The tree of the rows that were saved, with these loads. */
static CormSelect *
MakeTree(const CormTreeSource *source, void *arg)
{
	CormRequest *request = CormParseRequest(source->json[0]);

	request->loads = list_concat(request->loads, CopyLoads(arg));
	return CormResolve(request, CORM_FOR_DOCUMENTS, NULL);
}

typedef struct Printing
{
	StringInfoData text;
	bool		array;
	bool		missing;		/* the last one was not to be seen */
} Printing;

static void
Print(void *arg, int row, StringInfo document)
{
	Printing   *printing = arg;

	if (row > 0)
		appendStringInfoString(&printing->text, ", ");
	printing->missing = document == NULL;
	if (document)
		appendBinaryStringInfo(&printing->text, document->data, document->len);
	else
		appendStringInfoString(&printing->text, "null");
}

/*
 * The keys of the roots, NULL for one that was not written.
 */
static Datum **
KeysOf(const CormSavePlace *roots)
{
	const CormModel *model = roots->model;
	Datum	  **keys = palloc0(Max(roots->n, 1) * sizeof(Datum *));

	for (int row = 0; row < roots->n; row++)
	{
		Datum	   *key = palloc(model->nkey * sizeof(Datum));

		if (!CormSaveValues(roots, row, model->nkey, model->key, model, model->key, key))
			continue;
		for (int i = 0; i < model->nkey; i++)
		{
			int16		typlen;
			bool		byval;

			get_typlenbyval(CormColumnByNumber(model, model->key[i])->typid, &typlen, &byval);
			key[i] = datumCopy(key[i], byval, typlen);
		}
		keys[row] = key;
	}
	return keys;
}

/*
 * What was written and is not asked for is "{}".
 */
static void
PrintNothing(const bool *written, int n, Printing *printing)
{
	StringInfoData nothing;

	initStringInfo(&nothing);
	appendStringInfoString(&nothing, "{}");
	for (int row = 0; row < n; row++)
		Print(printing, row, written[row] ? &nothing : NULL);
}

/* ---------- save ---------- */

/* What is left of a tree when it has been written. */
typedef struct Saved
{
	const CormModel *model;
	int			n;				/* roots */
	Datum	  **keys;			/* by root; NULL: nothing is to be read */
	List	   *loads;			/* of CormLoad *, what to read with them */
	bool	   *written;
} Saved;

/*
 * Writes the tree in a context of its own, of which only what is read back by is
 * left.
 */
static Saved
WriteTree(const CormRequest *request, const CormOwned *owned, JsonbValue *tree)
{
	bool		silent = request->fields_given && request->fields == NIL && request->loads == NIL;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "corm save",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	CormSavePlace *roots;
	CormSavePlace *first = MakeRoots(owned, &roots);
	Saved		saved = {roots->model};

	AddRoots(roots, tree);
	if (owned->subject.relation && !owned->subject.relation->to_many && roots->n > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relation \"%s\" holds one row, not %d", owned->label, roots->n)));
	if (!silent)
		CormRequireKey(roots->model, "a row that was saved is read by");
	roots->returned = !silent;
	CormSaveRun(first);

	MemoryContextSwitchTo(old);
	saved.n = roots->n;
	saved.written = palloc(Max(roots->n, 1) * sizeof(bool));
	for (int row = 0; row < roots->n; row++)
		saved.written[row] = roots->rows[roots->rows[row].same].state != CORM_SAVE_NOWHERE;
	if (!silent)
		saved.keys = KeysOf(roots);
	if (!silent && request->guards == NIL)
		saved.loads = LoadsBelow(roots);
	MemoryContextDelete(context);
	return saved;
}

static void
ReadSaved(Jsonb *queryset, const Saved *saved, Printing *printing)
{
	CormTreeSource source = {.json = {queryset}};
	StringInfoData words;

	initStringInfo(&words);
	SpellLoads(saved->loads, &words);
	source.words = words.data;
	source.nwords = words.len;
	CormReadBack(&source, MakeTree, saved->loads, saved->model, saved->n, saved->keys,
				 Print, printing);
}

/*
 * corm.save(q, tree)
 */
Datum
corm_save(PG_FUNCTION_ARGS)
{
	CormRequest *request = CormArgWriteRequest(fcinfo);
	CormOwned	owned;
	JsonbValue *tree;
	Saved		saved;
	Printing	printing = {{0}};

	CormRefusePart(request, "save", false);
	if (PG_ARGISNULL(1))
		CormRefuseNull("the tree to save");
	tree = CormJsonbToValue(PG_GETARG_JSONB_P(1));
	owned = CormOwnedOf(request);
	CormSavePermit(request, &owned.subject, tree);
	saved = WriteTree(request, &owned, tree);

	initStringInfo(&printing.text);
	printing.array = CormJsonIsArray(tree);
	if (printing.array)
		appendStringInfoChar(&printing.text, '[');
	if (saved.keys)
		ReadSaved(PG_GETARG_JSONB_P(0), &saved, &printing);
	else
		PrintNothing(saved.written, saved.n, &printing);
	if (printing.array)
		appendStringInfoChar(&printing.text, ']');
	else if (printing.missing)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(printing.text.data,
															 printing.text.len)));
}
