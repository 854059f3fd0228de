/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/cycles.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define NONE UINT32_MAX

struct walk {
    const size_t *offsets;
    const uint32_t *targets;
    uint32_t *part;
    uint32_t *number, *lowest; /* by order of discovery; NONE: unseen */
    uint32_t *open;            /* nodes whose part is not known yet */
    uint32_t *path;            /* from the root to the node at hand */
    size_t *tried;             /* next arc of each node on the path */
    size_t n_open, depth, seen, parts;
};

static void enter(struct walk *walk, uint32_t node)
{
    walk->number[node] = walk->lowest[node] = (uint32_t)walk->seen++;
    walk->open[walk->n_open++] = node;
    walk->path[walk->depth] = node;
    walk->tried[walk->depth++] = walk->offsets[node];
}

/* All nodes opened since NODE are one part, if nothing older is reached. */
static void leave(struct walk *walk)
{
    uint32_t node = walk->path[--walk->depth], member;

    if (walk->depth > 0) {
        uint32_t above = walk->path[walk->depth - 1];

        if (walk->lowest[node] < walk->lowest[above])
            walk->lowest[above] = walk->lowest[node];
    }
    if (walk->lowest[node] != walk->number[node])
        return;
    do {
        member = walk->open[--walk->n_open];
        walk->part[member] = (uint32_t)walk->parts;
    } while (member != node);
    walk->parts++;
}

static void visit(struct walk *walk, uint32_t root)
{
    enter(walk, root);
    while (walk->depth > 0) {
        uint32_t node = walk->path[walk->depth - 1], to;

        if (walk->tried[walk->depth - 1] == walk->offsets[node + 1]) {
            leave(walk);
            continue;
        }
        to = walk->targets[walk->tried[walk->depth - 1]++];
        if (walk->number[to] == NONE)
            enter(walk, to);
        else if (walk->part[to] == NONE &&
                 walk->number[to] < walk->lowest[node])
            walk->lowest[node] = walk->number[to];
    }
}

size_t cycles_find(size_t nodes, const size_t *offsets, const uint32_t *targets,
                   uint32_t *part)
{
    struct walk walk = { .offsets = offsets, .targets = targets, .part = part };

    walk.number = memory_new(nodes, sizeof *walk.number);
    walk.lowest = memory_new(nodes, sizeof *walk.lowest);
    walk.open = memory_new(nodes, sizeof *walk.open);
    walk.path = memory_new(nodes, sizeof *walk.path);
    walk.tried = memory_new(nodes, sizeof *walk.tried);
    memset(walk.number, 0xff, nodes * sizeof *walk.number);
    memset(part, 0xff, nodes * sizeof *part);
    for (uint32_t root = 0; root < nodes; root++)
        if (walk.number[root] == NONE)
            visit(&walk, root);
    free(walk.number);
    free(walk.lowest);
    free(walk.open);
    free(walk.path);
    free(walk.tried);
    return walk.parts;
}
