/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * States of a token between two layers, each computed once.
 *
 * What a token is after a layer depends on what it was before, and on the
 * shares in which each head mixes the states it attends to; which positions
 * these stood at does not matter.  That makes the definition of a state: its
 * own state one level down, and for every head a list of shares.  Tokens of
 * one definition are one state, so they tie exactly, and strings share what
 * they have in common.  A state's numbers and its hash come from its
 * definition alone, lists being sorted by hash: they do not depend on which
 * strings were seen before.
 */

#ifndef SATURATION_STATE_H
#define SATURATION_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "saturation/series.h"

struct state;

/* COUNT positions in STATE.  In a definition: the token's own state with
 * count 0 first, and a {NULL, 0} after the shares of each head; where every
 * head sees all there is, one list serves them all.  At level 0
 * the own state is NULL and the shares are {NULL, token}, {NULL, position}. */
struct share {
    const struct state *state;
    size_t count;
};

struct state {
    uint64_t hash;
    size_t n_shares;
    struct share *definition;
    bool flagged, rounding;                 /* here or in what it was made of */
    struct series stream;                   /* the residual stream */
    struct series *queries, *keys, *values; /* [n_heads], below the top */
    struct series output; /* at the top: what the classifier reads */
    double *planes;       /* of the series above */
};

/* All states of one level. */
struct states {
    struct state **slots;
    size_t capacity, count;
    size_t bytes;
};

void states_clear(struct states *states);

/* What one state takes with a definition of N shares, the series of N_HEADS
 * heads and PLANES doubles of their planes; the slot it stands in too. */
size_t state_bytes(size_t n, size_t n_heads, size_t planes);

/* The state of that definition, or NULL. */
struct state *states_find(const struct states *states,
                          const struct share *definition, size_t n);

/* Adds one, zeroed but for its definition and hash, with room for the series
 * of N_HEADS heads. */
struct state *states_add(struct states *states, const struct share *definition,
                         size_t n, size_t n_heads);

/* Copies COUNT series into the state: targets[i] becomes *sources[i]. */
void states_fill(struct states *states, struct state *state, size_t count,
                 struct series *const *targets,
                 const struct series *const *sources);

/* How many visible tokens are in which state, sorted by hash. */
struct crowd {
    struct share *items;
    size_t count, capacity;
};

void crowd_clear(struct crowd *crowd);
void crowd_add(struct crowd *crowd, const struct state *state);
void crowd_remove(struct crowd *crowd, const struct state *state);

#endif
