/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Plain gradient descent, observed.  The trainer knows no files: whoever
 * wants to keep something is an observer.
 *
 * Step s of an epoch takes the next strings of a permutation keyed by
 * (seed, epoch); the short last batch is used.  A streamed split draws items
 * s*batch.. afresh.  The state between two steps is (step, parameters,
 * parameters last recorded) and nothing else.
 */

#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/schema.h"
#include "data/dataset.h"
#include "model/network.h"
#include "train/schedule.h"
#include "train/trajectory.h"

/* What `train:` may say in an experiment. */
struct train_config {
    int optimizer; /* index into optimizers[] */
    size_t batch;  /* 0: full */
    double rate;
    int schedule; /* index into schedules[] */
    size_t steps;
    struct cadence record, probe, checkpoint;
};
extern const struct field train_fields[];

/*
 * Called between steps; any member may be NULL, false ends the training with
 * its error.  RECORD comes before PROBE and CHECKPOINT of the same step.
 */
struct observer {
    void *self;
    bool (*record)(void *self, const struct snapshot *snapshot,
                   const double *theta, struct error *error);
    bool (*probe)(void *self, size_t step, const struct network *network,
                  struct error *error);
    bool (*checkpoint)(void *self, size_t step, const double *theta,
                       const double *recorded, struct error *error);
    /* Asked before every step: true saves a checkpoint, then ends with
     * ERROR_STOPPED. */
    bool (*stop)(void *self);
};

struct trainer {
    const struct train_config *config;
    const struct dataset *dataset;
    struct network *network; /* at theta_0, or at theta_STEP to continue */
    uint64_t order_seed;
    const struct observer *observer;
    const double *start;    /* theta_0; NULL: the network's parameters now */
    size_t step;            /* to continue from; 0 at the beginning */
    const double *recorded; /* parameters last recorded, when STEP > 0 */
};

/* ERROR_DIVERGED, naming the step and what is not finite. */
bool trainer_run(struct trainer *trainer, struct error *error);

/* How many strings a step takes, steps an epoch has (stream: SIZE_MAX). */
size_t trainer_batch(const struct train_config *config,
                     const struct dataset *dataset);

#endif
