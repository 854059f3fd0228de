/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/engine/transformer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

void linear_forward(const struct weights *w, const struct linear *map,
                    size_t rows, const real *x, real *y)
{
    bool biased = map->bias != SIZE_MAX;

    multiply(&(struct product){ .m = rows,
                                .n = map->out,
                                .k = map->in,
                                .a = x,
                                .a_row = map->in,
                                .a_column = 1,
                                .b = map->transposed,
                                .b_row = map->out,
                                .c = y,
                                .c_row = map->out,
                                .start = biased ? START_BIAS : START_ZERO,
                                .bias = biased ? w->block + map->bias : NULL });
}

/* dW = dy^T x */
void linear_gradient(const struct workspace *s, const struct linear *map,
                     size_t rows, const real *x, const real *dy, real *gradient)
{
    multiply(&(struct product){ .m = map->out,
                                .n = map->in,
                                .k = rows,
                                .a = dy,
                                .a_row = 1,
                                .a_column = map->out,
                                .b = x,
                                .b_row = map->in,
                                .c = gradient + map->weight,
                                .c_row = map->in,
                                .start = s->begins ? START_ZERO : START_ADD });
    if (map->bias != SIZE_MAX)
        add_rows(rows, map->out, dy, map->out, gradient + map->bias);
}

void linear_backward(const struct weights *w, const struct workspace *s,
                     const struct linear *map, size_t rows, const real *x,
                     const real *dy, bool add, real *dx, real *gradient)
{
    multiply(&(struct product){ .m = rows,
                                .n = map->in,
                                .k = map->out,
                                .a = dy,
                                .a_row = map->out,
                                .a_column = 1,
                                .b = w->block + map->weight,
                                .b_row = map->in,
                                .c = dx,
                                .c_row = map->in,
                                .start = add ? START_ADD : START_ZERO });
    linear_gradient(s, map, rows, x, dy, gradient);
}

static struct norm norm_of(const struct weights *w, struct affine affine)
{
    if (affine.gain != SIZE_MAX)
        return (struct norm){ .size = w->config->d_model,
                              .width = w->d,
                              .epsilon = (real)w->config->epsilon,
                              .gain = w->block + affine.gain,
                              .shift = w->block + affine.shift };
    return (struct norm){ .size = w->config->d_model,
                          .width = w->d,
                          .epsilon = (real)w->config->epsilon,
                          .gain = w->ones,
                          .shift = w->zeros };
}

static void normalise_forward(const struct weights *w, struct affine affine,
                              size_t rows, const real *x, real *y,
                              real *statistics)
{
    struct norm norm = norm_of(w, affine);

    norm_forward(&norm, rows, x, y, statistics);
}

static void normalise_backward(const struct weights *w, struct workspace *s,
                               struct affine affine, size_t rows, const real *x,
                               const real *statistics, const real *dy, bool add,
                               real *dx, real *gradient)
{
    struct norm norm = norm_of(w, affine);
    bool both = affine.gain != SIZE_MAX;

    norm_backward(&norm, rows, x, statistics, dy, add, dx,
                  both ? gradient + affine.gain : s->lost,
                  both ? gradient + affine.shift : s->lost + w->d);
}

/* x = x / (1 - p), or 0 with probability p, where x is the row of TOKEN that
 * sublayer PURPOSE gives for a string. */
static void drop_row(const struct weights *w, const struct workspace *s,
                     const char *purpose, size_t string, size_t token, real *x)
{
    double p = w->config->dropout;
    real factor = (real)(1 / (1 - p));
    struct stream stream;

    stream_init(&stream, *s->drop_key, purpose,
                (uint64_t)(s->first + string) << 32 | token);
    for (size_t i = 0; i < w->config->d_model; i++)
        x[i] = stream_word(&stream) < p * 0x1p32 ? 0 : factor * x[i];
}

/* The dropout of a sublayer of layer L, on its outputs or, alike, on the
 * derivatives by them. */
static void drop(const struct weights *w, const struct workspace *s, size_t l,
                 bool attention, real *x)
{
    bool narrow = narrows(w, s, l);
    char purpose[48];

    snprintf(purpose, sizeof(purpose), "layers.%zu.%s", l,
             attention ? "attention" : "feedforward");
    for (size_t i = 0; i < s->n_strings; i++) {
        size_t start = s->starts[i], n = s->starts[i + 1] - start;

        if (narrow)
            drop_row(w, s, purpose, i, s->chosen[i] - start, x + i * w->d);
        for (size_t t = 0; !narrow && t < n; t++)
            drop_row(w, s, purpose, i, t, x + (start + t) * w->d);
    }
}

/* Before a branch: body = LN input where the norm stands there. */
static void open_forward(const struct weights *w, struct affine affine,
                         size_t rows, struct branch *branch)
{
    if (w->config->norm == NORM_PRE)
        normalise_forward(w, affine, rows, branch->input, branch->body,
                          branch->statistics);
}

/* After it: f is in raw where a norm follows, in output otherwise. */
static void close_forward(const struct weights *w, struct affine affine,
                          size_t rows, const real *residual,
                          struct branch *branch, real *output)
{
    size_t count = rows * w->d;

    if (w->config->norm == NORM_POST)
        add_reals(count, residual, branch->raw);
    if (branch->raw != NULL)
        normalise_forward(w, affine, rows, branch->raw, output,
                          branch->statistics);
    if (w->config->norm != NORM_POST)
        add_reals(count, residual, output);
}

/* From s->dx by the output to that by f, returned, and by the residual,
 * left in s->dx; with dropout that by f is in s->draw. */
static const real *close_backward(const struct weights *w, struct workspace *s,
                                  struct affine affine, size_t rows,
                                  const struct branch *branch, real *gradient)
{
    if (branch->raw == NULL && s->drop_key == NULL)
        return s->dx;
    if (branch->raw == NULL) {
        memcpy(s->draw, s->dx, rows * w->d * sizeof(real));
        return s->draw;
    }
    normalise_backward(w, s, affine, rows, branch->raw, branch->statistics,
                       s->dx, false, s->draw, gradient);
    if (w->config->norm == NORM_POST)
        memcpy(s->dx, s->draw, rows * w->d * sizeof(real));
    return s->draw;
}

/* Adds to s->dx what reached the body. */
static void open_backward(const struct weights *w, struct workspace *s,
                          struct affine affine, size_t rows,
                          const struct branch *branch, real *gradient)
{
    if (w->config->norm == NORM_PRE)
        normalise_backward(w, s, affine, rows, branch->input,
                           branch->statistics, s->dbody, true, s->dx, gradient);
    else
        add_reals(rows * w->d, s->dbody, s->dx);
}

static size_t queries_of(const struct weights *w, const struct workspace *s,
                         size_t l)
{
    return narrows(w, s, l) ? s->n_strings : s->n_rows;
}

/* One head of one string, its queries being all tokens or the one read. */
struct seat {
    struct head head;
    size_t queries; /* where they start in [Q][D] */
    size_t keys;    /* where they start in [R][2 D] */
};

static struct seat seat_at(const struct weights *w, const struct workspace *s,
                           size_t l, size_t string, size_t h, double scale)
{
    const struct activation *a = &s->layers[l];
    bool narrow = narrows(w, s, l);
    size_t start = s->starts[string], keys = s->starts[string + 1] - start;
    size_t row = narrow ? string : start, column = h * w->head;
    size_t statistic = h * queries_of(w, s, l) + row;
    size_t queries = narrow ? 1 : keys;
    real *weights = a->weights + start * w->config->n_heads * KEPT_KEYS +
                    h * padded(queries) * keys;
    const real *kv = a->keys_values + start * 2 * w->d + column;

    return (struct seat){
        .queries = row * w->d + column,
        .keys = start * 2 * w->d + column,
        .head = { .size = w->head,
                  .queries = queries,
                  .keys = keys,
                  .first = narrow ? s->chosen[string] - start : 0,
                  .visible = (enum mask)w->config->mask,
                  .scale = (real)(scale / w->score_divisor),
                  .q = a->query + row * w->d + column,
                  .k = kv,
                  .v = kv + w->d,
                  .q_row = w->d,
                  .kv_row = 2 * w->d,
                  .highest = a->highest + statistic,
                  .share = a->share + statistic,
                  .weights = s->keeps ? weights : NULL },
    };
}

static void heads_forward(const struct weights *w, struct workspace *s,
                          size_t l, const struct attention_rule *rule)
{
    bool saturated = rule != NULL && rule->saturated;
    double scale = rule != NULL && !saturated ? rule->sharpness : 1;

    for (size_t i = 0; i < s->n_strings; i++)
        for (size_t h = 0; h < w->config->n_heads; h++) {
            struct seat seat = seat_at(w, s, l, i, h, scale);
            real *out = s->layers[l].heads + seat.queries;

            if (saturated)
                head_saturated(&seat.head, &s->scratch, rule->tie, out);
            else
                head_forward(&seat.head, &s->scratch, out);
        }
}

static void heads_backward(const struct weights *w, struct workspace *s,
                           size_t l)
{
    for (size_t i = 0; i < s->n_strings; i++)
        for (size_t h = 0; h < w->config->n_heads; h++) {
            struct seat seat = seat_at(w, s, l, i, h, 1);

            head_backward(&seat.head, &s->scratch, s->dheads + seat.queries,
                          s->dquery + seat.queries, s->dkeys_values + seat.keys,
                          s->dkeys_values + seat.keys + w->d);
        }
}

/* to[N][D] = the row read of every string in from[R][D]. */
static void narrow_forward(const struct weights *w, const struct workspace *s,
                           const real *from, real *to)
{
    for (size_t i = 0; i < s->n_strings; i++)
        memcpy(to + i * w->d, from + s->chosen[i] * w->d, w->d * sizeof(real));
}

/* In place, [N][D] to [R][D]: row i moves up to that read of its string. */
static void narrow_backward(const struct weights *w, const struct workspace *s,
                            real *dx)
{
    for (size_t i = s->n_strings; i-- > 0;) {
        size_t start = s->starts[i], end = s->starts[i + 1];
        size_t row = s->chosen[i];

        memmove(dx + row * w->d, dx + i * w->d, w->d * sizeof(real));
        memset(dx + start * w->d, 0, (row - start) * w->d * sizeof(real));
        memset(dx + (row + 1) * w->d, 0, (end - row - 1) * w->d * sizeof(real));
    }
}

void reads_open(const struct weights *w, struct workspace *s, size_t l)
{
    open_forward(w, w->layers[l].attention_norm, s->n_rows,
                 &s->layers[l].attention);
}

void reads_forward(const struct weights *w, struct workspace *s, size_t l)
{
    const struct layer *layer = &w->layers[l];
    struct activation *a = &s->layers[l];
    const real *body = a->attention.body;

    reads_open(w, s, l);
    linear_forward(w, &layer->keys_values, s->n_rows, body, a->keys_values);
    if (narrows(w, s, l)) {
        narrow_forward(w, s, a->attention.input, s->read_input);
        narrow_forward(w, s, body, s->read_body);
        body = s->read_body;
    }
    linear_forward(w, &layer->query, queries_of(w, s, l), body, a->query);
}

void reads_backward(const struct weights *w, struct workspace *s, size_t l,
                    real *gradient)
{
    const struct layer *layer = &w->layers[l];
    const struct branch *branch = &s->layers[l].attention;
    size_t queries = queries_of(w, s, l);

    linear_backward(w, s, &layer->keys_values, s->n_rows, branch->body,
                    s->dkeys_values, false, s->dbody, gradient);
    if (narrows(w, s, l)) {
        linear_backward(w, s, &layer->query, queries, s->read_body, s->dquery,
                        false, s->draw, gradient);
        for (size_t i = 0; i < s->n_strings; i++)
            add_reals(w->d, s->draw + i * w->d, s->dbody + s->chosen[i] * w->d);
        narrow_backward(w, s, s->dx);
    } else {
        linear_backward(w, s, &layer->query, queries, branch->body, s->dquery,
                        true, s->dbody, gradient);
    }
    open_backward(w, s, layer->attention_norm, s->n_rows, branch, gradient);
}

static void attention_forward(const struct weights *w, struct workspace *s,
                              size_t l, const struct attention_rule *rule)
{
    const struct layer *layer = &w->layers[l];
    struct activation *a = &s->layers[l];
    struct branch *branch = &a->attention;
    real *output = a->feedforward.input;
    real *to = branch->raw != NULL ? branch->raw : output;
    size_t queries = queries_of(w, s, l);

    heads_forward(w, s, l, rule);
    linear_forward(w, &layer->output, queries, a->heads, to);
    if (s->drop_key != NULL)
        drop(w, s, l, true, to);
    close_forward(w, layer->attention_norm, queries,
                  narrows(w, s, l) ? s->read_input : branch->input, branch,
                  output);
}

static void attention_backward(const struct weights *w, struct workspace *s,
                               size_t l, real *gradient)
{
    const struct layer *layer = &w->layers[l];
    const struct activation *a = &s->layers[l];
    size_t queries = queries_of(w, s, l);
    const real *df = close_backward(w, s, layer->attention_norm, queries,
                                    &a->attention, gradient);

    if (s->drop_key != NULL)
        drop(w, s, l, true, s->draw);
    linear_backward(w, s, &layer->output, queries, a->heads, df, false,
                    s->dheads, gradient);
    heads_backward(w, s, l);
}

static void feedforward_forward(const struct weights *w, struct workspace *s,
                                size_t l, real *output)
{
    const struct layer *layer = &w->layers[l];
    struct activation *a = &s->layers[l];
    struct branch *branch = &a->feedforward;
    size_t rows = queries_of(w, s, l);

    open_forward(w, layer->feedforward_norm, rows, branch);
    linear_forward(w, &layer->up, rows, branch->body, a->hidden);
    if (w->config->activation == ACTIVATION_TANH)
        saturate(rows * w->f, a->hidden);
    else
        rectify(rows * w->f, a->hidden);
    linear_forward(w, &layer->down, rows, a->hidden,
                   branch->raw != NULL ? branch->raw : output);
    if (s->drop_key != NULL)
        drop(w, s, l, false, branch->raw != NULL ? branch->raw : output);
    close_forward(w, layer->feedforward_norm, rows, branch->input, branch,
                  output);
}

static void feedforward_backward(const struct weights *w, struct workspace *s,
                                 size_t l, real *gradient)
{
    const struct layer *layer = &w->layers[l];
    const struct activation *a = &s->layers[l];
    const struct branch *branch = &a->feedforward;
    size_t rows = queries_of(w, s, l);
    const real *df =
        close_backward(w, s, layer->feedforward_norm, rows, branch, gradient);

    if (s->drop_key != NULL)
        drop(w, s, l, false, s->draw);
    linear_backward(w, s, &layer->down, rows, a->hidden, df, false, s->dhidden,
                    gradient);
    if (w->config->activation == ACTIVATION_TANH)
        saturate_backward(rows * w->f, a->hidden, s->dhidden);
    else
        rectify_backward(rows * w->f, a->hidden, s->dhidden);
    linear_backward(w, s, &layer->up, rows, branch->body, s->dhidden, false,
                    s->dbody, gradient);
    open_backward(w, s, layer->feedforward_norm, rows, branch, gradient);
}

void transformer_forward(const struct weights *w, struct workspace *s,
                         const struct attention_rule *rule)
{
    size_t n_layers = w->config->n_layers;

    if (s->types != NULL)
        types_spread(w, s);
    else
        embed_forward(w, s, s->layers[0].attention.input);
    for (size_t l = 0; l < n_layers; l++) {
        if (l > 0 || s->types == NULL)
            reads_forward(w, s, l);
        attention_forward(w, s, l, rule);
        feedforward_forward(w, s, l,
                            l + 1 < n_layers ? s->layers[l + 1].attention.input
                                             : s->encoded);
    }
    if (model_has_final_norm(w->config))
        normalise_forward(w, w->final_norm, s->n_read, s->encoded, s->final,
                          s->final_statistics);
}

void transformer_backward(const struct weights *w, struct workspace *s,
                          real *gradient)
{
    if (model_has_final_norm(w->config))
        normalise_backward(w, s, w->final_norm, s->n_read, s->encoded,
                           s->final_statistics, s->dread, false, s->dx,
                           gradient);
    else
        memcpy(s->dx, s->dread, s->n_read * w->d * sizeof(real));
    for (size_t l = w->config->n_layers; l-- > 0;) {
        feedforward_backward(w, s, l, gradient);
        attention_backward(w, s, l, gradient);
        if (l > 0 || s->types == NULL)
            reads_backward(w, s, l, gradient);
    }
    if (s->types != NULL)
        types_gather_sums(w, s);
    else
        embed_backward(w, s, s->dx, gradient);
}
