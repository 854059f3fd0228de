/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Scaling curves (Merrill et al. 2021, figure 4): how far the encodings of a
 * network under c theta point where they point under a large multiple.
 */

#ifndef SATURATION_SCALING_H
#define SATURATION_SCALING_H

#include <stddef.h>

#include "language/string.h"
#include "model/network.h"

/*
 * COSINES[i] is the cosine of the final encoder outputs of all tokens of
 * STRINGS, as one long vector, under SCALES[i] theta and under REFERENCE
 * theta, both computed in double.  TOLD(SELF) is called after each, if it is
 * not NULL: networks of the paper's size take their time.
 */
void scaling_measure(const struct network *network,
                     const struct strings *strings, const double *scales,
                     size_t n, double reference, double *cosines,
                     void (*told)(void *self), void *self);

#endif
