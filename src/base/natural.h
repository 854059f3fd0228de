/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Exact non-negative integers [GMP]: counts of strings. */

#ifndef BASE_NATURAL_H
#define BASE_NATURAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"

/* The layout of GMP's own integer, so that GMP stays in natural.c; a zeroed
 * struct is the number 0. */
struct natural {
    int allocated, size;
    void *limbs;
};

/* N is zeroed: what one that is in use holds would be lost. */
void natural_init(struct natural *n, uint64_t value);
void natural_clear(struct natural *n);

void natural_copy(struct natural *to, const struct natural *from);
/* The number of COUNT words, the least significant first. */
void natural_set_words(struct natural *n, const uint64_t *words, size_t count);
void natural_add(struct natural *to, const struct natural *more);
void natural_subtract(struct natural *from, const struct natural *less);
void natural_multiply(struct natural *to, const struct natural *by);
/* TO += A * B; TO is neither of them. */
void natural_add_product(struct natural *to, const struct natural *a,
                         const struct natural *b);
/* QUOTIENT = A / B rounded down, A %= B; B is not 0. */
void natural_divide(struct natural *quotient, struct natural *a,
                    const struct natural *b);
void natural_multiply_small(struct natural *to, uint64_t by);
void natural_power(struct natural *to, uint64_t base, uint64_t exponent);

/* The largest number whose square is no more. */
void natural_square_root(struct natural *n);

/* The binary digit of 2^I. */
bool natural_bit(const struct natural *n, size_t i);

/* Uniform below BOUND, which is not 0. */
void natural_draw(struct natural *to, const struct natural *bound,
                  struct stream *stream);

int natural_compare(const struct natural *a, const struct natural *b);
bool natural_is_zero(const struct natural *n);

/* Binary digits; 0 has none. */
size_t natural_bits(const struct natural *n);

/* The value if it fits, else UINT64_MAX. */
uint64_t natural_small(const struct natural *n);

/* The natural logarithm of N > 0. */
double natural_log(const struct natural *n);

/* Decimal digits; the caller frees with free(). */
char *natural_text(const struct natural *n);

/* Decimal digits only, all of TEXT. */
bool natural_read(struct natural *n, const char *text);

#endif
