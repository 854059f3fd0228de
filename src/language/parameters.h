/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Parameters: integers that a language file names under `params`, used as $k
 * in any of its values (its name and clauses), and set from outside.
 *
 *     language: dyck-2-depth-$D
 *     params: {D: 3}
 *
 * What stands under `params` is the standard value, the one that `counts` and
 * `examples` are about.  A copy made with another one says
 * `params: {D: {standard: 3, value: 5}}`.  A language spelt out within another
 * one that has `params` has none but its own.
 */

#ifndef LANGUAGE_PARAMETERS_H
#define LANGUAGE_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/yaml.h"
#include "language/standalone.h"

#define PARAMETERS_MOST_VALUE INT64_C(1000000000)

struct parameter {
    char *name;
    int64_t value; /* -PARAMETERS_MOST_VALUE..PARAMETERS_MOST_VALUE */
    struct place place;
};

/* An untouched zero is none. */
struct parameters {
    struct parameter *items;
    size_t count;
};

void parameters_clear(struct parameters *parameters);

/* Adds the entries of MAP, `name: integer`, but for the key FILE; every
 * complaint is in ERROR, with the key path PATH. */
bool parameters_read(struct parameters *out, const struct yaml_node *map,
                     const char *path, const char *file, struct error *error);

/* Adds what "D=5" assigns; complaints name the file "--set D=5". */
bool parameters_assign(struct parameters *out, const char *assignment,
                       struct error *error);

/*
 * Puts numbers in place of $k in the language file ROOT, whose text is SOURCE
 * (NULL: places are rough): VALUES (or NULL) where they are given, else the
 * file's own.  STANDALONE (or NULL) learns how the text says so by itself,
 * *STANDARD (or NULL) whether all values are the standard ones.
 */
bool parameters_apply(struct yaml_node *root, const char *source,
                      const struct parameters *values,
                      struct standalone *standalone, bool *standard,
                      struct error *error);

#endif
