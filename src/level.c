/*-------------------------------------------------------------------------
 *
 * level.c
 *	  One statement of a plan tree while it runs.
 *
 * Values are read by encoders that were chosen for the column types that the
 * cache knew.  A function that runs inside of the statement may have changed a
 * table since then, so the result's types are checked before its first row:
 * a value read by another type's encoder would be a stray pointer.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "error.h"
#include "level.h"

int			corm_max_rows = 10000000;

static void
RaiseChanged(const CormSelect *select)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_IN_USE),
			 errmsg("a table was changed while \"%s\" was being loaded",
					select->label),
			 errhint("Call again.")));
}

static void OpenScans(CormLevel *level);

/*
 * What a level reads and prints, as its select and the way it is read decide it.  When
 * the rows are read once more, it is compiled again in the memory of the select and
 * kept there, if it lasts: functions that somebody may replace are looked up anew.
 */
typedef struct CormCompiled
{
	bool		lasting;
	int			natts;
	CormItems  *items;
	CormKeyFunctions *keys;		/* of a child that statements read */

	/* of a list, or one row of another table, that is scanned */
	CormSorter *sorter;
	CormKeyFunctions *fragment_keys;	/* of rows that several parents may have */
	int			nfragment_keys;
	int			fragment_columns[INDEX_MAX_KEYS];
	StringInfoData shape;		/* of those that may be kept from call to call; no
								 * data: they may not */
} CormCompiled;

/* ---------- compiling ---------- */

static bool
IsBuiltIn(const FmgrInfo *function)
{
	return function->fn_oid < FirstNormalObjectId;
}

int
CormColumnOfTarget(const CormLevel *level, int target)
{
	return level->scanning ? CormScanColumn(level->scan, target) : target;
}

/*
 * Is it the place where a row of a recursive load holds the next ones?
 */
static bool
IsSelf(const CormSelect *select, const CormOutput *output)
{
	return output->kind == CORM_OUT_CHILD && output->child->select == select;
}

/*
 * The items of an object; *lasting becomes false if one of them does not last.
 */
static CormItems *
CompileObject(const CormLevel *level, const CormObject *object, int *nholes, bool *lasting)
{
	const CormSelect *select = level->select;
	int			n = list_length(object->outputs);
	CormItems *items = palloc0(offsetof(CormItems, item) + n * sizeof(CormItem));
	StringInfoData prefix;
	ListCell   *lc;

	check_stack_depth();
	initStringInfo(&prefix);
	items->n = n;
	items->presence = object->presence < 0 ? -1 : CormColumnOfTarget(level, object->presence);
	items->array = object->array;
	items->first_hole = *nholes;
	foreach(lc, object->outputs)
	{
		const CormOutput *output = lfirst(lc);
		CormItem *item = &items->item[foreach_current_index(lc)];

		resetStringInfo(&prefix);
		appendStringInfoString(&prefix, foreach_current_index(lc) == 0 ?
							   (object->array ? "[" : "{") :
							   IsSelf(select, output) ? "" : ",");
		if (!object->array && !IsSelf(select, output))	/* which is not there on
														 * every level */
		{
			escape_json(&prefix, output->name);
			appendStringInfoChar(&prefix, ':');
		}
		item->prefix = pnstrdup(prefix.data, prefix.len);
		item->prefix_len = prefix.len;
		item->kind = output->kind;
		item->target = CormColumnOfTarget(level, output->target);
		switch (output->kind)
		{
			case CORM_OUT_VALUE:
				CormEncoderInit(&item->encoder, output->type);
				*lasting = *lasting && item->encoder.parts == NULL &&
					IsBuiltIn(&item->encoder.function);
				break;
			case CORM_OUT_OBJECT:
				item->object = CompileObject(level, output->object, nholes, lasting);
				break;
			case CORM_OUT_CHILD:
				item->child = output->child;
				(*nholes)++;
				break;
		}
	}
	pfree(prefix.data);
	items->nholes = *nholes - items->first_hole;
	return items;
}

/*
 * What a level needs that is its own child.
 */
static void
CompileSelf(CormLevel *level, int self)
{
	level->self = self;
	level->children[self] = level;
	CormKeyTableInit(&level->nodes, level->select->model->nkey,
					 CormKeyFunctionsOf(level->select->model->nkey, level->select->identity));
}

/*
 * The levels without what depends on how they are read.
 */
static CormLevel *
MakeLevel(const CormSelect *select, const CormChild *child, CormTally *tally, int manner)
{
	CormLevel  *level = palloc0(sizeof(CormLevel));
	bool		scannable = (manner & CORM_RUN_READ_ONLY) && child != NULL && !child->more &&
		child->parent_targets != NULL;
	ListCell   *lc;

	level->select = select;
	level->child = child;
	level->self = -1;
	level->tally = tally;
	level->keeps = !(manner & CORM_RUN_WRITTEN);
	level->nchildren = list_length(select->children);
	level->children = palloc(Max(level->nchildren, 1) * sizeof(CormLevel *));
	foreach(lc, select->children)
	{
		const CormChild *below = lfirst(lc);

		if (below->select == select)
			CompileSelf(level, below->index);
		else
			level->children[below->index] = MakeLevel(below->select, below, tally, manner);
		scannable = scannable && level->children[below->index]->scan != NULL;
	}

	/* the batched loader wants what stands in a hole, not a row around it */
	for (int i = 0; child != NULL && child->parent_targets == NULL && i < level->nchildren; i++)
		level->children[i]->scan = NULL;

	/* a row within a row that has no hole cannot have one either */
	if (scannable)
		level->scan = CormScanPlan(select, CORM_SCAN_FOR_PARENTS);
	return level;
}

/*
 * Where a slot has the keys of each child.
 */
static void
CompileKeyColumns(CormLevel *level)
{
	ListCell   *lc;

	level->key_columns = palloc(Max(level->nchildren, 1) * sizeof(int *));
	foreach(lc, level->select->children)
	{
		const CormChild *below = lfirst(lc);
		int			nkeys = below->select->nkeys;
		int		   *columns = palloc(nkeys * sizeof(int));

		/* owners of the batched loader have no row of their own */
		for (int i = 0; below->parent_targets != NULL && i < nkeys; i++)
			columns[i] = CormColumnOfTarget(level, below->parent_targets[i]);
		level->key_columns[below->index] = columns;
	}
}

/*
 * How rows that several parents may have are told from others that are kept from call
 * to call: by what of them is printed, and how.
 */
static void
CompileShape(const CormLevel *level, CormCompiled *compiled, const CormKeyPart *key)
{
	const CormItems *items = compiled->items;

	if (level->nchildren > 0 || compiled->nfragment_keys > 1 ||
		key->child_type != key->parent_type || !CormRowCacheFinds(key->child_type))
		return;
	for (int i = 0; i < items->n; i++)
		if (!CormRowCacheTakes(items->item[i].encoder.typid))
			return;
	initStringInfo(&compiled->shape);
	for (int i = 0; i < items->n; i++)
	{
		const CormItem *item = &items->item[i];

		appendBinaryStringInfo(&compiled->shape, (char *) &item->target, sizeof(int));
		appendBinaryStringInfo(&compiled->shape, (char *) &item->encoder.typid, sizeof(Oid));

		/* a setting that was another when the level was compiled */
		appendBinaryStringInfo(&compiled->shape, (char *) &item->encoder.encode,
							   sizeof(CormEncodeFunction));
		appendBinaryStringInfo(&compiled->shape, item->prefix, item->prefix_len + 1);
	}
	appendBinaryStringInfo(&compiled->shape, (char *) compiled->fragment_columns, sizeof(int));
}

/*
 * What is needed to read slots of the scan: attributes up to the last one that
 * stands in the text, is a key or orders the rows.
 */
static void
CompileScan(const CormLevel *level, CormCompiled *compiled)
{
	const CormSelect *select = level->select;

	compiled->natts = 0;
	for (int i = 0; i < list_length(select->targets); i++)
		compiled->natts = Max(compiled->natts, CormColumnOfTarget(level, i) + 1);
	if (level->child == NULL)
		return;					/* its rows are in order */
	for (int i = 0; i < select->model->nkey; i++)
		compiled->natts = Max(compiled->natts, select->model->key[i]);
	compiled->sorter = CormSorterOf(select->model, CormScanLinkKeys(level->scan));
	for (int i = 0; i < compiled->sorter->nkeys; i++)
		compiled->lasting = compiled->lasting && IsBuiltIn(&compiled->sorter->keys[i].compare);
	if (CormScanKindOf(level->scan) != CORM_SCAN_CHILDREN)
	{
		const CormKeyPart *keys = CormScanTargetKeys(level->scan, &compiled->nfragment_keys,
													 compiled->fragment_columns);

		compiled->fragment_keys = CormKeyFunctionsOf(compiled->nfragment_keys, keys);
		compiled->lasting = compiled->lasting &&
			CormKeysAreIntegers(compiled->nfragment_keys, compiled->fragment_keys);
		CompileShape(level, compiled, keys);
	}
}

static CormCompiled *
Compile(const CormLevel *level)
{
	const CormSelect *select = level->select;
	CormCompiled *compiled = palloc0(sizeof(CormCompiled));
	int			nholes = 0;

	compiled->lasting = true;
	compiled->natts = list_length(select->targets);
	compiled->items = CompileObject(level, select->object, &nholes, &compiled->lasting);
	if (level->scanning)
		CompileScan(level, compiled);
	else if (level->child)
	{
		compiled->keys = CormKeyFunctionsOf(select->nkeys, select->keys);
		compiled->lasting = compiled->lasting &&
			CormKeysAreIntegers(select->nkeys, compiled->keys);
	}
	return compiled;
}

/* The same, kept if it may be. */
static const CormCompiled *
CompiledOf(const CormLevel *level)
{
	CormKept   *kept = level->select->kept;
	CormCompiled *compiled;
	MemoryContext old;

	if (kept == NULL)
		return Compile(level);
	if (kept->compiled[level->scanning] != NULL)
		return kept->compiled[level->scanning];
	if (!kept->lasting[level->scanning])
	{
		compiled = Compile(level);
		kept->lasting[level->scanning] = compiled->lasting;
		return compiled;
	}
	old = MemoryContextSwitchTo(kept->context);
	compiled = Compile(level);
	kept->compiled[level->scanning] = compiled;
	MemoryContextSwitchTo(old);
	return compiled;
}

/*
 * What rows that are older than a column have in its place.  It is in the
 * catalogs: a column that was added, taken back and added once more with another
 * default leaves no trace on the pages.
 */
static void
AppendMissing(StringInfo shape, TupleDesc desc, int column)
{
	Form_pg_attribute attribute = TupleDescAttr(desc, column);
	bool		isnull;
	Datum		value = getmissingattr(desc, column + 1, &isnull);

	appendStringInfoChar(shape, isnull);
	if (isnull)
		return;
	if (attribute->attbyval)
		appendBinaryStringInfo(shape, (char *) &value, sizeof(Datum));
	else
		appendBinaryStringInfo(shape, DatumGetPointer(value),
							   datumGetSize(value, false, attribute->attlen));
}

/*
 * Rows that several parents may have are kept for other calls too, where their
 * text depends on nothing but the row.
 */
static void
OpenCache(CormLevel *level)
{
	const CormItems *items = level->items;
	const CormKeyPart *key;
	StringInfoData shape;
	Relation	heap;
	Snapshot	snapshot;
	int			n;
	int			columns[INDEX_MAX_KEYS];

	level->cache.heap = NULL;
	if (!level->scanning || !level->keeps || level->shape->data == NULL)
		return;
	key = CormScanTargetKeys(level->scan, &n, columns);
	heap = CormScanRelation(level->scan, &snapshot);
	initStringInfo(&shape);
	appendBinaryStringInfo(&shape, level->shape->data, level->shape->len);
	for (int i = 0; i < items->n; i++)
		AppendMissing(&shape, RelationGetDescr(heap), items->item[i].target);
	CormRowCacheOpen(&level->cache, heap, snapshot, key->child_type, &shape);
	pfree(shape.data);
}

/*
 * Rows that are scanned together tell the levels below what they will be asked for;
 * but not those whose rows are found in the cache.
 */
static void
Foretell(CormLevel *level)
{
	if (!level->scanning || level->roots != NULL ||
		CormScanKindOf(level->scan) != CORM_SCAN_CHILDREN)
		return;
	CormScanForetellNothing(level->scan);
	for (int i = 0; i < level->nchildren; i++)
	{
		const CormLevel *below = level->children[i];

		if (below->scanning && below->select->nkeys == 1 &&
			CormScanKindOf(below->scan) != CORM_SCAN_TARGET)
			CormScanForetell(level->scan, below->scan, level->key_columns[i][0] + 1);
	}
}

/*
 * Completes a level and all below it, now that it is known how each is read.
 */
static void
CompleteLevel(CormLevel *level)
{
	const CormCompiled *compiled = CompiledOf(level);

	level->natts = compiled->natts;
	level->items = compiled->items;
	level->sorter = compiled->sorter;
	level->fragment_columns = compiled->fragment_columns;
	level->shape = &compiled->shape;
	if (compiled->keys)
		CormKeyTableInit(&level->table, level->select->nkeys, compiled->keys);
	if (compiled->fragment_keys)
		CormKeyTableInit(&level->fragments, compiled->nfragment_keys, compiled->fragment_keys);
	OpenCache(level);
	if (level->self >= 0 && level->child->flat)
	{
		CormObject	key = {level->select->path, -1};
		int			nholes = 0;
		bool		lasting = true;

		level->path = CompileObject(level, &key, &nholes, &lasting);
	}
	CompileKeyColumns(level);
	Foretell(level);
	for (int i = 0; i < level->nchildren; i++)
		if (i != level->self)
			CompleteLevel(level->children[i]);
}

/* The rows of a root, if index scans find them; its select is more than owners' keys. */
static void
FindRoots(CormLevel *level)
{
	level->scan = level->select->scope == NULL ? NULL :
		CormScanPlan(level->select, CORM_SCAN_FOR_ROOTS);
	if (level->scan == NULL || !CormScanOpen(level->scan))
		return;
	level->roots = CormGatherRoots(level->scan);
	level->scanning = level->roots != NULL;
	if (!level->scanning)
		CormScanClose(level->scan);
}

CormLevel *
CormCompileLevel(const CormSelect *select, CormTally *tally, int manner)
{
	CormLevel  *level = MakeLevel(select, NULL, tally, manner);

	OpenScans(level);
	if (manner & CORM_RUN_READ_ONLY)
		FindRoots(level);
	CompleteLevel(level);
	return level;
}

/* ---------- scans ---------- */

static void
CloseScan(CormLevel *level)
{
	CormScanClose(level->scan);
	level->scanning = false;
	for (int i = 0; i < level->nchildren; i++)
		if (level->children[i]->scanning)
			CloseScan(level->children[i]);
}

/* The scan of a level and all those below it, or none of them. */
static bool
OpenScan(CormLevel *level)
{
	level->scanning = CormScanOpen(level->scan);
	for (int i = 0; level->scanning && i < level->nchildren; i++)
		if (!OpenScan(level->children[i]))
			CloseScan(level);
	return level->scanning;
}

/* As far up as they can be opened. */
static void
OpenScans(CormLevel *level)
{
	for (int i = 0; i < level->nchildren; i++)
	{
		CormLevel  *below = level->children[i];

		if (i != level->self && (below->scan == NULL || !OpenScan(below)))
			OpenScans(below);
	}
}

void
CormCloseScans(CormLevel *level)
{
	if (level->scanning)
		CormScanClose(level->scan);
	for (int i = 0; i < level->nchildren; i++)
	{
		CormLevel  *below = level->children[i];

		if (i != level->self)
			CormCloseScans(below);
	}
}

/* The scans that were open; at the first that cannot be, false. */
static bool
ReopenScans(CormLevel *level)
{
	for (int i = 0; i < level->nchildren; i++)
	{
		CormLevel  *below = level->children[i];

		if (i == level->self)
			continue;
		if ((below->scanning && !CormScanOpen(below->scan)) || !ReopenScans(below))
			return false;
		OpenCache(below);
	}
	return true;
}

/* The rows of a root have been read. */
static void
ForgetScans(CormLevel *level)
{
	level->scanning = level->roots != NULL;
	for (int i = 0; i < level->nchildren; i++)
		if (i != level->self)
			ForgetScans(level->children[i]);
}

bool
CormReopenScans(CormLevel *level)
{
	if (ReopenScans(level))
		return true;
	CormCloseScans(level);
	ForgetScans(level);
	OpenScans(level);
	CompleteLevel(level);
	return false;
}

const CormLevel *
CormFindLevel(const CormLevel *level, const CormSelect *select)
{
	const CormLevel *found = level->select == select ? level : NULL;

	for (int i = 0; found == NULL && i < level->nchildren; i++)
		if (i != level->self)
			found = CormFindLevel(level->children[i], select);
	return found;
}

bool
CormIsWhole(const CormLevel *level)
{
	for (int i = 0; i < level->nchildren; i++)
		if (!level->children[i]->scanning)
			return false;
	return level->self < 0;
}

/*
 * A row that is cast to "record", as its operators take it, keeps its type.
 */
static bool
IsOfType(Oid typid, const CormTarget *target)
{
	if (target->cast == RECORDOID)
		return type_is_rowtype(typid);
	return typid == (OidIsValid(target->cast) ? target->cast : target->value->type);
}

void
CormCheckResult(const CormSelect *select, TupleDesc result)
{
	bool		same = result->natts == list_length(select->targets);
	ListCell   *lc;

	foreach(lc, select->targets)
		same = same &&
			IsOfType(TupleDescAttr(result, foreach_current_index(lc))->atttypid, lfirst(lc));
	if (!same)
		RaiseChanged(select);
}

void
CormResetLevel(CormLevel *level, MemoryContext batch)
{
	level->nrows = level->maxrows = 0;
	level->rows = NULL;
	if (level->child)
		CormKeyTableReset(&level->table, batch);
	if (level->scanning && level->child)
		CormKeyTableReset(&level->fragments, batch);
	CormRowCacheRestart(&level->cache);
	level->nmissed = 0;
	if (level->self >= 0)
		CormKeyTableReset(&level->nodes, batch);
	for (int i = 0; i < level->nchildren; i++)
		if (i != level->self)
			CormResetLevel(level->children[i], batch);
}

/* ---------- counting ---------- */

static void
RaiseTooMany(bool written)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("a call may read at most %d rows", corm_max_rows),
			 written ? errdetail("A row of a recursive load counts as often as it is reached.") : 0,
			 errhint("Ask for fewer rows; the setting corm.max_rows is the limit, 0 means none.")));
}

void
CormTallyRead(CormTally *tally)
{
	if (++tally->read > corm_max_rows && corm_max_rows > 0)
		RaiseTooMany(false);
}

void
CormCountRead(const CormLevel *level)
{
	CormTallyRead(level->tally);
}

void
CormCountWritten(const CormLevel *level)
{
	CormErrorFrame frame;

	if (++level->tally->written <= corm_max_rows || corm_max_rows == 0)
		return;
	CormErrorPush(&frame, "loading", level->select->label, NULL);
	RaiseTooMany(true);
}
