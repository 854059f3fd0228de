/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whether some string has two derivations, which no algorithm decides for all
 * grammars: by the strings of all derivations, as far as there are few.
 */

#ifndef LANGUAGE_GRAMMAR_AMBIGUITY_H
#define LANGUAGE_GRAMMAR_AMBIGUITY_H

#include "language/grammar_tally.h"

/* Derivations that are looked at. */
#define AMBIGUITY_MOST_DERIVATIONS 20000
#define AMBIGUITY_MOST_LENGTH      64
#define AMBIGUITY_MOST_WITNESS     1000

/*
 * True, and a shortest string with two derivations is added to WITNESS; else
 * *CHECKED is the length up to which there is none.  COUNTABLE is what
 * grammar_tally_init returned: if it is false, the string is a shortest of
 * those with infinitely many, and is left out beyond AMBIGUITY_MOST_WITNESS.
 * The tally is extended.
 */
bool grammar_is_ambiguous(struct grammar_tally *tally, bool countable,
                          size_t *checked, struct strings *witness);

#endif
