/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Plain gradient descent, observed.  The trainer knows no files: whoever
 * wants to keep something is an observer.
 *
 * Step s of an epoch takes the next strings of a permutation keyed by
 * (seed, epoch); the short last batch is used, and a batch of all strings is
 * not permuted.  A streamed split draws items s*batch.. afresh.  The state
 * between two steps is (step, parameters, what the optimizer remembers,
 * parameters last recorded) and nothing else.
 *
 * Snapshot t has the loss and gradient at theta_t, on the batch of step t, and
 * the step that takes theta_t to theta_{t+1}; at the last, t = steps, that
 * step is measured too but not made.
 */

#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/schema.h"
#include "data/dataset.h"
#include "model/network.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include "train/trajectory.h"

/* `from: FILE`, or `from: {file: FILE, checksum: XXH3}`: parameters to begin
 * with, loaded by whoever knows files. */
struct start_config {
    char *file; /* NULL: those of the model's init */
    char *checksum;
};

/* What `train:` may say in an experiment. */
struct train_config {
    struct optimizer_config optimizer;
    size_t batch; /* 0: full */
    double rate;
    int schedule; /* index into schedule_names[] */
    size_t warmup, hold;
    size_t steps;
    struct start_config from;
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
    /* SLOTS[enum slot] is what the optimizer remembers, NULL where nothing. */
    bool (*checkpoint)(void *self, size_t step, const double *theta,
                       const double *recorded, double *const *slots,
                       struct error *error);
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
    const double *recorded; /* parameters last recorded; NULL at the beginning,
                               else what is due at STEP was done before */
    double *const *slots;   /* [SLOTS] of the optimizer; NULL at step 0 */
};

/* ERROR_DIVERGED, naming the step and what is not finite; ERROR_CONFIG for a
 * full batch of a stream. */
bool trainer_run(struct trainer *trainer, struct error *error);

/* What trainer_run takes beside the network and the train split. */
size_t trainer_bytes(const struct train_config *config,
                     const struct data_config *data, size_t n_symbols,
                     size_t n_parameters);

/* How many strings a step takes, but for a short last batch. */
size_t trainer_batch(const struct train_config *config,
                     const struct dataset *dataset);

/* Steps an epoch has; SIZE_MAX for a stream. */
size_t trainer_epoch(const struct train_config *config,
                     const struct dataset *dataset);

#endif
