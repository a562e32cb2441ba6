/*-------------------------------------------------------------------------
 *
 * document.h
 *	  Reading JSON documents whose errors say where in the document they are.
 *
 * Every reader raises 22023 for a value that is not what it reads.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DOCUMENT_H
#define CORM_DOCUMENT_H

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

#include "compat.h"

/* A place in a document: a key, or an element of an array. */
typedef struct CormDocPath
{
	const struct CormDocPath *parent;
	const char *word;			/* NULL: an array element */
	int			index;			/* of the element */
} CormDocPath;

extern char *CormDocPathText(const CormDocPath *at);
extern const char *CormJsonKindName(const JsonbValue *value);

/* "value of <at> must be <expected>", with what it is as DETAIL */
pg_noreturn extern void CormRaiseWrongValue(const CormDocPath *at,
											const char *expected,
											const JsonbValue *value);
pg_noreturn extern void CormRaiseEmpty(const CormDocPath *at);
pg_noreturn extern void CormRaiseEmptyKey(const CormDocPath *at);

extern JsonbValue *CormJsonbToValue(Jsonb *json);
extern JsonbValue *CormNullValue(void);
extern JsonbValue *CormStringToValue(const char *string);
extern bool CormJsonIsObject(const JsonbValue *value);
extern bool CormJsonIsArray(const JsonbValue *value);

/* The elements of an array, JsonbValue *. */
extern List *CormJsonElements(const JsonbValue *array);

/* A member of an object, or NULL. */
extern JsonbValue *CormJsonMember(const JsonbValue *object, const char *name);

extern bool CormIsBlank(const char *text);

extern char *CormReadName(const JsonbValue *value, const CormDocPath *at);
extern bool CormReadBoolean(const JsonbValue *value, const CormDocPath *at);
extern int64 CormReadCount(const JsonbValue *value, const CormDocPath *at);
extern List *CormReadList(JsonbValue *value, bool single, const char *expected,
						  const CormDocPath *at);
extern List *CormReadNames(List *names, JsonbValue *value,
						   const CormDocPath *at);

/*
 * Notes that what a value holds, and not only of what kind it is, has decided
 * something.  "bytes" is a string, or an array's or object's container.
 */
extern void CormNoteLook(const void *bytes);

/* What was noted since the start; false when there was too much of it. */
extern void CormStartLooking(void);
extern bool CormLooks(const void *const **looks, int *n);

extern bool CormListHasName(List *names, const char *name);
extern List *CormCommonNames(List *names, List *others);

/* The same names in the same order; in any order, none being there twice. */
extern bool CormSameNames(List *a, List *b);
extern bool CormSameNameSet(List *a, List *b);

extern JsonbIterator *CormBeginPairs(JsonbValue *object);
extern bool CormNextPair(JsonbIterator **it, char **key, JsonbValue **value);

#endif							/* CORM_DOCUMENT_H */
