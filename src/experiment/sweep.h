/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A sweep: axes of values, a job for every combination.
 *
 *   sweep: {seed: 1..5, model.norm: [pre, output]}
 *
 * The first axis varies slowest.
 */

#ifndef EXPERIMENT_SWEEP_H
#define EXPERIMENT_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/yaml.h"

#define MOST_JOBS 10000

struct axis {
    char *name;         /* dotted key path */
    struct place place; /* of its key */
    struct yaml_node **values;
    size_t count;
};

struct sweep {
    struct axis *axes;
    size_t count;
};

/* Reads the `sweep:` block, NULL if there is none; the caller clears, even
 * after a failure. */
bool sweep_read(struct sweep *sweep, const struct yaml_node *node,
                struct error *error);
void sweep_clear(struct sweep *sweep);

/* Replaces or adds the axis NAME: a list, a range of whole numbers, or one
 * value. */
bool sweep_set(struct sweep *sweep, const char *name, const struct place *place,
               const struct yaml_node *values, struct error *error);

/* The axis NAME, or NULL. */
struct axis *sweep_axis(const struct sweep *sweep, const char *name);

/* Leaves the axis the one VALUE, of which it takes a copy. */
void axis_fix(struct axis *axis, const struct yaml_node *value);

/* How many combinations there are: 1 without axes. */
bool sweep_jobs(const struct sweep *sweep, const struct place *place,
                size_t *jobs, struct error *error);

/* The value of axis number AXIS in job number JOB; borrowed. */
const struct yaml_node *sweep_value(const struct sweep *sweep, size_t job,
                                    size_t axis);

#endif
