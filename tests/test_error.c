/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"

#include "said.h"
#include "suite.h"

START_TEST(every_part_prints_where_it_is_known)
{
    struct place place = { "x.yaml", 8, 32 }, file = { .file = "y.csv" };
    struct error error = { 0 };

    ck_assert(!error_add(&error, ERROR_CONFIG, &place, "train.rat", "%s %d",
                         "unknown", 7));
    error_add(&error, ERROR_CONFIG, &place, NULL, "no key");
    error_add(&error, ERROR_CONFIG, &place, "", "empty key");
    error_add(&error, ERROR_IO, &file, NULL, "no line");
    ck_assert(!error_set(&error, ERROR_IO, "no place, %%"));
    ck_assert_uint_eq(error.count, 5);
    ck_assert_said(&error, "x.yaml:8:32: train.rat: unknown 7\n"
                           "x.yaml:8:32: no key\n"
                           "x.yaml:8:32: empty key\n"
                           "y.csv: no line\n"
                           "saturn: no place, %\n");
}
END_TEST

START_TEST(the_first_complaint_sets_the_kind)
{
    struct error error = { 0 };

    error_set(&error, ERROR_IO, "first");
    error_set(&error, ERROR_CONFIG, "second");
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
    ck_assert_int_eq(error.kind, ERROR_NONE);
    ck_assert_uint_eq(error.count, 0);
    error_clear(&error);
}
END_TEST

/* Complaints outlive the text that they were made of. */
START_TEST(places_are_copied)
{
    char file[] = "a.yaml", key[] = "b";
    struct place place = { file, 1, 2 };
    struct error error = { 0 };

    error_add(&error, ERROR_CONFIG, &place, key, "c");
    file[0] = key[0] = '?';
    ck_assert_said(&error, "a.yaml:1:2: b: c\n");
}
END_TEST

START_TEST(a_key_is_spared_by_what_is_said_of_others)
{
    struct error error = { 0 };

    ck_assert(error_spares(&error, "data", NULL));
    error_add(&error, ERROR_CONFIG, NULL, "data.train.length[1]", "x");
    error_add(&error, ERROR_CONFIG, NULL, "model.norm", "x");
    error_add(&error, ERROR_CONFIG, NULL, "seed", "x");
    error_set(&error, ERROR_CONFIG, "no key");
    ck_assert(!error_spares(&error, "data", NULL));
    ck_assert(!error_spares(&error, "data.train.length", NULL));
    ck_assert(!error_spares(&error, "train", "seed.data", NULL));
    ck_assert(error_spares(&error, "data.train.count", "model.norm_x",
                           "model.mask", "train", "see", "seeds", NULL));
    error_clear(&error);
}
END_TEST

/* Files keep the order in which they were met, complaints of one place
 * theirs. */
START_TEST(complaints_are_sorted_within_their_file)
{
    static const struct place places[] = { { "a", 5, 1 },  { "b", 9, 9 },
                                           { NULL, 0, 0 }, { "a", 2, 7 },
                                           { "b", 1, 1 },  { "a", 2, 3 },
                                           { "a", 0, 0 },  { "a", 2, 7 } };
    struct error error = { 0 };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        error_add(&error, ERROR_CONFIG, &places[i], NULL, "%zu", i);
    error_sort(&error);
    ck_assert_said(&error, "a: 6\n"
                           "a:2:3: 5\n"
                           "a:2:7: 3\n"
                           "a:2:7: 7\n"
                           "a:5:1: 0\n"
                           "b:1:1: 4\n"
                           "b:9:9: 1\n"
                           "saturn: 2\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");
    TCase *tests = tcase_create("error");

    tcase_add_test(tests, every_part_prints_where_it_is_known);
    tcase_add_test(tests, the_first_complaint_sets_the_kind);
    tcase_add_test(tests, places_are_copied);
    tcase_add_test(tests, a_key_is_spared_by_what_is_said_of_others);
    tcase_add_test(tests, complaints_are_sorted_within_their_file);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
