/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include "data/late_death.h"
#include "formal.h"
#include "known.h"

#define N     8
#define DRAWS 4000

/* How many symbols of S make it certain that it begins no member; 0: none. */
static size_t find_death(const struct language *language, const uint16_t *s,
                         size_t n)
{
    struct error error = { 0 };
    bool allowed[16], end;

    for (size_t i = 0; i < n; i++) {
        ck_assert(language_next(language, s, i, allowed, &end, &error));
        if (!allowed[s[i]])
            return i + 1;
    }
    return 0;
}

static const char *const names[] = { "dyck-1", "anbn", "shuffle-2",
                                     "d-2",    "d-4",  "tomita-2" };

/* Both ways draw strings that die, at the same positions, each as often; of
 * languages with members of nearly every length, since only they lend the
 * second way a prefix. */
START_TEST(both_ways_die_anywhere)
{
    struct language *language = known_language(names[_i], N);
    struct error error = { 0 };
    size_t counts[2][N + 1] = { { 0 } }, places = 0;

    ck_assert(late_death_prepare(language, N, &error));
    for (size_t i = 0; i < DRAWS; i++)
        for (size_t way = 0; way < 2; way++) {
            struct stream stream;
            uint16_t s[N];

            stream_init(&stream, 5, way == 0 ? "counted" : "members", i);
            ck_assert((way == 0 ? late_death_draw
                                : late_death_draw_from_members)(language, N,
                                                                &stream, s));
            ck_assert(!language_contains(language, s, N));
            counts[way][find_death(language, s, N)]++;
        }
    ck_assert_uint_eq(counts[0][0] + counts[1][0], 0);
    for (size_t k = 1; k <= N; k++) {
        places += counts[0][k] > 0;
        ck_assert((counts[0][k] > 0) == (counts[1][k] > 0));
    }
    for (size_t k = 1; k <= N; k++)
        for (size_t way = 0; way < 2; way++) {
            double expected = (double)DRAWS / (double)places;
            double miss = (double)counts[way][k] - expected;

            /* five standard deviations */
            if (counts[way][k] > 0)
                ck_assert_double_lt(miss * miss, 25 * expected);
        }
    language_free(language);
}
END_TEST

/* Put together of others, or with a function before its word. */
static const char *const combined[] = {
    "shuffle: [{alphabet: ( ), always: '#( >= #)', finally: '#( == #)'},"
    " {alphabet: a b, regex: (a b?)*}]",
    "concat: [{alphabet: ( ), cfg: 'S -> ( S ) S | ε'},"
    " {alphabet: a b, always: '#a >= #b'}]",
    "all: [{alphabet: a b c, always: '#a >= #b'},"
    " {alphabet: a b c, always: '#b + 1 >= #c'}]",
    "reverse: {alphabet: ( ), cfg: 'S -> ( S ) S | ε'}",
    "alphabet: 0 1 x\ntemplate: ['{rev(w)}x{w}x{v}', '{rev(w)}x{w}']\n"
    "where: {w: (0|1)*, v: (0|1)*}",
};

/* They die anywhere they can, each place as often. */
START_TEST(combinations_die_anywhere)
{
    char text[512];
    struct language *language;
    struct error error = { 0 };
    size_t counts[N + 1] = { 0 }, places = 0;

    scratch_open();
    snprintf(text, sizeof text, "language: x\n%s\n", combined[_i]);
    language = formal_language(text);
    ck_assert(language_prepare(language, N, &error));
    ck_assert(late_death_prepare(language, N, &error));
    for (size_t i = 0; i < DRAWS; i++) {
        struct stream stream;
        uint16_t s[N];

        stream_init(&stream, 5, "combined", i);
        ck_assert(late_death_draw(language, N, &stream, s));
        ck_assert(!language_contains(language, s, N));
        counts[find_death(language, s, N)]++;
    }
    ck_assert_uint_eq(counts[0], 0);
    for (size_t k = 1; k <= N; k++)
        places += counts[k] > 0;
    ck_assert_uint_ge(places, N / 2);
    for (size_t k = 1; k <= N; k++) {
        double expected = (double)DRAWS / (double)places;
        double miss = (double)counts[k] - expected;

        if (counts[k] > 0)
            ck_assert_double_lt(miss * miss, 25 * expected);
    }
    language_free(language);
    scratch_close();
}
END_TEST

START_TEST(what_never_dies_is_not_drawn)
{
    struct language *language = known_language("majority", N);
    struct error error = { 0 };
    struct stream stream;
    uint16_t s[N];

    ck_assert(late_death_prepare(language, N, &error));
    stream_init(&stream, 5, "never", 0);
    for (size_t n = 0; n <= N; n++) {
        ck_assert(!late_death_draw(language, n, &stream, s));
        ck_assert(!late_death_draw_from_members(language, n, &stream, s));
    }
    language_free(language);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("late_death");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, both_ways_die_anywhere, 0,
                        (int)(sizeof names / sizeof names[0]));
    tcase_add_loop_test(tests, combinations_die_anywhere, 0,
                        (int)(sizeof combined / sizeof combined[0]));
    tcase_add_test(tests, what_never_dies_is_not_drawn);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
