/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the heads of a saturated network do: how many positions each attends
 * to, that is, how large its argmax set is (Merrill et al. 2021, section 4.3
 * and figure 3), in the limit of c theta.
 *
 * A row is a token of a string under one head, if it sees any position.  Beside
 * the right mask, where masked scores are out, the same scores are read as the
 * paper's published code reads them (and a network of the mask `zero`), which
 * multiplies masked scores by zero: where all allowed scores are negative a
 * row then attends to every position that it should not see, where the best
 * is zero to those as well.
 *
 * Rows that see at least two states that differ have something to choose; they
 * type a head.  `argmax` chooses one state (at as many positions as have it)
 * and `mean` every position, each in at least TYPICAL of such rows; `other`
 * is all else, and a head that never had a choice.
 */

#ifndef SATURATION_HEADS_H
#define SATURATION_HEADS_H

#include <stddef.h>
#include <stdint.h>

#include "language/string.h"
#include "model/network.h"

#define TYPICAL 0.95

enum head_class { HEAD_ARGMAX, HEAD_MEAN, HEAD_OTHER, HEAD_CLASSES };
extern const char *const head_class_names[];

enum head_mask { HEAD_MASK_RIGHT, HEAD_MASK_ZERO, HEAD_MASKS };
extern const char *const head_mask_names[]; /* "right", "zero" */

/* Rows that attend to 1, 2, 3-4, 5-8, 9-16, ... positions; the last bin to
 * more than 1024. */
enum { HEAD_BINS = 12 };

struct head_profile {
    enum head_mask mask;
    size_t layer, head;
    size_t rows;
    double mean, sd;    /* positions attended to, over rows */
    double split;       /* share of rows with more than one */
    double tied;        /* share of rows with more than one state */
    size_t choices;     /* rows that had something to choose */
    double single, all; /* shares of these that chose one state; everything */
    size_t bins[HEAD_BINS];
    enum head_class class;
};

struct head_profiles {
    struct head_profile *rows; /* mask by mask, layer by layer */
    size_t count;
};

/* Over every token of STRINGS; the parameters are finite.  Uses all threads;
 * the result does not depend on them. */
void heads_measure(const struct network *network, size_t orders,
                   const struct strings *strings, struct head_profiles *out);
void head_profiles_clear(struct head_profiles *profiles);

/* The first count of bin B, and the last. */
size_t head_bin_least(size_t bin);
size_t head_bin_most(size_t bin);

#endif
