/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Counter-based random streams: Philox4x32-10 (Salmon et al., SC 2011).
 *
 * A stream is keyed by (seed, purpose, index): the draws for item i never
 * depend on those for item i-1, on the thread, or on what was drawn before.
 * PURPOSE is a word such as "data.train"; equal words give equal streams.
 */

#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct stream {
    uint64_t seed, index;
    uint32_t purpose; /* hash of the word */
    uint32_t block;   /* blocks of four words already drawn */
    uint32_t word[4];
    unsigned left; /* words of the block not yet handed out */
};

void stream_init(struct stream *stream, uint64_t seed, const char *purpose,
                 uint64_t index);

uint32_t stream_word(struct stream *stream);
uint64_t stream_bits(struct stream *stream);

/* Uniform in 0..n-1 without bias; n > 0. */
uint64_t stream_below(struct stream *stream, uint64_t n);

/* Uniform in [0, 1), a multiple of 2^-53. */
double stream_uniform(struct stream *stream);

/* Standard normal, by the Box-Muller transform. */
double stream_normal(struct stream *stream);

/* Permutation of 0..n-1, keyed as a stream; ORDER has room for n. */
void random_permutation(uint64_t seed, const char *purpose, uint64_t index,
                        size_t n, size_t *order);

#endif
