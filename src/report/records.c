/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Finding finished runs and reading what they say of themselves. */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/difference.h"
#include "report/report.h"
#include "results/manifest.h"

#define DEPTH_LIMIT 8 /* directories below the one that was asked for */

static void clear_record(struct record *record)
{
    free(record->path);
    free(record->experiment);
    free(record->language);
    free(record->axes);
    free(record->settings);
    free(record->hash);
    free(record->group);
    free(record->seed);
    metrics_clear(&record->metrics);
}

void records_clear(struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        clear_record(&records->items[i]);
    free(records->items);
    *records = (struct records){ 0 };
}

static char *copy_member(const struct json *object, const char *key)
{
    const char *text = json_as_text(json_get(object, key));

    return memory_copy_text(text != NULL ? text : "");
}

/* Splits the axes into the seed's, which runs are joined over, and others. */
static void read_axes(const struct json *manifest, struct record *record)
{
    const struct json *axes = json_get(manifest, "axes");
    struct text others = { 0 }, seed = { 0 };

    for (const char *axis = json_next_key(axes, NULL); axis != NULL;
         axis = json_next_key(axes, axis)) {
        const char *value = json_as_text(json_get(axes, axis));
        struct text *to = manifest_is_seed(axis) ? &seed : &others;

        text_add(to, to->length > 0 ? "," : "");
        if (strcmp(axis, "seed") != 0)
            text_add_format(to, "%s=", axis);
        text_add(to, value != NULL ? value : "");
    }
    record->axes = text_take(&others);
    record->seed =
        seed.data != NULL ? text_take(&seed) : copy_member(manifest, "seed");
}

static bool add_record(struct records *records, const char *path,
                       const struct json *manifest, struct error *error)
{
    struct record record = { .path = memory_copy_text(path) };
    char *metrics = file_join(path, "metrics.json");
    bool ok = metrics_read(&record.metrics, metrics, error);

    free(metrics);
    record.experiment = copy_member(manifest, "experiment");
    record.language = copy_member(manifest, "language");
    record.settings = copy_member(manifest, "settings");
    record.hash = copy_member(manifest, "hash");
    record.quick = manifest_is_quick(manifest);
    read_axes(manifest, &record);
    if (!ok) {
        clear_record(&record);
        return false;
    }
    records->items = memory_resize(records->items, records->count + 1,
                                   sizeof *records->items);
    records->items[records->count++] = record;
    return true;
}

static bool is_beside(const struct record *a, const struct record *b)
{
    return strcmp(a->experiment, b->experiment) == 0 &&
           strcmp(a->axes, b->axes) == 0;
}

/* The text of a run's config.yaml, "" where it cannot be read. */
static char *read_config(const struct record *record)
{
    char *path = file_join(record->path, "config.yaml");
    struct text text = { 0 };
    struct error ignored = { 0 };

    text_add(&text, "");
    file_read(path, (size_t)1 << 20, &text, &ignored);
    error_clear(&ignored);
    free(path);
    return text_take(&text);
}

static void set_group(struct record *record, const char *difference)
{
    struct text group = { 0 };

    text_add_format(&group, "%s%s%s", record->axes,
                    record->axes[0] != '\0' && difference[0] != '\0' ? "," : "",
                    difference);
    free(record->group);
    record->group = text_take(&group);
}

/* What differs may be cut short, or lie in the language's file. */
static void add_hashes(struct record *const *beside, size_t n)
{
    bool *mistaken = memory_new(n, sizeof *mistaken);

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            mistaken[i] |=
                strcmp(beside[i]->group, beside[k]->group) == 0 &&
                strcmp(beside[i]->settings, beside[k]->settings) != 0;
    for (size_t i = 0; i < n; i++) {
        struct text group = { 0 };

        if (!mistaken[i])
            continue;
        text_add_format(&group, "%s%ssettings=%.8s", beside[i]->group,
                        beside[i]->group[0] != '\0' ? "," : "",
                        beside[i]->settings);
        free(beside[i]->group);
        beside[i]->group = text_take(&group);
    }
    free(mistaken);
}

/* Names the groups of runs that have one place on the axes, as quick runs
 * beside full ones have: by what differs, if their settings do. */
static void name_beside(struct record *const *beside, size_t n)
{
    char **configs = memory_new(n, sizeof *configs), **names;
    bool same = true;

    for (size_t i = 1; i < n; i++)
        same = same && strcmp(beside[0]->settings, beside[i]->settings) == 0;
    for (size_t i = 0; i < n; i++)
        configs[i] = same ? memory_copy_text("") : read_config(beside[i]);
    names = differences_name((const char *const *)configs, n);
    for (size_t i = 0; i < n; i++)
        set_group(beside[i], names[i]);
    add_hashes(beside, n);
    for (size_t i = 0; i < n; i++) {
        free(configs[i]);
        free(names[i]);
    }
    free(configs);
    free(names);
}

static void name_groups(struct records *records)
{
    struct record **beside = memory_new(records->count, sizeof *beside);
    bool *named = memory_new(records->count, sizeof *named);

    for (size_t i = 0; i < records->count; i++) {
        size_t n = 0;

        for (size_t k = i; !named[i] && k < records->count; k++)
            if (is_beside(&records->items[i], &records->items[k]))
                beside[n++] = &records->items[k];
        for (size_t k = i; n > 0 && k < records->count; k++)
            named[k] |= is_beside(&records->items[i], &records->items[k]);
        if (n > 0)
            name_beside(beside, n);
    }
    free(beside);
    free(named);
}

/* A run is its configuration: a second copy of it is no second seed. */
static bool is_known(const struct records *records, const char *path,
                     const struct json *manifest)
{
    const char *hash = json_as_text(json_get(manifest, "hash"));

    for (size_t i = 0; i < records->count; i++)
        if (strcmp(records->items[i].path, path) == 0 ||
            (hash != NULL && strcmp(records->items[i].hash, hash) == 0))
            return true;
    return false;
}

/* A directory with a manifest, finished or not. */
static bool take_run(struct records *records, const char *path, size_t *found,
                     struct error *error)
{
    struct json *manifest = manifest_read(path, error);
    bool ok = manifest != NULL;

    if (ok &&
        (text_ends(path, ".partial") || !manifest_says(manifest, "finished"))) {
        records->unfinished++;
    } else if (ok) {
        (*found)++;
        if (!is_known(records, path, manifest))
            ok = add_record(records, path, manifest, error);
    }
    json_free(manifest);
    return ok;
}

static bool is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool has_manifest(const char *path)
{
    char *manifest = file_join(path, "manifest.json");
    bool has = file_exists(manifest);

    free(manifest);
    return has;
}

static bool walk(struct records *records, const char *path, int depth,
                 size_t *found, struct error *error)
{
    char **names;
    bool ok = true;

    if (has_manifest(path))
        return take_run(records, path, found, error);
    if (depth > DEPTH_LIMIT)
        return true;
    if (!file_names(path, &names, error))
        return false;
    for (size_t i = 0; ok && names[i] != NULL; i++) {
        char *child = file_join(path, names[i]);

        if (is_directory(child))
            ok = walk(records, child, depth + 1, found, error);
        free(child);
    }
    file_free_names(names);
    return ok;
}

bool records_collect(struct records *records, const char *path,
                     struct error *error)
{
    struct place place = { .file = path };
    size_t unfinished = records->unfinished, found = 0;
    char *plain = memory_copy_text(path);
    size_t length = strlen(plain);
    bool ok;

    while (length > 1 && plain[length - 1] == '/')
        plain[--length] = '\0';
    ok = walk(records, plain, 0, &found, error);
    free(plain);
    name_groups(records);
    if (ok && found == 0)
        ok = error_add(error, ERROR_CONFIG, &place, NULL,
                       "no finished run there (unfinished: %zu)",
                       records->unfinished - unfinished);
    return ok;
}
