/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * An oracle for the transformer: plain loops over the definition, position by
 * position, in 113-bit floating point, which at c theta still resolves scores
 * that double has long lost.  It shares no line with what it judges.
 */

#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/network.h"

#define quad __float128

static inline quad quad_sqrt(quad x)
{
    quad y = (quad)sqrt((double)x);

    if (!(x > 0))
        return 0;
    for (int i = 0; i < 4; i++)
        y = (y + x / y) / 2;
    return y;
}

static inline quad quad_exp(quad x)
{
    const quad log2 = 0.6931471805599453094172321214581765680755Q;
    quad term = 1, sum = 1, r;
    long n;

    if (x < -11000)
        return 0;
    n = lround((double)(x / log2));
    r = x - (quad)n * log2;
    for (int i = 1; i < 28; i++)
        sum += term *= r / i;
    for (; n > 0; n--)
        sum *= 2;
    for (; n < 0; n++)
        sum /= 2;
    return sum;
}

static inline quad quad_tanh(quad x)
{
    quad e = quad_exp(x > 0 ? -2 * x : 2 * x), y = (1 - e) / (1 + e);

    return x > 0 ? y : -y;
}

struct oracle {
    const struct network *network;
    const struct model_config *config;
    const struct layout *layout;
    quad c;
    size_t d, n; /* features, tokens */
};

/* Element of a tensor times c. */
static inline quad oracle_at(const struct oracle *o, size_t tensor, size_t row,
                             size_t column)
{
    const struct tensor *t = &o->layout->tensors[tensor];

    return o->c * (quad)network_weights(
                      o->network)[t->offset +
                                  row * (t->columns ? t->columns : 1) + column];
}

/* y = W x + b. */
static inline void oracle_linear(const struct oracle *o,
                                 struct linear_tensors map, const quad *x,
                                 quad *y)
{
    const struct tensor *t = &o->layout->tensors[map.weight];

    for (size_t r = 0; r < t->rows; r++) {
        y[r] = map.bias == SIZE_MAX ? 0 : oracle_at(o, map.bias, r, 0);
        for (size_t i = 0; i < t->columns; i++)
            y[r] += oracle_at(o, map.weight, r, i) * x[i];
    }
}

static inline void oracle_norm(const struct oracle *o, struct norm_tensors norm,
                               quad *x)
{
    quad mean = 0, variance = 0;

    for (size_t i = 0; i < o->d; i++)
        mean += x[i] / (quad)o->d;
    for (size_t i = 0; i < o->d; i++)
        variance += (x[i] - mean) * (x[i] - mean) / (quad)o->d;
    for (size_t i = 0; i < o->d; i++) {
        x[i] = (x[i] - mean) / quad_sqrt(variance + (quad)o->config->epsilon);
        if (o->config->affine == AFFINE_BOTH)
            x[i] = oracle_at(o, norm.weight, i, 0) * x[i] +
                   oracle_at(o, norm.bias, i, 0);
    }
}

static inline size_t oracle_seen(const struct oracle *o, size_t t)
{
    const size_t seen[] = { [MASK_CAUSAL] = t + 1,
                            [MASK_STRICT] = t,
                            [MASK_FULL] = o->n,
                            [MASK_ZERO] = o->n };

    return seen[o->config->mask];
}

static inline void oracle_attend(const struct oracle *o, const quad *q,
                                 const quad *k, const quad *v, quad *out)
{
    size_t d = o->d, size = d / o->config->n_heads;

    for (size_t t = 0; t < o->n; t++)
        for (size_t h = 0; h < d; h += size) {
            size_t seen = oracle_seen(o, t);
            quad *weights = calloc(seen + 1, sizeof(quad)), total = 0, most = 0;

            for (size_t s = 0; s < seen; s++) {
                for (size_t i = h; i < h + size; i++)
                    weights[s] += q[t * d + i] * k[s * d + i];
                if (o->config->scores == SCORES_SCALED)
                    weights[s] /= quad_sqrt((quad)size);
                if (o->config->mask == MASK_ZERO && s > t)
                    weights[s] = 0;
                most = s == 0 || weights[s] > most ? weights[s] : most;
            }
            for (size_t s = 0; s < seen; s++)
                total += weights[s] = quad_exp(weights[s] - most);
            for (size_t i = h; i < h + size; i++) {
                out[t * d + i] = 0;
                for (size_t s = 0; s < seen; s++)
                    out[t * d + i] += weights[s] / total * v[s * d + i];
            }
            free(weights);
        }
}

/* x += f, with the norms around it. */
static inline void oracle_add(const struct oracle *o, struct norm_tensors norm,
                              quad *f, quad *x)
{
    if (o->config->norm == NORM_OUTPUT)
        oracle_norm(o, norm, f);
    for (size_t i = 0; i < o->d; i++)
        x[i] += f[i];
    if (o->config->norm == NORM_POST)
        oracle_norm(o, norm, x);
}

static inline void oracle_layer(const struct oracle *o,
                                const struct layer_tensors *layer, quad *x)
{
    size_t d = o->d, bytes = o->n * d * sizeof(quad);
    quad *a = malloc(bytes), *q = malloc(bytes), *k = malloc(bytes),
         *v = malloc(bytes), *h = malloc(o->config->d_ff * sizeof(quad));

    memcpy(a, x, bytes);
    for (size_t t = 0; t < o->n; t++) {
        if (o->config->norm == NORM_PRE)
            oracle_norm(o, layer->attention_norm, a + t * d);
        oracle_linear(o, layer->query, a + t * d, q + t * d);
        oracle_linear(o, layer->key, a + t * d, k + t * d);
        oracle_linear(o, layer->value, a + t * d, v + t * d);
    }
    oracle_attend(o, q, k, v, a);
    for (size_t t = 0; t < o->n; t++) {
        oracle_linear(o, layer->output, a + t * d, q);
        oracle_add(o, layer->attention_norm, q, x + t * d);
        memcpy(q, x + t * d, d * sizeof(quad));
        if (o->config->norm == NORM_PRE)
            oracle_norm(o, layer->feedforward_norm, q);
        oracle_linear(o, layer->up, q, h);
        for (size_t i = 0; i < o->config->d_ff; i++)
            h[i] = o->config->activation == ACTIVATION_TANH ? quad_tanh(h[i])
                   : h[i] > 0                               ? h[i]
                                                            : 0;
        oracle_linear(o, layer->down, h, q);
        oracle_add(o, layer->feedforward_norm, q, x + t * d);
    }
    free(a);
    free(q);
    free(k);
    free(v);
    free(h);
}

/* Feature F of token T, i/n and its square to the last bit. */
static inline quad oracle_feature(const struct oracle *o, size_t t, size_t f)
{
    int positions = o->config->positions;
    double angle = (double)t * pow(10000, -(double)(f / 2 * 2) / (double)o->d);
    quad ratio = (quad)t / (quad)o->n, list[3];
    size_t count = 0;

    if (positions == POSITIONS_SINUSOIDAL)
        return f % 2 == 0 ? sin(angle) : cos(angle);
    if (positions & POSITIONS_RATIO)
        list[count++] = ratio;
    if (positions & POSITIONS_SQUARE)
        list[count++] = ratio * ratio;
    if (positions & POSITIONS_SIGN)
        list[count++] = t % 2 == 0 ? 1 : -1;
    return f < count ? list[f] : 0;
}

static inline quad oracle_position(const struct oracle *o, size_t t, size_t i)
{
    size_t map = o->layout->position_map;
    quad sum = 0;

    if (map == SIZE_MAX)
        return oracle_feature(o, t, i);
    for (size_t f = 0; f < o->layout->tensors[map].columns; f++)
        sum += oracle_at(o, map, i, f) * oracle_feature(o, t, f);
    return sum;
}

/*
 * The logit of f(x; c theta) for the string of LENGTH symbols; OUTPUTS, if
 * not NULL, gets the encoder's [length + 1][d_model].
 */
static inline quad oracle_logit(const struct network *network, double c,
                                const uint16_t *symbols, size_t length,
                                quad *outputs)
{
    struct oracle o = {
        network, network_config(network),          network_layout(network),
        c,       network_config(network)->d_model, length + 1
    };
    quad *x = malloc(o.n * o.d * sizeof(quad)), logit;

    for (size_t t = 0; t < o.n; t++)
        for (size_t i = 0; i < o.d; i++) {
            size_t token = t == 0 ? o.layout->n_tokens - 1 : symbols[t - 1];

            x[t * o.d + i] = oracle_at(&o, o.layout->token, token, i);
            if (o.config->positions == POSITIONS_LEARNED)
                x[t * o.d + i] += oracle_at(&o, o.layout->position, t, i);
            if (o.config->positions >= POSITIONS_SINUSOIDAL)
                x[t * o.d + i] += oracle_position(&o, t, i);
        }
    for (size_t l = 0; l < o.config->n_layers; l++)
        oracle_layer(&o, &o.layout->layers[l], x);
    for (size_t t = 0; t < o.n && model_has_final_norm(o.config); t++)
        oracle_norm(&o, o.layout->final_norm, x + t * o.d);
    if (outputs != NULL)
        memcpy(outputs, x, o.n * o.d * sizeof(quad));
    oracle_linear(&o, o.layout->classifier, x + length * o.d, &logit);
    free(x);
    return logit;
}

/* A small network of random parameters; VARIANT runs through norms, masks,
 * positions and biases. */
enum { VARIANTS = 4 * 2 * 5 * 2 };

static inline struct network *oracle_network(size_t variant, uint64_t seed)
{
    static const int positions[] = {
        POSITIONS_NONE, POSITIONS_LEARNED, POSITIONS_SINUSOIDAL,
        POSITIONS_RATIO | POSITIONS_SQUARE | POSITIONS_SIGN, POSITIONS_SIGN
    };
    struct model_config config = {
        .n_layers = 2,
        .d_model = 6,
        .n_heads = 2,
        .d_ff = 10,
        .norm = (int)(variant % 4),
        .mask = (int)((variant / 4 + variant / 8) % 4),
        .scores = (int)(variant / 5 % 2),
        .activation = (int)(variant / 7 % 2),
        .affine = variant % 5 == 2 ? AFFINE_NONE : AFFINE_BOTH,
        .final_norm = (int)(variant / 6 % 3),
        .positions = positions[variant / 8 % 5],
        .position_map = variant / 8 % 5 == 3,
        .bias = variant / 40 % 2 == 1,
        .classifier_bias = variant / 40 % 2 == 1,
        .precision = PRECISION_DOUBLE,
        .epsilon = 1e-5,
        .max_length = 20,
        .init = { 1, 1, 1, 1, 1, 1, 1, 1 },
    };
    struct network *network;

    /* of a head that sees nothing there is no layer norm without epsilon */
    if (config.mask == MASK_STRICT && config.norm == NORM_OUTPUT)
        config.bias = true;
    network = network_new(&config, 2);
    network_init(network, seed);
    return network;
}

/* Sets an element of a tensor by name; network_update takes it over. */
static inline void oracle_put(struct network *network, const char *name,
                              size_t row, size_t column, double value)
{
    const struct tensor *t = layout_find(network_layout(network), name);

    if (t == NULL)
        abort();
    network_parameters(
        network)[t->offset + row * (t->columns ? t->columns : 1) + column] =
        value;
}

/* Every string of length LEAST..MOST over N symbols. */
static inline void oracle_strings(struct strings *strings, size_t n,
                                  size_t least, size_t most)
{
    for (size_t length = least; length <= most; length++) {
        uint16_t symbols[16] = { 0 };
        size_t i;

        do {
            strings_add(strings, symbols, length);
            for (i = 0; i < length && ++symbols[i] == n; i++)
                symbols[i] = 0;
        } while (i < length);
    }
}

#endif
