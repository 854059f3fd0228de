/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar_lr.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

#define MOST_STATES 20000
#define MOST_CELLS  ((size_t)1 << 24) /* of the tables */
#define MOST_ITEMS  4000000           /* in all states */
#define MOST_BYTES  ((size_t)1 << 28) /* of all kernels */

#define ACTION_ERROR  0 /* else shift to STATE: state + 1, reduce: -rule - 1 */
#define ACTION_ACCEPT INT32_MAX

#define NO_SYMBOL UINT32_MAX

/*
 * A position is a place in a right side: that before symbol i of rule r is
 * first[r] + i.  Rule `rules` is START' -> START.  An item is a position and
 * a set of symbols that may follow the rule, WIDTH words with a bit for each
 * terminal and one for the end.
 */
struct builder {
    const struct grammar *grammar;
    struct grammar_lr *out;
    size_t width, rules, positions;
    size_t *first;     /* [rules + 2] */
    uint32_t *next;    /* [positions] symbol there, or NO_SYMBOL */
    uint32_t *rule_of; /* [positions] */
    uint64_t *begins;  /* [positions][width] what the rest after it begins */
    bool *vanishes;    /* [positions] can the rest after it be empty? */
    size_t *ranges;    /* [nonterminals + 1] */
    struct numbering kernels; /* states */
    size_t items;
    /* of the state at hand */
    uint64_t *follow; /* [nonterminals][width] of rules that may begin here */
    bool *wanted;     /* [nonterminals] */
    uint32_t *queue;  /* [nonterminals] those whose follow has grown */
    bool *queued;
    size_t n_queue;
    struct item *list;
    size_t n_list, list_capacity;
    unsigned char *key;
    size_t key_capacity;
};

struct item {
    uint32_t symbol, position; /* symbol: before which the dot stands */
    const uint64_t *follow;
};

void grammar_lr_clear(struct grammar_lr *lr)
{
    free(lr->actions);
    free(lr->gotos);
    free(lr->lefts);
    free(lr->lengths);
    *lr = (struct grammar_lr){ 0 };
}

/* ------------------------------------------------------------- preparing */

/* TO |= MORE; did it grow? */
static bool unite(uint64_t *to, const uint64_t *more, size_t width)
{
    uint64_t grown = 0;

    for (size_t i = 0; i < width; i++) {
        grown |= more[i] & ~to[i];
        to[i] |= more[i];
    }
    return grown != 0;
}

static void set_bit(uint64_t *set, size_t bit)
{
    set[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool has_bit(const uint64_t *set, size_t bit)
{
    return set[bit / 64] >> bit % 64 & 1;
}

static void find_positions(struct builder *builder)
{
    const struct grammar *grammar = builder->grammar;
    size_t at = 0;

    builder->rules = grammar->n_rules;
    builder->first = memory_new(builder->rules + 2, sizeof(size_t));
    builder->positions = grammar->n_rules + 2;
    for (size_t r = 0; r < grammar->n_rules; r++)
        builder->positions += grammar->rules[r].length;
    builder->next = memory_new(builder->positions, sizeof(uint32_t));
    builder->rule_of = memory_new(builder->positions, sizeof(uint32_t));
    for (size_t r = 0; r <= builder->rules; r++) {
        size_t length = r == builder->rules ? 1 : grammar->rules[r].length;

        builder->first[r] = at;
        for (size_t i = 0; i <= length; i++) {
            builder->rule_of[at] = (uint32_t)r;
            builder->next[at++] = i == length ? NO_SYMBOL
                                  : r == builder->rules
                                      ? grammar->start
                                      : grammar_right(grammar, r)[i];
        }
    }
    builder->first[builder->rules + 1] = at;
}

/* What right sides from each position on begin with, and whether they can be
 * empty; FIRSTS is that of nonterminals. */
static void find_begins_of(struct builder *builder, const uint64_t *firsts,
                           const bool *nullable, uint64_t *begins,
                           bool *vanishes)
{
    size_t terminals = builder->grammar->terminals, width = builder->width;

    for (size_t p = builder->positions; p-- > 0;) {
        uint32_t symbol = builder->next[p];
        uint64_t *set = begins + p * width;

        vanishes[p] = symbol == NO_SYMBOL;
        if (symbol == NO_SYMBOL)
            continue;
        if (symbol < terminals) {
            set_bit(set, symbol);
            continue;
        }
        unite(set, firsts + (symbol - terminals) * width, width);
        if (!nullable[symbol - terminals])
            continue;
        unite(set, set + width, width);
        vanishes[p] = vanishes[p + 1];
    }
}

static void find_begins(struct builder *builder)
{
    const struct grammar *grammar = builder->grammar;
    size_t width = builder->width;
    bool *nullable = memory_new(grammar->nonterminals, sizeof *nullable);
    uint64_t *firsts = memory_new(grammar->nonterminals * width, 8);
    bool changed = true;

    builder->begins = memory_new(builder->positions * width, 8);
    builder->vanishes = memory_new(builder->positions, sizeof(bool));
    grammar_find_nullable(grammar, nullable);
    while (changed) {
        changed = false;
        find_begins_of(builder, firsts, nullable, builder->begins,
                       builder->vanishes);
        for (size_t r = grammar->n_rules; r-- > 0;)
            changed |= unite(
                firsts + (grammar->rules[r].left - grammar->terminals) * width,
                builder->begins + builder->first[r] * width, width);
    }
    free(nullable);
    free(firsts);
}

static void prepare(struct builder *builder)
{
    const struct grammar *grammar = builder->grammar;
    size_t n = grammar->nonterminals;

    builder->width = (grammar->terminals + 1 + 63) / 64;
    find_positions(builder);
    find_begins(builder);
    builder->ranges = memory_new(n + 1, sizeof(size_t));
    grammar_find_ranges(grammar, builder->ranges);
    builder->follow = memory_new(n * builder->width, 8);
    builder->wanted = memory_new(n, sizeof(bool));
    builder->queue = memory_new(n, sizeof(uint32_t));
    builder->queued = memory_new(n, sizeof(bool));
}

static void clear(struct builder *builder)
{
    free(builder->first);
    free(builder->next);
    free(builder->rule_of);
    free(builder->begins);
    free(builder->vanishes);
    free(builder->ranges);
    numbering_clear(&builder->kernels);
    free(builder->follow);
    free(builder->wanted);
    free(builder->queue);
    free(builder->queued);
    free(builder->list);
    free(builder->key);
}

/* ---------------------------------------------------------------- states */

/* The nonterminal at POSITION, if any, may begin here, and be followed by
 * what comes after it: by FOLLOW if that can be nothing. */
static void want(struct builder *builder, size_t position,
                 const uint64_t *follow)
{
    uint32_t symbol = builder->next[position];
    size_t width = builder->width, i;
    bool grown;

    if (symbol == NO_SYMBOL || symbol < builder->grammar->terminals)
        return;
    i = symbol - builder->grammar->terminals;
    grown = !builder->wanted[i];
    builder->wanted[i] = true;
    grown |= unite(builder->follow + i * width,
                   builder->begins + (position + 1) * width, width);
    if (builder->vanishes[position + 1])
        grown |= unite(builder->follow + i * width, follow, width);
    if (grown && !builder->queued[i]) {
        builder->queued[i] = true;
        builder->queue[builder->n_queue++] = (uint32_t)i;
    }
}

static void add_item(struct builder *builder, size_t position,
                     const uint64_t *follow)
{
    if (builder->n_list == builder->list_capacity) {
        builder->list_capacity = 2 * builder->list_capacity + 64;
        builder->list = memory_resize(builder->list, builder->list_capacity,
                                      sizeof *builder->list);
    }
    builder->list[builder->n_list++] =
        (struct item){ builder->next[position], (uint32_t)position, follow };
}

/* A kernel is a run of records: a position in eight bytes, then its set. */
static size_t record_size(const struct builder *builder)
{
    return (1 + builder->width) * 8;
}

/* The items of a state from its kernel of COUNT records, which stays. */
static void close_items(struct builder *builder, const uint64_t *kernel,
                        size_t count)
{
    size_t n = builder->grammar->nonterminals, width = builder->width;

    memset(builder->follow, 0, n * width * 8);
    memset(builder->wanted, 0, n * sizeof *builder->wanted);
    builder->n_list = builder->n_queue = 0;
    for (size_t i = 0; i < count; i++, kernel += 1 + width) {
        add_item(builder, kernel[0], kernel + 1);
        want(builder, kernel[0], kernel + 1);
    }
    while (builder->n_queue > 0) {
        uint32_t i = builder->queue[--builder->n_queue];

        builder->queued[i] = false;
        for (size_t r = builder->ranges[i]; r < builder->ranges[i + 1]; r++)
            want(builder, builder->first[r], builder->follow + i * width);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t r = builder->ranges[i];
             builder->wanted[i] && r < builder->ranges[i + 1]; r++)
            add_item(builder, builder->first[r], builder->follow + i * width);
    builder->items += builder->n_list;
}

static int order_items(const void *left, const void *right)
{
    const struct item *a = left, *b = right;

    if (a->symbol != b->symbol)
        return a->symbol < b->symbol ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

/* The state that items COUNT items lead to over their symbol. */
static uint32_t find_state(struct builder *builder, const struct item *items,
                           size_t count)
{
    size_t size = count * record_size(builder), width = builder->width;

    if (size > builder->key_capacity) {
        builder->key_capacity = 2 * size;
        builder->key = memory_resize(builder->key, builder->key_capacity, 1);
    }
    for (size_t i = 0; i < count; i++) {
        unsigned char *record = builder->key + i * record_size(builder);
        uint64_t position = items[i].position + 1;

        memcpy(record, &position, 8);
        memcpy(record + 8, items[i].follow, width * 8);
    }
    return numbering_add(&builder->kernels, builder->key, size);
}

static bool set_action(struct builder *builder, size_t state, size_t symbol,
                       int32_t action)
{
    int32_t *cell =
        &builder->out->actions[state * (builder->out->terminals + 1) + symbol];

    if (*cell != ACTION_ERROR && *cell != action)
        return false;
    *cell = action;
    return true;
}

static bool set_reductions(struct builder *builder, size_t state,
                           const struct item *item)
{
    uint32_t rule = builder->rule_of[item->position];
    int32_t action =
        rule == builder->rules ? ACTION_ACCEPT : -(int32_t)rule - 1;

    for (size_t s = 0; s <= builder->out->terminals; s++)
        if (has_bit(item->follow, s) && !set_action(builder, state, s, action))
            return false;
    return true;
}

static bool set_transition(struct builder *builder, size_t state,
                           uint32_t symbol, uint32_t to)
{
    struct grammar_lr *out = builder->out;

    if (symbol < out->terminals)
        return set_action(builder, state, symbol, (int32_t)to + 1);
    out->gotos[state * out->nonterminals + symbol - out->terminals] = to;
    return true;
}

static bool is_too_large(const struct builder *builder)
{
    const struct grammar_lr *out = builder->out;
    size_t states = builder->kernels.count;

    return states > MOST_STATES || builder->items > MOST_ITEMS ||
           states * (out->terminals + 1 + out->nonterminals) > MOST_CELLS ||
           numbering_size(&builder->kernels) > MOST_BYTES;
}

static void add_rows(struct builder *builder)
{
    struct grammar_lr *out = builder->out;
    size_t cells = out->terminals + 1, state = out->states++;

    out->actions =
        memory_resize(out->actions, out->states * cells, sizeof *out->actions);
    memset(out->actions + state * cells, 0, cells * sizeof *out->actions);
    out->gotos = memory_resize(out->gotos, out->states * out->nonterminals,
                               sizeof *out->gotos);
    memset(out->gotos + state * out->nonterminals, 0,
           out->nonterminals * sizeof *out->gotos);
}

/* The actions of a state, and the states they lead to. */
static enum lr_result fill_state(struct builder *builder, uint32_t state)
{
    size_t size = numbering_length(&builder->kernels, state), end;
    uint64_t *kernel =
        memory_copy(numbering_key(&builder->kernels, state), size);
    enum lr_result result = LR_BUILT;

    add_rows(builder);
    close_items(builder, kernel, size / record_size(builder));
    qsort(builder->list, builder->n_list, sizeof *builder->list, order_items);
    for (size_t i = 0; result == LR_BUILT && i < builder->n_list; i = end) {
        struct item *item = &builder->list[i];
        bool ok;

        for (end = i + 1; item->symbol != NO_SYMBOL && end < builder->n_list &&
                          builder->list[end].symbol == item->symbol;)
            end++;
        if (item->symbol == NO_SYMBOL)
            ok = set_reductions(builder, state, item);
        else
            ok = set_transition(builder, state, item->symbol,
                                find_state(builder, item, end - i));
        if (!ok)
            result = LR_CONFLICT;
        else if (is_too_large(builder))
            result = LR_TOO_LARGE;
    }
    free(kernel);
    return result;
}

static void add_first_state(struct builder *builder)
{
    uint64_t *kernel = memory_new(1 + builder->width, 8);

    kernel[0] = builder->first[builder->rules];
    set_bit(kernel + 1, builder->grammar->terminals);
    numbering_add(&builder->kernels, kernel, record_size(builder));
    free(kernel);
}

enum lr_result grammar_lr_build(struct grammar_lr *out,
                                const struct grammar *grammar)
{
    struct builder builder = { .grammar = grammar, .out = out };
    enum lr_result result = LR_BUILT;

    *out = (struct grammar_lr){ .terminals = grammar->terminals,
                                .nonterminals = grammar->nonterminals };
    out->lefts = memory_new(grammar->n_rules, sizeof *out->lefts);
    out->lengths = memory_new(grammar->n_rules, sizeof *out->lengths);
    for (size_t r = 0; r < grammar->n_rules; r++) {
        out->lefts[r] = grammar->rules[r].left - (uint32_t)grammar->terminals;
        out->lengths[r] = grammar->rules[r].length;
    }
    prepare(&builder);
    add_first_state(&builder);
    for (uint32_t i = 0; result == LR_BUILT && i < builder.kernels.count; i++)
        result = fill_state(&builder, i);
    clear(&builder);
    if (result != LR_BUILT)
        grammar_lr_clear(out);
    return result;
}

/* --------------------------------------------------------------- reading */

static void push(struct grammar_lr_stack *stack, uint32_t state)
{
    if (stack->depth == stack->capacity) {
        stack->capacity = 2 * stack->capacity + 64;
        stack->states = memory_resize(stack->states, stack->capacity,
                                      sizeof *stack->states);
    }
    stack->states[stack->depth++] = state;
}

static const int32_t *find_row(const struct grammar_lr *lr,
                               const struct grammar_lr_stack *stack)
{
    return lr->actions + stack->states[stack->depth - 1] * (lr->terminals + 1);
}

/* All reductions before SYMBOL; what is to be done with it then. */
static int32_t reduce(const struct grammar_lr *lr,
                      struct grammar_lr_stack *stack, size_t symbol)
{
    int32_t action;

    while ((action = find_row(lr, stack)[symbol]) < 0) {
        size_t rule = (size_t)(-(action + 1));

        assert(lr->lengths[rule] < stack->depth);
        stack->depth -= lr->lengths[rule];
        push(stack,
             lr->gotos[stack->states[stack->depth - 1] * lr->nonterminals +
                       lr->lefts[rule]]);
    }
    return action;
}

void grammar_lr_start(struct grammar_lr_stack *stack)
{
    *stack = (struct grammar_lr_stack){ 0 };
    push(stack, 0);
}

void grammar_lr_stop(struct grammar_lr_stack *stack)
{
    free(stack->states);
    *stack = (struct grammar_lr_stack){ 0 };
}

bool grammar_lr_step(const struct grammar_lr *lr,
                     struct grammar_lr_stack *stack, size_t symbol)
{
    int32_t action = reduce(lr, stack, symbol);

    if (action == ACTION_ERROR)
        return false;
    push(stack, (uint32_t)action - 1);
    return true;
}

void grammar_lr_ask(const struct grammar_lr *lr,
                    const struct grammar_lr_stack *stack, bool *allowed,
                    bool *end)
{
    const int32_t *row = find_row(lr, stack);

    *end = row[lr->terminals] != ACTION_ERROR;
    for (size_t s = 0; allowed != NULL && s < lr->terminals; s++)
        allowed[s] = row[s] != ACTION_ERROR;
}

size_t grammar_lr_read(const struct grammar_lr *lr, const uint16_t *symbols,
                       size_t length, bool *allowed, bool *end)
{
    struct grammar_lr_stack stack;
    size_t i = 0;

    *end = false;
    grammar_lr_start(&stack);
    while (i < length && grammar_lr_step(lr, &stack, symbols[i]))
        i++;
    if (i == length)
        grammar_lr_ask(lr, &stack, allowed, end);
    grammar_lr_stop(&stack);
    return i;
}
