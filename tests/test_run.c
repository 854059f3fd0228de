/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A run killed at any moment and resumed leaves the files of an undisturbed
 * one, byte for byte; what is finished is not touched again.
 */

#include "results/run.h"

#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/random.h"
#include "results/csv.h"
#include "scratch.h"
#include "suite.h"

static const char config[] = "experiment: toy\nseed: {data: 4, init: 4}\n";
static const char language[] = "language: majority\n";

static struct tensor tensors[] = {
    { .name = "layers.0.up.weight",
      .rows = 2,
      .columns = 2,
      .count = 4,
      .encoder = true },
    { .name = "classifier.bias", .rows = 1, .offset = 4, .count = 1 },
};
static const struct layout layout = { .tensors = tensors,
                                      .n_tensors = 2,
                                      .n_parameters = 5 };

#define STEPS 120

static bool open_run(struct run *run, const char *root, struct error *error)
{
    return run_open(run, root, "toy", "seed=4,model.norm=pre", config, language,
                    NULL,
                    error);
}

static void open_well(struct run *run, enum run_state state)
{
    struct error error = { 0 };
    bool ok = open_run(run, scratch_path("results"), &error);

    ck_assert_msg(ok, "%s", said(&error));
    ck_assert_int_eq(run->state, state);
}

#define EXPECT(call) ck_assert_msg((call), "%s", said(&error))

/* The only state of this training is its step and what was last recorded. */
static void find_theta(size_t step, double *theta)
{
    for (size_t i = 0; i < layout.n_parameters; i++)
        theta[i] = sin(0.01 * (double)(step * (i + 1))) + 0.1;
}

static void add_snapshot(struct run *run, size_t step, const double *theta,
                         const double *previous)
{
    double norms[2] = { (double)step, 0.1 * (double)step };
    struct layer_snapshot layers[2] = { { 1, 2, 3, 4 },
                                        { (double)step, NAN, 0.5, 0.25 } };
    struct snapshot snapshot = { .step = step,
                                 .rate = 0.1,
                                 .pass = { 1.0 / (double)(step + 1), 0.5, -1,
                                           NAN },
                                 .norm = 3,
                                 .tensor_norms = norms,
                                 .layers = layers,
                                 .n_layers = 2 };
    struct error error = { 0 };

    snapshot.cosine_previous = encoder_cosine(&layout, previous, theta);
    EXPECT(run_add_snapshot(run, &layout, &snapshot, theta, &error));
}

static void add_probe(struct run *run, size_t step)
{
    static const char *const names[] = { "norm_ratio", "limit.accuracy" };
    double values[] = { 1 + 0.01 * (double)step, sqrt((double)step) };
    struct error error = { 0 };

    EXPECT(run_add_probe(run, step, names, values, 2, &error));
}

static void add_checkpoint(struct run *run, size_t step, double *theta,
                           double *recorded)
{
    struct checkpoint checkpoint = { .step = step,
                                     .theta = theta,
                                     .recorded = recorded };
    struct error error = { 0 };

    EXPECT(run_add_checkpoint(run, &layout, &checkpoint,
                              step == 0 || step == STEPS, &error));
}

/* As the trainer goes on from a checkpoint: records every 5 steps, probes
 * every 10, checkpoints every 15. */
static void train_until(struct run *run, size_t last)
{
    double theta[5], recorded[5];
    struct checkpoint checkpoint = { 0 };
    struct error error = { 0 };
    size_t first = 0;

    find_theta(0, recorded);
    if (run->state == RUN_RESUMED) {
        EXPECT(run_resume(run, &layout, &checkpoint, &error));
        first = checkpoint.step;
        memcpy(recorded, checkpoint.recorded, sizeof recorded);
        find_theta(first, theta);
        ck_assert_mem_eq(checkpoint.theta, theta, sizeof theta);
        checkpoint_clear(&checkpoint);
    }
    for (size_t step = first; step <= last; step++) {
        find_theta(step, theta);
        if (step % 5 == 0) {
            add_snapshot(run, step, theta, recorded);
            memcpy(recorded, theta, sizeof recorded);
        }
        if (step % 10 == 0)
            add_probe(run, step);
        if (step % 15 == 0)
            add_checkpoint(run, step, theta, recorded);
    }
}

static void finish(struct run *run)
{
    struct error error = { 0 };
    double last[5];

    find_theta(STEPS, last);
    EXPECT(run_close_trajectory(run, &layout, last, &error));
    EXPECT(run_finish(run, &error));
}

static void train(enum run_state state)
{
    struct run run;

    open_well(&run, state);
    train_until(&run, STEPS);
    finish(&run);
    run_close(&run);
}

/* A file of the run, wherever it is now; freed by the caller. */
static struct text read_file(const char *root, bool partial, const char *name)
{
    struct error error = { 0 };
    char *directory = file_join(scratch_path(root), "toy"), **names, *run,
         *path;
    struct text text;

    ck_assert(file_names(directory, &names, &error));
    ck_assert_ptr_nonnull(names[0]);
    ck_assert_ptr_null(names[1]);
    ck_assert_int_eq(strstr(names[0], ".partial") != NULL, partial);
    run = file_join(directory, names[0]);
    path = file_join(run, name);
    text = scratch_read(path);
    free(path);
    free(run);
    free(directory);
    file_free_names(names);
    return text;
}

/* The directory's names in one line. */
static char *list(const struct run *run, const char *below)
{
    char *path = run_file(run, below), **names;
    struct error error = { 0 };
    struct text text = { 0 };

    ck_assert(file_names(path, &names, &error));
    for (size_t i = 0; names[i] != NULL; i++)
        text_add_format(&text, "%s%s", i > 0 ? " " : "", names[i]);
    file_free_names(names);
    free(path);
    return text_take(&text);
}

static void assert_listed(const struct run *run, const char *below,
                          const char *names)
{
    char *listed = list(run, below);

    ck_assert_str_eq(listed, names);
    free(listed);
}

/* One value of a manifest, as text or as the number it is. */
static void assert_manifest(const struct run *run, const char *key,
                            const char *word, int64_t number)
{
    char *path = run_file(run, "manifest.json");
    struct text text = scratch_read(path);
    struct error error = { 0 };
    struct json *json = json_parse(text.data, text.length, path, &error);
    int64_t value = 0;

    ck_assert_ptr_nonnull(json);
    if (word != NULL) {
        ck_assert_ptr_nonnull(json_as_text(json_get(json, key)));
        ck_assert_str_eq(json_as_text(json_get(json, key)), word);
    } else {
        ck_assert(json_as_integer(json_get(json, key), &value));
        ck_assert_int_eq(value, number);
    }
    json_free(json);
    text_clear(&text);
    free(path);
}

START_TEST(a_run_goes_from_new_to_finished)
{
    struct run run, again;
    struct text text;

    open_well(&run, RUN_NEW);
    ck_assert_ptr_nonnull(strstr(run.partial, "/toy/seed=4,model.norm=pre-"));
    ck_assert_mem_eq(strrchr(run.path, '-') + 1, run.hash, 8);
    assert_listed(&run, "",
                  "checkpoints config.yaml language.yaml lock manifest.json");
    assert_manifest(&run, "state", "new", 0);
    assert_manifest(&run, "experiment", "toy", 0);
    assert_manifest(&run, "language", "majority", 0);
    assert_manifest(&run, "seed", "4", 0);
    run_note(&run, "engine", "double generic");
    train_until(&run, 40);
    assert_manifest(&run, "state", "training", 0);
    assert_manifest(&run, "engine", "double generic", 0);
    run_close(&run);
    open_well(&run, RUN_RESUMED);
    assert_manifest(&run, "resumed", NULL, 1);
    train_until(&run, STEPS);
    finish(&run);
    ck_assert_int_eq(run.state, RUN_FINISHED);
    ck_assert(!file_exists(run.partial));
    assert_manifest(&run, "state", "finished", 0);
    assert_manifest(&run, "engine", "double generic", 0);
    assert_listed(&run, "",
                  "checkpoints config.yaml language.yaml manifest.json "
                  "probes.csv trajectory.csv");
    assert_listed(&run, "checkpoints",
                  "step-00000000.safetensors step-00000120.safetensors");
    open_well(&again, RUN_FINISHED);
    ck_assert_str_eq(again.path, run.path);
    ck_assert(!file_exists(again.partial));
    text = read_file("results", false, "config.yaml");
    ck_assert_str_eq(text.data, config);
    text_clear(&text);
    run_close(&again);
    run_close(&run);
}
END_TEST

START_TEST(other_settings_are_another_run)
{
    static const char *const others[][3] = {
        { "seed=4,model.norm=pre", "experiment: toy\n",
          "language: majority\n" },
        { "seed=4,model.norm=pre", config, "language: minority\n" },
        { "", config, language },
        { "a=../x y:$(z)\n", config, language },
    };
    static const char *const names[] = { "/seed=4,model.norm=pre-",
                                         "/seed=4,model.norm=pre-", "/",
                                         "/a=.._x_y___z__-" };
    struct error error = { 0 };
    struct run first, other;

    open_well(&first, RUN_NEW);
    for (size_t i = 0; i < 4; i++) {
        const char *name;

        EXPECT(run_open(&other, scratch_path("results"), i < 3 ? "toy" : "../t",
                        others[i][0], others[i][1], others[i][2], NULL,
                        &error));
        name = strrchr(other.path, '/');
        ck_assert_str_ne(other.path, first.path);
        ck_assert_mem_eq(name, names[i], strlen(names[i]));
        ck_assert_uint_eq(strlen(name), strlen(names[i]) + 8);
        if (i == 3)
            ck_assert_ptr_nonnull(strstr(other.path, "/_._t/"));
        run_close(&other);
    }
    run_close(&first);
}
END_TEST

static const char *const compared[] = {
    "trajectory.csv",
    "probes.csv",
    "config.yaml",
    "language.yaml",
    "checkpoints/step-00000000.safetensors",
    "checkpoints/step-00000120.safetensors",
};

/* Trains beside results/; the time it takes in microseconds. */
static double train_undisturbed(void)
{
    struct timespec begin, end;
    struct error error = { 0 };
    struct run calm;

    clock_gettime(CLOCK_MONOTONIC, &begin);
    EXPECT(open_run(&calm, scratch_path("calm"), &error));
    train_until(&calm, STEPS);
    finish(&calm);
    run_close(&calm);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return 1e6 * (double)(end.tv_sec - begin.tv_sec) +
           1e-3 * (double)(end.tv_nsec - begin.tv_nsec);
}

static void compare_files(void)
{
    for (size_t i = 0; i < sizeof compared / sizeof compared[0]; i++) {
        struct text ours = read_file("results", false, compared[i]);
        struct text theirs = read_file("calm", false, compared[i]);

        ck_assert_msg(ours.length == theirs.length &&
                          memcmp(ours.data, theirs.data, ours.length) == 0,
                      "%s differs", compared[i]);
        text_clear(&ours);
        text_clear(&theirs);
    }
}

static void compare_with_undisturbed(void)
{
    train_undisturbed();
    compare_files();
}

/* A process of its own, killed after MICROSECONDS; whether it was done. */
static bool train_and_kill(unsigned microseconds)
{
    pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct error error = { 0 };
        struct run run;

        if (!open_run(&run, scratch_path("results"), &error))
            _exit(3);
        if (run.state != RUN_FINISHED) {
            train_until(&run, STEPS);
            finish(&run);
        }
        _exit(0);
    }
    usleep(microseconds);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(!WIFEXITED(status) || WEXITSTATUS(status) == 0, "failed");
    return WIFEXITED(status);
}

/* The kills come at random moments of an undisturbed run's time, and so fall
 * into checkpoints, rows and the finishing alike; later ones are more patient
 * so that the run ends on a busy machine too. */
START_TEST(killed_runs_resume_to_the_same_bytes)
{
    double time = train_undisturbed();
    struct stream stream;
    double patience = 0.5;

    stream_init(&stream, (uint64_t)_i, "test.kill", 0);
    while (
        !train_and_kill((unsigned)(time * patience * stream_uniform(&stream))))
        patience *= 1.05;
    compare_files();
}
END_TEST

/* A stop at every single step, each in its turn. */
START_TEST(stopped_runs_resume_to_the_same_bytes)
{
    struct run run;

    open_well(&run, RUN_NEW);
    for (size_t step = 0; step < STEPS; step += 7) {
        train_until(&run, step);
        run_close(&run);
        open_well(&run, RUN_RESUMED);
    }
    train_until(&run, STEPS);
    finish(&run);
    run_close(&run);
    compare_with_undisturbed();
}
END_TEST

static void append(const struct run *run, const char *name, const char *bytes,
                   size_t size)
{
    char *path = run_file(run, name);
    FILE *stream = fopen(path, "ab");

    ck_assert_ptr_nonnull(stream);
    fwrite(bytes, 1, size, stream);
    fclose(stream);
    free(path);
}

START_TEST(torn_ends_are_cut)
{
    struct run run;

    open_well(&run, RUN_NEW);
    train_until(&run, 44);
    append(&run, "trajectory.csv", "45,0.1,0.0", 10);
    append(&run, "probes.csv", "5", 1);
    append(&run, "spool", "\x2d\0\0\0\0", 5);
    append(&run, "checkpoints/step-00000045.safetensors.partial", "xx", 2);
    run_close(&run);
    open_well(&run, RUN_RESUMED);
    assert_listed(&run, "checkpoints",
                  "step-00000000.safetensors step-00000015.safetensors "
                  "step-00000030.safetensors");
    train_until(&run, STEPS);
    finish(&run);
    run_close(&run);
    compare_with_undisturbed();
}
END_TEST

START_TEST(killed_before_the_header_was_whole)
{
    struct run run;
    char *path;

    open_well(&run, RUN_NEW);
    train_until(&run, 0);
    path = run_file(&run, "trajectory.csv");
    scratch_write(path, "step,ra", 7);
    free(path);
    path = run_file(&run, "spool");
    unlink(path);
    free(path);
    run_close(&run);
    train(RUN_RESUMED);
    compare_with_undisturbed();
}
END_TEST

START_TEST(without_a_checkpoint_it_begins_anew)
{
    struct run run;
    double theta[5];

    open_well(&run, RUN_NEW);
    find_theta(3, theta);
    add_snapshot(&run, 3, theta, theta);
    add_probe(&run, 3);
    run_close(&run);
    open_well(&run, RUN_NEW);
    assert_listed(&run, "",
                  "checkpoints config.yaml language.yaml lock manifest.json");
    train_until(&run, STEPS);
    finish(&run);
    run_close(&run);
    compare_with_undisturbed();
}
END_TEST

/* The newest of the checkpoints, damaged. */
static void damage(struct run *run, const char *name)
{
    char *path = run_file(run, name);
    struct text text = scratch_read(path);

    text.data[text.length - 3] ^= 4;
    scratch_write(path, text.data, text.length);
    text_clear(&text);
    free(path);
}

START_TEST(a_damaged_checkpoint_falls_back_to_the_one_before)
{
    struct checkpoint checkpoint;
    struct error error = { 0 };
    struct run run;

    open_well(&run, RUN_NEW);
    train_until(&run, 50);
    damage(&run, "checkpoints/step-00000045.safetensors");
    run_close(&run);
    open_well(&run, RUN_RESUMED);
    EXPECT(run_resume(&run, &layout, &checkpoint, &error));
    ck_assert_uint_eq(checkpoint.step, 30);
    checkpoint_clear(&checkpoint);
    run_close(&run);
    train(RUN_RESUMED);
    compare_with_undisturbed();
}
END_TEST

START_TEST(no_whole_checkpoint_is_an_error)
{
    struct checkpoint checkpoint;
    struct error error = { 0 };
    struct run run;
    const char *complaint;

    open_well(&run, RUN_NEW);
    train_until(&run, 16);
    damage(&run, "checkpoints/step-00000000.safetensors");
    damage(&run, "checkpoints/step-00000015.safetensors");
    run_close(&run);
    open_well(&run, RUN_RESUMED);
    ck_assert(!run_resume(&run, &layout, &checkpoint, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    complaint = said(&error);
    ck_assert_ptr_nonnull(strstr(complaint, "step-00000000"));
    ck_assert_ptr_nonnull(strstr(complaint, "step-00000015"));
    ck_assert_ptr_nonnull(strstr(complaint, run.partial));
    run_close(&run);
}
END_TEST

START_TEST(swapped_checkpoints_are_noticed)
{
    struct checkpoint checkpoint;
    struct error error = { 0 };
    char *from, *to;
    struct run run;

    open_well(&run, RUN_NEW);
    train_until(&run, 30);
    from = run_file(&run, "checkpoints/step-00000015.safetensors");
    to = run_file(&run, "checkpoints/step-00000030.safetensors");
    ck_assert(file_rename(from, to, &error));
    run_close(&run);
    open_well(&run, RUN_RESUMED);
    EXPECT(run_resume(&run, &layout, &checkpoint, &error));
    ck_assert_uint_eq(checkpoint.step, 0);
    checkpoint_clear(&checkpoint);
    run_close(&run);
    free(from);
    free(to);
}
END_TEST

START_TEST(a_second_process_is_kept_out)
{
    struct run run;
    pid_t child;
    int status;

    open_well(&run, RUN_NEW);
    child = fork();
    if (child == 0) {
        struct error error = { 0 };
        struct run second;
        bool ok = open_run(&second, scratch_path("results"), &error);
        bool told = error.kind == ERROR_STOPPED &&
                    strstr(error.complaints[0].file, run.partial) != NULL;

        _exit(!ok && told ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    run_close(&run);
    open_well(&run, RUN_NEW);
    run_close(&run);
}
END_TEST

/* Root may write everywhere but into a file as if it were a directory. */
START_TEST(an_unwritable_folder_is_refused_at_once)
{
    static const char *const in_the_way[] = { "results", "results/toy" };
    struct error error = { 0 };
    struct run run;

    if (_i == 1)
        ck_assert(file_make_directories(scratch_path("results"), &error));
    scratch_write(scratch_path(in_the_way[_i]), "", 0);
    ck_assert(!open_run(&run, scratch_path("results"), &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_ptr_nonnull(strstr(said(&error), scratch_path(in_the_way[_i])));
    run_close(&run);
}
END_TEST

START_TEST(what_is_in_the_way_is_not_overwritten)
{
    struct error error = { 0 };
    struct run run;
    char *path;

    open_well(&run, RUN_NEW);
    path = memory_copy_text(run.path);
    run_close(&run);
    ck_assert(file_make_directories(path, &error));
    ck_assert(!open_run(&run, scratch_path("results"), &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_ptr_nonnull(strstr(said(&error), path));
    free(path);
}
END_TEST

/* A file-size limit stands for a full disk: all files but trajectory.csv
 * stay below it. */
START_TEST(a_full_disk_can_be_resumed_from)
{
    struct rlimit limit;
    struct error error = { 0 };
    struct run run;
    double theta[5];
    rlim_t before;
    bool ok = true;

    open_well(&run, RUN_NEW);
    train_until(&run, 15);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    before = limit.rlim_cur;
    limit.rlim_cur = 1500;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (size_t step = 20; ok && step < 1000; step += 5) {
        double norms[2] = { 0.123456789012345, 1 };
        struct snapshot snapshot = { .step = step, .tensor_norms = norms };

        find_theta(step, theta);
        ok = run_add_snapshot(&run, &layout, &snapshot, theta, &error);
    }
    ck_assert(!ok);
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_ptr_nonnull(strstr(said(&error), run.partial));
    run_close(&run);
    limit.rlim_cur = before;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    train(RUN_RESUMED);
    compare_with_undisturbed();
}
END_TEST

START_TEST(finishing_can_be_done_again)
{
    struct error error = { 0 };
    struct text text, before;
    struct run run;
    double last[5];
    char *path;

    /* Killed after the trajectory was closed. */
    open_well(&run, RUN_NEW);
    train_until(&run, STEPS);
    find_theta(STEPS, last);
    EXPECT(run_close_trajectory(&run, &layout, last, &error));
    before = read_file("results", true, "trajectory.csv");
    run_close(&run);
    open_well(&run, RUN_RESUMED);
    train_until(&run, STEPS);
    EXPECT(run_close_trajectory(&run, &layout, last, &error));
    EXPECT(run_close_trajectory(&run, &layout, last, &error));
    text = read_file("results", true, "trajectory.csv");
    ck_assert_str_eq(text.data, before.data);
    text_clear(&text);
    text_clear(&before);

    /* Killed after the manifest said so, before the renaming. */
    path = run_file(&run, "manifest.json");
    text = scratch_read(path);
    memcpy(strstr(text.data, "training"), "finished", 8);
    scratch_write(path, text.data, text.length);
    text_clear(&text);
    free(path);
    run_close(&run);
    open_well(&run, RUN_FINISHED);
    ck_assert(file_exists(run.path));
    ck_assert(!file_exists(run.partial));
    run_close(&run);
}
END_TEST

/* Every cell against what was told; cosines by their definition. */
START_TEST(the_trajectory_tells_what_was_recorded)
{
    struct error error = { 0 };
    struct run run;
    struct csv csv;
    double last[5], theta[5];
    char *path;

    train(RUN_NEW);
    open_well(&run, RUN_FINISHED);
    path = run_file(&run, "trajectory.csv");
    EXPECT(csv_read(&csv, path, &error));
    ck_assert_uint_eq(csv.n_rows, STEPS / 5 + 1);
    ck_assert_uint_eq(csv.n_columns, 1 + 19 + 2 * 4 + 2 + 1);
    find_theta(STEPS, last);
    for (size_t r = 0; r < csv.n_rows; r++) {
        size_t step = 5 * r;
        double product = 0, left = 0, right = 0;

        find_theta(step, theta);
        for (size_t i = 0; i < 4; i++) {
            product += theta[i] * last[i];
            left += theta[i] * theta[i];
            right += last[i] * last[i];
        }
        ck_assert_double_eq(csv_value(&csv, r, csv_column(&csv, "step")),
                            (double)step);
        ck_assert_double_eq(csv_value(&csv, r, csv_column(&csv, "loss")),
                            1.0 / (double)(step + 1));
        ck_assert_double_eq(csv_value(&csv, r, csv_column(&csv, "min_margin")),
                            -1);
        ck_assert(isnan(csv_value(&csv, r, csv_column(&csv, "mean_margin"))));
        ck_assert_double_eq(
            csv_value(&csv, r, csv_column(&csv, "norm:layers.0.up.weight")),
            (double)step);
        ck_assert_double_eq(
            csv_value(&csv, r, csv_column(&csv, "norm:layers.1")),
            (double)step);
        ck_assert_double_eq(
            csv_value(&csv, r, csv_column(&csv, "alignment_interval:layers.0")),
            4);
        ck_assert_double_eq_tol(
            csv_value(&csv, r, csv_column(&csv, "cosine_end")),
            product / sqrt(left * right), 1e-14);
    }
    csv_clear(&csv);
    free(path);
    run_close(&run);
}
END_TEST

START_TEST(kept_checkpoints_stay)
{
    struct error error = { 0 };
    double theta[5] = { 1, 2, 3, 4, 5 };
    struct run run;

    open_well(&run, RUN_NEW);
    EXPECT(run_close_trajectory(&run, &layout, theta, &error));
    for (size_t step = 0; step <= 50; step += 10) {
        struct checkpoint checkpoint = { .step = step, .theta = theta };

        EXPECT(
            run_add_checkpoint(&run, &layout, &checkpoint, step == 20, &error));
        if (step == 30) {
            run_close(&run);
            open_well(&run, RUN_RESUMED);
        }
    }
    assert_listed(&run, "checkpoints",
                  "step-00000000.safetensors step-00000020.safetensors "
                  "step-00000040.safetensors step-00000050.safetensors");
    EXPECT(run_finish(&run, &error));
    assert_listed(&run, "checkpoints",
                  "step-00000000.safetensors step-00000020.safetensors "
                  "step-00000050.safetensors");
    run_close(&run);
}
END_TEST

START_TEST(verdicts_and_growth_are_tables)
{
    struct verdict rows[] = {
        { .evaluator = "limit",
          .set = "test[0]",
          .least = 2,
          .most = 30,
          .class = "all",
          .strings = 8,
          .recognised = 6,
          .agreed = 7,
          .undecided = 1,
          .rounding = 2,
          .flagged = 3,
          .interval = { 0.25, 1 },
          .positions = 30,
          .right = 28,
          .membership = 7,
          .loss = 0.5,
          .shortest = (char[]){ "0 1" } },
        { .evaluator = "prior",
          .set = "exhaustive",
          .class = "members",
          .enumerated = true },
    };
    struct growth_fit fit = { "sqrt", "a sqrt(t) + b", 2, 0.5, NAN, 0.75, 10 };
    struct verdicts verdicts = { rows, 2 };
    struct head_profile head = { .mask = HEAD_MASK_ZERO,
                                 .layer = 1,
                                 .head = 3,
                                 .rows = 8,
                                 .mean = 1.5,
                                 .sd = 0.5,
                                 .split = 0.25,
                                 .choices = 6,
                                 .single = 1,
                                 .bins = { 6, 1, 1 },
                                 .class = HEAD_ARGMAX };
    struct head_profiles heads = { &head, 1 };
    struct baseline baseline = { "test[0]", 4, { 2, 3, 0, 0, 4, 1 } };
    struct baselines baselines = { &baseline, 1 };
    struct error error = { 0 };
    struct text text;
    struct run run;

    open_well(&run, RUN_NEW);
    EXPECT(run_write_heads(&run, &heads, &error));
    text = read_file("results", true, "heads.csv");
    ck_assert_str_eq(
        text.data,
        "mask,layer,head,class,rows,mean,sd,split,tied,choices,single,all,1,2,"
        "3-4,5-8,9-16,17-32,33-64,65-128,129-256,257-512,513-1024,1025-\n"
        "zero,1,3,argmax,8,1.5,0.5,0.25,0,6,1,0,6,1,1,0,0,0,0,0,0,0,0,0\n");
    text_clear(&text);
    EXPECT(run_write_verdicts(&run, &verdicts, &error));
    EXPECT(run_write_growth(&run, &fit, 1, &error));
    EXPECT(run_write_baselines(&run, &baselines, &error));
    text = read_file("results", true, "baselines.csv");
    ck_assert_str_eq(text.data, "set,shortcut,strings,right,accuracy\n"
                                "test[0],prior,4,2,0.5\n"
                                "test[0],length,4,3,0.75\n"
                                "test[0],length-parity,4,0,0\n"
                                "test[0],first-last,4,0,0\n"
                                "test[0],counts,4,4,1\n"
                                "test[0],bigrams,4,1,0.25\n");
    text_clear(&text);
    text = read_file("results", true, "verdict.csv");
    ck_assert_str_eq(
        text.data,
        "evaluator,set,least,most,class,enumerated,strings,recognised,agreed,"
        "undecided,rounding,flagged,accuracy,low,high,shortest,positions,right,"
        "membership,loss\n"
        "limit,test[0],2,30,all,0,8,6,7,1,2,3,0.75,0.25,1,0 1,30,28,7,0.5\n"
        "prior,exhaustive,0,0,members,1,0,0,0,0,0,0,,0,0,,0,0,0,0\n");
    text_clear(&text);
    text = read_file("results", true, "growth.csv");
    ck_assert_str_eq(text.data, "law,formula,a,b,p,r2,points\n"
                                "sqrt,a sqrt(t) + b,2,0.5,,0.75,10\n");
    text_clear(&text);
    run_close(&run);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, a_run_goes_from_new_to_finished);
    tcase_add_test(tests, other_settings_are_another_run);
    tcase_add_loop_test(tests, killed_runs_resume_to_the_same_bytes, 0, 3);
    tcase_add_test(tests, stopped_runs_resume_to_the_same_bytes);
    tcase_add_test(tests, torn_ends_are_cut);
    tcase_add_test(tests, killed_before_the_header_was_whole);
    tcase_add_test(tests, without_a_checkpoint_it_begins_anew);
    tcase_add_test(tests, a_damaged_checkpoint_falls_back_to_the_one_before);
    tcase_add_test(tests, no_whole_checkpoint_is_an_error);
    tcase_add_test(tests, swapped_checkpoints_are_noticed);
    tcase_add_test(tests, a_second_process_is_kept_out);
    tcase_add_loop_test(tests, an_unwritable_folder_is_refused_at_once, 0, 2);
    tcase_add_test(tests, what_is_in_the_way_is_not_overwritten);
    tcase_add_test(tests, a_full_disk_can_be_resumed_from);
    tcase_add_test(tests, finishing_can_be_done_again);
    tcase_add_test(tests, the_trajectory_tells_what_was_recorded);
    tcase_add_test(tests, kept_checkpoints_stay);
    tcase_add_test(tests, verdicts_and_growth_are_tables);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
