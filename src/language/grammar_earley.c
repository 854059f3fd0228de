/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar_earley.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

/* RULE with DOT symbols read, since symbol ORIGIN of the string. */
struct item {
    uint32_t rule, dot;
    size_t origin;
};

/* The items after some symbols; those that wait for nonterminals have been
 * brought in the order of these. */
struct set {
    struct item *items;
    size_t count;
    struct waiting {
        uint32_t symbol, item;
    } * waiting;
    size_t n_waiting;
};

struct chart {
    const struct grammar *grammar;
    size_t *ranges;
    bool *nullable;
    struct set *sets; /* [n_sets], one more than were read */
    size_t n_sets;
    struct numbering found; /* items of the set that is being made */
    bool *predicted;        /* [nonterminals] in that set */
    size_t capacity;        /* of its items */
};

static const struct rule *rule_of(const struct chart *chart,
                                  const struct item *item)
{
    return &chart->grammar->rules[item->rule];
}

/* The symbol after the dot; NUMBERING_NONE at the end. */
static uint32_t next_symbol(const struct chart *chart, const struct item *item)
{
    if (item->dot == rule_of(chart, item)->length)
        return NUMBERING_NONE;
    return grammar_right(chart->grammar, item->rule)[item->dot];
}

static void add_item(struct chart *chart, size_t at, struct item item)
{
    struct set *set = &chart->sets[at];

    if (numbering_add(&chart->found, &item, sizeof item) < set->count)
        return;
    if (set->count == chart->capacity) {
        chart->capacity = 2 * chart->capacity + 32;
        set->items =
            memory_resize(set->items, chart->capacity, sizeof *set->items);
    }
    set->items[set->count++] = item;
}

static void predict(struct chart *chart, size_t at, uint32_t symbol,
                    const uint16_t *next)
{
    const struct grammar *grammar = chart->grammar;
    size_t i = symbol - grammar->terminals;

    if (chart->predicted[i])
        return;
    chart->predicted[i] = true;
    for (size_t r = chart->ranges[i]; r < chart->ranges[i + 1]; r++) {
        struct item item = { (uint32_t)r, 0, at };
        uint32_t first = next_symbol(chart, &item);

        if (next == NULL || first >= grammar->terminals || first == *next)
            add_item(chart, at, item);
    }
}

static int order_waiting(const void *left, const void *right)
{
    const struct waiting *a = left, *b = right;

    if (a->symbol != b->symbol)
        return a->symbol < b->symbol ? -1 : 1;
    return (a->item > b->item) - (a->item < b->item);
}

/* The first of those that wait for SYMBOL or a later one. */
static size_t find_waiting(const struct set *set, uint32_t symbol)
{
    size_t low = 0, high = set->n_waiting;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (set->waiting[middle].symbol < symbol)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A whole right side is read: what waited for its left side goes on. */
static void complete(struct chart *chart, size_t at, const struct item *done)
{
    const struct set *set = &chart->sets[done->origin];
    uint32_t left = rule_of(chart, done)->left;

    if (done->origin == at) /* empty: was stepped over when it was predicted */
        return;
    for (size_t i = find_waiting(set, left);
         i < set->n_waiting && set->waiting[i].symbol == left; i++) {
        struct item item = set->items[set->waiting[i].item];

        item.dot++;
        add_item(chart, at, item);
    }
}

/* Predictions and completions until there are no new ones.  NEXT is the
 * symbol to come, or NULL after the last. */
static void close_set(struct chart *chart, size_t at, const uint16_t *next)
{
    const struct grammar *grammar = chart->grammar;
    struct set *set = &chart->sets[at];

    for (size_t i = 0; i < set->count; i++) {
        struct item item = set->items[i];
        uint32_t symbol = next_symbol(chart, &item);

        if (symbol == NUMBERING_NONE) {
            complete(chart, at, &item);
        } else if (symbol >= grammar->terminals) {
            predict(chart, at, symbol, next);
            if (chart->nullable[symbol - grammar->terminals]) {
                item.dot++;
                add_item(chart, at, item);
            }
        }
    }
    set->waiting = memory_new(set->count + 1, sizeof *set->waiting);
    for (size_t i = 0; i < set->count; i++) {
        uint32_t symbol = next_symbol(chart, &set->items[i]);

        if (symbol != NUMBERING_NONE && symbol >= grammar->terminals)
            set->waiting[set->n_waiting++] =
                (struct waiting){ symbol, (uint32_t)i };
    }
    qsort(set->waiting, set->n_waiting, sizeof *set->waiting, order_waiting);
}

static void begin_set(struct chart *chart)
{
    numbering_clear(&chart->found);
    memset(chart->predicted, 0,
           chart->grammar->nonterminals * sizeof *chart->predicted);
    chart->capacity = 0;
}

/* Reads SYMBOL, the next after AT; false if nothing waits for it. */
static bool scan(struct chart *chart, size_t at, uint16_t symbol)
{
    const struct set *set = &chart->sets[at];

    begin_set(chart);
    for (size_t i = 0; i < set->count; i++)
        if (next_symbol(chart, &set->items[i]) == symbol) {
            struct item item = set->items[i];

            item.dot++;
            add_item(chart, at + 1, item);
        }
    return chart->sets[at + 1].count > 0;
}

static void find_next(const struct chart *chart, size_t at, bool *allowed,
                      bool *end)
{
    const struct set *set = &chart->sets[at];
    const struct grammar *grammar = chart->grammar;

    if (at == 0)
        *end = chart->nullable[grammar->start - grammar->terminals];
    if (allowed != NULL)
        memset(allowed, 0, grammar->terminals * sizeof *allowed);
    for (size_t i = 0; i < set->count; i++) {
        uint32_t symbol = next_symbol(chart, &set->items[i]);

        if (symbol == NUMBERING_NONE)
            *end |= set->items[i].origin == 0 &&
                    rule_of(chart, &set->items[i])->left == grammar->start;
        else if (allowed != NULL && symbol < grammar->terminals)
            allowed[symbol] = true;
    }
}

/* The set of what may stand before the first symbol; NEXT is as close_set's.
 */
static void open_chart(struct chart *chart, const struct grammar *grammar,
                       const uint16_t *next)
{
    size_t n = grammar->nonterminals;

    *chart = (struct chart){ .grammar = grammar };
    chart->ranges = memory_new(n + 1, sizeof *chart->ranges);
    chart->nullable = memory_new(n, sizeof *chart->nullable);
    chart->predicted = memory_new(n, sizeof *chart->predicted);
    chart->sets = memory_new(1, sizeof *chart->sets);
    chart->n_sets = 1;
    grammar_find_ranges(grammar, chart->ranges);
    grammar_find_nullable(grammar, chart->nullable);
    begin_set(chart);
    predict(chart, 0, grammar->start, next);
    close_set(chart, 0, next);
}

static void close_chart(struct chart *chart)
{
    for (size_t i = 0; i < chart->n_sets; i++) {
        free(chart->sets[i].items);
        free(chart->sets[i].waiting);
    }
    free(chart->sets);
    free(chart->ranges);
    free(chart->nullable);
    free(chart->predicted);
    numbering_clear(&chart->found);
}

/* NEXT is the symbol after SYMBOL, or NULL if it is not known. */
static bool read_symbol(struct chart *chart, uint16_t symbol,
                        const uint16_t *next)
{
    size_t at = chart->n_sets++;

    chart->sets =
        memory_resize(chart->sets, chart->n_sets, sizeof *chart->sets);
    chart->sets[at] = (struct set){ 0 };
    if (!scan(chart, at - 1, symbol))
        return false;
    close_set(chart, at, next);
    return true;
}

size_t grammar_earley_read(const struct grammar *grammar,
                           const uint16_t *symbols, size_t length,
                           bool *allowed, bool *end)
{
    struct chart chart;
    size_t i = 0;

    *end = false;
    open_chart(&chart, grammar, length > 0 ? symbols : NULL);
    while (i < length && read_symbol(&chart, symbols[i],
                                     i + 1 < length ? symbols + i + 1 : NULL))
        i++;
    if (i == length)
        find_next(&chart, length, allowed, end);
    close_chart(&chart);
    return i;
}

struct chart *grammar_earley_start(const struct grammar *grammar)
{
    struct chart *chart = memory_new(1, sizeof *chart);

    open_chart(chart, grammar, NULL);
    return chart;
}

void grammar_earley_stop(struct chart *chart)
{
    if (chart == NULL)
        return;
    close_chart(chart);
    free(chart);
}

bool grammar_earley_step(struct chart *chart, uint16_t symbol)
{
    return read_symbol(chart, symbol, NULL);
}

void grammar_earley_ask(const struct chart *chart, bool *allowed, bool *end)
{
    *end = false;
    find_next(chart, chart->n_sets - 1, allowed, end);
}
