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
	"model", "pk", "relation", "of", "base", "allow", "permit",
	"filter", "exclude", "order_by",
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

/* The words from one up to another, as a list of char *. */
static List *
WordsBetween(int from, int to)
{
	List	   *words = NIL;

	for (int i = from; i < to; i++)
		words = lappend(words, unconstify(char *, word_names[i]));
	return words;
}

/* Words that a root has alone, or with "options" a prefetch. */
static List *
OwnWords(bool options)
{
	List	   *words = NIL;

	if (!options)
		return WordsBetween(0, CORM_WORD_FILTER);
	for (int i = 0; i < lengthof(option_names); i++)
		words = lappend(words, unconstify(char *, option_names[i]));
	return words;
}

void
CormRaiseUnknownWord(const CormDocPath *at, bool options)
{
	List	   *own = OwnWords(options);
	List	   *shared = WordsBetween(CORM_WORD_FILTER, lengthof(word_names));
	char	   *known = psprintf("%s, %s",
								 CormJoinNames(options ? shared : own),
								 CormJoinNames(options ? own : shared));
	const char *meant = NULL;

	/* a word that is right in the other place is no spelling mistake */
	if (!CormListHasName(OwnWords(!options), at->word))
		meant = CormClosest(at->word, list_concat_copy(own, shared));

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized queryset option \"%s\"", CormDocPathText(at)),
			 errdetail("The options are: %s.", known),
			 meant ? errhint("Perhaps you meant \"%s\".", meant) : 0));
}

/* Returns an empty request, allocated in the current context. */
CormRequest *
CormMakeRequest(void)
{
	CormRequest *request = palloc0(sizeof(CormRequest));

	request->limit = -1;
	request->max_limit = -1;
	request->offset = -1;
	return request;
}
