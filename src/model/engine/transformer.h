/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The transformer in the engine's own shape: weights, the activations
 * of a chunk, forward and backward.  In the comments R is the number of
 * tokens of the chunk, Q of those that are queries (fewer in the last layer
 * when one token a string is read), D, F and O the padded d_model, d_ff and
 * number of outputs, N the strings.
 */

#ifndef MODEL_ENGINE_TRANSFORMER_H
#define MODEL_ENGINE_TRANSFORMER_H

#include "model/engine/attention.h"
#include "model/engine/engine.h"
#include "model/engine/kernels.h"

/* Every engine has functions of its own under these names. */
#define workspace_load       X(workspace_load)
#define workspace_new        X(workspace_new)
#define workspace_free       X(workspace_free)
#define workspace_bytes      X(workspace_bytes)
#define weights_new          X(weights_new)
#define weights_free         X(weights_free)
#define weights_allocate     X(weights_allocate)
#define weights_bytes        X(weights_bytes)
#define weights_round        X(weights_round)
#define weights_collect      X(weights_collect)
#define weights_clear        X(weights_clear)
#define transformer_forward  X(transformer_forward)
#define transformer_backward X(transformer_backward)
#define workspace_load_types X(workspace_load_types)
#define reads_open           X(reads_open)
#define reads_forward        X(reads_forward)
#define reads_backward       X(reads_backward)
#define embed_forward        X(embed_forward)
#define embed_backward       X(embed_backward)
#define types_width          X(types_width)
#define types_forward        X(types_forward)
#define types_backward       X(types_backward)
#define types_spread         X(types_spread)
#define types_gather_sums    X(types_gather_sums)
#define linear_forward       X(linear_forward)
#define linear_backward      X(linear_backward)
#define linear_gradient      X(linear_gradient)

/* Where a tensor stands in a padded block of weights or gradients. */
struct home {
    size_t offset; /* SIZE_MAX: there is no such tensor */
    size_t row;    /* step from row to row */
    real *columns; /* of a map's weight: its rows in the map's transpose */
    size_t column; /* step from column to column there */
};

/* y = x W^T + b. */
struct linear {
    size_t in, out;   /* padded */
    size_t weight;    /* [out][in] in a block */
    size_t bias;      /* [out] in a block; SIZE_MAX: none */
    real *transposed; /* [in][out] */
};

/* Gains and shifts in a block; SIZE_MAX: no norm here, or one without. */
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
    size_t d, f, o; /* padded d_model, d_ff, outputs */
    size_t head;    /* d_k */
    double score_divisor;
    real *ones, *zeros; /* [D], gain and shift of norms that have none */
    struct home *homes; /* [n_tensors] */
    size_t size;        /* of a block */
    real *block;        /* the rounded parameters */
    real *transposed;   /* of all linear maps */
    struct layer *layers;
    struct affine final_norm;
    struct linear classifier;
    struct linear position_map; /* features to D; weight SIZE_MAX: none */
    size_t p;                   /* padded features of positions */
    struct linear **maps;       /* all linear maps */
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
    real *weights;             /* of the softmax, where kept */
    real *hidden;              /* [Q][F], after ReLU */
};

/* Attention's weights are kept for backward in chunks whose strings have no
 * more tokens than this, a multiple of every LANES: there they cost fewer
 * loads than computing them again costs products and exponentials. */
#define KEPT_KEYS ((size_t)128)

struct workspace {
    size_t room; /* in tokens */
    void *block;

    /* the chunk */
    size_t n_rows, n_strings;
    size_t longest;   /* tokens of a string */
    bool keeps;       /* the weights of attention */
    bool narrow;      /* one token of each string is read, or every one */
    bool mean;        /* the classifier reads means over strings */
    size_t n_read;    /* tokens read: n_rows or n_strings */
    size_t n_logits;  /* rows of logits: the same, n_strings for means */
    uint16_t *tokens; /* [R] */
    uint32_t *places; /* [R], from the begin mark on */
    size_t *starts;   /* [N + 1], first row of each string */
    size_t *chosen;   /* [N], row read of each string when narrow */

    const uint64_t *drop_key; /* NULL: nothing is dropped */
    size_t first;             /* string of the batch */

    /* where the first layer's reads come from a table of types; or NULL */
    const struct types *types;
    const real *table;      /* [types][4 D] */
    struct type_sums *sums; /* what comes back */
    uint32_t *types_of;     /* [R], rows of the table */

    struct activation *layers;
    real *encoded; /* [n_read][D], the residual stream at the end */
    real *final;   /* [n_read][D], after the final norm */
    real *final_statistics;
    real *means;                  /* [N][D], of final, where these are read */
    real *logits;                 /* [n_logits][O] */
    real *read_input, *read_body; /* [N][D], rows the last layer reads */
    struct head_scratch scratch;

    /* derivatives */
    bool begins;           /* gradients of maps are set, not added to */
    real *dx;              /* [R][D], residual stream */
    real *draw, *dbody;    /* [R][D] */
    real *dheads, *dquery; /* [Q][D] */
    real *dkeys_values;    /* [R][2 D] */
    real *dhidden;         /* [Q][F] */
    real *dread;           /* [N][D] */
    real *lost;            /* [2][D], of gains and shifts that are not there */

    /* what is known of positions: sinusoids [n_positions][D], and features of
     * the chunk's tokens [R][P] where these are others or pass a map */
    real *positions, *features;
    size_t n_positions;
};

/* Whether layer L is computed for the token read of each string alone. */
static inline bool narrows(const struct weights *weights,
                           const struct workspace *workspace, size_t l)
{
    return workspace->narrow && l + 1 == weights->config->n_layers;
}

/* Makes room for a chunk and reads its tokens. */
void workspace_load(const struct weights *weights, struct workspace *workspace,
                    const struct batch *batch, size_t first, size_t count,
                    bool every);
void workspace_load_types(const struct weights *weights,
                          struct workspace *workspace,
                          const struct types *types, size_t first,
                          size_t count);
struct workspace *workspace_new(void);
void workspace_free(struct workspace *workspace);

/* Of a workspace whose largest chunk has TOKENS. */
size_t workspace_bytes(const struct weights *weights, size_t tokens);

struct weights *weights_new(const struct model_config *config,
                            const struct layout *layout);
void weights_free(struct weights *weights);
void weights_allocate(struct weights *weights);
size_t weights_bytes(const struct weights *weights);
void weights_round(struct weights *weights, const double *parameters,
                   const struct piece *piece);
void weights_clear(const struct weights *weights, real *gradient);
void weights_collect(const struct weights *weights, void *const *blocks,
                     size_t n, const struct piece *piece, double factor,
                     double *gradient);

/* From tokens to workspace->final. */
void transformer_forward(const struct weights *weights,
                         struct workspace *workspace,
                         const struct attention_rule *rule);

/* From workspace->dread, the derivatives by final, to the gradient block. */
void transformer_backward(const struct weights *weights,
                          struct workspace *workspace, real *gradient);

/* x = token embedding + position: [R][D]; and backward. */
void embed_forward(const struct weights *weights, struct workspace *workspace,
                   real *x);
void embed_backward(const struct weights *weights,
                    const struct workspace *workspace, const real *dx,
                    real *gradient);

/*
 * What attention of layer L reads of its input: the norm before it, which
 * opens it, then keys, values and queries.  Backward adds to workspace->dx
 * what came of those.
 */
void reads_open(const struct weights *weights, struct workspace *workspace,
                size_t l);
void reads_forward(const struct weights *weights, struct workspace *workspace,
                   size_t l);
void reads_backward(const struct weights *weights, struct workspace *workspace,
                    size_t l, real *gradient);

/*
 * The first layer by type.  A row of a table is a token's embedding, query, key
 * and value, four times D; of sums, the derivatives by them.  Spread
 * gives every token of the chunk its type's row, gather adds its derivatives
 * to the sums of the shard.
 */
size_t types_width(const struct weights *weights);
void types_forward(const struct weights *weights, struct workspace *workspace,
                   const struct types *types, size_t first, size_t count,
                   void *table);
void types_backward(const struct weights *weights, struct workspace *workspace,
                    const struct types *types, size_t first, size_t count,
                    const struct type_sums *sums, size_t n, void *gradient);
void types_spread(const struct weights *weights, struct workspace *workspace);
void types_gather_sums(const struct weights *weights,
                       struct workspace *workspace);

/* y = x W^T + b, and backward: dx = dy W (ADD: dx +), into the gradient. */
void linear_forward(const struct weights *weights, const struct linear *map,
                    size_t rows, const real *x, real *y);
void linear_backward(const struct weights *weights,
                     const struct workspace *workspace,
                     const struct linear *map, size_t rows, const real *x,
                     const real *dy, bool add, real *dx, real *gradient);
void linear_gradient(const struct workspace *workspace,
                     const struct linear *map, size_t rows, const real *x,
                     const real *dy, real *gradient);

#endif
