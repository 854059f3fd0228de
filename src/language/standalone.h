/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The text of a language file as it can stand alone: what it takes from
 * elsewhere, values and other files, written in place of the scalars that ask
 * for it.  All else, comments too, stays as it was.
 */

#ifndef LANGUAGE_STANDALONE_H
#define LANGUAGE_STANDALONE_H

#include "base/text.h"
#include "config/yaml.h"

struct standalone_edit {
    size_t start, end; /* bytes of the source */
    char *text;
};

/* An untouched zero changes nothing. */
struct standalone {
    struct standalone_edit *edits;
    size_t count;
};

void standalone_clear(struct standalone *standalone);

/* Puts TEXT in place of NODE, a plain or quoted scalar of SOURCE. */
void standalone_replace(struct standalone *standalone, const char *source,
                        const struct yaml_node *node, const char *text);

/* Adds SOURCE with all replacements to OUT. */
void standalone_write(const struct standalone *standalone, const char *source,
                      struct text *out);

#endif
