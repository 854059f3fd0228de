/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The strongly connected parts of a directed graph. */

#ifndef LANGUAGE_CYCLES_H
#define LANGUAGE_CYCLES_H

#include <stddef.h>
#include <stdint.h>

/*
 * The arcs of node v lead to targets[offsets[v] .. offsets[v + 1]).  Fills in
 * PART[v], the part of each node, and returns how many there are: an arc
 * leads to its own part or to one with a lower number [Tarjan 1972].
 */
size_t cycles_find(size_t nodes, const size_t *offsets, const uint32_t *targets,
                   uint32_t *part);

#endif
