/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/meter.h"
#include "experiment/footprint.h"
#include "experiment/pipeline.h"
#include "experiment/source.h"
#include "language/language.h"
#include "model/model.h"

/* Test strings of which a shortcut's accuracy says something. */
#define TELLING 100

/* An experiment and what came of its jobs. */
struct entry {
    struct experiment experiment;
    char **paths;            /* [n_jobs] run directories, or NULL */
    struct metrics *metrics; /* [n_jobs] empty where a run failed */
    size_t n_done;
    struct text judgement;
    size_t required[RULINGS], claimed[RULINGS]; /* lines of the judgement */
};

static bool load_all(struct entry *entries, const struct options *options,
                     struct error *error)
{
    bool ok = true;

    for (size_t i = 0; i < options->n_operands; i++) {
        struct entry *entry = &entries[i];
        size_t n;

        if (!experiment_load(&entry->experiment, options->operands[i],
                             options->sets, options->quick, error)) {
            ok = false;
            continue;
        }
        n = entry->experiment.n_jobs;
        entry->paths = memory_new(n, sizeof *entry->paths);
        entry->metrics = memory_new(n, sizeof *entry->metrics);
        if (options->index != NOT_GIVEN && options->index >= n)
            ok = error_set(error, ERROR_CONFIG,
                           "--index: %zu; %s has runs 0..%zu", options->index,
                           options->operands[i], n - 1);
    }
    return ok;
}

static void clear_all(struct entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < entries[i].experiment.n_jobs; j++) {
            metrics_clear(&entries[i].metrics[j]);
            free(entries[i].paths[j]);
        }
        free(entries[i].paths);
        free(entries[i].metrics);
        text_clear(&entries[i].judgement);
        experiment_clear(&entries[i].experiment);
    }
    free(entries);
}

static bool is_wanted(const struct options *options, size_t job)
{
    return options->index == NOT_GIVEN || options->index == job;
}

/* -------------------------------------------------------------- showing */

static void set_count(struct json *object, const char *key, size_t count)
{
    json_set(object, key, json_new_integer((int64_t)count));
}

/* COUNTS are the strings there are to train, validate and test. */
static bool find_footprint(const struct job *job, const size_t counts[3],
                           struct footprint *footprint, struct error *error)
{
    struct language *language = NULL;
    struct job known = *job;

    if (!job_load_language(job, &language, error))
        return false;
    known.settings.data.train.count = counts[0];
    known.settings.data.validation.count = counts[1];
    known.settings.data.test.count = counts[2];
    *footprint = job_footprint(&known, language_alphabet(language)->size);
    language_free(language);
    return true;
}

/* What a job would do: its sizes, LOADED being those of this process. */
static bool describe_sizes(const struct job *job, size_t loaded,
                           struct json *object, struct text *line,
                           struct error *error)
{
    const struct settings *settings = &job->settings;
    const struct data_config *data = &settings->data;
    size_t bins = data->test.length.count > 0 ? data->test.length.count : 1;
    size_t counts[] = { data->train.count, data->validation.count,
                        data->test.count };
    struct footprint footprint;
    size_t bytes;

    if ((data->corpus.file != NULL && !source_count(job, counts, error)) ||
        !find_footprint(job, counts, &footprint, error))
        return false;
    bytes = loaded + footprint_peak(&footprint);
    set_count(object, "parameters", footprint.parameters);
    set_count(object, "steps", settings->train.steps);
    set_count(object, "batch", settings->train.batch);
    set_count(object, "train", counts[0]);
    set_count(object, "validation", counts[1]);
    set_count(object, "test", counts[2] * bins);
    set_count(object, "memory", bytes);
    text_add_format(line, "\t%zu parameters\t", footprint.parameters);
    if (data->train.count == 0)
        text_add(line, "train stream");
    else
        text_add_format(line, "train %zu", counts[0]);
    text_add_format(line, ", validation %zu, test %zu x %zu\t%zu steps of ",
                    counts[1], bins, counts[2], settings->train.steps);
    if (settings->train.batch == 0)
        text_add(line, "all strings");
    else
        text_add_format(line, "%zu", settings->train.batch);
    text_add_format(line, "\t%zu MiB", (bytes + (1 << 20) - 1) >> 20);
    return true;
}

static bool show_job(const struct experiment *experiment, size_t j,
                     const size_t *loaded, struct json *jobs, struct text *out,
                     struct error *error)
{
    const struct job *job = &experiment->jobs[j];
    struct json *object = json_new_object(), *axes = json_new_object();
    struct text line = { 0 };
    bool ok = true;

    set_count(object, "index", j);
    json_set(object, "experiment", json_new_text(job->settings.name));
    for (size_t i = 0; experiment->axes[i] != NULL; i++)
        json_set(axes, experiment->axes[i], json_new_text(job->values[i]));
    json_set(object, "axes", axes);
    text_add_format(&line, "%zu\t%s\t%s", j, job->settings.name, job->axes);
    if (loaded != NULL)
        ok = describe_sizes(job, *loaded, object, &line, error);
    json_append(jobs, object);
    text_add_format(out, "%s\n", line.data);
    text_clear(&line);
    return ok;
}

/* Whether no run would be refused for its language. */
static bool check_all(const struct options *options, struct error *error)
{
    bool ok = true;

    for (size_t i = 0; i < options->n_operands; i++) {
        struct experiment experiment;

        ok &= experiment_load_thoroughly(&experiment, options->operands[i],
                                         options->sets, options->quick, error);
        experiment_clear(&experiment);
    }
    return ok;
}

/* --list and --dry-run.  A run has loaded as much before it begins. */
static bool show_all(const struct entry *entries, const struct options *options,
                     struct error *error)
{
    struct json *jobs = json_new_array();
    struct text out = { 0 };
    size_t loaded = memory_peak();
    bool ok = !options->dry_run || check_all(options, error);

    for (size_t i = 0; ok && i < options->n_operands; i++)
        for (size_t j = 0; ok && j < entries[i].experiment.n_jobs; j++)
            if (is_wanted(options, j))
                ok = show_job(&entries[i].experiment, j,
                              options->dry_run ? &loaded : NULL, jobs, &out,
                              error);
    if (ok && options->json) {
        ok = output_json(jobs, error);
    } else {
        ok = ok && output_text(&out, error);
        json_free(jobs);
    }
    text_clear(&out);
    return ok;
}

/* -------------------------------------------------------------- running */

static const char *get_root(const struct options *options)
{
    return options->output != NULL ? options->output : "results";
}

/* The metric of the shortcut that says most labels of SET; NULL for none. */
static const struct metric *find_shortcut(const struct metrics *metrics,
                                          const char *set)
{
    const struct metric *best = NULL;

    for (size_t i = 0; i < SHORTCUTS; i++) {
        const struct metric *metric;
        struct text name = { 0 };

        text_add_format(&name, "shortcut.%s.%s.accuracy", shortcut_names[i],
                        set);
        metric = metrics_find(metrics, name.data);
        if (metric != NULL && (best == NULL || metric->value > best->value))
            best = metric;
        text_clear(&name);
    }
    return best;
}

/* What can be had of each test bin without knowing the language. */
static void tell_shortcuts(const char *path, const struct metrics *metrics,
                           const struct options *options)
{
    struct text out = { 0 };

    for (size_t b = 0;; b++) {
        const struct metric *best;
        char set[32];

        snprintf(set, sizeof set, "test[%zu]", b);
        best = find_shortcut(metrics, set);
        if (best == NULL)
            break;
        text_add_format(&out, "%s %s %.3f", b > 0 ? "," : "", best->name,
                        best->value);
    }
    if (out.length > 0)
        talk(options, "%s: best shortcuts:%s", path, out.data);
    text_clear(&out);
}

/* A run that diverges is the finding of its own point of the sweep; the
 * others go on. */
static bool run_job(struct entry *entry, size_t j, double deadline,
                    const struct options *options, struct error *error)
{
    const struct job *job = &entry->experiment.jobs[j];
    struct text label = { 0 };
    struct meter meter;
    struct progress progress = { &meter, meter_stage, meter_step, meter_stop };
    struct error mine = { 0 };
    double began = clock_seconds();
    bool found, ok;

    text_add_format(&label, "%s%s%s", job->settings.name,
                    job->axes[0] != '\0' ? " " : "", job->axes);
    meter_init(&meter, options, label.data, deadline);
    ok = pipeline_run(&entry->experiment, job, get_root(options), &progress,
                      &entry->paths[j], &found, &entry->metrics[j], &mine);
    meter_clear(&meter);
    if (ok && found)
        talk(options, "%s: already complete", entry->paths[j]);
    else if (ok)
        talk(options, "%s: done in %.1f s", entry->paths[j],
             clock_seconds() - began);
    if (ok && !found && job->settings.train.steps > 0 &&
        job->settings.data.test.count >= TELLING)
        tell_shortcuts(entry->paths[j], &entry->metrics[j], options);
    if (!ok && mine.kind == ERROR_STOPPED && entry->paths[j] != NULL &&
        !options->quiet)
        error_set(&mine, ERROR_STOPPED,
                  "the same command goes on from where it stopped");
    entry->n_done += ok;
    if (!ok && mine.kind == ERROR_DIVERGED)
        ok = true;
    error_move(error, &mine, entry->paths[j]);
    text_clear(&label);
    return ok;
}

static char *claims_path(const struct entry *entry,
                         const struct options *options)
{
    char *folder =
        file_join(get_root(options), entry->experiment.jobs[0].settings.name);
    char *path =
        file_join(folder, options->quick ? "claims-quick.txt" : "claims.txt");

    free(folder);
    return path;
}

/* Keeps the lines beside the runs, unless they are of fewer runs, or others,
 * than those that the file's claims are about. */
static bool keep_judgement(const struct entry *entry,
                           const struct options *options, struct error *error)
{
    const struct text *lines = &entry->judgement;
    char *path;
    bool ok = true;

    if (lines->length == 0)
        return true;
    path = claims_path(entry, options);
    if (options->n_sets == 0 ||
        experiment_is_whole(&entry->experiment, options->quick))
        ok = file_write(path, lines->data, lines->length, error);
    else
        talk(options,
             "%s: not written: with --set these are not all runs of %s", path,
             entry->experiment.path);
    free(path);
    return ok;
}

/* Judges over all runs of the experiment. */
static bool judge(struct entry *entry, const struct options *options,
                  struct error *error)
{
    const struct experiment *experiment = &entry->experiment;
    size_t n = experiment->n_jobs;
    struct outcome *outcomes = memory_new(n, sizeof *outcomes);

    for (size_t j = 0; j < n; j++)
        outcomes[j] =
            (struct outcome){ (const char *const *)experiment->axes,
                              (const char *const *)experiment->jobs[j].values,
                              &entry->metrics[j] };
    claims_judge(&experiment->require, true, outcomes, n, &entry->judgement,
                 entry->required);
    claims_judge(&experiment->claim, false, outcomes, n, &entry->judgement,
                 entry->claimed);
    text_add(&entry->judgement, "");
    free(outcomes);
    return keep_judgement(entry, options, error);
}

static bool run_experiment(struct entry *entry, double deadline,
                           const struct options *options, struct error *error)
{
    for (size_t j = 0; j < entry->experiment.n_jobs; j++)
        if (is_wanted(options, j) &&
            !run_job(entry, j, deadline, options, error))
            return false;
    if (options->index != NOT_GIVEN)
        return true; /* who runs them all judges them */
    return entry->n_done == 0 || judge(entry, options, error);
}

/* ------------------------------------------------------------- printing */

static size_t count_failed(const struct entry *entry)
{
    return entry->required[RULING_MISSED] + entry->required[RULING_UNKNOWN];
}

static struct json *describe(const struct entry *entry)
{
    const struct experiment *experiment = &entry->experiment;
    struct json *object = json_new_object(), *runs = json_new_array();

    json_set(object, "experiment",
             json_new_text(experiment->jobs[0].settings.name));
    for (size_t j = 0; j < experiment->n_jobs; j++)
        if (entry->paths[j] != NULL && entry->metrics[j].count > 0)
            json_append(runs, json_new_text(entry->paths[j]));
    json_set(object, "runs", runs);
    set_count(object, "passed", entry->required[RULING_HELD]);
    set_count(object, "failed", count_failed(entry));
    set_count(object, "held", entry->claimed[RULING_HELD]);
    set_count(object, "refuted", entry->claimed[RULING_MISSED]);
    set_count(object, "errors", entry->claimed[RULING_UNKNOWN]);
    if (entry->judgement.data != NULL)
        json_set(object, "judgement", json_new_text(entry->judgement.data));
    return object;
}

static bool print_all(const struct entry *entries,
                      const struct options *options, struct error *error)
{
    struct json *all = json_new_array();
    struct text out = { 0 };
    bool ok;

    for (size_t i = 0; i < options->n_operands; i++) {
        const struct entry *entry = &entries[i];

        json_append(all, describe(entry));
        if (entry->judgement.length > 0)
            text_add_format(&out, "%s: %zu of %zu runs\n%s",
                            entry->experiment.jobs[0].settings.name,
                            entry->n_done, entry->experiment.n_jobs,
                            entry->judgement.data);
    }
    if (options->json) {
        text_clear(&out);
        return output_json(all, error);
    }
    ok = output_text(&out, error);
    json_free(all);
    return ok;
}

static bool sum_up(const struct entry *entries, const struct options *options,
                   struct error *error)
{
    size_t passed = 0, failed = 0, held = 0, refuted = 0, errors = 0;
    bool ok;

    for (size_t i = 0; i < options->n_operands; i++) {
        passed += entries[i].required[RULING_HELD];
        failed += count_failed(&entries[i]);
        held += entries[i].claimed[RULING_HELD];
        refuted += entries[i].claimed[RULING_MISSED];
        errors += entries[i].claimed[RULING_UNKNOWN];
    }
    /* One file may take both: the lines on standard output end first. */
    ok = output_finish(error);
    if (passed + failed + held + refuted + errors > 0)
        talk(options,
             "requirements: %zu passed, %zu failed; claims: %zu held, %zu "
             "refuted, %zu without an answer",
             passed, failed, held, refuted, errors);
    if (failed > 0)
        error_set(error, ERROR_FAILED, "%zu requirement%s missed", failed,
                  failed > 1 ? "s" : "");
    if (errors > 0)
        error_set(error, ERROR_FAILED, "%zu claim%s without an answer", errors,
                  errors > 1 ? "s" : "");
    return ok && failed + errors == 0;
}

static bool run(const struct options *options, struct error *error)
{
    struct entry *entries = memory_new(options->n_operands, sizeof *entries);
    double deadline =
        options->max_time > 0 ? clock_seconds() + options->max_time : 0;
    bool ok = load_all(entries, options, error);

    if (ok && options->index != NOT_GIVEN && options->n_operands > 1)
        ok = error_set(error, ERROR_CONFIG,
                       "--index: one experiment at a time, not %zu",
                       options->n_operands);
    if (!ok)
        goto done;
    if (options->dry_run || options->list) {
        ok = show_all(entries, options, error);
        goto done;
    }
    interrupt_start();
    for (size_t i = 0; ok && i < options->n_operands; i++)
        ok = run_experiment(&entries[i], deadline, options, error);
    ok = print_all(entries, options, error) && ok;
    ok = sum_up(entries, options, error) && ok;
done:
    clear_all(entries, options->n_operands);
    return ok;
}

static const struct option options[] = {
    { 0, "quick", OPTION_FLAG, offsetof(struct options, quick), NULL,
      "with the file's quick block" },
    { 0, "dry-run", OPTION_FLAG, offsetof(struct options, dry_run), NULL,
      "show the runs and their sizes, and stop" },
    { 0, "list", OPTION_FLAG, offsetof(struct options, list), NULL,
      "show the runs, one a line, and stop" },
    { 0, "index", OPTION_COUNT, offsetof(struct options, index), "K",
      "only run number K of the list" },
    { 0, "max-time", OPTION_TIME, offsetof(struct options, max_time), "TIME",
      "stop after 90s, 55m, 1h30m; the same command goes on" },
    SET_OPTION("file: train.rate=0.1"),
    OUTPUT_OPTION("where the runs go (results)"),
    { .name = NULL }
};

const struct command run_command = {
    .name = "run",
    .operands = "EXPERIMENT...",
    .summary = "Runs experiments, all points of their sweeps, judges claims.",
    .examples =
        "  saturn run experiments/majority.yaml\n"
        "  saturn run --quick -o /tmp/results experiments/*.yaml\n"
        "  saturn run --set train.rate=0.05 --set seed=7 experiments/dyck-1"
        ".yaml\n"
        "  saturn run --index \"$SLURM_ARRAY_TASK_ID\" experiments/dyck-1.yaml"
        "\n",
    .options = options,
    .least = 1,
    .run = run
};
