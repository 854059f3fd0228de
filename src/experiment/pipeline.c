/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/pipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/entropy.h"
#include "experiment/exposure.h"
#include "experiment/siblings.h"
#include "experiment/source.h"
#include "experiment/start.h"
#include "growth/growth.h"
#include "language/language.h"
#include "model/constructions.h"
#include "model/network.h"
#include "results/course.h"
#include "results/csv.h"
#include "results/journal.h"
#include "results/run.h"
#include "saturation/heads.h"
#include "train/trajectory.h"

/* All that a run needs; every stage adds its own. */
struct pipeline {
    const struct experiment *experiment;
    const struct job *job;
    const struct settings *settings; /* the job's */
    const struct progress *progress;

    struct language *language;
    struct dataset dataset;
    struct network *network;
    double *start;               /* [n_parameters] theta_0 */
    struct evaluator *untrained; /* the network at theta_0 */
    struct run run;
    struct checkpoint checkpoint; /* continued from; empty if new */
    struct evaluator **evaluators;
    struct verdicts verdicts;
    struct baselines baselines; /* what shortcuts say of the same splits */
    struct head_profiles heads;
    struct growth_fit fits[GROWTH_LAWS];
    struct metrics *metrics;

    size_t step; /* while training */
    double loss, norm;
};

/* The stages, in the order of the page. */
static bool load_language(struct pipeline *p, struct error *error);
static bool generate_data(struct pipeline *p, struct error *error);
static bool build_network(struct pipeline *p, struct error *error);
static bool open_run(struct pipeline *p, const char *root, struct error *error);
static bool train(struct pipeline *p, struct error *error);
static bool saturate(struct pipeline *p, struct error *error);
static bool verify(struct pipeline *p, struct error *error);
static bool analyse_heads(struct pipeline *p, struct error *error);
static bool fit_growth(struct pipeline *p, struct error *error);
static bool sum_up(struct pipeline *p, struct error *error);
static bool finish(struct pipeline *p, struct error *error);
static bool read_metrics(struct pipeline *p, struct error *error);
static void clear(struct pipeline *p);

bool pipeline_run(const struct experiment *experiment, const struct job *job,
                  const char *root, const struct progress *progress,
                  char **path, bool *found, struct metrics *metrics,
                  struct error *error)
{
    struct pipeline p = { .experiment = experiment,
                          .job = job,
                          .settings = &job->settings,
                          .progress = progress,
                          .run = { .lock = -1 },
                          .metrics = metrics,
                          .loss = NAN,
                          .norm = NAN };
    bool ok;

    *path = NULL;
    *found = false;
    *metrics = (struct metrics){ 0 };
    ok = load_language(&p, error) && generate_data(&p, error) &&
         build_network(&p, error) && open_run(&p, root, error);
    if (!ok)
        goto done;
    *path = memory_copy_text(p.run.path);
    *found = p.run.state == RUN_FINISHED;
    ok = *found
             ? read_metrics(&p, error)
             : train(&p, error) && saturate(&p, error) && verify(&p, error) &&
                   analyse_heads(&p, error) && fit_growth(&p, error) &&
                   sum_up(&p, error) && finish(&p, error);
done:
    if (!ok)
        metrics_clear(metrics);
    clear(&p);
    return ok;
}

/* ------------------------------------------------------------- progress */

static bool is_stopped(const struct pipeline *p)
{
    const struct progress *progress = p->progress;

    return progress != NULL && progress->stop != NULL &&
           progress->stop(progress->self);
}

/* Says what comes; between two stages a run can be stopped as well. */
static bool begin(const struct pipeline *p, const char *stage,
                  struct error *error)
{
    const struct progress *progress = p->progress;

    if (is_stopped(p))
        return error_set(error, ERROR_STOPPED, "stopped before it could %s",
                         stage);
    if (progress != NULL && progress->stage != NULL)
        progress->stage(progress->self, stage);
    return true;
}

/* ------------------------------------------------- language, data, network */

static bool load_language(struct pipeline *p, struct error *error)
{
    return job_load_language(p->job, &p->language, error);
}

static bool generate_data(struct pipeline *p, struct error *error)
{
    return job_generate(p->experiment, p->job, p->language, &p->dataset, error);
}

/* The evaluators are built once before training, for their complaints. */
static bool build_network(struct pipeline *p, struct error *error)
{
    const struct settings *settings = p->settings;
    size_t n_symbols = language_alphabet(p->language)->size;
    const struct layout *layout;
    struct evaluator **evaluators = NULL;
    bool ok;

    if (!construction_check(&settings->model, n_symbols,
                            &p->experiment->model_place, error))
        return false;
    p->network = network_new_for((enum objective)settings->data.objective,
                                 &settings->model, n_symbols);
    network_init(p->network, settings->seed.init);
    if (p->job->start_path != NULL &&
        !start_load(&settings->train.from, p->job->start_path,
                    &p->experiment->start_place, p->network, error))
        return false;
    layout = network_layout(p->network);
    p->start = memory_copy(network_weights(p->network),
                           layout->n_parameters * sizeof *p->start);
    ok = evaluator_new(&p->untrained, "trained", p->network,
                       &settings->saturation, error) &&
         evaluators_new(&evaluators, p->network, &settings->saturation, error);
    evaluators_free(evaluators);
    return ok;
}

/* Engines round differently: what two of them computed is neither's run. */
static bool check_engine(const struct pipeline *p, struct error *error)
{
    struct place place = { .file = p->run.partial };
    const char *engine = network_engine(p->network), *begun;

    begun = json_as_text(json_get(p->run.manifest, "engine"));
    return p->run.state != RUN_RESUMED || begun == NULL ||
           strcmp(begun, engine) == 0 ||
           error_add(error, ERROR_CONFIG, &place, NULL,
                     "was begun with the engine %s, and this is %s; accepted: "
                     "SATURN_ISA=%s in the environment, or a new beginning "
                     "without this directory",
                     begun, engine, begun + strcspn(begun, " ") + 1);
}

static bool open_run(struct pipeline *p, const char *root, struct error *error)
{
    const struct negatives *negatives = &p->settings->data.negatives;
    struct text siblings = { 0 };
    bool ok =
        siblings_read(negatives, &siblings, error) &&
        run_open(&p->run, root, p->settings->name, p->job->axes, p->job->config,
                 language_source(p->language), siblings.data, error);

    text_clear(&siblings);
    if (!ok || p->run.state == RUN_FINISHED)
        return ok;
    if (!check_engine(p, error))
        return false;
    run_note(&p->run, "engine", network_engine(p->network));
    if (p->job->quick && p->run.state == RUN_NEW)
        run_note(&p->run, "scale", "quick");
    return siblings_keep(negatives, p->run.partial, error) &&
           source_keep(&p->settings->data.corpus, p->run.partial, error) &&
           (p->job->start_path == NULL ||
            start_keep(p->job->start_path, p->run.partial, error));
}

/* ------------------------------------------------------------- training */

static bool record(void *self, const struct snapshot *snapshot,
                   const double *theta, struct error *error)
{
    struct pipeline *p = self;

    p->loss = snapshot->pass.loss;
    p->norm = snapshot->norm;
    return run_add_snapshot(&p->run, network_layout(p->network), snapshot,
                            theta, error);
}

/* Evaluators that cost little enough to be asked along the run. */
static bool probe_evaluators(const struct pipeline *p,
                             const struct network *network,
                             struct evaluator **list, struct error *error)
{
    const struct saturation_config *config = &p->settings->saturation;
    size_t n = 0;

    return evaluator_new(&list[n++], "trained", network, config, error) &&
           (!config->limit ||
            evaluator_new(&list[n++], "limit", network, config, error)) &&
           (!config->attention ||
            evaluator_new(&list[n++], "attention", network, config, error));
}

/* The first strings of the validation split; borrows. */
static struct examples probe_examples(const struct dataset *dataset)
{
    struct examples view = dataset->validation;

    if (view.strings.count > PROBE_STRINGS)
        view.strings.count = PROBE_STRINGS;
    return view;
}

static struct verification verification(const struct pipeline *p,
                                        struct evaluator **evaluators,
                                        struct error *error)
{
    return (struct verification){
        .config = &p->settings->verify,
        .dataset = &p->dataset,
        .evaluators = evaluators,
        .nonnegative = p->settings->accept == ACCEPT_NONNEGATIVE,
        .error = error,
    };
}

/* A row of probes.csv while it is built. */
struct probe_row {
    char **names;
    double *values;
    size_t count;
};

static void clear_probe(struct probe_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        free(row->names[i]);
    free(row->names);
    free(row->values);
}

static void probe_add(struct probe_row *row, const char *evaluator,
                      const char *measure, double value)
{
    struct text name = { 0 };

    text_add_format(&name, "%s%s%s", evaluator, evaluator[0] != '\0' ? "." : "",
                    measure);
    row->names = memory_resize(row->names, row->count + 1, sizeof *row->names);
    row->values =
        memory_resize(row->values, row->count + 1, sizeof *row->values);
    row->names[row->count] = text_take(&name);
    row->values[row->count++] = value;
}

static void probe_add_verdicts(struct probe_row *row,
                               const struct verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->count; i++) {
        const struct verdict *verdict = &verdicts->rows[i];

        if (strcmp(verdict->class, "all") != 0)
            continue;
        probe_add(row, verdict->evaluator, "accuracy",
                  verdict_share(verdict, verdict->recognised));
        probe_add(row, verdict->evaluator, "agreement",
                  verdict_share(verdict, verdict->agreed));
        probe_add(row, verdict->evaluator, "undecided",
                  verdict_share(verdict, verdict->undecided));
        if (objective_is_sequence(verdict->objective))
            probe_add(row, verdict->evaluator, "position_accuracy",
                      (double)verdict->right / (double)verdict->positions);
    }
}

static double encoder_norm(const struct pipeline *p, const double *theta)
{
    return parameter_norms(network_layout(p->network), theta, NULL).norm;
}

/* After each layer, [n_layers], freed by the caller; NaN where the limit is
 * not asked for or there is nothing to look at. */
static double *measure_saturation(const struct pipeline *p,
                                  const struct network *network)
{
    const struct examples view = probe_examples(&p->dataset);
    size_t n = p->settings->model.n_layers;
    double *layers = memory_new(n, sizeof *layers);

    for (size_t l = 0; l < n; l++)
        layers[l] = NAN;
    if (p->settings->saturation.limit && view.strings.count > 0)
        saturation_measure(network, &p->settings->saturation, &view.strings,
                           layers);
    return layers;
}

static void probe_add_saturation(struct probe_row *row,
                                 const struct pipeline *p,
                                 const struct network *network)
{
    size_t n = p->settings->model.n_layers;
    double *layers = measure_saturation(p, network);

    probe_add(row, "", "saturation", layers[n - 1]);
    for (size_t l = 0; l < n; l++) {
        char name[48];

        snprintf(name, sizeof name, "saturation.layers[%zu]", l);
        probe_add(row, "", name, layers[l]);
    }
    free(layers);
}

static bool probe(void *self, size_t step, const struct network *network,
                  struct error *error)
{
    struct pipeline *p = self;
    struct examples view = probe_examples(&p->dataset);
    struct evaluator *list[4] = { NULL };
    struct verification asked = verification(p, list, error);
    struct verdicts verdicts = { 0 };
    struct probe_row row = { .count = 0 };
    double norm = encoder_norm(p, network_weights(network));
    bool ok = probe_evaluators(p, network, list, error);

    if (ok && view.strings.count > 0) {
        verify_examples(&asked, "validation", &view, &verdicts);
        ok = error->count == 0;
    }
    if (ok && view.strings.count > 0) {
        probe_add(&row, "", "norm", norm);
        probe_add(&row, "", "norm_ratio", norm / encoder_norm(p, p->start));
        probe_add_saturation(&row, p, network);
        probe_add_verdicts(&row, &verdicts);
        ok = run_add_probe(&p->run, step, (const char *const *)row.names,
                           row.values, row.count, error);
    }
    clear_probe(&row);
    for (size_t i = 0; list[i] != NULL; i++)
        evaluator_free(list[i]);
    verdicts_clear(&verdicts);
    return ok;
}

/* Log-spaced checkpoints are there to be looked at and stay; regular ones
 * only save work when a run is stopped. */
static bool checkpoint(void *self, size_t step, const double *theta,
                       const double *recorded, double *const *slots,
                       struct error *error)
{
    struct pipeline *p = self;
    const struct train_config *config = &p->settings->train;
    struct checkpoint now = { .step = step,
                              .theta = (double *)theta,
                              .recorded = (double *)recorded };
    bool keep = config->checkpoint.log > 0 &&
                cadence_due(&config->checkpoint, step, config->steps);

    for (size_t i = 0; i < SLOTS && slots != NULL; i++)
        now.slots[i] = slots[i];
    return run_add_checkpoint(&p->run, network_layout(p->network), &now, keep,
                              error);
}

static bool stop(void *self)
{
    struct pipeline *p = self;
    const struct progress *progress = p->progress;

    if (progress != NULL && progress->step != NULL)
        progress->step(progress->self, p->step, p->settings->train.steps,
                       p->loss, p->norm);
    p->step++;
    return is_stopped(p);
}

/* NEXT is one more than the last step of file NAME.  What a run recorded
 * before its checkpoint cannot be measured again: a gap would stay. */
static bool check_rows(const struct pipeline *p, const char *name,
                       const struct cadence *cadence, size_t next,
                       struct error *error)
{
    size_t steps = p->settings->train.steps, due = p->checkpoint.step + 1;
    struct place place = { .file = p->run.partial };

    while (due > 0 && !cadence_due(cadence, due - 1, steps))
        due--;
    return next == due ||
           error_add(error, ERROR_IO, &place, NULL,
                     "has lost rows of %s before step %zu; remove it to begin "
                     "anew",
                     name, p->checkpoint.step);
}

/* Puts the network where the run was stopped. */
static bool resume(struct pipeline *p, struct error *error)
{
    const struct layout *layout = network_layout(p->network);
    const struct train_config *config = &p->settings->train;

    if (p->run.state != RUN_RESUMED)
        return true;
    if (!run_resume(&p->run, layout, &p->checkpoint, error) ||
        !check_rows(p, TRAJECTORY_FILE, &config->record, p->run.next_record,
                    error) ||
        (p->dataset.validation.strings.count > 0 &&
         !check_rows(p, PROBES_FILE, &config->probe, p->run.next_probe, error)))
        return false;
    network_set(p->network, p->checkpoint.theta);
    p->step = p->checkpoint.step;
    return true;
}

static bool train(struct pipeline *p, struct error *error)
{
    const struct train_config *config = &p->settings->train;
    struct observer observer = { p, record, probe, checkpoint, stop };
    struct trainer trainer = { .config = config,
                               .dataset = &p->dataset,
                               .network = p->network,
                               .order_seed = p->settings->seed.order,
                               .observer = &observer,
                               .start = p->start };
    const double *last = network_weights(p->network);

    if (!begin(p, "train", error) || !resume(p, error))
        return false;
    trainer.step = p->checkpoint.step;
    trainer.recorded = p->checkpoint.recorded;
    /* Nothing is left to do at the end, and nothing remembered then. */
    if (p->checkpoint.recorded != NULL && trainer.step < config->steps)
        trainer.slots = p->checkpoint.slots;
    if (!trainer_run(&trainer, error))
        return false;
    /* The last parameters are kept even if no checkpoint is ever due. */
    if (!cadence_due(&config->checkpoint, config->steps, config->steps) &&
        !checkpoint(p, config->steps, last, last, NULL, error))
        return false;
    return run_close_trajectory(&p->run, network_layout(p->network), last,
                                error);
}

/* ------------------------------------------------------- what came of it */

static bool saturate(struct pipeline *p, struct error *error)
{
    return begin(p, "saturate", error) &&
           evaluators_new(&p->evaluators, p->network, &p->settings->saturation,
                          error);
}

/* Rows of the untrained network, as evaluator "untrained", beside what the
 * trained one decides. */
static void verify_untrained(struct pipeline *p, const char *set,
                             const struct examples *examples,
                             struct error *error)
{
    struct evaluator *list[] = { p->evaluators[0], p->untrained, NULL };
    struct verification asked = verification(p, list, error);
    struct verdicts both = { 0 };

    verify_examples(&asked, set, examples, &both);
    p->verdicts.rows =
        memory_resize(p->verdicts.rows, p->verdicts.count + both.count + 1,
                      sizeof *p->verdicts.rows);
    for (size_t i = both.count / 2; i < both.count; i++) {
        struct verdict *row = &p->verdicts.rows[p->verdicts.count++];

        *row = both.rows[i];
        both.rows[i].shortest = NULL;
        snprintf(row->evaluator, sizeof row->evaluator, "untrained");
    }
    verdicts_clear(&both);
}

static void verify_splits(struct pipeline *p, const struct verification *asked)
{
    const struct dataset *dataset = &p->dataset;

    if (dataset->validation.strings.count > 0)
        verify_examples(asked, "validation", &dataset->validation,
                        &p->verdicts);
    for (size_t i = 0; i < dataset->n_tests; i++) {
        char set[32];

        snprintf(set, sizeof set, "test[%zu]", i);
        verify_examples(asked, set, &dataset->tests[i], &p->verdicts);
        verify_untrained(p, set, &dataset->tests[i], asked->error);
    }
    verify_prior(asked, &p->verdicts);
    baselines_measure(dataset, &p->baselines);
}

static bool verify(struct pipeline *p, struct error *error)
{
    struct verification asked = verification(p, p->evaluators, error);

    if (!begin(p, "verify on the splits", error))
        return false;
    verify_splits(p, &asked);
    if (!begin(p, "verify on every short string", error))
        return false;
    verify_exhaustive(&asked, &p->verdicts);
    if (!begin(p, "verify on fresh samples", error))
        return false;
    verify_samples(&asked, &p->verdicts);
    return error->count == 0 &&
           run_write_verdicts(&p->run, &p->verdicts, error) &&
           run_write_baselines(&p->run, &p->baselines, error);
}

/* Heads are those of the limit, over the strings of the probes. */
static bool analyse_heads(struct pipeline *p, struct error *error)
{
    const struct saturation_config *config = &p->settings->saturation;
    const struct examples view = probe_examples(&p->dataset);

    if (!config->limit || view.strings.count == 0)
        return true;
    if (!begin(p, "analyse heads", error))
        return false;
    heads_measure(p->network, config->orders, &view.strings, &p->heads);
    return run_write_heads(&p->run, &p->heads, error);
}

/* Takes the series from the file, which a resumed run shares with itself. */
static bool read_trajectory(const struct pipeline *p, struct csv *csv,
                            struct error *error)
{
    char *path = run_file(&p->run, "trajectory.csv");
    bool ok = !file_exists(path) || csv_read(csv, path, error);

    free(path);
    return ok;
}

static bool fit_growth(struct pipeline *p, struct error *error)
{
    struct csv csv = { 0 };
    double *steps, *norms;

    if (!begin(p, "fit growth laws", error) || !read_trajectory(p, &csv, error))
        return false;
    steps = memory_new(csv.n_rows + 1, sizeof *steps);
    norms = memory_new(csv.n_rows + 1, sizeof *norms);
    for (size_t i = 0; i < csv.n_rows; i++) {
        steps[i] = csv_value(&csv, i, csv_column(&csv, "step"));
        norms[i] = csv_value(&csv, i, csv_column(&csv, "norm"));
    }
    growth_fit(steps, norms, csv.n_rows, p->fits);
    if (csv.n_rows > 0)
        p->loss = csv_value(&csv, csv.n_rows - 1, csv_column(&csv, "loss"));
    metrics_add_trajectory(p->metrics, &csv);
    free(steps);
    free(norms);
    csv_clear(&csv);
    return run_write_growth(&p->run, p->fits, GROWTH_LAWS, error);
}

static void add_split(struct metrics *metrics, const char *split,
                      const struct examples *examples, double seen)
{
    struct text name = { 0 };
    size_t stem;

    text_add_format(&name, "dataset.%s.", split);
    stem = name.length;
    text_add(&name, "strings");
    metrics_add(metrics, name.data, (double)examples->strings.count);
    name.length = stem;
    text_add(&name, "distinct");
    metrics_add(metrics, name.data, (double)examples_distinct(examples));
    name.length = stem;
    text_add(&name, "seen");
    if (!isnan(seen))
        metrics_add(metrics, name.data, seen);
    text_clear(&name);
}

/* How much of each split there is, and how much of it training has seen. */
static void add_splits(struct pipeline *p)
{
    const struct dataset *dataset = &p->dataset;
    size_t n = 1 + dataset->n_tests;
    const struct examples **splits = memory_new(n, sizeof *splits);
    double *seen = memory_new(n, sizeof *seen);

    splits[0] = &dataset->validation;
    for (size_t i = 1; i < n; i++)
        splits[i] = &dataset->tests[i - 1];
    exposure_measure(dataset, trainer_batch(&p->settings->train, dataset),
                     p->settings->train.steps, splits, n, seen);
    if (dataset->train.strings.count > 0)
        add_split(p->metrics, "train", &dataset->train, NAN);
    for (size_t i = 0; i < n; i++) {
        char name[32] = "validation";

        if (i > 0)
            snprintf(name, sizeof name, "test[%zu]", i - 1);
        add_split(p->metrics, name, splits[i], seen[i]);
    }
    free(splits);
    free(seen);
}

static size_t count_tokens(const struct strings *strings)
{
    return strings->count > 0 ? tokens_before(strings, strings->count) : 0;
}

/* What a model of a text loses that knows how frequent its words are. */
static bool add_unigrams(struct pipeline *p, struct error *error)
{
    struct examples *parts[] = { &p->dataset.validation, p->dataset.tests };
    static const char *const names[] = { "dataset.validation.unigram",
                                         "dataset.test[0].unigram" };

    for (size_t i = 0; dataset_is_corpus(&p->dataset) && i < 2; i++) {
        if (!dataset_aim(&p->dataset, parts[i], error))
            return false;
        metrics_add(
            p->metrics, names[i],
            entropy_of_targets(parts[i], language_alphabet(p->language)->size));
    }
    return true;
}

/* What each evaluator loses on a test bin beyond the entropy of its draws,
 * and the least that can be lost without looking at what came before. */
static void add_excess(struct pipeline *p)
{
    for (size_t i = 0; i < p->verdicts.count; i++) {
        const struct verdict *verdict = &p->verdicts.rows[i];
        struct text name = { 0 };
        double entropy;
        size_t bin;

        if (verdict->objective != OBJECTIVE_NEXT_TOKEN ||
            strcmp(verdict->class, "all") != 0 || isnan(verdict->loss) ||
            sscanf(verdict->set, "test[%zu]", &bin) != 1 ||
            verdict->positions < count_tokens(&p->dataset.tests[bin].strings))
            continue; /* of a transduction only the target part is lost on */
        entropy = entropy_of_members(&p->dataset, bin);
        if (isnan(entropy))
            continue;
        text_add_format(&name, "dataset.%s.entropy", verdict->set);
        metrics_add(p->metrics, name.data, entropy);
        name.length = 0;
        text_add_format(&name, "dataset.%s.unigram", verdict->set);
        metrics_add(p->metrics, name.data,
                    entropy_of_symbols(&p->dataset.tests[bin].strings,
                                       language_alphabet(p->language)->size));
        name.length = 0;
        text_add_format(&name, "%s.%s.excess", verdict->evaluator,
                        verdict->set);
        metrics_add(p->metrics, name.data, verdict->loss - entropy);
        text_clear(&name);
    }
}

/* Trained and untrained, layer by layer: metrics, and saturation.csv. */
static bool add_saturation(struct pipeline *p, struct error *error)
{
    size_t n = p->settings->model.n_layers;
    struct network *untrained = network_scaled(
        p->network, 1, (enum precision)p->settings->model.precision);
    double *before, *after = measure_saturation(p, p->network);
    bool ok;

    network_set(untrained, p->start);
    before = measure_saturation(p, untrained);
    metrics_add_saturation(p->metrics, before, after, n);
    ok = isnan(after[n - 1]) ||
         run_write_saturation(&p->run, before, after, n, error);
    network_free(untrained);
    free(before);
    free(after);
    return ok;
}

static bool sum_up(struct pipeline *p, struct error *error)
{
    struct metrics *metrics = p->metrics;
    double start = encoder_norm(p, p->start);
    double final = encoder_norm(p, network_weights(p->network));

    if (!begin(p, "sum up", error))
        return false;
    metrics_add_word(metrics, "language.counts",
                     language_counts_checked(p->language) > 0 ? "exact"
                                                              : "unchecked");
    metrics_add(metrics, "steps", (double)p->settings->train.steps);
    metrics_add(metrics, "loss.final", p->loss);
    metrics_add(metrics, "norm.start", start);
    metrics_add(metrics, "norm.final", final);
    metrics_add(metrics, "norm.ratio", final / start);
    if (!add_saturation(p, error))
        return false;
    add_splits(p);
    metrics_add_verdicts(metrics, &p->verdicts);
    metrics_add_baselines(metrics, &p->baselines);
    metrics_add_heads(metrics, &p->heads);
    add_excess(p);
    return add_unigrams(p, error);
}

/* -------------------------------------------------------------- the run */

static bool finish(struct pipeline *p, struct error *error)
{
    char *path = run_file(&p->run, "metrics.json");
    bool ok =
        metrics_write(p->metrics, path, error) && run_finish(&p->run, error);

    free(path);
    return ok;
}

static bool read_metrics(struct pipeline *p, struct error *error)
{
    char *path = run_file(&p->run, "metrics.json");
    bool ok = metrics_read(p->metrics, path, error);

    free(path);
    return ok;
}

static void clear(struct pipeline *p)
{
    evaluators_free(p->evaluators);
    evaluator_free(p->untrained);
    verdicts_clear(&p->verdicts);
    baselines_clear(&p->baselines);
    head_profiles_clear(&p->heads);
    checkpoint_clear(&p->checkpoint);
    run_close(&p->run);
    free(p->start);
    network_free(p->network);
    dataset_clear(&p->dataset);
    language_free(p->language);
}
