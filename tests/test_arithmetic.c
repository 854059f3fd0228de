/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/arithmetic.h"

#include "formal.h"
#include "suite.h"

#define MOST 5

static unsigned result(enum pattern_kind kind, unsigned x, unsigned y)
{
    unsigned root = 0;

    if (kind == PATTERN_SUM)
        return x + y;
    if (kind == PATTERN_PRODUCT)
        return x * y;
    while ((root + 1) * (root + 1) <= x)
        root++;
    return root;
}

static size_t written_bits(unsigned number)
{
    size_t bits = 1;

    while ((number >>= 1) != 0)
        bits++;
    return bits;
}

static size_t plain_count(enum pattern_kind kind, size_t a, size_t b, size_t l)
{
    size_t count = 0;

    for (unsigned x = 0; x < 1U << a; x++)
        for (unsigned y = 0; y < 1U << b; y++)
            count += written_bits(result(kind, x, y)) == l;
    return count;
}

/* Every pair counted, and drawn as often as any other. */
static void check(enum pattern_kind kind, size_t a, size_t b, size_t l)
{
    size_t expected = plain_count(kind, a, b, l), counts[1 << 2 * MOST] = { 0 };
    size_t seen[1 << 2 * MOST], classes = 0, draws = 20 * expected;
    struct natural n = { 0 }, x = { 0 }, y = { 0 };
    struct stream stream;

    arithmetic_count(kind, a, b, l, &n);
    ck_assert_uint_eq(natural_small(&n), expected);
    stream_init(&stream, a * 100 + b * 10 + l, "test", kind);
    for (size_t i = 0; i < draws; i++) {
        arithmetic_draw(kind, a, b, l, &stream, &x, &y);
        ck_assert_uint_lt(natural_small(&x), 1U << a);
        ck_assert_uint_lt(natural_small(&y), 1U << b);
        ck_assert_uint_eq(written_bits(result(kind, (unsigned)natural_small(&x),
                                              (unsigned)natural_small(&y))),
                          l);
        counts[natural_small(&x) << MOST | natural_small(&y)]++;
    }
    for (size_t i = 0; i < 1 << 2 * MOST; i++)
        if (counts[i] > 0)
            seen[classes++] = counts[i];
    while (classes < expected)
        seen[classes++] = 0;
    if (expected > 0)
        formal_check_uniform(seen, expected, draws);
    natural_clear(&n);
    natural_clear(&x);
    natural_clear(&y);
}

START_TEST(pairs_are_counted_and_drawn_evenly)
{
    for (size_t a = 0; a <= MOST; a++)
        for (size_t b = 0; b <= MOST; b++)
            for (size_t l = 1; l <= a + b + 1; l++) {
                check(PATTERN_SUM, a, b, l);
                check(PATTERN_PRODUCT, a, b, l);
                if (b == 0)
                    check(PATTERN_ISQRT, a, b, l);
            }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arithmetic");
    TCase *tests = tcase_create("arithmetic");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, pairs_are_counted_and_drawn_evenly);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
