/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "config/yaml.h"
#include "language/language.h"

#define MOST_PLACES 6

/* The folder languages/ beside FOLDER. */
static char *languages_beside(const char *folder)
{
    const char *slash = strrchr(folder, '/');
    const char *last = slash == NULL ? folder : slash + 1;
    struct text path = { 0 };

    if (strcmp(folder, ".") == 0)
        text_add(&path, "../");
    else if (strcmp(last, ".") == 0 || strcmp(last, "..") == 0 || *last == '\0')
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

static bool is_path(const char *name)
{
    return strchr(name, '/') != NULL || text_ends(name, ".yaml");
}

static size_t find_places(const char *name, const char *from, char **places)
{
    const char *suffix = is_path(name) ? "" : ".yaml";
    char *folder = from != NULL && name[0] != '/' ? file_folder(from)
                                                  : memory_copy_text(".");
    char *beside = languages_beside(folder);
    char *below = strcmp(folder, ".") == 0 ? memory_copy_text("languages")
                                           : file_join(folder, "languages");
    size_t count = 0;

    add_place(places, &count, folder, name, suffix);
    add_place(places, &count, ".", name, suffix);
    if (!is_path(name)) {
        add_place(places, &count, below, name, suffix);
        add_place(places, &count, beside, name, suffix);
        add_place(places, &count, "languages", name, suffix);
        add_place(places, &count, DATADIR "/languages", name, suffix);
    }
    free(folder);
    free(beside);
    free(below);
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

/* Adds to NAMES those of the languages beside PLACE that are near to NAME. */
static void add_near(const char *place, const char *name, char ***names,
                     size_t *count)
{
    char *folder = file_folder(place), **files;
    struct error ignored = { 0 };

    if (file_exists(folder) && file_names(folder, &files, &ignored)) {
        for (size_t i = 0; files[i] != NULL; i++) {
            char *path = file_join(folder, files[i]);
            bool is_yaml = text_ends(files[i], ".yaml");

            if (is_yaml)
                files[i][strlen(files[i]) - strlen(".yaml")] = '\0';
            if (is_yaml &&
                text_nearest(name, (const char *[]){ files[i], NULL }) &&
                is_candidate(path)) {
                *names = memory_resize(*names, *count + 1, sizeof **names);
                (*names)[(*count)++] = memory_copy_text(files[i]);
            }
            free(path);
        }
        file_free_names(files);
    }
    error_clear(&ignored);
    free(folder);
}

/* The language that NAME, which is in none of the PLACES, may have meant; or
 * NULL.  Caller frees. */
static char *find_near(const char *name, char *const *places, size_t n)
{
    char **names = NULL, *nearest;
    const char *found;
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        add_near(places[i], name, &names, &count);
    names = memory_resize(names, count + 1, sizeof *names);
    names[count] = NULL;
    found = text_nearest(name, (const char *const *)names);
    nearest = found != NULL ? memory_copy_text(found) : NULL;
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return nearest;
}

/* A path is no guess: only of a bare name is it asked what was meant. */
static void refuse(const char *name, char *const *places, size_t n,
                   const struct place *place, const char *key,
                   struct error *error)
{
    char *nearest = is_path(name) ? NULL : find_near(name, places, n);
    struct text tried = { 0 };

    for (size_t i = 0; i < n; i++)
        text_add_format(&tried, "%s%s", i > 0 ? ", " : "", places[i]);
    if (nearest != NULL)
        error_add(error, ERROR_CONFIG, place, key,
                  "no language \"%s\"; did you mean \"%s\"? (there is no %s)",
                  name, nearest, tried.data);
    else
        error_add(error, ERROR_CONFIG, place, key,
                  "no language \"%s\"; there is no %s", name, tried.data);
    text_clear(&tried);
    free(nearest);
}

bool language_find(const char *name, const char *from,
                   const struct place *place, const char *key, char **path,
                   struct error *error)
{
    char *places[MOST_PLACES];
    size_t count = find_places(name, from, places);

    *path = NULL;
    for (size_t i = 0; *path == NULL && i < count; i++)
        if (is_candidate(places[i]))
            *path = memory_copy_text(places[i]);
    if (*path == NULL)
        refuse(name, places, count, place, key, error);
    for (size_t i = 0; i < count; i++)
        free(places[i]);
    return *path != NULL;
}
