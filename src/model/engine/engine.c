/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/engine/engine.h"

#include <string.h>

#include "model/engine/transformer.h"

#define TEXT_OF(x) #x
#define NAME_OF(x) TEXT_OF(x)

#ifdef REAL_IS_FLOAT
#define ENGINE_NAME "float " NAME_OF(ISA)
#else
#define ENGINE_NAME "double " NAME_OF(ISA)
#endif

static void forward(const struct weights *w, struct workspace *s,
                    const struct batch *batch, size_t first, size_t count,
                    const struct manner *manner)
{
    workspace_load(w, s, batch, first, count, manner->every);
    s->keeps = manner->backward && s->longest <= KEPT_KEYS;
    s->drop_key = manner->drop_key;
    s->first = first;
    s->types = manner->types;
    s->table = manner->table;
    s->sums = manner->sums;
    transformer_forward(w, s, manner->rule);
}

/* means[N][D] of the rows of each string in final. */
static void mean_forward(const struct weights *w, struct workspace *s)
{
    memset(s->means, 0, s->n_strings * w->d * sizeof(real));
    for (size_t i = 0; i < s->n_strings; i++) {
        real share = 1 / (real)(s->starts[i + 1] - s->starts[i]);

        for (size_t r = s->starts[i]; r < s->starts[i + 1]; r++)
            add_reals(w->d, s->final + r * w->d, s->means + i * w->d);
        for (size_t c = 0; c < w->d; c++)
            s->means[i * w->d + c] *= share;
    }
}

/* dread[R][D] from the derivatives by the means, dmeans[N][D]. */
static void mean_backward(const struct weights *w, struct workspace *s,
                          const real *dmeans)
{
    for (size_t i = 0; i < s->n_strings; i++) {
        real share = 1 / (real)(s->starts[i + 1] - s->starts[i]);

        for (size_t r = s->starts[i]; r < s->starts[i + 1]; r++)
            for (size_t c = 0; c < w->d; c++)
                s->dread[r * w->d + c] = dmeans[i * w->d + c] * share;
    }
}

static void logits(const struct weights *w, struct workspace *s, double *logits)
{
    size_t n = w->layout->n_outputs;

    if (s->mean)
        mean_forward(w, s);
    linear_forward(w, &w->classifier, s->n_logits,
                   s->mean ? s->means : s->final, s->logits);
    for (size_t r = 0; r < s->n_logits; r++)
        for (size_t i = 0; i < n; i++)
            logits[r * n + i] = (double)s->logits[r * w->o + i];
}

static void outputs(const struct weights *w, const struct workspace *s,
                    size_t layer, double *outputs)
{
    size_t d = w->config->d_model;
    const real *rows = layer + 1 < w->config->n_layers
                           ? s->layers[layer + 1].attention.input
                           : s->final;

    for (size_t r = 0; r < s->n_read; r++)
        for (size_t i = 0; i < d; i++)
            outputs[r * d + i] = (double)rows[r * w->d + i];
}

static void backward(const struct weights *w, struct workspace *s,
                     const double *signals, bool begins, void *gradient)
{
    size_t n = w->layout->n_outputs;

    s->begins = begins;
    if (begins)
        weights_clear(w, gradient);
    /* the padding of a row of logits is zero and stays so */
    for (size_t r = 0; r < s->n_logits; r++)
        for (size_t i = 0; i < n; i++)
            s->logits[r * w->o + i] = (real)signals[r * n + i];
    linear_backward(w, s, &w->classifier, s->n_logits,
                    s->mean ? s->means : s->final, s->logits, false,
                    s->mean ? s->draw : s->dread, gradient);
    if (s->mean)
        mean_backward(w, s, s->draw);
    transformer_backward(w, s, gradient);
}

static size_t gradient_bytes(const struct weights *w)
{
    return w->size * sizeof(real);
}

static size_t type_bytes(const struct weights *w)
{
    return types_width(w) * sizeof(real);
}

static void exponentials(size_t count, void *x)
{
    real *at = x, *end = at + count, rest[LANES] = { 0 };

    for (; at + LANES <= end; at += LANES)
        vector_store(at, vector_exp(vector_load(at)));
    if (at == end)
        return;
    memcpy(rest, at, (size_t)(end - at) * sizeof(real));
    vector_store(rest, vector_exp(vector_load(rest)));
    memcpy(at, rest, (size_t)(end - at) * sizeof(real));
}

const struct engine X(engine) = {
    .name = ENGINE_NAME,
    .new_weights = weights_new,
    .allocate = weights_allocate,
    .free_weights = weights_free,
    .round = weights_round,
    .new_workspace = workspace_new,
    .free_workspace = workspace_free,
    .forward = forward,
    .logits = logits,
    .outputs = outputs,
    .backward = backward,
    .gradient_bytes = gradient_bytes,
    .type_bytes = type_bytes,
    .read_types = types_forward,
    .learn_types = types_backward,
    .size_of_weights = weights_bytes,
    .size_of_workspace = workspace_bytes,
    .collect = weights_collect,
    .exponentials = exponentials,
    .micros = &X(micros),
};
