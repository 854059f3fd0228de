/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a token knows of its position: nothing, a learned vector, sinusoids,
 * or a list of features.  Position i counts from the begin mark, which is
 * 0; n is the number of tokens, one more than the string's symbols.
 */

#ifndef MODEL_POSITION_H
#define MODEL_POSITION_H

#include <stdbool.h>
#include <stddef.h>

#include "config/schema.h"

enum positions {
    POSITIONS_NONE,
    POSITIONS_LEARNED,
    POSITIONS_SINUSOIDAL,
    /* or a sum of these, whose features stand in this order */
    POSITIONS_RATIO = 4,  /* i / n */
    POSITIONS_SQUARE = 8, /* (i / n)^2 */
    POSITIONS_SIGN = 16   /* (-1)^i */
};

/* Reads and prints an int, one of these: `learned`, `[i/n, (-1)^i]`. */
extern const struct field_custom positions_custom;

/* How many features a token has; none where positions are learned. */
size_t position_features(int positions, size_t d_model);

/*
 * Feature FEATURE of token I of N.  Sinusoids are sin and cos of
 * i / 10000^(2j/d) side by side (Vaswani et al. 2017, section 3.5).
 */
double position_feature(int positions, size_t d_model, size_t i, size_t n,
                        size_t feature);

/* Whether features depend on N. */
bool position_needs_length(int positions);

#endif
