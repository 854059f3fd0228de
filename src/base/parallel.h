/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Loops over worker threads [OpenMP].  Which thread runs which item is never
 * fixed; whatever an item computes must depend on the item alone.
 */

#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stddef.h>

/* How many threads loops use: the machine's cores until set (0 = cores). */
void parallel_set_threads(size_t threads);
size_t parallel_threads(void);

/*
 * Calls body(context, item, thread) once for every item in 0..n-1, handing
 * items out in order as threads come free; thread < parallel_threads().
 * Loops do not nest: an inner one runs on the thread that meets it, as
 * thread number 0.
 */
void parallel_for(size_t n,
                  void (*body)(void *context, size_t item, size_t thread),
                  void *context);

#endif
