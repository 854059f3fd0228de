/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A scalar of a language file: its text, and where in the file each byte of
 * that text stands, through quotes, escapes, block scalars, folded lines and
 * parameters ($k, parameters.h), so that a complaint about a part of an
 * expression points at that part.
 */

#ifndef LANGUAGE_PASSAGE_H
#define LANGUAGE_PASSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/yaml.h"

struct passage {
    const char *text;
    const char *key;    /* path of keys, for complaints */
    const char *source; /* the whole file, or NULL: columns count from PLACE */
    struct place place; /* where the scalar begins, quotes included */
};

/* Borrows everything; NODE is a scalar. */
struct passage passage_of(const struct yaml_node *node, const char *key,
                          const char *source);

/* Where the byte at OFFSET of the text stands (its end counts as one). */
struct place passage_place(const struct passage *passage, size_t offset);

/* The bytes [*START, *END) of the source, which must be there, that the scalar
 * takes, quotes included. */
void passage_span(const struct passage *passage, size_t *start, size_t *end);

/* Complains about the text at OFFSET; returns false. */
bool passage_refuse(const struct passage *passage, size_t offset,
                    struct error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
