/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/kept.h"

#include "scratch.h"
#include "suite.h"

static const struct kept kept = { "data.thing", "thing.copy" };
static const struct place place = { "e.yaml", 2, 3 };

/* Beside the experiment, unless a run has its own copy; and known again. */
START_TEST(found_and_known_again)
{
    char experiment[512], config[512], *sum = NULL, *path;
    struct error error = { 0 };

    snprintf(experiment, sizeof experiment, "%s", scratch_path("e.yaml"));
    snprintf(config, sizeof config, "%s", scratch_path("config.yaml"));
    scratch_write(scratch_path("thing"), "abc", 3);
    ck_assert(
        kept_find(&kept, "thing", experiment, &place, &sum, &path, &error));
    ck_assert_str_eq(path, scratch_path("thing"));
    ck_assert_uint_eq(strlen(sum), 16);
    ck_assert(kept_copy(&kept, path, scratch, &error));
    ck_assert_int_eq(remove(path), 0);
    free(path);
    ck_assert(kept_find(&kept, "thing", config, &place, &sum, &path, &error));
    ck_assert_str_eq(path, scratch_path("thing.copy"));
    ck_assert(kept_check(&kept, path, sum, &place, &error));
    free(path);
    free(sum);
}
END_TEST

START_TEST(absent_or_changed)
{
    char experiment[512], *sum = strdup("0123456789abcdef"), *path;
    struct text expected = { 0 };
    struct error error = { 0 };

    snprintf(experiment, sizeof experiment, "%s", scratch_path("e.yaml"));
    ck_assert(
        !kept_find(&kept, "thing", experiment, &place, &sum, &path, &error));
    ck_assert_ptr_null(path);
    text_add_format(&expected,
                    "e.yaml:2:3: data.thing: there is no %s/thing, thing\n",
                    scratch);
    ck_assert_said(&error, expected.data);
    text_clear(&expected);

    scratch_write(scratch_path("thing"), "abc", 3);
    ck_assert(
        !kept_find(&kept, "thing", experiment, &place, &sum, &path, &error));
    text_add_format(&expected,
                    "e.yaml:2:3: data.thing: %s/thing has changed: its "
                    "checksum is 78af5f94892f3950, not 0123456789abcdef\n",
                    scratch);
    ck_assert_said(&error, expected.data);
    text_clear(&expected);
    free(path);
    free(sum);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kept");
    TCase *tests = tcase_create("kept");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, found_and_known_again);
    tcase_add_test(tests, absent_or_changed);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
