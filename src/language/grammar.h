/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Context-free grammars: a set of rules over numbered symbols.  Symbols below
 * `terminals` are those of the alphabet, the nonterminals follow them.
 */

#ifndef LANGUAGE_GRAMMAR_H
#define LANGUAGE_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rule {
    uint32_t left;   /* a nonterminal's symbol */
    uint32_t length; /* of the right side, 0 for the empty string */
    size_t first;    /* the right side is symbols[first .. first + length) */
};

/* An untouched zero is a grammar without rules. */
struct grammar {
    size_t terminals, nonterminals;
    uint32_t start; /* a nonterminal's symbol */
    struct rule *rules;
    uint32_t *symbols;
    size_t n_rules, n_symbols, rule_capacity, symbol_capacity;
};

void grammar_clear(struct grammar *grammar);

/* Adds LEFT -> RIGHT; `nonterminals` grows to hold what the rule names. */
void grammar_add(struct grammar *grammar, uint32_t left, const uint32_t *right,
                 size_t length);

static inline bool grammar_is_terminal(const struct grammar *grammar,
                                       uint32_t symbol)
{
    return symbol < grammar->terminals;
}

static inline const uint32_t *grammar_right(const struct grammar *grammar,
                                            size_t rule)
{
    return grammar->symbols + grammar->rules[rule].first;
}

/*
 * Drops rules that are there twice, and nonterminals that derive no string or
 * are in no derivation from the start, with their rules; the others are
 * renumbered and their rules sorted by left side.  False if the start derives
 * no string: then no rule is left.
 */
bool grammar_trim(struct grammar *grammar);

/* The strings of the grammar from right to left. */
void grammar_reverse(struct grammar *grammar);

/* After grammar_trim: RANGES has room for nonterminals + 1; the rules of
 * nonterminal i are ranges[i] .. ranges[i + 1] - 1. */
void grammar_find_ranges(const struct grammar *grammar, size_t *ranges);

/* NULLABLE[i]: does nonterminal i derive the empty string? */
void grammar_find_nullable(const struct grammar *grammar, bool *nullable);

#endif
