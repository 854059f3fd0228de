/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One run from its settings to its directory: the page to read first.
 */

#ifndef EXPERIMENT_PIPELINE_H
#define EXPERIMENT_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "experiment/experiment.h"
#include "results/metrics.h"

/* How the caller hears of progress; all may be NULL. */
struct progress {
    void *self;
    void (*stage)(void *self, const char *what);
    void (*step)(void *self, const struct snapshot *snapshot, size_t steps);
    bool (*stop)(void *self); /* true: save a checkpoint and stop */
};

/*
 * Runs JOB of EXPERIMENT under ROOT (results/), or finds it finished, and
 * returns its metrics.  *PATH, the run's directory, is the caller's to free.
 */
bool pipeline_run(const struct experiment *experiment, const struct job *job,
                  const char *root, const struct progress *progress,
                  char **path, struct metrics *metrics, struct error *error);

#endif
