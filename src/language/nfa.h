/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Nondeterministic automata with silent arcs, built from small to large
 * [Thompson 1968]: a fragment is a run of states and of arcs with one way in
 * and one way out, so that it can be copied or replaced as a whole.
 */

#ifndef LANGUAGE_NFA_H
#define LANGUAGE_NFA_H

#include "language/automaton.h"

#define NFA_SILENT UINT32_MAX

struct nfa_arc {
    uint32_t from, symbol, to; /* SYMBOL may be NFA_SILENT */
};

struct nfa {
    size_t symbols, states;
    struct nfa_arc *arcs;
    size_t n_arcs, capacity;
};

/* The states and arcs from the given ones to the end of the automaton. */
struct fragment {
    size_t first_state, first_arc;
    uint32_t in, out;
};

/* Beyond these many states or arcs a construction gives up. */
#define NFA_MOST_STATES 200000
#define NFA_MOST_ARCS   1000000

void nfa_clear(struct nfa *nfa);

uint32_t nfa_add_state(struct nfa *nfa);
void nfa_add_arc(struct nfa *nfa, uint32_t from, uint32_t symbol, uint32_t to);
bool nfa_is_full(const struct nfa *nfa);

/* Appends a copy of what lies in FRAGMENT, whose end is given. */
struct fragment nfa_copy(struct nfa *nfa, const struct fragment *fragment,
                         size_t end_state, size_t end_arc);

/* Drops FRAGMENT, which must be the last one. */
void nfa_drop(struct nfa *nfa, const struct fragment *fragment);

/* Appends AUTOMATON. */
struct fragment nfa_add_automaton(struct nfa *nfa,
                                  const struct automaton *automaton);

/*
 * The minimal automaton of FRAGMENT, the last one, by the subset
 * construction; false when that takes too many states.
 */
bool nfa_determinise(const struct nfa *nfa, const struct fragment *fragment,
                     struct automaton *out);

#endif
