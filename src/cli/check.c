/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "cli/command.h"
#include "experiment/experiment.h"
#include "experiment/page.h"
#include "language/language.h"

/* What the top keys of a file say it is. */
enum kind { EXPERIMENT, LANGUAGE, PAGE, NONE };

static const char *const keys[] = { "experiment", "language", "page" };

static bool find_kind(const char *path, enum kind *kind, struct error *error)
{
    struct yaml_document document = { 0 };

    if (!yaml_load(&document, path, error))
        return false;
    *kind = EXPERIMENT;
    while (*kind < NONE && yaml_get(document.root, keys[*kind]) == NULL)
        ++*kind;
    if (*kind == NONE)
        error_add(error, ERROR_CONFIG, &document.root->place, NULL,
                  "no experiment, language or page; accepted: a map with one "
                  "of these keys");
    yaml_clear(&document);
    return *kind != NONE;
}

static bool check_experiment(const char *path, const struct options *options,
                             struct text *out, struct error *error)
{
    struct experiment experiment = { 0 };
    bool ok = experiment_check(path, options->sets, error) &&
              experiment_load(&experiment, path, options->sets, options->quick,
                              error);

    if (ok && options->print) {
        const struct settings *settings = &experiment.jobs[0].settings;

        schema_print(experiment_fields, settings, 0, true, out);
        for (size_t i = 0; experiment.axes[i] != NULL; i++)
            text_add_format(out, "# sweep: %s is %s in the first of %zu runs\n",
                            experiment.axes[i], experiment.jobs[0].values[i],
                            experiment.n_jobs);
    }
    experiment_clear(&experiment);
    return ok;
}

static bool check_language(const char *path, const struct options *options,
                           struct text *out, struct error *error)
{
    struct language *language = NULL;
    bool ok = load_language(&language, path, options, error);

    if (ok && options->print)
        language_describe(language, out);
    language_free(language);
    return ok;
}

/* A page has no values of its own to print. */
static bool check_page(const char *path, const struct options *options,
                       struct text *out, struct error *error)
{
    (void)options;
    (void)out;
    return page_check(path, error);
}

static bool check_file(const char *path, const struct options *options,
                       struct text *out, struct error *error)
{
    enum kind kind;

    return find_kind(path, &kind, error) &&
           (kind == EXPERIMENT ? check_experiment
            : kind == LANGUAGE ? check_language
                               : check_page)(path, options, out, error);
}

static struct json *describe(const char *path, bool ok,
                             const struct error *error)
{
    struct json *file = json_new_object(), *complaints = json_new_array();

    json_set(file, "file", json_new_text(path));
    json_set(file, "ok", json_new_bool(ok));
    for (size_t i = 0; i < error->count; i++) {
        const struct complaint *c = &error->complaints[i];
        struct json *complaint = json_new_object();

        json_set(complaint, "file",
                 json_new_text(c->file != NULL ? c->file : path));
        json_set(complaint, "line", json_new_integer((int64_t)c->line));
        json_set(complaint, "column", json_new_integer((int64_t)c->column));
        json_set(complaint, "key", json_new_text(c->key != NULL ? c->key : ""));
        json_set(complaint, "text", json_new_text(c->text));
        json_append(complaints, complaint);
    }
    json_set(file, "complaints", complaints);
    return file;
}

static bool run(const struct options *options, struct error *error)
{
    struct json *files = json_new_array();
    struct text out = { 0 };
    bool all = true;

    for (size_t i = 0; i < options->n_operands; i++) {
        const char *path = options->operands[i];
        struct error mine = { 0 };
        bool ok = check_file(path, options, &out, &mine);

        error_sort(&mine);
        if (ok && !options->print)
            text_add_format(&out, "%s: ok\n", path);
        json_append(files, describe(path, ok, &mine));
        error_move(error, &mine, path);
        all &= ok;
    }
    if (options->json)
        all = output_json(files, error) && all;
    else {
        all = output_text(&out, error) && all;
        json_free(files);
    }
    text_clear(&out);
    return all;
}

static const struct option options[] = {
    { 0, "print", OPTION_FLAG, offsetof(struct options, print), NULL,
      "show every value with defaults and what it means" },
    { 0, "quick", OPTION_FLAG, offsetof(struct options, quick), NULL,
      "print with the file's quick block" },
    SET_OPTION("file: train.rate=0.1, D=5"),
    { .name = NULL }
};

const struct command check_command = {
    .name = "check",
    .operands = "FILE...",
    .summary = "Checks experiments, languages and pages; runs nothing.",
    .examples = "  saturn check experiments/*.yaml languages/*.yaml\n"
                "  saturn check --print experiments/majority.yaml\n",
    .options = options,
    .least = 1,
    .run = run
};
