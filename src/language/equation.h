/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Sums and square roots of which only some bits are known, the least
 * significant first: are there numbers that fit?  Of all that fit, the least
 * numbers with the known bits are looked at, so that the size of the numbers
 * does not matter.
 */

#ifndef LANGUAGE_EQUATION_H
#define LANGUAGE_EQUATION_H

#include "base/natural.h"
#include "language/counter.h"
#include "language/machine.h"
#include "language/pattern.h"

struct partial {
    struct natural low; /* what its BITS lowest bits say */
    size_t bits;
    bool whole;     /* there are no others */
    size_t longest; /* bits it may have, SIZE_MAX for any number */
};

/* Words of MACHINE, which has all of a length or none, are so long. */
size_t equation_longest(const struct machine *machine, size_t bit);

/* Whether there are X, Y (not of a square root) and what KIND makes of them,
 * written with as few bits as it has, zero with one; at most one of the three
 * has bits that are not all.  UNKNOWN for products. */
enum answer equation_ask(enum pattern_kind kind, const struct partial *x,
                         const struct partial *y, const struct partial *result);

#endif
