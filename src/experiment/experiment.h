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
#include "language/language.h"
#include "model/model.h"
#include "saturation/evaluator.h"
#include "train/trainer.h"
#include "verify/verify.h"

/* `seed: 3` or `seed: {data: 1, init: 1, order: 1}` */
struct seeds {
    uint64_t data, init, order;
};

enum accept { ACCEPT_POSITIVE, ACCEPT_NONNEGATIVE };

/* `language: anbn`, or `language: {file: dyck-2-depth, D: 5}`. */
struct language_choice {
    char *file;
    struct parameters values;
};

/* One run's settings, resolved. */
struct settings {
    char *name, *about;
    struct language_choice language;
    int accept; /* enum accept */
    struct data_config data;
    struct model_config model;
    struct train_config train;
    struct saturation_config saturation;
    struct verify_config verify;
    struct seeds seed;
};
extern const struct field experiment_fields[];

/* Keys of an experiment that are no run's settings, NULL-terminated. */
extern const char *const experiment_blocks[];

struct trees;

/* One point of the sweep. */
struct job {
    struct settings settings;
    char *language_path;     /* NULL: the words of data.corpus */
    struct place data_place; /* of the data block, for complaints */
    char *start_path;        /* of train.from; NULL: none */
    char *config;  /* resolved YAML: every default written out, and the
                      job's own point of the sweep, so that running it finds
                      or gives this very run */
    char *axes;    /* "seed=1,model.norm=pre", or "" */
    char **values; /* per axis, as YAML text */
    bool quick;    /* a run of the quick block that the rest of the file does
                      not ask for, or of such a run's own config.yaml */
};

struct experiment {
    char *path;
    struct yaml_document document; /* with `quick` merged if it was asked */
    struct place model_place;      /* of the model block, for complaints */
    struct place start_place;      /* of train.from, or of its block */
    struct trees *trees;           /* what every job is read from: tree.h */
    char **axes; /* names of the sweep's axes, NULL-terminated */
    struct job *jobs;
    size_t n_jobs;
    struct claims require, claim;
};

/*
 * Loads FILE with OVERRIDES ("key.path=value", NULL-terminated, or NULL)
 * applied; QUICK merges the `quick:` block first (its own require and claim
 * replace the file's), and complains where there is none.  An override of a
 * swept key leaves the axis this one value; `sweep.KEY=VALUES` replaces or adds
 * an axis.  Every job is read and checked, so that no run starts when any would
 * be refused.  OVERRIDES are borrowed until it is cleared.
 *
 * The language is looked for from the experiment's folder; a file called
 * config.yaml with a language.yaml beside it, a run's directory, uses that.
 */
bool experiment_load(struct experiment *experiment, const char *path,
                     const char *const *overrides, bool quick,
                     struct error *error);
void experiment_clear(struct experiment *experiment);

/*
 * Loads as well, and holds every job against its language and the file it
 * begins from: what a run would be refused for before it draws a string.
 */
bool experiment_load_thoroughly(struct experiment *experiment, const char *path,
                                const char *const *overrides, bool quick,
                                struct error *error);

/* Moves complaints about JOB, from number FIRST on, that stand at one of its
 * blocks to where the key they name is written. */
void experiment_point(const struct experiment *experiment,
                      const struct job *job, struct error *error, size_t first);

/*
 * Whether EXPERIMENT, as it was loaded, has every run of its file as written
 * (with `quick` merged if QUICK): these are what the file's claims are about,
 * and with overrides there may be others or fewer.  So it has if the file
 * without overrides is no experiment.
 */
bool experiment_is_whole(const struct experiment *experiment, bool quick);

/* The job's language, with its values for the parameters. */
bool job_load_language(const struct job *job, struct language **out,
                       struct error *error);

/* Draws the strings of JOB, one of EXPERIMENT's; the caller clears DATASET. */
bool job_generate(const struct experiment *experiment, const struct job *job,
                  struct language *language, struct dataset *dataset,
                  struct error *error);

/* Every complaint about FILE, as written and with `quick` merged. */
bool experiment_check(const char *path, const char *const *overrides,
                      struct error *error);

#endif
