/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#define FILE_LIMIT ((size_t)1 << 30)

/* The path to try as number I, the caller's to free, or NULL. */
static char *candidate(const struct kept *kept, const char *file,
                       const char *experiment, size_t i)
{
    char *folder = file_folder(experiment), *path = NULL;
    const char *base = strrchr(experiment, '/');

    base = base != NULL ? base + 1 : experiment;
    if (i == 0 && strcmp(base, "config.yaml") == 0)
        path = file_join(folder, kept->copy);
    else if (i == 1 && file[0] != '/')
        path = file_join(folder, file);
    else if (i == 2)
        path = memory_copy_text(file);
    free(folder);
    return path;
}

static char *find(const struct kept *kept, const char *file,
                  const char *experiment, const struct place *place,
                  struct error *error)
{
    struct text tried = { 0 };
    char *path = NULL;

    for (size_t i = 0; i < 3; i++) {
        path = candidate(kept, file, experiment, i);
        if (path != NULL && file_exists(path))
            break;
        if (path != NULL)
            text_add_format(&tried, "%s%s", tried.length > 0 ? ", " : "", path);
        free(path);
        path = NULL;
    }
    if (path == NULL)
        error_add(error, ERROR_CONFIG, place, kept->key, "there is no %s",
                  tried.data);
    text_clear(&tried);
    return path;
}

bool kept_complain(const struct kept *kept, const struct place *place,
                   struct error *more, struct error *error)
{
    for (size_t i = 0; i < more->count; i++)
        error_add(error, ERROR_CONFIG, place, kept->key, "%s: %s",
                  more->complaints[i].file, more->complaints[i].text);
    error_clear(more);
    return false;
}

static bool sum_up(const struct kept *kept, const char *path,
                   const struct place *place, char hex[17], struct error *error)
{
    struct error mine = { 0 };
    struct text text = { 0 };

    if (!file_read(path, FILE_LIMIT, &text, &mine))
        return kept_complain(kept, place, &mine, error);
    checksum_text(checksum(text.data, text.length), hex);
    text_clear(&text);
    return true;
}

bool kept_check(const struct kept *kept, const char *path, const char *sum,
                const struct place *place, struct error *error)
{
    char hex[17];

    if (!sum_up(kept, path, place, hex, error))
        return false;
    return strcmp(hex, sum) == 0 ||
           error_add(error, ERROR_CONFIG, place, kept->key,
                     "%s has changed: its checksum is %s, not %s", path, hex,
                     sum);
}

bool kept_find(const struct kept *kept, const char *file,
               const char *experiment, const struct place *place, char **sum,
               char **path, struct error *error)
{
    char hex[17];

    *path = find(kept, file, experiment, place, error);
    if (*path == NULL)
        return false;
    if (*sum != NULL)
        return kept_check(kept, *path, *sum, place, error);
    if (!sum_up(kept, *path, place, hex, error))
        return false;
    *sum = memory_copy_text(hex);
    return true;
}

bool kept_copy(const struct kept *kept, const char *path, const char *directory,
               struct error *error)
{
    char *copy = file_join(directory, kept->copy);
    struct text text = { 0 };
    bool ok = file_read(path, FILE_LIMIT, &text, error) &&
              file_write(copy, text.data, text.length, error);

    text_clear(&text);
    free(copy);
    return ok;
}
