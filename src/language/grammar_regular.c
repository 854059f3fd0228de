/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar_regular.h"

#include <stdlib.h>

#include "base/memory.h"
#include "language/cycles.h"
#include "language/nfa.h"

/* Sets of nonterminals below each other. */
#define MOST_DEPTH 1000

struct set {
    size_t first, count; /* members[first .. first + count) */
    bool recursive;
    bool before, after; /* strings stand before, after what recurs */
};

struct build {
    const struct grammar *grammar;
    size_t *ranges;
    bool *generates;   /* [symbols] a string that is not empty */
    uint32_t *set_of;  /* [nonterminals] */
    uint32_t *members; /* nonterminals, set by set */
    uint32_t *place;   /* [nonterminals] among the members of its set */
    struct set *sets;
    size_t n_sets, depth;
    struct nfa nfa;
};

/* ---------------------------------------------------------------- analysis */

static uint32_t number_of(const struct build *build, uint32_t symbol)
{
    return symbol - (uint32_t)build->grammar->terminals;
}

static void find_generating(struct build *build)
{
    const struct grammar *grammar = build->grammar;

    for (size_t s = 0; s < grammar->terminals; s++)
        build->generates[s] = true;
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t r = grammar->n_rules; r-- > 0;) {
            bool *left = &build->generates[grammar->rules[r].left];
            const uint32_t *right = grammar_right(grammar, r);

            for (size_t i = 0; !*left && i < grammar->rules[r].length; i++)
                grew |= *left = build->generates[right[i]];
        }
    }
}

/* An arc from each nonterminal to those on its right sides. */
static void find_sets(struct build *build)
{
    const struct grammar *grammar = build->grammar;
    size_t n = grammar->nonterminals, at = 0;
    size_t *offsets = memory_new(n + 1, sizeof *offsets);
    uint32_t *targets = memory_new(grammar->n_symbols, sizeof *targets);

    for (size_t i = 0; i < n; i++) {
        for (size_t r = build->ranges[i]; r < build->ranges[i + 1]; r++)
            for (size_t k = 0; k < grammar->rules[r].length; k++) {
                uint32_t symbol = grammar_right(grammar, r)[k];

                if (!grammar_is_terminal(grammar, symbol))
                    targets[at++] = number_of(build, symbol);
            }
        offsets[i + 1] = at;
    }
    build->n_sets = cycles_find(n, offsets, targets, build->set_of);
    free(offsets);
    free(targets);
}

static void list_members(struct build *build)
{
    size_t n = build->grammar->nonterminals, first = 0;

    build->sets = memory_new(build->n_sets, sizeof *build->sets);
    for (size_t i = 0; i < n; i++)
        build->sets[build->set_of[i]].count++;
    for (size_t k = 0; k < build->n_sets; k++) {
        build->sets[k].first = first;
        first += build->sets[k].count;
        build->sets[k].count = 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct set *set = &build->sets[build->set_of[i]];

        build->place[i] = (uint32_t)set->count;
        build->members[set->first + set->count++] = i;
    }
}

static bool is_in(const struct build *build, uint32_t symbol, size_t set)
{
    return !grammar_is_terminal(build->grammar, symbol) &&
           build->generates[symbol] &&
           build->set_of[number_of(build, symbol)] == set;
}

/* What stands around the symbols of a right side that recur. */
static void look_around(struct build *build, size_t rule)
{
    const struct grammar *grammar = build->grammar;
    const uint32_t *right = grammar_right(grammar, rule);
    size_t length = grammar->rules[rule].length, generating = 0, met = 0;
    uint32_t number =
        build->set_of[number_of(build, grammar->rules[rule].left)];
    struct set *set = &build->sets[number];

    for (size_t i = 0; i < length; i++)
        generating += build->generates[right[i]];
    for (size_t i = 0; i < length; i++) {
        bool generates = build->generates[right[i]];

        if (is_in(build, right[i], number)) {
            set->recursive = true;
            set->before |= met > 0;
            set->after |= met + 1 < generating;
        }
        met += generates;
    }
}

static bool embeds_itself(struct build *build)
{
    bool embeds = false;

    for (size_t r = 0; r < build->grammar->n_rules; r++)
        look_around(build, r);
    for (size_t k = 0; k < build->n_sets; k++)
        embeds |= build->sets[k].before && build->sets[k].after;
    return embeds;
}

/* ------------------------------------------------------------ construction */

static bool add_symbol(struct build *build, uint32_t from, uint32_t symbol,
                       uint32_t to);

/* Strings of the COUNT symbols, one after the other. */
static bool add_sequence(struct build *build, uint32_t from,
                         const uint32_t *symbols, size_t count, uint32_t to)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t next;

        if (!build->generates[symbols[i]])
            continue;
        next = nfa_add_state(&build->nfa);
        if (!add_symbol(build, from, symbols[i], next))
            return false;
        from = next;
    }
    nfa_add_arc(&build->nfa, from, NFA_SILENT, to);
    return !nfa_is_full(&build->nfa);
}

/* A rule of the member whose state is HERE: it ends at TO, or goes on at the
 * member it recurs to; or the same backwards, from FROM. */
static bool add_rule(struct build *build, size_t rule, const struct set *set,
                     size_t number, uint32_t base, uint32_t from, uint32_t here,
                     uint32_t to)
{
    const uint32_t *right = grammar_right(build->grammar, rule);
    size_t length = build->grammar->rules[rule].length, i = 0;
    uint32_t there;

    while (i < length && !is_in(build, right[i], number))
        i++;
    if (i == length)
        return set->after ? add_sequence(build, from, right, length, here)
                          : add_sequence(build, here, right, length, to);
    there = base + build->place[number_of(build, right[i])];
    return set->after
               ? add_sequence(build, there, right + i + 1, length - i - 1, here)
               : add_sequence(build, here, right, i, there);
}

static bool add_recursive(struct build *build, uint32_t from,
                          uint32_t nonterminal, uint32_t to)
{
    size_t number = build->set_of[nonterminal];
    const struct set *set = &build->sets[number];
    uint32_t base = (uint32_t)build->nfa.states, own;
    bool ok = true;

    build->nfa.states += set->count;
    own = base + build->place[nonterminal];
    for (uint32_t k = 0; ok && k < set->count; k++) {
        uint32_t member = build->members[set->first + k];
        size_t r = build->ranges[member];

        while (ok && r < build->ranges[member + 1])
            ok = add_rule(build, r++, set, number, base, from, base + k, to);
    }
    if (set->after)
        nfa_add_arc(&build->nfa, own, NFA_SILENT, to);
    else
        nfa_add_arc(&build->nfa, from, NFA_SILENT, own);
    return ok;
}

/* Arcs from FROM to TO for the strings of SYMBOL; false if they are too many.
 */
static bool add_symbol(struct build *build, uint32_t from, uint32_t symbol,
                       uint32_t to)
{
    uint32_t nonterminal;
    bool ok = build->depth < MOST_DEPTH && !nfa_is_full(&build->nfa);

    if (!ok || grammar_is_terminal(build->grammar, symbol)) {
        nfa_add_arc(&build->nfa, from, symbol, to);
        return ok;
    }
    nonterminal = number_of(build, symbol);
    build->depth++;
    if (build->sets[build->set_of[nonterminal]].recursive)
        ok = add_recursive(build, from, nonterminal, to);
    else
        for (size_t r = build->ranges[nonterminal];
             ok && r < build->ranges[nonterminal + 1]; r++)
            ok = add_sequence(build, from, grammar_right(build->grammar, r),
                              build->grammar->rules[r].length, to);
    build->depth--;
    return ok;
}

static bool construct(struct build *build, struct automaton *out)
{
    uint32_t start = build->grammar->start;
    struct fragment whole = { 0, 0, 0, 0 };

    build->nfa.symbols = build->grammar->terminals;
    whole.in = nfa_add_state(&build->nfa);
    whole.out = nfa_add_state(&build->nfa);
    return add_sequence(build, whole.in, &start, 1, whole.out) &&
           nfa_determinise(&build->nfa, &whole, out);
}

enum regularity grammar_automaton(const struct grammar *grammar,
                                  struct automaton *out)
{
    size_t n = grammar->nonterminals;
    struct build build = { .grammar = grammar };
    enum regularity result = REGULARITY_UNKNOWN;

    *out = (struct automaton){ 0 };
    build.ranges = memory_new(n + 1, sizeof *build.ranges);
    build.generates =
        memory_new(n + grammar->terminals, sizeof *build.generates);
    build.set_of = memory_new(n, sizeof *build.set_of);
    build.members = memory_new(n, sizeof *build.members);
    build.place = memory_new(n, sizeof *build.place);
    grammar_find_ranges(grammar, build.ranges);
    find_generating(&build);
    find_sets(&build);
    list_members(&build);
    if (!embeds_itself(&build))
        result = construct(&build, out) ? REGULARITY_BUILT : REGULARITY_LARGE;
    nfa_clear(&build.nfa);
    free(build.ranges);
    free(build.generates);
    free(build.set_of);
    free(build.members);
    free(build.place);
    free(build.sets);
    return result;
}
