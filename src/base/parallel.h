/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Loops over worker threads.  Which thread runs which item is never fixed;
 * whatever an item computes must depend on the item alone.
 *
 * The workers are POSIX threads of our own and not OpenMP's: a training step
 * is a handful of loops of a few hundred microseconds, and a waiting OpenMP
 * thread either spins for milliseconds, which starves the others as soon as
 * a CPU is shared, or goes to sleep at once.  Here it spins for some tens of
 * microseconds, then gives way to others for some hundred, then sleeps.
 */

#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stddef.h>

/* How many threads loops use: the CPUs this process may use until set
 * (0 = as many as there are). */
void parallel_set_threads(size_t threads);
size_t parallel_threads(void);

/*
 * Calls body(context, item, thread) once for every item in 0..n-1, n below
 * 2^32; thread < parallel_threads(), the caller being number 0.  A thread
 * has a share of the items before it, the same in every loop of n, whose
 * data then stay in its core's cache; one that is done takes from the ends
 * of the others' shares.  Loops do not nest: an inner one runs on the thread
 * that meets it, as thread number 0.  Only one thread of the program may
 * start loops.  A forked child starts workers of its own.
 */
void parallel_for(size_t n,
                  void (*body)(void *context, size_t item, size_t thread),
                  void *context);

/* Calls body(context, first, end) for ranges that 0..n-1 falls into, the same
 * for any number of threads: for loops over numbers. */
void parallel_ranges(size_t n,
                     void (*body)(void *context, size_t first, size_t end),
                     void *context);

#endif
