/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A file that an experiment names and a run cannot do without: its checksum
 * is part of the resolved configuration, and a run keeps a copy beside its
 * config.yaml, so that the run can be had again where the file is not.
 */

#ifndef EXPERIMENT_KEPT_H
#define EXPERIMENT_KEPT_H

#include <stdbool.h>

#include "base/error.h"

struct kept {
    const char *key;  /* that complaints name: "train.from" */
    const char *copy; /* its name in a run's directory */
};

/*
 * The path of FILE: the copy beside EXPERIMENT if that is a run's config.yaml,
 * else looked for from the experiment's folder, then from the working
 * directory.  Fills in *CHECKSUM if it is NULL, or compares it: ERROR_CONFIG
 * at PLACE.  *PATH and *CHECKSUM are the caller's, even after a failure.
 */
bool kept_find(const struct kept *kept, const char *file,
               const char *experiment, const struct place *place,
               char **checksum, char **path, struct error *error);

/* Whether the file at PATH is still the one; ERROR_CONFIG at PLACE. */
bool kept_check(const struct kept *kept, const char *path, const char *checksum,
                const struct place *place, struct error *error);

/* Complains at PLACE of what MORE says about the file, and clears MORE. */
bool kept_complain(const struct kept *kept, const struct place *place,
                   struct error *more, struct error *error);

/* The run's own copy, in DIRECTORY. */
bool kept_copy(const struct kept *kept, const char *path, const char *directory,
               struct error *error);

#endif
