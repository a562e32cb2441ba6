/*-------------------------------------------------------------------------
 *
 * annotate.h
 *	  Annotations: named values of each row.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ANNOTATE_H
#define CORM_ANNOTATE_H

#include "walk.h"

/* What one annotation (or a spec like it) stands for at a place. */
extern CormValue *CormAnnotationValue(const CormPlace *place,
									  const CormAnnotation *annotation);

/*
 * Gives the place's table its annotations (CormAnnotation *), which paths from
 * there may then name.  Raises 42710 for the name of a column or relation.
 */
extern void CormAnnotate(const CormPlace *place, List *annotations);

#endif							/* CORM_ANNOTATE_H */
