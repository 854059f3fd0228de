/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Strings held against a template: is there a way to read one, and which
 * symbols may follow a prefix? */

#ifndef LANGUAGE_MATCH_H
#define LANGUAGE_MATCH_H

#include "language/template.h"

/* How many ways there are to read the string, up to MOST; *TARGET is where
 * the target begins in the last of them, 0 if there is none. */
size_t match_count(const struct template *template, const uint16_t *symbols,
                   size_t length, size_t most, size_t *target);

/* Where what a prefix tells of words to come was not decided. */
struct undecided {
    const struct branch *branch; /* NULL: nowhere */
    const struct pattern_term *term;
};

/* As language_next; false where it is UNDECIDED. */
bool match_next(const struct template *template, const uint16_t *prefix,
                size_t length, bool *allowed, bool *end,
                struct undecided *undecided);

/* How many symbols make it certain that a string is no member. */
size_t match_certain(const struct template *template, const uint16_t *symbols,
                     size_t length);

#endif
