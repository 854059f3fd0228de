/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/arithmetic.h"

#include <assert.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void set_power(struct natural *out, size_t exponent)
{
    natural_power(out, 2, exponent);
}

/* The numbers that LENGTH bits write: from 2^(LENGTH - 1), or 0 for one bit,
 * to below 2^LENGTH. */
static void find_first(size_t length, struct natural *first)
{
    if (length > 1)
        set_power(first, length - 1);
    else
        natural_subtract(first, first);
}

/* -------------------------------------------------------------- products */

/* How many y < 2^b there are with x y < 2^L. */
static uint64_t factors(uint64_t x, size_t b, size_t length)
{
    uint64_t all = UINT64_C(1) << b, some;

    if (x == 0)
        return all;
    some = ((UINT64_C(1) << length) - 1) / x + 1;
    return some < all ? some : all;
}

/* Pairs with a product below 2^LENGTH; a <= b. */
static uint64_t products_within(size_t a, size_t b, size_t length)
{
    uint64_t count = 0, end = UINT64_C(1) << a;

    if (length >= a + b)
        return UINT64_C(1) << (a + b);
    for (uint64_t x = 0; x < end; x++) {
        if (x >> length != 0) /* with 0 only, as all that follow */
            return count + (end - x);
        count += factors(x, b, length);
    }
    return count;
}

static void draw_product(size_t a, size_t b, size_t length,
                         struct stream *stream, struct natural *x,
                         struct natural *y)
{
    uint64_t less = length > 1 ? products_within(a, b, length - 1) : 0;
    uint64_t r = stream_below(stream, products_within(a, b, length) - less);
    uint64_t factor = 0, below, first;

    for (;; factor++, r -= below - first) {
        below = factors(factor, b, length);
        first = length > 1 ? factors(factor, b, length - 1) : 0;
        if (r < below - first)
            break;
    }
    first += r;
    natural_set_words(x, &factor, 1);
    natural_set_words(y, &first, 1);
}

/* ------------------------------------------------------------------ sums */

/* Pairs with a sum below 2^LENGTH; a >= b. */
static void sums_within(size_t a, size_t b, size_t length, struct natural *out)
{
    struct natural less = { 0 }, one = { 0 };

    a = least(a, length);
    b = least(b, length);
    set_power(out, a + b);
    if (a < length || b == 0)
        return;
    /* the sum over y < 2^b of 2^L - y */
    natural_init(&less, 0);
    natural_init(&one, 1);
    set_power(&less, b);
    natural_subtract(&less, &one);
    for (size_t i = 1; i < b; i++)
        natural_multiply_small(&less, 2);
    natural_subtract(out, &less);
    natural_clear(&less);
    natural_clear(&one);
}

/* Which x < 2^a give x + y a length of LENGTH: COUNT from FIRST on. */
static void find_summands(size_t a, const struct natural *y, size_t length,
                          struct natural *first, struct natural *count)
{
    struct natural end = { 0 };

    natural_init(&end, 0);
    find_first(length, first);
    if (natural_compare(first, y) > 0)
        natural_subtract(first, y);
    else
        natural_subtract(first, first);
    set_power(count, length);
    natural_subtract(count, y);
    set_power(&end, a);
    if (natural_compare(&end, count) < 0)
        natural_copy(count, &end);
    if (natural_compare(count, first) > 0)
        natural_subtract(count, first);
    else
        natural_subtract(count, count);
    natural_clear(&end);
}

/*
 * a >= b.  How many x there are for a y falls or rises with y: a y is taken
 * with that weight against the largest, which is at one end.
 */
static void draw_sum(size_t a, size_t b, size_t length, struct stream *stream,
                     struct natural *x, struct natural *y)
{
    struct natural bound = { 0 }, most = { 0 }, count = { 0 }, r = { 0 },
                   one = { 0 };

    natural_init(&one, 1);
    set_power(&bound, least(b, length));
    find_summands(a, y, length, x, &most); /* y is 0 */
    natural_copy(y, &bound);
    natural_subtract(y, &one);
    find_summands(a, y, length, x, &count);
    if (natural_compare(&count, &most) > 0)
        natural_copy(&most, &count);
    do {
        natural_draw(y, &bound, stream);
        natural_draw(&r, &most, stream);
        find_summands(a, y, length, x, &count);
    } while (natural_compare(&r, &count) >= 0);
    natural_draw(&r, &count, stream);
    natural_add(x, &r);
    natural_clear(&bound);
    natural_clear(&most);
    natural_clear(&count);
    natural_clear(&r);
    natural_clear(&one);
}

/* ---------------------------------------------------------- square roots */

/* Numbers below 2^a with a root of LENGTH bits: COUNT from FIRST on. */
static void find_squares(size_t a, size_t length, struct natural *first,
                         struct natural *count)
{
    find_first(length, first);
    natural_multiply(first, first);
    set_power(count, least(a, 2 * length));
    if (natural_compare(count, first) > 0)
        natural_subtract(count, first);
    else
        natural_subtract(count, count);
}

/* ------------------------------------------------------------------- all */

static void count_within(enum pattern_kind kind, size_t a, size_t b,
                         size_t length, struct natural *out)
{
    uint64_t count;

    if (kind == PATTERN_SUM) {
        sums_within(a > b ? a : b, least(a, b), length, out);
        return;
    }
    assert(kind == PATTERN_PRODUCT && a + b + length <= 64);
    count = products_within(least(a, b), a > b ? a : b, length);
    natural_set_words(out, &count, 1);
}

void arithmetic_count(enum pattern_kind kind, size_t a, size_t b, size_t length,
                      struct natural *out)
{
    struct natural less = { 0 };

    assert(length > 0);
    natural_init(&less, 0);
    if (kind == PATTERN_ISQRT) {
        find_squares(a, length, &less, out);
    } else {
        count_within(kind, a, b, length, out);
        if (length > 1) {
            count_within(kind, a, b, length - 1, &less);
            natural_subtract(out, &less);
        }
    }
    natural_clear(&less);
}

void arithmetic_draw(enum pattern_kind kind, size_t a, size_t b, size_t length,
                     struct stream *stream, struct natural *x,
                     struct natural *y)
{
    natural_subtract(y, y);
    if (kind == PATTERN_ISQRT) {
        struct natural count = { 0 };

        natural_init(&count, 0);
        find_squares(a, length, x, &count);
        natural_draw(y, &count, stream);
        natural_add(x, y);
        natural_subtract(y, y);
        natural_clear(&count);
    } else if (kind == PATTERN_SUM) {
        if (a >= b)
            draw_sum(a, b, length, stream, x, y);
        else
            draw_sum(b, a, length, stream, y, x);
    } else if (a <= b) {
        draw_product(a, b, length, stream, x, y);
    } else {
        draw_product(b, a, length, stream, y, x);
    }
}
