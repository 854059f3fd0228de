/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Languages and settings for tests: files of languages/, inline YAML. */

#ifndef TESTS_KNOWN_H
#define TESTS_KNOWN_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "config/schema.h"
#include "language/language.h"
#include "suite.h"

/* languages/NAME.yaml, prepared; the caller frees. */
static inline struct language *known_language(const char *name, size_t longest)
{
    struct language *language = NULL;
    struct error error = { 0 };
    char path[4096];

    snprintf(path, sizeof path, "%s/languages/%s.yaml", source_directory(),
             name);
    if (!language_load(&language, path, &error) ||
        !language_prepare(language, longest, &error))
        error_print(&error, stderr);
    ck_assert_uint_eq(error.count, 0);
    return language;
}

/* Reads TEXT by FIELDS into OUT, a zeroed struct; complaints name "x.yaml". */
static inline bool known_settings(const struct field *fields, const char *text,
                                  const char *path, void *out,
                                  struct error *error)
{
    struct yaml_document document = { 0 };
    bool ok = yaml_parse(&document, text, strlen(text), "x.yaml", error) &&
              schema_read(fields, document.root, path, NULL, out, error);

    yaml_clear(&document);
    return ok;
}

#endif
