/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One optimizer step on the master parameters, in double.
 *
 *   gradient-descent   delta = -rate g
 *   normalised         delta = -rate g / |g|
 */

#ifndef TRAIN_OPTIMIZER_H
#define TRAIN_OPTIMIZER_H

#include <stddef.h>

struct optimizer {
    const char *name;
    /* Writes delta from the gradient; both [n]. */
    void (*step)(double rate, const double *gradient, size_t n, double *delta);
};

extern const struct optimizer optimizers[]; /* ends with a NULL name */
extern const char *const optimizer_names[];

#endif
