/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * manifest.json: what a run is (experiment, language, its place on the axes,
 * seed, `settings`: a hash of all but the seed, `hash`: of all) and where it
 * was made (version, compiler, CPU, threads, times); `scale` is "quick" for a
 * run that only an experiment's quick block asks for.  Readers ask it; nobody
 * takes a directory's name apart.
 */

#ifndef RESULTS_MANIFEST_H
#define RESULTS_MANIFEST_H

#include <stdbool.h>

#include "base/error.h"
#include "base/json.h"

/* AXES is "seed=1,model.norm=pre"; CONFIG and LANGUAGE are YAML. */
struct manifest_source {
    const char *experiment, *axes, *config, *language, *hash;
};

/* The manifest of a run that begins now; NULL when the YAML is none. */
struct json *manifest_new(const struct manifest_source *source,
                          struct error *error);

struct json *manifest_read(const char *directory, struct error *error);
bool manifest_write(const struct json *manifest, const char *directory,
                    struct error *error);

/* The time as "2026-01-31T12:00:00Z" under KEY. */
void manifest_set_time(struct json *manifest, const char *key);

/* Whether an axis is the seed or one of the seeds: runs are joined over it. */
bool manifest_is_seed(const char *axis);

/* Whether it is of a quick run; none, NULL, is of none. */
bool manifest_is_quick(const struct json *manifest);

/* Whether it says "new", "training" or "finished"; none, NULL, says nothing. */
bool manifest_says(const struct json *manifest, const char *state);

#endif
