/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "config/yaml.h"
#include "language/language.h"
#include "language/parameters.h"
#include "report/report.h"

struct row {
    char *name, *path, *about;
    const char *class; /* one of language_classes; NULL: no language */
    size_t number;
};

struct listing {
    struct row *rows;
    size_t count;
};

static void add(struct listing *listing, const char *name, const char *path,
                const char *about, const char *class)
{
    listing->rows =
        memory_resize(listing->rows, listing->count + 1, sizeof *listing->rows);
    listing->rows[listing->count] =
        (struct row){ memory_copy_text(name), memory_copy_text(path),
                      memory_copy_text(about), class, listing->count };
    listing->count++;
}

static void clear(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        free(listing->rows[i].name);
        free(listing->rows[i].path);
        free(listing->rows[i].about);
    }
    free(listing->rows);
}

static const char *text_under(const struct yaml_node *root, const char *key)
{
    const struct yaml_node *node = yaml_get(root, key);

    return node != NULL && node->kind == YAML_SCALAR ? node->text : "";
}

/* The class that ROOT, a language, claims. */
static const char *class_of(const struct yaml_node *root)
{
    const char *claimed = text_under(root, "class");

    for (const char *const *c = language_classes; *c != NULL; c++)
        if (strcmp(*c, claimed) == 0)
            return *c;
    return language_classes[0];
}

/* What the top keys say FILE is, and whether it holds what it says. */
static bool is_language(const struct yaml_node *root, const char *path,
                        struct error *error)
{
    struct language *language = NULL;
    bool is = yaml_get(root, "language") != NULL &&
              yaml_get(root, "experiment") == NULL &&
              language_load(&language, path, error);

    language_free(language);
    return is;
}

/* Whether it can be run may depend on files that other runs write. */
static bool is_experiment(const struct yaml_node *root, const char *path,
                          struct error *error)
{
    (void)path;
    (void)error;
    return yaml_get(root, "experiment") != NULL;
}

/* The files of a folder that are listed, by KEY, and who knows them. */
struct sort {
    const char *folder, *key;
    bool (*is)(const struct yaml_node *root, const char *path,
               struct error *error);
};

static const struct sort language_files = { "languages", "language",
                                            is_language };
static const struct sort experiment_files = { "experiments", "experiment",
                                              is_experiment };

/* A broken file is told of, and the others are listed. */
static void add_file(struct listing *listing, const char *path,
                     const struct sort *sort, const struct options *options)
{
    struct yaml_document document = { 0 };
    struct error mine = { 0 };

    if (yaml_load(&document, path, &mine) &&
        parameters_apply(document.root, NULL, NULL, NULL, NULL, &mine) &&
        sort->is(document.root, path, &mine))
        add(listing, text_under(document.root, sort->key), path,
            text_under(document.root, "about"),
            sort == &language_files ? class_of(document.root) : NULL);
    error_sort(&mine);
    if (mine.count > 0)
        talk(options, "%s:%zu: passed over: %s", path, mine.complaints[0].line,
             mine.complaints[0].text);
    error_clear(&mine);
    yaml_clear(&document);
}

static bool add_folder(struct listing *listing, const char *folder,
                       const struct sort *sort, const struct options *options,
                       struct error *error)
{
    char **names;

    if (!file_exists(folder))
        return true;
    if (!file_names(folder, &names, error))
        return false;
    for (size_t i = 0; names[i] != NULL; i++) {
        char *path = file_join(folder, names[i]);

        if (text_ends(names[i], ".yaml"))
            add_file(listing, path, sort, options);
        free(path);
    }
    file_free_names(names);
    return true;
}

/* In the folder that was asked for; else here, and what was installed unless
 * there is something here. */
static bool list_files(struct listing *listing, const struct options *options,
                       const struct sort *sort, struct error *error)
{
    const char *asked = options->operands[1], *folder = sort->folder;
    char *installed = file_join(DATADIR, folder);
    bool ok = add_folder(listing, asked != NULL ? asked : folder, sort, options,
                         error);

    if (ok && listing->count == 0 && asked == NULL)
        ok = add_folder(listing, installed, sort, options, error);
    if (ok && listing->count == 0 && asked != NULL)
        ok = error_set(error, ERROR_IO, "no %s in %s", folder, asked);
    else if (ok && listing->count == 0)
        ok =
            error_set(error, ERROR_IO,
                      "no %s in ./%s or %s; \"saturn list %s FOLDER\" looks in "
                      "FOLDER",
                      folder, folder, installed, folder);
    free(installed);
    return ok;
}

static size_t rank_of(const struct row *row)
{
    size_t rank = 0;

    while (strcmp(language_classes[rank], row->class) != 0)
        rank++;
    return rank == 0 ? SIZE_MAX : rank; /* unstated comes last */
}

static int compare_by_class(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    size_t l = rank_of(left), r = rank_of(right);

    if (l != r)
        return l < r ? -1 : 1;
    return left->number < right->number ? -1 : 1;
}

static bool list_languages(struct listing *listing,
                           const struct options *options, struct error *error)
{
    if (!list_files(listing, options, &language_files, error))
        return false;
    if (listing->count > 0)
        qsort(listing->rows, listing->count, sizeof *listing->rows,
              compare_by_class);
    return true;
}

static bool list_experiments(struct listing *listing,
                             const struct options *options, struct error *error)
{
    return list_files(listing, options, &experiment_files, error);
}

static bool list_runs(struct listing *listing, const struct options *options,
                      struct error *error)
{
    const char *asked = options->operands[1];
    const char *root = asked != NULL             ? asked
                       : options->output != NULL ? options->output
                                                 : "results";
    struct records records = { 0 };
    bool ok = records_collect(&records, root, error);

    for (size_t i = 0; ok && i < records.count; i++) {
        const struct record *record = &records.items[i];
        struct text about = { 0 };

        text_add_format(&about, "seed %s%s%s", record->seed,
                        record->group[0] != '\0' ? ", " : "", record->group);
        add(listing, record->experiment, record->path, about.data, NULL);
        text_clear(&about);
    }
    records_clear(&records);
    return ok;
}

static const struct {
    const char *name;
    bool (*list)(struct listing *listing, const struct options *options,
                 struct error *error);
} kinds[] = { { "languages", list_languages },
              { "experiments", list_experiments },
              { "runs", list_runs } };

#define N_KINDS (sizeof kinds / sizeof *kinds)

static bool output_lines(const struct listing *listing, struct error *error)
{
    struct text lines = { 0 };
    bool ok;

    for (size_t i = 0; i < listing->count; i++) {
        const struct row *row = &listing->rows[i];

        text_add_format(&lines, "%s\t%s\t", row->name, row->path);
        if (row->class != NULL)
            text_add_format(&lines, "%s\t", row->class);
        text_add_format(&lines, "%s\n", row->about);
    }
    ok = output_text(&lines, error);
    text_clear(&lines);
    return ok;
}

static bool output_objects(const struct listing *listing, struct error *error)
{
    struct json *items = json_new_array();

    for (size_t i = 0; i < listing->count; i++) {
        const struct row *row = &listing->rows[i];
        struct json *item = json_new_object();

        json_set(item, "name", json_new_text(row->name));
        json_set(item, "path", json_new_text(row->path));
        if (row->class != NULL)
            json_set(item, "class", json_new_text(row->class));
        json_set(item, "about", json_new_text(row->about));
        json_append(items, item);
    }
    return output_json(items, error);
}

static bool run(const struct options *options, struct error *error)
{
    struct listing listing = { .rows = NULL };
    size_t kind = 0;
    bool ok;

    while (kind < N_KINDS &&
           strcmp(kinds[kind].name, options->operands[0]) != 0)
        kind++;
    if (kind == N_KINDS)
        return error_set(error, ERROR_CONFIG,
                         "unknown list \"%s\"; accepted: languages, "
                         "experiments, runs",
                         options->operands[0]);
    ok = kinds[kind].list(&listing, options, error);
    if (ok)
        ok = options->json ? output_objects(&listing, error)
                           : output_lines(&listing, error);
    clear(&listing);
    return ok;
}

static const struct option options[] = {
    OUTPUT_OPTION("of runs: where they are (results)"), { .name = NULL }
};

const struct command list_command = {
    .name = "list",
    .operands = "languages | experiments | runs [FOLDER]",
    .summary = "Lists what there is: name, file, class of a language, about.",
    .examples = "  saturn list languages\n"
                "  saturn list languages ../saturn/languages\n"
                "  saturn list runs -o results\n",
    .options = options,
    .least = 1,
    .most = 2,
    .run = run
};
