/*-------------------------------------------------------------------------
 *
 * save_value.c
 *	  Values that rows of a tree have for one another: what foreign keys and
 *	  links are made of.
 *
 * A place is told beforehand which of its columns are wanted, and as which type:
 * that of the column that is to hold the value.  Statements that write the rows,
 * or find them, bring the values.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "save.h"
#include "typefacts.h"

static CormSaveColumn *
FindWanted(const CormSavePlace *place, AttrNumber attnum, Oid type)
{
	ListCell   *lc;

	foreach(lc, place->columns)
	{
		CormSaveColumn *column = lfirst(lc);

		if (column->column->attnum == attnum && column->type == type)
			return column;
	}
	return NULL;
}

void
CormSaveWant(CormSavePlace *place, int n, const AttrNumber *attnums,
			 const CormModel *holder, const AttrNumber *as, bool of_old)
{
	for (int i = 0; i < n; i++)
	{
		Oid			type = CormColumnByNumber(holder, as[i])->typid;
		CormSaveColumn *column = FindWanted(place, attnums[i], type);

		if (column == NULL)
		{
			const CormTypeFacts *facts;

			column = palloc0(sizeof(CormSaveColumn));
			column->column = CormColumnByNumber(place->model, attnums[i]);
			column->type = type;
			column->of_old = of_old;
			column->values = palloc0(Max(place->n, 1) * sizeof(Datum));
			column->nulls = palloc(Max(place->n, 1) * sizeof(bool));
			memset(column->nulls, true, Max(place->n, 1) * sizeof(bool));
			facts = CormTypeFactsOf(type);
			column->typlen = facts->typlen;
			column->byval = facts->byval;
			place->columns = lappend(place->columns, column);
		}
		column->of_old &= of_old;
	}
}

bool
CormSaveValues(const CormSavePlace *place, int row, int n, const AttrNumber *attnums,
			   const CormModel *holder, const AttrNumber *as, Datum *values)
{
	row = place->rows[row].same;
	for (int i = 0; i < n; i++)
	{
		const CormSaveColumn *column = FindWanted(place, attnums[i],
												  CormColumnByNumber(holder, as[i])->typid);

		if (column == NULL)
			elog(ERROR, "column %d of \"%s\" is not among those that are wanted",
				 attnums[i], place->label);
		if (column->nulls[row])
			return false;
		values[i] = column->values[row];
	}
	return true;
}

void
CormSaveNote(CormSavePlace *place, CormSaveColumn *column, int row, Datum value, bool isnull)
{
	column->nulls[row] = isnull;
	if (!isnull)
		column->values[row] = datumCopy(value, column->byval, column->typlen);
}

Datum
CormSaveConvert(Datum value, Oid from, Oid to)
{
	Oid			output;
	bool		varlena;
	Oid			input;
	Oid			ioparam;

	if (from == to)
		return value;
	getTypeOutputInfo(from, &output, &varlena);
	getTypeInputInfo(to, &input, &ioparam);
	return OidInputFunctionCall(input, OidOutputFunctionCall(output, value), ioparam, -1);
}

void
CormSaveNoteGivenBy(CormSavePlace *place, int row, const CormBulk *bulk, int n)
{
	ListCell   *lc;
	ListCell   *lg;

	foreach(lc, place->columns)
	{
		CormSaveColumn *column = lfirst(lc);

		if (column->of_old)
			continue;
		foreach(lg, bulk->columns)
		{
			const CormBulkColumn *given = lfirst(lg);

			if (given->column->attnum != column->column->attnum || !given->given[n])
				continue;
			column->nulls[row] = given->nulls[n];
			if (!given->nulls[n])
				column->values[row] = CormSaveConvert(given->values[n],
													  given->column->typid, column->type);
		}
	}
}

void
CormSaveNoteGiven(CormSavePlace *place, int row)
{
	CormSaveNoteGivenBy(place, row, place->bulk, row);
}
