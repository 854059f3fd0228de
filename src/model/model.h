/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What `model:` may say in an experiment, and the table of parameters. */

#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "config/schema.h"
#include "model/position.h"

enum precision { PRECISION_FLOAT, PRECISION_DOUBLE };

/* Which tokens a token attends to: itself and those before; all; those
 * before alone, where the begin mark attends to nothing and its heads give
 * zero; or all, those after it with a score of exactly zero (the defect of the
 * paper's code, which multiplies masked scores by zero). */
enum mask { MASK_CAUSAL, MASK_FULL, MASK_STRICT, MASK_ZERO };
enum scores { SCORES_SCALED, SCORES_PLAIN };
enum nonlinearity { ACTIVATION_RELU, ACTIVATION_TANH };
enum norm_affine { AFFINE_BOTH, AFFINE_NONE };
enum final_norm { FINAL_NORM_AUTO, FINAL_NORM_ALWAYS, FINAL_NORM_NEVER };

/* What the classifier reads where a string has one answer: the encoder's
 * output at the last token, at the begin mark, or its mean over all tokens. */
enum readout { READOUT_LAST, READOUT_BEGIN, READOUT_MEAN };

/* Where layer norm stands (DESIGN: "output" is what the paper calls pre-norm):
 * pre x + f(LN x) with a final norm, post LN(x + f(x)), output x + LN(f(x)),
 * none x + f(x). */
enum norm_placement { NORM_PRE, NORM_POST, NORM_OUTPUT, NORM_NONE };

/* Factors on the standard deviation or bound of each kind of tensor. */
struct init_config {
    double scale; /* multiplies all the others */
    double embedding, position, attention, feedforward, classifier;
    double gain;      /* layer-norm gains start at gain * scale */
    double query_key; /* on top of attention; 0: uniform heads for ever */
};

struct model_config {
    int preset; /* of preset.h: gave the standards for what follows */
    size_t n_layers, d_model, n_heads, d_ff;
    int norm;          /* enum norm_placement */
    int positions;     /* enum positions */
    bool position_map; /* features pass through a trainable matrix */
    int mask;          /* enum mask */
    int scores;        /* enum scores: q . k times 1/sqrt(d_k), or as it is */
    int activation;    /* enum nonlinearity, of the feedforward hidden layer */
    int affine;        /* enum norm_affine: gain and shift of layer norms */
    int final_norm;    /* enum final_norm; auto: where norm is pre */
    int readout;       /* enum readout */
    int precision;     /* enum precision */
    bool bias;         /* linear biases in the encoder */
    bool classifier_bias;
    double epsilon;    /* of layer norm */
    double dropout;    /* share of what sublayers give that is lost */
    size_t max_length; /* learned positions: symbols after the begin mark */
    struct init_config init;
    int construction; /* enum construction: weights set by hand, not drawn */
    double perturb;   /* standard deviation of noise on its query and key */
};
extern const struct field model_fields[];

/* Refuses d_model not a multiple of n_heads, more features of positions than
 * d_model where they are added as they are, a map where there are none, and a
 * begin mark read where it sees itself alone; PLACE is the model block.  What
 * ERROR complains about already is left alone. */
bool model_check(const struct model_config *config, const struct place *place,
                 struct error *error);

/* Whether a norm follows the last layer. */
bool model_has_final_norm(const struct model_config *config);

/* What divides q . k. */
double model_score_divisor(const struct model_config *config);

enum tensor_kind {
    TENSOR_EMBEDDING,
    TENSOR_POSITION,
    TENSOR_POSITION_MAP,
    TENSOR_QUERY_KEY,   /* weights of query, key */
    TENSOR_ATTENTION,   /* weights of value, output */
    TENSOR_FEEDFORWARD, /* weights of up, down */
    TENSOR_CLASSIFIER,
    TENSOR_BIAS, /* of a linear map */
    TENSOR_GAIN, /* layer norm weight */
    TENSOR_SHIFT /* layer norm bias */
};

/* One row of the parameter table: a view into the one block of parameters.
 * Names and [out, in] row-major layout are PyTorch's. */
struct tensor {
    char name[64]; /* "layers.0.attention.query.weight" */
    enum tensor_kind kind;
    size_t rows, columns; /* a vector has columns 0 */
    size_t offset, count;
    bool encoder; /* under layers.* or final_norm.*: counted by `norm` */
};

/* An index into the table for every tensor a transformer may have; SIZE_MAX
 * where this configuration has none. */
struct norm_tensors {
    size_t weight, bias;
};
struct linear_tensors {
    size_t weight, bias;
};
struct layer_tensors {
    struct linear_tensors query, key, value, output, up, down;
    struct norm_tensors attention_norm, feedforward_norm;
};

struct layout {
    struct tensor *tensors;
    size_t n_tensors;
    size_t n_parameters;
    size_t token, position;       /* embedding.token, embedding.position */
    size_t position_map;          /* embedding.position_map: [d][features] */
    struct layer_tensors *layers; /* [n_layers] */
    struct norm_tensors final_norm;
    struct linear_tensors classifier;
    size_t n_tokens;  /* symbols and the begin mark, which is the last */
    size_t n_outputs; /* rows of the classifier */
};

void layout_init(struct layout *layout, const struct model_config *config,
                 size_t n_symbols, size_t n_outputs);
void layout_clear(struct layout *layout);

/* The tensor called NAME, or NULL. */
const struct tensor *layout_find(const struct layout *layout, const char *name);

#endif
