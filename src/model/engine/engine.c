/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/engine/engine.h"

#include "model/engine/transformer.h"

#define TEXT_OF(x) #x
#define NAME_OF(x) TEXT_OF(x)

#ifdef REAL_IS_FLOAT
#define ENGINE_NAME "float " NAME_OF(ISA)
#else
#define ENGINE_NAME "double " NAME_OF(ISA)
#endif

static size_t maps(const struct weights *w)
{
    return w->n_maps;
}

static void forward(const struct weights *w, struct workspace *s,
                    const struct batch *batch, size_t first, size_t count,
                    const struct attention_rule *rule, bool every)
{
    workspace_load(w, s, batch, first, count, every);
    transformer_forward(w, s, rule);
}

static void logits(const struct weights *w, struct workspace *s, double *logits)
{
    size_t n = w->layout->n_outputs;

    linear_forward(w, &w->classifier, s->n_read, s->final, s->logits);
    for (size_t r = 0; r < s->n_read; r++)
        for (size_t i = 0; i < n; i++)
            logits[r * n + i] = (double)s->logits[r * w->o + i];
}

static void outputs(const struct weights *w, const struct workspace *s,
                    double *outputs)
{
    size_t d = w->config->d_model;

    for (size_t r = 0; r < s->n_read; r++)
        for (size_t i = 0; i < d; i++)
            outputs[r * d + i] = (double)s->final[r * w->d + i];
}

static void backward(const struct weights *w, struct workspace *s,
                     const double *signals, void *gradient)
{
    size_t n = w->layout->n_outputs;

    /* the padding of a row of logits is zero and stays so */
    for (size_t r = 0; r < s->n_read; r++)
        for (size_t i = 0; i < n; i++)
            s->logits[r * w->o + i] = (real)signals[r * n + i];
    linear_backward(w, &w->classifier, s->n_read, s->final, s->logits, false,
                    s->dread, gradient);
    transformer_backward(w, s, gradient);
}

static size_t gradient_bytes(const struct weights *w)
{
    return w->size * sizeof(real);
}

const struct engine X(engine) = {
    .name = ENGINE_NAME,
    .new_weights = weights_new,
    .free_weights = weights_free,
    .round = weights_round,
    .transpose = weights_transpose,
    .maps = maps,
    .new_workspace = workspace_new,
    .free_workspace = workspace_free,
    .forward = forward,
    .logits = logits,
    .outputs = outputs,
    .backward = backward,
    .gradient_bytes = gradient_bytes,
    .collect = weights_collect,
};
