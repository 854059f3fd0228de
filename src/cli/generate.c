/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "data/dataset.h"
#include "data/distance.h"
#include "data/shortcut.h"
#include "data/writer.h"
#include "experiment/experiment.h"
#include "language/language.h"

#define STREAMED 10000 /* strings written of a streamed split */
#define WINDOW   16384 /* strings in memory at a time */
#define FARTHEST 64    /* edits */

/* A split on its way to files, and what is learnt of it meanwhile. */
struct outlet {
    const struct dataset *dataset;
    const struct options *options;
    const struct shortcuts *shortcuts;
    unsigned formats;
    bool has_next;
    char name[32]; /* "train", "validation", "test-0" */
    size_t range, count;
    size_t right[SHORTCUTS];
    size_t (*distances)[FARTHEST + 2]; /* [classes][0: not known, 1 + d] */
};

/* Where more is asked of a string than its label, labels are no secret. */
static bool has_shortcuts(const struct dataset *dataset)
{
    return dataset->config->objective == OBJECTIVE_MEMBERSHIP;
}

/* --------------------------------------------------------------- strings */

struct measuring {
    const struct dataset *dataset;
    const struct examples *examples;
    long *distances;
};

/* Members are at distance 0; of negatives those made by edits are measured. */
static void measure(void *context, size_t i, size_t thread)
{
    const struct measuring *m = context;
    const struct negative *kinds = m->dataset->config->negatives.items;
    size_t kind = m->examples->kind[i];
    const struct strings *strings = &m->examples->strings;

    (void)thread;
    m->distances[i] =
        kind == 0 ? 0
        : kinds[kind - 1].edits == 0
            ? DISTANCE_UNKNOWN
            : distance_find(m->dataset->language, strings_at(strings, i),
                            strings_length(strings, i), kinds[kind - 1].edits);
}

static void add_rows(struct outlet *outlet, const struct examples *examples,
                     const uint8_t *next, struct writer *writer)
{
    const struct dataset *dataset = outlet->dataset;
    const struct strings *strings = &examples->strings;
    size_t n_symbols = language_alphabet(dataset->language)->size;
    size_t width = objective_width(OBJECTIVE_NEXT_SET, n_symbols);
    long *distances = memory_new(strings->count, sizeof *distances);
    struct measuring measuring = { dataset, examples, distances };

    parallel_for(strings->count, measure, &measuring);
    for (size_t i = 0; i < strings->count; i++) {
        size_t kind = examples->kind[i];
        struct row row = {
            strings_at(strings, i), strings_length(strings, i),
            examples->member[i],    dataset_class_name(dataset, kind),
            distances[i],           NULL
        };

        if (next != NULL)
            row.next = next + tokens_before(strings, i) * width;
        outlet->distances[kind][1 + distances[i]]++;
        writer_add(writer, &row);
    }
    free(distances);
}

static bool write_window(struct outlet *outlet, size_t first, size_t count,
                         struct writer *writer, struct error *error)
{
    struct examples window = { 0 };
    uint8_t *next = NULL;
    bool ok = true;

    dataset_draw(outlet->dataset, outlet->range, first, count, &window);
    if (outlet->has_next) {
        next = objective_targets(OBJECTIVE_NEXT_SET, outlet->dataset->language,
                                 &window.strings, error);
        ok = next != NULL;
    }
    if (ok)
        add_rows(outlet, &window, next, writer);
    if (ok && outlet->shortcuts != NULL && outlet->range > 0)
        shortcuts_count(outlet->shortcuts, &window, outlet->right);
    examples_clear(&window);
    free(next);
    return ok;
}

static bool write_split(struct outlet *outlet, struct error *error)
{
    struct writer writer;
    bool ok = writer_open(&writer, language_alphabet(outlet->dataset->language),
                          outlet->options->output, outlet->name,
                          outlet->formats, outlet->has_next, error);

    if (!ok)
        return false;
    for (size_t first = 0; ok && first < outlet->count; first += WINDOW) {
        size_t left = outlet->count - first;

        ok = write_window(outlet, first, left < WINDOW ? left : WINDOW, &writer,
                          error);
    }
    if (ok)
        return writer_finish(&writer, error);
    writer_abandon(&writer);
    return false;
}

/* ----------------------------------------------------------- what is told */

/* "2: 17, not known: 3" of one class. */
static void add_distances(const size_t *distances, struct text *out)
{
    for (size_t d = 0; d <= FARTHEST; d++)
        if (distances[1 + d] > 0)
            text_add_format(out, "%s%zu: %zu", out->length > 0 ? ", " : "", d,
                            distances[1 + d]);
    if (distances[0] > 0)
        text_add_format(out, "%snot known: %zu", out->length > 0 ? ", " : "",
                        distances[0]);
}

static void tell_distances(const struct outlet *outlet)
{
    const struct negatives *kinds = &outlet->dataset->config->negatives;

    for (size_t k = 0; k < kinds->count; k++) {
        struct text text = { 0 };

        if (kinds->items[k].edits == 0)
            continue;
        add_distances(outlet->distances[1 + k], &text);
        if (text.length > 0)
            talk(outlet->options, "%s/%s: %s negatives at distance %s",
                 outlet->options->output, outlet->name, kinds->items[k].name,
                 text.data);
        text_clear(&text);
    }
}

static struct json *describe_distances(const struct outlet *outlet)
{
    const struct negatives *kinds = &outlet->dataset->config->negatives;
    struct json *classes = json_new_object();

    for (size_t k = 0; k < kinds->count; k++) {
        struct json *counts = json_new_object();

        for (size_t d = 0; d <= FARTHEST + 1; d++) {
            char name[24] = "not known";
            size_t count = outlet->distances[1 + k][d];

            if (d > 0)
                snprintf(name, sizeof name, "%zu", d - 1);
            if (count > 0)
                json_set(counts, name, json_new_integer((int64_t)count));
        }
        if (kinds->items[k].edits > 0)
            json_set(classes, kinds->items[k].name, counts);
        else
            json_free(counts);
    }
    return classes;
}

static struct json *describe_split(const struct outlet *outlet)
{
    struct json *split = json_new_object(), *shortcuts = json_new_object();
    bool is_judged =
        outlet->shortcuts != NULL && outlet->range > 0 && outlet->count > 0;

    json_set(split, "split", json_new_text(outlet->name));
    json_set(split, "strings", json_new_integer((int64_t)outlet->count));
    json_set(split, "distance", describe_distances(outlet));
    for (size_t i = 0; is_judged && i < SHORTCUTS; i++)
        json_set(
            shortcuts, shortcut_names[i],
            json_new_number((double)outlet->right[i] / (double)outlet->count));
    json_set(split, "shortcuts", shortcuts);
    return split;
}

/* A row a shortcut, a column a split that it was not fitted to. */
static void add_shortcuts(const struct outlet *outlets, size_t count,
                          struct text *out)
{
    text_add_format(out, "%-14s", "shortcut");
    for (size_t r = 1; r < count; r++)
        text_add_format(out, " %10s", outlets[r].name);
    text_add(out, "\n");
    for (size_t i = 0; i < SHORTCUTS; i++) {
        text_add_format(out, "%-14s", shortcut_names[i]);
        for (size_t r = 1; r < count; r++)
            if (outlets[r].count > 0)
                text_add_format(out, " %10.3f",
                                (double)outlets[r].right[i] /
                                    (double)outlets[r].count);
            else
                text_add_format(out, " %10s", "");
        text_add(out, "\n");
    }
}

static bool tell(const struct outlet *outlets, size_t count,
                 struct error *error)
{
    struct json *splits = json_new_array();
    struct text out = { 0 };

    for (size_t r = 0; r < count; r++) {
        tell_distances(&outlets[r]);
        json_append(splits, describe_split(&outlets[r]));
    }
    if (outlets[0].options->json)
        return output_json(splits, error);
    json_free(splits);
    if (has_shortcuts(outlets[0].dataset))
        add_shortcuts(outlets, count, &out);
    return output_text(&out, error);
}

/* -------------------------------------------------------------- datasets */

static size_t count_of(const struct dataset *dataset, size_t range,
                       const struct options *options)
{
    const struct data_config *config = dataset->config;

    if (range > 0)
        return range == 1 ? config->validation.count : config->test.count;
    if (config->train.count > 0)
        return config->train.count;
    return options->count != NOT_GIVEN ? options->count : STREAMED;
}

static struct shortcuts *fit_shortcuts(const struct dataset *dataset,
                                       size_t count)
{
    struct examples train = { 0 };
    struct shortcuts *shortcuts;

    dataset_draw(dataset, 0, 0,
                 count < SHORTCUT_FITTED ? count : SHORTCUT_FITTED, &train);
    shortcuts =
        shortcuts_fit(&train, language_alphabet(dataset->language)->size);
    examples_clear(&train);
    return shortcuts;
}

/* Whether the language says what may follow. */
static bool has_next(const struct language *language)
{
    bool *allowed = memory_new(language_alphabet(language)->size, 1), end;
    struct error error = { 0 };
    bool ok =
        language_next(language, &(uint16_t){ 0 }, 0, allowed, &end, &error);

    error_clear(&error);
    free(allowed);
    return ok;
}

static void name_split(size_t range, char name[32])
{
    if (range < 2)
        snprintf(name, 32, "%s", range == 0 ? "train" : "validation");
    else
        snprintf(name, 32, "test-%zu", range - 2);
}

static bool write_all(const struct dataset *dataset,
                      const struct options *options, unsigned formats,
                      struct error *error)
{
    size_t count = 2 + dataset->n_tests, streamed;
    struct outlet *outlets = memory_new(count, sizeof *outlets);
    struct shortcuts *shortcuts =
        has_shortcuts(dataset)
            ? fit_shortcuts(dataset, count_of(dataset, 0, options))
            : NULL;
    bool next = (formats & WRITE_FLARE) && has_next(dataset->language);
    bool ok = true;

    for (size_t r = 0; ok && r < count; r++) {
        outlets[r] = (struct outlet){ .dataset = dataset,
                                      .options = options,
                                      .shortcuts = shortcuts,
                                      .formats = formats,
                                      .has_next = next,
                                      .range = r,
                                      .count = count_of(dataset, r, options) };
        name_split(r, outlets[r].name);
        outlets[r].distances =
            memory_new(dataset_classes(dataset), sizeof *outlets[r].distances);
        ok = write_split(&outlets[r], error);
    }
    streamed = outlets[0].count;
    if (ok && dataset->config->train.count == 0)
        talk(options, "%s/train: the first %zu strings of an endless stream",
             options->output, streamed);
    ok = ok && tell(outlets, count, error);
    for (size_t r = 0; r < count; r++)
        free(outlets[r].distances);
    free(outlets);
    shortcuts_free(shortcuts);
    return ok;
}

static bool generate(const struct experiment *experiment, size_t j,
                     const struct options *options, unsigned formats,
                     struct error *error)
{
    const struct job *job = &experiment->jobs[j];
    const struct settings *settings = &job->settings;
    size_t first = error->count;
    struct language *language = NULL;
    struct dataset dataset = { 0 };
    bool ok = settings->data.corpus.file == NULL ||
              error_add(error, ERROR_CONFIG, &job->data_place, "data.corpus",
                        "a text is what it is: there is nothing to generate");

    ok = ok && job_load_language(job, &language, error) &&
         dataset_open(&dataset, &settings->data, language, settings->seed.data,
                      &job->data_place, error) &&
         write_all(&dataset, options, formats, error);
    experiment_point(experiment, job, error, first);
    dataset_clear(&dataset);
    language_free(language);
    return ok;
}

static bool run(const struct options *options, struct error *error)
{
    size_t index = options->index != NOT_GIVEN ? options->index : 0;
    const char *names = options->format != NULL ? options->format : "jsonl,tsv";
    unsigned formats = writer_formats(names);
    struct experiment experiment;
    bool ok;

    if (options->output == NULL)
        return error_set(error, ERROR_CONFIG, "generate needs -o DIR");
    if (formats == 0)
        return error_set(error, ERROR_CONFIG,
                         "--format: \"%s\"; accepted: jsonl, tsv, flare, or "
                         "several joined by commas",
                         names);
    if (!experiment_load(&experiment, options->operands[0], options->sets,
                         options->quick, error))
        return false;
    if (index >= experiment.n_jobs)
        ok = error_set(error, ERROR_CONFIG, "--index: %zu; %s has runs 0..%zu",
                       index, options->operands[0], experiment.n_jobs - 1);
    else
        ok = generate(&experiment, index, options, formats, error);
    if (ok && experiment.n_jobs > 1)
        talk(options, "%s: the data of run %zu of %zu (%s)", options->output,
             index, experiment.n_jobs, experiment.jobs[index].axes);
    experiment_clear(&experiment);
    return ok;
}

static const struct option options[] = {
    { 'n', "count", OPTION_COUNT, offsetof(struct options, count), "COUNT",
      "strings of a streamed train split (10000)" },
    { 0, "format", OPTION_TEXT, offsetof(struct options, format), "LIST",
      "files to write: jsonl,tsv,flare (jsonl,tsv)" },
    { 0, "index", OPTION_COUNT, offsetof(struct options, index), "K",
      "the data of run number K of the sweep (0)" },
    { 0, "quick", OPTION_FLAG, offsetof(struct options, quick), NULL,
      "with the file's quick block" },
    SET_OPTION("file: data.train.count=100"),
    OUTPUT_OPTION("where to write, which has to be said"),
    { .name = NULL }
};

const struct command generate_command = {
    .name = "generate",
    .operands = "EXPERIMENT",
    .summary = "Writes an experiment's strings as JSON lines, TSV or FLaRe.",
    .examples = "  saturn generate experiments/dyck-1.yaml -o data\n"
                "  saturn generate --index 3 experiments/dyck-1.yaml -o data\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run
};
