/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Softmax attention in asymptotic arithmetic.
 *
 * As c grows, a position whose score is less at some positive degree loses
 * all weight, faster than any power of c.  What is left, the argmax set, has
 * equal scores through all positive degrees and is weighed by the softmax of
 * the degree-0 terms, times the exponential of what stands below them: a
 * series again, and uniform exactly when those terms tie too.
 *
 * In ordinary arithmetic no degree is positive, so every position stays and
 * the weights are those of softmax, with their bounds.
 */

#ifndef SATURATION_ATTENTION_H
#define SATURATION_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>

#include "saturation/series.h"

/* What a query sees: N keys that differ, key i at counts[i] positions.  Equal
 * keys need no comparison: they tie exactly. */
struct view {
    const struct series *query;
    size_t n;
    const struct series *const *keys;
    const size_t *counts;
    double scale; /* 1 / sqrt(d_k) */
};

/*
 * The indices of the keys in the argmax set, ascending, into CHOSEN; returns
 * how many.  Scores that differ by no more than their bounds tie.  ROOM is
 * for N scores; CHOSEN has room for N.
 */
size_t attention_argmax(const struct view *view, struct ball *room,
                        size_t *chosen);

/* How sure the weights are. */
struct doubt {
    bool flagged;  /* a tie among scores that are unknown from there on */
    bool rounding; /* ordinary: a difference to the maximum is within its
                      bound, and that bound above 1e-3 */
};

/*
 * The weights of an argmax set (all keys of VIEW), each for all positions of
 * its key together; *ORIGIN is the key to measure the others from.
 */
struct doubt attention_weigh(const struct arithmetic *arithmetic,
                             const struct view *view, struct scalar *weights,
                             size_t *origin);

#endif
