/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/density.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "formal.h"
#include "known.h"
#include "suite.h"

#define STATES 6

/* By hand: spectral radii and stationary distributions. */
static const struct {
    const char *symbols, *regex;
    double growth;
    size_t period;
    double share[3];
} cases[] = {
    /* clang-format off */
    { "a b", "(a|ab)*", 1.6180339887498949, 1, { 0 } }, /* x^2 = x + 1 */
    { "a b", "(b|ab*a)*", 2, 1, { 0.5 } },
    { "a b", "a b a | b", 0, 1, { 0 } },
    { "a b", "!(.*)", 0, 1, { 0 } },
    { "a b", ".*", 2, 1, { 1 } },
    { "a b", ".* a .*", 2, 1, { 1 } },
    { "a b", ".* a", 2, 1, { 0.5 } },
    { "a b", "a .*", 2, 1, { 0.5 } },
    { "a b", "a .* | b a .* | b b (..)*", 2, 2, { 1, 0.75 } },
    { "a b", "a* b*", 1, 1, { 0 } },
    { "a", "(aaa)*", 1, 3, { 1, 0, 0 } },
    { "a", "a*", 1, 1, { 1 } },
    { "a b c", "(a|b)* c (..)*", 3, 2, { 0.4, 0.6 } },
    { "a b c", "(..)* | (...)*", 3, 6, { 1, 0, 1 } },
    { "a b", "(..)* (a (a|b)?)", 2, 2, { 0.5, 0.5 } },
    /* clang-format on */
};

START_TEST(hand_cases_come_out)
{
    struct text file = { 0 };
    struct language *language;
    struct interval growth;
    struct density_limit limit;
    const struct automaton *a;

    text_add_format(&file, "language: x\nalphabet: %s\nregex: '%s'\n",
                    cases[_i].symbols, cases[_i].regex);
    language = formal_language(file.data);
    a = language_automaton(language);
    growth = density_growth(a);
    ck_assert_double_le(growth.low, cases[_i].growth + 1e-12);
    ck_assert_double_ge(growth.high, cases[_i].growth - 1e-12);
    ck_assert_double_le(growth.high - growth.low, 1e-12);
    ck_assert(density_limit(a, &limit));
    ck_assert_uint_eq(limit.period, cases[_i].period);
    for (size_t r = 0; r < 3 && r < limit.period; r++)
        ck_assert_double_eq_tol(limit.share[r], cases[_i].share[r], 1e-14);
    language_free(language);
    text_clear(&file);
}
END_TEST

/* A third of the arcs lead to a state that never accepts, if SPARSE. */
static void draw_automaton(struct stream *stream, bool sparse,
                           struct automaton *out)
{
    size_t n = 1 + stream_below(stream, STATES);

    automaton_init(out, n, 2);
    for (size_t i = 0; i < n * 2; i++)
        out->next[i] = (uint32_t)stream_below(stream, n);
    for (size_t i = 0; sparse && i < n * 2; i++)
        if (i < 2 || stream_below(stream, 3) == 0)
            out->next[i] = 0;
    for (size_t q = sparse; q < n; q++)
        out->accept[q] = stream_below(stream, 2) == 0;
    out->start = (uint32_t)n - 1;
    automaton_minimise(out);
}

/* One symbol more: the share of strings that lead to each state. */
static void walk(const struct automaton *a, double *share)
{
    double next[STATES] = { 0 };

    for (size_t q = 0; q < a->states; q++)
        for (size_t s = 0; s < 2; s++)
            next[automaton_step(a, (uint32_t)q, s)] += share[q] / 2;
    memcpy(share, next, sizeof next);
}

/* A part of six states is left, if at all, after six symbols with a chance of
 * 2^-6: after 27720 symbols, a multiple of every period up to 12, what is
 * still to come is below e^-70. */
START_TEST(densities_are_those_of_long_strings)
{
    size_t between = 0, periodic = 0;
    struct stream stream;

    stream_init(&stream, 1, "test.density", 0);
    for (int round = 0; round < 200; round++) {
        double share[STATES] = { 0 };
        struct density_limit limit;
        struct automaton a;

        draw_automaton(&stream, false, &a);
        share[a.start] = 1;
        for (int n = 0; n < 27720; n++)
            walk(&a, share);
        ck_assert(density_limit(&a, &limit));
        for (size_t r = 0; r < limit.period; r++) {
            double density = 0;

            for (size_t q = 0; q < a.states; q++)
                density += a.accept[q] ? share[q] : 0;
            ck_assert_double_eq_tol(limit.share[r], density, 1e-9);
            between += density > 0 && density < 1;
            walk(&a, share);
        }
        periodic += limit.period > 1;
        automaton_clear(&a);
    }
    ck_assert_uint_gt(between, 25);
    ck_assert_uint_gt(periodic, 5);
}
END_TEST

/* Counts up to length n, scaled: the largest of the last six is within a
 * power of n of the growth rate's. */
START_TEST(growth_is_that_of_long_strings)
{
    enum { LONG = 4000 };
    size_t between = 0;
    struct stream stream;

    stream_init(&stream, 2, "test.density", 0);
    for (int round = 0; round < 200; round++) {
        double count[STATES] = { 0 }, scale = 0, most = 0, last = 0;
        struct interval growth;
        struct automaton a;

        bool live[STATES];

        draw_automaton(&stream, true, &a);
        automaton_find_live(&a, live);
        count[a.start] = 1;
        for (int n = 1; n <= LONG; n++) {
            double members = 0, all = 0;

            walk(&a, count);
            for (size_t q = 0; q < a.states; q++) {
                count[q] = live[q] ? 2 * count[q] : 0;
                members += a.accept[q] ? count[q] : 0;
                all += count[q];
            }
            for (size_t q = 0; all > 0 && q < a.states; q++)
                count[q] /= all;
            last = all > 0 && members > 0 ? exp((scale + log(members)) / n) : 0;
            if (all > 0)
                scale += log(all);
            if (n > LONG - 60)
                most = fmax(most, last);
        }
        growth = density_growth(&a);
        ck_assert_double_le(growth.high - growth.low, 1e-9);
        ck_assert_double_eq_tol(growth.high, most, 0.02);
        between += growth.low > 1.01 && growth.high < 1.99;
        automaton_clear(&a);
    }
    ck_assert_uint_gt(between, 10);
}
END_TEST

static const struct {
    const char *name;
    double growth, tolerance;
} measured[] = {
    { "dyck-1", 2, 1e-3 },    { "dyck-2", 2.8284271247461903, 1e-3 },
    { "shuffle-2", 4, 1e-2 }, { "majority", 2, 1e-3 },
    { "anbn", 1, 1e-12 },
};

START_TEST(growth_is_measured_from_counts)
{
    struct language *language = known_language(measured[_i].name, 64);
    struct natural count = { 0 };
    double logs[65];

    for (size_t n = 0; n <= 64; n++) {
        language_count(language, n, &count);
        logs[n] = natural_is_zero(&count) ? -INFINITY : natural_log(&count);
    }
    ck_assert_double_eq_tol(density_fit_growth(logs, 64), measured[_i].growth,
                            measured[_i].tolerance);
    ck_assert_double_nan(density_fit_growth(logs, 7));
    natural_clear(&count);
    language_free(language);
}
END_TEST

/* c n^a g^n e^(d/n) itself is met exactly. */
START_TEST(the_fitted_law_is_met)
{
    double logs[101];

    for (int n = 0; n <= 100; n++)
        logs[n] =
            n % 4 != 0 ? -INFINITY : 3 - 2.5 * log(n) + n * log(1.75) + 0.7 / n;
    ck_assert_double_eq_tol(density_fit_growth(logs, 100), 1.75, 1e-11);
    ck_assert_double_eq_tol(density_fit_growth(logs, 98), 1.75, 1e-11);
    for (int n = 40; n <= 100; n++)
        logs[n] = -INFINITY;
    ck_assert_double_nan(density_fit_growth(logs, 100));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("density");
    TCase *tests = tcase_create("density");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, hand_cases_come_out, 0,
                        sizeof cases / sizeof *cases);
    tcase_add_test(tests, densities_are_those_of_long_strings);
    tcase_add_test(tests, growth_is_that_of_long_strings);
    tcase_add_loop_test(tests, growth_is_measured_from_counts, 0,
                        sizeof measured / sizeof *measured);
    tcase_add_test(tests, the_fitted_law_is_met);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
