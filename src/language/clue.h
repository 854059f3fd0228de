/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a prefix tells of words that have not been read: a term made of them
 * stands in it, whole, or begun where the prefix ends.  Is there a word of
 * the variable's regex that fits all of it?
 *
 * A function that moves or turns symbols says what stands at some places of
 * the word, once its length is known; the places then step through the
 * automaton with no choice.  A whole term leaves few lengths.  One that is
 * begun ties down every 2^d-th symbol from one end, d the number of odds and
 * evens in it, and the rest of the word may be shortened until no state of the
 * automaton and no remainder of the length by 2^d come twice: beyond the
 * shortest possible length 2^d (states + 2) more need not be tried.  What is
 * sorted says how many there are of each symbol.
 */

#ifndef LANGUAGE_CLUE_H
#define LANGUAGE_CLUE_H

#include "language/template.h"

struct clue {
    const struct pattern_term *term;
    const uint16_t *symbols; /* of the prefix */
    size_t length;
    bool open; /* more of the term may come */
};

/* The word of a whole TERM's one variable, where rev and not alone were
 * applied to it; false for all others.  The caller frees the symbols. */
bool clue_solve(const struct pattern *pattern, const struct clue *clue,
                struct word *out);

/* Whether a word of VARIABLE fits the COUNT clues, which have no other
 * variable and no arithmetic. */
enum answer clue_ask(const struct variable *variable,
                     const struct pattern *pattern, const struct clue *clues,
                     size_t count);

#endif
