/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "train/optimizer.h"

#include <math.h>

static void descend(double rate, const double *gradient, size_t n,
                    double *delta)
{
    for (size_t i = 0; i < n; i++)
        delta[i] = -rate * gradient[i];
}

/* Divides by the largest entry first: late gradients are too small to
 * square. */
static void descend_normalised(double rate, const double *gradient, size_t n,
                               double *delta)
{
    double largest = 0, squares = 0, factor;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(gradient[i]));
    for (size_t i = 0; i < n; i++) {
        delta[i] = largest > 0 ? gradient[i] / largest : gradient[i];
        squares += delta[i] * delta[i];
    }
    factor = squares > 0 ? -rate / sqrt(squares) : 0;
    for (size_t i = 0; i < n; i++)
        delta[i] *= factor;
}

const struct optimizer optimizers[] = { { "gradient-descent", descend },
                                        { "normalised", descend_normalised },
                                        { NULL, NULL } };

const char *const optimizer_names[] = { "gradient-descent", "normalised",
                                        NULL };
