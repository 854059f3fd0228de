/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

/* Configurations a search looks at before it gives up. */
#define MOST_SEARCHED 50000

struct reach {
    const struct machine *machine;
    uint64_t unbounded; /* bit i: register i */
    struct counter **counters;
    size_t n_counters;
    bool exact; /* what no counter refuses is live */
};

/* ---------------------------------------------------------- the registers */

/* Do comparisons under `always` hold register FORM between two bounds? */
static bool is_bounded(const struct machine *machine, size_t form,
                       const struct conjunct *conjuncts, size_t count)
{
    unsigned escapes = SIGN_LESS | SIGN_MORE;

    if (machine->forms.items[form].modulus > 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        const struct condition *c = conjuncts[i].condition;
        const struct sum *sum = &c->difference;

        if (conjuncts[i].kind != CLAUSE_ALWAYS ||
            c->kind != CONDITION_COMPARISON || sum->n_remainders > 0 ||
            sum->n_terms != 1 || sum->terms[0].variable != form)
            continue;
        if (!(c->signs & SIGN_MORE))
            escapes &= sum->terms[0].factor > 0 ? ~(unsigned)SIGN_MORE
                                                : ~(unsigned)SIGN_LESS;
        if (!(c->signs & SIGN_LESS))
            escapes &= sum->terms[0].factor > 0 ? ~(unsigned)SIGN_LESS
                                                : ~(unsigned)SIGN_MORE;
    }
    return escapes == 0;
}

/*
 * Do the registers fall into groups, at most one unbounded in each, that
 * neither a conjunct nor a symbol joins?  Then groups can be completed one
 * after the other.  `before` is excluded: it would have to hold for a group
 * that is complete already.
 */
static bool is_separable(const struct reach *reach,
                         const struct conjunct *conjuncts, size_t count)
{
    const struct machine *machine = reach->machine;
    uint64_t groups[FORM_MOST];
    bool separable = machine->shape.states == 1;

    for (size_t i = 0; i < count; i++)
        separable &= conjuncts[i].kind != CLAUSE_BEFORE;
    machine_find_groups(machine, conjuncts, count, groups);
    for (size_t i = 0; i < machine->forms.count; i++) {
        uint64_t unbounded = groups[i] & reach->unbounded;

        separable &= (unbounded & (unbounded - 1)) == 0;
    }
    return separable;
}

struct reach *reach_new(const struct machine *machine)
{
    struct reach *reach = memory_new(1, sizeof *reach);
    size_t count, n = machine->forms.count, unbounded = 0;
    struct conjunct *conjuncts = machine_conjuncts(machine, &count);

    reach->machine = machine;
    reach->counters = memory_new(n, sizeof *reach->counters);
    for (size_t i = 0; i < n; i++)
        if (!is_bounded(machine, i, conjuncts, count)) {
            reach->unbounded |= UINT64_C(1) << i;
            unbounded++;
        }
    for (size_t i = 0; i < n; i++) {
        uint64_t bit = UINT64_C(1) << i;
        struct counter *counter = NULL;

        if (reach->unbounded & bit)
            counter = counter_new(machine, i, conjuncts, count,
                                  reach->unbounded & ~bit);
        if (counter != NULL)
            reach->counters[reach->n_counters++] = counter;
    }
    reach->exact = reach->n_counters == unbounded &&
                   (n == 0 || unbounded == 1 ||
                    (unbounded > 1 && is_separable(reach, conjuncts, count)));
    free(conjuncts);
    return reach;
}

void reach_free(struct reach *reach)
{
    if (reach == NULL)
        return;
    for (size_t i = 0; i < reach->n_counters; i++)
        counter_free(reach->counters[i]);
    free(reach->counters);
    free(reach);
}

bool reach_is_exact(const struct reach *reach)
{
    return reach->exact;
}

bool reach_is_dead(const struct reach *reach, const int64_t *configuration)
{
    for (size_t i = 0; i < reach->n_counters; i++)
        if (counter_ask(reach->counters[i], configuration) == ANSWER_NO)
            return true;
    return false;
}

/* ----------------------------------------------------------------- search */

/*
 * Best first: configurations whose unbounded registers are nearest to zero,
 * where acceptance usually lies.  The order does not touch the answer, only
 * how soon it comes.
 */
struct search {
    const struct reach *reach;
    struct numbering seen;
    struct candidate {
        int64_t cost;
        uint32_t number;
    } * heap;
    size_t count, capacity;
};

static bool is_nearer(const struct candidate *a, const struct candidate *b)
{
    return a->cost != b->cost ? a->cost < b->cost : a->number < b->number;
}

static void push(struct search *search, struct candidate candidate)
{
    size_t at = search->count++;

    if (search->count > search->capacity) {
        search->capacity = 2 * search->count;
        search->heap =
            memory_resize(search->heap, search->capacity, sizeof *search->heap);
    }
    for (; at > 0 && is_nearer(&candidate, &search->heap[(at - 1) / 2]);
         at = (at - 1) / 2)
        search->heap[at] = search->heap[(at - 1) / 2];
    search->heap[at] = candidate;
}

static struct candidate pop(struct search *search)
{
    struct candidate best = search->heap[0];
    struct candidate last = search->heap[--search->count];
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < search->count &&
            is_nearer(&search->heap[child + 1], &search->heap[child]))
            child++;
        if (child >= search->count || !is_nearer(&search->heap[child], &last))
            break;
        search->heap[at] = search->heap[child];
        at = child;
    }
    search->heap[at] = last;
    return best;
}

/* Puts a configuration on the list, unless it is known or dead. */
static void add_candidate(struct search *search, const int64_t *configuration)
{
    const struct reach *reach = search->reach;
    const struct machine *machine = reach->machine;
    struct candidate candidate = { .number = (uint32_t)search->seen.count };

    if (reach_is_dead(reach, configuration) ||
        numbering_add(&search->seen, configuration,
                      machine->width * sizeof *configuration) !=
            candidate.number)
        return;
    for (size_t i = 0; i < machine->forms.count; i++)
        if (reach->unbounded >> i & 1)
            candidate.cost += llabs(configuration[i]);
    push(search, candidate);
}

static enum answer search_from(const struct reach *reach,
                               const int64_t *configuration)
{
    const struct machine *machine = reach->machine;
    size_t bytes = machine->width * sizeof *configuration;
    struct search search = { .reach = reach };
    enum answer answer = ANSWER_NO;

    add_candidate(&search, configuration);
    while (answer == ANSWER_NO && search.count > 0) {
        uint32_t number = pop(&search).number;
        int64_t at[MACHINE_MOST_WIDTH];

        memcpy(at, numbering_key(&search.seen, number), bytes);
        if (machine_accepts(machine, at))
            answer = ANSWER_YES;
        else if (search.seen.count > MOST_SEARCHED)
            answer = ANSWER_UNKNOWN;
        for (size_t s = 0; answer == ANSWER_NO && s < machine->shape.symbols;
             s++) {
            memcpy(at, numbering_key(&search.seen, number), bytes);
            if (machine_step(machine, at, s))
                add_candidate(&search, at);
        }
    }
    numbering_clear(&search.seen);
    free(search.heap);
    return answer;
}

enum answer reach_ask(const struct reach *reach, const int64_t *configuration)
{
    if (reach->machine->forms.count == 0)
        return ANSWER_YES;
    if (reach->exact) {
        enum answer answer = ANSWER_YES;

        for (size_t i = 0; i < reach->n_counters && answer != ANSWER_NO; i++) {
            enum answer next = counter_ask(reach->counters[i], configuration);

            answer = next == ANSWER_YES ? answer : next;
        }
        return answer;
    }
    return search_from(reach, configuration);
}
