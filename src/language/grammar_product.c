/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar_product.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

#define MOST_RULES 300000
#define MOST_WORDS ((size_t)1 << 24) /* of all relations */

/*
 * The relation of a symbol: from which state its strings lead to which; a
 * row of bits for each state.
 */
struct product {
    const struct automaton *automaton;
    struct grammar pairs;   /* the grammar with right sides of at most two */
    size_t width;           /* words of a row */
    uint64_t *relations;    /* [symbols][states][width] */
    struct numbering found; /* nonterminals of the product */
    struct grammar *out;
};

/* A nonterminal of the product. */
struct triple {
    uint32_t from, symbol, to;
};

/* A -> B C D becomes A -> B (C D), (C D) -> C D; equal ends are shared. */
static void cut_rules(struct grammar *pairs, const struct grammar *grammar)
{
    size_t first = grammar->terminals + grammar->nonterminals;
    struct numbering ends = { 0 };

    *pairs = (struct grammar){ .terminals = grammar->terminals,
                               .nonterminals = grammar->nonterminals,
                               .start = grammar->start };
    for (size_t r = 0; r < grammar->n_rules; r++) {
        const uint32_t *right = grammar_right(grammar, r);
        size_t length = grammar->rules[r].length;
        uint32_t two[2] = { length > 0 ? right[length - 1] : 0, 0 };

        for (size_t i = length; i-- > 1;) {
            uint32_t number;

            two[1] = two[0];
            two[0] = right[i - 1];
            if (i == 1)
                break;
            number = numbering_add(&ends, two, sizeof two);
            if (first + number == pairs->terminals + pairs->nonterminals)
                grammar_add(pairs, (uint32_t)first + number, two, 2);
            two[0] = (uint32_t)first + number;
        }
        grammar_add(pairs, grammar->rules[r].left, two,
                    length < 2 ? length : 2);
    }
    numbering_clear(&ends);
    grammar_trim(pairs);
}

static uint64_t *row(const struct product *product, uint32_t symbol,
                     size_t state)
{
    return product->relations +
           (symbol * product->automaton->states + state) * product->width;
}

static bool relates(const struct product *product, size_t from, uint32_t symbol,
                    size_t to)
{
    return row(product, symbol, from)[to / 64] >> to % 64 & 1;
}

/* TO |= the states that RIGHT's rule leads to from FROM; did TO grow? */
static bool follow_rule(const struct product *product, size_t rule, size_t from,
                        uint64_t *to)
{
    const uint32_t *right = grammar_right(&product->pairs, rule);
    size_t length = product->pairs.rules[rule].length;
    uint64_t grown = 0;

    for (size_t q = 0; q < product->automaton->states; q++) {
        const uint64_t *more;

        if (length == 2 && relates(product, from, right[0], q)) {
            more = row(product, right[1], q);
        } else if (length == 1 && q == 0) {
            more = row(product, right[0], from);
        } else {
            continue;
        }
        for (size_t i = 0; i < product->width; i++) {
            grown |= more[i] & ~to[i];
            to[i] |= more[i];
        }
    }
    if (length == 0 && !(to[from / 64] >> from % 64 & 1)) {
        to[from / 64] |= UINT64_C(1) << from % 64;
        grown = 1;
    }
    return grown != 0;
}

static bool find_relations(struct product *product)
{
    const struct automaton *automaton = product->automaton;
    const struct grammar *pairs = &product->pairs;
    size_t symbols = pairs->terminals + pairs->nonterminals;

    product->width = (automaton->states + 63) / 64;
    if (symbols * automaton->states * product->width > MOST_WORDS)
        return false;
    product->relations =
        memory_new(symbols * automaton->states * product->width, 8);
    for (uint32_t s = 0; s < pairs->terminals; s++)
        for (uint32_t q = 0; q < automaton->states; q++) {
            uint32_t to = automaton_step(automaton, q, s);

            row(product, s, q)[to / 64] |= UINT64_C(1) << to % 64;
        }
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t r = pairs->n_rules; r-- > 0;)
            for (size_t q = 0; q < automaton->states; q++)
                changed |= follow_rule(product, r, q,
                                       row(product, pairs->rules[r].left, q));
    }
    return true;
}

/* The product's symbol for those of SYMBOL from FROM to TO. */
static uint32_t find_symbol(struct product *product, size_t from,
                            uint32_t symbol, size_t to)
{
    struct triple triple = { (uint32_t)from, symbol, (uint32_t)to };

    if (symbol < product->pairs.terminals)
        return symbol;
    /* the first nonterminal is the start */
    return (uint32_t)product->pairs.terminals + 1 +
           numbering_add(&product->found, &triple, sizeof triple);
}

/* The counterparts of a rule from FROM to TO. */
static bool add_counterparts(struct product *product, size_t rule,
                             uint32_t left, size_t from, size_t to)
{
    const uint32_t *right = grammar_right(&product->pairs, rule);
    size_t length = product->pairs.rules[rule].length;

    if (length == 0 && from == to)
        grammar_add(product->out, left, NULL, 0);
    if (length == 1 && relates(product, from, right[0], to)) {
        uint32_t one = find_symbol(product, from, right[0], to);

        grammar_add(product->out, left, &one, 1);
    }
    for (size_t q = 0; length == 2 && q < product->automaton->states; q++) {
        uint32_t two[2];

        if (!relates(product, from, right[0], q) ||
            !relates(product, q, right[1], to))
            continue;
        two[0] = find_symbol(product, from, right[0], q);
        two[1] = find_symbol(product, q, right[1], to);
        grammar_add(product->out, left, two, 2);
        if (product->out->n_rules > MOST_RULES)
            return false;
    }
    return product->out->n_rules <= MOST_RULES;
}

static bool add_rules(struct product *product)
{
    const struct automaton *automaton = product->automaton;
    size_t *ranges =
        memory_new(product->pairs.nonterminals + 1, sizeof *ranges);
    uint32_t start = product->out->start;
    bool ok = true;

    grammar_find_ranges(&product->pairs, ranges);
    for (size_t q = 0; q < automaton->states; q++)
        if (automaton->accept[q] &&
            relates(product, automaton->start, product->pairs.start, q)) {
            uint32_t one =
                find_symbol(product, automaton->start, product->pairs.start, q);

            grammar_add(product->out, start, &one, 1);
        }
    for (uint32_t i = 0; ok && i < product->found.count; i++) {
        struct triple triple;
        size_t r;

        memcpy(&triple, numbering_key(&product->found, i), sizeof triple);
        r = ranges[triple.symbol - product->pairs.terminals];
        while (ok && r < ranges[triple.symbol - product->pairs.terminals + 1])
            ok = add_counterparts(product, r++, start + 1 + i, triple.from,
                                  triple.to);
    }
    free(ranges);
    return ok;
}

bool grammar_product(const struct grammar *grammar,
                     const struct automaton *automaton, struct grammar *out)
{
    struct product product = { .automaton = automaton, .out = out };
    bool ok;

    *out = (struct grammar){ .terminals = grammar->terminals,
                             .start = (uint32_t)grammar->terminals };
    cut_rules(&product.pairs, grammar);
    ok = find_relations(&product) && add_rules(&product);
    grammar_clear(&product.pairs);
    free(product.relations);
    numbering_clear(&product.found);
    if (ok)
        grammar_trim(out);
    else
        grammar_clear(out);
    return ok;
}
