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
    double loss;        /* of this step's batch, nats a string */
};

struct schedule {
    const char *name;
    double (*rate)(const struct schedule_input *input);
};

/* constant: rate; loss-scaled: rate / loss.  Ends with a NULL name; the
 * experiment's choice is an index into it, named in schedule_names. */
extern const struct schedule schedules[];
extern const char *const schedule_names[];

/* Steps at which something happens: every EVERY-th, or about LOG of them
 * spaced evenly in log(step); 0 and the last step always.  Both 0: never. */
struct cadence {
    size_t every, log;
};
extern const struct field_custom cadence_custom; /* {log: 200}, {every: 10} */

bool cadence_due(const struct cadence *cadence, size_t step, size_t steps);

#endif
