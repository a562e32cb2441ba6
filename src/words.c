/*-------------------------------------------------------------------------
 *
 * words.c
 *	  How the words of a queryset are spelled.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "error.h"
#include "words.h"

/* Spelled as in CormWord's order. */
static const char *const word_names[] = {
	"model", "pk", "relation", "of", "filter", "exclude", "order_by",
	"select_related", "prefetch_related", "fields", "exclude_fields",
	"annotate", "distinct", "limit", "offset"
};

/* Spelled as in CormOption's order. */
static const char *const option_names[] = {
	"as", "more", "recursive", "depth", "flat"
};

const char *
CormWordName(CormWord word)
{
	Assert((int) word < lengthof(word_names));
	return word_names[word];
}

const char *
CormOptionName(CormOption option)
{
	Assert((int) option < lengthof(option_names));
	return option_names[option];
}

/* Returns the place of a name among names, -1 if it is not there. */
static int
FindName(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
	{
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

int
CormFindWord(const char *name)
{
	return FindName(word_names, lengthof(word_names), name);
}

int
CormFindOption(const char *name)
{
	return FindName(option_names, lengthof(option_names), name);
}

/* The words that may stand in an object: of a prefetch's options, or a root. */
static List *
KnownWords(bool options)
{
	List	   *known = NIL;

	for (int i = options ? CORM_WORD_FILTER : 0; i < lengthof(word_names); i++)
		known = lappend(known, unconstify(char *, word_names[i]));
	for (int i = 0; options && i < lengthof(option_names); i++)
		known = lappend(known, unconstify(char *, option_names[i]));
	return known;
}

void
CormRaiseUnknownWord(const CormDocPath *at, bool options)
{
	List	   *known = KnownWords(options);
	const char *meant = NULL;

	/* a word that is right in the other place is no spelling mistake */
	if (!CormListHasName(KnownWords(!options), at->word))
		meant = CormClosest(at->word, known);

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized queryset option \"%s\"", CormDocPathText(at)),
			 errdetail("The options are: %s.", CormJoinNames(known)),
			 meant ? errhint("Perhaps you meant \"%s\".", meant) : 0));
}

/* Returns an empty request, allocated in the current context. */
CormRequest *
CormMakeRequest(void)
{
	CormRequest *request = palloc0(sizeof(CormRequest));

	request->limit = -1;
	request->offset = -1;
	return request;
}
