/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Checked allocation.  Running out of memory is not survivable here: one
 * line on stderr and exit status 4, as for any other exhausted resource.
 */

#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Bytes. */
#define CACHE_LINE ((size_t)64)

/* Lets blocks of a MiB and more go back to the system when they are freed, from
 * the first to the last; glibc's own limit grows, and leaves them as holes. */
void memory_prepare(void);

/* COUNT zeroed objects of SIZE bytes; never NULL, freed with free(). */
void *memory_new(size_t count, size_t size);

/* As realloc for COUNT objects; new bytes are not zeroed. */
void *memory_resize(void *block, size_t count, size_t size);

/* As memory_new, aligned to 64 bytes, a cache line and a vector register; a
 * MiB and more in whole huge pages of 2 MiB, where the system has them:
 * walks through matrices then look up few addresses. */
void *memory_new_aligned(size_t count, size_t size);

/* Copies: of SIZE bytes, of a terminated string (NULL stays NULL). */
void *memory_copy(const void *block, size_t size);
char *memory_copy_text(const char *text);

/* The most that this process has had resident since its program began, in
 * bytes; 0 where the system does not say.  (getrusage counts what the parent
 * had when it forked, too.) */
size_t memory_peak(void);

#endif
