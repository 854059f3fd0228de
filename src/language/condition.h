/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Conditions on integer variables, and their values.  Every comparison is
 * kept as the sign of a difference: a linear form plus remainders of others.
 */

#ifndef LANGUAGE_CONDITION_H
#define LANGUAGE_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Caps on what is written; form.h has those on what comes of it. */
#define CONDITION_MOST_FACTOR   INT64_C(1000000)
#define CONDITION_MOST_CONSTANT INT64_C(1000000000)

struct term {
    uint32_t variable;
    int64_t factor; /* not 0 */
};

/* sum of factor * variable + sum of factor * (inner mod modulus) + constant */
struct sum {
    struct term *terms; /* by rising variable */
    size_t n_terms;
    struct remainder *remainders;
    size_t n_remainders;
    int64_t constant;
};

struct remainder {
    int64_t factor, modulus;
    struct sum inner;
};

void sum_clear(struct sum *sum);
__int128 sum_value(const struct sum *sum, const int64_t *values);

/* TO += FACTOR * MORE over terms alone; terms that cancel are dropped. */
void sum_add_terms(struct sum *to, const struct term *more, size_t count,
                   int64_t factor);

/* A number in 0..modulus-1, whatever the sign of X. */
static inline int64_t remainder_of(int64_t x, int64_t modulus)
{
    int64_t r = x % modulus;

    return r < 0 ? r + modulus : r;
}

/* Signs a difference may have: `<=` is SIGN_LESS | SIGN_EQUAL. */
enum sign { SIGN_LESS = 1, SIGN_EQUAL = 2, SIGN_MORE = 4 };

enum condition_kind {
    CONDITION_COMPARISON,
    CONDITION_AND,
    CONDITION_OR,
    CONDITION_NOT
};

struct condition {
    enum condition_kind kind;
    unsigned signs; /* comparison: of the difference */
    struct sum difference;
    struct condition *parts; /* and, or: two or more; not: one */
    size_t n_parts;
};

void condition_clear(struct condition *condition);

/* TO, which is new, says of variable numbers[v] what FROM says of v. */
void condition_copy(struct condition *to, const struct condition *from,
                    const uint32_t *numbers);
bool condition_holds(const struct condition *condition, const int64_t *values);

/* Calls VISIT on every comparison. */
void condition_visit(struct condition *condition,
                     void (*visit)(struct condition *comparison, void *self),
                     void *self);

#endif
