/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A grammar and an automaton at once [Bar-Hillel, Perles & Shamir 1961]:
 * nonterminal (p, A, q) derives the strings of A that lead the automaton from
 * p to q.  Right sides are cut into pairs first.  Every derivation of the
 * grammar whose string the automaton accepts has exactly one counterpart, so
 * that an unambiguous grammar stays so.
 */

#ifndef LANGUAGE_GRAMMAR_PRODUCT_H
#define LANGUAGE_GRAMMAR_PRODUCT_H

#include "language/automaton.h"
#include "language/grammar.h"

/* Both GRAMMAR and OUT are trimmed; false, and OUT is cleared, if it would
 * need more than 300,000 rules or much memory. */
bool grammar_product(const struct grammar *grammar,
                     const struct automaton *automaton, struct grammar *out);

#endif
