/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The course of training: steps, norms and directions out of a table: of a
 * run's trajectory, or of measurements somebody published.
 */

#ifndef RESULTS_COURSE_H
#define RESULTS_COURSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "growth/path.h"
#include "results/csv.h"
#include "results/metrics.h"

/* Names of columns; where LENGTH and ALIGNMENT are NULL or not there they are
 * derived from DIRECTION; that may be absent, too. */
struct course_columns {
    const char *step, *norm, *direction, *length, *alignment;
    const char *suffix; /* of all but the step's: ":layers.0", or NULL */
};

extern const struct course_columns trajectory_columns;

struct course {
    double *values; /* one block, which PATH points into */
    struct path path;
};

/*
 * Takes the rows whose cell of column KEY is VALUE, or all rows when KEY is
 * NULL.  PLACE names the table in complaints: ERROR_CONFIG for a column that
 * is not there, with those that are.
 */
bool course_take(struct course *course, const struct csv *csv,
                 const char *place, const struct course_columns *columns,
                 const char *key, const char *value, struct error *error);
void course_clear(struct course *course);

/*
 * Adds what a series says, each name after PREFIX ("", "layers.0."):
 *
 *   norm.start | final | ratio        growth.<law>.a | b | p | r2
 *   norm.fall                         most by which it fell below an earlier
 *                                     norm; 0 where it never falls
 *   path.direction.first | last       cos(theta_r, theta_{r-1})
 *   path.alignment.first | peak | peak-step | last
 *   path.length.first | least | most | last
 *   path.misaligned | aligned         sums of the steps, path.h
 *   path.share                        of |theta|^2 that misalignment explains
 *   path.identity                     worst relative error of path_identity
 *   path.plane | path.growing         the growth plane's two shares
 */
void metrics_add_course(struct metrics *metrics, const char *prefix,
                        const struct course *course);

/* The same of a run's trajectory and of each of its layers, and of the steps
 * over all parameters path.step.least | most; of a table without rows
 * nothing. */
void metrics_add_trajectory(struct metrics *metrics, const struct csv *csv);

#endif
