/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A derivative as a difference quotient: central differences at steps that
 * halve, extrapolated (Richardson), so that errors go with the sixth power of
 * the step.
 */

#ifndef TESTS_LAWS_DIFFERENCE_H
#define TESTS_LAWS_DIFFERENCE_H

#include <math.h>
#include <stdbool.h>

/* The loss of SELF; FIRST says that it is asked before any step, and *SAME
 * becomes false where a ReLU's input has another sign than then. */
typedef double loss_function(void *self, bool first, bool *same);

/* d LOSS / d *AT, or false where it has a kink that near. */
static inline bool difference_quotient(loss_function *loss, void *self,
                                       double *at, double *derivative)
{
    enum { HALVINGS = 3 };
    const double step = 1e-4, start = *at;
    double d[HALVINGS];
    bool same = true;

    loss(self, true, &same);
    for (int k = 0; k < HALVINGS; k++) {
        double h = ldexp(step, -k), high, low;

        *at = start + h;
        high = loss(self, false, &same);
        *at = start - h;
        low = loss(self, false, &same);
        d[k] = (high - low) / (2 * h);
    }
    *at = start;
    for (int order = 1; order < HALVINGS; order++)
        for (int k = HALVINGS - 1; k >= order; k--)
            d[k] += (d[k] - d[k - 1]) / (ldexp(1, 2 * order) - 1);
    *derivative = d[HALVINGS - 1];
    return same;
}

#endif
