/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The transformer in the engine's own shape: packed weights, the activations
 * of a chunk, forward and backward.  In the comments R is the number of
 * tokens of the chunk, Q of those that are queries (fewer in the last layer
 * when only last tokens are read), D, F and O the padded d_model, d_ff and
 * number of outputs, N the strings.
 */

#ifndef MODEL_ENGINE_TRANSFORMER_H
#define MODEL_ENGINE_TRANSFORMER_H

#include "model/engine/attention.h"
#include "model/engine/engine.h"
#include "model/engine/kernels.h"

/* Where a tensor stands in a padded block of weights or gradients. */
struct home {
    size_t offset; /* SIZE_MAX: there is no such tensor */
    size_t row;    /* step from row to row */
};

/* y = x W^T + b. */
struct linear {
    size_t in, out; /* padded */
    size_t weight;  /* [out][in] in a block */
    size_t bias;    /* [out] in a block; SIZE_MAX: none */
    real *forward;  /* W^T packed */
    real *backward; /* W packed */
};

/* Gains and shifts in a block; SIZE_MAX: no norm here. */
struct affine {
    size_t gain, shift;
};

struct layer {
    struct linear query;       /* D to D */
    struct linear keys_values; /* D to 2 D */
    struct linear output;      /* D to D */
    struct linear up;          /* D to F */
    struct linear down;        /* F to D */
    struct affine attention_norm, feedforward_norm;
};

struct weights {
    const struct model_config *config;
    const struct layout *layout;
    size_t d, f, o;     /* padded d_model, d_ff, outputs */
    size_t head;        /* d_k */
    struct home *homes; /* [n_tensors] */
    size_t size;        /* of a block */
    real *block;        /* the rounded parameters */
    real *packed;       /* all panels */
    struct layer *layers;
    struct affine final_norm;
    struct linear classifier;
    struct linear **maps; /* all linear maps */
    size_t n_maps;
};

/* A residual branch around f: attention or feedforward. */
struct branch {
    real *input;      /* x: [R][D] */
    real *body;       /* what f reads: LN x, or x itself */
    real *raw;        /* what f gave, where a norm comes after it */
    real *statistics; /* of the norm: [rows][2] */
};

struct activation {
    struct branch attention;   /* input and body [R][D], raw [Q][D] */
    struct branch feedforward; /* [Q][D] */
    real *query;               /* [Q][D] */
    real *keys_values;         /* [R][2 D] */
    real *heads;               /* [Q][D], heads side by side */
    real *highest, *share;     /* [heads][Q], of the softmax */
    real *hidden;              /* [Q][F], after ReLU */
};

struct workspace {
    size_t room; /* in tokens */
    void *block;

    /* the chunk */
    size_t n_rows, n_strings;
    bool every;       /* every token is read, or the last of each string */
    size_t n_read;    /* tokens read: n_rows or n_strings */
    uint16_t *tokens; /* [R] */
    size_t *starts;   /* [N + 1], first row of each string */
    size_t *last;     /* [N], last row of each string */

    struct activation *layers;
    real *encoded; /* [n_read][D], the residual stream at the end */
    real *final;   /* [n_read][D], after the final norm */
    real *final_statistics;
    real *logits;                 /* [n_read][O] */
    real *read_input, *read_body; /* [N][D], rows the last layer reads */
    struct head_scratch scratch;

    /* derivatives */
    real *dx;              /* [R][D], residual stream */
    real *draw, *dbody;    /* [R][D] */
    real *dheads, *dquery; /* [Q][D] */
    real *dkeys_values;    /* [R][2 D] */
    real *dhidden;         /* [Q][F] */
    real *dread;           /* [N][D] */

    /* sinusoidal positions, [n_positions][D] */
    real *positions;
    size_t n_positions;
};

/* Makes room for a chunk and reads its tokens. */
void X(workspace_load)(const struct weights *weights,
                       struct workspace *workspace, const struct batch *batch,
                       size_t first, size_t count, bool every);
struct workspace *X(workspace_new)(void);
void X(workspace_free)(struct workspace *workspace);

struct weights *X(weights_new)(const struct model_config *config,
                               const struct layout *layout);
void X(weights_free)(struct weights *weights);
size_t X(weights_chunk)(const struct weights *weights);
void X(weights_round)(struct weights *weights, const double *parameters,
                      const struct piece *piece);
void X(weights_pack)(struct weights *weights, size_t map);
void X(weights_collect)(const struct weights *weights, void *const *blocks,
                        size_t n, const struct piece *piece, double factor,
                        double *gradient);

/* From tokens to workspace->final. */
void X(transformer_forward)(const struct weights *weights,
                            struct workspace *workspace,
                            const struct attention_rule *rule);

/* From workspace->dread, the derivatives by final, to the gradient block. */
void X(transformer_backward)(const struct weights *weights,
                             struct workspace *workspace, real *gradient);

/* y = x W^T + b, and backward: dx = dy W (ADD: dx +), into the gradient. */
void X(linear_forward)(const struct weights *weights, const struct linear *map,
                       size_t rows, const real *x, real *y);
void X(linear_backward)(const struct linear *map, size_t rows, const real *x,
                        const real *dy, bool add, real *dx, real *gradient);

#endif
