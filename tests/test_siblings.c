/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/file.h"
#include "experiment/pipeline.h"
#include "experiment/siblings.h"
#include "experiment/trained.h"
#include "said.h"
#include "scratch.h"
#include "suite.h"

static const char majority[] = "language: majority\n"
                               "alphabet: \"0 1\"\n"
                               "finally: \"#1 > #0\"\n";

static const char yaml[] = "experiment: e\n"
                           "language: majority\n"
                           "data:\n"
                           "  train: {count: 20, length: 2..6}\n"
                           "  validation: {count: 4, length: 2..6}\n"
                           "  test: {count: 4, length: 2..6}\n"
                           "  negatives: {uniform: 1/2, member-of:other: 1/2}\n"
                           "model: {n_layers: 1, d_model: 8, d_ff: 8}\n"
                           "train: {rate: 0.1, steps: 2, record: {every: 1}}\n"
                           "saturation: {scales: [1]}\n"
                           "verify: {exhaustive: 0, samples: 0}\n";

/* The sibling: strings that end on 0, or those that begin so. */
static const char *const others[] = { "language: other\n"
                                      "alphabet: \"0 1\"\n"
                                      "regex: (0|1)* 0\n",
                                      "language: other\n"
                                      "alphabet: \"0 1\"\n"
                                      "regex: 0 (0|1)*\n" };

static void put(const char *name, const char *text)
{
    scratch_write(scratch_path(name), text, strlen(text));
}

static void open_folder(void)
{
    scratch_open();
    put("majority.yaml", majority);
    put("other.yaml", others[0]);
    put("e.yaml", yaml);
}

/* Runs the one job of the experiment at FILE; its directory in PATH. */
static void run(const char *file, char path[512], bool *found)
{
    struct experiment experiment;
    struct metrics metrics;
    struct error error = { 0 };
    char *directory;

    if (!experiment_load(&experiment, file, NULL, false, &error) ||
        !pipeline_run(&experiment, &experiment.jobs[0], scratch_path("results"),
                      NULL, &directory, found, &metrics, &error))
        ck_abort_msg("%s", said(&error));
    snprintf(path, 512, "%s", directory);
    free(directory);
    metrics_clear(&metrics);
    experiment_clear(&experiment);
}

START_TEST(a_changed_sibling_gives_another_run)
{
    char first[512], again[512], changed[512];
    bool found;

    run(scratch_path("e.yaml"), first, &found);
    ck_assert(!found);
    run(scratch_path("e.yaml"), again, &found);
    ck_assert(found);
    ck_assert_str_eq(first, again);
    put("other.yaml", others[1]);
    run(scratch_path("e.yaml"), changed, &found);
    ck_assert(!found);
    ck_assert_str_ne(first, changed);
    put("other.yaml", others[0]);
    run(scratch_path("e.yaml"), again, &found);
    ck_assert(found);
    ck_assert_str_eq(first, again);
}
END_TEST

START_TEST(a_run_stands_by_its_own_copy)
{
    char path[512], again[512], *config, *copy;
    struct trained trained;
    struct error error = { 0 };
    struct text text;
    bool found;

    run(scratch_path("e.yaml"), path, &found);
    copy = file_join(path, "member-of-1.yaml");
    text = scratch_read(copy);
    ck_assert_str_eq(text.data, others[0]);
    text_clear(&text);
    put("other.yaml", others[1]);
    config = file_join(path, "config.yaml");
    run(config, again, &found);
    ck_assert(found);
    ck_assert_str_eq(path, again);
    ck_assert(trained_open(&trained, path, NULL, NULL, &error));
    trained_close(&trained);
    scratch_write(copy, others[1], strlen(others[1]));
    ck_assert(!trained_open(&trained, path, NULL, NULL, &error));
    ck_assert_ptr_nonnull(strstr(said(&error), "another config.yaml"));
    free(config);
    free(copy);
}
END_TEST

START_TEST(a_missing_sibling_has_its_place)
{
    struct experiment experiment;
    struct error error = { 0 };
    const char *complaint;

    ck_assert_int_eq(remove(scratch_path("other.yaml")), 0);
    ck_assert(!experiment_load(&experiment, scratch_path("e.yaml"), NULL, false,
                               &error));
    complaint = said(&error);
    ck_assert_ptr_nonnull(strstr(complaint, "e.yaml:7:14: data.neg"));
    ck_assert_ptr_nonnull(strstr(complaint, "no language \"other\""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siblings");
    TCase *tests = tcase_create("siblings");

    tcase_add_checked_fixture(tests, open_folder, scratch_close);
    tcase_add_test(tests, a_changed_sibling_gives_another_run);
    tcase_add_test(tests, a_run_stands_by_its_own_copy);
    tcase_add_test(tests, a_missing_sibling_has_its_place);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
