/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/start.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "results/checkpoint.h"

#define FILE_LIMIT ((size_t)1 << 30)

static const char key[] = "train.from";
static const char copy_name[] = "start.safetensors";

/* The path to try as number I, the caller's to free, or NULL. */
static char *candidate(const char *file, const char *experiment, size_t i)
{
    char *folder = file_folder(experiment), *path = NULL;
    const char *base = strrchr(experiment, '/');

    base = base != NULL ? base + 1 : experiment;
    if (i == 0 && strcmp(base, "config.yaml") == 0)
        path = file_join(folder, copy_name);
    else if (i == 1 && file[0] != '/')
        path = file_join(folder, file);
    else if (i == 2)
        path = memory_copy_text(file);
    free(folder);
    return path;
}

static char *find(const char *file, const char *experiment,
                  const struct place *place, struct error *error)
{
    struct text tried = { 0 };
    char *path = NULL;

    for (size_t i = 0; i < 3; i++) {
        path = candidate(file, experiment, i);
        if (path != NULL && file_exists(path))
            break;
        if (path != NULL)
            text_add_format(&tried, "%s%s", tried.length > 0 ? ", " : "", path);
        free(path);
        path = NULL;
    }
    if (path == NULL)
        error_add(error, ERROR_CONFIG, place, key, "there is no %s",
                  tried.data);
    text_clear(&tried);
    return path;
}

/* Complains at PLACE of what MORE says about a file, and clears MORE. */
static bool complain(const struct place *place, struct error *more,
                     struct error *error)
{
    for (size_t i = 0; i < more->count; i++)
        error_add(error, ERROR_CONFIG, place, key, "%s: %s",
                  more->complaints[i].file, more->complaints[i].text);
    error_clear(more);
    return false;
}

static bool sum_up(const char *path, const struct place *place, char hex[17],
                   struct error *error)
{
    struct error mine = { 0 };
    struct text text = { 0 };

    if (!file_read(path, FILE_LIMIT, &text, &mine))
        return complain(place, &mine, error);
    checksum_text(checksum(text.data, text.length), hex);
    text_clear(&text);
    return true;
}

static bool check_sum(const struct start_config *start, const char *path,
                      const struct place *place, struct error *error)
{
    char hex[17];

    if (!sum_up(path, place, hex, error))
        return false;
    return strcmp(hex, start->checksum) == 0 ||
           error_add(error, ERROR_CONFIG, place, key,
                     "%s has changed: its checksum is %s, not %s", path, hex,
                     start->checksum);
}

bool start_find(struct start_config *start, const char *experiment,
                const struct place *place, char **path, struct error *error)
{
    char hex[17];

    *path = find(start->file, experiment, place, error);
    if (*path == NULL)
        return false;
    if (start->checksum != NULL)
        return check_sum(start, *path, place, error);
    if (!sum_up(*path, place, hex, error))
        return false;
    start->checksum = memory_copy_text(hex);
    return true;
}

bool start_load(const struct start_config *start, const char *path,
                const struct place *place, struct network *network,
                struct error *error)
{
    struct checkpoint checkpoint;
    struct error mine = { 0 };

    /* Runs of a sweep may begin long after all was looked at. */
    if (!check_sum(start, path, place, error))
        return false;
    if (!checkpoint_read(path, network_layout(network), &checkpoint, &mine))
        return complain(place, &mine, error);
    network_set(network, checkpoint.theta);
    checkpoint_clear(&checkpoint);
    return true;
}

bool start_keep(const char *path, const char *directory, struct error *error)
{
    char *copy = file_join(directory, copy_name);
    struct text text = { 0 };
    bool ok = file_read(path, FILE_LIMIT, &text, error) &&
              file_write(copy, text.data, text.length, error);

    text_clear(&text);
    free(copy);
    return ok;
}
