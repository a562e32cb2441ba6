/*-------------------------------------------------------------------------
 *
 * textgrid.c
 *	  Text in aligned columns, as psql prints it.
 *
 * Widths are those of a terminal: a character may take two places, or none.
 * Control characters would break the lines and become spaces.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "textgrid.h"

static int	Width(const char *text);
static void AppendCell(StringInfo buf, const char *text, int before,
					   int after);
static void EndLine(StringInfo buf);

void
CormGridBegin(CormGrid *grid, int ncolumns, const char *const *titles)
{
	grid->ncolumns = ncolumns;
	grid->titles = titles;
	grid->rows = NIL;
}

void
CormGridRow(CormGrid *grid, const char *const *cells)
{
	const char **row = palloc(sizeof(char *) * grid->ncolumns);

	for (int i = 0; i < grid->ncolumns; i++)
		row[i] = cells[i] != NULL ? cells[i] : "";
	grid->rows = lappend(grid->rows, row);
}

void
CormGridAppend(StringInfo buf, const CormGrid *grid)
{
	int		   *widths = palloc(sizeof(int) * grid->ncolumns);
	ListCell   *lc;

	for (int i = 0; i < grid->ncolumns; i++)
	{
		widths[i] = Width(grid->titles[i]);
		foreach(lc, grid->rows)
			widths[i] = Max(widths[i], Width(((const char **) lfirst(lc))[i]));
	}
	for (int i = 0; i < grid->ncolumns; i++)
	{
		int			room = widths[i] - Width(grid->titles[i]);

		appendStringInfoString(buf, i == 0 ? " " : " | ");
		AppendCell(buf, grid->titles[i], room / 2, room - room / 2);
	}
	EndLine(buf);
	for (int i = 0; i < grid->ncolumns; i++)
	{
		appendStringInfoString(buf, i == 0 ? "-" : "-+-");
		for (int j = 0; j < widths[i]; j++)
			appendStringInfoChar(buf, '-');
	}
	appendStringInfoString(buf, "-\n");
	foreach(lc, grid->rows)
	{
		const char **row = lfirst(lc);

		for (int i = 0; i < grid->ncolumns; i++)
		{
			appendStringInfoString(buf, i == 0 ? " " : " | ");
			AppendCell(buf, row[i], 0, widths[i] - Width(row[i]));
		}
		EndLine(buf);
	}
}

/* Control characters count one place, for the space that they become. */
static int
Width(const char *text)
{
	int			encoding = GetDatabaseEncoding();
	int			width = 0;

	for (const char *c = text; *c; c += pg_encoding_mblen(encoding, c))
	{
		int			places = pg_encoding_dsplen(encoding, c);

		width += places < 0 ? 1 : places;
	}
	return width;
}

static void
AppendCell(StringInfo buf, const char *text, int before, int after)
{
	int			encoding = GetDatabaseEncoding();
	int			length;

	appendStringInfoSpaces(buf, before);
	for (const char *c = text; *c; c += length)
	{
		length = pg_encoding_mblen(encoding, c);
		if (pg_encoding_dsplen(encoding, c) < 0)
			appendStringInfoChar(buf, ' ');
		else
			appendBinaryStringInfo(buf, c, length);
	}
	appendStringInfoSpaces(buf, after);
}

/* Without the spaces that a last, short cell leaves. */
static void
EndLine(StringInfo buf)
{
	while (buf->len > 0 && buf->data[buf->len - 1] == ' ')
		buf->data[--buf->len] = '\0';
	appendStringInfoChar(buf, '\n');
}
