/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "config/yaml.h"
#include "language/language.h"

#define MOST_PLACES 4

/* The folder languages/ beside FOLDER. */
static char *languages_beside(const char *folder)
{
    const char *slash = strrchr(folder, '/');
    const char *last = slash == NULL ? folder : slash + 1;
    struct text path = { 0 };

    if (strcmp(last, ".") == 0 || strcmp(last, "..") == 0 || *last == '\0')
        text_add_format(&path, "%s/../", folder);
    else
        text_add_bytes(&path, folder, (size_t)(last - folder));
    text_add(&path, "languages");
    return text_take(&path);
}

/* FOLDER/NAME and SUFFIX, unless PLACES has it. */
static void add_place(char **places, size_t *count, const char *folder,
                      const char *name, const char *suffix)
{
    struct text path = { 0 };

    if (strcmp(folder, ".") != 0)
        text_add_format(&path, "%s/", folder);
    text_add_format(&path, "%s%s", name, suffix);
    for (size_t i = 0; i < *count; i++)
        if (strcmp(places[i], path.data) == 0) {
            text_clear(&path);
            return;
        }
    places[(*count)++] = text_take(&path);
}

static size_t find_places(const char *name, const char *from, char **places)
{
    bool is_path = strchr(name, '/') != NULL || text_ends(name, ".yaml");
    size_t count = 0;

    if (from != NULL && name[0] != '/') {
        char *folder = file_folder(from), *beside = languages_beside(folder);

        add_place(places, &count, folder, name, is_path ? "" : ".yaml");
        if (!is_path)
            add_place(places, &count, beside, name, ".yaml");
        free(folder);
        free(beside);
    }
    if (is_path) {
        add_place(places, &count, ".", name, "");
    } else {
        add_place(places, &count, "languages", name, ".yaml");
        add_place(places, &count, DATADIR "/languages", name, ".yaml");
    }
    return count;
}

/* An experiment may be called as its language is, and stand where the
 * language might. */
static bool is_candidate(const char *path)
{
    struct yaml_document document = { 0 };
    struct error ignored = { 0 };
    bool is_experiment;

    if (!file_exists(path))
        return false;
    is_experiment = yaml_load(&document, path, &ignored) &&
                    yaml_get(document.root, "experiment") != NULL;
    yaml_clear(&document);
    error_clear(&ignored);
    return !is_experiment;
}

bool language_find(const char *name, const char *from,
                   const struct place *place, const char *key, char **path,
                   struct error *error)
{
    char *places[MOST_PLACES];
    size_t count = find_places(name, from, places);
    struct text tried = { 0 };

    *path = NULL;
    for (size_t i = 0; i < count; i++) {
        if (*path == NULL && is_candidate(places[i]))
            *path = places[i];
        else
            text_add_format(&tried, "%s%s", tried.length > 0 ? ", " : "",
                            places[i]);
        if (*path != places[i])
            free(places[i]);
    }
    if (*path == NULL)
        error_add(error, ERROR_CONFIG, place, key,
                  "no language \"%s\"; there is no %s", name, tried.data);
    text_clear(&tried);
    return *path != NULL;
}
