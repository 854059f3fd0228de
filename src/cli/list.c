/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "config/yaml.h"
#include "language/parameters.h"
#include "report/report.h"

/* A list while it is made: lines, or objects with --json. */
struct listing {
    struct text lines;
    struct json *items;
};

static void add(struct listing *listing, const char *name, const char *path,
                const char *about)
{
    struct json *item = json_new_object();

    json_set(item, "name", json_new_text(name));
    json_set(item, "path", json_new_text(path));
    json_set(item, "about", json_new_text(about));
    json_append(listing->items, item);
    text_add_format(&listing->lines, "%s\t%s\t%s\n", name, path, about);
}

static const char *text_under(const struct yaml_node *root, const char *key)
{
    const struct yaml_node *node = yaml_get(root, key);

    return node != NULL && node->kind == YAML_SCALAR ? node->text : "";
}

/* Adds the YAML files of FOLDER that have the top key KEY. */
static bool add_folder(struct listing *listing, const char *folder,
                       const char *key, struct error *error)
{
    char **names;
    bool ok = true;

    if (!file_exists(folder))
        return true;
    if (!file_names(folder, &names, error))
        return false;
    for (size_t i = 0; ok && names[i] != NULL; i++) {
        struct yaml_document document = { 0 };
        char *path;

        if (!text_ends(names[i], ".yaml"))
            continue;
        path = file_join(folder, names[i]);
        ok = yaml_load(&document, path, error) &&
             parameters_apply(document.root, NULL, NULL, NULL, NULL, error);
        if (ok && yaml_get(document.root, key) != NULL)
            add(listing, text_under(document.root, key), path,
                text_under(document.root, "about"));
        yaml_clear(&document);
        free(path);
    }
    file_free_names(names);
    return ok;
}

/* Here, and what was installed unless there is something here. */
static bool list_files(struct listing *listing, const char *folder,
                       const char *key, struct error *error)
{
    char *installed = file_join(DATADIR, folder);
    bool ok = add_folder(listing, folder, key, error);

    if (ok && json_size(listing->items) == 0)
        ok = add_folder(listing, installed, key, error);
    free(installed);
    return ok;
}

static bool list_languages(struct listing *listing,
                           const struct options *options, struct error *error)
{
    (void)options;
    return list_files(listing, "languages", "language", error);
}

static bool list_experiments(struct listing *listing,
                             const struct options *options, struct error *error)
{
    (void)options;
    return list_files(listing, "experiments", "experiment", error);
}

static bool list_runs(struct listing *listing, const struct options *options,
                      struct error *error)
{
    const char *root = options->output != NULL ? options->output : "results";
    struct records records = { 0 };
    bool ok = records_collect(&records, root, error);

    for (size_t i = 0; ok && i < records.count; i++) {
        const struct record *record = &records.items[i];
        struct text about = { 0 };

        text_add_format(&about, "seed %s%s%s", record->seed,
                        record->group[0] != '\0' ? ", " : "", record->group);
        add(listing, record->experiment, record->path, about.data);
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

static bool run(const struct options *options, struct error *error)
{
    struct listing listing = { .items = NULL };
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
    listing.items = json_new_array();
    ok = kinds[kind].list(&listing, options, error);
    if (ok && options->json) {
        ok = output_json(listing.items, error);
    } else {
        ok = ok && output_text(&listing.lines, error);
        json_free(listing.items);
    }
    text_clear(&listing.lines);
    return ok;
}

const struct command list_command = {
    .name = "list",
    .operands = "languages | experiments | runs",
    .summary = "Lists what there is: name, file, what it is about.",
    .examples = "  saturn list languages\n"
                "  saturn list runs -o results\n",
    .least = 1,
    .most = 1,
    .run = run
};
