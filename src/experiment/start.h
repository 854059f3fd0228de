/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Fine-tuning: `train: {from: FILE}` begins with a checkpoint's parameters,
 * of this program or another's, and takes no more of it; step, optimizer and
 * seeds are the run's own.  A run keeps the file (kept.h).
 */

#ifndef EXPERIMENT_START_H
#define EXPERIMENT_START_H

#include <stdbool.h>

#include "base/error.h"
#include "model/network.h"
#include "train/trainer.h"

/* The path of START's file, the caller's, and its checksum, by kept_find. */
bool start_find(struct start_config *start, const char *experiment,
                const struct place *place, char **path, struct error *error);

/* Gives NETWORK the parameters in the file at PATH; ERROR_CONFIG at PLACE,
 * naming the tensor, where they are another network's, and its element, from
 * 0, where one is not finite. */
bool start_load(const struct start_config *start, const char *path,
                const struct place *place, struct network *network,
                struct error *error);

/* The run's own copy, in DIRECTORY. */
bool start_keep(const char *path, const char *directory, struct error *error);

#endif
