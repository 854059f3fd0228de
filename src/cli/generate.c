/* SPDX-License-Identifier: GPL-3.0-or-later */


#include "base/file.h"
#include "cli/command.h"
#include "data/dataset.h"
#include "experiment/experiment.h"
#include "language/language.h"

#define STREAMED 10000 /* strings written of a streamed split */

static void add_row(const struct dataset *dataset,
                    const struct examples *examples, size_t i, FILE *tsv,
                    FILE *jsonl)
{
    size_t length = strings_length(&examples->strings, i);
    struct json *row = json_new_object();
    struct text string = { 0 }, line = { 0 };
    const char *class = dataset_class_name(dataset, examples->kind[i]);

    text_add(&string, "");
    alphabet_print(language_alphabet(dataset->language),
                   strings_at(&examples->strings, i), length, &string);
    fprintf(tsv, "%s\t%d\t%zu\t%s\n", string.data, examples->member[i], length,
            class);
    json_set(row, "text", json_new_text(string.data));
    json_set(row, "label", json_new_integer(examples->member[i]));
    json_set(row, "length", json_new_integer((int64_t)length));
    json_set(row, "class", json_new_text(class));
    json_print(row, false, &line);
    fprintf(jsonl, "%s\n", line.data);
    json_free(row);
    text_clear(&line);
    text_clear(&string);
}

/* FOLDER/NAME.tsv and FOLDER/NAME.jsonl. */
static bool write_split(const struct dataset *dataset,
                        const struct examples *examples, const char *folder,
                        const char *name, struct error *error)
{
    struct file tsv = { 0 }, jsonl = { 0 };
    struct text path = { 0 };
    bool ok;

    text_add_format(&path, "%s/%s.tsv", folder, name);
    ok = file_open(&tsv, path.data, error);
    text_clear(&path);
    if (!ok)
        return false;
    text_add_format(&path, "%s/%s.jsonl", folder, name);
    ok = file_open(&jsonl, path.data, error);
    text_clear(&path);
    if (!ok) {
        file_abandon(&tsv);
        return false;
    }
    fprintf(tsv.stream, "text\tlabel\tlength\tclass\n");
    for (size_t i = 0; i < examples->strings.count; i++)
        add_row(dataset, examples, i, tsv.stream, jsonl.stream);
    ok = file_finish(&tsv, error);
    if (ok)
        return file_finish(&jsonl, error);
    file_abandon(&jsonl);
    return false;
}

static bool write_all(const struct dataset *dataset,
                      const struct options *options, struct error *error)
{
    size_t streamed = options->count != NOT_GIVEN ? options->count : STREAMED;
    const char *folder = options->output;
    struct examples fresh = { 0 };
    bool is_stream = dataset->train.strings.count == 0, ok;

    if (is_stream)
        dataset_stream(dataset, 0, streamed, &fresh);
    ok =
        file_make_directories(folder, error) &&
        write_split(dataset, is_stream ? &fresh : &dataset->train, folder,
                    "train", error) &&
        write_split(dataset, &dataset->validation, folder, "validation", error);
    for (size_t i = 0; ok && i < dataset->n_tests; i++) {
        char name[32];

        snprintf(name, sizeof name, "test-%zu", i);
        ok = write_split(dataset, &dataset->tests[i], folder, name, error);
    }
    if (ok && is_stream)
        talk(options, "%s/train: the first %zu strings of an endless stream",
             folder, streamed);
    examples_clear(&fresh);
    return ok;
}

static bool generate(const struct experiment *experiment, size_t j,
                     const struct options *options, struct error *error)
{
    const struct settings *settings = &experiment->jobs[j].settings;
    struct language *language = NULL;
    struct dataset dataset = { 0 };
    bool ok =
        job_load_language(&experiment->jobs[j], &language, error) &&
        dataset_generate(&dataset, &settings->data, language,
                         settings->seed.data, &experiment->data_place, error) &&
        write_all(&dataset, options, error);

    dataset_clear(&dataset);
    language_free(language);
    return ok;
}

static bool run(const struct options *options, struct error *error)
{
    size_t index = options->index != NOT_GIVEN ? options->index : 0;
    struct experiment experiment;
    bool ok;

    if (options->output == NULL)
        return error_set(error, ERROR_CONFIG, "generate needs -o DIR");
    if (!experiment_load(&experiment, options->operands[0], options->sets,
                         options->quick, error))
        return false;
    if (index >= experiment.n_jobs)
        ok = error_set(error, ERROR_CONFIG, "--index: %zu; %s has runs 0..%zu",
                       index, options->operands[0], experiment.n_jobs - 1);
    else
        ok = generate(&experiment, index, options, error);
    if (ok && experiment.n_jobs > 1)
        talk(options, "%s: the data of run %zu of %zu (%s)", options->output,
             index, experiment.n_jobs, experiment.jobs[index].axes);
    experiment_clear(&experiment);
    return ok;
}

static const struct option options[] = {
    { 'n', "count", OPTION_COUNT, offsetof(struct options, count), "COUNT",
      "strings of a streamed train split (10000)" },
    { 0, "index", OPTION_COUNT, offsetof(struct options, index), "K",
      "the data of run number K of the sweep (0)" },
    { 0, "quick", OPTION_FLAG, offsetof(struct options, quick), NULL,
      "with the file's quick block" },
    { .name = NULL }
};

const struct command generate_command = {
    .name = "generate",
    .operands = "EXPERIMENT",
    .summary = "Writes an experiment's strings as TSV and JSON lines.",
    .examples = "  saturn generate experiments/dyck-1.yaml -o data\n"
                "  saturn generate --index 3 experiments/dyck-1.yaml -o data\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run
};
