/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/monoid.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/cycles.h"
#include "language/numbering.h"

#define MOST_BYTES ((size_t)256 << 20)
#define MOST_WORK  1e9 /* steps of single states */

/* ---------------------------------------------------------------- elements */

size_t monoid_size(const struct automaton *automaton, size_t most)
{
    size_t n = automaton->states, width = n * sizeof(uint32_t), size;
    struct numbering monoid = { 0 };
    uint32_t *map = memory_new(n, sizeof *map);
    double work = 0;

    if (most > MONOID_MOST)
        most = MONOID_MOST;
    if (most > MOST_BYTES / width)
        most = MOST_BYTES / width;
    for (size_t q = 0; q < n; q++)
        map[q] = (uint32_t)q;
    numbering_add(&monoid, map, width);
    for (uint32_t i = 0;
         i < monoid.count && monoid.count <= most && work <= MOST_WORK; i++) {
        for (size_t s = 0; s < automaton->symbols; s++) {
            const uint32_t *element = numbering_key(&monoid, i);

            for (size_t q = 0; q < n; q++)
                map[q] = automaton_step(automaton, element[q], s);
            numbering_add(&monoid, map, width);
        }
        work += (double)n * (double)automaton->symbols;
    }
    size = monoid.count <= most && work <= MOST_WORK ? monoid.count : 0;
    numbering_clear(&monoid);
    free(map);
    return size;
}

/* -------------------------------------------------------------------- sets */

/* The sets of two or more states that strings make of all states, as a graph:
 * symbol s leads from set X to next[X * symbols + s], or to NUMBERING_NONE
 * where it leaves a single state. */
struct images {
    const struct automaton *automaton;
    struct numbering sets; /* states in rising order */
    uint32_t *next;
    uint32_t *scratch; /* [states] */
    bool *inside;      /* [states] */
};

static size_t size_of(const struct images *images, uint32_t set)
{
    return numbering_length(&images->sets, set) / sizeof(uint32_t);
}

static int order(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static uint32_t find_image(struct images *images, uint32_t set, size_t symbol)
{
    const uint32_t *states = numbering_key(&images->sets, set);
    size_t size = size_of(images, set), count = 0;

    for (size_t i = 0; i < size; i++) {
        uint32_t q = automaton_step(images->automaton, states[i], symbol);

        if (!images->inside[q])
            images->scratch[count++] = q;
        images->inside[q] = true;
    }
    for (size_t i = 0; i < count; i++)
        images->inside[images->scratch[i]] = false;
    if (count < 2)
        return NUMBERING_NONE;
    qsort(images->scratch, count, sizeof *images->scratch, order);
    return numbering_add(&images->sets, images->scratch,
                         count * sizeof *images->scratch);
}

/* False when there are too many. */
static bool find_images(struct images *images, size_t most)
{
    size_t n = images->automaton->states, symbols = images->automaton->symbols;
    double work = 0;

    for (size_t q = 0; q < n; q++)
        images->scratch[q] = (uint32_t)q;
    if (n > 1)
        numbering_add(&images->sets, images->scratch,
                      n * sizeof *images->scratch);
    for (uint32_t i = 0; i < images->sets.count; i++) {
        if (images->sets.count > most || work > MOST_WORK ||
            numbering_size(&images->sets) +
                    images->sets.count * symbols * sizeof(uint32_t) >
                MOST_BYTES)
            return false;
        images->next = automaton_grow(images->next, i, symbols);
        for (size_t s = 0; s < symbols; s++)
            images->next[i * symbols + s] = find_image(images, i, s);
        work += (double)size_of(images, i) * (double)symbols;
    }
    return true;
}

/* The parts of the graph of sets. */
static size_t find_parts(const struct images *images, uint32_t *part)
{
    size_t count = images->sets.count, symbols = images->automaton->symbols;
    size_t *offsets = memory_new(count + 1, sizeof *offsets), at = 0, parts;
    uint32_t *targets = memory_new(count * symbols, sizeof *targets);

    for (size_t i = 0; i < count; i++) {
        for (size_t s = 0; s < symbols; s++)
            if (images->next[i * symbols + s] != NUMBERING_NONE)
                targets[at++] = images->next[i * symbols + s];
        offsets[i + 1] = at;
    }
    parts = cycles_find(count, offsets, targets, part);
    free(offsets);
    free(targets);
    return parts;
}

/*
 * Walks the part of ROOT.  MAPS[X], once X is met, says which of X's states
 * each state of ROOT becomes; true if two strings disagree.
 */
static bool permutes(const struct images *images, const uint32_t *part,
                     uint32_t root, uint32_t **maps, uint32_t *queue)
{
    size_t symbols = images->automaton->symbols, size = size_of(images, root);
    size_t bytes = size * sizeof **maps, count = 0;
    bool differ = false;

    maps[root] = memory_copy(numbering_key(&images->sets, root), bytes);
    queue[count++] = root;
    for (size_t i = 0; i < count && !differ; i++)
        for (size_t s = 0; s < symbols && !differ; s++) {
            uint32_t from = queue[i], to = images->next[from * symbols + s];

            if (to == NUMBERING_NONE || part[to] != part[root])
                continue;
            for (size_t k = 0; k < size; k++)
                images->scratch[k] =
                    automaton_step(images->automaton, maps[from][k], s);
            if (maps[to] == NULL) {
                maps[to] = memory_copy(images->scratch, bytes);
                queue[count++] = to;
            }
            differ = memcmp(maps[to], images->scratch, bytes) != 0;
        }
    /* what is left keeps the part from being walked again */
    for (size_t i = 1; i < count; i++)
        maps[queue[i]] = memory_resize(maps[queue[i]], 0, 1);
    return differ;
}

bool monoid_is_aperiodic(const struct automaton *automaton, size_t most,
                         bool *known)
{
    struct images images = { .automaton = automaton };
    uint32_t *part, *queue, **maps;
    bool aperiodic = true;

    images.scratch = memory_new(automaton->states, sizeof *images.scratch);
    images.inside = memory_new(automaton->states, sizeof *images.inside);
    *known = find_images(&images, most < MONOID_MOST ? most : MONOID_MOST);
    if (*known) {
        part = memory_new(images.sets.count, sizeof *part);
        queue = memory_new(images.sets.count, sizeof *queue);
        maps = memory_new(images.sets.count, sizeof *maps);
        find_parts(&images, part);
        for (uint32_t i = 0; aperiodic && i < images.sets.count; i++)
            if (maps[i] == NULL)
                aperiodic = !permutes(&images, part, i, maps, queue);
        for (size_t i = 0; i < images.sets.count; i++)
            free(maps[i]);
        free(part);
        free(queue);
        free(maps);
    }
    numbering_clear(&images.sets);
    free(images.next);
    free(images.scratch);
    free(images.inside);
    return aperiodic;
}
