/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

void grammar_clear(struct grammar *grammar)
{
    free(grammar->rules);
    free(grammar->symbols);
    *grammar = (struct grammar){ 0 };
}

static void note_symbol(struct grammar *grammar, uint32_t symbol)
{
    if (symbol >= grammar->terminals + grammar->nonterminals)
        grammar->nonterminals = symbol - grammar->terminals + 1;
}

void grammar_add(struct grammar *grammar, uint32_t left, const uint32_t *right,
                 size_t length)
{
    if (grammar->n_rules == grammar->rule_capacity) {
        grammar->rule_capacity = 2 * grammar->rule_capacity + 16;
        grammar->rules = memory_resize(grammar->rules, grammar->rule_capacity,
                                       sizeof *grammar->rules);
    }
    if (grammar->symbols == NULL ||
        grammar->n_symbols + length > grammar->symbol_capacity) {
        grammar->symbol_capacity = 2 * grammar->symbol_capacity + length + 64;
        grammar->symbols =
            memory_resize(grammar->symbols, grammar->symbol_capacity,
                          sizeof *grammar->symbols);
    }
    grammar->rules[grammar->n_rules++] =
        (struct rule){ left, (uint32_t)length, grammar->n_symbols };
    note_symbol(grammar, left);
    for (size_t i = 0; i < length; i++) {
        note_symbol(grammar, right[i]);
        grammar->symbols[grammar->n_symbols++] = right[i];
    }
}

/* -------------------------------------------------------------- trimming */

/* Is every symbol of the right side a terminal (if !NO_TERMINALS) or a
 * nonterminal with MARKED set? */
static bool all_marked(const struct grammar *grammar, size_t rule,
                       const bool *marked, bool no_terminals)
{
    const uint32_t *right = grammar_right(grammar, rule);

    for (size_t i = 0; i < grammar->rules[rule].length; i++) {
        if (grammar_is_terminal(grammar, right[i])) {
            if (no_terminals)
                return false;
        } else if (!marked[right[i] - grammar->terminals]) {
            return false;
        }
    }
    return true;
}

/* Marks the left sides of rules whose right sides are marked throughout,
 * again and again until nothing changes. */
static void mark_upwards(const struct grammar *grammar, bool *marked,
                         bool no_terminals)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t r = grammar->n_rules; r-- > 0;) {
            bool *left = &marked[grammar->rules[r].left - grammar->terminals];

            if (!*left && all_marked(grammar, r, marked, no_terminals))
                *left = changed = true;
        }
    }
}

void grammar_find_nullable(const struct grammar *grammar, bool *nullable)
{
    memset(nullable, 0, grammar->nonterminals * sizeof *nullable);
    mark_upwards(grammar, nullable, true);
}

/* Marks what derivations from the start use, of rules with PRODUCTIVE right
 * sides; the order of discovery is in ORDER, their number is returned. */
static size_t mark_reachable(const struct grammar *grammar,
                             const bool *productive, bool *reachable,
                             uint32_t *order)
{
    size_t *ranges = memory_new(grammar->nonterminals + 1, sizeof *ranges);
    size_t found = 1;

    grammar_find_ranges(grammar, ranges);
    order[0] = grammar->start - (uint32_t)grammar->terminals;
    reachable[order[0]] = true;
    for (size_t i = 0; i < found; i++)
        for (size_t r = ranges[order[i]]; r < ranges[order[i] + 1]; r++) {
            const uint32_t *right = grammar_right(grammar, r);

            if (!all_marked(grammar, r, productive, false))
                continue;
            for (size_t k = 0; k < grammar->rules[r].length; k++) {
                uint32_t to = right[k] - (uint32_t)grammar->terminals;

                if (grammar_is_terminal(grammar, right[k]) || reachable[to])
                    continue;
                reachable[to] = true;
                order[found++] = to;
            }
        }
    free(ranges);
    return found;
}

/* By left side; rules of one keep their order. */
static void sort_rules(struct grammar *grammar)
{
    size_t *ends = memory_new(grammar->nonterminals + 1, sizeof *ends);
    struct rule *sorted = memory_new(grammar->n_rules + 1, sizeof *sorted);

    for (size_t r = 0; r < grammar->n_rules; r++)
        ends[grammar->rules[r].left - grammar->terminals + 1]++;
    for (size_t i = 0; i < grammar->nonterminals; i++)
        ends[i + 1] += ends[i];
    for (size_t r = 0; r < grammar->n_rules; r++)
        sorted[ends[grammar->rules[r].left - grammar->terminals]++] =
            grammar->rules[r];
    free(ends);
    free(grammar->rules);
    grammar->rules = sorted;
    grammar->rule_capacity = grammar->n_rules + 1;
}

static void drop_twins(struct grammar *grammar)
{
    struct numbering seen = { 0 };
    uint32_t *key = memory_new(grammar->n_symbols + 1, sizeof *key);
    size_t kept = 0;

    for (size_t r = 0; r < grammar->n_rules; r++) {
        size_t length = grammar->rules[r].length;

        key[0] = grammar->rules[r].left;
        if (length > 0)
            memcpy(key + 1, grammar_right(grammar, r), length * sizeof *key);
        if (numbering_add(&seen, key, (length + 1) * sizeof *key) == kept)
            grammar->rules[kept++] = grammar->rules[r];
    }
    grammar->n_rules = kept;
    numbering_clear(&seen);
    free(key);
}

/* Keeps the rules between the FOUND nonterminals of ORDER, renumbered so. */
static void renumber(struct grammar *grammar, const bool *productive,
                     const bool *reachable, const uint32_t *order, size_t found)
{
    uint32_t *to = memory_new(grammar->nonterminals, sizeof *to);
    size_t kept = 0;

    for (size_t i = 0; i < found; i++)
        to[order[i]] = (uint32_t)(grammar->terminals + i);
    for (size_t r = 0; r < grammar->n_rules; r++) {
        struct rule rule = grammar->rules[r];

        if (!reachable[rule.left - grammar->terminals] ||
            !all_marked(grammar, r, productive, false))
            continue;
        for (size_t i = 0; i < rule.length; i++) {
            uint32_t *symbol = &grammar->symbols[rule.first + i];

            if (!grammar_is_terminal(grammar, *symbol))
                *symbol = to[*symbol - grammar->terminals];
        }
        rule.left = to[rule.left - grammar->terminals];
        grammar->rules[kept++] = rule;
    }
    grammar->n_rules = kept;
    grammar->start = (uint32_t)grammar->terminals;
    grammar->nonterminals = found;
    free(to);
}

bool grammar_trim(struct grammar *grammar)
{
    size_t n;
    bool *productive, *reachable, any;
    uint32_t *order;

    note_symbol(grammar, grammar->start);
    n = grammar->nonterminals;
    productive = memory_new(n, sizeof *productive);
    reachable = memory_new(n, sizeof *reachable);
    order = memory_new(n, sizeof *order);
    sort_rules(grammar);
    mark_upwards(grammar, productive, false);
    any = productive[grammar->start - grammar->terminals];
    renumber(grammar, productive, reachable, order,
             mark_reachable(grammar, productive, reachable, order));
    drop_twins(grammar);
    sort_rules(grammar);
    free(productive);
    free(reachable);
    free(order);
    return any;
}

void grammar_reverse(struct grammar *grammar)
{
    for (size_t r = 0; r < grammar->n_rules; r++) {
        const struct rule *rule = &grammar->rules[r];
        uint32_t *right = grammar->symbols + rule->first;

        for (size_t i = 0; i < rule->length / 2; i++) {
            uint32_t symbol = right[i];

            right[i] = right[rule->length - 1 - i];
            right[rule->length - 1 - i] = symbol;
        }
    }
}

void grammar_find_ranges(const struct grammar *grammar, size_t *ranges)
{
    size_t r = 0;

    for (size_t i = 0; i < grammar->nonterminals; i++) {
        ranges[i] = r;
        while (r < grammar->n_rules &&
               grammar->rules[r].left == grammar->terminals + i)
            r++;
    }
    ranges[grammar->nonterminals] = r;
}
