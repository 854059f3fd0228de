/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/tally.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "formal.h"
#include "suite.h"

struct counted {
    struct machine machine;
    struct reach *reach;
    struct tally tally;
};

static void counted_init(struct counted *counted, const char *text,
                         const char *names, size_t longest)
{
    struct error error = { 0 };

    if (!formal_machine(text, names, &counted->machine, &error))
        ck_abort_msg("%s", said(&error));
    counted->reach = reach_new(&counted->machine);
    ck_assert(tally_build(&counted->tally, &counted->machine, counted->reach,
                          longest, TALLY_MOST_BYTES));
}

static void counted_clear(struct counted *counted)
{
    tally_clear(&counted->tally);
    reach_free(counted->reach);
    machine_clear(&counted->machine);
}

static bool accepts(const struct machine *machine, const uint16_t *string,
                    size_t n)
{
    int64_t at[MACHINE_MOST_WIDTH];
    bool alive = machine_start(machine, at);

    for (size_t i = 0; alive && i < n; i++)
        alive = machine_step(machine, at, string[i]);
    return alive && machine_accepts(machine, at);
}

/* Clauses, their symbols and a length whose strings can all be tried. */
static const struct {
    const char *text, *names;
    size_t longest;
} rows[] = {
    { "{}", "a b", 8 },
    { "regex: '[]'", "a b", 5 },
    { "regex: a* b", "a b", 8 },
    { "always: '#a >= #b'\nfinally: '#a == #b'", "a b", 10 },
    { "finally: '#b > #a'", "a b", 9 },
    { "regex: a+ b+ c+\nfinally: '#a == #b == #c'", "a b c", 7 },
    { "before: '#a < 3'\nfinally: '#b mod 2 == 0'", "a b", 9 },
    { "always: ['#a >= #b', '#c >= #d']\nfinally: ['#a == #b', '#c == #d']",
      "a b c d", 6 },
    { "track: {x: {a: x + 1, b: 0}}\nfinally: x >= 2", "a b", 9 },
    { "regex: (a a)*", "a", 9 },
    { "always: '#a > 0'", "a b", 4 },
    { "finally: '#a == 0'", "a b", 5 },
};

/* Every string in turn: counts, and lists in lexicographic order. */
START_TEST(counts_and_lists_are_exhaustive)
{
    size_t size;
    struct counted counted;

    counted_init(&counted, rows[_i].text, rows[_i].names, rows[_i].longest);
    size = counted.machine.shape.symbols;
    for (size_t n = 0; n <= rows[_i].longest; n++) {
        struct strings lists[2] = { { 0 } };
        size_t found[2] = { 0 };
        uint16_t string[10];

        tally_enumerate(&counted.tally, true, n, &lists[1]);
        tally_enumerate(&counted.tally, false, n, &lists[0]);
        for (size_t i = 0; i < formal_power(size, n); i++) {
            bool member;
            size_t at;

            formal_string(i, size, n, string);
            member = accepts(&counted.machine, string, n);
            at = found[member]++;
            ck_assert_uint_lt(at, lists[member].count);
            ck_assert_mem_eq(strings_at(&lists[member], at), string,
                             n * sizeof *string);
        }
        for (size_t member = 0; member < 2; member++) {
            struct natural count = { 0 };

            ck_assert_uint_eq(found[member], lists[member].count);
            tally_count(&counted.tally, member, n, &count);
            ck_assert_uint_eq(natural_small(&count), found[member]);
            natural_clear(&count);
            strings_clear(&lists[member]);
        }
    }
    counted_clear(&counted);
}
END_TEST

static size_t number_of(const uint16_t *string, size_t size, size_t n)
{
    size_t number = 0;

    for (size_t i = 0; i < n; i++)
        number = number * size + string[i];
    return number;
}

/* Fifty times as many draws as there are strings; each must come up, as often
 * as the others. */
START_TEST(draws_are_uniform_and_reach_every_string)
{
    struct counted counted;
    size_t size, n = rows[_i].longest;
    struct stream stream;

    stream_init(&stream, 1, "test.tally", (uint64_t)_i);
    counted_init(&counted, rows[_i].text, rows[_i].names, n);
    size = counted.machine.shape.symbols;
    for (size_t member = 0; member < 2; member++) {
        size_t all = formal_power(size, n), classes = 0, draws;
        size_t *counts = memory_new(all, sizeof *counts);
        struct natural count = { 0 };
        uint16_t string[10];

        tally_count(&counted.tally, member, n, &count);
        draws = 50 * natural_small(&count);
        for (size_t i = 0; i < draws; i++) {
            tally_draw(&counted.tally, member, n, &stream, string);
            ck_assert(accepts(&counted.machine, string, n) == (member == 1));
            counts[number_of(string, size, n)]++;
        }
        for (size_t i = 0; i < all; i++)
            if (counts[i] > 0)
                counts[classes++] = counts[i];
        ck_assert_uint_eq(classes, natural_small(&count));
        if (draws > 0)
            formal_check_uniform(counts, classes, draws);
        natural_clear(&count);
        free(counts);
    }
    counted_clear(&counted);
}
END_TEST

/* log of the number of continuations of length m of a Dyck prefix that has d
 * brackets open: (d + 1) / (u + 1) binomial(m, u), u = (m + d) / 2. */
static double ballot(double m, double d)
{
    double u = (m + d) / 2;

    return log((d + 1) / (u + 1)) + lgamma(m + 1) - lgamma(u + 1) -
           lgamma(m - u + 1);
}

/* Numbers of many words: the first symbols of long balanced strings have the
 * probabilities that the ballot numbers give them. */
START_TEST(long_draws_have_the_right_beginnings)
{
    enum { N = 400, FIRST = 6, DRAWS = 20000 };
    struct counted counted;
    struct stream stream;
    size_t counts[1 << FIRST] = { 0 }, classes = 0;
    double x = 0;

    stream_init(&stream, 2, "test.tally", 0);
    counted_init(&counted, "always: '#a >= #b'\nfinally: '#a == #b'", "a b", N);
    for (size_t i = 0; i < DRAWS; i++) {
        uint16_t string[N];

        tally_draw(&counted.tally, true, N, &stream, string);
        ck_assert(accepts(&counted.machine, string, N));
        counts[number_of(string, 2, FIRST)]++;
    }
    for (size_t i = 0; i < 1 << FIRST; i++) {
        uint16_t first[FIRST];
        double depth = 0, expected;
        bool possible = true;

        formal_string(i, 2, FIRST, first);
        for (size_t k = 0; k < FIRST; k++) {
            depth += first[k] == 0 ? 1 : -1;
            possible &= depth >= 0;
        }
        if (!possible) {
            ck_assert_uint_eq(counts[i], 0);
            continue;
        }
        expected = DRAWS * exp(ballot(N - FIRST, depth) - ballot(N, 0));
        x += ((double)counts[i] - expected) * ((double)counts[i] - expected) /
             expected;
        classes++;
    }
    ck_assert_uint_eq(classes, 20);
    ck_assert_double_gt(chi_square_tail(x, 19), 1e-6);
    counted_clear(&counted);
}
END_TEST

/* The one string that is no member, and those with a b, almost all. */
START_TEST(long_strings_outside_are_drawn)
{
    enum { N = 300, FIRST = 4, DRAWS = 8000 };
    struct counted counted;
    struct stream stream;
    size_t counts[1 << FIRST] = { 0 };
    uint16_t string[N];

    stream_init(&stream, 3, "test.tally", 0);
    counted_init(&counted, "regex: '!(a*)'", "a b", N);
    tally_draw(&counted.tally, false, N, &stream, string);
    for (size_t i = 0; i < N; i++)
        ck_assert_uint_eq(string[i], 0);
    for (size_t i = 0; i < DRAWS; i++) {
        tally_draw(&counted.tally, true, N, &stream, string);
        counts[number_of(string + N - FIRST, 2, FIRST)]++;
    }
    formal_check_uniform(counts, 1 << FIRST, DRAWS);
    counted_clear(&counted);

    counted_init(&counted, "regex: a*", "a b", N);
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < DRAWS; i++) {
        tally_draw(&counted.tally, false, N, &stream, string);
        counts[number_of(string + N - FIRST, 2, FIRST)]++;
    }
    formal_check_uniform(counts, 1 << FIRST, DRAWS);
    counted_clear(&counted);
}
END_TEST

/* 2^129 - 1 of the strings that begin with an a are no members, and 2^129 of
 * those with a b: a borrow must run through words of zeros. */
START_TEST(differences_borrow_through_zeros)
{
    enum { N = 130, DRAWS = 4000 };
    struct counted counted;
    struct stream stream;
    size_t counts[2] = { 0 };

    stream_init(&stream, 4, "test.tally", 0);
    counted_init(&counted, "regex: a*", "a b", N);
    for (size_t i = 0; i < DRAWS; i++) {
        uint16_t string[N];

        tally_draw(&counted.tally, false, N, &stream, string);
        counts[string[0]]++;
    }
    formal_check_uniform(counts, 2, DRAWS);
    counted_clear(&counted);
}
END_TEST

/* Members and others together are all strings, in numbers of any width. */
START_TEST(members_and_others_are_all_strings)
{
    struct counted counted;
    struct natural members = { 0 }, others = { 0 }, all = { 0 };

    counted_init(&counted, "always: '#a + 1 >= #b'\nfinally: '#a >= #c'",
                 "a b c", 150);
    for (uint64_t n = 0; n <= 150; n++) {
        tally_count(&counted.tally, true, n, &members);
        tally_count(&counted.tally, false, n, &others);
        natural_add(&members, &others);
        natural_power(&all, 3, n);
        ck_assert_int_eq(natural_compare(&members, &all), 0);
    }
    natural_clear(&members);
    natural_clear(&others);
    natural_clear(&all);
    counted_clear(&counted);
}
END_TEST

/* Catalan number 250, from the product of (250 + k) / k. */
START_TEST(a_count_of_eight_words_is_exact)
{
    struct counted counted;
    struct natural count = { 0 }, left = { 0 }, right = { 0 };

    counted_init(&counted, "always: '#a >= #b'\nfinally: '#a == #b'", "a b",
                 500);
    tally_count(&counted.tally, true, 500, &count);
    natural_init(&left, 1);
    natural_init(&right, 1);
    for (uint64_t k = 2; k <= 250; k++) {
        natural_multiply_small(&left, 250 + k);
        natural_multiply_small(&right, k);
    }
    natural_multiply(&right, &count);
    ck_assert_int_eq(natural_compare(&left, &right), 0);
    natural_clear(&count);
    natural_clear(&left);
    natural_clear(&right);
    counted_clear(&counted);
}
END_TEST

START_TEST(the_cap_is_kept)
{
    struct machine machine;
    struct error error = { 0 };
    struct reach *reach;
    struct tally tally;

    ck_assert(formal_machine("finally: '#a == #b == #c == #d'", "a b c d",
                             &machine, &error));
    reach = reach_new(&machine);
    ck_assert(tally_build(&tally, &machine, reach, 20, (size_t)4 << 20));
    ck_assert_uint_le(tally.bytes, (size_t)4 << 20);
    tally_clear(&tally);
    ck_assert(!tally_build(&tally, &machine, reach, 200, (size_t)4 << 20));
    ck_assert_ptr_null(tally.rows);
    tally_clear(&tally);
    reach_free(reach);
    machine_clear(&machine);
}
END_TEST

/* To the byte, but for rows whose largest number is within rounding of a
 * power of 2^64. */
START_TEST(memory_is_foreseen)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t longest = 0; longest < 200; longest = 3 * longest + 1) {
            struct counted counted;
            double foreseen;

            counted_init(&counted, rows[i].text, rows[i].names, longest);
            foreseen = tally_foresee(&counted.machine, counted.reach, longest,
                                     TALLY_MOST_BYTES);
            ck_assert_double_le(
                fabs(foreseen - (double)counted.tally.bytes),
                longest < 40 ? 0 : 0.02 * (double)counted.tally.bytes);
            counted_clear(&counted);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tally");
    TCase *tests = tcase_create("tally");

    tcase_add_loop_test(tests, counts_and_lists_are_exhaustive, 0,
                        sizeof rows / sizeof *rows);
    tcase_add_loop_test(tests, draws_are_uniform_and_reach_every_string, 0,
                        sizeof rows / sizeof *rows);
    tcase_add_test(tests, long_draws_have_the_right_beginnings);
    tcase_add_test(tests, long_strings_outside_are_drawn);
    tcase_add_test(tests, differences_borrow_through_zeros);
    tcase_add_test(tests, members_and_others_are_all_strings);
    tcase_add_test(tests, a_count_of_eight_words_is_exact);
    tcase_add_test(tests, the_cap_is_kept);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, memory_is_foreseen);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
