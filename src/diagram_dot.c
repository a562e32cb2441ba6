/*-------------------------------------------------------------------------
 *
 * diagram_dot.c
 *	  A diagram as a graph in the language of Graphviz.
 *
 * A model is a node with a table for a label, whose rows are the columns;
 * edges start and end at the columns that are compared.  Names stand in three
 * kinds of text: identifiers in double quotes, where only those are escaped;
 * labels of edges, where a backslash is too; and labels that are HTML.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "diagram_dot.h"

static bool HasSeveralSchemas(const CormDiagram *diagram);
static void AppendModel(StringInfo buf, const CormDrawnModel *model,
						const char *indent);
static void AppendColumn(StringInfo buf, const CormDrawnColumn *column,
						 const char *indent);
static void AppendEdge(StringInfo buf, const CormEdge *edge);
static void AppendIdentifier(StringInfo buf, const char *prefix,
							 const char *name);
static void AppendLabel(StringInfo buf, const char *text);
static void AppendHtml(StringInfo buf, const char *text);

char *
CormDiagramDot(const CormDiagram *diagram)
{
	StringInfoData buf;
	bool		clusters = HasSeveralSchemas(diagram);
	const char *schema = NULL;
	ListCell   *lc;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "digraph corm {\n"
						   "\tgraph [rankdir=LR, nodesep=0.4, ranksep=1.2, fontname=\"Helvetica\"];\n"
						   "\tnode [shape=plain, fontname=\"Helvetica\", fontsize=11];\n"
						   "\tedge [dir=both, color=\"#666666\", fontname=\"Helvetica\", fontsize=9, fontcolor=\"#666666\"];\n");
	foreach(lc, diagram->models)
	{
		const CormDrawnModel *model = lfirst(lc);

		if (clusters && (schema == NULL || strcmp(schema, model->schema) != 0))
		{
			if (schema != NULL)
				appendStringInfoString(&buf, "\t}\n");
			schema = model->schema;
			appendStringInfoString(&buf, "\tsubgraph ");
			AppendIdentifier(&buf, "cluster_", schema);
			appendStringInfoString(&buf, " {\n\t\tcolor=\"#bbbbbb\"; style=\"rounded\"; label=\"");
			AppendLabel(&buf, schema);
			appendStringInfoString(&buf, "\";\n");
		}
		AppendModel(&buf, model, clusters ? "\t\t" : "\t");
	}
	if (schema != NULL)
		appendStringInfoString(&buf, "\t}\n");
	foreach(lc, diagram->edges)
		AppendEdge(&buf, lfirst(lc));
	appendStringInfoChar(&buf, '}');
	return buf.data;
}

static bool
HasSeveralSchemas(const CormDiagram *diagram)
{
	const CormDrawnModel *first;
	const CormDrawnModel *last;

	if (diagram->models == NIL)
		return false;

	/* they are ordered by schema */
	first = linitial(diagram->models);
	last = llast(diagram->models);
	return strcmp(first->schema, last->schema) != 0;
}

static void
AppendModel(StringInfo buf, const CormDrawnModel *model, const char *indent)
{
	ListCell   *lc;

	appendStringInfoString(buf, indent);
	AppendIdentifier(buf, "", model->name);
	appendStringInfo(buf, " [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\" COLOR=\"#999999\">\n"
					 "%s\t<TR><TD PORT=\"t\" COLSPAN=\"2\" BGCOLOR=\"#dfe8f2\"><B>",
					 indent);
	AppendHtml(buf, model->name);
	appendStringInfoString(buf, "</B></TD></TR>\n");
	foreach(lc, model->columns)
		AppendColumn(buf, lfirst(lc), indent);
	appendStringInfo(buf, "%s</TABLE>>];\n", indent);
}

/* The key is underlined, as in drawings by hand. */
static void
AppendColumn(StringInfo buf, const CormDrawnColumn *column,
			 const char *indent)
{
	appendStringInfo(buf, "%s\t<TR><TD ALIGN=\"LEFT\" PORT=\"l%d\">%s",
					 indent, column->attnum, column->is_key ? "<U>" : "");
	AppendHtml(buf, column->name);
	appendStringInfo(buf, "%s</TD><TD ALIGN=\"LEFT\" PORT=\"r%d\">",
					 column->is_key ? "</U>" : "", column->attnum);
	AppendHtml(buf, column->type);
	if (column->is_key || column->is_foreign_key)
		appendStringInfo(buf, " <FONT COLOR=\"#888888\">%s</FONT>",
						 column->is_key && column->is_foreign_key ? "PK, FK" :
						 column->is_key ? "PK" : "FK");
	appendStringInfoString(buf, "</TD></TR>\n");
}

/* Crow's feet: the foot for many, a stroke for one, a circle for none. */
static void
AppendEdge(StringInfo buf, const CormEdge *edge)
{
	static const char *const arrows[] = {
		[CORM_END_ONE] = "teetee",
		[CORM_END_ONE_OR_NONE] = "teeodot",
		[CORM_END_MANY] = "crowodot"
	};
	bool		self = edge->from == edge->to;
	bool		link = edge->from_column == 0;

	/* links run between the titles, or around one model wherever there is room */
	appendStringInfoChar(buf, '\t');
	AppendIdentifier(buf, "", edge->from->name);
	if (!link)
		appendStringInfo(buf, ":r%d:e", edge->from_column);
	else if (!self)
		appendStringInfoString(buf, ":t:e");
	appendStringInfoString(buf, " -> ");
	AppendIdentifier(buf, "", edge->to->name);
	if (!link)
		appendStringInfo(buf, self ? ":r%d:e" : ":l%d:w", edge->to_column);
	else if (!self)
		appendStringInfoString(buf, ":t:w");
	appendStringInfo(buf, " [arrowtail=%s, arrowhead=%s, ",
					 arrows[edge->from_end], arrows[edge->to_end]);
	if (!edge->constraint)
		appendStringInfoString(buf, "style=dashed, ");
	appendStringInfoString(buf, "label=\"");
	AppendLabel(buf, edge->label);
	if (edge->columns != NULL)
	{
		appendStringInfoString(buf, "\\n(");
		AppendLabel(buf, edge->columns);
		appendStringInfoChar(buf, ')');
	}
	appendStringInfoString(buf, "\"];\n");
}

/*
 * Text in double quotes, where only these are escaped.  A backslash before one
 * would escape it, so each is doubled; both stay in the identifier.
 */
static void
AppendIdentifier(StringInfo buf, const char *prefix, const char *name)
{
	appendStringInfo(buf, "\"%s", prefix);
	for (const char *c = name; *c; c++)
	{
		if (*c == '"' || *c == '\\')
			appendStringInfoChar(buf, '\\');
		appendStringInfoChar(buf, (unsigned char) *c < ' ' ? ' ' : *c);
	}
	appendStringInfoChar(buf, '"');
}

/*
 * Text within double quotes, where a backslash starts an escape sequence and
 * entities of HTML are resolved.
 */
static void
AppendLabel(StringInfo buf, const char *text)
{
	for (const char *c = text; *c; c++)
	{
		if (*c == '"' || *c == '\\')
			appendStringInfoChar(buf, '\\');
		if (*c == '&')
			appendStringInfoString(buf, "&amp;");
		else
			appendStringInfoChar(buf, (unsigned char) *c < ' ' ? ' ' : *c);
	}
}

static void
AppendHtml(StringInfo buf, const char *text)
{
	for (const char *c = text; *c; c++)
	{
		switch (*c)
		{
			case '&':
				appendStringInfoString(buf, "&amp;");
				break;
			case '<':
				appendStringInfoString(buf, "&lt;");
				break;
			case '>':
				appendStringInfoString(buf, "&gt;");
				break;
			case '"':
				appendStringInfoString(buf, "&quot;");
				break;
			default:
				appendStringInfoChar(buf, (unsigned char) *c < ' ' ? ' ' : *c);
		}
	}
}
