/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Numbers: balls, and truncated Laurent series of balls (series.h says what
 * these are).  Sums of squares, scores and softmax weights are made of them.
 */

#ifndef SATURATION_SCALAR_H
#define SATURATION_SCALAR_H

#include <stdbool.h>
#include <stddef.h>

#include "saturation/plane.h"

enum { ORDERS_MOST = 16 };

/* The sum over k < known of c^(top - k) planes[k]. */
struct scalar {
    int top;
    size_t known; /* at least 1 */
    bool exact;   /* zero below the planes, not unknown */
    struct ball planes[ORDERS_MOST];
};

/* Whether the value does not count as zero: it is beyond its bound, or it is
 * lost to overflow, which must not pass for nothing. */
bool ball_beyond(struct ball a);
bool ball_vanishes(struct ball a); /* zero with bound zero */
struct ball ball_subtract(struct ball a, struct ball b);
struct ball ball_multiply(struct ball a, struct ball b);
struct ball ball_scale(struct ball a, double factor); /* FACTOR within 2 u */

/* Whether nothing but plane 0 is there. */
bool scalar_single(const struct scalar *a);

/* All of these keep at most ORDERS planes; OUT is not one of the inputs.
 * Subtraction takes zeros, of which no plane is known, too. */
void scalar_subtract(size_t orders, const struct scalar *a,
                     const struct scalar *b, struct scalar *out);
void scalar_multiply(size_t orders, const struct scalar *a,
                     const struct scalar *b, struct scalar *out);

/* out += factor a, for equal tops. */
void scalar_add_product(struct ball factor, const struct scalar *a,
                        struct scalar *out);

/*
 * 1 / a or 1 / sqrt(a), for a[0] > 0 and an even top under the root.  LEAST
 * is a lower bound of a[0] known otherwise, or 0; where neither keeps a[0]
 * from zero the bound is infinite.
 */
void scalar_reciprocal(size_t orders, const struct scalar *a,
                       struct scalar *out);
void scalar_reciprocal_root(size_t orders, double least, const struct scalar *a,
                            struct scalar *out);

/* exp(a - a[0]) for a of top 0: what stands below degree 0 alone. */
void scalar_exp_tail(size_t orders, const struct scalar *a, struct scalar *out);

#endif
