/*-------------------------------------------------------------------------
 *
 * words.h
 *	  The words of a queryset, and what they say together: CormRequest.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_WORDS_H
#define CORM_WORDS_H

#include "annotation.h"
#include "filter.h"
#include "orderkey.h"

/* The words of a queryset object; those before FILTER stand in a root alone. */
typedef enum CormWord
{
	CORM_WORD_MODEL,
	CORM_WORD_PK,
	CORM_WORD_RELATION,
	CORM_WORD_OF,
	CORM_WORD_BASE,
	CORM_WORD_ALLOW,
	CORM_WORD_PERMIT,
	CORM_WORD_FILTER,
	CORM_WORD_EXCLUDE,
	CORM_WORD_ORDER_BY,
	CORM_WORD_SELECT_RELATED,
	CORM_WORD_PREFETCH_RELATED,
	CORM_WORD_FIELDS,
	CORM_WORD_EXCLUDE_FIELDS,
	CORM_WORD_ANNOTATE,
	CORM_WORD_DISTINCT,
	CORM_WORD_LIMIT,
	CORM_WORD_OFFSET
} CormWord;

/* Words that a prefetch option object has beside those of a queryset. */
typedef enum CormOption
{
	CORM_OPTION_AS,
	CORM_OPTION_MORE,
	CORM_OPTION_RECURSIVE,
	CORM_OPTION_DEPTH,
	CORM_OPTION_FLAT
} CormOption;

struct CormRequest;

/* One path of select_related or prefetch_related. */
typedef struct CormLoad
{
	char	   *path;			/* "author", "posts__comments" */
	char	   *as;				/* output name, or NULL */
	bool		more;			/* also say whether the list was cut */
	bool		select;			/* it stood in select_related */
	bool		recursive;		/* and so on from each row that was loaded */
	bool		flat;			/* ... as one list, with depth and path */
	int64		depth;			/* ... levels to load, -1: all */
	bool		implied;		/* for what allow-lists say of a step */
	bool		by_the_way;		/* unless another path says how to load it */
	struct CormRequest *options;	/* what to load of the last step, or NULL */
} CormLoad;

typedef struct CormRequest
{
	char	   *model;			/* NULL when left out */

	/* corm.relation(model, pk, relation): rows related to one owner */
	char	   *relation;		/* NULL: the model's own rows */
	JsonbValue *owner;			/* the owner's key; jbvNull: no owner */

	/* corm.relation(q, relation): rows related to any row of a queryset */
	struct CormRequest *of;		/* then model and owner are NULL */

	/*
	 * Under allow-lists, which corm.allow(base, list) sets up, and which go on
	 * from the queryset of a relation, the words below are merged.
	 */
	List	   *guards;			/* of CormGuard *; NIL: no allow-list */
	struct CormRequest *base;	/* what corm.allow was given, or NULL */
	JsonbValue *allow;			/* its allow-list, as written */
	struct CormRequest *said;	/* the words said since; NULL: no guards */
	int64		max_limit;		/* caps limit and is its default; -1: none */

	bool		permit_given;	/* data may set these keys alone */
	List	   *permit;			/* of char *; not those of base or of */

	CormCondition *where;		/* filter and not exclude; NULL: none */
	List	   *order_by;		/* of CormOrderKey * */
	List	   *loads;			/* of CormLoad *, in order of mention */
	bool		fields_given;	/* fields was there, perhaps empty */
	List	   *fields;			/* of char * */
	List	   *exclude_fields; /* of char * */
	List	   *annotations;	/* of CormAnnotation * */
	bool		distinct_given;	/* distinct was there, perhaps empty */
	List	   *distinct;		/* of char *, paths; NIL: what is printed */
	int64		limit;			/* -1: none; see CormRequestLimit */
	int64		offset;			/* -1: none */

	JsonbContainer *source;		/* what this was read from */

	/* which words were there: for verbs that refuse some of them */
	bool		has_exclude;
	bool		has_filter;

	/*
	 * The same conditions as they were written: of JsonbValue *, those that
	 * let every row pass left out.  Under allow-lists only "said" has them.
	 */
	List	   *filters;		/* all of them */
	List	   *excludes;		/* not all of them, if has_exclude */
} CormRequest;

/* A request that asks for nothing in particular. */
extern CormRequest *CormMakeRequest(void);

/* How the word is spelled in a queryset object. */
extern const char *CormWordName(CormWord word);
extern const char *CormOptionName(CormOption option);

/* The word or option of that name, -1 if there is none. */
extern int	CormFindWord(const char *name);
extern int	CormFindOption(const char *name);

/*
 * Raises 22023 for a word that a queryset does not have, or, with "options",
 * that a prefetch option object does not have.
 */
pg_noreturn extern void CormRaiseUnknownWord(const CormDocPath *at,
											 bool options);

#endif							/* CORM_WORDS_H */
