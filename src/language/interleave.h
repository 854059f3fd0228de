/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Words of several languages that share no symbol, put together: one after
 * the other, or interleaved in any way.  With c_i(m) words of length m in
 * language i, those of languages i and on together number
 *
 *     W_i(n) = sum over m of b(n, m) c_i(m) W_(i+1)(n - m),
 *
 * b(n, m) = 1 for words in sequence, and the binomial coefficient for shuffles:
 * then W_i(n) / n! is the product of the exponential generating functions.
 */

#ifndef LANGUAGE_INTERLEAVE_H
#define LANGUAGE_INTERLEAVE_H

#include "base/natural.h"
#include "base/random.h"

/* An untouched zero is none yet. */
struct interleave {
    size_t languages, longest;
    bool shuffled;
    struct natural *counts; /* [languages][longest + 1] c_i(m) */
    struct natural *rest;   /* [languages + 1][longest + 1] W_i(n) */
};

/* Room for counts, all 0, to be filled before interleave_build. */
void interleave_init(struct interleave *self, size_t languages, size_t longest,
                     bool shuffled);
void interleave_clear(struct interleave *self);

struct natural *interleave_at(struct interleave *self, size_t language,
                              size_t n);
void interleave_build(struct interleave *self);

/* Words of length n, at most the longest, of all. */
const struct natural *interleave_count(const struct interleave *self, size_t n);

/*
 * Lengths of the languages' words in a uniform one of length n, of which
 * there is one: SIZES has room for one a language.  OWNER has room for n:
 * the language that each symbol is from.
 */
void interleave_draw(const struct interleave *self, size_t n,
                     struct stream *stream, size_t *sizes, uint16_t *owner);

/* Puts the N owners into a uniform order. */
void interleave_mix(uint16_t *owner, size_t n, struct stream *stream);

/* The bytes its tables take. */
size_t interleave_bytes(const struct interleave *self);

#endif
