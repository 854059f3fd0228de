/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/statistics.h"
#include "experiment/pipeline.h"
#include "experiment/trained.h"
#include "results/csv.h"
#include "scratch.h"
#include "suite.h"

static const char language[] = "language: l\n"
                               "alphabet: \"0 1\"\n"
                               "finally: \"#1 > #0\"\n"
                               "counts: [0, 1, 1, 4]\n";

/* Everything on, and small. */
static const char yaml[] = "experiment: e\n"
                           "language: l\n"
                           "data:\n"
                           "  train: {count: 40, length: 1..6}\n"
                           "  validation: {count: 10, length: 1..6}\n"
                           "  test: {count: 10, length: [1..6, 7..9]}\n"
                           "  negatives: {uniform: 1/2, edit-1: 1/2}\n"
                           "model: {n_layers: 1, d_model: 8, d_ff: 8}\n"
                           "train:\n"
                           "  batch: 7\n"
                           "  rate: 0.1\n"
                           "  steps: 20\n"
                           "  record: {log: 9}\n"
                           "  probe: {every: 10}\n"
                           "  checkpoint: {every: 8}\n"
                           "saturation: {scales: [1, 10]}\n"
                           "verify: {exhaustive: 15, samples: 6}\n";

static void open_folder(void)
{
    scratch_open();
    scratch_write(scratch_path("l.yaml"), language, strlen(language));
    scratch_write(scratch_path("e.yaml"), yaml, strlen(yaml));
}

/* Stops when asked for the COUNTDOWN-th time. */
struct stopper {
    size_t countdown, asked;
};

static bool stop(void *self)
{
    struct stopper *stopper = self;

    stopper->asked++;
    return stopper->asked == stopper->countdown;
}

/* Runs the experiment under ROOT; the outcome's kind, its directory in PATH. */
static enum error_kind run(const char *root, struct stopper *stopper,
                           const char *const *overrides, char path[512],
                           bool *found, struct metrics *metrics)
{
    struct experiment experiment;
    struct error error = { 0 };
    struct progress progress = { .self = stopper,
                                 .stop = stopper != NULL ? stop : NULL };
    enum error_kind kind;
    char *directory;
    bool ok;

    if (!experiment_load(&experiment, scratch_path("e.yaml"), overrides, false,
                         &error))
        ck_abort_msg("%s", said(&error));
    ok = pipeline_run(&experiment, &experiment.jobs[0], root, &progress,
                      &directory, found, metrics, &error);
    ck_assert(ok == (error.count == 0));
    snprintf(path, 512, "%s", directory != NULL ? directory : "");
    free(directory);
    kind = error.kind;
    error_clear(&error);
    experiment_clear(&experiment);
    return kind;
}

static enum error_kind run_all(const char *root, char path[512])
{
    struct metrics metrics;
    bool found;
    enum error_kind kind = run(root, NULL, NULL, path, &found, &metrics);

    metrics_clear(&metrics);
    return kind;
}

/* Adds every file below PATH but the manifest: name, and all its bytes. */
static void gather(const char *path, struct text *out)
{
    struct error error = { 0 };
    char **names;

    ck_assert(file_names(path, &names, &error));
    for (size_t i = 0; names[i] != NULL; i++) {
        char *child = file_join(path, names[i]);

        if (strcmp(names[i], "checkpoints") == 0) {
            gather(child, out);
        } else if (strcmp(names[i], "manifest.json") != 0) {
            struct text file = scratch_read(child);

            text_add_format(out, "\n== %s\n", names[i]);
            text_add_bytes(out, file.data, file.length);
            text_clear(&file);
        }
        free(child);
    }
    file_free_names(names);
}

static void assert_same_runs(const char *a, const char *b)
{
    struct text left = { 0 }, right = { 0 };

    gather(a, &left);
    gather(b, &right);
    ck_assert_uint_eq(left.length, right.length);
    ck_assert(memcmp(left.data, right.data, left.length) == 0);
    text_clear(&left);
    text_clear(&right);
}

static double value_of(const struct metrics *metrics, const char *name)
{
    const struct metric *metric = metrics_find(metrics, name);

    ck_assert_msg(metric != NULL, "no metric %s", name);
    return metric->value;
}

START_TEST(a_run_leaves_its_directory)
{
    static const char *const files[] = {
        "config.yaml",
        "language.yaml",
        "manifest.json",
        "trajectory.csv",
        "probes.csv",
        "verdict.csv",
        "baselines.csv",
        "heads.csv",
        "growth.csv",
        "metrics.json",
        "checkpoints",
        "checkpoints/step-00000000.safetensors",
        "checkpoints/step-00000020.safetensors",
    };
    struct metrics metrics, again;
    char path[512], other[512];
    bool found;

    ck_assert_int_eq(run(scratch_path("r"), NULL, NULL, path, &found, &metrics),
                     ERROR_NONE);
    ck_assert(!found);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *file = file_join(path, files[i]);

        ck_assert_msg(file_exists(file), "no %s", file);
        free(file);
    }
    ck_assert_int_eq(run(scratch_path("r"), NULL, NULL, other, &found, &again),
                     ERROR_NONE);
    ck_assert(found);
    ck_assert_str_eq(path, other);
    ck_assert_uint_eq(metrics.count, again.count);
    for (size_t i = 0; i < metrics.count; i++) {
        ck_assert_str_eq(metrics.items[i].name, again.items[i].name);
        ck_assert(metrics.items[i].value == again.items[i].value ||
                  isnan(metrics.items[i].value));
    }
    metrics_clear(&metrics);
    metrics_clear(&again);
}
END_TEST

/* What can be known of the numbers without the code that makes them. */
START_TEST(metrics_are_consistent)
{
    static const char *const evaluators[] = { "trained",   "scaled=1",
                                              "scaled=10", "limit",
                                              "attention", "encoder" };
    static const char *const sets[] = {
        "validation", "test[0]",   "test[1]",
        "exhaustive", "verify[0]", "verify[1]"
    };
    struct metrics metrics;
    char path[512], name[128];
    bool found;

    run(scratch_path("r"), NULL, NULL, path, &found, &metrics);
    ck_assert_str_eq(metrics_find(&metrics, "language.counts")->word, "exact");
    ck_assert_double_eq(
        metrics_find(&metrics, "shortcut.prior.test[1].accuracy")->value,
        metrics_find(&metrics, "prior.test[1].accuracy")->value);
    ck_assert_ptr_nonnull(
        metrics_find(&metrics, "shortcut.bigrams.validation.accuracy"));
    ck_assert_double_eq(value_of(&metrics, "steps"), 20);
    ck_assert_double_eq_tol(value_of(&metrics, "norm.ratio"),
                            value_of(&metrics, "norm.final") /
                                value_of(&metrics, "norm.start"),
                            1e-15);
    ck_assert_double_gt(value_of(&metrics, "loss.final"), 0);
    ck_assert_double_le(fabs(value_of(&metrics, "saturation")), 1);
    ck_assert_double_eq(value_of(&metrics, "dataset.train.strings"), 40);
    ck_assert_double_le(value_of(&metrics, "dataset.train.distinct"), 40);
    ck_assert_double_eq(value_of(&metrics, "dataset.test[1].seen"), 0);
    for (size_t e = 0; e < 6; e++)
        for (size_t s = 0; s < 6; s++) {
            double accuracy, low, high;

            snprintf(name, sizeof name, "%s.%s.accuracy", evaluators[e],
                     sets[s]);
            accuracy = value_of(&metrics, name);
            snprintf(name, sizeof name, "%s.%s.low", evaluators[e], sets[s]);
            low = value_of(&metrics, name);
            snprintf(name, sizeof name, "%s.%s.high", evaluators[e], sets[s]);
            high = value_of(&metrics, name);
            ck_assert(low <= accuracy && accuracy <= high);
            if (e > 0)
                continue;
            snprintf(name, sizeof name, "trained.%s.agreement", sets[s]);
            ck_assert_double_ge(
                value_of(&metrics, name),
                1 - value_of(&metrics, "trained.validation.undecided"));
        }
    value_of(&metrics, "untrained.test[0].accuracy");
    value_of(&metrics, "prior.test[1].accuracy");
    value_of(&metrics, "limit.test[0].edit-1.accuracy");
    value_of(&metrics, "growth.sqrt.r2");
    value_of(&metrics, "heads.right.argmax");
    value_of(&metrics, "heads.zero.split");
    metrics_clear(&metrics);
}
END_TEST

/* A run of no steps is its untrained network, whose norm did not grow. */
START_TEST(no_steps_no_change)
{
    static const char *const overrides[] = { "train.steps=0", NULL };
    struct metrics metrics;
    char path[512];
    bool found;

    ck_assert_int_eq(
        run(scratch_path("r"), NULL, overrides, path, &found, &metrics),
        ERROR_NONE);
    ck_assert_double_eq(value_of(&metrics, "norm.ratio"), 1);
    ck_assert_double_eq(value_of(&metrics, "untrained.test[0].accuracy"),
                        value_of(&metrics, "trained.test[0].accuracy"));
    ck_assert_double_eq(value_of(&metrics, "untrained.test[0].agreement"), 1);
    metrics_clear(&metrics);
}
END_TEST

START_TEST(probes_are_rows_of_the_validation_split)
{
    struct csv csv;
    struct error error = { 0 };
    struct metrics metrics;
    char path[512], *file;
    bool found;

    run(scratch_path("r"), NULL, NULL, path, &found, &metrics);
    file = file_join(path, "probes.csv");
    ck_assert(csv_read(&csv, file, &error));
    ck_assert_uint_eq(csv.n_rows, 3);
    ck_assert_double_eq(csv_value(&csv, 0, csv_column(&csv, "norm_ratio")), 1);
    ck_assert_double_eq(csv_value(&csv, 2, csv_column(&csv, "step")), 20);
    /* the last probe sees what the verdict sees: all 10 strings */
    ck_assert_double_eq(csv_value(&csv, 2, csv_column(&csv, "limit.accuracy")),
                        value_of(&metrics, "limit.validation.accuracy"));
    ck_assert_double_eq(
        csv_value(&csv, 2, csv_column(&csv, "attention.agreement")),
        value_of(&metrics, "attention.validation.agreement"));
    ck_assert_double_eq(csv_value(&csv, 2, csv_column(&csv, "saturation")),
                        value_of(&metrics, "saturation"));
    ck_assert_double_eq(
        csv_value(&csv, 2, csv_column(&csv, "saturation.layers[0]")),
        value_of(&metrics, "saturation.layers[0]"));
    ck_assert_double_eq(csv_value(&csv, 0, csv_column(&csv, "saturation")),
                        value_of(&metrics, "saturation.start"));
    ck_assert_double_eq(csv_value(&csv, 2, csv_column(&csv, "norm_ratio")),
                        value_of(&metrics, "norm.ratio"));
    csv_clear(&csv);
    metrics_clear(&metrics);
    free(file);
}
END_TEST

/* Stopped before any step or stage and taken up again: the same bytes. */
START_TEST(a_stopped_run_ends_the_same)
{
    static const size_t stops[] = { 1, 2, 10, 21, 22, 23, 25, 27 };
    struct stopper stopper = { .countdown = stops[_i] };
    struct metrics metrics;
    char whole[512], path[512];
    bool found;

    ck_assert_int_eq(run_all(scratch_path("whole"), whole), ERROR_NONE);
    ck_assert_int_eq(
        run(scratch_path("broken"), &stopper, NULL, path, &found, &metrics),
        ERROR_STOPPED);
    ck_assert_uint_eq(metrics.count, 0);
    ck_assert(!file_exists(path));
    ck_assert_int_eq(run_all(scratch_path("broken"), path), ERROR_NONE);
    assert_same_runs(whole, path);
}
END_TEST

/* With a target at every token, of a file and of a stream: on one thread in
 * one go, or stopped and taken up on three, the same bytes; and the measures
 * that only these objectives have. */
START_TEST(sequences_end_the_same)
{
    static const char *const overrides[][5] = {
        { "data.objective=prefix-membership", NULL },
        { "data.objective=next-set", "data.train.count=stream", NULL },
        { "data.objective=next-token", "data.positives=1", NULL },
        { "data.objective=next-token", "data.positives=1",
          "data.train.count=stream", "model.readout=mean", NULL },
        { "model.readout=mean", NULL },
    };
    struct stopper stopper = { .countdown = 11 };
    struct metrics metrics;
    char whole[512], path[512];
    bool found, tokens = _i == 2 || _i == 3;

    parallel_set_threads(1);
    ck_assert_int_eq(run(scratch_path("whole"), NULL, overrides[_i], whole,
                         &found, &metrics),
                     ERROR_NONE);
    ck_assert((metrics_find(&metrics, "limit.test[1].position_accuracy") !=
               NULL) == (_i < 4));
    ck_assert((metrics_find(&metrics, "trained.exhaustive.membership") !=
               NULL) == (_i < 2));
    if (tokens) {
        double loss = value_of(&metrics, "trained.test[0].loss");

        ck_assert(metrics_find(&metrics, "trained.verify[0].uniform.loss") ==
                  NULL);
        ck_assert_double_eq(value_of(&metrics, "trained.test[0].perplexity"),
                            exp(loss));
        ck_assert_double_eq_tol(
            loss - value_of(&metrics, "dataset.test[0].entropy"),
            value_of(&metrics, "trained.test[0].excess"), 1e-15);
    }
    metrics_clear(&metrics);
    parallel_set_threads(3);
    ck_assert_int_eq(run(scratch_path("broken"), &stopper, overrides[_i], path,
                         &found, &metrics),
                     ERROR_STOPPED);
    ck_assert_int_eq(run(scratch_path("broken"), NULL, overrides[_i], path,
                         &found, &metrics),
                     ERROR_NONE);
    metrics_clear(&metrics);
    assert_same_runs(whole, path);
}
END_TEST

/* Stopped after every single step. */
START_TEST(a_run_of_many_pieces_ends_the_same)
{
    struct metrics metrics;
    char whole[512], path[512];
    size_t pieces = 0;
    bool found;

    ck_assert_int_eq(run_all(scratch_path("whole"), whole), ERROR_NONE);
    for (;;) {
        struct stopper stopper = { .countdown = 3 };
        enum error_kind kind =
            run(scratch_path("broken"), &stopper, NULL, path, &found, &metrics);

        metrics_clear(&metrics);
        pieces++;
        if (kind == ERROR_NONE)
            break;
        ck_assert_int_eq(kind, ERROR_STOPPED);
        if (pieces > 25) { /* the stages after it cannot be cut in pieces */
            ck_assert_int_eq(run_all(scratch_path("broken"), path), ERROR_NONE);
            break;
        }
    }
    ck_assert_uint_gt(pieces, 10);
    assert_same_runs(whole, path);
}
END_TEST

/* What a stopped run has recorded and lost cannot be measured again. */
START_TEST(lost_rows_are_noticed)
{
    static const char *const names[] = { "trajectory.csv", "spool",
                                         "probes.csv" };
    struct stopper stopper = { .countdown = 15 };
    struct error error = { 0 };
    struct metrics metrics;
    struct text whole;
    char path[512], *partial, *file;
    bool found;

    ck_assert_int_eq(
        run(scratch_path("r"), &stopper, NULL, path, &found, &metrics),
        ERROR_STOPPED);
    strcat(path, ".partial");
    partial = file_join(path, "");
    file = file_join(path, names[_i]);
    whole = scratch_read(file);
    scratch_write(file, whole.data, whole.length / 2);
    ck_assert_int_eq(run_all(scratch_path("r"), path), ERROR_IO);
    ck_assert(file_remove_tree(file, &error));
    ck_assert_int_eq(run_all(scratch_path("r"), path), ERROR_IO);
    ck_assert(file_exists(partial));
    ck_assert(!file_exists(path));
    text_clear(&whole);
    free(file);
    free(partial);
}
END_TEST

/* What the run at PATH answers to one who takes it up again. */
static enum error_kind take_up(const char *path, const char *words)
{
    struct trained trained;
    struct error error = { 0 };
    enum error_kind kind = ERROR_NONE;

    if (trained_open(&trained, path, NULL, NULL, &error))
        trained_close(&trained);
    else
        kind = error.kind;
    if (kind != ERROR_NONE)
        ck_assert_ptr_nonnull(strstr(said(&error), words));
    error_clear(&error);
    return kind;
}

/* Rewrites FROM, of which there is one, into TO of the same length. */
static void rewrite(const char *path, const char *from, const char *to)
{
    struct text text = scratch_read(path);
    char *at = strstr(text.data, from);

    ck_assert_ptr_nonnull(at);
    memcpy(at, to, strlen(from));
    scratch_write(path, text.data, text.length);
    text_clear(&text);
}

/* Neither other settings that fit the tensors nor the parameters of another
 * step may pass for the run. */
START_TEST(a_changed_run_is_not_taken_up)
{
    struct error error = { 0 };
    char path[512], *config, *copy, *last;

    ck_assert_int_eq(run_all(scratch_path("r"), path), ERROR_NONE);
    config = file_join(path, "config.yaml");
    copy = file_join(path, "language.yaml");
    last = file_join(path, "checkpoints/step-00000020.safetensors");
    ck_assert_int_eq(take_up(path, ""), ERROR_NONE);
    rewrite(config, "norm: pre", "norm: out"); /* no such word */
    ck_assert_int_eq(take_up(path, "unknown word"), ERROR_CONFIG);
    rewrite(config, "norm: out", "norm: pre");
    rewrite(config, "mask: causal", "mask: full  ");
    ck_assert_int_eq(take_up(path, "of another config.yaml"), ERROR_IO);
    rewrite(config, "mask: full  ", "mask: causal");
    rewrite(copy, "\"0 1\"", "\"1 0\"");
    ck_assert_int_eq(take_up(path, "of another config.yaml"), ERROR_IO);
    rewrite(copy, "\"1 0\"", "\"0 1\"");
    ck_assert_int_eq(take_up(path, ""), ERROR_NONE);
    ck_assert(file_remove_tree(last, &error));
    ck_assert_int_eq(take_up(path, "has no checkpoint of its last step 20"),
                     ERROR_IO);
    free(config);
    free(copy);
    free(last);
}
END_TEST

START_TEST(threads_do_not_matter)
{
    static const size_t threads[] = { 2, 3, 7 };
    char one[512], many[512];

    parallel_set_threads(1);
    ck_assert_int_eq(run_all(scratch_path("one"), one), ERROR_NONE);
    parallel_set_threads(threads[_i]);
    ck_assert_int_eq(run_all(scratch_path("many"), many), ERROR_NONE);
    assert_same_runs(one, many);
}
END_TEST

/* Nothing is written of a run that cannot be. */
static const struct {
    const char *override;
    enum error_kind kind;
} refused[] = {
    { "data.negatives={same-counts: 1}", ERROR_CONFIG },
    { "data.test.length=0", ERROR_CONFIG },
    { "data.objective=next-token", ERROR_CONFIG }, /* of non-members */
};

START_TEST(a_run_that_cannot_be_writes_nothing)
{
    const char *overrides[] = { refused[_i].override, NULL };
    struct metrics metrics;
    char path[512];
    bool found;

    ck_assert_int_eq(
        run(scratch_path("r"), NULL, overrides, path, &found, &metrics),
        refused[_i].kind);
    ck_assert_str_eq(path, "");
    ck_assert(!file_exists(scratch_path("r")));
}
END_TEST

START_TEST(divergence_is_said)
{
    static const char *const overrides[] = { "train.rate=1e30", NULL };
    struct metrics metrics;
    char path[512];
    bool found;

    ck_assert_int_eq(
        run(scratch_path("r"), NULL, overrides, path, &found, &metrics),
        ERROR_DIVERGED);
    ck_assert(!file_exists(path));
}
END_TEST

/* Options off: what is not asked for is not there. */
START_TEST(what_is_off_is_absent)
{
    static const char *const overrides[] = {
        "saturation={scales: [], limit: false, attention: false, encoder: "
        "false}",
        "verify={exhaustive: 0, samples: 0}",
        "train.checkpoint={every: 0}",
        "train.record={every: 0}",
        "train.probe={every: 0}",
        "data.train.count=stream",
        NULL
    };
    struct metrics metrics;
    char path[512], *file;
    bool found;

    ck_assert_int_eq(
        run(scratch_path("r"), NULL, overrides, path, &found, &metrics),
        ERROR_NONE);
    ck_assert_ptr_null(metrics_find(&metrics, "limit.test[0].accuracy"));
    ck_assert_ptr_null(metrics_find(&metrics, "trained.exhaustive.accuracy"));
    ck_assert_ptr_null(metrics_find(&metrics, "dataset.train.strings"));
    value_of(&metrics, "trained.test[0].accuracy");
    value_of(&metrics, "dataset.test[0].seen");
    file = file_join(path, "checkpoints/step-00000020.safetensors");
    ck_assert(file_exists(file));
    free(file);
    metrics_clear(&metrics);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pipeline");
    TCase *cases = tcase_create("pipeline");

    statistics_start();
    parallel_set_threads(1);
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, open_folder, scratch_close);
    tcase_add_test(cases, a_run_leaves_its_directory);
    tcase_add_test(cases, metrics_are_consistent);
    tcase_add_test(cases, no_steps_no_change);
    tcase_add_test(cases, probes_are_rows_of_the_validation_split);
    tcase_add_loop_test(cases, a_stopped_run_ends_the_same, 0, 8);
    tcase_add_loop_test(cases, sequences_end_the_same, 0, 5);
    tcase_add_test(cases, a_run_of_many_pieces_ends_the_same);
    tcase_add_loop_test(cases, lost_rows_are_noticed, 0, 3);
    tcase_add_test(cases, a_changed_run_is_not_taken_up);
    tcase_add_loop_test(cases, threads_do_not_matter, 0, 3);
    tcase_add_loop_test(cases, a_run_that_cannot_be_writes_nothing, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(cases, divergence_is_said);
    tcase_add_test(cases, what_is_off_is_absent);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
