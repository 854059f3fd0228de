/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "train/trajectory.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Sum of a_i b_i over the encoder's tensors. */
static double encoder_product(const struct layout *layout, const double *a,
                              const double *b)
{
    double sum = 0;

    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];

        if (!tensor->encoder)
            continue;
        for (size_t i = 0; i < tensor->count; i++)
            sum += a[tensor->offset + i] * b[tensor->offset + i];
    }
    return sum;
}

static double cosine(double product, double square_a, double square_b)
{
    if (!(square_a > 0 && square_b > 0))
        return NAN;
    return product / sqrt(square_a) / sqrt(square_b);
}

double encoder_cosine(const struct layout *layout, const double *a,
                      const double *b)
{
    return cosine(encoder_product(layout, a, b), encoder_product(layout, a, a),
                  encoder_product(layout, b, b));
}

static double sum_squares(const double *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum;
}

struct norms parameter_norms(const struct layout *layout, const double *theta,
                             double *per_tensor)
{
    struct norms norms = { 0 };

    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];
        double sum = sum_squares(theta + tensor->offset, tensor->count);

        norms.norm_all += sum;
        if (tensor->encoder)
            norms.norm += sum;
        if (tensor->encoder && tensor->columns > 0)
            norms.norm_weights += sum;
        if (per_tensor != NULL)
            per_tensor[t] = sqrt(sum);
    }
    norms.norm = sqrt(norms.norm);
    norms.norm_weights = sqrt(norms.norm_weights);
    norms.norm_all = sqrt(norms.norm_all);
    return norms;
}

void trajectory_init(struct trajectory *trajectory,
                     const struct network *network, const double *start)
{
    const struct layout *layout = network_layout(network);

    *trajectory = (struct trajectory){
        .layout = layout,
        .precision = (enum precision)network_config(network)->precision,
        .start = memory_copy(start, layout->n_parameters * sizeof *start),
        .tensor_norms =
            memory_new(layout->n_tensors, sizeof *trajectory->tensor_norms),
        .n_layers = network_config(network)->n_layers,
    };
    trajectory->layers =
        memory_new(trajectory->n_layers, sizeof *trajectory->layers);
}

void trajectory_clear(struct trajectory *trajectory)
{
    free(trajectory->start);
    free(trajectory->previous);
    free(trajectory->tensor_norms);
    free(trajectory->layers);
    *trajectory = (struct trajectory){ 0 };
}

void trajectory_resume(struct trajectory *trajectory, const double *previous)
{
    size_t n = trajectory->layout->n_parameters;

    if (trajectory->previous == NULL)
        trajectory->previous = memory_new(n, sizeof *previous);
    memcpy(trajectory->previous, previous, n * sizeof *previous);
}

/* The cosines and distances between this record, the one before and theta_0,
 * over the encoder's tensors. */
static void measure_path(const struct trajectory *trajectory,
                         const double *theta, const double *delta,
                         struct snapshot *snapshot)
{
    const struct layout *layout = trajectory->layout;
    size_t n = layout->n_parameters;
    double *difference = memory_new(n, sizeof *difference);

    for (size_t i = 0; i < n; i++)
        difference[i] = theta[i] - trajectory->start[i];
    snapshot->distance_start =
        sqrt(encoder_product(layout, difference, difference));
    snapshot->cosine_start = encoder_cosine(layout, theta, trajectory->start);
    snapshot->alignment_step = encoder_cosine(layout, delta, theta);
    snapshot->step_length = sqrt(encoder_product(layout, delta, delta));
    snapshot->cosine_previous = snapshot->alignment_interval = NAN;
    snapshot->distance_previous = NAN;
    if (trajectory->previous != NULL) {
        const double *previous = trajectory->previous;

        for (size_t i = 0; i < n; i++)
            difference[i] = theta[i] - previous[i];
        snapshot->cosine_previous = encoder_cosine(layout, theta, previous);
        snapshot->alignment_interval =
            encoder_cosine(layout, difference, previous);
        snapshot->distance_previous =
            sqrt(encoder_product(layout, difference, difference));
    }
    free(difference);
}

/* The sums of one layer over a record and the one before it. */
struct layer_sums {
    double now, before, both; /* squares, and their product */
    double step, along;       /* of the difference; with the one before */
};

static void add_tensor(struct layer_sums *sums, const struct tensor *tensor,
                       const double *theta, const double *previous)
{
    for (size_t i = 0; i < tensor->count; i++) {
        double now = theta[tensor->offset + i];
        double before = previous != NULL ? previous[tensor->offset + i] : 0;

        sums->now += now * now;
        sums->before += before * before;
        sums->both += now * before;
        sums->step += (now - before) * (now - before);
        sums->along += (now - before) * before;
    }
}

/* Whether TENSOR is one of layers.LAYER.* */
static bool is_of_layer(const struct tensor *tensor, size_t layer)
{
    char prefix[32];

    snprintf(prefix, sizeof prefix, "layers.%zu.", layer);
    return strncmp(tensor->name, prefix, strlen(prefix)) == 0;
}

static void measure_layers(struct trajectory *trajectory, const double *theta)
{
    const struct layout *layout = trajectory->layout;
    bool first = trajectory->previous == NULL;

    for (size_t l = 0; l < trajectory->n_layers; l++) {
        struct layer_sums sums = { 0 };

        for (size_t t = 0; t < layout->n_tensors; t++)
            if (is_of_layer(&layout->tensors[t], l))
                add_tensor(&sums, &layout->tensors[t], theta,
                           trajectory->previous);
        trajectory->layers[l] = (struct layer_snapshot){
            .norm = sqrt(sums.now),
            .cosine_previous = cosine(sums.both, sums.now, sums.before),
            .distance_previous = first ? NAN : sqrt(sums.step),
            .alignment_interval = cosine(sums.along, sums.step, sums.before),
        };
    }
}

/*
 * The step's whole length, and how much of it rounding takes away, as a share.
 * Where |theta| >= |delta| the difference below is exact (Dekker 1971).
 */
static void measure_loss(const struct trajectory *trajectory,
                         const double *theta, const double *delta,
                         struct snapshot *snapshot)
{
    bool is_float = trajectory->precision == PRECISION_FLOAT;
    double lost = 0, unseen = 0, whole = 0;

    for (size_t i = 0; i < trajectory->layout->n_parameters; i++) {
        double next = theta[i] + delta[i];
        double miss = next - theta[i] - delta[i];
        double blind =
            is_float ? (double)(float)next - (double)(float)theta[i] - delta[i]
                     : miss;

        lost += miss * miss;
        unseen += blind * blind;
        whole += delta[i] * delta[i];
    }
    snapshot->step_length_all = sqrt(whole);
    snapshot->step_lost = whole > 0 ? sqrt(lost) / sqrt(whole) : 0;
    snapshot->step_unseen = whole > 0 ? sqrt(unseen) / sqrt(whole) : 0;
}

void trajectory_record(struct trajectory *trajectory, const double *theta,
                       const double *gradient, const double *delta,
                       struct snapshot *snapshot)
{
    const struct layout *layout = trajectory->layout;
    struct norms norms =
        parameter_norms(layout, theta, trajectory->tensor_norms);

    snapshot->norm = norms.norm;
    snapshot->norm_weights = norms.norm_weights;
    snapshot->norm_all = norms.norm_all;
    snapshot->tensor_norms = trajectory->tensor_norms;
    snapshot->gradient_norm = sqrt(sum_squares(gradient, layout->n_parameters));
    measure_path(trajectory, theta, delta, snapshot);
    measure_loss(trajectory, theta, delta, snapshot);
    measure_layers(trajectory, theta);
    snapshot->layers = trajectory->layers;
    snapshot->n_layers = trajectory->n_layers;
    trajectory_resume(trajectory, theta);
}
