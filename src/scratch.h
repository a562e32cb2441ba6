/*-------------------------------------------------------------------------
 *
 * scratch.h
 *	  Memory that one call uses and the next one uses again.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#ifndef CORM_SCRATCH_H
#define CORM_SCRATCH_H

/*
 * A context for as long as the current one lasts: emptied with it, not to be
 * deleted.  Whoever asks while it is taken gets the current context itself.
 */
extern MemoryContext CormScratchContext(void);

#endif							/* CORM_SCRATCH_H */
