/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <string.h>

#include "data/distance.h"
#include "formal.h"
#include "known.h"

#define N    5
#define MOST 12

/* Wagner-Fischer, a row at a time. */
static size_t levenshtein(const uint16_t *a, size_t m, const uint16_t *b,
                          size_t n)
{
    size_t row[MOST + 1];

    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t least = corner + (a[i - 1] != b[j - 1]);

            corner = row[j];
            least = row[j] + 1 < least ? row[j] + 1 : least;
            row[j] = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
        }
    }
    return row[n];
}

static size_t nearest(const struct strings *members, const uint16_t *s,
                      size_t n)
{
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < members->count; i++) {
        size_t far = levenshtein(strings_at(members, i),
                                 strings_length(members, i), s, n);

        least = far < least ? far : least;
    }
    return least;
}

static const char *const names[] = { "tomita-3", "tomita-5",   "d-2",
                                     "aa-star",  "even-pairs", "dyck-1",
                                     "anbn",     "anbncn",     "majority" };

/* Of every string up to length 5, against all members near enough. */
START_TEST(distance_is_that_to_the_nearest_member)
{
    struct language *language = known_language(names[_i], MOST);
    size_t size = language_alphabet(language)->size;
    struct strings members = { 0 };

    for (size_t m = 0; m <= (size > 2 ? 9 : MOST); m++)
        language_enumerate(language, true, m, &members);
    for (size_t n = 0; n <= N; n++)
        for (size_t k = 0; k < formal_power(size, n); k++) {
            uint16_t s[N];
            size_t far;

            formal_string(k, size, n, s);
            far = nearest(&members, s, n);
            if (far > 3 && language_automaton(language) == NULL)
                continue; /* too many strings to try */
            ck_assert_int_eq(distance_find(language, s, n, far), (long)far);
        }
    strings_clear(&members);
    language_free(language);
}
END_TEST

/* Within two edits of 100 symbols there are too many to try. */
START_TEST(what_would_take_too_long_is_not_known)
{
    struct language *language = known_language("dyck-1", 2);
    uint16_t s[100] = { 0 };

    ck_assert_int_eq(distance_find(language, s, 100, 1), 1);
    ck_assert_int_eq(distance_find(language, s, 100, 2), 2);
    ck_assert_int_eq(distance_find(language, s, 100, 3), DISTANCE_UNKNOWN);
    language_free(language);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("distance");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, distance_is_that_to_the_nearest_member, 0,
                        (int)(sizeof names / sizeof names[0]));
    tcase_add_test(tests, what_would_take_too_long_is_not_known);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
