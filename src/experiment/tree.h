/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * An experiment's file as one tree per job: what `quick` merges, the job's
 * point of the sweep, the values of the command line, and what a construction
 * or a preset supplies, each with the place where it was written.
 */

#ifndef EXPERIMENT_TREE_H
#define EXPERIMENT_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/yaml.h"
#include "experiment/sweep.h"

struct trees {
    struct yaml_node *root; /* the document's, `quick` merged into it */
    struct sweep sweep;
    const char **late; /* overrides that go into every job; borrowed */
    size_t n_late;
};

/*
 * Reads the sweep of ROOT, a document's map, and merges `quick` into it if
 * QUICK; OVERRIDES are "key.path=value", NULL-terminated, or NULL.  After a
 * failure there are no axes, and the rest can still be looked at.
 */
bool trees_init(struct trees *trees, struct yaml_node *root,
                const char *const *overrides, bool quick, struct error *error);
void trees_clear(struct trees *trees);

/* The tree of job number JOB, for yaml_node_free. */
struct yaml_node *trees_build(const struct trees *trees, size_t job,
                              struct error *error);

#endif
