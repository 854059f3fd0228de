/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/siblings.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

/* The copy of the one that is item K, in FOLDER; the caller frees. */
static char *copy_of(const struct negatives *negatives, size_t k,
                     const char *folder)
{
    struct text name = { 0 };
    size_t number = 1;
    char *path;

    for (size_t i = 0; i < k; i++)
        number += negatives->items[i].sibling != NULL;
    text_add_format(&name, "member-of-%zu.yaml", number);
    path = file_join(folder, name.data);
    text_clear(&name);
    return path;
}

/* NULL unless EXPERIMENT is a run's config.yaml with such a copy. */
static char *find_copy(const struct negatives *negatives, size_t k,
                       const char *experiment)
{
    const char *base = strrchr(experiment, '/');
    char *folder = file_folder(experiment), *path = NULL;

    base = base != NULL ? base + 1 : experiment;
    if (strcmp(base, "config.yaml") == 0)
        path = copy_of(negatives, k, folder);
    if (path != NULL && !file_exists(path)) {
        free(path);
        path = NULL;
    }
    free(folder);
    return path;
}

bool siblings_find(struct negatives *negatives, const char *experiment,
                   const struct place *place, struct error *error)
{
    bool ok = true;

    for (size_t k = 0; k < negatives->count; k++) {
        struct negative *negative = &negatives->items[k];

        if (negative->sibling == NULL)
            continue;
        negative->path = find_copy(negatives, k, experiment);
        if (negative->path == NULL)
            ok &= language_find(negative->sibling, experiment, place,
                                "data.negatives", &negative->path, error);
    }
    return ok;
}

bool siblings_read(const struct negatives *negatives, struct text *out,
                   struct error *error)
{
    for (size_t k = 0; k < negatives->count; k++) {
        struct language *language;

        if (negatives->items[k].sibling == NULL)
            continue;
        if (!language_load(&language, negatives->items[k].path, error))
            return false;
        text_add(out, language_source(language));
        language_free(language);
    }
    return true;
}

bool siblings_keep(const struct negatives *negatives, const char *directory,
                   struct error *error)
{
    bool ok = true;

    for (size_t k = 0; ok && k < negatives->count; k++) {
        struct language *language;
        char *copy;

        if (negatives->items[k].sibling == NULL)
            continue;
        if (!language_load(&language, negatives->items[k].path, error))
            return false;
        copy = copy_of(negatives, k, directory);
        ok = file_write(copy, language_source(language),
                        strlen(language_source(language)), error);
        free(copy);
        language_free(language);
    }
    return ok;
}
