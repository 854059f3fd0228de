/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A network's parameters as the series multiply by them: times a factor,
 * transposed, padded, the attention maps split by head. */

#ifndef SATURATION_PARAMETERS_H
#define SATURATION_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/network.h"
#include "saturation/series.h"

/* Where layer norm stands about a branch f: before it, after it, after the
 * sum with the residual stream. */
struct placement {
    bool before, branch, sum;
};

struct layer_parameters {
    struct linear *query, *key, *value; /* [n_heads], d to d_k */
    struct linear *output; /* [n_heads], d_k to d; the bias with head 0 */
    struct linear up, down;
    struct affine attention_norm, feedforward_norm;
};

struct parameters {
    size_t d_model, d_ff, n_heads, n_layers;
    int mask, positions, activation; /* as in struct model_config */
    double score_scale;              /* on q . k */
    bool last_norm;                  /* one follows the last layer */
    size_t n_features;               /* of positions */
    int readout;                     /* as in struct model_config */
    double epsilon;
    const struct placement *placement;
    size_t n_tokens, n_positions; /* rows of the tables below */
    double *token, *position;     /* [rows][plane_padded(d_model)] */
    struct layer_parameters *layers;
    struct affine final_norm;
    struct linear classifier;
    struct linear position_map; /* of those features; no weights: none */
};

struct parameters *parameters_new(const struct network *network, double factor);
void parameters_free(struct parameters *parameters);

/* What the parameters of a network take. */
size_t parameters_bytes(const struct network *network);

#endif
