/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/groups.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "formal.h"
#include "suite.h"

/* More than any strings that are tried one by one. */
#define LONGEST 15

/* GROUPS is 0 where the clauses tie everything together. */
static const struct {
    const char *clauses, *symbols;
    size_t groups;
} cases[] = {
    /* clang-format off */
    { "finally: ['#a == #b', '#c == #d']", "a b c d", 2 },
    { "finally: '#a == #b and #c == #d'", "a b c d", 2 },
    { "always: ['#a >= #b', '#c >= #d']\n"
      "finally: '#a == #b and #c <= #d + 1'", "a b c d", 2 },
    { "always: '#a >= #b and #c < 3'\nfinally: '#a == #b or 0 == #d'",
      "a b c d", 0 },
    { "finally: ['#a > 0', '#b > 1', '#c mod 2 == 1']", "a b c", 3 },
    /* d and e change nothing: they go with the first */
    { "finally: ['#a == #b', '#c > 1']", "a d b c e", 2 },
    /* remainders are a small group, beside two large ones or alone */
    { "finally: ['#a == #b', '#c mod 3 == 2', '#d > 1']", "a b c d", 3 },
    { "finally: ['#a == #b', '#c mod 3 == 2']", "a b c", 0 },
    { "track: {x: {a: x + 1, b: 0}, y: {c: y + 2, d: 1 - y}}\n"
      "finally: [x == 1, y >= 1]", "a b c d", 2 },
    /* a number that no symbol changes, and clauses without numbers */
    { "track: {x: {a: x}}\nfinally: ['x == 0', '#a > #b', '#c > 1']",
      "a b c", 3 },
    { "finally: ['#a > #b', '#c > 1', '1 == 2']", "a b c", 2 },
    { "always: '0 == 1'\nfinally: ['#a > #b', '#c > 1']", "a b c", 0 },
    /* one string is outside, and one is inside */
    { "finally: ['#a < 7', '#b >= 0']", "a b", 2 },
    { "finally: ['#a == 0', '#b == #c', '#c == 0']", "a b c", 2 },

    { "finally: '#a == #b or #c == #d'", "a b c d", 0 },
    { "finally: ['#a == #b', '#c == #d', '#a < #d']", "a b c d", 0 },
    { "finally: ['#a == #b', '#b + #c > 2', '#c > #d']", "a b c d", 0 },
    { "finally: ['#a == #b', '(#a + #c) mod 2 == 0', '#c == #d']",
      "a b c d", 0 },
    { "track: {x: {a: x + 1, b: y}, y: {c: y + 1}}\n"
      "finally: [x > 1, y == 1]", "a b c", 0 },
    { "track: {x: {a: x + 1, b: x - 1}, y: {c: y + 1, b: y - 1}}\n"
      "finally: [x > 1, y == 1]", "a b c", 0 },
    { "before: '#a >= #b'\nfinally: ['#a == #b', '#c == #d']", "a b c d", 0 },
    { "regex: (a|b)* (c|d)*\nfinally: ['#a == #b', '#c == #d']",
      "a b c d", 0 },
    { "finally: '#a == #b'", "a b c", 0 },
    /* clang-format on */
};

static struct machine machine;
static struct groups *groups;

static void open_case(size_t i)
{
    struct error error = { 0 };

    ck_assert(
        formal_machine(cases[i].clauses, cases[i].symbols, &machine, &error));
    groups = groups_new(&machine);
}

static void close_case(void)
{
    groups_free(groups);
    machine_clear(&machine);
}

static bool accepts(const uint16_t *s, size_t n)
{
    int64_t at[MACHINE_MOST_WIDTH];
    bool alive = machine_start(&machine, at);

    for (size_t i = 0; alive && i < n; i++)
        alive = machine_step(&machine, at, s[i]);
    return alive && machine_accepts(&machine, at);
}

START_TEST(only_independent_groups_are_split)
{
    open_case((size_t)_i);
    ck_assert_uint_eq(groups == NULL ? 0 : groups->count, cases[_i].groups);
    close_case();
}
END_TEST

START_TEST(counts_are_those_of_the_strings)
{
    struct natural count = { 0 };

    open_case((size_t)_i);
    if (groups == NULL) {
        close_case();
        return;
    }
    /* longer ones later: what was there is built anew */
    ck_assert(groups_prepare(groups, 2, TALLY_MOST_BYTES));
    ck_assert(groups_prepare(groups, LONGEST, TALLY_MOST_BYTES));
    for (size_t n = 0; formal_power(groups->symbols, n) < 20000; n++) {
        size_t all = formal_power(groups->symbols, n), members = 0;
        uint16_t s[16];

        for (size_t i = 0; i < all; i++) {
            formal_string(i, groups->symbols, n, s);
            members += accepts(s, n);
        }
        groups_count(groups, true, n, &count);
        ck_assert_uint_eq(natural_small(&count), members);
        groups_count(groups, false, n, &count);
        ck_assert_uint_eq(natural_small(&count), all - members);
    }
    natural_clear(&count);
    close_case();
}
END_TEST

/* Thirty draws for each string there is. */
static void check_draws(bool member, size_t n)
{
    size_t all = formal_power(groups->symbols, n), total = 0, classes = 0;
    size_t *counts = memory_new(all, sizeof *counts);
    uint16_t s[16];
    struct stream stream;

    stream_init(&stream, 1, "test.groups", n + member);
    for (size_t i = 0; i < all; i++) {
        formal_string(i, groups->symbols, n, s);
        total += accepts(s, n) == member;
    }
    for (size_t i = 0; i < 30 * total; i++) {
        size_t number = 0;

        groups_draw(groups, member, n, &stream, s);
        ck_assert_int_eq(accepts(s, n), member);
        for (size_t k = 0; k < n; k++)
            number = number * groups->symbols + s[k];
        counts[number]++;
    }
    for (size_t i = 0; i < all; i++)
        if (counts[i] > 0)
            counts[classes++] = counts[i];
    ck_assert_uint_eq(classes, total);
    if (total > 0)
        formal_check_uniform(counts, classes, 30 * total);
    free(counts);
}

START_TEST(draws_are_uniform)
{
    open_case((size_t)_i);
    if (groups != NULL) {
        ck_assert(groups_prepare(groups, LONGEST, TALLY_MOST_BYTES));
        for (size_t n = 0; formal_power(groups->symbols, n) < 800; n++)
            for (int member = 0; member < 2; member++)
                check_draws(member, n);
    }
    close_case();
}
END_TEST

/* Counts of six kinds of brackets, each balanced, by the recurrence for k + 1
 * of the sum over m of binomial(2 n, 2 m) Catalan(m) c_k(n - m), in double. */
START_TEST(six_kinds_of_brackets_go_far)
{
    enum { HALF = 250 };
    static double logs[HALF + 1];
    struct language *language = formal_language(
        "language: x\nalphabet: ( ) [ ] { } < > + - a b\n"
        "always: ['#( >= #)', '#[ >= #]', '#{ >= #}', '#< >= #>', "
        "'#+ >= #-', '#a >= #b']\n"
        "finally: ['#( == #)', '#[ == #]', '#{ == #}', '#< == #>', "
        "'#+ == #-', '#a == #b']\n");
    struct natural count = { 0 };
    struct error error = { 0 };

    ck_assert(language_prepare(language, 2 * HALF, &error));
    for (int kinds = 0; kinds < 6; kinds++)
        for (int n = HALF; n >= 0; n--) {
            double sum = 0, least = 0;

            for (int m = 0; m <= n; m++) {
                double log = lgamma(2 * n + 1) - lgamma(2 * n - 2 * m + 1) -
                             lgamma(m + 1) - lgamma(m + 2);

                if (kinds == 0 && m < n)
                    continue;
                log += logs[n - m];
                if (sum == 0)
                    least = log;
                sum += exp(log - least);
            }
            logs[n] = least + log(sum);
        }
    for (size_t n = 1; n <= HALF; n++) {
        language_count(language, 2 * n, &count);
        ck_assert_double_eq_tol(natural_log(&count), logs[n], 1e-8);
        ck_assert(!language_has(language, true, 2 * n - 1));
    }
    natural_clear(&count);
    language_free(language);
}
END_TEST

START_TEST(tables_beyond_the_cap_leave_what_was)
{
    struct natural count = { 0 };

    open_case(0);
    ck_assert(groups_prepare(groups, 4, TALLY_MOST_BYTES));
    ck_assert(!groups_prepare(groups, 400, 100000));
    groups_count(groups, true, 4, &count);
    /* aabb, ccdd and abcd in all orders */
    ck_assert_uint_eq(natural_small(&count), 6 + 6 + 24);
    natural_clear(&count);
    close_case();
}
END_TEST

START_TEST(memory_is_foreseen)
{
    for (size_t i = 0; i < 3; i++) {
        double foreseen, bytes;

        open_case(i);
        foreseen = groups_foresee(groups, 100, TALLY_MOST_BYTES);
        ck_assert(groups_prepare(groups, 100, TALLY_MOST_BYTES));
        bytes = (double)interleave_bytes(&groups->words);
        for (size_t k = 0; k < groups->count; k++)
            bytes += (double)groups->items[k].tally.bytes;
        ck_assert_double_ge(foreseen, bytes);
        ck_assert_double_le(foreseen, 2 * bytes);
        close_case();
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("groups");
    TCase *tests = tcase_create("groups");
    int count = sizeof cases / sizeof *cases;

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, only_independent_groups_are_split, 0, count);
    tcase_add_loop_test(tests, counts_are_those_of_the_strings, 0, count);
    tcase_add_loop_test(tests, draws_are_uniform, 0, count);
    tcase_add_test(tests, six_kinds_of_brackets_go_far);
    tcase_add_test(tests, tables_beyond_the_cap_leave_what_was);
    tcase_add_test(tests, memory_is_foreseen);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
