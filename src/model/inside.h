/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What network.c and passes.c know of a network. */

#ifndef MODEL_INSIDE_H
#define MODEL_INSIDE_H

#include <stdatomic.h>

#include "model/engine/engine.h"

/* Workspaces lie here while no thread works in them. */
#define PARKING 256

struct parking {
    atomic_flag taken;
    struct workspace *workspace;
    double *logits; /* of a chunk, then their derivatives */
    size_t room;
};

/* Bytes that all threads share, one allocation: few pages. */
struct buffer {
    void *block;
    size_t room;
};

struct network {
    enum objective objective;
    struct model_config config;
    struct layout layout;
    size_t n_symbols;
    double *parameters;
    const struct engine *engine;
    struct weights *weights;
    struct piece *pieces; /* all tensors, cut up for parallel loops */
    size_t n_pieces;
    struct buffer gradient;   /* of all shards, when first wanted */
    void *gradients[SHARDS];  /* in it */
    struct types types;       /* of the batch learnt from */
    struct buffer table;      /* what the first layer reads of each of them */
    struct buffer rows, sums; /* of all shards */
    struct type_sums shard_sums[SHARDS]; /* in them */
    struct parking *parking;
    uint64_t drop_key;
};

#endif
