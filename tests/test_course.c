/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The paper's own series, replayed: every number that stands in rows 8, 9,
 * 10, 16 and 17 of the reproduction, to its last digit.
 */

#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/statistics.h"
#include "results/course.h"
#include "scratch.h"

static const struct course_columns published = { .step = "step",
                                                 .norm = "norm",
                                                 .direction = "cos_prev" };

static void read_published(const char *name, const char *layer,
                           struct course *course)
{
    struct error error = { 0 };
    struct csv csv;
    char path[4096];

    snprintf(path, sizeof path, "%s/experiments/paper/data/%s",
             source_directory(), name);
    ck_assert(csv_read(&csv, path, &error));
    ck_assert(course_take(course, &csv, path, &published,
                          layer != NULL ? "layer" : NULL, layer, &error));
    csv_clear(&csv);
}

static double value(const struct metrics *metrics, const char *name)
{
    const struct metric *metric = metrics_find(metrics, name);

    ck_assert_msg(metric != NULL, "no %s", name);
    return metric->value;
}

START_TEST(t5_as_a_whole)
{
    static const struct {
        const char *name;
        double value, within;
    } rows[] = {
        { "norm.start", 470.6, 0.05 },
        { "norm.final", 4166.2, 0.05 },
        { "norm.fall", 0, 1e-300 },
        { "growth.sqrt.r2", 0.99856, 5e-6 },
        { "growth.linear.r2", 0.96634, 5e-6 },
        { "growth.root4.r2", 0.93634, 5e-6 },
        { "path.direction.first", 0.7994, 5e-5 },
        { "path.direction.last", 0.99756, 5e-6 },
        { "path.alignment.peak", 0.179, 5e-4 },
        { "path.alignment.peak-step", 15300, 0.5 },
        { "path.alignment.last", 0.023, 5e-4 },
        { "path.length.last", 290.8, 0.05 },
        { "path.misaligned", 3132.8, 0.05 },
        { "path.share", 0.565, 5e-4 },
        { "path.aligned", 31874, 0.5 },
    };
    struct metrics metrics = { 0 };
    struct course course;

    read_published("t5_whole.csv", NULL, &course);
    metrics_add_course(&metrics, "", &course);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_double_eq_tol(value(&metrics, rows[i].name), rows[i].value,
                                rows[i].within);
    /* Steps of 292 to 320 between steps 56k and 520k. */
    for (size_t i = 0; i < course.path.n; i++)
        if (course.path.steps[i] > 56000 && course.path.steps[i] < 521000) {
            ck_assert_double_ge(course.path.lengths[i], 291.5);
            ck_assert_double_le(course.path.lengths[i], 320.5);
        }
    metrics_clear(&metrics);
    course_clear(&course);
}
END_TEST

START_TEST(t5_layer_by_layer)
{
    static const struct {
        const char *layer;
        double last, slope, r2;
    } rows[] = {
        { "1", 520.2, 0.612, 0.9979 },  { "2", 607.3, 0.774, 0.9986 },
        { "3", 623.2, 0.797, 0.9988 },  { "4", 609.4, 0.771, 0.9991 },
        { "5", 627.1, 0.793, 0.9992 },  { "6", 616.6, 0.774, 0.9991 },
        { "7", 616.1, 0.774, 0.9992 },  { "8", 613.7, 0.771, 0.9992 },
        { "9", 630.5, 0.794, 0.9992 },  { "10", 680.5, 0.876, 0.9990 },
        { "11", 711.6, 0.926, 0.9989 }, { "12", 799.8, 1.084, 0.9976 },
    };
    struct metrics metrics = { 0 };
    struct course course;

    read_published("t5_by_layer.csv", rows[_i].layer, &course);
    metrics_add_course(&metrics, "layer.", &course);
    ck_assert_double_eq_tol(value(&metrics, "layer.norm.start"), 87.85, 0.1);
    ck_assert_double_eq_tol(value(&metrics, "layer.norm.final"), rows[_i].last,
                            0.0501);
    ck_assert_double_eq_tol(value(&metrics, "layer.growth.sqrt.a"),
                            rows[_i].slope, 5.01e-4);
    ck_assert_double_eq_tol(value(&metrics, "layer.growth.sqrt.r2"),
                            rows[_i].r2, 5.01e-5);
    ck_assert_double_ge(value(&metrics, "layer.path.direction.first"), 0.705);
    ck_assert_double_le(value(&metrics, "layer.path.direction.first"), 0.835);
    ck_assert_double_ge(value(&metrics, "layer.path.direction.last"), 0.9965);
    ck_assert_double_le(value(&metrics, "layer.path.direction.last"), 0.9985);
    metrics_clear(&metrics);
    course_clear(&course);
}
END_TEST

static void read_text(const char *text, struct csv *csv)
{
    struct error error = { 0 };
    const char *path = scratch_path("t.csv");

    scratch_write(path, text, strlen(text));
    ck_assert(csv_read(csv, path, &error));
}

/* A norm that falls, by 2 from 5 and then by 4 from 6; and whole steps, of
 * which the last one is not made. */
START_TEST(falls_and_whole_steps)
{
    struct metrics metrics = { 0 };
    struct csv csv;

    read_text("step,norm,step_length_all\n0,5,3\n1,3,1\n2,6,2\n3,2,9\n",
              &csv);
    metrics_add_trajectory(&metrics, &csv);
    ck_assert_double_eq(value(&metrics, "norm.fall"), 4);
    ck_assert_double_eq(value(&metrics, "path.step.least"), 1);
    ck_assert_double_eq(value(&metrics, "path.step.most"), 3);
    metrics_clear(&metrics);
    csv_clear(&csv);
}
END_TEST

/* Layers are found by their columns; lengths that are there are taken. */
START_TEST(trajectories_tell_of_their_layers)
{
    struct metrics metrics = { 0 };
    struct csv csv;

    read_text("step,norm,distance_previous,alignment_interval,"
              "norm:layers.0,norm:layers.1,distance_previous:layers.1,"
              "alignment_interval:layers.1\n"
              "0,3,,,2,1,,\n1,5,4,0,2,2,1,1\n2,13,12,0,2,4,2,1\n",
              &csv);
    metrics_add_trajectory(&metrics, &csv);
    ck_assert_double_eq(value(&metrics, "norm.ratio"), 13.0 / 3);
    ck_assert_double_eq(value(&metrics, "path.share"), 1);
    ck_assert_double_eq(value(&metrics, "layers.0.norm.ratio"), 1);
    ck_assert_ptr_null(metrics_find(&metrics, "layers.0.path.share"));
    ck_assert_ptr_null(metrics_find(&metrics, "layers.0.path.plane"));
    ck_assert_double_eq(value(&metrics, "layers.1.path.aligned"), 4);
    ck_assert_double_eq(value(&metrics, "layers.1.path.plane"), 1);
    ck_assert_double_eq(value(&metrics, "layers.1.path.identity"), 0);
    ck_assert_ptr_null(metrics_find(&metrics, "layers.2.norm.start"));
    csv_clear(&csv);
    metrics_clear(&metrics);
}
END_TEST

START_TEST(columns_that_are_missing_are_named)
{
    struct course_columns columns = { .step = "t", .norm = "size" };
    struct course course;
    struct error error = { 0 };
    struct csv csv;

    read_text("step,size\n0,1\n", &csv);
    ck_assert(
        !course_take(&course, &csv, "t.csv", &columns, NULL, NULL, &error));
    ck_assert_said(&error, "t.csv: no column t; accepted: step, size\n");
    columns.step = "step";
    ck_assert(
        !course_take(&course, &csv, "t.csv", &columns, "layer", "1", &error));
    ck_assert_said(&error, "t.csv: no column layer; accepted: step, size\n");
    csv_clear(&csv);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("course");
    TCase *tests = tcase_create("course");

    statistics_start();
    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, trajectories_tell_of_their_layers);
    tcase_add_test(tests, falls_and_whole_steps);
    tcase_add_test(tests, columns_that_are_missing_are_named);
    suite_add_tcase(suite, tests);
    tests = tcase_create("replay");
    tcase_add_test(tests, t5_as_a_whole);
    tcase_add_loop_test(tests, t5_layer_by_layer, 0, 12);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
