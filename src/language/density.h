/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How many strings of length n a language has, as n grows: the growth rate
 * lim sup |L ∩ Σⁿ|^(1/n), and the density |L ∩ Σⁿ| / |Σ|ⁿ.
 */

#ifndef LANGUAGE_DENSITY_H
#define LANGUAGE_DENSITY_H

#include "base/statistics.h"
#include "language/automaton.h"

/*
 * Bounds of the growth rate of a minimal automaton's language: the largest
 * spectral radius of its parts from which acceptance can be reached.  With x
 * positive and A the arcs of a part, min (A x)_i / x_i and max (A x)_i / x_i
 * enclose it [Collatz 1942; Wielandt 1950]; x is iterated until they meet.
 * 0 for a finite language, 1 for one that grows by powers of n.
 */
struct interval density_growth(const struct automaton *automaton);

#define DENSITY_MOST_PERIOD 12

/* The density at lengths r modulo PERIOD tends to share[r]. */
struct density_limit {
    size_t period;
    double share[DENSITY_MOST_PERIOD];
};

/*
 * The limit of a minimal automaton's density.  A string of uniform symbols is
 * a walk along its states, which ends up in a part that nothing leaves: by
 * the walk's stationary distribution there, found by eliminating states
 * without a subtraction [Grassmann, Taksar & Heyman 1985].  False where the
 * period or the automaton is too large.
 */
bool density_limit(const struct automaton *automaton,
                   struct density_limit *out);

/*
 * The growth rate fitted to counts: the g of c n^a g^n e^(d/n) through four
 * lengths, LONGEST and its halves, or those below them that have strings.
 * LOGS[n] is the logarithm of the count, -INFINITY for none.  NaN where there
 * are too few.
 */
double density_fit_growth(const double *logs, size_t longest);

#endif
