/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/condition.h"

#include <stdlib.h>

#include "formal.h"
#include "suite.h"

#define VARIABLES 6

/* Sparse sums against arrays with a place for every variable. */
START_TEST(terms_are_added_and_cancel)
{
    struct stream stream;

    stream_init(&stream, 1, "test.condition", 0);
    for (int round = 0; round < 2000; round++) {
        int64_t dense[VARIABLES] = { 0 }, factor;
        struct sum sum = { 0 };

        for (int times = 0; times < 4; times++) {
            struct term terms[VARIABLES];
            size_t count = 0;

            factor = (int64_t)stream_below(&stream, 5) - 2;
            for (uint32_t v = 0; v < VARIABLES; v++) {
                int64_t f = (int64_t)stream_below(&stream, 5) - 2;

                if (f != 0)
                    terms[count++] = (struct term){ v, f };
                dense[v] += factor * f;
            }
            sum_add_terms(&sum, terms, count, factor);
        }
        for (size_t i = 0, next = 0; i <= sum.n_terms; i++) {
            size_t end = i < sum.n_terms ? sum.terms[i].variable : VARIABLES;

            for (; next < end; next++)
                ck_assert_int_eq(dense[next], 0);
            if (i < sum.n_terms) {
                ck_assert_int_ne(sum.terms[i].factor, 0);
                ck_assert_int_eq(sum.terms[i].factor, dense[next++]);
            }
        }
        sum_clear(&sum);
    }
}
END_TEST

START_TEST(remainders_are_never_negative)
{
    for (int64_t m = 1; m < 8; m++)
        for (int64_t x = -30; x <= 30; x++) {
            int64_t r = remainder_of(x, m);

            ck_assert_int_ge(r, 0);
            ck_assert_int_lt(r, m);
            ck_assert_int_eq((x - r) % m, 0);
        }
}
END_TEST

/* 3 * u + 2 * ((u - v) mod 5) - 7, for all small u and v. */
START_TEST(sums_have_their_value)
{
    struct term outer[] = { { 0, 3 } }, inner[] = { { 0, 1 }, { 1, -1 } };
    struct remainder remainder = { 2, 5, { .terms = inner, .n_terms = 2 } };
    struct sum sum = { outer, 1, &remainder, 1, -7 };

    for (int64_t u = -9; u < 9; u++)
        for (int64_t v = -9; v < 9; v++) {
            int64_t values[] = { u, v };
            int64_t r = ((u - v) % 5 + 5) % 5;

            ck_assert(sum_value(&sum, values) == 3 * u + 2 * r - 7);
        }
}
END_TEST

static void count_visit(struct condition *comparison, void *count)
{
    ck_assert_int_eq(comparison->kind, CONDITION_COMPARISON);
    ++*(size_t *)count;
}

/* Every sign test, and its negation, on both sides of zero and on it. */
START_TEST(signs_decide_comparisons)
{
    for (unsigned signs = 0; signs < 8; signs++)
        for (int64_t x = -1; x <= 1; x++) {
            struct term term = { 0, 1 };
            struct condition compare = { .signs = signs };
            struct condition not = { .kind = CONDITION_NOT,
                                     .parts = &compare,
                                     .n_parts = 1 };
            struct condition parts[2] = { compare, not };
            struct condition and = { .kind = CONDITION_AND,
                                     .parts = parts,
                                     .n_parts = 2 };
            struct condition or = and;
            bool expected = signs >> (x + 1) & 1;
            size_t visited = 0;

            or.kind = CONDITION_OR;
            compare.difference = (struct sum){ .terms = &term, .n_terms = 1 };
            parts[0] = compare;
            ck_assert_int_eq(condition_holds(&compare, &x), expected);
            ck_assert_int_eq(condition_holds(&not, &x), !expected);
            ck_assert(!condition_holds(&and, &x));
            ck_assert(condition_holds(& or, &x));
            condition_visit(& or, count_visit, &visited);
            ck_assert_uint_eq(visited, 2);
        }
}
END_TEST

START_TEST(clearing_a_zeroed_struct_is_free)
{
    struct condition condition = { 0 };
    struct sum sum = { 0 };

    condition_clear(&condition);
    sum_clear(&sum);
    ck_assert_ptr_null(condition.parts);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("condition");
    TCase *tests = tcase_create("condition");

    tcase_add_test(tests, terms_are_added_and_cancel);
    tcase_add_test(tests, remainders_are_never_negative);
    tcase_add_test(tests, sums_have_their_value);
    tcase_add_test(tests, signs_decide_comparisons);
    tcase_add_test(tests, clearing_a_zeroed_struct_is_free);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
