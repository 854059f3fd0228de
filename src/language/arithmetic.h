/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Words of bits whose sum, product or square root has a given length: how
 * many there are, and uniform ones.  Words have a and b bits, each a number
 * below 2^a and 2^b; the result is written with as few bits as it has, zero
 * with one.  A square root is of one word: b is 0.
 */

#ifndef LANGUAGE_ARITHMETIC_H
#define LANGUAGE_ARITHMETIC_H

#include "base/natural.h"
#include "language/pattern.h"

/* Products are counted factor by factor, as no sum is known for how many pairs
 * below 2^a and 2^b have a product below 2^L: a + b and the result's length
 * must be no more in all.  What else is in a string is convolved with them and
 * may be of any length. */
#define ARITHMETIC_MOST_PRODUCT 64

/* Pairs whose KIND (pattern_is_arithmetic) has LENGTH >= 1 bits. */
void arithmetic_count(enum pattern_kind kind, size_t a, size_t b, size_t length,
                      struct natural *out);

/* One of them, uniformly; there must be one.  Y is 0 for a square root. */
void arithmetic_draw(enum pattern_kind kind, size_t a, size_t b, size_t length,
                     struct stream *stream, struct natural *x,
                     struct natural *y);

#endif
