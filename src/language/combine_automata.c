/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Combinations of finite-state languages. */

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/combine.h"
#include "language/nfa.h"

#define MOST_STATES 100000

/* The automaton of PART over the symbols of the whole: those that are not its
 * own lead nowhere, or change nothing. */
static void lift(const struct combination *self, const struct part *part,
                 bool indifferent, struct automaton *out)
{
    const struct automaton *own = language_automaton(part->language);
    uint32_t dead = (uint32_t)own->states;

    automaton_init(out, own->states + 1, self->symbols);
    out->start = own->start;
    memcpy(out->accept, own->accept, own->states * sizeof *own->accept);
    for (uint32_t q = 0; q <= dead; q++)
        for (size_t s = 0; s < self->symbols; s++) {
            uint16_t symbol = part->from_whole[s];
            uint32_t foreign = indifferent ? q : dead;

            out->next[q * self->symbols + s] =
                q == dead                   ? dead
                : symbol == COMBINE_FOREIGN ? foreign
                                            : automaton_step(own, q, symbol);
        }
    automaton_minimise(out);
}

/* A becomes what both accept; B is cleared. */
static bool intersect(struct automaton *a, struct automaton *b)
{
    struct automaton both;
    bool ok = automaton_intersect(a, b, MOST_STATES, &both);

    automaton_clear(a);
    automaton_clear(b);
    if (ok) {
        automaton_minimise(&both);
        *a = both;
    }
    return ok;
}

static bool join(const struct combination *self, enum combine_kind kind,
                 size_t first, size_t last, struct automaton *out)
{
    bool any = kind == COMBINE_ANY, loop = kind == COMBINE_SHUFFLE;
    bool ok = true;

    lift(self, &self->parts[first], loop, out);
    if (any || kind == COMBINE_NOT)
        automaton_complement(out);
    for (size_t i = first + 1; ok && i < last; i++) {
        struct automaton next;

        lift(self, &self->parts[i], loop, &next);
        if (any || kind == COMBINE_MINUS)
            automaton_complement(&next);
        ok = intersect(out, &next);
    }
    if (ok && any)
        automaton_complement(out);
    return ok;
}

static bool concatenate(const struct combination *self, size_t first,
                        size_t last, struct automaton *out)
{
    struct nfa nfa = { .symbols = self->symbols };
    struct fragment whole = { 0 };
    bool ok;

    for (size_t i = first; i < last && !nfa_is_full(&nfa); i++) {
        struct automaton part;
        struct fragment next;

        lift(self, &self->parts[i], false, &part);
        next = nfa_add_automaton(&nfa, &part);
        automaton_clear(&part);
        if (i == first)
            whole.in = next.in;
        else
            nfa_add_arc(&nfa, whole.out, NFA_SILENT, next.in);
        whole.out = next.out;
    }
    ok = !nfa_is_full(&nfa) && nfa_determinise(&nfa, &whole, out);
    nfa_clear(&nfa);
    return ok;
}

static bool turn_round(const struct combination *self, size_t first,
                       struct automaton *out)
{
    struct nfa nfa = { .symbols = self->symbols };
    struct automaton part;
    struct fragment whole;
    uint32_t in;
    bool ok;

    lift(self, &self->parts[first], false, &part);
    whole = nfa_add_automaton(&nfa, &part);
    automaton_clear(&part);
    for (size_t i = 0; i < nfa.n_arcs; i++) {
        uint32_t from = nfa.arcs[i].from;

        nfa.arcs[i].from = nfa.arcs[i].to;
        nfa.arcs[i].to = from;
    }
    in = whole.in;
    whole.in = whole.out;
    whole.out = in;
    ok = !nfa_is_full(&nfa) && nfa_determinise(&nfa, &whole, out);
    nfa_clear(&nfa);
    return ok;
}

bool combine_automata(const struct combination *self, enum combine_kind kind,
                      size_t first, size_t last, struct automaton *out,
                      struct error *error)
{
    bool ok = true;

    for (size_t i = first; i < last; i++) {
        const struct automaton *own =
            language_automaton(self->parts[i].language);

        ok &= (own->states + 1) * self->symbols <= AUTOMATON_MOST_ARCS;
    }
    switch (ok ? kind : COMBINE_RENAME) {
    case COMBINE_CONCAT:
        ok = concatenate(self, first, last, out);
        break;
    case COMBINE_REVERSE:
        ok = turn_round(self, first, out);
        break;
    default:
        ok = ok && join(self, kind, first, last, out);
        break;
    }
    if (ok)
        return true;
    *out = (struct automaton){ 0 };
    return error_add(error, ERROR_CONFIG, &self->place, self->key,
                     "its automaton takes too many states");
}
