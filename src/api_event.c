/*-------------------------------------------------------------------------
 *
 * api_event.c
 *	  SQL entry points: the event triggers.
 *
 * They run with whatever DDL anybody runs, as that user, in extension scripts
 * and restores too, and must neither fail nor cost there.  They run no SQL:
 * what happened is asked of the functions that the server has for it, past
 * privileges and search_path.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/parsenodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "catalog.h"
#include "counter_follow.h"
#include "event.h"
#include "forgotten.h"
#include "introspect.h"

/* columns of pg_event_trigger_dropped_objects() */
#define Anum_dropped_classid		1
#define Anum_dropped_objid			2
#define Anum_dropped_objsubid		3
#define Anum_dropped_is_temporary	6
#define Anum_dropped_object_type	7
#define Anum_dropped_address_names	11

/* columns of pg_event_trigger_ddl_commands() */
#define Anum_command_classid		1
#define Anum_command_objid			2

/* A set-returning function without arguments that has been called. */
typedef struct Rows
{
	ExprContext *context;
	Tuplestorestate *store;
	TupleTableSlot *slot;
} Rows;

PG_FUNCTION_INFO_V1(corm_follow_drop);
PG_FUNCTION_INFO_V1(corm_follow_alter);

static void CheckEvent(FunctionCallInfo fcinfo, const char *function);
static bool ChangesWhatIsThere(const Node *stmt);
static List *ChangedTables(void);
static void FollowRename(const RenameStmt *stmt);
static Rows BeginRows(Oid function);
static bool NextRow(Rows *rows);
static void EndRows(Rows *rows);
static Oid	OidOf(TupleTableSlot *slot, AttrNumber attnum);
static bool IsTableLike(const char *type);
static CormDroppedPart *DroppedPart(TupleTableSlot *slot, Oid classid,
									const char *type);

/* Event trigger for sql_drop. */
Datum
corm_follow_drop(PG_FUNCTION_ARGS)
{
	List	   *tables = NIL;
	List	   *parts = NIL;
	Rows		rows;

	CheckEvent(fcinfo, "corm._follow_drop");
	rows = BeginRows(F_PG_EVENT_TRIGGER_DROPPED_OBJECTS);
	while (NextRow(&rows))
	{
		Oid			classid = OidOf(rows.slot, Anum_dropped_classid);
		bool		isnull;
		char	   *type;
		CormDroppedPart *part;

		if ((classid != RelationRelationId &&
			 classid != ConstraintRelationId) ||
			DatumGetBool(slot_getattr(rows.slot, Anum_dropped_is_temporary,
									  &isnull)))
			continue;
		type = TextDatumGetCString(slot_getattr(rows.slot,
												Anum_dropped_object_type,
												&isnull));
		if (IsTableLike(type))
		{
			tables = lappend_oid(tables, OidOf(rows.slot, Anum_dropped_objid));
			continue;
		}
		part = DroppedPart(rows.slot, classid, type);
		if (part != NULL)
			parts = lappend(parts, part);
	}
	EndRows(&rows);
	if ((tables != NIL || parts != NIL) && CormHoldCatalog())
	{
		CormFollowDrop(tables, parts);
		CormReleaseCatalog();
	}
	PG_RETURN_NULL();
}

/* Event trigger for ddl_command_end of commands that may rename something. */
Datum
corm_follow_alter(PG_FUNCTION_ARGS)
{
	Node	   *stmt;
	List	   *tables = NIL;
	bool		renames;
	ListCell   *lc;

	CheckEvent(fcinfo, "corm._follow_alter");
	stmt = ((EventTriggerData *) fcinfo->context)->parsetree;
	if (stmt != NULL && ChangesWhatIsThere(stmt))
		tables = ChangedTables();
	renames = stmt != NULL && IsA(stmt, RenameStmt) &&
		(((RenameStmt *) stmt)->renameType == OBJECT_COLUMN ||
		 ((RenameStmt *) stmt)->renameType == OBJECT_ATTRIBUTE ||
		 ((RenameStmt *) stmt)->renameType == OBJECT_TABCONSTRAINT);
	if ((renames || tables != NIL || CormAnythingForgotten()) &&
		CormHoldCatalog())
	{
		if (renames)
			FollowRename((RenameStmt *) stmt);
		CormRestoreForgotten();
		foreach(lc, tables)
			CormFollowCounters(lfirst_oid(lc));
		CormReleaseCatalog();
	}
	PG_RETURN_NULL();
}

static void
CheckEvent(FunctionCallInfo fcinfo, const char *function)
{
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by an event trigger",
						function)));
}

/*
 * Does it give something another name, or change or drop a constraint or a type?
 * What adds something may be the restore of a dump: more is still to come.
 */
static bool
ChangesWhatIsThere(const Node *stmt)
{
	ListCell   *lc;

	if (IsA(stmt, RenameStmt) || IsA(stmt, AlterObjectSchemaStmt))
		return true;
	if (!IsA(stmt, AlterTableStmt))
		return false;
	foreach(lc, ((const AlterTableStmt *) stmt)->cmds)
	{
		switch (lfirst_node(AlterTableCmd, lc)->subtype)
		{
			case AT_AlterColumnType:
			case AT_AlterConstraint:
			case AT_DropConstraint:
			case AT_ValidateConstraint:
				return true;
			default:
				break;
		}
	}
	return false;
}

/* OIDs; a column or a constraint changes its table, a schema all: InvalidOid. */
static List *
ChangedTables(void)
{
	Rows		rows = BeginRows(F_PG_EVENT_TRIGGER_DDL_COMMANDS);
	List	   *tables = NIL;

	while (NextRow(&rows))
	{
		Oid			classid = OidOf(rows.slot, Anum_command_classid);
		Oid			objid = OidOf(rows.slot, Anum_command_objid);

		if (classid == ConstraintRelationId)
			objid = CormForeignKeyTable(objid);
		else if (classid == NamespaceRelationId)
			objid = InvalidOid;
		else if (classid != RelationRelationId)
			continue;
		if (OidIsValid(objid) || classid == NamespaceRelationId)
			tables = list_append_unique_oid(tables, objid);
	}
	EndRows(&rows);
	return tables;
}

/* The command knows the names, the server which object it was. */
static void
FollowRename(const RenameStmt *stmt)
{
	Rows		rows = BeginRows(F_PG_EVENT_TRIGGER_DDL_COMMANDS);

	while (NextRow(&rows))
	{
		Oid			classid = OidOf(rows.slot, Anum_command_classid);
		Oid			objid = OidOf(rows.slot, Anum_command_objid);

		if (stmt->renameType == OBJECT_TABCONSTRAINT)
		{
			if (classid == ConstraintRelationId)
				CormFollowConstraintRename(objid, stmt->subname,
										   stmt->newname);
		}
		else if (classid == RelationRelationId)
			CormFollowColumnRename(objid,
								   stmt->renameType == OBJECT_ATTRIBUTE,
								   stmt->subname, stmt->newname);
	}
	EndRows(&rows);
}

static Rows
BeginRows(Oid function)
{
	LOCAL_FCINFO(call, 0);
	FmgrInfo	flinfo;
	ReturnSetInfo result = {0};
	Rows		rows;

	rows.context = CreateStandaloneExprContext();
	result.type = T_ReturnSetInfo;
	result.econtext = rows.context;
	result.allowedModes = SFRM_Materialize;
	fmgr_info(function, &flinfo);
	InitFunctionCallInfoData(*call, &flinfo, 0, InvalidOid, NULL,
							 (Node *) &result);
	(void) FunctionCallInvoke(call);
	if (result.returnMode != SFRM_Materialize || result.setResult == NULL)
		elog(ERROR, "function %u returned no set", function);
	rows.store = result.setResult;
	rows.slot = MakeSingleTupleTableSlot(result.setDesc, &TTSOpsMinimalTuple);
	return rows;
}

static bool
NextRow(Rows *rows)
{
	return tuplestore_gettupleslot(rows->store, true, false, rows->slot);
}

static void
EndRows(Rows *rows)
{
	ExecDropSingleTupleTableSlot(rows->slot);
	tuplestore_end(rows->store);
	FreeExprContext(rows->context, true);
}

/* InvalidOid for NULL. */
static Oid
OidOf(TupleTableSlot *slot, AttrNumber attnum)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, attnum, &isnull);

	return isnull ? InvalidOid : DatumGetObjectId(value);
}

static bool
IsTableLike(const char *type)
{
	return strcmp(type, "table") == 0 || strcmp(type, "view") == 0 ||
		strcmp(type, "materialized view") == 0 ||
		strcmp(type, "foreign table") == 0;
}

/*
 * A column, or a constraint of a table, of a table that is still there; NULL
 * for anything else.  A constraint's table is known by name only, which is
 * what it was when the command began: none drops and renames.
 */
static CormDroppedPart *
DroppedPart(TupleTableSlot *slot, Oid classid, const char *type)
{
	CormDroppedPart *part;
	bool		isnull;
	int32		number = DatumGetInt32(slot_getattr(slot, Anum_dropped_objsubid,
													&isnull));
	Datum		value = slot_getattr(slot, Anum_dropped_address_names, &isnull);
	Datum	   *names;
	bool	   *nulls;
	int			n;
	Oid			schema;

	if (isnull || (classid == RelationRelationId ? number == 0 :
				   strcmp(type, "table constraint") != 0))
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false,
					  TYPALIGN_INT, &names, &nulls, &n);
	if (n != 3 || nulls[0] || nulls[1] || nulls[2])
		return NULL;
	part = palloc0(sizeof(CormDroppedPart));
	part->is_column = classid == RelationRelationId;
	part->name = TextDatumGetCString(names[2]);
	if (part->is_column)
	{
		part->relid = OidOf(slot, Anum_dropped_objid);
		return part;
	}
	schema = get_namespace_oid(TextDatumGetCString(names[0]), true);
	part->relid = OidIsValid(schema) ?
		get_relname_relid(TextDatumGetCString(names[1]), schema) : InvalidOid;
	return OidIsValid(part->relid) ? part : NULL;
}
