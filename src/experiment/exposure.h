/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How much of what a network is tested on it has been trained on. */

#ifndef EXPERIMENT_EXPOSURE_H
#define EXPERIMENT_EXPOSURE_H

#include <stddef.h>

#include "data/dataset.h"

/*
 * SEEN[i] is the share of the strings of SPLITS[i] that occur in the train
 * split, or where that is streamed, among the STEPS * BATCH strings drawn
 * from it; NaN for a split without strings.
 */
void exposure_measure(const struct dataset *dataset, size_t batch, size_t steps,
                      const struct examples *const *splits, size_t count,
                      double *seen);

/* What that takes, the splits having so many STRINGS. */
size_t exposure_bytes(const struct data_config *config, size_t n_symbols,
                      size_t strings);

#endif
