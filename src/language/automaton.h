/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Deterministic automata, complete: every state has an arc per symbol. */

#ifndef LANGUAGE_AUTOMATON_H
#define LANGUAGE_AUTOMATON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct automaton {
    size_t states, symbols;
    uint32_t start;
    uint32_t *next; /* [states][symbols] */
    bool *accept;   /* [states] */
};

/* No automaton has more arcs in all than this; enough for any hand-written
 * file, and minimal automata of that size still take well under a second. */
#define AUTOMATON_MOST_ARCS ((size_t)1 << 22)

/* All arcs lead to state 0, nothing is accepted, 0 is the start. */
void automaton_init(struct automaton *automaton, size_t states, size_t symbols);
void automaton_clear(struct automaton *automaton);

/* While states are still being found: room in NEXT for the arcs of state
 * STATES, given room for those before it. */
uint32_t *automaton_grow(uint32_t *next, size_t states, size_t symbols);

static inline uint32_t automaton_step(const struct automaton *automaton,
                                      uint32_t state, size_t symbol)
{
    return automaton->next[state * automaton->symbols + symbol];
}

bool automaton_contains(const struct automaton *automaton,
                        const uint16_t *symbols, size_t length);

/* Accepts what AUTOMATON did not. */
void automaton_complement(struct automaton *automaton);

/* What both accept, reachable states only; false, and OUT is cleared, when
 * it would need more than MOST states. */
bool automaton_intersect(const struct automaton *a, const struct automaton *b,
                         size_t most, struct automaton *out);

/*
 * The minimal automaton of the same language [Hopcroft 1971], its states
 * numbered as a breadth-first walk meets them: equal languages give equal
 * structs.
 */
void automaton_minimise(struct automaton *automaton);

/* LIVE[q], for each state: can acceptance be reached from q? */
void automaton_find_live(const struct automaton *automaton, bool *live);

#endif
