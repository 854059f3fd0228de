/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How fast the rooms work on an experiment: its own language, data, network
 * and trainer, on all threads that loops use.
 */

#ifndef EXPERIMENT_BENCHMARK_H
#define EXPERIMENT_BENCHMARK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "experiment/experiment.h"

struct benchmark; /* opaque */

/* Loads the language of JOB and draws the data; SETTINGS are the job's. */
bool benchmark_new(struct benchmark **out, const struct experiment *experiment,
                   const struct job *job, struct error *error);
void benchmark_free(struct benchmark *benchmark); /* NULL is fine */

/* What is done a second; the median of five stretches of the time.  A string
 * of n symbols has n + 1 tokens. */
struct throughput {
    double tokens, strings;
    double flops; /* that the model needs: products of the forward pass, three
                     times as many in training; pairs under the mask alone */
};

/* Trains from scratch, whole steps, for about SECONDS, as `saturn run` does
 * but with nothing recorded. */
bool benchmark_train(struct benchmark *benchmark, double seconds,
                     struct throughput *out, struct error *error);

/* What the trained network says of the training strings. */
void benchmark_evaluate(struct benchmark *benchmark, double seconds,
                        struct throughput *out);

/* Decides the first test bin by the evaluator NAME ("limit"). */
bool benchmark_verify(struct benchmark *benchmark, const char *name,
                      double seconds, struct throughput *out,
                      struct error *error);

/* Draws fresh training strings. */
void benchmark_draw(struct benchmark *benchmark, double seconds,
                    struct throughput *out);

#endif
