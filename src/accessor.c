/*-------------------------------------------------------------------------
 *
 * accessor.c
 *	  Functions that stand for relations: what becomes of them.
 *
 * They are ordinary functions of whoever made them.  Nothing that reads through
 * a relation uses them, so one that lags behind its relation harms nobody but
 * its callers; corm.check() finds it.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/dependency.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

#include "accessor.h"
#include "compat.h"
#include "ddl.h"
#include "deparse_accessor.h"
#include "naming.h"

static CormAccessor *OwnAccessor(Oid relid, const char *name,
								 const char *what);
static void FollowDrop(Oid relid, const char *name);

bool
CormAccessorFits(const CormAccessor *accessor, const CormRelation *relation)
{
	return accessor->target == relation->target &&
		strcmp(accessor->body,
			   CormDeparseAccessor(relation, CORM_ACCESSOR_LABEL)) == 0;
}

char *
CormDropAccessorSql(const CormAccessor *accessor)
{
	return psprintf("DROP FUNCTION %s;",
					format_procedure_qualified(accessor->function));
}

void
CormDropAccessor(Oid relid, const char *name)
{
	CormAccessor *accessor = OwnAccessor(relid, name, "dropped");

	if (accessor != NULL)
		CormDropFunction(accessor->function);
}

void
CormDropAccessorsOfRow(const CormRelationRow *row)
{
	CormDropAccessor(row->source, row->name);
	CormDropAccessor(row->target, row->reverse_name);
}

/* Whatever uses it, a view say, goes on using it. */
void
CormRenameAccessor(Oid relid, const char *name, const char *new_name)
{
	CormAccessor *accessor = OwnAccessor(relid, name, "renamed");

	if (accessor == NULL)
		return;
	CormCheckNameLength("function", new_name,
						"Drop the accessor of the relation first, or choose a shorter name.");
	CormRenameFunction(accessor->function, new_name);
}

void
CormFollowDropAccessors(const CormRelationRow *row)
{
	FollowDrop(row->source, row->name);
	FollowDrop(row->target, row->reverse_name);
}

/* NULL, with a warning, when there is one but of somebody else. */
static CormAccessor *
OwnAccessor(Oid relid, const char *name, const char *what)
{
	CormAccessor *accessor = name == NULL ? NULL :
		CormFindAccessor(relid, name);

	if (accessor == NULL ||
		CormOwnsFunction(accessor->function, GetUserId()))
		return accessor;
	ereport(WARNING,
			(errmsg("accessor %s is not %s, since it belongs to somebody else",
					format_procedure(accessor->function), what),
			 errhint("Its owner can drop it: %s",
					 CormDropAccessorSql(accessor))));
	return NULL;
}

static void
FollowDrop(Oid relid, const char *name)
{
	CormAccessor *accessor = OwnAccessor(relid, name, "dropped");
	ObjectAddress address;
	char	   *signature;

	if (accessor == NULL)
		return;
	signature = format_procedure(accessor->function);
	if (!CormLockFunction(accessor->function) ||
		CormFunctionIsNeeded(accessor->function))
	{
		ereport(WARNING,
				(errmsg("accessor %s is not dropped, since something else uses it",
						signature),
				 errdetail("Its relation is forgotten."),
				 errhint("Drop it when it is free: %s",
						 CormDropAccessorSql(accessor))));
		return;
	}
	if (!SearchSysCacheExists1(PROCOID,
							   ObjectIdGetDatum(accessor->function)))
		return;					/* somebody was faster */
	ObjectAddressSet(address, ProcedureRelationId, accessor->function);
	performDeletion(&address, DROP_RESTRICT, PERFORM_DELETION_QUIETLY);
	ereport(NOTICE,
			(errmsg("accessor %s is dropped with its relation", signature)));
}
