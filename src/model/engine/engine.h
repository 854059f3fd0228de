/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What network.c asks of an engine: one const table of functions for every
 * precision and instruction set, each compiled from the same files.
 *
 * An engine sees a chunk at a time, a few whole strings whose activations
 * stay in a core's own cache through forward and backward.  It knows no
 * loss: between the two the caller turns logits into their derivatives.
 * Gradients are kept in blocks in the engine's precision and layout.
 */

#ifndef MODEL_ENGINE_ENGINE_H
#define MODEL_ENGINE_ENGINE_H

#include <stddef.h>

#include "model/engine/micro.h"
#include "model/network.h"
#include "model/types.h"

struct weights;   /* parameters rounded, and transposed; shared */
struct workspace; /* the activations of one chunk; one thread's own */

/* A batch is cut into so many shards whatever the number of threads. */
#define SHARDS 16

/* A chunk has no more tokens than this unless it is one string: few enough
 * for a core's own cache, enough to be worth a walk through the weights. */
#define CHUNK_TOKENS ((size_t)200)

/* How a chunk is run. */
struct manner {
    const struct attention_rule *rule; /* NULL: softmax as it is */
    const uint64_t *drop_key;          /* draws the dropout; NULL: none */
    bool every;    /* token is read, or what the model's readout says */
    bool backward; /* follows */

    /* What the first layer reads, where it is known by type: a table of all
     * types, and sums for the derivatives if backward follows. */
    const struct types *types; /* or NULL */
    const void *table;
    struct type_sums *sums;
};

/* A stretch of a tensor's rows, beginning with a multiple of PIECE_ROWS; a
 * vector counts as one row. */
struct piece {
    size_t tensor, first, rows;
};

#define PIECE_ROWS 16

struct engine {
    const char *name; /* "float avx512" */

    /* Keeps pointers to both arguments.  There is room for no number before
     * allocate; until then sizes can be asked for. */
    struct weights *(*new_weights)(const struct model_config *config,
                                   const struct layout *layout);
    void (*allocate)(struct weights *weights);
    void (*free_weights)(struct weights *weights);

    /* Takes over a piece of the master PARAMETERS: rounds it, and transposes
     * it where it is a linear map's. */
    void (*round)(struct weights *weights, const double *parameters,
                  const struct piece *piece);

    struct workspace *(*new_workspace)(void);
    void (*free_workspace)(struct workspace *workspace);

    /*
     * Runs COUNT strings of the batch from FIRST on.  Where not every token
     * is read it is one token of a string, so that the last layer is
     * computed for these alone, or the mean over all.  A row's bits are the
     * same either way.
     */
    void (*forward)(const struct weights *weights, struct workspace *workspace,
                    const struct batch *batch, size_t first, size_t count,
                    const struct manner *manner);

    /* After forward: [read][n_outputs] for every token or every string, and
     * after that of EVERY token [tokens][d]: what LAYER left in the residual
     * stream, after the last one through the final norm. */
    void (*logits)(const struct weights *weights, struct workspace *workspace,
                   double *logits);
    void (*outputs)(const struct weights *weights,
                    const struct workspace *workspace, size_t layer,
                    double *outputs);

    /* Adds to GRADIENT what SIGNALS, the derivatives by the logits of the
     * last call of logits, make of this chunk; the chunk that BEGINS a sum
     * sets it. */
    void (*backward)(const struct weights *weights, struct workspace *workspace,
                     const double *signals, bool begins, void *gradient);

    size_t (*gradient_bytes)(const struct weights *weights);

    /*
     * COUNT types from FIRST on: their rows of a TABLE, whose rows have
     * type_bytes each, and what the SUMS of all N shards make of them,
     * written where a gradient that chunks began has the first layer's maps
     * of queries, keys and values, and added to the rest.
     */
    size_t (*type_bytes)(const struct weights *weights);
    void (*read_types)(const struct weights *weights,
                       struct workspace *workspace, const struct types *types,
                       size_t first, size_t count, void *table);
    void (*learn_types)(const struct weights *weights,
                        struct workspace *workspace, const struct types *types,
                        size_t first, size_t count,
                        const struct type_sums *sums, size_t n, void *gradient);

    /* What the weights take, and a workspace for a chunk of TOKENS. */
    size_t (*size_of_weights)(const struct weights *weights);
    size_t (*size_of_workspace)(const struct weights *weights, size_t tokens);

    /* Adds up the piece of BLOCKS 0..n-1 along a fixed binary tree and writes
     * the sum times FACTOR where it belongs in GRADIENT. */
    void (*collect)(const struct weights *weights, void *const *blocks,
                    size_t n, const struct piece *piece, double factor,
                    double *gradient);

    /* x = exp(x) for COUNT reals, all at most 1; 0 below the smallest normal
     * number. */
    void (*exponentials)(size_t count, void *x);

    const struct micros *micros; /* its kernels alone */
};

/* The best of this machine, or what SATURN_ISA names in the environment. */
const struct engine *engine_choose(enum precision precision);

/* By precision and instruction set. */
extern const struct engine f32_generic_engine, f32_avx2_engine,
    f32_avx512_engine, f64_generic_engine, f64_avx2_engine, f64_avx512_engine;

#endif
