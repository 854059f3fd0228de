/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar_tally.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

#define WORD_BITS 64
#define FAR       (SIZE_MAX / 4) /* longer than any string */

#define CUBIC_FROM 512 /* lengths from which the work is foreseen */

void grammar_tally_clear(struct grammar_tally *tally)
{
    for (size_t n = 0; n < tally->lengths; n++) {
        for (size_t i = 0; i < tally->n_nodes; i++)
            natural_clear(&tally->rows[n][i]);
        free(tally->rows[n]);
    }
    free(tally->rows);
    free(tally->nodes);
    free(tally->children);
    free(tally->order);
    *tally = (struct grammar_tally){ 0 };
}

/* --------------------------------------------------------- specification */

/* Node 0 is the empty string; then terminals and nonterminals as in the
 * grammar; then pairs as they are met. */
static uint32_t node_of(uint32_t symbol)
{
    return symbol + 1;
}

/* The node of a right side, made from its end: suffixes are shared. */
static uint32_t add_right(struct grammar_tally *tally, struct numbering *pairs,
                          const uint32_t *right, size_t length, size_t first)
{
    uint32_t node = length == 0 ? 0 : node_of(right[length - 1]);

    for (size_t i = length; i-- > 1;) {
        uint32_t pair[2] = { node_of(right[i - 1]), node };
        uint32_t number = numbering_add(pairs, pair, sizeof pair);

        node = (uint32_t)first + number;
        if (node < tally->n_nodes)
            continue;
        tally->nodes =
            memory_resize(tally->nodes, ++tally->n_nodes, sizeof *tally->nodes);
        tally->nodes[node] = (struct node){ .kind = NODE_PAIR,
                                            .left = pair[0],
                                            .right = pair[1] };
    }
    return node;
}

static void make_nodes(struct grammar_tally *tally,
                       const struct grammar *grammar)
{
    size_t first = 1 + grammar->terminals + grammar->nonterminals;
    size_t *ranges = memory_new(grammar->nonterminals + 1, sizeof *ranges);
    struct numbering pairs = { 0 };

    tally->nodes = memory_new(first, sizeof *tally->nodes);
    tally->n_nodes = first;
    tally->start = node_of(grammar->start);
    tally->children = memory_new(grammar->n_rules + 1, sizeof(uint32_t));
    grammar_find_ranges(grammar, ranges);
    for (uint32_t s = 0; s < grammar->terminals; s++)
        tally->nodes[node_of(s)] =
            (struct node){ .kind = NODE_SYMBOL, .left = s };
    for (size_t i = 0; i < grammar->nonterminals; i++)
        tally->nodes[1 + grammar->terminals + i] =
            (struct node){ .kind = NODE_EITHER,
                           .first = ranges[i],
                           .count = ranges[i + 1] - ranges[i] };
    for (size_t r = 0; r < grammar->n_rules; r++)
        tally->children[r] = add_right(tally, &pairs, grammar_right(grammar, r),
                                       grammar->rules[r].length, first);
    numbering_clear(&pairs);
    free(ranges);
}

static size_t sum(size_t a, size_t b)
{
    return a + b < FAR ? a + b : FAR;
}

/* The least length of a node as far as those of the others are known; BEST
 * is the child it comes from. */
static size_t find_least(const struct grammar_tally *tally,
                         const struct node *node, uint32_t *best)
{
    size_t least = FAR;

    switch (node->kind) {
    case NODE_EMPTY:
        return 0;
    case NODE_SYMBOL:
        return 1;
    case NODE_PAIR:
        return sum(tally->nodes[node->left].least,
                   tally->nodes[node->right].least);
    case NODE_EITHER:
        for (size_t i = 0; i < node->count; i++) {
            uint32_t child = tally->children[node->first + i];

            if (tally->nodes[child].least < least) {
                least = tally->nodes[child].least;
                *best = child;
            }
        }
    }
    return least;
}

static void find_leasts(struct grammar_tally *tally)
{
    for (size_t i = 0; i < tally->n_nodes; i++)
        tally->nodes[i].least = FAR;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = tally->n_nodes; i-- > 0;) {
            struct node *node = &tally->nodes[i];
            uint32_t best = 0;
            size_t least = find_least(tally, node, &best);

            if (least == node->least)
                continue;
            node->least = least;
            if (node->kind == NODE_EITHER)
                node->left = best;
            changed = true;
        }
    }
}

/* What NODE needs at its own length, the I-th of those; SIZE_MAX after the
 * last. */
static size_t find_need(const struct grammar_tally *tally,
                        const struct node *node, size_t i)
{
    if (node->kind == NODE_EITHER)
        return i < node->count ? tally->children[node->first + i] : SIZE_MAX;
    if (node->kind != NODE_PAIR)
        return SIZE_MAX;
    if (i == 0 && tally->nodes[node->right].least == 0)
        return node->left;
    if (i <= 1 && tally->nodes[node->left].least == 0)
        return node->right;
    return SIZE_MAX;
}

struct visit {
    uint32_t node;
    size_t tried;
};

enum { UNSEEN, OPEN, DONE };

/* Depth first from ROOT; false where a node is met below itself. */
static bool visit_nodes(struct grammar_tally *tally, size_t root, char *state,
                        struct visit *stack, size_t *ordered)
{
    size_t depth = 0;

    stack[0] = (struct visit){ (uint32_t)root, 0 };
    state[root] = OPEN;
    for (;;) {
        struct visit *top = &stack[depth];
        size_t need = find_need(tally, &tally->nodes[top->node], top->tried++);

        if (need == SIZE_MAX) {
            state[top->node] = DONE;
            tally->order[(*ordered)++] = top->node;
            if (depth-- == 0)
                return true;
        } else if (state[need] == OPEN) {
            tally->loop = need;
            return false;
        } else if (state[need] == UNSEEN) {
            state[need] = OPEN;
            stack[++depth] = (struct visit){ (uint32_t)need, 0 };
        }
    }
}

/* A pair whose two needs are one node may look at it twice: no harm. */
static bool find_order(struct grammar_tally *tally)
{
    char *state = memory_new(tally->n_nodes, 1);
    struct visit *stack = memory_new(tally->n_nodes, sizeof *stack);
    size_t ordered = 0;
    bool ok = true;

    tally->order = memory_new(tally->n_nodes, sizeof *tally->order);
    for (size_t i = 0; ok && i < tally->n_nodes; i++)
        if (state[i] == UNSEEN)
            ok = visit_nodes(tally, i, state, stack, &ordered);
    free(state);
    free(stack);
    return ok;
}

bool grammar_tally_init(struct grammar_tally *tally,
                        const struct grammar *grammar)
{
    *tally = (struct grammar_tally){ 0 };
    make_nodes(tally, grammar);
    find_leasts(tally);
    return find_order(tally);
}

/* --------------------------------------------------------------- counting */

static void add_products(struct grammar_tally *tally, const struct node *node,
                         size_t n, struct natural *out)
{
    size_t least = tally->nodes[node->left].least;
    size_t most = n - tally->nodes[node->right].least;

    if (tally->nodes[node->left].kind == NODE_SYMBOL)
        most = 1;
    if (tally->nodes[node->right].kind == NODE_SYMBOL)
        least = n - 1;
    for (size_t k = least; k <= most; k++) {
        const struct natural *a = &tally->rows[k][node->left];
        const struct natural *b = &tally->rows[n - k][node->right];

        if (natural_is_zero(a) || natural_is_zero(b))
            continue;
        natural_add_product(out, a, b);
        tally->work += 1 + (double)a->size * (double)b->size;
    }
}

static void count_node(struct grammar_tally *tally, size_t i, size_t n)
{
    const struct node *node = &tally->nodes[i];
    struct natural *out = &tally->rows[n][i];

    if (n < node->least)
        return;
    natural_init(out, 0);
    switch (node->kind) {
    case NODE_EMPTY:
    case NODE_SYMBOL:
        if (n == node->least)
            natural_set_words(out, &(uint64_t){ 1 }, 1);
        break;
    case NODE_EITHER:
        for (size_t c = 0; c < node->count; c++)
            natural_add(out, &tally->rows[n][tally->children[node->first + c]]);
        break;
    case NODE_PAIR:
        add_products(tally, node, n, out);
        break;
    }
    tally->bytes += (size_t)out->allocated * sizeof(uint64_t);
}

/* Whether the work is too much, or will be: once counts fill words it grows
 * at least with the cube of the length. */
static bool is_too_long(const struct grammar_tally *tally, size_t longest)
{
    double ratio = (double)longest / (double)tally->lengths;

    if (tally->lengths >= CUBIC_FROM && ratio > 1)
        return tally->work * ratio * ratio * ratio > GRAMMAR_MOST_WORK;
    return tally->work > GRAMMAR_MOST_WORK;
}

bool grammar_tally_extend(struct grammar_tally *tally, size_t longest)
{
    while (tally->lengths <= longest) {
        size_t n = tally->lengths;

        tally->rows = memory_resize(tally->rows, n + 1, sizeof *tally->rows);
        tally->rows[n] = memory_new(tally->n_nodes, sizeof **tally->rows);
        tally->lengths++;
        for (size_t i = 0; i < tally->n_nodes; i++)
            count_node(tally, tally->order[i], n);
        tally->bytes += tally->n_nodes * sizeof **tally->rows;
        if (tally->bytes > GRAMMAR_MOST_BYTES || is_too_long(tally, longest))
            return false;
    }
    return true;
}

const struct natural *grammar_tally_count(const struct grammar_tally *tally,
                                          size_t n)
{
    assert(n < tally->lengths);
    return &tally->rows[n][tally->start];
}

/* ------------------------------------------------------- numbered strings */

/* What is still to be written: derivation RANK of length N from NODE. */
struct task {
    uint32_t node;
    size_t n;
    struct natural rank;
};

struct walk {
    const struct grammar_tally *tally;
    struct task *stack;
    size_t depth, capacity;
    struct natural product;
};

static struct task *push(struct walk *walk, uint32_t node, size_t n)
{
    struct task *task;

    if (walk->depth == walk->capacity) {
        walk->capacity = 2 * walk->capacity + 64;
        walk->stack =
            memory_resize(walk->stack, walk->capacity, sizeof *walk->stack);
    }
    task = &walk->stack[walk->depth++];
    *task = (struct task){ .node = node, .n = n };
    return task;
}

/* Replaces the top, one of several nodes, by the child its rank falls in. */
static void choose_child(struct walk *walk, const struct node *node)
{
    const struct grammar_tally *tally = walk->tally;
    struct task *top = &walk->stack[walk->depth - 1];
    const uint32_t *child = tally->children + node->first;

    while (natural_compare(&top->rank, &tally->rows[top->n][*child]) >= 0)
        natural_subtract(&top->rank, &tally->rows[top->n][*child++]);
    top->node = *child;
}

/* How long the left one is: from both ends inwards, so that the search costs
 * O(n log n) for the whole string [Flajolet et al. 1994, boustrophedon]. */
static size_t choose_split(struct walk *walk, const struct node *node)
{
    const struct grammar_tally *tally = walk->tally;
    struct task *top = &walk->stack[walk->depth - 1];
    size_t low = tally->nodes[node->left].least;
    size_t high = top->n - tally->nodes[node->right].least;

    for (bool at_low = true;; at_low = !at_low) {
        size_t k = at_low ? low++ : high--;

        natural_copy(&walk->product, &tally->rows[k][node->left]);
        natural_multiply(&walk->product, &tally->rows[top->n - k][node->right]);
        if (natural_compare(&top->rank, &walk->product) < 0)
            return k;
        natural_subtract(&top->rank, &walk->product);
        assert(low <= high);
    }
}

/* Replaces the top, a pair, by its two nodes, the left one on top. */
static void split(struct walk *walk, const struct node *node)
{
    const struct grammar_tally *tally = walk->tally;
    size_t n = walk->stack[walk->depth - 1].n;
    size_t k = choose_split(walk, node);
    struct task *left = push(walk, node->left, k), *right = left - 1;

    right->node = node->right;
    right->n = n - k;
    natural_divide(&left->rank, &right->rank, &tally->rows[n - k][node->right]);
}

void grammar_tally_string(const struct grammar_tally *tally, size_t n,
                          struct natural *rank, uint16_t *out)
{
    struct walk walk = { .tally = tally };

    natural_init(&walk.product, 0);
    natural_copy(&push(&walk, (uint32_t)tally->start, n)->rank, rank);
    while (walk.depth > 0) {
        struct task *top = &walk.stack[walk.depth - 1];
        const struct node *node = &tally->nodes[top->node];

        if (node->kind == NODE_EITHER) {
            choose_child(&walk, node);
        } else if (node->kind == NODE_PAIR) {
            split(&walk, node);
        } else {
            if (node->kind == NODE_SYMBOL)
                *out++ = (uint16_t)node->left;
            natural_clear(&top->rank);
            walk.depth--;
        }
    }
    natural_clear(&walk.product);
    free(walk.stack);
}

/* Uniform below BOUND: by rejection from the numbers of as many bits. */
static void draw_below(struct stream *stream, const struct natural *bound,
                       struct natural *out)
{
    size_t bits = natural_bits(bound);
    size_t width = (bits + WORD_BITS - 1) / WORD_BITS;
    uint64_t *words = memory_new(width, sizeof *words);

    do {
        for (size_t i = 0; i < width; i++)
            words[i] = stream_bits(stream);
        if (bits % WORD_BITS != 0)
            words[width - 1] >>= WORD_BITS - bits % WORD_BITS;
        natural_set_words(out, words, width);
    } while (natural_compare(out, bound) >= 0);
    free(words);
}

void grammar_tally_draw(const struct grammar_tally *tally, size_t n,
                        struct stream *stream, uint16_t *out)
{
    struct natural rank = { 0 };

    draw_below(stream, grammar_tally_count(tally, n), &rank);
    grammar_tally_string(tally, n, &rank, out);
    natural_clear(&rank);
}
