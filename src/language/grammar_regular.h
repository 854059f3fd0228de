/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Grammars without self-embedding are regular [Chomsky 1959]: among
 * nonterminals that derive each other, all recursion leaves strings on the
 * same side of the one that recurs.  Such a set is a finite automaton with a
 * state a nonterminal, in which the sets below it stand for arcs [Nederhof
 * 2000; Mohri & Nederhof 2001].
 */

#ifndef LANGUAGE_GRAMMAR_REGULAR_H
#define LANGUAGE_GRAMMAR_REGULAR_H

#include "language/automaton.h"
#include "language/grammar.h"

enum regularity {
    REGULARITY_UNKNOWN, /* it embeds itself; its language may be regular */
    REGULARITY_LARGE,   /* regular, but its automaton was not built */
    REGULARITY_BUILT
};

/* The minimal automaton of GRAMMAR, which is trimmed; OUT is cleared where it
 * is not built. */
enum regularity grammar_automaton(const struct grammar *grammar,
                                  struct automaton *out);

#endif
