/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/distance.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define MOST_TRIED 20000

/* ------------------------------------------------------------- automata */

/*
 * A node (i, q): the first i symbols are dealt with and the automaton is in
 * state q.  Nodes are found in the order of their distance from (0, start): a
 * match costs nothing, and an edit leads to the next layer.
 */
struct search {
    const struct automaton *automaton;
    const uint16_t *s;
    size_t n;
    bool *seen;            /* [n + 1][states] */
    size_t *layer, *after; /* nodes at this distance, and one further */
    size_t count, n_after;
};

static void push(struct search *search, size_t node, bool further)
{
    if (search->seen[node])
        return;
    if (further) {
        search->after[search->n_after++] = node;
        return;
    }
    search->seen[node] = true;
    search->layer[search->count++] = node;
}

/* The neighbours of NODE; true if it is the end. */
static bool expand(struct search *search, size_t node)
{
    const struct automaton *automaton = search->automaton;
    size_t states = automaton->states, i = node / states, q = node % states;

    if (i == search->n && automaton->accept[q])
        return true;
    for (size_t a = 0; a < automaton->symbols; a++) {
        size_t to = automaton_step(automaton, (uint32_t)q, a);

        push(search, i * states + to, true); /* insert a */
        if (i < search->n)
            push(search, (i + 1) * states + to, search->s[i] != a);
    }
    if (i < search->n)
        push(search, (i + 1) * states + q, true); /* delete */
    return false;
}

static long find_by_automaton(const struct automaton *automaton,
                              const uint16_t *s, size_t n)
{
    size_t nodes = (n + 1) * automaton->states, edges = 2 * automaton->symbols;
    struct search search = { .automaton = automaton, .s = s, .n = n };
    long distance = 0;
    bool found = false;

    search.seen = memory_new(nodes, sizeof *search.seen);
    search.layer = memory_new(nodes, sizeof *search.layer);
    search.after = memory_new(nodes * (edges + 1), sizeof *search.after);
    push(&search, automaton->start, false);
    while (!found && search.count > 0) {
        size_t next;

        for (size_t k = 0; !found && k < search.count; k++)
            found = expand(&search, search.layer[k]);
        if (found)
            break;
        next = search.n_after;
        search.count = search.n_after = 0;
        for (size_t k = 0; k < next; k++)
            push(&search, search.after[k], false);
        distance++;
    }
    free(search.seen);
    free(search.layer);
    free(search.after);
    return found ? distance : DISTANCE_UNKNOWN;
}

/* ------------------------------------------------------------ enumeration */

/* Whether EDITS more edits make a member of the N symbols at S. */
static bool is_within(const struct language *language, const uint16_t *s,
                      size_t n, size_t edits)
{
    size_t alphabet = language_alphabet(language)->size;
    uint16_t *t;
    bool found = language_contains(language, s, n);

    if (found || edits == 0)
        return found;
    t = memory_new(n + 1, sizeof *t);
    for (size_t at = 0; !found && at <= n; at++) {
        memcpy(t, s, at * sizeof *t);
        memcpy(t + at + 1, s + at, (n - at) * sizeof *t);
        for (size_t a = 0; !found && a < alphabet; a++) {
            t[at] = (uint16_t)a;
            found = is_within(language, t, n + 1, edits - 1);
        }
        if (at == n)
            break;
        memcpy(t, s, n * sizeof *t);
        for (size_t a = 0; !found && a < alphabet; a++) {
            t[at] = (uint16_t)a;
            found = is_within(language, t, n, edits - 1);
        }
        memcpy(t + at, s + at + 1, (n - at - 1) * sizeof *t);
        found = found || is_within(language, t, n - 1, edits - 1);
    }
    free(t);
    return found;
}

/* Strings tried within EDITS edits, at most; MOST_TRIED + 1 for more. */
static size_t count_tried(size_t n, size_t alphabet, size_t edits)
{
    size_t tried = 1;

    for (size_t i = 0; i < edits && tried <= MOST_TRIED; i++)
        tried *= (2 * (n + i) + 1) * alphabet + n + i + 1;
    return tried <= MOST_TRIED ? tried : MOST_TRIED + 1;
}

long distance_find(const struct language *language, const uint16_t *s, size_t n,
                   size_t most)
{
    const struct automaton *automaton = language_automaton(language);
    size_t alphabet = language_alphabet(language)->size;

    if (automaton != NULL)
        return find_by_automaton(automaton, s, n);
    for (size_t d = 0; d < most; d++) {
        if (count_tried(n, alphabet, d) > MOST_TRIED)
            return DISTANCE_UNKNOWN;
        if (is_within(language, s, n, d))
            return (long)d;
    }
    return (long)most;
}
