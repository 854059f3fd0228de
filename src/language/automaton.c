/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/automaton.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

void automaton_init(struct automaton *automaton, size_t states, size_t symbols)
{
    *automaton = (struct automaton){
        .states = states,
        .symbols = symbols,
        .next = memory_new(states * symbols, sizeof *automaton->next),
        .accept = memory_new(states, sizeof *automaton->accept),
    };
}

void automaton_clear(struct automaton *automaton)
{
    free(automaton->next);
    free(automaton->accept);
    *automaton = (struct automaton){ 0 };
}

uint32_t *automaton_grow(uint32_t *next, size_t states, size_t symbols)
{
    if (states > 0 && (states & (states - 1)) != 0)
        return next;
    return memory_resize(next, (states == 0 ? 1 : 2 * states) * symbols,
                         sizeof *next);
}

bool automaton_contains(const struct automaton *automaton,
                        const uint16_t *symbols, size_t length)
{
    uint32_t state = automaton->start;

    for (size_t i = 0; i < length; i++)
        state = automaton_step(automaton, state, symbols[i]);
    return automaton->accept[state];
}

void automaton_complement(struct automaton *automaton)
{
    for (size_t q = 0; q < automaton->states; q++)
        automaton->accept[q] = !automaton->accept[q];
}

/* -------------------------------------------------------------- product */

struct pair {
    uint32_t a, b;
};

bool automaton_intersect(const struct automaton *a, const struct automaton *b,
                         size_t most, struct automaton *out)
{
    struct numbering pairs = { 0 };
    struct pair pair = { a->start, b->start };
    uint32_t *next = NULL;
    bool ok = true;

    numbering_add(&pairs, &pair, sizeof pair);
    for (uint32_t i = 0; ok && i < pairs.count; i++) {
        struct pair from;

        memcpy(&from, numbering_key(&pairs, i), sizeof from);
        next = automaton_grow(next, i, a->symbols);
        for (size_t s = 0; s < a->symbols; s++) {
            pair.a = automaton_step(a, from.a, s);
            pair.b = automaton_step(b, from.b, s);
            next[i * a->symbols + s] =
                numbering_add(&pairs, &pair, sizeof pair);
        }
        ok = pairs.count <= most &&
             pairs.count * a->symbols <= AUTOMATON_MOST_ARCS;
    }
    *out = (struct automaton){ 0 };
    if (ok) {
        automaton_init(out, pairs.count, a->symbols);
        memcpy(out->next, next, pairs.count * a->symbols * sizeof *next);
    }
    for (uint32_t i = 0; ok && i < pairs.count; i++) {
        memcpy(&pair, numbering_key(&pairs, i), sizeof pair);
        out->accept[i] = a->accept[pair.a] && b->accept[pair.b];
    }
    free(next);
    numbering_clear(&pairs);
    return ok;
}

/* ---------------------------------------------------------- minimisation */

/* Merges the states of each block; blocks are renumbered as a breadth-first
 * walk from the start meets them, and those it does not meet are dropped. */
static void merge(struct automaton *automaton, const uint32_t *block_of)
{
    size_t symbols = automaton->symbols, count = 0;
    uint32_t *number = memory_new(automaton->states, sizeof *number);
    uint32_t *queue = memory_new(automaton->states, sizeof *queue);
    struct automaton merged;

    memset(number, 0xff, automaton->states * sizeof *number);
    queue[count] = automaton->start;
    number[block_of[automaton->start]] = (uint32_t)count++;
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < symbols; s++) {
            uint32_t target = automaton_step(automaton, queue[i], s);

            if (number[block_of[target]] == UINT32_MAX) {
                queue[count] = target;
                number[block_of[target]] = (uint32_t)count++;
            }
        }
    automaton_init(&merged, count, symbols);
    for (size_t i = 0; i < count; i++) {
        merged.accept[i] = automaton->accept[queue[i]];
        for (size_t s = 0; s < symbols; s++)
            merged.next[i * symbols + s] =
                number[block_of[automaton_step(automaton, queue[i], s)]];
    }
    automaton_clear(automaton);
    *automaton = merged;
    free(number);
    free(queue);
}

/* Arcs reversed: from[offsets[s * (states + 1) + q] ..] lead to q by s. */
struct inverse {
    size_t *offsets; /* [symbols][states + 1] */
    uint32_t *from;  /* [symbols][states] */
};

static void invert(const struct automaton *automaton, struct inverse *inverse)
{
    size_t n = automaton->states, symbols = automaton->symbols;

    inverse->offsets = memory_new(symbols * (n + 1), sizeof(size_t));
    inverse->from = memory_new(symbols * n, sizeof(uint32_t));
    for (size_t s = 0; s < symbols; s++) {
        size_t *offsets = inverse->offsets + s * (n + 1);

        for (size_t q = 0; q < n; q++)
            offsets[automaton->next[q * symbols + s]]++;
        offsets[n] = (s + 1) * n;
        for (size_t q = n; q-- > 0;)
            offsets[q] = offsets[q + 1] - offsets[q];
        for (size_t q = 0; q < n; q++) {
            size_t target = automaton->next[q * symbols + s];

            inverse->from[offsets[target]++] = (uint32_t)q;
        }
        for (size_t q = n; q > 0; q--)
            offsets[q] = offsets[q - 1];
        offsets[0] = s * n;
    }
}

/* States grouped into blocks; the marked ones of a block come first. */
struct partition {
    uint32_t *states;   /* block after block */
    uint32_t *position; /* of a state in STATES */
    uint32_t *block_of; /* of a state */
    size_t *first, *end, *marked;
    size_t count;
    /* what is still to be split by: pairs block * symbols + symbol */
    size_t *work;
    size_t n_work;
};

static void add_work(struct partition *partition, size_t block, size_t symbols)
{
    for (size_t s = 0; s < symbols; s++)
        partition->work[partition->n_work++] = block * symbols + s;
}

static void partition_init(struct partition *partition,
                           const struct automaton *automaton)
{
    size_t n = automaton->states, accepting = 0, at[2];

    *partition = (struct partition){
        .states = memory_new(n, sizeof(uint32_t)),
        .position = memory_new(n, sizeof(uint32_t)),
        .block_of = memory_new(n, sizeof(uint32_t)),
        .first = memory_new(n + 1, sizeof(size_t)),
        .end = memory_new(n + 1, sizeof(size_t)),
        .marked = memory_new(n + 1, sizeof(size_t)),
        .work = memory_new((n + 1) * automaton->symbols, sizeof(size_t)),
    };
    for (size_t q = 0; q < n; q++)
        accepting += automaton->accept[q];
    at[0] = accepting;
    at[1] = 0;
    for (size_t q = 0; q < n; q++) {
        size_t place = at[automaton->accept[q]]++;
        size_t block = accepting > 0 && !automaton->accept[q];

        partition->states[place] = (uint32_t)q;
        partition->position[q] = (uint32_t)place;
        partition->block_of[q] = (uint32_t)block;
    }
    partition->end[0] = accepting > 0 ? accepting : n;
    partition->first[1] = accepting;
    partition->end[1] = n;
    partition->count = accepting > 0 && accepting < n ? 2 : 1;
    for (size_t b = 0; b < partition->count; b++)
        add_work(partition, b, automaton->symbols);
}

static void partition_clear(struct partition *partition)
{
    free(partition->states);
    free(partition->position);
    free(partition->block_of);
    free(partition->first);
    free(partition->end);
    free(partition->marked);
    free(partition->work);
}

/* Moves state q among the marked of its block; true if it is the first. */
static bool mark(struct partition *partition, uint32_t q)
{
    size_t block = partition->block_of[q];
    size_t to = partition->first[block] + partition->marked[block];
    size_t from = partition->position[q];
    uint32_t other = partition->states[to];

    if (from < to)
        return false;
    partition->states[to] = q;
    partition->states[from] = other;
    partition->position[q] = (uint32_t)to;
    partition->position[other] = (uint32_t)from;
    return partition->marked[block]++ == 0;
}

/*
 * Cuts a block with marked and unmarked states in two.  The smaller half gets
 * the new number: if the old pairs still wait as work, both halves have to;
 * if they do not, the smaller one suffices.
 */
static void split(struct partition *partition, size_t block, size_t symbols)
{
    size_t first = partition->first[block], end = partition->end[block];
    size_t middle = first + partition->marked[block];
    size_t fresh = partition->count;

    partition->marked[block] = 0;
    if (middle == end)
        return;
    if (middle - first <= end - middle) {
        partition->first[fresh] = first;
        partition->end[fresh] = middle;
        partition->first[block] = middle;
    } else {
        partition->first[fresh] = middle;
        partition->end[fresh] = end;
        partition->end[block] = middle;
    }
    for (size_t i = partition->first[fresh]; i < partition->end[fresh]; i++)
        partition->block_of[partition->states[i]] = (uint32_t)fresh;
    partition->count++;
    add_work(partition, fresh, symbols);
}

/* Splits every block by whether its states go by SYMBOL into BLOCK. */
static void refine(struct partition *partition, const struct inverse *inverse,
                   size_t n, size_t symbols, size_t block, size_t symbol,
                   uint32_t *sources, size_t *touched)
{
    size_t n_sources = 0, n_touched = 0;

    for (size_t i = partition->first[block]; i < partition->end[block]; i++) {
        const size_t *span =
            inverse->offsets + symbol * (n + 1) + partition->states[i];

        for (size_t k = span[0]; k < span[1]; k++)
            sources[n_sources++] = inverse->from[k];
    }
    for (size_t i = 0; i < n_sources; i++)
        if (mark(partition, sources[i]))
            touched[n_touched++] = partition->block_of[sources[i]];
    for (size_t i = 0; i < n_touched; i++)
        split(partition, touched[i], symbols);
}

void automaton_minimise(struct automaton *automaton)
{
    struct partition partition;
    struct inverse inverse;
    uint32_t *sources;
    size_t *touched;

    /* Each state a block of its own: drops what cannot be reached. */
    sources = memory_new(automaton->states, sizeof *sources);
    for (size_t q = 0; q < automaton->states; q++)
        sources[q] = (uint32_t)q;
    merge(automaton, sources);

    touched = memory_new(automaton->states, sizeof *touched);
    partition_init(&partition, automaton);
    invert(automaton, &inverse);
    while (partition.n_work > 0) {
        size_t work = partition.work[--partition.n_work];

        refine(&partition, &inverse, automaton->states, automaton->symbols,
               work / automaton->symbols, work % automaton->symbols, sources,
               touched);
    }
    merge(automaton, partition.block_of);

    partition_clear(&partition);
    free(inverse.offsets);
    free(inverse.from);
    free(sources);
    free(touched);
}

/* -------------------------------------------------------------- questions */

void automaton_find_live(const struct automaton *automaton, bool *live)
{
    size_t n = automaton->states, symbols = automaton->symbols, count = 0;
    uint32_t *queue = memory_new(n, sizeof *queue);
    struct inverse inverse;

    invert(automaton, &inverse);
    for (size_t q = 0; q < n; q++) {
        live[q] = automaton->accept[q];
        if (live[q])
            queue[count++] = (uint32_t)q;
    }
    while (count > 0) {
        uint32_t q = queue[--count];

        for (size_t s = 0; s < symbols; s++) {
            const size_t *span = inverse.offsets + s * (n + 1) + q;

            for (size_t k = span[0]; k < span[1]; k++)
                if (!live[inverse.from[k]]) {
                    live[inverse.from[k]] = true;
                    queue[count++] = inverse.from[k];
                }
        }
    }
    free(inverse.offsets);
    free(inverse.from);
    free(queue);
}
