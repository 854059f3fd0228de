/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Strings that are lost late: their first k - 1 symbols begin a member of some
 * length, their first k do not.  k is uniform among the positions 1..n where
 * that is possible, what comes after it uniform over all symbols.
 *
 * Where the language counts its deaths, the first k symbols are uniform among
 * the strings of length k that die with their last.  Elsewhere they are a
 * prefix of a uniform member, of a length uniform among those of k - 1..n that
 * have members, and a uniform one of the symbols that may not follow; a
 * position at which 50 such prefixes may all go on in any way counts as not
 * possible.
 */

#ifndef DATA_LATE_DEATH_H
#define DATA_LATE_DEATH_H

#include "language/language.h"

/* For strings of length 0..LONGEST, to which LANGUAGE is prepared;
 * ERROR_CONFIG where it cannot tell what may follow. */
bool late_death_prepare(struct language *language, size_t longest,
                        struct error *error);

/* False if no string of length n can be lost. */
bool late_death_draw(const struct language *language, size_t n,
                     struct stream *stream, uint16_t *out);

/* The second way, for any language that tells what may follow. */
bool late_death_draw_from_members(const struct language *language, size_t n,
                                  struct stream *stream, uint16_t *out);

#endif
