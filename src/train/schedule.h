/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The learning rate as a function of the step, and cadences of steps. */

#ifndef TRAIN_SCHEDULE_H
#define TRAIN_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/schema.h"

/* What a schedule may look at; steps count from 0. */
struct schedule_input {
    double rate;        /* the experiment's `rate` */
    size_t step, steps; /* this one, and all */
    size_t warmup;      /* the first steps rise to the rate; 0: none */
    size_t hold;        /* of published-*: steps at the full rate */
    double loss;        /* of this step's batch, nats a string */
};

/*
 * The rate of step t of T, from 0, is min(1, (t + 1) / warmup) times
 *
 *   constant          rate
 *   loss-scaled       rate / loss
 *   inverse-sqrt      rate / sqrt(t + 1)
 *   linear            rate (1 - t / T)
 *   cosine            rate (1 + cos(pi t / T)) / 2
 *   published-sqrt    rate, after HOLD steps rate sqrt(hold / t)
 *   published-linear  rate, after HOLD steps falling linearly to 0.1 rate at T
 *
 * The last two are schedulers.py of the paper's code, where hold is 1000; if
 * T <= hold its linear schedule never falls.  PyTorch knows warmup, linear
 * and cosine as LinearLR and CosineAnnealingLR, composed by ChainedScheduler.
 */
extern const char *const schedule_names[];

/* The rate of schedule_names[SCHEDULE]. */
double schedule_rate(int schedule, const struct schedule_input *input);

/* Steps at which something happens: every EVERY-th, or about LOG of them
 * spaced evenly in log(step); 0 and the last step always.  Both 0: never. */
struct cadence {
    size_t every, log;
};
extern const struct field_custom cadence_custom; /* {log: 200}, {every: 10} */

bool cadence_due(const struct cadence *cadence, size_t step, size_t steps);

#endif
