/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The memory that a run is going to take, added up of what every room says
 * of itself.  A run is a few phases that follow each other, and each gives
 * back what it took; what stays are the dataset, the network and what the
 * process had before.
 */

#ifndef EXPERIMENT_FOOTPRINT_H
#define EXPERIMENT_FOOTPRINT_H

#include <stddef.h>

#include "experiment/experiment.h"

/* Bytes beside those of a process that has loaded its experiment. */
struct footprint {
    size_t parameters; /* of the network, their number */
    size_t staying;    /* dataset, network and theta_0 */
    size_t drawing;    /* while the dataset is drawn */
    size_t training;   /* while it trains: the trainer, probes, checkpoints */
    size_t deciding;   /* while evaluators decide: verification, heads */
};

/* What JOB takes on as many threads as loops use now; its language has
 * N_SYMBOLS. */
struct footprint job_footprint(const struct job *job, size_t n_symbols);

/* The most of all phases. */
size_t footprint_peak(const struct footprint *footprint);

#endif
