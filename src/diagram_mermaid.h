/*-------------------------------------------------------------------------
 *
 * diagram_mermaid.h
 *	  A diagram as the text of a Mermaid erDiagram.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_DIAGRAM_MERMAID_H
#define CORM_DIAGRAM_MERMAID_H

#include "diagram.h"

extern char *CormDiagramMermaid(const CormDiagram *diagram);

#endif							/* CORM_DIAGRAM_MERMAID_H */
