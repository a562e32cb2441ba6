/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  The only place that looks at the server's version.
 *
 * One entry per server API that changed, named after the newest spelling,
 * with the major version that changed it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_COMPAT_H
#define CORM_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "corm needs PostgreSQL 15 or newer"
#endif

#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"

/* 18: the module block carries name and version. */
#if PG_VERSION_NUM >= 180000
#define CORM_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "corm", .version = CORM_VERSION)
#else
#define CORM_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 18: stands before the declaration, where it stood behind it. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* 18: a foreign key may be PERIOD: one of its columns contains, not equals. */
#if PG_VERSION_NUM >= 180000
#define CormIsPeriodConstraint(form) ((form)->conperiod)
#else
#define CormIsPeriodConstraint(form) false
#endif

/* 18: an index scan may be counted. */
#if PG_VERSION_NUM >= 180000
#define CormBeginIndexScan(heap, index, snapshot, nkeys) \
	index_beginscan((heap), (index), (snapshot), NULL, (nkeys), 0)
#else
#define CormBeginIndexScan(heap, index, snapshot, nkeys) \
	index_beginscan((heap), (index), (snapshot), (nkeys), 0)
#endif

/* 18: a foreign key may be NOT ENFORCED, which VALIDATE CONSTRAINT refuses. */
#if PG_VERSION_NUM >= 180000
#define CormIsEnforcedConstraint(form) ((form)->conenforced)
#else
#define CormIsEnforcedConstraint(form) true
#endif

/* 18: a generated column may be computed whenever it is read. */
#if PG_VERSION_NUM >= 180000
#define CormIsComputedAttribute(attribute) \
	((attribute)->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL)
#else
#define CormIsComputedAttribute(attribute) false
#endif

/* 18: where a column stands is noted in a short form of the attribute. */
#if PG_VERSION_NUM >= 180000
#define CormCachedOffset(desc, i) (TupleDescCompactAttr((desc), (i))->attcacheoff)
#else
#define CormCachedOffset(desc, i) (TupleDescAttr((desc), (i))->attcacheoff)
#endif

/* 16: a relation's files are called by a locator. */
#if PG_VERSION_NUM >= 160000
#define CormFileLocator RelFileLocator
#define CormRelationFile(relation) ((relation)->rd_locator)
#define CormFilesEqual(a, b) RelFileLocatorEquals((a), (b))
#else
#define CormFileLocator RelFileNode
#define CormRelationFile(relation) ((relation)->rd_node)
#define CormFilesEqual(a, b) RelFileNodeEquals((a), (b))
#endif

/* Until 16: what a snapshot sees may be vacuumed if it is old. */
#if PG_VERSION_NUM < 170000
#include "utils/snapmgr.h"
#define CormSnapshotsExpire() (old_snapshot_threshold >= 0)
#else
#define CormSnapshotsExpire() false
#endif

/* 17: the lexer of JSON may be the caller's own. */
#if PG_VERSION_NUM >= 170000
#define CormMakeJsonLexContext(json, need_escapes) \
	makeJsonLexContext(NULL, (json), (need_escapes))
#else
#define CormMakeJsonLexContext(json, need_escapes) \
	makeJsonLexContext((json), (need_escapes))
#endif

/* Asks the processor to fetch what will be read soon. */
#ifdef __GNUC__
#define CormPrefetch(address) __builtin_prefetch(address)
#else
#define CormPrefetch(address) ((void) 0)
#endif

/* 16: one ownership check and one privilege check for all kinds of objects. */
#if PG_VERSION_NUM >= 160000
#define CormOwnsTable(relid, role) \
	object_ownercheck(RelationRelationId, (relid), (role))
#define CormOwnsFunction(function, role) \
	object_ownercheck(ProcedureRelationId, (function), (role))
#define CormFunctionAclCheck(function, role, mode) \
	object_aclcheck(ProcedureRelationId, (function), (role), (mode))
#define CormSchemaAclCheck(schema, role, mode) \
	object_aclcheck(NamespaceRelationId, (schema), (role), (mode))
#else
#define CormOwnsTable(relid, role) pg_class_ownercheck((relid), (role))
#define CormOwnsFunction(function, role) pg_proc_ownercheck((function), (role))
#define CormFunctionAclCheck(function, role, mode) \
	pg_proc_aclcheck((function), (role), (mode))
#define CormSchemaAclCheck(schema, role, mode) \
	pg_namespace_aclcheck((schema), (role), (mode))
#endif

/*
 * Whether corm.rows may become part of the query around it: where the order of
 * the planner's steps that this relies on has been tried, with assertions too.
 */
#define CORM_CAN_INLINE_ROWS (PG_VERSION_NUM < 160000)

#endif							/* CORM_COMPAT_H */
