/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/experiment.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "experiment/consistency.h"
#include "experiment/forecast.h"
#include "experiment/siblings.h"
#include "experiment/source.h"
#include "experiment/start.h"
#include "experiment/tree.h"
#include "language/language.h"
#include "model/constructions.h"
#include "results/manifest.h"

/* What loading works with; the experiment keeps the rest. */
struct loader {
    struct experiment *experiment;
    struct trees *trees;
    bool either;    /* a file without a quick block is its own quick one */
    bool thorough;  /* hold the jobs against their languages as well */
    bool was_sound; /* the job before was, as far as that */
    struct error *error;
};

/* ----------------------------------------------------------- complaints */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool has_complaint(const struct error *error, const struct complaint *c)
{
    for (size_t i = 0; i < error->count; i++) {
        const struct complaint *old = &error->complaints[i];

        if (old->line == c->line && old->column == c->column &&
            same_text(old->file, c->file) && same_text(old->key, c->key) &&
            strcmp(old->text, c->text) == 0)
            return true;
    }
    return false;
}

/* Adds the complaints of MORE that ERROR has not, and clears MORE: the jobs
 * of a sweep are wrong in the same places. */
static void gather(struct error *error, struct error *more)
{
    for (size_t i = 0; i < more->count; i++) {
        const struct complaint *c = &more->complaints[i];
        struct place place = { c->file, c->line, c->column };

        if (!has_complaint(error, c))
            error_add(error, more->kind, &place, c->key, "%s", c->text);
    }
    error_clear(more);
}

/* Whether PATH is called as what a run keeps of its settings. */
static bool is_config(const char *path)
{
    const char *base = strrchr(path, '/');

    return strcmp(base != NULL ? base + 1 : path, "config.yaml") == 0;
}

/* A run's directory holds its own language. */
static bool find_language(const struct loader *loader, struct job *job,
                          const struct place *place, struct error *error)
{
    const char *path = loader->experiment->path;

    if (is_config(path)) {
        char *folder = file_folder(path);
        char *beside = file_join(folder, "language.yaml");

        free(folder);
        if (file_exists(beside)) {
            job->language_path = beside;
            return true;
        }
        free(beside);
    }
    if (job->settings.data.corpus.file != NULL)
        return true;
    return language_find(job->settings.language.file, path, place, "language",
                         &job->language_path, error);
}

/* Where the job stands, in the forms that others want. */
static void describe_job(const struct loader *loader, size_t j, struct job *job)
{
    const struct sweep *sweep = &loader->trees->sweep;
    struct text config = { 0 }, axes = { 0 };

    schema_print(experiment_fields, &job->settings, 0, false, &config);
    text_add(&config, sweep->count > 0 ? "sweep: {" : "");
    text_add(&axes, "");
    job->values = memory_new(sweep->count + 1, sizeof *job->values);
    for (size_t i = 0; i < sweep->count; i++) {
        struct text value = { 0 };

        yaml_add_flow(&value, sweep_value(sweep, j, i));
        text_add(&config, i > 0 ? ", " : "");
        yaml_add_scalar(&config, sweep->axes[i].name);
        text_add_format(&config, ": [%s]", value.data);
        text_add_format(&axes, "%s%s=%s", i > 0 ? "," : "", sweep->axes[i].name,
                        value.data);
        job->values[i] = text_take(&value);
    }
    text_add(&config, sweep->count > 0 ? "}\n" : "");
    job->config = text_take(&config);
    job->axes = text_take(&axes);
}

/* Whether both have the same values for its parameters, too. */
static bool has_same_language(const struct job *a, const struct job *b)
{
    const struct parameters *x = &a->settings.language.values;
    const struct parameters *y = &b->settings.language.values;
    bool same =
        same_text(a->language_path, b->language_path) && x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++)
        same = strcmp(x->items[i].name, y->items[i].name) == 0 &&
               x->items[i].value == y->items[i].value;
    return same;
}

/* Jobs that differ elsewhere only share their answer. */
static bool has_same_data(const struct job *a, const struct job *b)
{
    struct text x = { 0 }, y = { 0 };
    bool same = has_same_language(a, b);

    schema_print(data_fields, &a->settings.data, 0, false, &x);
    schema_print(data_fields, &b->settings.data, 0, false, &y);
    if (a->start_path != NULL || b->start_path != NULL) {
        schema_print(train_fields, &a->settings.train, 0, false, &x);
        schema_print(train_fields, &b->settings.train, 0, false, &y);
    }
    if (a->settings.model.construction != CONSTRUCTION_NONE ||
        a->start_path != NULL) {
        schema_print(model_fields, &a->settings.model, 0, false, &x);
        schema_print(model_fields, &b->settings.model, 0, false, &y);
    }
    same = same && strcmp(x.data, y.data) == 0;
    text_clear(&x);
    text_clear(&y);
    return same;
}

/* Jobs alike in what the language must answer for share the answer, unless it
 * was not asked. */
static bool is_news(const struct loader *loader, size_t j, bool sound)
{
    const struct job *jobs = loader->experiment->jobs;

    return j == 0 || (sound && !loader->was_sound) ||
           !has_same_data(&jobs[j], &jobs[j - 1]);
}

static bool read_job(struct loader *loader, size_t j, struct error *error)
{
    struct job *job = &loader->experiment->jobs[j];
    struct yaml_node *tree = trees_build(loader->trees, j, error);
    bool ok = error->count == 0, sound;

    ok &= schema_read(experiment_fields, tree, "", experiment_blocks,
                      &job->settings, error);
    ok &= consistency_check(&job->settings, tree, error);
    if (job->settings.language.file != NULL)
        ok &= find_language(loader, job, yaml_place(tree, "language"), error);
    job->data_place = *yaml_place(tree, "data");
    ok &= source_find(&job->settings.data.corpus, loader->experiment->path,
                      yaml_place(tree, "data.corpus.file"), error);
    ok &= siblings_find(&job->settings.data.negatives, loader->experiment->path,
                        yaml_place(tree, "data.negatives"), error);
    if (job->settings.train.from.file != NULL)
        ok &=
            start_find(&job->settings.train.from, loader->experiment->path,
                       yaml_place(tree, "train.from"), &job->start_path, error);
    if (ok)
        describe_job(loader, j, job);
    sound = ok;
    if (loader->thorough && is_news(loader, j, sound))
        ok &= consistency_check_language(job, tree, error);
    loader->was_sound = sound;
    yaml_node_free(tree);
    return ok;
}

/* --------------------------------------------------------------- loading */

/* What a value of an axis makes of the first job. */
struct made {
    char *settings;
    size_t value;
};

static int by_settings(const void *a, const void *b)
{
    const struct made *x = a, *y = b;
    int order = strcmp(x->settings, y->settings);

    return order != 0 ? order : (x->value > y->value) - (x->value < y->value);
}

static bool refuse_again(const struct axis *axis, size_t value, size_t before,
                         struct error *error)
{
    struct text path = { 0 }, shown = { 0 };

    text_add_format(&path, "sweep.%s", axis->name);
    yaml_add_flow(&shown, axis->values[value]);
    error_add(error, ERROR_CONFIG, &axis->values[value]->place, path.data,
              "%s, value %zu, is value %zu again", shown.data, value + 1,
              before + 1);
    text_clear(&path);
    text_clear(&shown);
    return false;
}

/* Two values of an axis, whose jobs are STEP apart, may be one that is written
 * in two ways: 0.1 and 1/10. */
static bool check_distinct(const struct loader *loader, const struct axis *axis,
                           size_t step)
{
    struct made *made = memory_new(axis->count, sizeof *made);
    bool ok = true;

    for (size_t i = 0; i < axis->count; i++) {
        struct text text = { 0 };

        schema_print(experiment_fields,
                     &loader->experiment->jobs[i * step].settings, 0, false,
                     &text);
        made[i] = (struct made){ text_take(&text), i };
    }
    qsort(made, axis->count, sizeof *made, by_settings);
    for (size_t i = 1; i < axis->count; i++)
        if (strcmp(made[i - 1].settings, made[i].settings) == 0)
            ok = refuse_again(axis, made[i].value, made[i - 1].value,
                              loader->error);
    for (size_t i = 0; i < axis->count; i++)
        free(made[i].settings);
    free(made);
    return ok;
}

static bool check_sweep(const struct loader *loader)
{
    const struct sweep *sweep = &loader->trees->sweep;
    size_t step = 1;
    bool ok = true;

    for (size_t a = sweep->count; a-- > 0; step *= sweep->axes[a].count)
        ok &= check_distinct(loader, &sweep->axes[a], step);
    return ok;
}

static bool read_jobs(struct loader *loader)
{
    struct experiment *experiment = loader->experiment;
    bool ok = sweep_jobs(&loader->trees->sweep,
                         yaml_place(loader->trees->root, "sweep"),
                         &experiment->n_jobs, loader->error);

    if (!ok)
        experiment->n_jobs = 0;
    experiment->jobs =
        memory_new(experiment->n_jobs + 1, sizeof *experiment->jobs);
    for (size_t j = 0; j < experiment->n_jobs; j++) {
        struct error mine = { 0 };

        ok &= read_job(loader, j, &mine);
        gather(loader->error, &mine);
    }
    return ok && check_sweep(loader);
}

static void name_axes(struct loader *loader)
{
    struct experiment *experiment = loader->experiment;
    size_t count = loader->trees->sweep.count;

    experiment->axes = memory_new(count + 1, sizeof *experiment->axes);
    for (size_t i = 0; i < count; i++)
        experiment->axes[i] =
            memory_copy_text(loader->trees->sweep.axes[i].name);
}

/* Claims speak of axes, which are not known where the sweep is WRONG. */
static bool read_claims(struct loader *loader, bool wrong)
{
    struct experiment *experiment = loader->experiment;
    const char *const *axes =
        wrong ? NULL : (const char *const *)experiment->axes;
    bool ok = claims_read(&experiment->require,
                          yaml_get(loader->trees->root, "require"), "require",
                          axes, loader->error);

    ok &=
        claims_read(&experiment->claim, yaml_get(loader->trees->root, "claim"),
                    "claim", axes, loader->error);
    return ok;
}

static bool check_claims(const struct loader *loader,
                         const char *const *overrides, bool quick)
{
    struct experiment *experiment = loader->experiment;
    bool set = overrides != NULL && overrides[0] != NULL;
    enum narrowing narrowing = set     ? NARROWED_BY_USER
                               : quick ? NARROWED_BY_FILE
                                       : NARROWED_NOT;
    bool ok = forecast_claims(experiment, &experiment->require, narrowing,
                              loader->error);

    ok &= forecast_claims(experiment, &experiment->claim, narrowing,
                          loader->error);
    return ok;
}

/* At full scale, runs would pass for quick ones. */
static bool has_quick(const struct loader *loader, const struct yaml_node *root)
{
    struct place place = { .file = loader->experiment->path };
    const struct yaml_node *quick = yaml_get(root, "quick");

    return (quick != NULL && !yaml_is_null(quick)) ||
           error_add(loader->error, ERROR_CONFIG, &place, "quick",
                     "there is no quick block; leave out --quick, or write "
                     "one: quick: {train.steps: 100}");
}

static bool load(struct loader *loader, const char *const *overrides,
                 bool quick)
{
    struct experiment *experiment = loader->experiment;
    struct yaml_node *root;
    bool ok, swept;

    if (!yaml_load(&experiment->document, experiment->path, loader->error))
        return false;
    root = experiment->document.root;
    if (root->kind != YAML_MAP)
        return schema_complain(
            root, "", "a map of experiment, language, data...", loader->error);
    experiment->model_place = *yaml_place(root, "model");
    experiment->start_place = *yaml_place(root, "train.from");
    loader->trees = memory_new(1, sizeof *loader->trees);
    experiment->trees = loader->trees;
    swept = trees_init(loader->trees, root, overrides, quick, loader->error);
    name_axes(loader);
    ok = read_jobs(loader) && swept;
    ok &= !quick || loader->either || has_quick(loader, root);
    ok &= read_claims(loader, !swept);
    return ok && check_claims(loader, overrides, quick);
}

static bool has_run(const struct experiment *experiment, const struct job *job)
{
    for (size_t j = 0; j < experiment->n_jobs; j++)
        if (strcmp(experiment->jobs[j].axes, job->axes) == 0 &&
            strcmp(experiment->jobs[j].config, job->config) == 0)
            return true;
    return false;
}

/* Whether the file is the config.yaml of a quick run. */
static bool is_of_quick(const struct experiment *experiment)
{
    char *folder = file_folder(experiment->path);
    struct error ignored = { 0 };
    struct json *manifest = NULL;
    bool quick;

    if (is_config(experiment->path))
        manifest = manifest_read(folder, &ignored);
    quick = manifest_is_quick(manifest);
    json_free(manifest);
    error_clear(&ignored);
    free(folder);
    return quick;
}

/* Says which jobs are quick; QUICK and OVERRIDES are those of loading. */
static void mark_quick(struct experiment *experiment,
                       const char *const *overrides, bool quick)
{
    struct experiment full = { 0 };
    struct error ignored = { 0 };

    if (!quick && !is_of_quick(experiment))
        return;
    if (quick)
        experiment_load(&full, experiment->path, overrides, false, &ignored);
    for (size_t j = 0; j < experiment->n_jobs; j++)
        experiment->jobs[j].quick = !has_run(&full, &experiment->jobs[j]);
    experiment_clear(&full);
    error_clear(&ignored);
}

static bool load_file(struct experiment *experiment, const char *path,
                      const char *const *overrides, bool quick, bool thorough,
                      struct error *error)
{
    struct loader loader = { .experiment = experiment,
                             .thorough = thorough,
                             .error = error };
    bool ok;

    *experiment = (struct experiment){ .path = memory_copy_text(path) };
    ok = load(&loader, overrides, quick);
    if (ok)
        mark_quick(experiment, overrides, quick);
    else
        experiment_clear(experiment);
    return ok;
}

bool experiment_load(struct experiment *experiment, const char *path,
                     const char *const *overrides, bool quick,
                     struct error *error)
{
    return load_file(experiment, path, overrides, quick, false, error);
}

bool experiment_load_thoroughly(struct experiment *experiment, const char *path,
                                const char *const *overrides, bool quick,
                                struct error *error)
{
    return load_file(experiment, path, overrides, quick, true, error);
}

void experiment_point(const struct experiment *experiment,
                      const struct job *job, struct error *error, size_t first)
{
    struct error ignored = { 0 };
    struct yaml_node *tree;

    if (first == error->count)
        return;
    tree = trees_build(experiment->trees, (size_t)(job - experiment->jobs),
                       &ignored);
    consistency_point(error, first, tree);
    yaml_node_free(tree);
    error_clear(&ignored);
}

static void clear_job(struct job *job, size_t n_axes)
{
    for (size_t i = 0; job->values != NULL && i < n_axes; i++)
        free(job->values[i]);
    free(job->values);
    free(job->axes);
    free(job->config);
    free(job->language_path);
    free(job->start_path);
    free(job->settings.data.corpus.path);
    schema_clear(experiment_fields, &job->settings);
}

void experiment_clear(struct experiment *experiment)
{
    size_t n_axes = 0;

    while (experiment->axes != NULL && experiment->axes[n_axes] != NULL)
        n_axes++;
    for (size_t j = 0; j < experiment->n_jobs; j++)
        clear_job(&experiment->jobs[j], n_axes);
    for (size_t i = 0; i < n_axes; i++)
        free(experiment->axes[i]);
    claims_clear(&experiment->require);
    claims_clear(&experiment->claim);
    if (experiment->trees != NULL)
        trees_clear(experiment->trees);
    free(experiment->trees);
    yaml_clear(&experiment->document);
    free(experiment->jobs);
    free(experiment->axes);
    free(experiment->path);
    *experiment = (struct experiment){ 0 };
}

bool experiment_is_whole(const struct experiment *experiment, bool quick)
{
    struct experiment written;
    struct error ignored = { 0 };
    bool whole = true;

    if (experiment_load(&written, experiment->path, NULL, quick, &ignored)) {
        for (size_t j = 0; whole && j < written.n_jobs; j++)
            whole = has_run(experiment, &written.jobs[j]);
        experiment_clear(&written);
    }
    error_clear(&ignored);
    return whole;
}

bool job_load_language(const struct job *job, struct language **out,
                       struct error *error)
{
    if (job->language_path == NULL)
        return source_load_language(job, out, error);
    return language_load_with(out, job->language_path,
                              &job->settings.language.values, error);
}

bool job_generate(const struct experiment *experiment, const struct job *job,
                  struct language *language, struct dataset *dataset,
                  struct error *error)
{
    const struct settings *settings = &job->settings;
    size_t first = error->count;
    bool ok = dataset_generate(dataset, &settings->data, language,
                               settings->seed.data, &job->data_place, error);

    experiment_point(experiment, job, error, first);
    return ok;
}

bool experiment_check(const char *path, const char *const *overrides,
                      struct error *error)
{
    bool ok = true;

    for (int quick = 0; quick < 2; quick++) {
        struct experiment experiment = { .path = memory_copy_text(path) };
        struct error mine = { 0 };
        struct loader loader = { .experiment = &experiment,
                                 .either = true,
                                 .thorough = true,
                                 .error = &mine };

        ok &= load(&loader, overrides, quick);
        experiment_clear(&experiment);
        gather(error, &mine);
    }
    return ok;
}
