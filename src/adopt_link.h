/*-------------------------------------------------------------------------
 *
 * adopt_link.h
 *	  Adopting link tables as many-to-many relations.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_ADOPT_LINK_H
#define CORM_ADOPT_LINK_H

#include "adoption.h"

/*
 * Decides about every link table that was chosen.  Comes after the foreign keys,
 * whose names have precedence.
 */
extern void CormAdoptLinks(CormAdoption *adoption);

#endif							/* CORM_ADOPT_LINK_H */
