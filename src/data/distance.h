/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How far a string is from a language, in single-symbol edits. */

#ifndef DATA_DISTANCE_H
#define DATA_DISTANCE_H

#include "language/language.h"

#define DISTANCE_UNKNOWN (-1)

/*
 * The fewest insertions, deletions and replacements that make a member of the
 * N symbols at S, which some MOST of them do.  By dynamic programming over
 * positions and states where the minimal automaton is known, O(n |Q| |Σ|);
 * else by trying all strings within MOST - 1 edits, or DISTANCE_UNKNOWN where
 * that may be more than 20,000.
 */
long distance_find(const struct language *language, const uint16_t *s, size_t n,
                   size_t most);

#endif
