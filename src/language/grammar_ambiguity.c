/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar_ambiguity.h"

#include <stdlib.h>

#include "base/memory.h"
#include "language/numbering.h"

/* -------------------------------------------- nodes that derive themselves */

/* By way of the looping node: LENGTH of a shortest string, and the child it
 * goes through (a pair's: LEFT or RIGHT). */
struct way {
    size_t length;
    uint32_t child;
};

static void shorten(struct way *way, size_t length, uint32_t child,
                    bool *changed)
{
    if (length >= way->length)
        return;
    *way = (struct way){ length, child };
    *changed = true;
}

static void find_way(const struct grammar_tally *tally, struct way *ways,
                     size_t i, bool *changed)
{
    const struct node *node = &tally->nodes[i];

    if (i == tally->loop)
        shorten(&ways[i], node->least, 0, changed);
    for (size_t c = 0; node->kind == NODE_EITHER && c < node->count; c++) {
        uint32_t child = tally->children[node->first + c];

        shorten(&ways[i], ways[child].length, child, changed);
    }
    if (node->kind != NODE_PAIR)
        return;
    if (ways[node->left].length < SIZE_MAX / 2)
        shorten(&ways[i],
                ways[node->left].length + tally->nodes[node->right].least,
                node->left, changed);
    if (ways[node->right].length < SIZE_MAX / 2)
        shorten(&ways[i],
                ways[node->right].length + tally->nodes[node->left].least,
                node->right, changed);
}

/* A node to be written, by way of the loop or as short as can be. */
struct task {
    uint32_t node;
    bool by_way;
};

static void write_shortest(const struct grammar_tally *tally,
                           const struct way *ways, struct strings *out)
{
    size_t most = ways[tally->start].length, length = 0, depth = 1;
    size_t capacity = 64;
    struct task *stack = memory_new(capacity, sizeof *stack);
    uint16_t *symbols = memory_new(most, sizeof *symbols);

    stack[0] = (struct task){ (uint32_t)tally->start, true };
    while (depth > 0) {
        struct task top = stack[--depth];
        const struct node *node = &tally->nodes[top.node];
        uint32_t child = ways[top.node].child;

        if (top.node == tally->loop)
            top.by_way = false;
        if (depth + 2 > capacity)
            stack = memory_resize(stack, capacity *= 2, sizeof *stack);
        if (node->kind == NODE_SYMBOL)
            symbols[length++] = (uint16_t)node->left;
        if (node->kind == NODE_EITHER)
            stack[depth++] =
                (struct task){ top.by_way ? child : node->left, top.by_way };
        if (node->kind == NODE_PAIR) {
            stack[depth++] =
                (struct task){ node->right,
                               top.by_way && child == node->right };
            stack[depth++] =
                (struct task){ node->left, top.by_way && child == node->left &&
                                               child != node->right };
        }
    }
    strings_add(out, symbols, length);
    free(symbols);
    free(stack);
}

static void find_loop_string(const struct grammar_tally *tally,
                             struct strings *out)
{
    struct way *ways = memory_new(tally->n_nodes, sizeof *ways);
    bool changed = true;

    for (size_t i = 0; i < tally->n_nodes; i++)
        ways[i].length = SIZE_MAX / 2;
    while (changed) {
        changed = false;
        for (size_t i = tally->n_nodes; i-- > 0;)
            find_way(tally, ways, i, &changed);
    }
    if (ways[tally->start].length <= AMBIGUITY_MOST_WITNESS)
        write_shortest(tally, ways, out);
    free(ways);
}

/* ------------------------------------------------------- all derivations */

/* Whether two derivations of length n, of COUNT, give one string. */
static bool find_twins(const struct grammar_tally *tally, size_t n,
                       uint64_t count, struct strings *witness)
{
    struct numbering seen = { 0 };
    uint16_t *symbols = memory_new(n, sizeof *symbols);
    struct natural rank = { 0 };
    bool found = false;

    for (uint64_t i = 0; i < count && !found; i++) {
        natural_set_words(&rank, &i, 1);
        grammar_tally_string(tally, n, &rank, symbols);
        found = numbering_add(&seen, symbols, n * sizeof *symbols) != i;
    }
    if (found)
        strings_add(witness, symbols, n);
    natural_clear(&rank);
    numbering_clear(&seen);
    free(symbols);
    return found;
}

bool grammar_is_ambiguous(struct grammar_tally *tally, bool countable,
                          size_t *checked, struct strings *witness)
{
    uint64_t left = AMBIGUITY_MOST_DERIVATIONS;

    if (!countable) {
        find_loop_string(tally, witness);
        return true;
    }
    for (size_t n = 0; n <= AMBIGUITY_MOST_LENGTH; n++) {
        uint64_t count;

        if (!grammar_tally_extend(tally, n))
            break;
        count = natural_small(grammar_tally_count(tally, n));
        if (count > left)
            break;
        left -= count;
        if (find_twins(tally, n, count, witness))
            return true;
        *checked = n;
    }
    return false;
}
