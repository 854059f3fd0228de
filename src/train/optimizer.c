/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "train/optimizer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"

const char *const slot_names[SLOTS] = {
    [SLOT_MOMENTUM] = "momentum_buffer",
    [SLOT_MEAN] = "exp_avg",
    [SLOT_SQUARE] = "exp_avg_sq",
};

enum decay { DECAY_USUAL, DECAY_COUPLED, DECAY_DECOUPLED, DECAY_RATE_FREE };
const char *const decay_names[] = {
    [DECAY_USUAL] = "usual",
    [DECAY_COUPLED] = "coupled",
    [DECAY_DECOUPLED] = "decoupled",
    [DECAY_RATE_FREE] = "rate-free",
    NULL,
};

/* ---------------------------------------------------------------- settings */

static const char betas_accepted[] =
    "two numbers of at least 0 and below 1, as [0.9, 0.999]";

static bool betas_read(const struct yaml_node *node, const char *path,
                       void *value, struct error *error)
{
    double *betas = value;

    if (node->kind != YAML_LIST || node->count != 2)
        return schema_complain(node, path, betas_accepted, error);
    for (size_t i = 0; i < 2; i++) {
        const struct yaml_node *item = node->items[i];

        if (item->kind != YAML_SCALAR || !item->plain ||
            !text_read_number(item->text, &betas[i]) ||
            !(betas[i] >= 0 && betas[i] < 1))
            return schema_complain(item, path, betas_accepted, error);
    }
    return true;
}

static void betas_print(const void *value, struct text *out)
{
    const double *betas = value;

    text_add(out, "[");
    text_add_number(out, betas[0]);
    text_add(out, ", ");
    text_add_number(out, betas[1]);
    text_add(out, "]");
}

const struct field_custom betas_custom = { betas_accepted, betas_read,
                                           betas_print, NULL };

static const char usual[] = "usual";
static const char weight_decay_accepted[] =
    "a number of at least 0, or the word usual";

static bool weight_decay_read(const struct yaml_node *node, const char *path,
                              void *value, struct error *error)
{
    double *number = value;

    *number = NAN;
    if (node->kind == YAML_SCALAR && node->plain &&
        (strcmp(node->text, usual) == 0 ||
         (text_read_number(node->text, number) && *number >= 0)))
        return true;
    return schema_complain(node, path, weight_decay_accepted, error);
}

static void weight_decay_print(const void *value, struct text *out)
{
    double number = *(const double *)value;

    if (isnan(number))
        text_add(out, usual);
    else
        text_add_number(out, number);
}

const struct field_custom weight_decay_custom = { weight_decay_accepted,
                                                  weight_decay_read,
                                                  weight_decay_print, NULL };

/* ------------------------------------------------------------------- steps */

/* A step being written from entry FIRST on and before END: DELTA has g and
 * gets the step. */
struct work {
    const struct optimizer *optimizer;
    double rate;
    size_t time; /* t, from 1 */
    double *delta;
    size_t first, end;
};

static void descend(const struct work *work)
{
    for (size_t i = work->first; i < work->end; i++)
        work->delta[i] *= -work->rate;
}

/* b into the next state. */
static void gather_momentum(const struct work *work)
{
    const struct optimizer *optimizer = work->optimizer;
    const double *old = optimizer->now[SLOT_MOMENTUM], *g = work->delta;
    double *b = optimizer->next[SLOT_MOMENTUM];
    double keep = optimizer->config->momentum;
    double take = 1 - optimizer->config->dampening;

    for (size_t i = work->first; i < work->end; i++)
        b[i] = work->time == 1 ? g[i] : keep * old[i] + take * g[i];
}

static void descend_momentum(const struct work *work)
{
    const double *b = work->optimizer->next[SLOT_MOMENTUM];

    gather_momentum(work);
    for (size_t i = work->first; i < work->end; i++)
        work->delta[i] = -work->rate * b[i];
}

static void descend_nesterov(const struct work *work)
{
    const double *b = work->optimizer->next[SLOT_MOMENTUM];
    double momentum = work->optimizer->config->momentum;

    gather_momentum(work);
    for (size_t i = work->first; i < work->end; i++)
        work->delta[i] = -work->rate * (work->delta[i] + momentum * b[i]);
}

/* Divides by the largest entry first: late gradients are too small to
 * square. */
static void normalise(double *delta, size_t n, double length)
{
    double largest = 0, squares = 0, factor;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(delta[i]));
    for (size_t i = 0; i < n; i++) {
        delta[i] = largest > 0 ? delta[i] / largest : delta[i];
        squares += delta[i] * delta[i];
    }
    factor = squares > 0 ? length / sqrt(squares) : 0;
    for (size_t i = 0; i < n; i++)
        delta[i] *= factor;
}

static void descend_normalised(const struct work *work)
{
    normalise(work->delta, work->end, -work->rate);
}

static void descend_normalised_tensors(const struct work *work)
{
    const struct layout *layout = work->optimizer->layout;

    for (size_t t = 0; t < layout->n_tensors; t++)
        normalise(work->delta + layout->tensors[t].offset,
                  layout->tensors[t].count, -work->rate);
}

/* The running mean of g^2. */
static void gather_squares(const struct work *work, double keep)
{
    const double *old = work->optimizer->now[SLOT_SQUARE];
    double *v = work->optimizer->next[SLOT_SQUARE];

    for (size_t i = work->first; i < work->end; i++)
        v[i] = keep * old[i] + (1 - keep) * work->delta[i] * work->delta[i];
}

static void descend_adam(const struct work *work)
{
    const struct optimizer *optimizer = work->optimizer;
    const double *betas = optimizer->config->betas;
    const double *old = optimizer->now[SLOT_MEAN];
    double *m = optimizer->next[SLOT_MEAN], *v = optimizer->next[SLOT_SQUARE];
    double time = (double)work->time;
    double rate = work->rate / (1 - pow(betas[0], time));
    double root = sqrt(1 - pow(betas[1], time));

    gather_squares(work, betas[1]);
    for (size_t i = work->first; i < work->end; i++) {
        m[i] = betas[0] * old[i] + (1 - betas[0]) * work->delta[i];
        work->delta[i] =
            -rate * m[i] / (sqrt(v[i]) / root + optimizer->config->eps);
    }
}

static void descend_rmsprop(const struct work *work)
{
    const struct optimizer_config *config = work->optimizer->config;
    const double *v = work->optimizer->next[SLOT_SQUARE];

    gather_squares(work, config->alpha);
    for (size_t i = work->first; i < work->end; i++)
        work->delta[i] *= -work->rate / (sqrt(v[i]) + config->eps);
}

/* ------------------------------------------------------------------- table */

#define BIT(slot) (1u << (slot))

static const struct row {
    const char *name;
    void (*step)(const struct work *work);
    unsigned slots;
    enum decay decay;    /* the usual one */
    double weight_decay; /* as well */
    bool whole;          /* an entry's step depends on all entries */
} rows[] = {
    /* clang-format off */
    { "gradient-descent", descend, 0, DECAY_COUPLED, 0, false },
    { "momentum", descend_momentum, BIT(SLOT_MOMENTUM), DECAY_COUPLED, 0,
      false },
    { "nesterov", descend_nesterov, BIT(SLOT_MOMENTUM), DECAY_COUPLED, 0,
      false },
    { "normalised", descend_normalised, 0, DECAY_COUPLED, 0, true },
    { "normalised-tensors", descend_normalised_tensors, 0, DECAY_COUPLED, 0,
      true },
    { "adam", descend_adam, BIT(SLOT_MEAN) | BIT(SLOT_SQUARE), DECAY_COUPLED,
      0, false },
    { "adamw", descend_adam, BIT(SLOT_MEAN) | BIT(SLOT_SQUARE),
      DECAY_DECOUPLED, 0.01, false },
    { "rmsprop", descend_rmsprop, BIT(SLOT_SQUARE), DECAY_COUPLED, 0, false },
    /* clang-format on */
};

const char *const optimizer_names[] = { "gradient-descent",
                                        "momentum",
                                        "nesterov",
                                        "normalised",
                                        "normalised-tensors",
                                        "adam",
                                        "adamw",
                                        "rmsprop",
                                        NULL };

_Static_assert(sizeof optimizer_names / sizeof *optimizer_names ==
                   sizeof rows / sizeof *rows + 1,
               "every optimizer has its name");

bool optimizer_uses(const struct optimizer_config *config, enum slot slot)
{
    assert(strcmp(optimizer_names[config->kind], rows[config->kind].name) == 0);
    return (rows[config->kind].slots & BIT(slot)) != 0;
}

void optimizer_init(struct optimizer *optimizer,
                    const struct optimizer_config *config,
                    const struct layout *layout, double *const *state)
{
    size_t n = layout->n_parameters;

    *optimizer = (struct optimizer){ .config = config, .layout = layout };
    for (enum slot slot = 0; slot < SLOTS; slot++) {
        if (!optimizer_uses(config, slot))
            continue;
        assert(state == NULL || state[slot] != NULL);
        optimizer->now[slot] =
            state != NULL ? memory_copy(state[slot], n * sizeof(double))
                          : memory_new(n, sizeof(double));
        optimizer->next[slot] = memory_new(n, sizeof(double));
    }
}

void optimizer_clear(struct optimizer *optimizer)
{
    for (enum slot slot = 0; slot < SLOTS; slot++) {
        free(optimizer->now[slot]);
        free(optimizer->next[slot]);
    }
    *optimizer = (struct optimizer){ 0 };
}

/* ------------------------------------------------------ clipping and decay */

/* What is not finite stays, for the trainer to see. */
static void clip_values(double value, double *g, size_t first, size_t end)
{
    for (size_t i = first; i < end && value > 0; i++)
        if (isfinite(g[i]))
            g[i] = fmax(-value, fmin(value, g[i]));
}

static void clip_norm(double norm, double *g, size_t n)
{
    double squares = 0, factor;

    if (!(norm > 0))
        return;
    for (size_t i = 0; i < n; i++)
        squares += g[i] * g[i];
    factor = norm / (sqrt(squares) + 1e-6);
    for (size_t i = 0; i < n && !(factor >= 1); i++)
        g[i] *= factor;
}

/* A step of all entries, to be written a part after another. */
struct step {
    struct work work;
    const struct row *row;
    const double *theta, *gradient;
    double lambda;
    enum decay decay;
};

static void begin_range(const struct step *whole, size_t first, size_t end)
{
    double *delta = whole->work.delta;

    memcpy(delta + first, whole->gradient + first,
           (end - first) * sizeof *delta);
    clip_values(whole->work.optimizer->config->clip_value, delta, first, end);
}

static void end_range(const struct step *whole, size_t first, size_t end)
{
    bool coupled = whole->decay == DECAY_COUPLED;
    double lambda = whole->decay == DECAY_DECOUPLED
                        ? whole->lambda * whole->work.rate
                        : whole->lambda;
    struct work work = whole->work;

    work.first = first;
    work.end = end;
    for (size_t i = first; i < end && lambda > 0 && coupled; i++)
        work.delta[i] += lambda * whole->theta[i];
    whole->row->step(&work);
    for (size_t i = first; i < end && lambda > 0 && !coupled; i++)
        work.delta[i] -= lambda * whole->theta[i];
}

static void write_range(void *context, size_t first, size_t end)
{
    const struct step *whole = context;

    begin_range(whole, first, end);
    end_range(whole, first, end);
}

void optimizer_step(struct optimizer *optimizer, double rate, size_t step,
                    const double *theta, const double *gradient, double *delta)
{
    const struct optimizer_config *config = optimizer->config;
    const struct row *row = &rows[config->kind];
    size_t n = optimizer->layout->n_parameters;
    struct step whole = { .work = { optimizer, rate, step + 1, delta, 0, n },
                          .row = row,
                          .theta = theta,
                          .gradient = gradient,
                          .lambda = isnan(config->weight_decay)
                                        ? row->weight_decay
                                        : config->weight_decay,
                          .decay = config->decay == DECAY_USUAL
                                       ? row->decay
                                       : (enum decay)config->decay };

    if (!row->whole && !(config->clip_norm > 0)) {
        parallel_ranges(n, write_range, &whole);
        return;
    }
    begin_range(&whole, 0, n);
    clip_norm(config->clip_norm, delta, n);
    end_range(&whole, 0, n);
}

void optimizer_commit(struct optimizer *optimizer)
{
    for (enum slot slot = 0; slot < SLOTS; slot++) {
        double *made = optimizer->next[slot];

        optimizer->next[slot] = optimizer->now[slot];
        optimizer->now[slot] = made;
    }
}
