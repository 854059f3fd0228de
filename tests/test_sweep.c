/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "experiment/sweep.h"
#include "suite.h"

static struct yaml_document document;
static struct sweep sweep;

static void read_yaml(const char *yaml)
{
    struct error error = { 0 };

    ck_assert(yaml_parse(&document, yaml, strlen(yaml), "x", &error));
    ck_assert(sweep_read(&sweep, document.root, &error));
    ck_assert_uint_eq(error.count, 0);
}

static void teardown(void)
{
    sweep_clear(&sweep);
    yaml_clear(&document);
}

/* Every combination once, in the order of counting with the first axis as
 * the leading digit. */
START_TEST(jobs_count_through_the_axes)
{
    struct error error = { 0 };
    size_t jobs, j = 0;

    read_yaml("{a: 0..2, b: [x, y], c: 7, d: 0..4}");
    ck_assert(sweep_jobs(&sweep, NULL, &jobs, &error));
    ck_assert_uint_eq(jobs, 3 * 2 * 1 * 5);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 2; b++)
            for (int d = 0; d < 5; d++, j++) {
                char digits[32], got[32];

                snprintf(digits, sizeof digits, "%d %c 7 %d", a, "xy"[b], d);
                snprintf(got, sizeof got, "%s %s %s %s",
                         sweep_value(&sweep, j, 0)->text,
                         sweep_value(&sweep, j, 1)->text,
                         sweep_value(&sweep, j, 2)->text,
                         sweep_value(&sweep, j, 3)->text);
                ck_assert_str_eq(got, digits);
            }
}
END_TEST

START_TEST(no_axes_are_one_job)
{
    struct error error = { 0 };
    size_t jobs;

    read_yaml("{}");
    ck_assert(sweep_jobs(&sweep, NULL, &jobs, &error));
    ck_assert_uint_eq(jobs, 1);
    ck_assert_ptr_null(sweep_axis(&sweep, "a"));
}
END_TEST

START_TEST(an_axis_is_replaced_in_its_place)
{
    struct error error = { 0 };
    struct place place = { .file = "y", .line = 4 };
    struct yaml_node *value = yaml_new_scalar("9..10", false, &place);
    size_t jobs;

    read_yaml("{a: 0..2, b: [x, y]}");
    ck_assert(sweep_set(&sweep, "a", &place, value, &error));
    ck_assert_uint_eq(sweep.count, 2);
    ck_assert_uint_eq(sweep.axes[0].count, 2);
    ck_assert_uint_eq(sweep.axes[0].place.line, 4);
    ck_assert_str_eq(sweep_value(&sweep, 3, 0)->text, "10");
    axis_fix(sweep_axis(&sweep, "a"), value); /* one value, not a range */
    ck_assert(sweep_jobs(&sweep, NULL, &jobs, &error));
    ck_assert_uint_eq(jobs, 2);
    ck_assert_str_eq(sweep_value(&sweep, 1, 0)->text, "9..10");
    yaml_node_free(value);
}
END_TEST

START_TEST(quoted_dots_are_no_range)
{
    read_yaml("{a: '1..5', b: [1..5]}");
    ck_assert_uint_eq(sweep.axes[0].count, 1);
    ck_assert_uint_eq(sweep.axes[1].count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep");
    TCase *cases = tcase_create("sweep");

    tcase_add_checked_fixture(cases, NULL, teardown);
    tcase_add_test(cases, jobs_count_through_the_axes);
    tcase_add_test(cases, no_axes_are_one_job);
    tcase_add_test(cases, an_axis_is_replaced_in_its_place);
    tcase_add_test(cases, quoted_dots_are_no_range);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
