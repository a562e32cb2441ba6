/*-------------------------------------------------------------------------
 *
 * diagram_dot.h
 *	  A diagram as a graph in the language of Graphviz.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DIAGRAM_DOT_H
#define CORM_DIAGRAM_DOT_H

#include "diagram.h"

extern char *CormDiagramDot(const CormDiagram *diagram);

#endif							/* CORM_DIAGRAM_DOT_H */
