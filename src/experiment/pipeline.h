/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One run from its settings to its directory: the page to read first.
 *
 * Columns of probes.csv: norm, norm_ratio (|theta_t| / |theta_0|), saturation
 * and saturation.layers[0] and so on (evaluator.h), then for each evaluator
 * asked for among trained, limit and attention
 * <evaluator>.accuracy, <evaluator>.agreement, <evaluator>.undecided, and
 * under a sequence objective <evaluator>.position_accuracy, all on the first
 * PROBE_STRINGS strings of the validation split.
 */

#ifndef EXPERIMENT_PIPELINE_H
#define EXPERIMENT_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "experiment/experiment.h"
#include "results/metrics.h"

#define PROBE_STRINGS 200

/* How the caller hears of progress; all may be NULL. */
struct progress {
    void *self;
    void (*stage)(void *self, const char *what);
    /* Before every step: the loss and norm last recorded. */
    void (*step)(void *self, size_t step, size_t steps, double loss,
                 double norm);
    bool (*stop)(void *self); /* true: save a checkpoint and stop */
};

/*
 * Runs JOB of EXPERIMENT under ROOT (results/), or finds it finished
 * (*FOUND), and returns its metrics, the caller's to clear.  *PATH, the run's
 * directory, is the caller's to free; NULL when it was not reached.
 */
bool pipeline_run(const struct experiment *experiment, const struct job *job,
                  const char *root, const struct progress *progress,
                  char **path, bool *found, struct metrics *metrics,
                  struct error *error);

#endif
