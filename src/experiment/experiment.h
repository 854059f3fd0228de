/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * An experiment: a YAML file nested from the rooms' own field tables, its
 * sweep unfolded into jobs, one fully resolved configuration each.
 */

#ifndef EXPERIMENT_EXPERIMENT_H
#define EXPERIMENT_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/schema.h"
#include "config/yaml.h"
#include "data/dataset.h"
#include "experiment/claim.h"
#include "model/model.h"
#include "saturation/evaluator.h"
#include "train/trainer.h"
#include "verify/verify.h"

/* `seed: 3` or `seed: {data: 1, init: 1, order: 1}` */
struct seeds {
    uint64_t data, init, order;
};

enum accept { ACCEPT_POSITIVE, ACCEPT_NONNEGATIVE };

/* One run's settings, resolved. */
struct settings {
    char *name, *about, *language;
    int accept;
    struct data_config data;
    struct model_config model;
    struct train_config train;
    struct saturation_config saturation;
    struct verify_config verify;
    struct seeds seed;
};
extern const struct field experiment_fields[];

/* One point of the sweep. */
struct job {
    struct settings settings;
    char *config; /* resolved YAML: every default written out */
    char *axes;   /* "seed=1,model.norm=pre", or "" */
    char **values; /* per axis, as YAML text */
};

struct experiment {
    char *path;
    struct yaml_document document;
    char *language_path;
    struct place data_place; /* of the data block, for complaints */
    char **axes; /* names of the sweep's axes, NULL-terminated */
    struct job *jobs;
    size_t n_jobs;
    struct claims require, claim;
};

/*
 * Loads FILE with OVERRIDES ("key.path=value", NULL-terminated, or NULL)
 * applied; QUICK merges the `quick:` block first (its own require and claim
 * replace the file's).  Every job is read and checked, so that no run starts
 * when any would be refused.
 */
bool experiment_load(struct experiment *experiment, const char *path,
                     const char *const *overrides, bool quick,
                     struct error *error);
void experiment_clear(struct experiment *experiment);

#endif
