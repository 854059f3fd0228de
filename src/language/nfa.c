/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/nfa.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

/* Subsets, and members of all subsets together, before giving up: a fraction
 * of a second. */
#define MOST_SUBSETS 20000
#define MOST_MEMBERS ((size_t)1 << 22)

void nfa_clear(struct nfa *nfa)
{
    free(nfa->arcs);
    *nfa = (struct nfa){ 0 };
}

bool nfa_is_full(const struct nfa *nfa)
{
    return nfa->states >= NFA_MOST_STATES || nfa->n_arcs >= NFA_MOST_ARCS;
}

uint32_t nfa_add_state(struct nfa *nfa)
{
    return (uint32_t)nfa->states++;
}

void nfa_add_arc(struct nfa *nfa, uint32_t from, uint32_t symbol, uint32_t to)
{
    if (nfa->n_arcs == nfa->capacity) {
        nfa->capacity = nfa->capacity == 0 ? 64 : 2 * nfa->capacity;
        nfa->arcs = memory_resize(nfa->arcs, nfa->capacity, sizeof *nfa->arcs);
    }
    nfa->arcs[nfa->n_arcs++] = (struct nfa_arc){ from, symbol, to };
}

struct fragment nfa_copy(struct nfa *nfa, const struct fragment *fragment,
                         size_t end_state, size_t end_arc)
{
    uint32_t shift = (uint32_t)(nfa->states - fragment->first_state);
    struct fragment copy = { nfa->states, nfa->n_arcs, fragment->in + shift,
                             fragment->out + shift };

    nfa->states += end_state - fragment->first_state;
    for (size_t i = fragment->first_arc; i < end_arc; i++) {
        struct nfa_arc arc = nfa->arcs[i];

        nfa_add_arc(nfa, arc.from + shift, arc.symbol, arc.to + shift);
    }
    return copy;
}

void nfa_drop(struct nfa *nfa, const struct fragment *fragment)
{
    nfa->states = fragment->first_state;
    nfa->n_arcs = fragment->first_arc;
}

struct fragment nfa_add_automaton(struct nfa *nfa,
                                  const struct automaton *automaton)
{
    uint32_t base = (uint32_t)nfa->states;
    struct fragment fragment = { nfa->states, nfa->n_arcs,
                                 base + automaton->start,
                                 base + (uint32_t)automaton->states };

    nfa->states += automaton->states + 1;
    for (uint32_t q = 0; q < automaton->states; q++) {
        for (uint32_t s = 0; s < automaton->symbols; s++)
            nfa_add_arc(nfa, base + q, s,
                        base + automaton_step(automaton, q, s));
        if (automaton->accept[q])
            nfa_add_arc(nfa, base + q, NFA_SILENT, fragment.out);
    }
    return fragment;
}

/* --------------------------------------------------- subset construction */

/* The arcs of a fragment sorted by origin: those of state q, counted from the
 * fragment's first, are arcs[offsets[q] .. offsets[q + 1]). */
struct subsets {
    size_t states, symbols;
    uint32_t in, out;
    size_t *offsets;
    struct nfa_arc *arcs;
    struct numbering sets; /* sorted members, closed under silent arcs */
    uint32_t *next;        /* [subsets][symbols] */
    bool *inside;          /* [states] scratch of the closure */
    uint32_t *members;     /* [states] scratch */
    struct nfa_arc *moves; /* scratch: arcs that leave a subset */
};

static int compare_states(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static int compare_moves(const void *a, const void *b)
{
    const struct nfa_arc *x = a, *y = b;

    if (x->symbol != y->symbol)
        return x->symbol < y->symbol ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static void subsets_init(struct subsets *subsets, const struct nfa *nfa,
                         const struct fragment *fragment)
{
    uint32_t base = (uint32_t)fragment->first_state;
    size_t n = nfa->states - base, count = nfa->n_arcs - fragment->first_arc;
    const struct nfa_arc *from =
        count > 0 ? nfa->arcs + fragment->first_arc : NULL;

    *subsets = (struct subsets){
        .states = n,
        .symbols = nfa->symbols,
        .in = fragment->in - base,
        .out = fragment->out - base,
        .offsets = memory_new(n + 2, sizeof(size_t)),
        .arcs = memory_new(count, sizeof *from),
        .inside = memory_new(n, sizeof(bool)),
        .members = memory_new(n, sizeof(uint32_t)),
        .moves = memory_new(count, sizeof *from),
    };
    for (size_t i = 0; i < count; i++)
        subsets->offsets[from[i].from - base + 2]++;
    for (size_t q = 0; q < n; q++)
        subsets->offsets[q + 2] += subsets->offsets[q + 1];
    for (size_t i = 0; i < count; i++) {
        size_t slot = subsets->offsets[from[i].from - base + 1]++;

        subsets->arcs[slot] =
            (struct nfa_arc){ from[i].from - base, from[i].symbol,
                              from[i].to - base };
    }
}

static void subsets_clear(struct subsets *subsets)
{
    free(subsets->offsets);
    free(subsets->arcs);
    numbering_clear(&subsets->sets);
    free(subsets->next);
    free(subsets->inside);
    free(subsets->members);
    free(subsets->moves);
}

static size_t add_member(struct subsets *subsets, size_t count, uint32_t q)
{
    if (!subsets->inside[q]) {
        subsets->inside[q] = true;
        subsets->members[count++] = q;
    }
    return count;
}

/* The number of the silent closure of the first COUNT members. */
static uint32_t close_set(struct subsets *subsets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t q = subsets->members[i];

        for (size_t k = subsets->offsets[q]; k < subsets->offsets[q + 1]; k++)
            if (subsets->arcs[k].symbol == NFA_SILENT)
                count = add_member(subsets, count, subsets->arcs[k].to);
    }
    for (size_t i = 0; i < count; i++)
        subsets->inside[subsets->members[i]] = false;
    qsort(subsets->members, count, sizeof *subsets->members, compare_states);
    return numbering_add(&subsets->sets, subsets->members,
                         count * sizeof *subsets->members);
}

/* The arcs that leave subset NUMBER, sorted by symbol. */
static size_t find_moves(struct subsets *subsets, uint32_t number)
{
    const uint32_t *set = numbering_key(&subsets->sets, number);
    size_t size = numbering_length(&subsets->sets, number) / sizeof *set;
    size_t count = 0;

    for (size_t i = 0; i < size; i++)
        for (size_t k = subsets->offsets[set[i]];
             k < subsets->offsets[set[i] + 1]; k++)
            if (subsets->arcs[k].symbol != NFA_SILENT)
                subsets->moves[count++] = subsets->arcs[k];
    qsort(subsets->moves, count, sizeof *subsets->moves, compare_moves);
    return count;
}

static void expand(struct subsets *subsets, uint32_t number)
{
    size_t count = find_moves(subsets, number), i = 0;

    subsets->next = automaton_grow(subsets->next, number, subsets->symbols);
    for (uint32_t s = 0; s < subsets->symbols; s++) {
        size_t members = 0;

        for (; i < count && subsets->moves[i].symbol == s; i++)
            members = add_member(subsets, members, subsets->moves[i].to);
        subsets->next[number * subsets->symbols + s] =
            close_set(subsets, members);
    }
}

static bool has_member(const struct subsets *subsets, uint32_t number,
                       uint32_t q)
{
    const uint32_t *set = numbering_key(&subsets->sets, number);
    size_t size = numbering_length(&subsets->sets, number) / sizeof *set;

    return bsearch(&q, set, size, sizeof *set, compare_states) != NULL;
}

static bool is_too_large(const struct subsets *subsets)
{
    const struct numbering *sets = &subsets->sets;

    return sets->count > MOST_SUBSETS ||
           sets->count * subsets->symbols > AUTOMATON_MOST_ARCS ||
           sets->offsets[sets->count] > MOST_MEMBERS * sizeof(uint32_t);
}

bool nfa_determinise(const struct nfa *nfa, const struct fragment *fragment,
                     struct automaton *out)
{
    struct subsets subsets;
    bool ok = true;

    *out = (struct automaton){ 0 };
    subsets_init(&subsets, nfa, fragment);
    close_set(&subsets, add_member(&subsets, 0, subsets.in));
    for (uint32_t i = 0; ok && i < subsets.sets.count; i++) {
        expand(&subsets, i);
        ok = !is_too_large(&subsets);
    }
    if (ok) {
        automaton_init(out, subsets.sets.count, subsets.symbols);
        memcpy(out->next, subsets.next,
               out->states * out->symbols * sizeof *out->next);
        for (uint32_t i = 0; i < out->states; i++)
            out->accept[i] = has_member(&subsets, i, subsets.out);
        automaton_minimise(out);
    }
    subsets_clear(&subsets);
    return ok;
}
