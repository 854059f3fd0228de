/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/evidence.h"

#include <string.h>
#include <sys/stat.h>

#include "base/statistics.h"
#include "page.h"
#include "suite.h"

static struct evidence evidence;
static struct yaml_document document;

static void set_up(void)
{
    statistics_start();
    scratch_open();
}

static void tear_down(void)
{
    evidence_clear(&evidence);
    yaml_clear(&document);
    scratch_close();
}

static size_t count_of(const char *name, const char *where)
{
    struct yaml_document chosen;
    size_t n = 0;

    parse_yaml(&chosen, where);
    for (size_t i = 0; i < evidence.count; i++)
        n += witness_answers(&evidence.items[i], name, chosen.root);
    yaml_clear(&chosen);
    return n;
}

static double value(size_t i, const char *name)
{
    const struct metric *metric =
        metrics_find(&evidence.items[i].metrics, name);

    ck_assert_msg(metric != NULL, "no %s", name);
    return metric->value;
}

START_TEST(a_series_is_a_witness_per_value)
{
    struct error error = { 0 };

    ck_assert(collect_evidence(
        &evidence, &document,
        "series: {l: {file: layers.csv, direction: cos, by: layer}}", &error));
    ck_assert_uint_eq(count_of("l", "{}"), 2);
    ck_assert_uint_eq(count_of("l", "{layer: 2}"), 1);
    ck_assert_uint_eq(count_of("l", "{layer: [1, 2, 3]}"), 2);
    ck_assert_uint_eq(count_of("l", "{layer: 3}"), 0);
    ck_assert_uint_eq(count_of("l", "{depth: 1}"), 0);
    ck_assert_uint_eq(count_of("m", "{}"), 0);
    ck_assert_double_eq(value(0, "norm@1"), 5);
    ck_assert_double_eq(value(0, "direction@1"), 0.6);
    ck_assert_double_eq_tol(value(0, "length@1"), 4, 1e-12);
    ck_assert_double_eq_tol(value(0, "alignment@1"), 0, 1e-12);
    ck_assert_double_eq_tol(value(0, "path.share"), 1, 1e-12);
    ck_assert_double_eq_tol(value(1, "alignment@2"), 1, 1e-12);
    ck_assert_double_eq_tol(value(1, "path.aligned"), 4, 1e-12);
    ck_assert_ptr_nonnull(
        metrics_find(&evidence.items[1].metrics, "growth.exp-literal.r2"));
}
END_TEST

START_TEST(a_table_is_a_witness_per_row)
{
    struct error error = { 0 };

    ck_assert(collect_evidence(
        &evidence, &document,
        "series: {l: {file: layers.csv, axes: [layer, step]}}", &error));
    ck_assert_uint_eq(count_of("l", "{}"), 6);
    ck_assert_uint_eq(count_of("l", "{layer: 2, step: [0, 2]}"), 2);
    ck_assert_uint_eq(count_of("l", "{norm: 3}"), 0);
    ck_assert_double_eq(value(5, "norm"), 4);
    ck_assert_double_eq(value(5, "cos"), 1);
    ck_assert_ptr_null(metrics_find(&evidence.items[0].metrics, "cos"));
    ck_assert_ptr_null(metrics_find(&evidence.items[0].metrics, "step"));
}
END_TEST

START_TEST(dynamics_are_always_there)
{
    struct error error = { 0 };

    ck_assert(collect_evidence(&evidence, &document, "series: {}", &error));
    ck_assert_uint_eq(count_of("dynamics", "{}"), 8);
    ck_assert_uint_eq(count_of("dynamics", "{law: aligned.linear}"), 1);
    ck_assert_double_eq(value(0, "rate") / value(0, "closed"),
                        value(0, "ratio"));
}
END_TEST

static const struct {
    const char *series, *said;
} bad[] = {
    { "series: [1]",
      "page.yaml:1:9: series: wrong type: a list; accepted: a map of names to "
      "series\n" },
    { "series: {l: {direction: cos}}",
      "page.yaml:1:13: series.l.file: missing; accepted: text\n" },
    { "series: {l: {file: layers.csv, nrom: a}}",
      "page.yaml:1:32: series.l.nrom: unknown key; did you mean \"norm\"? "
      "(accepted: file, step, norm, direction, by, axes)\n" },
    { "series: {l: {file: layers.csv, axes: [layer, depth]}}",
      "page.yaml:1:38: series.l: wrong type: a list; accepted: a list of the "
      "table's columns\n" },
    { "series: {l: {file: layers.csv, axes: layer}}",
      "page.yaml:1:38: series.l: wrong value \"layer\"; accepted: a list of "
      "the table's columns\n" },
};

START_TEST(mistakes_are_placed)
{
    struct error error = { 0 };

    ck_assert(!collect_evidence(&evidence, &document, bad[_i].series, &error));
    ck_assert_said(&error, bad[_i].said);
}
END_TEST

/* What is left of settings that have changed is not judged with the rest. */
START_TEST(two_runs_of_one_point_are_refused)
{
    struct record items[] = {
        { .path = "a", .experiment = "e", .axes = "n=1", .seed = "1" },
        { .path = "b", .experiment = "e", .axes = "n=1", .seed = "2" },
        { .path = "c", .experiment = "e", .axes = "n=2", .seed = "1" },
        { .path = "d", .experiment = "f", .axes = "n=1", .seed = "1" },
        { .path = "e", .experiment = "e", .axes = "n=1", .seed = "2" },
    };
    const struct records records = { items, 5, 0 };
    struct error error = { 0 };

    ck_assert(!evidence_collect(&evidence, NULL, ".", &records, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_said(&error, "saturn: b and e are one point of e with different "
                           "settings; remove what is out of date, or name the "
                           "runs to report\n");
}
END_TEST

/* They are smaller than what a page says of them, alone or beside full ones. */
START_TEST(quick_runs_are_passed_over)
{
    static const char manifest[] = "{\"axes\": {\"n\": \"1\"}}";
    struct record items[] = {
        { .path = "a",
          .experiment = "e",
          .axes = "n=1",
          .seed = "1",
          .quick = true },
        { .experiment = "e", .axes = "n=1", .seed = "1" },
        { .path = "c",
          .experiment = "f",
          .axes = "",
          .seed = "1",
          .quick = true },
    };
    const struct records records = { items, 3, 0 };
    struct error error = { 0 };

    mkdir(scratch_path("b"), 0777);
    scratch_write(scratch_path("b/manifest.json"), manifest,
                  sizeof manifest - 1);
    items[1].path = memory_copy_text(scratch_path("b"));
    ck_assert_msg(evidence_collect(&evidence, NULL, ".", &records, &error),
                  "%s", said(&error));
    ck_assert_uint_eq(count_of("e", "{n: 1}"), 1);
    ck_assert_uint_eq(count_of("f", "{}"), 0);
    free(items[1].path);
}
END_TEST

START_TEST(columns_that_are_missing_are_named)
{
    struct error error = { 0 };
    const char *text;

    ck_assert(!collect_evidence(&evidence, &document,
                                "series: {l: {file: layers.csv, norm: size}}",
                                &error));
    text = said(&error);
    ck_assert_ptr_nonnull(strstr(
        text,
        "layers.csv: no column size; accepted: layer, step, norm, cos\n"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evidence");
    TCase *tests = tcase_create("evidence");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_series_is_a_witness_per_value);
    tcase_add_test(tests, a_table_is_a_witness_per_row);
    tcase_add_test(tests, dynamics_are_always_there);
    tcase_add_loop_test(tests, mistakes_are_placed, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(tests, two_runs_of_one_point_are_refused);
    tcase_add_test(tests, quick_runs_are_passed_over);
    tcase_add_test(tests, columns_that_are_missing_are_named);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
