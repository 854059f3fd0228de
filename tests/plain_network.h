/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The transformer once more, in plain double loops over one string, written
 * from the definition and not from the engine: an oracle for its outputs,
 * and for the signs of its ReLU inputs.
 */

#ifndef TESTS_PLAIN_NETWORK_H
#define TESTS_PLAIN_NETWORK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "model/network.h"

struct plain {
    const struct model_config *config;
    const struct layout *layout;
    const double *theta;
    const struct attention_rule *rule; /* NULL: softmax */
    const uint64_t *drop_key;          /* NULL: nothing is dropped */
    uint64_t string;                   /* its place in the batch, for that */
};

/* NULL where the network has no such tensor. */
static inline const double *plain_tensor(const struct plain *net, int layer,
                                         const char *name)
{
    const struct tensor *tensor;
    char full[128];

    if (layer >= 0)
        snprintf(full, sizeof(full), "layers.%d.%s", layer, name);
    else
        snprintf(full, sizeof(full), "%s", name);
    tensor = layout_find(net->layout, full);
    return tensor == NULL ? NULL : net->theta + tensor->offset;
}

/* y[n][out] = x[n][in] W^T + b */
static inline void plain_linear(const struct plain *net, int layer,
                                const char *name, size_t n, size_t in,
                                size_t out, const double *x, double *y)
{
    char weight[64], bias[64];
    const double *w, *b;

    snprintf(weight, sizeof(weight), "%s.weight", name);
    snprintf(bias, sizeof(bias), "%s.bias", name);
    w = plain_tensor(net, layer, weight);
    b = plain_tensor(net, layer, bias);
    for (size_t t = 0; t < n; t++)
        for (size_t o = 0; o < out; o++) {
            double sum = b == NULL ? 0 : b[o];

            for (size_t i = 0; i < in; i++)
                sum += w[o * in + i] * x[t * in + i];
            y[t * out + o] = sum;
        }
}

static inline void plain_norm(const struct plain *net, int layer,
                              const char *name, size_t n, double *x)
{
    size_t d = net->config->d_model;
    char weight[64], bias[64];
    const double *gain, *shift;

    snprintf(weight, sizeof(weight), "%s.weight", name);
    snprintf(bias, sizeof(bias), "%s.bias", name);
    gain = plain_tensor(net, layer, weight);
    shift = plain_tensor(net, layer, bias);
    for (size_t t = 0; t < n; t++) {
        double *row = x + t * d, mean = 0, variance = 0, unit;

        for (size_t i = 0; i < d; i++)
            mean += row[i] / (double)d;
        for (size_t i = 0; i < d; i++)
            variance += (row[i] - mean) * (row[i] - mean) / (double)d;
        for (size_t i = 0; i < d; i++) {
            unit = (row[i] - mean) / sqrt(variance + net->config->epsilon);
            row[i] = gain == NULL ? unit : unit * gain[i] + shift[i];
        }
    }
}

/* Weights of one query over N scores, of which SEEN count. */
static inline void plain_weights(const struct plain *net, size_t seen,
                                 double bound, double *scores)
{
    double top = scores[0], sum = 0;

    for (size_t j = 1; j < seen; j++)
        top = fmax(top, scores[j]);
    for (size_t j = 0; j < seen; j++) {
        if (net->rule == NULL)
            scores[j] = exp(scores[j] - top);
        else if (net->rule->saturated)
            scores[j] = scores[j] >= top - net->rule->tie * bound;
        else
            scores[j] = exp(net->rule->sharpness * (scores[j] - top));
        sum += scores[j];
    }
    for (size_t j = 0; j < seen; j++)
        scores[j] /= sum;
}

/* The branch f = attention, in place: x[n][d]. */
static inline void plain_attention(const struct plain *net, int layer, size_t n,
                                   double *x)
{
    size_t d = net->config->d_model, heads = net->config->n_heads;
    size_t size = d / heads;
    double *q = malloc(4 * n * d * sizeof(double)), *k = q + n * d;
    double *v = k + n * d, *o = v + n * d;
    double *scores = malloc(n * sizeof(double));
    double root = net->config->scores == SCORES_PLAIN ? 1 : sqrt((double)size);

    plain_linear(net, layer, "attention.query", n, d, d, x, q);
    plain_linear(net, layer, "attention.key", n, d, d, x, k);
    plain_linear(net, layer, "attention.value", n, d, d, x, v);
    memset(o, 0, n * d * sizeof(double));
    for (size_t h = 0; h < heads; h++)
        for (size_t i = 0; i < n; i++) {
            int mask = net->config->mask;
            size_t seen = mask == MASK_CAUSAL   ? i + 1
                          : mask == MASK_STRICT ? i
                                                : n;
            double longest = 0, query = 0;

            if (seen == 0)
                continue;
            for (size_t j = 0; j < seen; j++) {
                double key = 0;

                scores[j] = 0;
                if (mask == MASK_ZERO && j > i)
                    continue;
                for (size_t c = h * size; c < (h + 1) * size; c++) {
                    scores[j] += q[i * d + c] * k[j * d + c];
                    key += k[j * d + c] * k[j * d + c];
                }
                scores[j] /= root;
                longest = fmax(longest, sqrt(key));
            }
            for (size_t c = h * size; c < (h + 1) * size; c++)
                query += q[i * d + c] * q[i * d + c];
            plain_weights(net, seen, sqrt(query) * longest / root, scores);
            for (size_t j = 0; j < seen; j++)
                for (size_t c = h * size; c < (h + 1) * size; c++)
                    o[i * d + c] += scores[j] * v[j * d + c];
        }
    plain_linear(net, layer, "attention.output", n, d, d, o, x);
    free(q);
    free(scores);
}

/* The branch f = feedforward, in place; INPUTS [n][ff] of ReLU or tanh, or
 * NULL. */
static inline void plain_feedforward(const struct plain *net, int layer,
                                     size_t n, double *x, double *inputs)
{
    size_t d = net->config->d_model, f = net->config->d_ff;
    double *hidden = malloc(n * f * sizeof(double));

    plain_linear(net, layer, "feedforward.up", n, d, f, x, hidden);
    if (inputs != NULL)
        memcpy(inputs, hidden, n * f * sizeof(double));
    for (size_t i = 0; i < n * f; i++)
        hidden[i] = net->config->activation == ACTIVATION_TANH
                        ? tanh(hidden[i])
                        : fmax(hidden[i], 0);
    plain_linear(net, layer, "feedforward.down", n, f, d, hidden, x);
    free(hidden);
}

/* Element after element of a token from one stream of its own. */
static inline void plain_drop(const struct plain *net, int layer,
                              const char *sublayer, size_t n, double *x)
{
    size_t d = net->config->d_model;
    double p = net->config->dropout;
    char purpose[64];

    snprintf(purpose, sizeof(purpose), "layers.%d.%s", layer, sublayer);
    for (size_t t = 0; t < n; t++) {
        struct stream stream;

        stream_init(&stream, *net->drop_key, purpose, net->string << 32 | t);
        for (size_t i = 0; i < d; i++)
            x[t * d + i] *= stream_word(&stream) / 0x1p32 < p ? 0 : 1 / (1 - p);
    }
}

/* x + f(LN x), LN(x + f(x)), x + LN(f(x)) or x + f(x), in place. */
static inline void plain_branch(const struct plain *net, int layer,
                                bool attention, size_t n, double *x,
                                double *inputs)
{
    const char *norm = attention ? "attention.norm" : "feedforward.norm";
    size_t count = n * net->config->d_model;
    double *y = malloc(count * sizeof(double));

    memcpy(y, x, count * sizeof(double));
    if (net->config->norm == NORM_PRE)
        plain_norm(net, layer, norm, n, y);
    if (attention)
        plain_attention(net, layer, n, y);
    else
        plain_feedforward(net, layer, n, y, inputs);
    if (net->drop_key != NULL)
        plain_drop(net, layer, attention ? "attention" : "feedforward", n, y);
    if (net->config->norm == NORM_OUTPUT)
        plain_norm(net, layer, norm, n, y);
    for (size_t i = 0; i < count; i++)
        x[i] += y[i];
    if (net->config->norm == NORM_POST)
        plain_norm(net, layer, norm, n, x);
    free(y);
}

/* Feature F of token T of N: what the list in the configuration says. */
static inline double plain_feature(int positions, size_t d, size_t t, size_t n,
                                   size_t f)
{
    double angle = (double)t / pow(10000, (double)(f - f % 2) / (double)d);
    double list[3];
    size_t count = 0;

    if (positions == POSITIONS_SINUSOIDAL)
        return f % 2 == 0 ? sin(angle) : cos(angle);
    if (positions & POSITIONS_RATIO)
        list[count++] = (double)t / (double)n;
    if (positions & POSITIONS_SQUARE)
        list[count++] = pow((double)t / (double)n, 2);
    if (positions & POSITIONS_SIGN)
        list[count++] = pow(-1, (double)t);
    return f < count ? list[f] : 0;
}

/* What features add to coordinate I of token T of N. */
static inline double plain_position(const struct plain *net, size_t t, size_t n,
                                    size_t i)
{
    const struct tensor *map =
        layout_find(net->layout, "embedding.position_map");
    int positions = net->config->positions;
    size_t d = net->config->d_model;
    double sum = 0;

    if (map == NULL)
        return plain_feature(positions, d, t, n, i);
    for (size_t f = 0; f < map->columns; f++)
        sum += net->theta[map->offset + i * map->columns + f] *
               plain_feature(positions, d, t, n, f);
    return sum;
}

static inline void plain_embed(const struct plain *net, const uint16_t *symbols,
                               size_t length, double *x)
{
    const double *token = plain_tensor(net, -1, "embedding.token");
    const double *position = plain_tensor(net, -1, "embedding.position");
    size_t d = net->config->d_model;

    for (size_t t = 0; t <= length; t++)
        for (size_t i = 0; i < d; i++) {
            size_t symbol = t == 0 ? net->layout->n_tokens - 1 : symbols[t - 1];
            x[t * d + i] = token[symbol * d + i];
            if (net->config->positions == POSITIONS_LEARNED)
                x[t * d + i] += position[t * d + i];
            if (net->config->positions >= POSITIONS_SINUSOIDAL)
                x[t * d + i] += plain_position(net, t, length + 1, i);
        }
}

/*
 * X gets the encoder's outputs [length + 1][d], INPUTS, or NULL, what goes
 * into ReLU: [n_layers][length + 1][d_ff].
 */
static inline void plain_encode(const struct plain *net,
                                const uint16_t *symbols, size_t length,
                                double *x, double *inputs)
{
    size_t n = length + 1;

    plain_embed(net, symbols, length, x);
    for (size_t l = 0; l < net->config->n_layers; l++) {
        plain_branch(net, (int)l, true, n, x, NULL);
        plain_branch(net, (int)l, false, n, x,
                     inputs == NULL ? NULL
                                    : inputs + l * n * net->config->d_ff);
    }
    if (net->config->final_norm == FINAL_NORM_AUTO
            ? net->config->norm == NORM_PRE
            : net->config->final_norm == FINAL_NORM_ALWAYS)
        plain_norm(net, -1, "final_norm", n, x);
}

/* Logits [n_outputs] of what encoded a string of N tokens, or with SEQUENCE of
 * every token. */
static inline void plain_read(const struct plain *net, bool sequence, size_t n,
                              const double *x, double *logits)
{
    size_t d = net->config->d_model, outputs = net->layout->n_outputs;
    double *read = calloc(d, sizeof(double));

    for (size_t i = 0; i < d; i++)
        for (size_t t = 0; t < n; t++) {
            if (net->config->readout == READOUT_MEAN)
                read[i] += x[t * d + i] / (double)n;
            else if (t == (net->config->readout == READOUT_BEGIN ? 0 : n - 1))
                read[i] = x[t * d + i];
        }
    plain_linear(net, -1, "classifier", sequence ? n : 1, d, outputs,
                 sequence ? x : read, logits);
    free(read);
}

/* The logit of a string, and as above. */
static inline double plain_logit(const struct plain *net,
                                 const uint16_t *symbols, size_t length,
                                 double *x, double *inputs)
{
    double logit;

    plain_encode(net, symbols, length, x, inputs);
    plain_read(net, false, length + 1, x, &logit);
    return logit;
}

#endif
